using System.Globalization;

namespace Tieout.Domain.Catalog;

/// <summary>What a version of a plan must be before it is published.</summary>
public static class PlanRules
{
    /// <summary>Why a model does not go with a price of another kind than usage.</summary>
    internal const string Counts = "This model rates what a meter counts.";

    /// <summary>All that is wrong; empty for a good version. Paths are relative to the version.</summary>
    public static IReadOnlyList<PriceProblem> Check(PlanVersion plan)
    {
        var fields = new PriceFields();
        List<PriceProblem> problems = [];
        fields.Text("plan", plan.PlanCode);
        if (plan.TrialDays is < 0 or > PlanVersion.LongestTrial)
            fields.Add("trial-days", "out-of-range", "The trial is out of range.",
                $"Give 0 to {PlanVersion.LongestTrial.ToString(CultureInfo.InvariantCulture)} days.");
        foreach (var minimum in plan.Minimums) fields.Number($"minimums.{minimum.Currency}", minimum.Amount);
        if (plan.Prices.Count == 0) fields.Add("prices", "missing", "The version has no price.", "Give at least one.");
        for (var index = 0; index < plan.Prices.Count; index++)
        {
            var at = string.Create(CultureInfo.InvariantCulture, $"prices[{index}]");
            CheckAmongOthers(plan.Prices, index, at, fields);
            problems.AddRange(PriceRules.Check(plan.Prices[index]).Select(problem => problem with { Field = $"{at}.{problem.Field}" }));
        }
        return [.. fields.Problems, .. problems];
    }

    private static void CheckAmongOthers(IReadOnlyList<Price> prices, int index, string at, PriceFields fields)
    {
        var price = prices[index];
        if (price.Terms.Kind != PriceKind.Usage && NeedsUsage(price.Model))
            fields.Add(at + ".terms.kind", "model-needs-usage", Counts, "Say 'kind: usage' and name the meter.");
        foreach (var step in StepsNeedingUsage(price.Terms.Kind, price.Terms.Ramp))
            fields.Add($"{at}.{step}", "model-needs-usage", Counts, "Say 'kind: usage' and name the meter, or give the step another model.");
        var same = prices.Take(index).Where(other => other.Component == price.Component).ToList();
        if (same.Exists(other => other.Currency == price.Currency))
            fields.Add(at, "duplicate", $"component '{price.Component}' has two prices in {price.Currency}.",
                "Give one price for each component and currency.");
        // A component is one thing in every currency: what falls due, and when, may not depend on the money.
        if (same.Count > 0 && (same[0].Terms.Kind != price.Terms.Kind || same[0].Terms.Interval != price.Terms.Interval || same[0].Terms.Meter != price.Terms.Meter))
            fields.Add(at + ".terms", "terms-differ", $"component '{price.Component}' has another kind, interval or meter in another currency.",
                "Give all its prices the same.");
    }

    /// <summary>The steps whose model rates what a meter counts although the price counts nothing; paths as in a price.</summary>
    internal static IEnumerable<string> StepsNeedingUsage(PriceKind kind, IReadOnlyList<RampStep> ramp)
    {
        for (var index = 0; kind != PriceKind.Usage && index < ramp.Count; index++)
            if (NeedsUsage(ramp[index].Model)) yield return PriceFields.At("terms", "ramp", index) + ".model";
    }

    /// <summary>Whether it rates what a meter counts, so that its price has to be of kind usage.</summary>
    internal static bool NeedsUsage(ChargeModel model) => model switch
    {
        ChargeModel.Percentage or ChargeModel.GraduatedPercentage or ChargeModel.Matrix or ChargeModel.Prepaid => true,
        ChargeModel.Commitment commitment => NeedsUsage(commitment.Of),
        _ => false,
    };
}
