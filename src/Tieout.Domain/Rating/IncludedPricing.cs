using Tieout.Domain.Catalog;

namespace Tieout.Domain.Rating;

/// <summary>
/// Included units: the fee is due whatever is used and covers the units included, the last of them too. Each unit above costs the
/// overage price; or, with a factor, the fee per included unit times the factor (fee × factor × units above ÷ units included).
/// </summary>
internal static class IncludedPricing
{
    public static void Rate<T>(ChargeModel.Included model, decimal quantity, ref T steps) where T : ISteps
    {
        if (model.OveragePrice is null == model.OverageFactor is null)
            throw RatingException.BadModel("What units above the included ones cost is said twice or not at all.",
                "Give an overage price or a factor.");
        steps.Add(new Slice(SliceKind.IncludedFee, model.Fee) { Quantity = model.Units });
        var above = quantity - model.Units;
        if (above <= 0m) return;
        if (model.OveragePrice is { } price)
        {
            steps.Add(new Slice(SliceKind.Overage, above * price) { Quantity = above, UnitPrice = price, Other = model.Units });
            return;
        }
        if (model.Units <= 0m) throw RatingException.BadModel("A factor of the fee per included unit needs included units.",
            "Give an overage price.");
        // Multiply before dividing: a rounded fee per unit times many units is off by cents.
        var perPeriod = model.Fee * model.OverageFactor!.Value;
        steps.Add(new Slice(SliceKind.FactorOverage, perPeriod * above / model.Units)
        {
            Quantity = above,
            UnitPrice = perPeriod / model.Units,
            Other = model.Units,
        });
    }
}
