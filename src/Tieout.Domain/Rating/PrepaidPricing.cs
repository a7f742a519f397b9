using Tieout.Domain.Catalog;

namespace Tieout.Domain.Rating;

/// <summary>
/// Prepaid credit: of the grants of the model's credit, those in units are drawn first and take units off the quantity; the rest
/// is rated by the inner model; then those in money are drawn and take money off the result, never more than it came to. Which
/// grant goes first is <see cref="DrawDown"/>'s. Units cannot be taken off a list of transactions or groups: that is refused.
/// </summary>
internal static class PrepaidPricing
{
    public static void Rate<T>(ChargeModel.Prepaid model, Measured measured, RatingRules rules, ref T steps) where T : ISteps
    {
        List<CreditGrant> units = [];
        List<CreditGrant> money = [];
        foreach (var grant in measured.Grants ?? [])
            if (string.Equals(grant.Credit, model.Credit, StringComparison.Ordinal)) (grant.Currency is null ? units : money).Add(grant);
        var asOf = measured.AsOf ?? (units.Count + money.Count == 0 ? default : throw new RatingException(
            "bad-grant", "The day on which credit is drawn is not known.", "Say the day: grants may have expired on it."));

        var order = 0;
        // What parts of the period before measured is paid for: neither units nor money are drawn for it again.
        var earlier = measured.Earlier is { } parts ? Math.Min(parts.Quantity, measured.Quantity) : 0m;
        var left = units.Count == 0 ? measured.Quantity
            : earlier + Draw(Units(units, measured, measured.Quantity - earlier, asOf), SliceKind.DrawnUnits, ref order, ref steps);
        var paid = measured.Earlier is null || money.Count == 0 ? 0m : RateCharge.Amount(model.Of, measured.Earlier, rules);
        var before = steps.Total;
        RateCharge.Rate(model.Of, measured with { Quantity = left, Grants = null, Earlier = null }, rules, ref steps);
        if (money.Count > 0) Draw(DrawDown.Of(money, Math.Max(0m, steps.Total - before - paid), asOf), SliceKind.DrawnMoney, ref order, ref steps);
    }

    private static DrawnCredit Units(List<CreditGrant> grants, Measured measured, decimal quantity, DateOnly asOf) =>
        measured.Transactions is not { Count: > 0 } && measured.Groups is not { Count: > 0 }
            ? DrawDown.Of(grants, quantity, asOf)
            : throw new RatingException(
                "bad-grant", "Prepaid units cannot be taken off single transactions or combinations.",
                    "Grant money instead of units for this price.");

    private static decimal Draw<T>(DrawnCredit drawn, SliceKind kind, ref int order, ref T steps) where T : ISteps
    {
        foreach (var draw in drawn.Draws)
        {
            order++;
            steps.Draw(draw with { Order = order });
            steps.Add(new Slice(kind, kind == SliceKind.DrawnMoney ? -draw.Amount : 0m) { Quantity = draw.Amount, Name = draw.Name });
        }
        return drawn.Left;
    }
}
