using Tieout.Domain.Catalog;

namespace Tieout.Domain.Rating;

/// <summary>A discount in force, with the value the customer's level gives.</summary>
/// <param name="Code">Its code.</param>
/// <param name="Kind">Percent or amount.</param>
/// <param name="Value">A fraction (0.1 is 10 %), or money of a full period in the line's currency.</param>
public sealed record GivenDiscount(string Code, DiscountKind Kind, decimal Value);

/// <summary>
/// Discounts on a charge, after the line's minimum and before rounding: percents first, each of what the one before left (so
/// their order makes no difference), then amounts, each for the line's share of the period. Never below zero, and nothing is
/// taken off a credit.
/// </summary>
public static class Discounts
{
    /// <summary>What is left of an exact amount.</summary>
    public static decimal Of(decimal amount, IReadOnlyList<GivenDiscount> discounts, Share share)
    {
        var steps = new SumSteps();
        steps.Add(new Slice(SliceKind.Flat, amount));
        Apply(discounts, share, ref steps);
        return steps.Total;
    }

    /// <summary>
    /// Spreads an amount over lines that are rounded already, in proportion to them; for a discount of a whole subscription or
    /// account. The parts sum to the amount, or to the lines where that is less; credits among the lines get none.
    /// </summary>
    /// <param name="lines">Rounded amounts in one currency.</param>
    /// <param name="amount">What to take off, rounded.</param>
    /// <param name="currency">Of all of them.</param>
    /// <returns>What comes off each line, zero or more, never more than the line.</returns>
    public static IReadOnlyList<decimal> Spread(IReadOnlyList<decimal> lines, decimal amount, Currency currency)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(amount);
        var weights = lines.Select(line => Math.Max(0m, line)).ToArray();
        var most = weights.Sum();
        // All lines as they are, and none rounded above itself.
        if (amount >= most) return weights;
        return Allocation.ByLargestRemainder(amount, weights, currency.MinorUnits);
    }

    internal static void Apply<T>(IReadOnlyList<GivenDiscount> discounts, Share share, ref T steps) where T : ISteps
    {
        for (var index = 0; index < discounts.Count; index++)
            if (discounts[index] is { Kind: DiscountKind.Percent } percent && steps.Total > 0m)
                steps.Add(new Slice(SliceKind.PercentOff, -(steps.Total * percent.Value)) { UnitPrice = percent.Value, Name = percent.Code });
        for (var index = 0; index < discounts.Count; index++)
        {
            if (discounts[index] is not { Kind: DiscountKind.Amount } money || steps.Total <= 0m) continue;
            var off = Math.Min(steps.Total, Proration.Of(money.Value, share));
            steps.Add(new Slice(SliceKind.AmountOff, -off) { Other = money.Value, Name = money.Code });
        }
    }
}
