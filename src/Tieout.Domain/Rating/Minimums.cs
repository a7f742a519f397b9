namespace Tieout.Domain.Rating;

/// <summary>
/// The minimum of a line: what is missing to it is part of the line and is computed before discounts. Minimums of a subscription
/// and of an account are lines of their own, over lines already rounded and discounted.
/// </summary>
public static class Minimums
{
    /// <summary>What is missing to a line's minimum for its share of the period; zero when nothing is. Exact.</summary>
    public static decimal OfLine(decimal amount, decimal minimum, Share share) => Math.Max(0m, Proration.Of(minimum, share) - amount);
}
