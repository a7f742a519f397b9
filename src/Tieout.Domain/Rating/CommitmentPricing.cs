using Tieout.Domain.Catalog;

namespace Tieout.Domain.Rating;

/// <summary>
/// Minimum commitment: what the inner model comes to, but at least the minimum. What is missing is a step of its own, the true-up;
/// exactly the minimum needs none. Prepaid credit drawn inside does not count towards the minimum.
/// </summary>
internal static class CommitmentPricing
{
    public static void Rate<T>(ChargeModel.Commitment model, Measured measured, RatingRules rules, ref T steps) where T : ISteps
    {
        var before = steps.Total;
        RateCharge.Rate(model.Of, measured, rules, ref steps);
        var missing = model.Minimum - (steps.Total - before);
        if (missing > 0m) steps.Add(new Slice(SliceKind.TrueUp, missing) { Other = model.Minimum });
    }
}
