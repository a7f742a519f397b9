using Tieout.Domain.Catalog;

namespace Tieout.Domain.Rating;

/// <summary>
/// Package pricing: after the free units, units are sold in packages of a size. A package begun is charged whole (up) or not at
/// all (down); a fraction of a unit begins a package like a unit does. Zero units need no package.
/// </summary>
internal static class PackagePricing
{
    public static void Rate<T>(ChargeModel.Package model, decimal quantity, ref T steps) where T : ISteps
    {
        var free = Math.Min(quantity, model.FreeUnits);
        if (free > 0m) steps.Add(new Slice(SliceKind.FreeUnits, 0m) { Quantity = free });
        Add(quantity - free, model.Size, model.Price, model.Rounding, place: 0, tiers: 0, ref steps);
    }

    /// <summary>The packages some units need, as one slice.</summary>
    public static void Add<T>(decimal units, decimal size, decimal price, PackageRounding rounding, int place, int tiers,
        ref T steps) where T : ISteps
    {
        var packages = Count(units, size, rounding);
        steps.Add(new Slice(SliceKind.Packages, packages * price)
        {
            Place = place,
            Tiers = tiers,
            Quantity = packages,
            UnitPrice = price,
            Other = size,
        });
    }

    private static decimal Count(decimal units, decimal size, PackageRounding rounding)
    {
        if (size <= 0m) throw RatingException.BadModel("A package of no size holds nothing.", "Give the package a size above zero.");
        // The remainder is exact; a quotient may be rounded, and would turn 2.999… packages into 3.
        var begun = units % size;
        var full = (units - begun) / size;
        return begun > 0m && rounding == PackageRounding.Up ? full + 1m : full;
    }
}
