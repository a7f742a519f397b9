namespace Tieout.Domain.Rating;

/// <summary>Proration by days of the actual period: amount × active days ÷ days in the period.</summary>
public static class Proration
{
    /// <summary>
    /// The share of a full period's exact amount that falls on <paramref name="used"/>. Not rounded: the charge line is.
    /// A period used whole gives the amount itself.
    /// </summary>
    /// <exception cref="ArgumentException">Days used that lie outside the period.</exception>
    public static decimal Of(decimal amount, ServicePeriod used, ServicePeriod whole)
    {
        if (used.Start < whole.Start || used.End > whole.End)
            throw new ArgumentException($"{used} does not lie within {whole}.", nameof(used));
        // Multiply before dividing: a rounded ratio times a large price is off by cents.
        return amount * used.Days / whole.Days;
    }
}
