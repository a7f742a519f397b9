using Tieout.Application.Catalog;
using Tieout.Domain.Catalog;
using Tieout.Domain.Tax;

namespace Tieout.Application.Intake;

/// <summary>Declared minus stored: what is to be added, and what is declared otherwise than it was published.</summary>
/// <param name="LegalEntities">New ones.</param>
/// <param name="Completed">Stored ones that now have details they had not.</param>
/// <param name="TaxRates">New ones.</param>
/// <param name="Ended">Stored open rates that now have a last day: the one change a published rate allows.</param>
/// <param name="Plans">New ones, with all their versions.</param>
/// <param name="Versions">New versions of stored plans.</param>
/// <param name="TaxSettings">Legal entities whose tax settings are declared anew; they may change, for every line records what it was taxed by.</param>
/// <param name="Problems">Each says what is published, what is declared, and what to do instead.</param>
internal sealed record BooksDifference(
    IReadOnlyList<DeclaredLegalEntity> LegalEntities,
    IReadOnlyList<DeclaredLegalEntity> Completed,
    IReadOnlyList<TaxRate> TaxRates,
    IReadOnlyList<TaxRate> Ended,
    IReadOnlyList<DeclaredPlan> Plans,
    IReadOnlyList<PlanVersion> Versions,
    IReadOnlyList<DeclaredLegalEntity> TaxSettings,
    IReadOnlyList<string> Problems)
{
    /// <summary>New ones.</summary>
    public IReadOnlyList<DeclaredProduct> Products { get; private init; } = [];

    /// <summary>New ones.</summary>
    public IReadOnlyList<Discount> Discounts { get; private init; } = [];

    /// <summary>Stored open discounts that now have an end.</summary>
    public IReadOnlyList<Discount> EndedDiscounts { get; private init; } = [];

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
            else if (same with { Tax = entity.Tax, Details = entity.Details, Bank = entity.Bank, Chart = entity.Chart } == entity)
                EntityDetails.Complete(same, entity, completed, problems);
            else
                problems.Add($"Legal entity '{entity.Code}' stands as {Shown(same)}, and is declared as {Shown(entity)}. "
                    + "Its documents carry the former; declare another code.");
            if (stored.LegalEntities.FirstOrDefault(other => other.Series == entity.Series && other.Code != entity.Code) is { } owner)
                problems.Add($"Legal entity '{entity.Code}' is declared with the series '{entity.Series}', which numbers the invoices of '{owner.Code}'. "
                    + "Choose another series.");
        }

        var (plans, versions) = PlanDifference.Between(declared, stored, problems);
        var (rates, ended) = CompareRates(declared.TaxRates, stored.TaxRates, problems);
        var settings = declared.LegalEntities
            .Where(entity => entity.Tax is { } tax && tax != stored.LegalEntities.FirstOrDefault(other => other.Code == entity.Code)?.Tax).ToList();
        var (discounts, endedDiscounts) = CompareDiscounts(declared.Discounts, stored.Discounts, problems);
        return new BooksDifference(entities, completed, rates, ended, plans, versions, settings, problems)
        {
            Products = CompareProducts(declared.Products, stored.Products, problems),
            Discounts = discounts,
            EndedDiscounts = endedDiscounts,
        };
    }

    private static List<DeclaredProduct> CompareProducts(
        IReadOnlyList<DeclaredProduct> declared, IReadOnlyList<DeclaredProduct> stored, List<string> problems)
    {
        foreach (var product in declared)
            if (stored.FirstOrDefault(other => other.Code == product.Code) is { } same && same != product)
                problems.Add($"Product '{product.Code}' stands as \"{same.Name}\", and is declared as \"{product.Name}\". Declare another code.");
        return [.. declared.Where(product => stored.All(other => other.Code != product.Code))];
    }

    private static (List<Discount> Added, List<Discount> Ended) CompareDiscounts(
        IReadOnlyList<Discount> declared, IReadOnlyList<Discount> stored, List<string> problems)
    {
        List<Discount> added = [];
        List<Discount> ended = [];
        foreach (var discount in declared)
        {
            var same = stored.FirstOrDefault(other => other.Code == discount.Code);
            if (same is null) added.Add(discount);
            else if (DiscountBook.IsEnded(same, discount)) ended.Add(discount);
            else if (!DiscountBook.Same(same, discount)) problems.Add(DiscountBook.Contradiction(discount.Code));
        }
        return (added, ended);
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
            else if (same.Until is null && rate.Until is not null && same.EndingAt(rate.Until) == rate) ended.Add(rate);
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

    private static string Shown(TaxRate rate) =>
        $"{rate.Rate:0.######}" + (rate.Category == TaxCategories.UsualOf(rate.Rate) ? "" : $" as {rate.Category.Letter()}")
            + (rate.Until is { } until ? $" until {until:yyyy-MM-dd}" : ", open");
}
