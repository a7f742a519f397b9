using Tieout.Domain.Catalog;

namespace Tieout.Domain.Rating;

/// <summary>The flat amounts of tiers, and which tier a whole quantity falls in.</summary>
internal static class TierFlats
{
    /// <summary>The tier's flat amount, where it has one.</summary>
    public static void Of<T>(Tier tier, int index, int count, ref T steps) where T : ISteps
    {
        if (tier.FlatAmount != 0m) steps.Add(new Slice(SliceKind.TierFlat, tier.FlatAmount) { Place = index + 1, Tiers = count });
    }

    /// <summary>What zero units cost: nothing, or the first tier's flat amount where the price says so.</summary>
    public static void OfZero<T>(IReadOnlyList<Tier> tiers, RatingRules rules, ref T steps) where T : ISteps
    {
        if (tiers.Count == 0) throw RatingException.NoTier(0m);
        if (rules.ZeroUnitsEnterFirstTier) Of(tiers[0], 0, tiers.Count, ref steps);
    }

    /// <summary>The tier a whole quantity falls in; a quantity equal to a tier's limit is still in it.</summary>
    public static int IndexOf(IReadOnlyList<Tier> tiers, decimal quantity)
    {
        for (var index = 0; index < tiers.Count; index++)
            if (tiers[index].UpTo is not { } limit || quantity <= limit) return index;
        throw RatingException.NoTier(quantity);
    }
}
