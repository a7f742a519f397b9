using Tieout.Domain.Catalog;

namespace Tieout.Domain.Rating;

/// <summary>
/// Volume pricing: all units cost the price of the tier the whole quantity falls in, plus that tier's flat amount. A quantity
/// equal to a tier's limit is still in it; one unit more reprices all units, so the amount may fall there. Zero units cost
/// nothing, or the first tier's flat amount where the price says so.
/// </summary>
internal static class VolumePricing
{
    public static void Rate<T>(ChargeModel.Volume model, decimal quantity, RatingRules rules, ref T steps) where T : ISteps
    {
        var tiers = model.Tiers;
        if (quantity == 0m)
        {
            TierFlats.OfZero(tiers, rules, ref steps);
            return;
        }
        var index = TierFlats.IndexOf(tiers, quantity);
        var tier = tiers[index];
        steps.Add(new Slice(SliceKind.Units, quantity * tier.UnitPrice)
        {
            Place = index + 1,
            Tiers = tiers.Count,
            Quantity = quantity,
            UnitPrice = tier.UnitPrice,
        });
        TierFlats.Of(tier, index, tiers.Count, ref steps);
    }
}
