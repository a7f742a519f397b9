using System.Globalization;
using System.Text.Json;
using Tieout.Domain;
using Tieout.Domain.Catalog;
using Tieout.Domain.Rating;

namespace Tieout.Application.Catalog;

/// <summary>Which price is asked about: one that stands in the catalogue.</summary>
/// <param name="Plan">The plan's code.</param>
/// <param name="Component">The component's name.</param>
/// <param name="Currency">The price's currency.</param>
/// <param name="Version">Of the plan; null for the published one in force on the question's day.</param>
internal sealed record PriceReference(string Plan, string Component, Currency Currency, int? Version);

/// <summary>A discount asked about: as it stands in the catalogue, or written out.</summary>
internal sealed record AskedDiscount(string? Code, Discount? Discount);

/// <summary>A question what something would cost. docs/catalogue.md describes its members.</summary>
internal sealed record RatingQuestion
{
    private const int MostTransactions = 10_000;

    private static readonly string[] Names =
    [
        "price", "plan", "component", "currency", "version", "quantity", "usage", "transactions", "groups", "grants", "as-of", "period", "used-days",
        "period-days", "started-on", "discounts", "level",
    ];

    public Price? Price { get; private init; }

    public PriceReference? Reference { get; private init; }

    public required Measured Measured { get; init; }

    public Share Share { get; private init; } = Share.Full;

    public ServicePeriod? Period { get; private init; }

    public DateOnly? StartedOn { get; private init; }

    public IReadOnlyList<AskedDiscount> Discounts { get; private init; } = [];

    public string? Level { get; private init; }

    /// <summary>The day that picks version, ramp step and discounts: the first of the period; null when no period is given.</summary>
    public DateOnly? Day => Period?.Start;

    /// <summary>Reads a question; to be used only when no problem was added.</summary>
    public static RatingQuestion Read(JsonElement document, List<PriceProblem> problems)
    {
        var json = JsonFields.Top(document, problems).Allow(Names);
        var (inline, plan) = (json.Find("price"), json.Find("plan"));
        if (json.IsObject && inline is null == plan is null)
            json.AddAt("price", "price-or-plan", "The question is about a price written out, or one of a plan; one of the two.",
                "Give 'price', or 'plan' with 'component' and 'currency'.");
        var period = ReadPeriod(json.Find("period"));
        var currency = inline?.Find("currency") ?? json.Find("currency");
        var question = new RatingQuestion
        {
            Price = inline is null ? null : PriceJson.Read(inline, "", 1, described: false),
            Reference = plan is null ? null
                : new PriceReference(plan.AsText() ?? "", json.Text("component"), json.Currency("currency"),
                    json.Find("version")?.AsInteger(1_000_000)),
            Measured = ReadMeasured(json, currency, period),
            Period = period,
            Share = ReadShare(json, period),
            StartedOn = json.DateOrNone("started-on"),
            Discounts = [.. (json.Find("discounts")?.Items() ?? []).Select(item => ReadDiscount(item, problems))],
            Level = json.Find("level")?.AsText(),
        };
        if (inline is not null && problems.Count == 0)
            problems.AddRange(PriceRules.Check(question.Price!).Select(problem => problem with { Field = "price." + problem.Field }));
        return question;
    }

