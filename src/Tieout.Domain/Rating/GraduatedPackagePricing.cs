using Tieout.Domain.Catalog;

namespace Tieout.Domain.Rating;

/// <summary>
/// Graduated package pricing: the units of each tier are sold in that tier's packages. Each tier rounds by itself, so a package
/// begun at a tier's end is not filled from the next. A quantity equal to a tier's limit does not enter the next. Zero units
/// need no package.
/// </summary>
internal static class GraduatedPackagePricing
{
    public static void Rate<T>(ChargeModel.GraduatedPackage model, decimal quantity, ref T steps) where T : ISteps
    {
        var tiers = model.Tiers;
        var from = 0m;
        for (var index = 0; index < tiers.Count && from < quantity; index++)
        {
            var tier = tiers[index];
            var to = tier.UpTo is { } limit && limit < quantity ? limit : quantity;
            if (to <= from) throw RatingException.NotRising(index + 1);
            PackagePricing.Add(to - from, tier.Size, tier.Price, model.Rounding, index + 1, tiers.Count, ref steps);
            from = to;
        }
        if (tiers.Count == 0 || from < quantity) throw RatingException.NoTier(quantity);
    }
}
