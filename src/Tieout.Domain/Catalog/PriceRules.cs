namespace Tieout.Domain.Catalog;

/// <summary>What a price must be. Every field that is wrong is named at once.</summary>
public static class PriceRules
{
    /// <summary>Names of lines that are no component's.</summary>
    public static IReadOnlyList<string> Reserved { get; } = ["one-off", "minimum"];

    /// <summary>All that is wrong; empty for a good price. Paths are relative to the price, lists counted from zero.</summary>
    public static IReadOnlyList<PriceProblem> Check(Price price)
    {
        var fields = new PriceFields();
        fields.Text("component", price.Component);
        if (Reserved.Contains(price.Component))
            fields.Add("component", "reserved-name", $"Lines of the name '{price.Component}' are no component's: a person's charges, or a minimum.",
                "Choose another name.");
        fields.Text("description", price.Description);
        if (price.Version < 1) fields.Add("version", "too-small", "Versions count from 1.", "Give 1 or more.");
        ModelRules.Check(price.Model, "model", fields);
        CheckTerms(price.Terms, fields);
        return fields.Problems;
    }

    /// <summary>What is wrong with a model alone, under the path <c>model</c>.</summary>
    public static IReadOnlyList<PriceProblem> Check(ChargeModel model)
    {
        var fields = new PriceFields();
        ModelRules.Check(model, "model", fields);
        return fields.Problems;
    }

    private static void CheckTerms(PriceTerms terms, PriceFields fields)
    {
        var usage = terms.Kind == PriceKind.Usage;
        if (usage && terms.Meter is null) fields.Add("terms.meter", "meter-missing", "A usage price charges what a meter counted.",
            "Name the meter.");
        if (terms.Meter is not null) fields.Text("terms.meter", terms.Meter);
        if (!usage && terms.Meter is not null)
            fields.Add("terms.meter", "meter-without-usage", "Only a usage price looks at a meter.", "Leave the meter out, or say 'kind: usage'.");
        if (usage && terms.Timing == BillingTiming.Advance)
            fields.Add("terms.timing", "usage-in-advance", "Usage is known after the period only.", "Say 'timing: arrears'.");
        if (terms.Interval.Count < 1) fields.Add("terms.interval", "interval-missing", "The billing interval is not known.",
            "Give a count and a unit, such as 1 month.");
        fields.Text("terms.tax-category", terms.TaxCategory);
        fields.Number("terms.minimum", terms.Minimum);
        CheckRamp(terms.Ramp, fields);
    }

    private static void CheckRamp(IReadOnlyList<RampStep> ramp, PriceFields fields)
    {
        for (var index = 0; index < ramp.Count; index++)
        {
            var (step, at) = (ramp[index], PriceFields.At("terms", "ramp", index));
            if (step.From is null == step.MonthsIn is null)
                fields.Add(at, "ramp-begin", "A step begins on a day or after some months, one of the two.", "Give 'from' or 'months-in'.");
            if (step.MonthsIn is < 1 or > 1_200) fields.Add(at + ".months-in", "out-of-range", "The months are out of range.", "Give 1 to 1200.");
            if (index > 0 && !Follows(ramp[index - 1], step))
                fields.Add(at, "ramp-order", "The step does not begin after the one before, or counts in another way.",
                    "Order the steps, all by day or all by months.");
            ModelRules.Check(step.Model, at + ".model", fields);
        }
    }

    private static bool Follows(RampStep before, RampStep step) => step.From > before.From || step.MonthsIn > before.MonthsIn;
}
