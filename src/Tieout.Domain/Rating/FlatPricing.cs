using Tieout.Domain.Catalog;

namespace Tieout.Domain.Rating;

/// <summary>Flat pricing: a full period costs the amount, however many units are used, zero included.</summary>
internal static class FlatPricing
{
    public static void Rate<T>(ChargeModel.Flat model, ref T steps) where T : ISteps => steps.Add(new Slice(SliceKind.Flat, model.Amount));
}
