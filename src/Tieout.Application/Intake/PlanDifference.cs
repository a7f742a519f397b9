using Tieout.Application.Catalog;
using Tieout.Domain;
using Tieout.Domain.Catalog;

namespace Tieout.Application.Intake;

/// <summary>Declared plans minus stored ones. What is published never changes: anything else is a new version, with its day.</summary>
internal static class PlanDifference
{
    private const string Remedy = "Subscriptions keep the version they took; declare a new version with its own 'effective-from'.";

    /// <summary>New plans, and new versions of stored plans.</summary>
    public static (List<DeclaredPlan> Plans, List<PlanVersion> Versions) Between(BooksFile declared, BooksFile stored, List<string> problems)
    {
        List<DeclaredPlan> plans = [];
        List<PlanVersion> versions = [];
        foreach (var plan in declared.Plans)
        {
            if (plan.Product is { } product && !declared.Products.Concat(stored.Products).Any(other => other.Code == product))
                problems.Add($"Plan '{plan.Code}' belongs to product '{product}', which is not declared. Declare it under 'products'.");
            var same = stored.Plans.FirstOrDefault(other => other.Code == plan.Code);
            if (same is null) plans.Add(plan);
            else Compare(plan, same, versions, problems);
        }
        return (plans, versions);
    }

    private static void Compare(DeclaredPlan plan, DeclaredPlan same, List<PlanVersion> added, List<string> problems)
    {
        if (plan.Name != same.Name || plan.Product != same.Product)
            problems.Add($"Plan '{plan.Code}' is published as {Shown(same)}, and is declared as {Shown(plan)}. Declare a new plan code.");
        foreach (var version in plan.Versions)
        {
            var published = same.Versions.FirstOrDefault(other => other.Version == version.Version);
            if (published is not null) CompareVersion(version, published, problems);
            else if (same.Versions.FirstOrDefault(other => other.EffectiveFrom == version.EffectiveFrom) is { } taken)
                problems.Add($"Plan '{plan.Code}', version {version.Version} begins on {version.EffectiveFrom:yyyy-MM-dd}, as version {taken.Version} does. "
                    + "Give it a day of its own.");
            else added.Add(version);
        }
    }

    private static void CompareVersion(PlanVersion version, PlanVersion published, List<string> problems)
    {
        if (PlanJson.Fingerprint(version) == PlanJson.Fingerprint(published)) return;
        var before = problems.Count;
        foreach (var price in version.Prices)
        {
            var same = published.Prices.FirstOrDefault(other => IsSame(price, other));
            if (same is not null && Text(same) == Text(price)) continue;
            problems.Add($"Plan '{price.PlanCode}', component '{price.Component}' in {price.Currency} is published as {Shown(same)}, "
                + $"and is declared as {Shown(price)}. {Remedy}");
        }
        foreach (var price in published.Prices.Where(price => !version.Prices.Any(other => IsSame(price, other))))
            problems.Add($"Plan '{price.PlanCode}', component '{price.Component}' in {price.Currency} is published as {Shown(price)}, "
                + $"and is not declared. {Remedy}");
        if (problems.Count == before)
            problems.Add($"Plan '{version.PlanCode}', version {version.Version} is published with another day, trial or minimum. {Remedy}");
    }

    private static bool IsSame(Price one, Price other) => one.Component == other.Component && one.Currency == other.Currency;

    private static string Text(Price price) => PriceJson.Of(price).ToJsonString();

    private static string Shown(DeclaredPlan plan) => $"\"{plan.Name}\"" + (plan.Product is { } product ? $" of product '{product}'" : "");

    private static string Shown(Price? price) => price is null ? "nothing"
        : $"{Model(price.Model)}, {Words.Of(price.Recognition)}, \"{price.Description}\""
            + (Terms(price) == Terms(price with { Terms = PriceTerms.Default }) ? "" : $", {Terms(price)}");

    private static string Terms(Price price) => PriceJson.Of(price.Terms).ToJsonString();

    private static string Model(ChargeModel model) => model switch
    {
        ChargeModel.Flat flat => $"flat {ModelText.Number(flat.Amount)}",
        ChargeModel.PerUnit perUnit => $"per-unit {ModelText.Number(perUnit.UnitPrice)}",
        _ => ModelText.Of(model).ToJsonString(),
    };
}
