namespace Tieout.Domain.Customers;

/// <summary>A discount for paying early: so much off the gross amount for money that comes within so many days of the invoice's date.</summary>
/// <param name="Percent">Above 0 and below 100, at most 4 decimals; 2 is two percent.</param>
/// <param name="Days">From the invoice's date; the last of them still counts. At least 1.</param>
public sealed record DiscountTerms(decimal Percent, int Days)
{
    private const int PercentDecimals = 4;

    /// <summary>What may be kept of an amount with tax: in minor units, halves up.</summary>
    public decimal Of(decimal gross, Currency currency) => Rounding.JournalLine(new Money(gross * Percent / 100m, currency)).Amount;

    /// <summary>The terms of both figures; null for none of them, when both are zero.</summary>
    public static DiscountTerms? From(decimal percent, int days) => percent == 0 && days == 0 ? null : new DiscountTerms(percent, days);

    /// <summary>What is wrong with the percentage; null for nothing. Zero is none, together with zero days.</summary>
    public static string? PercentProblem(decimal percent, int days) =>
        percent is < 0 or >= 100 || Rounding.HalfAwayFromZero(percent, PercentDecimals) != percent
            ? "Is not a percentage from 0 to below 100 with at most 4 decimals."
        : percent == 0 && days > 0 ? "Is missing: days without a percentage give no discount." : null;

    /// <summary>What is wrong with the days; null for nothing. Nobody is offered a discount for paying after the invoice is due.</summary>
    /// <param name="termDays">Days until the invoice is due.</param>
    public static string? DaysProblem(decimal percent, int days, int termDays) =>
        days < 0 || days > termDays
            ? FormattableString.Invariant($"Is not a number of days from 1 up to the day on which the invoice is due; give at most {termDays}.")
        : days == 0 && percent > 0 ? "Is missing: say within how many days the discount may be kept." : null;
}
