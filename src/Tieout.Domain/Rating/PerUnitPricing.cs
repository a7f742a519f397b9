using Tieout.Domain.Catalog;

namespace Tieout.Domain.Rating;

/// <summary>Per-unit pricing: each unit costs the price. Zero units cost nothing; fractions of a unit cost their fraction.</summary>
internal static class PerUnitPricing
{
    public static void Rate<T>(ChargeModel.PerUnit model, decimal quantity, ref T steps) where T : ISteps =>
        steps.Add(new Slice(SliceKind.Units, model.UnitPrice * quantity) { Quantity = quantity, UnitPrice = model.UnitPrice });
}
