using Tieout.Domain.Catalog;

namespace Tieout.Domain.Rating;

/// <summary>
/// Volume package pricing: all units are sold in packages of the tier the whole quantity falls in, by its size and its price. A
/// quantity equal to a tier's limit is still in it. Zero units need no package.
/// </summary>
internal static class VolumePackagePricing
{
    public static void Rate<T>(ChargeModel.VolumePackage model, decimal quantity, ref T steps) where T : ISteps
    {
        var tiers = model.Tiers;
        for (var index = 0; index < tiers.Count; index++)
        {
            var tier = tiers[index];
            if (tier.UpTo is { } limit && quantity > limit) continue;
            if (quantity > 0m) PackagePricing.Add(quantity, tier.Size, tier.Price, model.Rounding, index + 1, tiers.Count, ref steps);
            return;
        }
        throw RatingException.NoTier(quantity);
    }
}
