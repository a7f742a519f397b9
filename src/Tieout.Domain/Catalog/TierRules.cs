namespace Tieout.Domain.Catalog;

/// <summary>What tiers must be: limits that rise from above zero, the last one open, prices the database can keep.</summary>
internal static class TierRules
{
    public static void Check(IReadOnlyList<Tier> tiers, string path, PriceFields fields) =>
        Check(tiers, path, fields, tier => tier.UpTo, (tier, at) =>
        {
            fields.Number(at + ".unit-price", tier.UnitPrice);
            fields.Number(at + ".flat-amount", tier.FlatAmount);
        });

    public static void Check(IReadOnlyList<PackageTier> tiers, string path, PriceFields fields) =>
        Check(tiers, path, fields, tier => tier.UpTo, (tier, at) =>
        {
            ModelRules.Size(tier.Size, at, fields);
            fields.Number(at + ".price", tier.Price);
        });

    public static void Check(IReadOnlyList<PercentageTier> tiers, string path, PriceFields fields) =>
        Check(tiers, path, fields, tier => tier.UpTo, (tier, at) =>
        {
            fields.Rate(at + ".rate", tier.Rate);
            fields.Number(at + ".flat-amount", tier.FlatAmount);
        });

    private static void Check<T>(IReadOnlyList<T> tiers, string path, PriceFields fields, Func<T, decimal?> upTo, Action<T, string> figures)
    {
        if (tiers.Count == 0) fields.Add(path + ".tiers", "no-tiers", "There is no tier.", "Give at least one, without 'up-to'.");
        var below = 0m;
        for (var index = 0; index < tiers.Count; index++)
        {
            var at = PriceFields.At(path, "tiers", index);
            figures(tiers[index], at);
            Limit(upTo(tiers[index]), below, index == tiers.Count - 1, at + ".up-to", fields);
            below = upTo(tiers[index]) ?? below;
        }
    }

    private static void Limit(decimal? limit, decimal below, bool last, string field, PriceFields fields)
    {
        if (limit is not { } upTo)
        {
            if (!last) fields.Add(field, "open-tier-not-last", "Only the last tier is open.", "Give this tier an 'up-to', or remove those after it.");
            return;
        }
        fields.Number(field, upTo);
        if (last) fields.Add(field, "last-tier-closed", "The last tier has an end, so larger quantities have no price.",
            "Leave 'up-to' out of the last tier.");
        if (upTo <= below)
            fields.Add(field, "tiers-not-rising", $"The tier ends at {Rating.StepWords.Number(upTo)}, but begins at {Rating.StepWords.Number(below)}.",
                "Give each tier an 'up-to' above the one before; a tier begins where the one before ends.");
    }
}
