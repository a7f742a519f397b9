using System.Globalization;
using System.Text.Json;
using Npgsql;
using Tieout.Domain;
using Tieout.Domain.Catalog;
using Tieout.Domain.Rating;

namespace Tieout.Application.Catalog;

/// <summary>What something would cost, with the arithmetic.</summary>
/// <param name="Currency">Of all amounts.</param>
/// <param name="Exact">Not rounded; the sum of the steps.</param>
/// <param name="Rounded">What would stand on the invoice line.</param>
/// <param name="Steps">In the order they were computed.</param>
/// <param name="Draws">From prepaid grants, in order.</param>
/// <param name="Conventions">What was assumed, in words; a line of an invoice records the same.</param>
public sealed record RatingPreview(
    string Currency, decimal Exact, Money Rounded, IReadOnlyList<RatingStep> Steps, IReadOnlyList<PreviewDraw> Draws, IReadOnlyList<string> Conventions);

/// <summary>What would be drawn from a grant.</summary>
public sealed record PreviewDraw(string Grant, decimal Amount, int Order);

/// <summary>
/// Answers what something would cost, without writing anything: the functions that bill are the ones that answer. A price written
/// out needs no database; one of the catalogue is looked up.
/// </summary>
public static class PreviewRating
{
    /// <summary>Answers a question.</summary>
    /// <param name="question">JSON; docs/catalogue.md describes its members.</param>
    /// <param name="open">Opens a connection; called only when the catalogue is needed.</param>
    /// <param name="cancel">Gives up.</param>
    public static async Task<RatingOutcome> Run(JsonElement question, Func<CancellationToken, Task<NpgsqlConnection>> open, CancellationToken cancel)
    {
        List<PriceProblem> problems = [];
        var asked = RatingQuestion.Read(question, problems);
        if (problems.Count > 0) return new RatingOutcome.Refused(problems);
        var needsCatalogue = asked.Reference is not null || asked.Discounts.Any(discount => discount.Code is not null);
        if (!needsCatalogue) return Answer(asked, asked.Price!, asked.Discounts.Select(discount => discount.Discount!));
        await using var connection = await open(cancel);
        var price = asked.Price ?? await Find(connection, asked.Reference!, asked.Day, problems, cancel);
        var discounts = await Find(connection, asked.Discounts, problems, cancel);
        return problems.Count > 0 ? new RatingOutcome.Refused(problems) : Answer(asked, price!, discounts);
    }

    /// <summary>Answers a question in a text, which may not be JSON at all.</summary>
    public static async Task<RatingOutcome> Run(ReadOnlyMemory<byte> utf8, Func<CancellationToken, Task<NpgsqlConnection>> open, CancellationToken cancel)
    {
        List<PriceProblem> problems = [];
        return StrictJson.Parse(utf8, problems) is { } question ? await Run(question, open, cancel) : new RatingOutcome.Refused(problems);
    }

    private static RatingOutcome Answer(RatingQuestion asked, Price price, IEnumerable<Discount> discounts)
    {
        var model = asked.Day is { } day ? Ramps.ModelOn(price, asked.StartedOn ?? day, day) : price.Model;
        var (given, problems) = Given(asked, price, [.. discounts]);
        if (problems.Count > 0) return new RatingOutcome.Refused(problems);
        try
        {
            var line = PriceLine.Explain(new LineToPrice(model, price.Terms, asked.Measured, asked.Share) { Discounts = given }, price.Currency);
            return new RatingOutcome.Answered(new RatingPreview(
                price.Currency.Code, line.Exact, line.Rounded, line.Steps,
                [.. line.Draws.Select(draw => new PreviewDraw(draw.Name, draw.Amount, draw.Order))], Conventions(asked, price)));
        }
        catch (RatingException refused)
        {
            return new RatingOutcome.Refused([new PriceProblem(FieldOf(asked), refused.Code, refused.Message, refused.Remedy)]);
        }
    }

    private static string FieldOf(RatingQuestion asked) =>
        asked.Measured.Groups is not null ? "groups" : asked.Measured.Transactions is not null ? "transactions" : "quantity";

