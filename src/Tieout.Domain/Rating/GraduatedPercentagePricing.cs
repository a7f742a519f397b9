using Tieout.Domain.Catalog;

namespace Tieout.Domain.Rating;

/// <summary>
/// Graduated percentage pricing: the period's money (the quantity, or the sum of its transactions where they are given) is cut
/// into tiers; money in each costs that tier's share, and each tier entered adds its flat amount. Money equal to a tier's limit
/// stays in it. No money enters no tier, or the first one where the price says so.
/// </summary>
internal static class GraduatedPercentagePricing
{
    public static void Rate<T>(ChargeModel.GraduatedPercentage model, Measured measured, RatingRules rules, ref T steps) where T : ISteps
    {
        var tiers = model.Tiers;
        var money = measured.Transactions?.Sum() ?? measured.Quantity;
        if (tiers.Count == 0) throw RatingException.NoTier(money);
        if (money == 0m && rules.ZeroUnitsEnterFirstTier) AddFlat(tiers, 0, ref steps);
        var from = 0m;
        for (var index = 0; index < tiers.Count && from < money; index++)
        {
            var tier = tiers[index];
            var to = tier.UpTo is { } limit && limit < money ? limit : money;
            if (to <= from) throw RatingException.NotRising(index + 1);
            steps.Add(new Slice(SliceKind.Money, (to - from) * tier.Rate)
            {
                Place = index + 1,
                Tiers = tiers.Count,
                Quantity = to - from,
                UnitPrice = tier.Rate,
            });
            AddFlat(tiers, index, ref steps);
            from = to;
        }
        if (from < money) throw RatingException.NoTier(money);
    }

    private static void AddFlat<T>(IReadOnlyList<PercentageTier> tiers, int index, ref T steps) where T : ISteps
    {
        var amount = tiers[index].FlatAmount;
        if (amount != 0m) steps.Add(new Slice(SliceKind.TierFlat, amount) { Place = index + 1, Tiers = tiers.Count });
    }
}
