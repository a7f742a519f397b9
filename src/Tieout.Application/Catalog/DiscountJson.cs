using System.Text.Json.Nodes;
using Tieout.Domain;
using Tieout.Domain.Catalog;

namespace Tieout.Application.Catalog;

/// <summary>A discount as JSON: <c>{"code":"SPRING","kind":"percent","value":"0.1","scope":"subscription","until":"2027-01-01"}</c>.</summary>
internal static class DiscountJson
{
    /// <summary>The discount; null beside the problems where something is wrong.</summary>
    public static Discount? Read(JsonFields json, List<PriceProblem> problems)
    {
        var before = problems.Count;
        json.Allow("code", "kind", "value", "currency", "scope", "from", "until", "levels");
        var (code, kind, value) = (json.Text("code"), json.Word<DiscountKind>("kind"), json.Number("value"));
        var currency = json.Find("currency")?.AsCurrency();
        var scope = json.WordOr("scope", DiscountScope.Subscription);
        var (from, until) = (json.DateOrNone("from"), json.DateOrNone("until"));
        if (problems.Count == before) Check(json, kind, value, currency, from, until);
        var levels = Levels(json, kind);
        if (problems.Count > before) return null;
        return new Discount(code, kind, value, currency) { Scope = scope, From = from, Until = until, Levels = levels };
    }

    /// <summary>The discount in its canonical form.</summary>
    public static JsonObject Of(Discount discount)
    {
        var json = new JsonObject
        {
            ["code"] = discount.Code,
            ["kind"] = Words.Of(discount.Kind),
            ["value"] = ModelText.Number(discount.Value),
            ["scope"] = Words.Of(discount.Scope),
        };
        if (discount.Currency is { } currency) json["currency"] = currency.Code;
        if (discount.From is { } from) json["from"] = PriceJson.Day(from);
        if (discount.Until is { } until) json["until"] = PriceJson.Day(until);
        if (discount.Levels.Count > 0) json["levels"] = Of(discount.Levels);
        return json;
    }

    /// <summary>Values by level.</summary>
    public static JsonArray Of(IReadOnlyList<DiscountLevel> levels) =>
        new([.. levels.Select(level => new JsonObject { ["level"] = level.Level, ["value"] = ModelText.Number(level.Value) })]);

    private static void Check(JsonFields json, DiscountKind kind, decimal value, Currency? currency, DateOnly? from, DateOnly? until)
    {
        if (!Discount.IsValue(kind, value)) BadValue(json, kind);
        if (kind == DiscountKind.Amount && currency is null) json.AddAt("currency", "missing", "An amount has a currency.", "Give it, such as USD.");
        if (kind == DiscountKind.Percent && currency is not null)
            json.AddAt("currency", "unknown-member", "A percent has no currency.", "Leave it out.");
        if (until <= from) json.AddAt("until", "end-before-start", "The discount ends before it begins.",
            "'until' is the first day it is no longer given.");
    }

    private static List<DiscountLevel> Levels(JsonFields json, DiscountKind kind)
    {
        List<DiscountLevel> levels = [];
        foreach (var item in json.Find("levels")?.Items() ?? [])
        {
            var level = new DiscountLevel(item.Allow("level", "value").Text("level"), item.Number("value"));
            if (!Discount.IsValue(kind, level.Value)) BadValue(item, kind);
            if (levels.Exists(other => other.Level == level.Level)) item.AddAt("level", "duplicate", "The level stands twice.",
                "Give each level once.");
            levels.Add(level);
        }
        return levels;
    }

    private static void BadValue(JsonFields json, DiscountKind kind) => json.AddAt(
        "value", "out-of-range", kind == DiscountKind.Percent ? "A percent is a fraction above 0, at most 1." : "An amount is above 0.",
        kind == DiscountKind.Percent ? "Write 0.1 for 10 %." : "Give the amount of a full period.");
}
