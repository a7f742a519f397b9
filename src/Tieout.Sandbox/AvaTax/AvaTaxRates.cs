namespace Tieout.Sandbox.AvaTax;

/// <summary>A few jurisdictions, enough to see several parts of one tax. The rates are examples, not anybody's law.</summary>
internal static class AvaTaxRates
{
    /// <summary>The code of what no state taxes here.</summary>
    public const string Untaxed = "NT";

    /// <summary>The code of what is taxed for four fifths, as data processing is in Texas.</summary>
    public const string PartlyTaxed = "PT80";

    private const decimal TaxedPart = 0.8m;

    private static readonly Dictionary<(string Country, string Region), (string Name, string Type, decimal Rate)[]> Places = new()
    {
        [("US", "CA")] = [("CALIFORNIA", "State", 0.06m), ("LOS ANGELES", "County", 0.0025m), ("LA COUNTY DISTRICT", "Special", 0.0225m)],
        [("US", "NY")] = [("NEW YORK", "State", 0.04m), ("NEW YORK CITY", "City", 0.045m), ("METROPOLITAN COMMUTER DISTRICT", "Special", 0.00375m)],
        [("US", "TX")] = [("TEXAS", "State", 0.0625m)],
        [("DE", "")] = [("GERMANY", "Country", 0.19m)],
        [("FR", "")] = [("FRANCE", "Country", 0.20m)],
    };

    // First digits of postcodes, for callers who give no region.
    private static readonly (string Start, string Region)[] Postcodes = [("9", "CA"), ("1", "NY"), ("7", "TX")];

    /// <summary>The region of an American address; empty elsewhere; null when it cannot be found.</summary>
    public static string? RegionOf(string country, string region, string postcode)
    {
        if (country != "US") return "";
        if (region.Length > 0) return region;
        return Array.Find(Postcodes, known => postcode.StartsWith(known.Start, StringComparison.Ordinal)).Region;
    }

    /// <summary>The tax of a line, each jurisdiction's rounded to cents by itself.</summary>
    public static AvaTaxPart[] Of(decimal amount, string taxCode, bool exempt, string country, string region)
    {
        if (taxCode == Untaxed || exempt || !Places.TryGetValue((country, region), out var place)) return [];
        var taxable = taxCode == PartlyTaxed ? decimal.Round(amount * TaxedPart, 2, MidpointRounding.AwayFromZero) : amount;
        return [.. place.Select(part => new AvaTaxPart(
            country, region, part.Name, part.Type, part.Rate, taxable, decimal.Round(taxable * part.Rate, 2, MidpointRounding.AwayFromZero)))];
    }
}
