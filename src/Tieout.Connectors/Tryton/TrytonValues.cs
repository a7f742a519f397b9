using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Tieout.Connectors.Tryton;

/// <summary>
/// Tryton's values in JSON. Amounts travel as text in an object of their own and never touch floating point: a plain JSON
/// number is refused by the ERP for its binary digits.
/// </summary>
internal static class TrytonValues
{
    public static JsonObject Decimal(decimal amount) =>
        new() { ["__class__"] = "Decimal", ["decimal"] = amount.ToString(CultureInfo.InvariantCulture) };

    public static JsonObject Date(DateOnly day) =>
        new() { ["__class__"] = "date", ["year"] = day.Year, ["month"] = day.Month, ["day"] = day.Day };

    /// <summary>A one-to-many field's command that creates the rows.</summary>
    public static JsonArray Create(params IEnumerable<JsonNode> rows) => [new JsonArray("create", List(rows))];

    /// <summary>A condition of a search.</summary>
    public static JsonArray Where(string field, string comparison, JsonNode? value) => [field, comparison, value];

    public static JsonArray List(IEnumerable<JsonNode> items) => [.. items];

    public static JsonArray List(IEnumerable<long> ids) => [.. ids.Select(id => (JsonNode)id)];

    public static JsonArray List(IEnumerable<string> texts) => [.. texts.Select(text => (JsonNode)text)];

    /// <summary>
    /// The text without what the ERP cannot keep or print: NUL is refused by its database, other control characters and lone
    /// surrogates break the XML of the invoice it renders while posting. White space is folded to single blanks.
    /// </summary>
    public static string Clean(string text)
    {
        var kept = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (Rune.IsWhiteSpace(rune))
            {
                if (kept.Length > 0 && kept[^1] != ' ') kept.Append(' ');
            }
            // EnumerateRunes gives U+FFFD for a lone surrogate.
            else if (!Rune.IsControl(rune) && rune.Value is not (0xFFFD or 0xFFFE or 0xFFFF)) kept.Append(rune.ToString());
        }
        return kept.ToString().TrimEnd();
    }

    /// <summary>Empty for null.</summary>
    public static string Text(JsonElement row, string field) => row.GetProperty(field).GetString() ?? "";

    /// <summary>An amount, exact. Zero for null.</summary>
    public static decimal Amount(JsonElement row, string field) =>
        row.GetProperty(field) is { ValueKind: JsonValueKind.Object } value
            ? decimal.Parse(value.GetProperty("decimal").GetString()!, NumberStyles.Float, CultureInfo.InvariantCulture) // zero may come as 0E-2
            : 0m;

    public static DateOnly? Day(JsonElement row, string field) =>
        row.GetProperty(field) is { ValueKind: JsonValueKind.Object } value
            ? new DateOnly(value.GetProperty("year").GetInt32(), value.GetProperty("month").GetInt32(), value.GetProperty("day").GetInt32())
            : null;

    /// <summary>The id of the row itself or of what a reference points to; null for no reference.</summary>
    public static long? Id(JsonElement row, string field) =>
        row.GetProperty(field) is { ValueKind: JsonValueKind.Number } value ? value.GetInt64() : null;

    /// <summary>What a reference points to: <c>party.code</c> asked for comes back as <c>code</c> inside <c>party.</c>; null for no reference.</summary>
    public static JsonElement? Related(JsonElement row, string reference) =>
        row.TryGetProperty(reference + ".", out var value) && value.ValueKind == JsonValueKind.Object ? value : null;
}
