using System.Globalization;
using System.Text.Json.Nodes;
using Tieout.Domain;
using Tieout.Domain.Catalog;

namespace Tieout.Application.Catalog;

/// <summary>
/// Writes a charge model in its canonical JSON form: members in one order, numbers as text without zeros at the end, all of them
/// said. Equal models give equal texts, which records with lists in them do not promise of themselves.
/// </summary>
internal static class ModelText
{
    /// <summary>The words of all models.</summary>
    public static readonly IReadOnlyList<string> Types =
    [
        "flat", "per-unit", "graduated", "volume", "package", "graduated-package", "volume-package", "percentage", "graduated-percentage",
        "included", "capacity", "commitment", "matrix", "prepaid",
    ];

    /// <summary>The word of a model.</summary>
    public static string Type(ChargeModel model) => model switch
    {
        ChargeModel.Flat => "flat",
        ChargeModel.PerUnit => "per-unit",
        ChargeModel.Graduated => "graduated",
        ChargeModel.Volume => "volume",
        ChargeModel.Package => "package",
        ChargeModel.GraduatedPackage => "graduated-package",
        ChargeModel.VolumePackage => "volume-package",
        ChargeModel.Percentage => "percentage",
        ChargeModel.GraduatedPercentage => "graduated-percentage",
        ChargeModel.Included => "included",
        ChargeModel.Capacity => "capacity",
        ChargeModel.Commitment => "commitment",
        ChargeModel.Matrix => "matrix",
        ChargeModel.Prepaid => "prepaid",
        _ => throw new ArgumentOutOfRangeException(nameof(model), model, "This charge model has no word."),
    };

    /// <summary>The model as JSON.</summary>
    public static JsonObject Of(ChargeModel model)
    {
        var json = new JsonObject { ["type"] = Type(model) };
        switch (model)
        {
            case ChargeModel.Flat flat: json["amount"] = Number(flat.Amount); break;
            case ChargeModel.PerUnit perUnit: json["unit-price"] = Number(perUnit.UnitPrice); break;
            case ChargeModel.Graduated graduated: json["tiers"] = Tiers(graduated.Tiers); break;
            case ChargeModel.Volume volume: json["tiers"] = Tiers(volume.Tiers); break;
            case ChargeModel.Capacity capacity: json["tiers"] = Tiers(capacity.Tiers); break;
            case ChargeModel.Package package:
                (json["size"], json["price"]) = (Number(package.Size), Number(package.Price));
                (json["rounding"], json["free-units"]) = (Words.Of(package.Rounding), Number(package.FreeUnits));
                break;
            case ChargeModel.GraduatedPackage graduated:
                (json["tiers"], json["rounding"]) = (Tiers(graduated.Tiers), Words.Of(graduated.Rounding));
                break;
            case ChargeModel.VolumePackage volume: (json["tiers"], json["rounding"]) = (Tiers(volume.Tiers), Words.Of(volume.Rounding)); break;
            case ChargeModel.Percentage percentage: Add(json, percentage); break;
            case ChargeModel.GraduatedPercentage graduated: json["tiers"] = Tiers(graduated.Tiers); break;
            case ChargeModel.Included included:
                (json["fee"], json["units"]) = (Number(included.Fee), Number(included.Units));
                AddIf(json, "overage-price", included.OveragePrice);
                AddIf(json, "overage-factor", included.OverageFactor);
                break;
            case ChargeModel.Commitment commitment: (json["minimum"], json["of"]) = (Number(commitment.Minimum), Of(commitment.Of)); break;
            case ChargeModel.Matrix matrix: Add(json, matrix); break;
            case ChargeModel.Prepaid prepaid: (json["credit"], json["of"]) = (prepaid.Credit, Of(prepaid.Of)); break;
            default: throw new ArgumentOutOfRangeException(nameof(model), model, "This charge model has no form.");
        }
        return json;
    }

    /// <summary>A number as text, in plain digits, without zeros at the end.</summary>
    public static string Number(decimal value) => value.ToString("0.############################", CultureInfo.InvariantCulture);

    private static void Add(JsonObject json, ChargeModel.Percentage model)
    {
        json["rate"] = Number(model.Rate);
        json["free-count"] = Number(model.FreeCount);
        json["free-amount"] = Number(model.FreeAmount);
        json["fixed-fee"] = Number(model.FixedFee);
        AddIf(json, "minimum-per-transaction", model.MinimumPerTransaction);
        AddIf(json, "maximum-per-transaction", model.MaximumPerTransaction);
    }

    private static void Add(JsonObject json, ChargeModel.Matrix model)
    {
        json["dimensions"] = Texts(model.Dimensions);
        json["cells"] = new JsonArray([.. model.Cells.Select(cell => new JsonObject { ["values"] = Texts(cell.Values), ["model"] = Of(cell.Model) })]);
        if (model.Otherwise is { } other) json["otherwise"] = Of(other);
    }

    private static JsonArray Texts(IEnumerable<string> texts) => new([.. texts.Select(text => (JsonNode)text)]);

    private static void AddIf(JsonObject json, string name, decimal? value)
    {
        if (value is { } number) json[name] = Number(number);
    }

    private static JsonArray Tiers(IEnumerable<Tier> tiers) => Tiers(tiers, tier => tier.UpTo, tier =>
        [("unit-price", tier.UnitPrice), ("flat-amount", tier.FlatAmount)]);

    private static JsonArray Tiers(IEnumerable<PackageTier> tiers) => Tiers(tiers, tier => tier.UpTo, tier =>
        [("size", tier.Size), ("price", tier.Price)]);

    private static JsonArray Tiers(IEnumerable<PercentageTier> tiers) => Tiers(tiers, tier => tier.UpTo, tier =>
        [("rate", tier.Rate), ("flat-amount", tier.FlatAmount)]);

    private static JsonArray Tiers<T>(IEnumerable<T> tiers, Func<T, decimal?> upTo, Func<T, (string Name, decimal Value)[]> figures)
    {
        var array = new JsonArray();
        foreach (var tier in tiers)
        {
            var json = new JsonObject();
            AddIf(json, "up-to", upTo(tier));
            foreach (var (name, value) in figures(tier)) json[name] = Number(value);
            array.Add((JsonNode)json);
        }
        return array;
    }
}
