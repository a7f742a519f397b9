namespace Tieout.Domain.Rating;

/// <summary>
/// Minimums: what is missing to an agreed least amount, as a true-up of its own. That of a line is part of the line and is
/// computed before discounts; those of a subscription and of an account are lines of their own, over lines already rounded and
/// discounted.
/// </summary>
public static class Minimums
{
    /// <summary>What is missing to a line's minimum for its share of the period; zero when nothing is. Exact.</summary>
    public static decimal OfLine(decimal amount, decimal minimum, Share share) => Math.Max(0m, Proration.Of(minimum, share) - amount);

    /// <summary>
    /// What is missing to a subscription's or an account's minimum for its share of the period, rounded as a charge line; zero when
    /// nothing is. An account's minimum sees the true-ups of its subscriptions in <paramref name="charged"/>.
    /// </summary>
    public static Money TrueUp(Money charged, decimal minimum, Share share)
    {
        var least = Rounding.ChargeLine(new Money(Proration.Of(minimum, share), charged.Currency));
        return charged < least ? least - charged : Money.Zero(charged.Currency);
    }
}
