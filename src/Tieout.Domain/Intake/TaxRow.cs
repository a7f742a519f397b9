using Tieout.Domain.Tax;

namespace Tieout.Domain.Intake;

/// <summary>Reads a customer's tax profile from a row, by the same rules as one entered by hand.</summary>
internal static class TaxRow
{
    private const int LongestPostcode = 20;
    private const int LongestRegion = 50;

    /// <summary>The profile; what is wrong is in the row.</summary>
    /// <param name="row">The cells.</param>
    /// <param name="mapped">Where the fields are.</param>
    /// <param name="ofCustomer">Where the customer's country is, which counts where the profile has none of its own.</param>
    public static IncomingTaxProfile? Read(RowCells row, TaxMapping mapped, Value? ofCustomer)
    {
        var from = mapped.Country ?? ofCustomer;
        var country = row.Country("the tax profile's country", from);
        if (country.Length == 0)
            row.Refuse(from, RefusalCode.Missing, "the tax profile's country is missing", "Fill the cell: without it nobody knows how to tax.",
                "tax-profile.country");
        if (country is "EL" or "UK")
            row.Refuse(from, RefusalCode.BadCountry, "the tax profile's country is not one of ISO 3166", "Write GR for Greece, GB for the United Kingdom.",
                "tax-profile.country");
        var postcode = Short(row, "the tax profile's postcode", mapped.Postcode, LongestPostcode);
        var region = Short(row, "the tax profile's region", mapped.Region, LongestRegion);
        var vat = Vat(row, mapped.VatNumber, country);
        var business = Business(row, mapped.Business) ?? vat is not null;
        if (vat is not null && !business)
            row.Refuse(mapped.Business, RefusalCode.BadVatNumber, "a VAT number belongs to a business", "Say yes in 'business', or leave the VAT number empty.",
                "tax-profile.business");
        return row.Refusal is null ? new IncomingTaxProfile(country, postcode, region, business, vat) : null;
    }

    private static string Short(RowCells row, string what, Value? value, int longest)
    {
        var text = row.Optional(what, value);
        if (text.Length > longest) row.Refuse(value, RefusalCode.TooLong, $"{what} has more than {longest} characters", "Shorten the cell.", what);
        return text;
    }

    private static bool? Business(RowCells row, Value? value)
    {
        var word = row.Optional("the tax profile's business", value);
        if (word.Length == 0) return null;
        if (word.Equals("true", StringComparison.OrdinalIgnoreCase) || word.Equals("yes", StringComparison.OrdinalIgnoreCase)) return true;
        if (!word.Equals("false", StringComparison.OrdinalIgnoreCase) && !word.Equals("no", StringComparison.OrdinalIgnoreCase))
            row.Refuse(value, RefusalCode.BadFlag, "whether the customer is a business is neither yes nor no",
                "Write yes or no (or true or false), or map the cell's words to them.", "tax-profile.business");
        return false;
    }

    private static string? Vat(RowCells row, Value? value, string country)
    {
        var text = row.Optional("the tax profile's VAT number", value);
        if (text.Length == 0) return null;
        var (number, refusal) = VatNumber.Read(text);
        if (number is null)
            row.Refuse(value, RefusalCode.BadVatNumber, $"the tax profile's VAT number {refusal!.Reason}", refusal.Remedy, "tax-profile.vat-number");
        else if (EuVat.AreaOf(number.Country) != EuVat.AreaOf(country))
            row.Refuse(value, RefusalCode.BadVatNumber, $"a VAT number of {number.Country} does not go with country {country}",
                "Give the number of the country the customer belongs to.", "tax-profile.vat-number");
        return number?.ToString();
    }
}
