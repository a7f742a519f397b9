using Tieout.Domain.Catalog;

namespace Tieout.Domain.Subscriptions;

/// <summary>A whole price as somebody asks for it, read and judged by the rules of the catalogue.</summary>
/// <param name="Model">What is charged.</param>
/// <param name="Terms">When it falls due and how shares are counted; null for the catalogue's.</param>
/// <param name="Problems">Everything that is wrong with it, fields as in the document.</param>
/// <param name="Text">Its canonical text: the same price has the same.</param>
public sealed record AgreedPriceRequest(ChargeModel Model, PriceTerms? Terms, IReadOnlyList<PriceProblem> Problems, string Text);

/// <summary>Reads what is agreed instead of the catalogue's price: one figure, or a whole price.</summary>
internal static class AgreedReading
{
    /// <summary>What is wrong with both in themselves.</summary>
    public static void Check(string at, string? price, AgreedPriceRequest? agreed, RequestReader reader)
    {
        if (agreed is null) return;
        if (!string.IsNullOrEmpty(price)) reader.Wrong(at + "agreed", "Give one figure as 'price' or a whole price as 'agreed', not both.");
        foreach (var problem in agreed.Problems) reader.Wrong($"{at}agreed.{problem.Field}", $"{problem.Reason} {problem.Remedy}");
    }

    /// <summary>Model and terms that are agreed; both null for the catalogue's.</summary>
    /// <param name="at">In front of the fields.</param>
    /// <param name="price">The catalogue's price.</param>
    /// <param name="figure">One figure; null for none.</param>
    /// <param name="agreed">A whole price; null for none.</param>
    /// <param name="reader">Remembers what is wrong.</param>
    public static (ChargeModel? Model, PriceTerms? Terms) Of(
        string at, Price price, decimal? figure, AgreedPriceRequest? agreed, RequestReader reader)
    {
        if (agreed is null) return (Model(at + "price", price, figure, reader), null);
        if (agreed.Terms is { } terms && (terms.Kind != price.Terms.Kind || terms.Meter != price.Terms.Meter))
            reader.Wrong(
                at + "agreed.terms", $"What is charged for is the catalogue's: kind {Words.Of(price.Terms.Kind)}"
                + $"{(price.Terms.Meter is { } meter ? $" of meter {meter}" : "")}. Write the same, or publish another price of the plan.");
        CheckUsage(at, price.Terms.Kind, agreed, reader);
        return (agreed.Model, agreed.Terms);
    }

    // What is counted is the catalogue's, so only the model can be another.
    private static void CheckUsage(string at, PriceKind kind, AgreedPriceRequest agreed, RequestReader reader)
    {
        const string Remedy = PlanRules.Counts + " What is charged for is the catalogue's, and no meter counts it: agree another model.";
        if (kind != PriceKind.Usage && PlanRules.NeedsUsage(agreed.Model)) reader.Wrong(at + "agreed.model", Remedy);
        foreach (var step in PlanRules.StepsNeedingUsage(kind, agreed.Terms?.Ramp ?? [])) reader.Wrong($"{at}agreed.{step}", Remedy);
    }

    // One figure says a price only where the model has only one.
    private static ChargeModel? Model(string field, Price price, decimal? figure, RequestReader reader)
    {
        if (figure is not { } amount) return null;
        if (price.Model is ChargeModel.Flat) return new ChargeModel.Flat(amount);
        if (price.Model is ChargeModel.PerUnit) return new ChargeModel.PerUnit(amount);
        reader.Wrong(field, "This component has no single price; give a whole price as 'agreed'.");
        return null;
    }
}
