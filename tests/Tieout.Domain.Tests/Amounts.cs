using System.Globalization;

namespace Tieout.Domain.Tests;

/// <summary>Short ways to say figures and days in test tables.</summary>
internal static class Amounts
{
    public static readonly Currency Usd = Currency.Of("USD");
    public static readonly Currency Eur = Currency.Of("EUR");
    public static readonly Currency Jpy = Currency.Of("JPY");

    public static decimal D(string text) => decimal.Parse(text, CultureInfo.InvariantCulture);

    public static DateOnly Day(string text) => DateOnly.ParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture);

    public static AccountingMonth Month(string text) =>
        AccountingMonth.TryParse(text, out var month) ? month : throw new FormatException(text);
}
