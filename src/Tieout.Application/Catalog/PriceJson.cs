using System.Text.Json;
using System.Text.Json.Nodes;
using Tieout.Domain;
using Tieout.Domain.Catalog;

namespace Tieout.Application.Catalog;

/// <summary>
/// A price, its terms and its model as JSON; the same form in the API, the books file, the database and the command line
/// (docs/catalogue.md). What is not said has its default.
/// </summary>
internal static class PriceJson
{
    private static readonly string[] Members =
        ["component", "model", "unit-price", "currency", "recognition", "description", "terms"];

    /// <summary>A price; a stand-in beside the problems where something is wrong.</summary>
    public static Price Read(JsonFields json, string plan, int version, bool described = true, Currency? currency = null)
    {
        if (currency is null) json.Allow(Members);
        return new Price(
            plan,
            described ? json.Text("component") : json.Find("component")?.AsText() ?? "component",
            Model(json),
            currency ?? json.Currency("currency"),
            Earned(json, described),
            described ? json.Text("description") : json.Find("description")?.AsText() ?? "preview")
        {
            Version = version,
            Terms = json.Find("terms") is { } terms ? Terms(terms) : PriceTerms.Default,
        };
    }

    /// <summary>A stored model.</summary>
    public static ChargeModel Model(string stored) => Stored(stored, ModelJson.Read);

    /// <summary>Stored terms.</summary>
    public static PriceTerms Terms(string stored) => Stored(stored, Terms);

    /// <summary>The price in its canonical form.</summary>
    public static JsonObject Of(Price price) => new()
    {
        ["component"] = price.Component,
        ["model"] = ModelText.Of(price.Model),
        ["currency"] = price.Currency.Code,
        ["recognition"] = Words.Of(price.Recognition),
        ["description"] = price.Description,
        ["terms"] = Of(price.Terms),
    };

    /// <summary>The terms in their canonical form, defaults said.</summary>
    public static JsonObject Of(PriceTerms terms)
    {
        var json = new JsonObject
        {
            ["kind"] = Words.Of(terms.Kind),
            ["interval"] = new JsonObject { ["count"] = ModelText.Number(terms.Interval.Count), ["unit"] = Words.Of(terms.Interval.Unit) },
            ["timing"] = Words.Of(terms.Timing),
            ["anchoring"] = Words.Of(terms.Anchoring),
            ["day-count"] = Words.Of(terms.DayCount),
            ["prorated"] = terms.Prorated,
            ["cancellation-day-billed"] = terms.CancellationDayBilled,
            ["zero-units-enter-first-tier"] = terms.ZeroUnitsEnterFirstTier,
            ["tax-category"] = terms.TaxCategory,
            ["minimum"] = ModelText.Number(terms.Minimum),
        };
        if (terms.Meter is not null) json["meter"] = terms.Meter;
        if (terms.Ramp.Count > 0) json["ramp"] = new JsonArray([.. terms.Ramp.Select(Of)]);
        return json;
    }

    private static JsonObject Of(RampStep step)
    {
        var json = new JsonObject();
        if (step.From is { } from) json["from"] = Day(from);
        if (step.MonthsIn is { } months) json["months-in"] = ModelText.Number(months);
        json["model"] = ModelText.Of(step.Model);
        return json;
    }

