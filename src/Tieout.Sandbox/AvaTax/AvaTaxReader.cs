using System.Globalization;
using System.Text.Json;

namespace Tieout.Sandbox.AvaTax;

/// <summary>An error as AvaTax tells it.</summary>
internal sealed record AvaTaxProblem(int Status, string Code, string Message, string RefersTo = "");

/// <summary>
/// Reads a <c>CreateTransactionModel</c> as strictly as the real one: required fields, known types, amounts that are numbers,
/// addresses that lead somewhere. Companies: DEFAULT and any code of three capital letters.
/// </summary>
internal static class AvaTaxReader
{
    private const int LongestCode = 50;
    private static readonly string[] Types = ["SalesOrder", "SalesInvoice", "ReturnOrder", "ReturnInvoice"];

    private static readonly HashSet<string> Fields = new(StringComparer.Ordinal)
    {
        "type", "code", "companyCode", "date", "customerCode", "currencyCode", "commit", "addresses", "lines", "businessIdentificationNo",
        "exemptionNo", "taxOverride", "purchaseOrderNo", "referenceCode", "exchangeRate", "description", "entityUseCode",
    };

    /// <summary>Exactly one of the two is null.</summary>
    public static (AvaTaxDocument? Document, AvaTaxProblem? Problem) Read(JsonElement model)
    {
        if (model.ValueKind != JsonValueKind.Object) return Bad("ModelStateInvalid", "The request is not a transaction.", "");
        // The real one ignores what it does not know; here a typing error must be seen.
        if (model.EnumerateObject().Select(field => field.Name).FirstOrDefault(name => !Fields.Contains(name)) is { } unknown)
            return Bad("ModelStateInvalid", $"Unknown field {unknown}.", unknown);
        foreach (var field in new[] { "code", "companyCode", "date", "customerCode" })
            if (Text(model, field).Length == 0) return Bad("ValueRequiredError", $"Field {field} is required.", field);
        var type = Text(model, "type") is { Length: > 0 } given ? given : "SalesOrder";
        if (!Types.Contains(type, StringComparer.Ordinal)) return Bad("InvalidDocumentType", $"Type {type} is not known here.", "type");
        if (Text(model, "code").Length > LongestCode) return Bad("ModelStateInvalid", "The code is too long.", "code");
        if (!IsCompany(Text(model, "companyCode"))) return Bad("CompanyInvalidException", "There is no such company.", "companyCode");
        if (!IsDay(Text(model, "date")))
            return Bad("InvalidInputDate", "The date is not one.", "date");
        if (!model.TryGetProperty("lines", out var lines) || lines.ValueKind != JsonValueKind.Array || lines.GetArrayLength() == 0)
            return Bad("MissingLine", "A transaction has at least one line.", "lines");
        return OfOverride(model) is { } problem ? (null, problem) : Lines(model, type, lines);
    }

    private static AvaTaxProblem? OfOverride(JsonElement model)
    {
        if (!model.TryGetProperty("taxOverride", out var over)) return null;
        if (Text(over, "type") is not ("TaxAmount" or "TaxDate")) return new(400, "TaxOverrideError", "This type is not known here.", "taxOverride.type");
        if (Text(over, "reason").Length == 0) return new(400, "TaxOverrideError", "An override has a reason.", "taxOverride.reason");
        if (Text(over, "type") == "TaxAmount" && (!over.TryGetProperty("taxAmount", out var amount) || amount.ValueKind != JsonValueKind.Number))
            return new(400, "TaxOverrideError", "An amount is needed.", "taxOverride.taxAmount");
        return (over.TryGetProperty("taxDate", out _) || Text(over, "type") == "TaxDate") && !IsDay(Text(over, "taxDate"))
            ? new(400, "TaxOverrideError", "The tax date is not one.", "taxOverride.taxDate")
            : null;
    }

    private static bool IsDay(string text) => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _);

    private static string TaxDate(JsonElement model) =>
        model.TryGetProperty("taxOverride", out var over) && Text(over, "taxDate") is { Length: > 0 } day ? day : Text(model, "date");

    /// <summary>Whether a company exists here.</summary>
    public static bool IsCompany(string code) => code is "DEFAULT" || (code.Length is 2 or 3 && code.All(char.IsAsciiLetterUpper));

    private static (AvaTaxDocument?, AvaTaxProblem?) Lines(JsonElement model, string type, JsonElement lines)
    {
        if (!model.TryGetProperty("addresses", out var addresses) || !addresses.TryGetProperty("shipTo", out var to) || !addresses.TryGetProperty("shipFrom", out _))
            return Bad("MissingAddress", "Addresses shipFrom and shipTo are needed.", "addresses");
        var (country, postcode) = (Text(to, "country"), Text(to, "postalCode"));
        if (country.Length != 2) return Bad("InvalidAddress", "The country is not one.", "addresses.shipTo.country");
        if (AvaTaxRates.RegionOf(country, Text(to, "region"), postcode) is not { } region)
            return Bad("AddressLocationNotFound", "The address cannot be found.", "addresses.shipTo");
        List<AvaTaxLine> read = [];
        foreach (var line in lines.EnumerateArray())
        {
            if (!line.TryGetProperty("amount", out var amount) || amount.ValueKind != JsonValueKind.Number || !amount.TryGetDecimal(out var value))
                return Bad("ModelStateInvalid", "The amount of a line is not a number.", "lines[].amount");
            var parts = AvaTaxRates.Of(value, Text(line, "taxCode"), Text(model, "exemptionNo").Length > 0, country, region);
            var tax = parts.Sum(part => part.Tax);
            read.Add(new AvaTaxLine(Text(line, "number"), value, Text(line, "taxCode"), tax, tax, parts));
        }
        var committed = model.TryGetProperty("commit", out var commit) && commit.ValueKind == JsonValueKind.True;
        var status = type.EndsWith("Order", StringComparison.Ordinal) ? "Temporary" : committed ? "Committed" : "Saved";
        return (new AvaTaxDocument(
            0, Text(model, "companyCode"), Text(model, "code"), type, status, Text(model, "date"), Text(model, "customerCode"),
            Text(model, "currencyCode") is { Length: > 0 } currency ? currency : "USD", 0, false, Overridden(model, read))
        {
            TaxDate = TaxDate(model),
        }, null);
    }

    // A tax told for the document as a whole is spread over its lines; the last one carries what is left over.
    private static List<AvaTaxLine> Overridden(JsonElement model, List<AvaTaxLine> lines)
    {
        if (!model.TryGetProperty("taxOverride", out var over) || Text(over, "type") != "TaxAmount") return lines;
        var left = over.GetProperty("taxAmount").GetDecimal();
        var (whole, total) = (left, lines.Sum(line => line.Amount));
        List<AvaTaxLine> told = [];
        foreach (var (index, line) in lines.Index())
        {
            var share = index == lines.Count - 1 || total == 0 ? left : decimal.Round(whole * line.Amount / total, 2, MidpointRounding.AwayFromZero);
            told.Add(line with { Tax = share });
            left -= share;
        }
        return told;
    }

    private static (AvaTaxDocument?, AvaTaxProblem?) Bad(string code, string message, string refersTo) => (null, new AvaTaxProblem(400, code, message, refersTo));

    private static string Text(JsonElement element, string key) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
}
