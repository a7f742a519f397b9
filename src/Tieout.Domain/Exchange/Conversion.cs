namespace Tieout.Domain.Exchange;

/// <summary>An amount in another currency, with everything needed to compute it again.</summary>
/// <param name="Original">What was converted.</param>
/// <param name="Converted">What it is, in the other currency's minor units.</param>
/// <param name="Rate">The rates used, with their path.</param>
/// <param name="Rule">How it was rounded.</param>
public sealed record Conversion(Money Original, Money Converted, AppliedRate Rate, string Rule)
{
    /// <summary>
    /// Converts: multiplied by what multiplies, divided once by what divides, rounded as a journal line. The same currency
    /// stays as it is.
    /// </summary>
    /// <exception cref="ArgumentException">The rate is not one of the amount's currency.</exception>
    /// <exception cref="OverflowException">The product is beyond what a decimal holds, about 10^28.</exception>
    public static Conversion Of(Money money, AppliedRate rate)
    {
        if (!ReferenceEquals(money.Currency, rate.From))
            throw new ArgumentException($"A rate from {rate.From} does not convert {money.Currency}.", nameof(rate));
        if (rate.Steps.Count == 0) return new Conversion(money, money, rate, Rounding.Rule);
        var exact = new Money(money.Amount * rate.Numerator / rate.Denominator, rate.To);
        return new Conversion(money, Rounding.JournalLine(exact), rate, Rounding.Rule);
    }
}