    /// <summary>A day as text.</summary>
    public static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);

    // The short form of simple prices: model: flat, unit-price: 99.
    private static ChargeModel Model(JsonFields json)
    {
        if (json.Need("model") is not { } model) return new ChargeModel.Flat(0m);
        if (!model.IsText)
        {
            json.Find("unit-price")?.Add("unknown-member", "The model holds its prices itself.", "Leave 'unit-price' out.");
            return ModelJson.Read(model.IsObject ? model : model.Allow("type"));
        }
        var word = model.AsText();
        if (word is not (null or "flat" or "per-unit"))
            model.Add(
                "unknown-word", $"'{word}' is not one of flat, per-unit.",
                ModelText.Types.Contains(word, StringComparer.Ordinal) ? $"Write the model with its figures: {{type: {word}, …}}." : "Write one of these words.");
        var price = json.Number("unit-price");
        return word == "per-unit" ? new ChargeModel.PerUnit(price) : new ChargeModel.Flat(price);
    }

    private static PriceTerms Terms(JsonFields json)
    {
        json.Allow(
            "kind", "interval", "timing", "anchoring", "day-count", "prorated", "cancellation-day-billed", "zero-units-enter-first-tier",
            "meter", "tax-category", "minimum", "ramp");
        var kind = json.WordOr("kind", PriceKind.Recurring);
        return new PriceTerms
        {
            Kind = kind,
            Interval = json.Find("interval") is { } interval ? Interval(interval) : BillingInterval.Monthly,
            Timing = json.WordOr("timing", kind == PriceKind.Usage ? BillingTiming.Arrears : BillingTiming.Advance),
            Anchoring = json.WordOr("anchoring", Anchoring.Calendar),
            DayCount = json.WordOr("day-count", DayCount.ActualDays),
            Prorated = json.FlagOr("prorated", otherwise: true),
            CancellationDayBilled = json.FlagOr("cancellation-day-billed", otherwise: false),
            ZeroUnitsEnterFirstTier = json.FlagOr("zero-units-enter-first-tier", otherwise: false),
            Meter = json.Find("meter")?.AsText(),
            TaxCategory = json.Find("tax-category")?.AsText() ?? PriceTerms.Default.TaxCategory,
            Minimum = json.NumberOr("minimum", 0m),
            Ramp = [.. (json.Find("ramp")?.Items() ?? []).Select(Step)],
        };
    }

    private static RampStep Step(JsonFields json) => new(
        json.Allow("from", "months-in", "model").DateOrNone("from"),
        json.Find("months-in")?.AsInteger(1_200),
        json.Need("model") is { } model ? ModelJson.Read(model.IsObject ? model : model.Allow("type")) : new ChargeModel.Flat(0m));

    // monthly, quarterly, yearly, or a count and a unit.
    private static BillingInterval Interval(JsonFields json)
    {
        if (json.IsText)
        {
            switch (json.AsText())
            {
                case "monthly": return BillingInterval.Monthly;
                case "quarterly": return BillingInterval.Quarterly;
                case "yearly": return BillingInterval.Yearly;
                default:
                    json.Add("unknown-word", "This is not one of monthly, quarterly, yearly.",
                        "Write one of these words, or {count: 2, unit: week}.");
                    return BillingInterval.Monthly;
            }
        }
        json.Allow("count", "unit");
        var (count, unit) = (json.Need("count")?.AsInteger(1_000) ?? 1, json.Word<IntervalUnit>("unit"));
        try
        {
            return new BillingInterval(count, unit);
        }
        catch (ArgumentOutOfRangeException)
        {
            json.Add("out-of-range", "An interval is 1 to 120 months or years, or 1 to 1000 days or weeks.", "Give another count.");
            return BillingInterval.Monthly;
        }
    }

    private static T Stored<T>(string stored, Func<JsonFields, T> read)
    {
        List<PriceProblem> problems = [];
        using var document = JsonDocument.Parse(stored);
        var value = read(JsonFields.Top(document.RootElement, problems));
        return problems.Count == 0 ? value : throw new InvalidOperationException($"The catalogue holds what this program cannot read: {problems[0]}");
    }

    private static Recognition Earned(JsonFields json, bool described)
    {
        var recognition = described ? json.Word<Recognition>("recognition") : json.WordOr("recognition", Recognition.Immediate);
        if (recognition == Recognition.Prepaid)
            json.AddAt("recognition", "not-of-a-price", "Prepaid credit is sold with its grant, not by a price.", "Take immediate or deferred.");
        return recognition;
    }
}
