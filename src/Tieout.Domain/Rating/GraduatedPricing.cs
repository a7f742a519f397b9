using Tieout.Domain.Catalog;

namespace Tieout.Domain.Rating;

/// <summary>
/// Graduated pricing: each unit costs the price of the tier it falls in, and each tier entered adds its flat amount. A tier
/// begins where the one before ends; a quantity equal to a tier's limit stays in it, the next is not entered. Zero units enter
/// no tier, or the first one where the price says so.
/// </summary>
internal static class GraduatedPricing
{
    public static void Rate<T>(ChargeModel.Graduated model, decimal quantity, RatingRules rules, ref T steps) where T : ISteps
    {
        var tiers = model.Tiers;
        if (quantity == 0m)
        {
            TierFlats.OfZero(tiers, rules, ref steps);
            return;
        }
        var from = 0m;
        for (var index = 0; index < tiers.Count && from < quantity; index++)
        {
            var tier = tiers[index];
            var to = tier.UpTo is { } limit && limit < quantity ? limit : quantity;
            if (to <= from) throw RatingException.NotRising(index + 1);
            var units = to - from;
            steps.Add(new Slice(SliceKind.Units, units * tier.UnitPrice)
            {
                Place = index + 1,
                Tiers = tiers.Count,
                Quantity = units,
                UnitPrice = tier.UnitPrice,
            });
            TierFlats.Of(tier, index, tiers.Count, ref steps);
            from = to;
        }
        if (from < quantity) throw RatingException.NoTier(quantity);
    }
}