    private static Measured ReadMeasured(JsonFields json, JsonFields? currency, ServicePeriod? period)
    {
        var given = new[] { "quantity", "usage", "transactions", "groups" }.Where(name => json.Find(name) is not null).ToList();
        if (json.IsObject && given.Count == 0)
            json.AddAt("quantity", "missing", "It is not said how much is rated.", "Give 'quantity', 'usage', 'transactions' or 'groups'.");
        if (given.Count > 1)
            json.AddAt(given[1], "given-twice", $"Both '{given[0]}' and '{given[1]}' are given.", "Give one of them; the others follow from it.");
        var transactions = Items(json.Find("transactions"))?.Select(item => item.AsNumber() ?? 0m).ToList();
        var groups = Items(json.Find("groups"))?.Select(item => new MeasuredGroup(
            [.. (item.Allow("values", "quantity").Need("values")?.Items() ?? []).Select(value => value.AsText() ?? "")], item.Number("quantity"))).ToList();
        var grants = json.Find("grants")?.Items().Select((item, index) => ReadGrant(item, index, currency)).ToList();
        var asOf = json.DateOrNone("as-of") ?? period?.End.AddDays(-1);
        if (grants is not null && asOf is null)
            json.AddAt("as-of", "missing", "The day the grants are drawn on is not known.", "Give 'as-of', or a 'period', whose last day is taken.");
        return new Measured(json.NumberOrNone("quantity") ?? json.NumberOrNone("usage") ?? groups?.Sum(group => group.Quantity) ?? 0m)
        {
            Transactions = transactions,
            Groups = groups,
            Grants = grants,
            AsOf = asOf,
        };
    }

    private static IReadOnlyList<JsonFields>? Items(JsonFields? list)
    {
        var items = list?.Items();
        if (items is { Count: > MostTransactions })
            list!.Add("too-many", "There are more than 10,000 entries.", "A preview is for people; bill larger amounts by a meter.");
        return items;
    }

    private static CreditGrant ReadGrant(JsonFields json, int index, JsonFields? currency)
    {
        json.Allow("credit", "name", "remaining", "money", "priority", "granted-on", "expires-on");
        var name = json.Find("name")?.AsText() ?? string.Create(CultureInfo.InvariantCulture, $"grant {index + 1}");
        // Any id will do: nothing is stored. The list's order breaks ties.
        var id = new CreditGrantId(new Guid(index + 1, 0, 0, [0, 0, 0, 0, 0, 0, 0, 0]));
        return new CreditGrant(id, json.Text("credit"), json.Number("remaining"))
        {
            Name = name,
            Currency = json.FlagOr("money", otherwise: false) ? currency?.AsCurrency() : null,
            Priority = json.IntegerOr("priority", 1_000, 0),
            GrantedOn = json.DateOrNone("granted-on") ?? DateOnly.MinValue,
            ExpiresOn = json.DateOrNone("expires-on"),
        };
    }

    private static ServicePeriod? ReadPeriod(JsonFields? json)
    {
        if (json is null) return null;
        json.Allow("start", "end");
        var (start, end) = (json.Need("start")?.AsDate(), json.Need("end")?.AsDate());
        if (start is null || end is null) return null;
        if (end > start) return new ServicePeriod(start.Value, end.Value);
        json.AddAt("end", "end-before-start", "The period does not end after it starts.", "The end is the first day that no longer counts.");
        return null;
    }

    private static Share ReadShare(JsonFields json, ServicePeriod? period)
    {
        if (json.Find("used-days") is not { } used)
        {
            json.Find("period-days")?.Add("not-used", "Days of a period are only looked at beside used days.", "Give 'used-days' too.");
            return Share.Full;
        }
        var whole = json.Find("period-days")?.AsInteger(100_000) ?? period?.Days;
        if (whole is null or 0)
        {
            json.AddAt("period-days", "missing", "It is not known how many days the period has.", "Give 'period', or 'period-days' of at least 1.");
            return Share.Full;
        }
        if (used.AsInteger(100_000) is not { } days) return Share.Full;
        if (days <= whole) return new Share(days, whole.Value);
        used.Add("out-of-range", $"The period has {whole.Value.ToString(CultureInfo.InvariantCulture)} days only.", "Give at most these.");
        return Share.Full;
    }

    private static AskedDiscount ReadDiscount(JsonFields json, List<PriceProblem> problems) =>
        json.IsText ? new AskedDiscount(json.AsText(), null) : new AskedDiscount(null, DiscountJson.Read(json, problems));
}
