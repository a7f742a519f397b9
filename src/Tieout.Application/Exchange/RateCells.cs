using Tieout.Domain;
using Tieout.Domain.Exchange;
using Tieout.Domain.Intake;

namespace Tieout.Application.Exchange;

/// <summary>Turns the texts of one rate into a rate; the first thing wrong is the one told.</summary>
internal static class RateCells
{
    /// <summary>A currency that a country no longer has.</summary>
    public const string CurrencyWithdrawn = "currency-withdrawn";

    /// <summary>A country the table of names does not have.</summary>
    public const string UnknownCountry = "unknown-country";

    /// <summary>Exactly one of the two is null.</summary>
    public static (ExchangeRate? Rate, RefusedRate? Refused) Read(long place, string @base, string quote, string date, string rate, string type, string source)
    {
        RefusedRate Bad(string code, string field, string reason, string remedy) => new(place, Shown(@base, quote, date), code, field, reason, remedy);

        if (!Currency.TryOf(@base, out var from)) return (null, Unknown("base"));
        if (!Currency.TryOf(quote, out var to)) return (null, Unknown("quote"));
        if (ReferenceEquals(from, to)) return (null, Bad(RefusalCode.UnknownCurrency, "quote", $"{from} has no rate to itself.", "Give two currencies."));
        if (FieldRules.OfDate(date, "yyyy-MM-dd", out var day) is { } badDate)
            return (null, Bad(badDate.Code, "date", $"The date {badDate.Reason}.", badDate.Remedy));
        if (FieldRules.OfNumber(rate, '.', out var figure) is { } badRate) return (null, Bad(badRate.Code, "rate", $"The rate {badRate.Reason}.", badRate.Remedy));
        if (figure == 0)
            return (null, Bad(RefusalCode.BadNumber, "rate", "The rate is zero.", "A rate is above zero; leave the row out when there is none."));
        if (!ExchangeRate.IsType(type))
            return (null, Bad("bad-type", "type", "The type is no word of small letters, digits and dashes.", "Write spot or monthly-average."));
        if (source.Length > ExchangeRate.LongestSource || FieldRules.OfText(source) is not null)
            return (null, Bad(RefusalCode.TooLong, "source", "The source is too long or has characters nobody sees.", "Shorten it to 100 characters."));
        return (new ExchangeRate(from, to, day, type, figure, source), null);

        RefusedRate Unknown(string field) => Bad(
            RefusalCode.UnknownCurrency, field, $"The {field} is not a currency of ISO 4217.", "Write three capital letters, such as USD.");
    }

    /// <summary>A figure of the table by country, in the direction it is quoted.</summary>
    public static (ExchangeRate? Rate, RefusedRate? Refused) OfCountry(
        long place, string country, string date, string figure, Quoting quoting, string type, string source)
    {
        RefusedRate Bad(string code, string field, string reason, string remedy) => new(place, Shown(country, "", date), code, field, reason, remedy);

        if (!CountryCurrencies.Knows(country))
            return (null, Bad(UnknownCountry, "Country", "The country is not one of the table's.",
                "Correct its name, or give its rates as a file of date,base,quote,rate."));
        if (FieldRules.OfDate(date, "yyyy-MM-dd", out var month) is { } badDate)
            return (null, Bad(badDate.Code, "Date", $"The date {badDate.Reason}.", badDate.Remedy));
        var code = CountryCurrencies.CodeOf(country, month);
        if (code.Length == 0)
            return (null, Bad(CurrencyWithdrawn, "Country", $"The money of {country} changed its unit in this month, and the figure mixes both.",
                "Give the rate of a day by a file of date,base,quote,rate, if one is needed."));
        if (!Currency.TryOf(code, out _))
            return (null, Bad(CurrencyWithdrawn, "Country", $"The money of {country} was {code} then, which ISO 4217 lists no more.",
                "Nothing needs doing: no amount can be booked in it. Leave the row out, or let it be refused."));
        var (@base, quote) = quoting == Quoting.FederalReserve && CountryCurrencies.DollarsPerUnit.Contains(country) ? (code, "USD") : ("USD", code);
        return Read(place, @base, quote, date, figure, type, source);
    }

    // Codes and dates only, and only as long as those are: free text is never repeated.
    private static string Shown(string @base, string quote, string date) =>
        string.Join('/', new[] { @base, quote, date }.Where(text => text.Length > 0).Select(Short));

    private static string Short(string text) => text.Length <= 20 && FieldRules.OfText(text) is null ? text : "…";
}
