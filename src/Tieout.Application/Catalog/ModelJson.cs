using Tieout.Domain.Catalog;

namespace Tieout.Application.Catalog;

/// <summary>
/// Reads a charge model from its JSON form: <c>{"type":"graduated","tiers":[{"up-to":"100","unit-price":"0.10"}, …]}</c>. The one
/// reader for API, books file, database and command line; <see cref="ModelText"/> writes the same form.
/// </summary>
internal static class ModelJson
{
    private const int MostItems = 10_000;

    /// <summary>The model; a stand-in beside the problems where something is wrong.</summary>
    public static ChargeModel Read(JsonFields json)
    {
        var type = json.Text("type");
        switch (type)
        {
            case "flat": return new ChargeModel.Flat(json.Allow("type", "amount").Number("amount"));
            case "per-unit": return new ChargeModel.PerUnit(json.Allow("type", "unit-price").Number("unit-price"));
            case "graduated": return new ChargeModel.Graduated(Tiers(json));
            case "volume": return new ChargeModel.Volume(Tiers(json));
            case "capacity": return new ChargeModel.Capacity(Tiers(json));
            case "package": return Package(json);
            case "graduated-package": return new ChargeModel.GraduatedPackage(PackageTiers(json), Rounding(json));
            case "volume-package": return new ChargeModel.VolumePackage(PackageTiers(json), Rounding(json));
            case "percentage": return Percentage(json);
            case "graduated-percentage":
                return new ChargeModel.GraduatedPercentage(List(json.Allow("type", "tiers"), tier => new PercentageTier(
                    tier.Allow("from", "up-to", "rate", "flat-amount").NumberOrNone("up-to"), tier.Number("rate"), tier.NumberOr("flat-amount", 0m)),
                    tier => tier.UpTo));
            case "included": return Included(json);
            case "commitment":
                return new ChargeModel.Commitment(json.Allow("type", "minimum", "of").Number("minimum"), Inner(json, "of"));
            case "matrix": return Matrix(json);
            case "prepaid": return new ChargeModel.Prepaid(json.Allow("type", "credit", "of").Text("credit"), Inner(json, "of"));
            default:
                if (type.Length > 0)
                    json.AddAt("type", "unknown-word", $"This is not one of {string.Join(", ", ModelText.Types)}.", "Write one of these words.");
                return new ChargeModel.Flat(0m);
        }
    }

    private static ChargeModel Inner(JsonFields json, string name) => json.Need(name) is { } inner ? Read(inner) : new ChargeModel.Flat(0m);

    private static ChargeModel.Package Package(JsonFields json)
    {
        json.Allow("type", "size", "price", "rounding", "free-units");
        return new ChargeModel.Package(json.Number("size"), json.Number("price"), Rounding(json), json.NumberOr("free-units", 0m));
    }

    private static PackageRounding Rounding(JsonFields json) => json.WordOr("rounding", PackageRounding.Up);

    private static ChargeModel.Percentage Percentage(JsonFields json)
    {
        json.Allow("type", "rate", "free-count", "free-amount", "fixed-fee", "minimum-per-transaction", "maximum-per-transaction");
        return new ChargeModel.Percentage(
            json.Number("rate"), json.IntegerOr("free-count", int.MaxValue, 0), json.NumberOr("free-amount", 0m), json.NumberOr("fixed-fee", 0m),
            json.NumberOrNone("minimum-per-transaction"), json.NumberOrNone("maximum-per-transaction"));
    }

    private static ChargeModel.Included Included(JsonFields json)
    {
        json.Allow("type", "fee", "units", "overage-price", "overage-factor");
        return new ChargeModel.Included(json.Number("fee"), json.Number("units"), json.NumberOrNone("overage-price"),
            json.NumberOrNone("overage-factor"));
    }

    private static ChargeModel.Matrix Matrix(JsonFields json)
    {
        json.Allow("type", "dimensions", "cells", "otherwise");
        var dimensions = Texts(json.Need("dimensions"));
        List<MatrixCell> cells = [];
        foreach (var cell in json.Find("cells")?.Items() ?? [])
            cells.Add(new MatrixCell(Texts(cell.Allow("values", "model").Need("values")), Inner(cell, "model")));
        return new ChargeModel.Matrix(dimensions, cells, json.Find("otherwise") is { } other ? Read(other) : null);
    }

    private static IReadOnlyList<string> Texts(JsonFields? list) => [.. (list?.Items() ?? []).Select(item => item.AsText() ?? "")];

    private static IReadOnlyList<Tier> Tiers(JsonFields json) => List(
        json.Allow("type", "tiers"),
        tier => new Tier(
            tier.Allow("from", "up-to", "unit-price", "flat-amount").NumberOrNone("up-to"),
            tier.NumberOr("unit-price", 0m), tier.NumberOr("flat-amount", 0m)),
        tier => tier.UpTo);

    private static IReadOnlyList<PackageTier> PackageTiers(JsonFields json) => List(
        json.Allow("type", "tiers", "rounding"),
        tier => new PackageTier(tier.Allow("from", "up-to", "size", "price").NumberOrNone("up-to"), tier.Number("size"), tier.Number("price")),
        tier => tier.UpTo);

    // 'from' may be written for readers; it has to be where the tier before ends, so it is checked and not kept.
    private static List<T> List<T>(JsonFields json, Func<JsonFields, T> read, Func<T, decimal?> upTo)
    {
        List<T> tiers = [];
        var items = json.Need("tiers")?.Items() ?? [];
        if (items.Count > MostItems) json.AddAt("tiers", "too-many", "There are more than 10,000 tiers.", "Use fewer.");
        decimal? before = 0m;
        foreach (var item in items.Take(MostItems))
        {
            if (item.Find("from") is { } from && from.AsNumber() is { } begin && before is { } end && begin != end)
                from.Add(
                    begin > end ? "tier-gap" : "tier-overlap",
                    begin > end ? "Quantities between the tier before and this one have no price." : "The tier begins within the one before.",
                    "A tier begins where the one before ends: write that, or leave 'from' out.");
            tiers.Add(read(item));
            before = upTo(tiers[^1]);
        }
        return tiers;
    }
}
