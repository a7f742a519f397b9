using Tieout.Domain.Catalog;
using Tieout.Domain.Tax;

namespace Tieout.Application.Intake;

/// <summary>Declared minus stored: what is to be added, and what is declared otherwise than it was published.</summary>
/// <param name="LegalEntities">New ones.</param>
/// <param name="Completed">Stored ones that now have details they had not.</param>
/// <param name="TaxRates">New ones.</param>
/// <param name="Ended">Stored open rates that now have a last day: the one change a published rate allows.</param>
/// <param name="Plans">New ones, with all their prices.</param>
/// <param name="Prices">New prices of stored plans.</param>
/// <param name="Problems">Each says what is published, what is declared, and what to do instead.</param>
internal sealed record BooksDifference(
    IReadOnlyList<DeclaredLegalEntity> LegalEntities,
    IReadOnlyList<DeclaredLegalEntity> Completed,
    IReadOnlyList<TaxRate> TaxRates,
    IReadOnlyList<TaxRate> Ended,
    IReadOnlyList<DeclaredPlan> Plans,
    IReadOnlyList<Price> Prices,
    IReadOnlyList<string> Problems)
{
    /// <summary>Compares; declared things that stand as declared are in none of the lists.</summary>
    public static BooksDifference Between(BooksFile declared, BooksFile stored)
    {
        List<string> problems = [];
        List<DeclaredLegalEntity> entities = [];
        List<DeclaredLegalEntity> completed = [];
        foreach (var entity in declared.LegalEntities)
        {
            var same = stored.LegalEntities.FirstOrDefault(other => other.Code == entity.Code);
            if (same is null) entities.Add(entity);
            else if (same with { Details = entity.Details, Bank = entity.Bank } == entity) EntityDetails.Complete(same, entity, completed, problems);
            else
                problems.Add($"Legal entity '{entity.Code}' stands as {Shown(same)}, and is declared as {Shown(entity)}. "
                    + "Its documents carry the former; declare another code.");
            if (stored.LegalEntities.FirstOrDefault(other => other.Series == entity.Series && other.Code != entity.Code) is { } owner)
                problems.Add($"Legal entity '{entity.Code}' is declared with the series '{entity.Series}', which numbers the invoices of '{owner.Code}'. "
                    + "Choose another series.");
        }

        List<DeclaredPlan> plans = [];
        List<Price> prices = [];
        foreach (var plan in declared.Plans)
        {
            var same = stored.Plans.FirstOrDefault(other => other.Code == plan.Code);
            if (same is null) plans.Add(plan);
            else ComparePrices(plan, same, prices, problems);
        }
        var (rates, ended) = CompareRates(declared.TaxRates, stored.TaxRates, problems);
        return new BooksDifference(entities, completed, rates, ended, plans, prices, problems);
    }

    private static void ComparePrices(DeclaredPlan plan, DeclaredPlan same, List<Price> added, List<string> problems)
    {
        if (plan.Name != same.Name)
            problems.Add($"Plan '{plan.Code}' is published as \"{same.Name}\", and is declared as \"{plan.Name}\". Declare a new plan code.");
        foreach (var price in plan.Prices)
        {
            var published = same.Prices.FirstOrDefault(other => other.Component == price.Component && other.Currency == price.Currency);
            if (published is null) added.Add(price);
            else if (published != price)
                problems.Add($"Plan '{plan.Code}', component '{price.Component}' in {price.Currency} is published as {Shown(published)}, "
                    + $"and is declared as {Shown(price)}. "
                    + "Subscriptions pay the published price; declare a new plan code with the new one.");
        }
    }

    private static (List<TaxRate> Added, List<TaxRate> Ended) CompareRates(
        IReadOnlyList<TaxRate> declared, IReadOnlyList<TaxRate> stored, List<string> problems)
    {
        List<TaxRate> added = [];
        List<TaxRate> ended = [];
        foreach (var rate in declared)
        {
            var same = stored.FirstOrDefault(other => other.Code == rate.Code && other.From == rate.From);
            if (same is null) added.Add(rate);
            else if (same != rate && same with { Until = rate.Until } == rate && same.Until is null) ended.Add(rate);
            else if (same != rate)
                problems.Add($"Tax code '{rate.Code}' from {rate.From:yyyy-MM-dd} is published as {Shown(same)}, and is declared as {Shown(rate)}. "
                    + "Invoices carry the former; end it by an 'until' and declare the new rate from that day.");
        }

        var standing = stored.Where(rate => !ended.Exists(other => other.Code == rate.Code && other.From == rate.From)).Concat(ended).ToList();
        foreach (var rate in added)
            if (standing.Find(other => other.Code == rate.Code && BooksFile.Overlap(other, rate)) is { } clash)
                problems.Add($"Tax code '{rate.Code}' from {rate.From:yyyy-MM-dd} is in force on days that "
                    + $"already have the rate from {clash.From:yyyy-MM-dd}. "
                    + "Declare the earlier one too, with an 'until'.");
        return (added, ended);
    }

    private static string Shown(DeclaredLegalEntity entity) => $"\"{entity.Name}\" ({entity.Currency}, {entity.Country}, series {entity.Series})";

    private static string Shown(Price price) =>
        $"{SetUpBooks.Word(price.Model)} {price.UnitPrice:0.############}, {SetUpBooks.Word(price.Recognition)}, \"{price.Description}\"";

    private static string Shown(TaxRate rate) => $"{rate.Rate:0.######}" + (rate.Until is { } until ? $" until {until:yyyy-MM-dd}" : ", open");
}
