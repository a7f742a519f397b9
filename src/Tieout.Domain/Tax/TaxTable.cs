namespace Tieout.Domain.Tax;

/// <summary>Tax rates by code and day, and the territories whose postcodes have rates of their own.</summary>
public sealed class TaxTable(IEnumerable<TaxRate> rates, IEnumerable<TaxTerritory>? territories = null)
{
    private readonly ILookup<string, TaxRate> _byCode = rates.ToLookup(rate => rate.Code, StringComparer.Ordinal);
    private readonly ILookup<string, TaxTerritory> _byCountry = (territories ?? []).ToLookup(territory => territory.Country, StringComparer.Ordinal);

    /// <summary>
    /// The rate in force on the day of supply, or null when the code has none that day: the caller parks the invoice,
    /// it is never taxed at zero in silence.
    /// </summary>
    public TaxRate? On(string code, DateOnly supply) => _byCode[code].FirstOrDefault(rate => rate.InForce(supply));

    /// <summary>Whether the code has any rate at all, on whatever day.</summary>
    public bool Knows(string code) => _byCode.Contains(code);

    /// <summary>The territory a postcode of the country lies in; null for the country itself.</summary>
    public TaxTerritory? Territory(string country, string postcode) =>
        postcode.Length == 0 ? null : _byCountry[country].FirstOrDefault(territory => territory.Has(postcode));

    /// <summary>Changes of the code's rate inside a period, the first of them: the day, or null when it stays the same.</summary>
    public DateOnly? FirstChange(string code, ServicePeriod period)
    {
        var days = _byCode[code].SelectMany(rate => new[] { rate.From, rate.Until }).OfType<DateOnly>()
            .Where(day => day > period.Start && day < period.End).Order();
        foreach (var day in days)
            if (On(code, day)?.Rate != On(code, day.AddDays(-1))?.Rate) return day;
        return null;
    }
}
