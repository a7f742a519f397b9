using Tieout.Domain.Catalog;

namespace Tieout.Domain.Rating;

/// <summary>
/// Capacity pricing: the quantity is the highest value within the period, however short it stood. It picks one tier. That tier's
/// flat amount is the price of the whole period and replaces those of lower tiers; its unit price is for the units above the limit
/// of the tier before, so a tier without unit price is a fixed step and the open last tier is the overage. A maximum equal to a
/// limit is still in the lower tier. A maximum of zero costs nothing, or the first tier's flat amount where the price says so.
/// </summary>
internal static class CapacityPricing
{
    public static void Rate<T>(ChargeModel.Capacity model, decimal maximum, RatingRules rules, ref T steps) where T : ISteps
    {
        var tiers = model.Tiers;
        if (maximum == 0m)
        {
            TierFlats.OfZero(tiers, rules, ref steps);
            return;
        }
        var index = TierFlats.IndexOf(tiers, maximum);
        var tier = tiers[index];
        var below = index == 0 ? 0m : tiers[index - 1].UpTo!.Value;
        steps.Add(new Slice(SliceKind.CapacityFlat, tier.FlatAmount) { Place = index + 1, Tiers = tiers.Count, Quantity = maximum });
        if (tier.UnitPrice == 0m) return;
        var above = maximum - below;
        steps.Add(new Slice(SliceKind.CapacityUnits, above * tier.UnitPrice)
        {
            Place = index + 1,
            Tiers = tiers.Count,
            Quantity = above,
            UnitPrice = tier.UnitPrice,
            Other = below,
        });
    }
}
