using System.Globalization;

namespace Tieout.Domain;

/// <summary>
/// The three places where an amount is rounded, and the one way: half away from zero, to the currency's minor unit.
/// Nothing is rounded in between.
/// </summary>
public static class Rounding
{
    /// <summary>Written beside every rounded figure, so that a reader a year later knows what was done.</summary>
    public const string Rule = "half-away-from-zero";

    /// <summary>First place: the amount of one charge on an invoice.</summary>
    public static Money ChargeLine(Money exact) => Rounded(exact);

    /// <summary>Second place: the tax of one code on one invoice.</summary>
    public static Money TaxLine(Money exact) => Rounded(exact);

    /// <summary>Third place: one line of a journal entry (converted or allocated amounts).</summary>
    public static Money JournalLine(Money exact) => Rounded(exact);

    /// <summary>Half away from zero: 2.5 becomes 3, -2.5 becomes -3.</summary>
    public static decimal HalfAwayFromZero(decimal value, int decimals) =>
        decimal.Round(value, decimals, MidpointRounding.AwayFromZero);

    /// <summary>The value with exactly this many decimals and a point, no grouping; for documents and interfaces.</summary>
    public static string Plain(decimal value, int decimals) =>
        HalfAwayFromZero(value, decimals).ToString("F" + decimals.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    internal static decimal ToMinorUnits(decimal value, Currency currency) => HalfAwayFromZero(value, currency.MinorUnits);

    private static Money Rounded(Money exact) => exact with { Amount = ToMinorUnits(exact.Amount, exact.Currency) };
}