    private static (List<GivenDiscount> Given, List<PriceProblem> Problems) Given(RatingQuestion asked, Price price, IReadOnlyList<Discount> discounts)
    {
        List<GivenDiscount> given = [];
        List<PriceProblem> problems = [];
        for (var index = 0; index < discounts.Count; index++)
        {
            var discount = discounts[index];
            if (discount.Currency is { } other && other != price.Currency)
                problems.Add(new PriceProblem(
                    string.Create(CultureInfo.InvariantCulture, $"discounts[{index}]"), "other-currency",
                    $"Discount '{discount.Code}' is in {other}, the price in {price.Currency}.",
                        "Leave it out, or give it in the price's currency."));
            else if (asked.Day is not { } day || discount.StandsOn(day))
                given.Add(new GivenDiscount(discount.Code, discount.Kind, discount.ValueFor(asked.Level)));
        }
        return (given, problems);
    }

    private static async Task<Price?> Find(
        NpgsqlConnection connection, PriceReference reference, DateOnly? day, List<PriceProblem> problems, CancellationToken cancel)
    {
        if (await StoredPlans.Load(connection, reference.Plan, cancel) is not [var plan])
        {
            problems.Add(new PriceProblem("plan", "unknown-plan", "There is no plan with this code.", "Correct the code, or write the price out."));
            return null;
        }
        var version = reference.Version is { } number
            ? plan.Versions.FirstOrDefault(other => other.Content.Version == number)?.Content
            : PlanVersion.InForce(
                plan.Versions.Where(other => other.Status == VersionStatus.Published).Select(other => other.Content), day ?? DateOnly.MaxValue);
        if (version is null)
        {
            problems.Add(new PriceProblem("version", "unknown-version",
                "The plan has no such version, or none published that is in force on the day.",
                "Correct the version or the period."));
            return null;
        }
        var price = version.Prices.FirstOrDefault(other => other.Component == reference.Component && other.Currency == reference.Currency);
        if (price is null)
            problems.Add(new PriceProblem("component", "no-price",
                $"Version {version.Version} of the plan has no price of this component in {reference.Currency}.",
                    "Correct the component or the currency."));
        return price;
    }

    private static async Task<List<Discount>> Find(
        NpgsqlConnection connection, IReadOnlyList<AskedDiscount> asked, List<PriceProblem> problems, CancellationToken cancel)
    {
        var known = asked.Any(discount => discount.Code is not null) ? await DiscountBook.Load(connection, cancel) : [];
        List<Discount> found = [];
        for (var index = 0; index < asked.Count; index++)
        {
            if ((asked[index].Discount ?? known.FirstOrDefault(other => other.Code == asked[index].Code)) is { } discount) found.Add(discount);
            else
                problems.Add(new PriceProblem(string.Create(CultureInfo.InvariantCulture, $"discounts[{index}]"), "unknown-discount",
                    "There is no discount with this code.", "Correct the code, or write the discount out."));
        }
        return found;
    }

    private static IReadOnlyList<string> Conventions(RatingQuestion asked, Price price)
    {
        var terms = price.Terms;
        List<string> words =
        [
            $"charge model {ModelText.Type(price.Model)}" + (price.PlanCode.Length > 0
                ? string.Create(CultureInfo.InvariantCulture, $", plan {price.PlanCode} version {price.Version}, component {price.Component}") : ""),
            $"{Words.Of(terms.Kind)}, every {terms.Interval.Count.ToString(CultureInfo.InvariantCulture)} {Words.Of(terms.Interval.Unit)}, "
                + $"in {Words.Of(terms.Timing)}, anchored by {Words.Of(terms.Anchoring)}",
            asked.Share.IsFull ? "the whole period"
                : string.Create(CultureInfo.InvariantCulture, $"{asked.Share.Active} of {asked.Share.Whole} days ({Words.Of(terms.DayCount)}), ")
                    + (!terms.Prorated || terms.Kind == PriceKind.OneOff ? "not prorated: a period begun costs the whole"
                        : terms.Kind == PriceKind.Usage ? "usage is not prorated, its fees and minimums are" : "prorated: amount x active / whole"),
            terms.ZeroUnitsEnterFirstTier ? "zero units cost the first tier's flat amount" : "zero units do not enter the first tier",
            "rate, prorate, line minimum, percent discounts, amount discounts, round",
            string.Create(CultureInfo.InvariantCulture, $"rounded once, {Rounding.Rule}, to {price.Currency.MinorUnits} decimals of {price.Currency}"),
        ];
        if (asked.Period is { } period) words.Insert(2, $"period {period}");
        return words;
    }
}

/// <summary>What came of a question.</summary>
public abstract record RatingOutcome
{
    private RatingOutcome() { }

    /// <summary>The answer.</summary>
    public sealed record Answered(RatingPreview Preview) : RatingOutcome;

    /// <summary>Fields that are wrong.</summary>
    public sealed record Refused(IReadOnlyList<PriceProblem> Problems) : RatingOutcome;
}
