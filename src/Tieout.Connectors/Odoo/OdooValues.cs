using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Tieout.Connectors.Odoo;

/// <summary>
/// Odoo's values in JSON: nothing is <c>false</c>, a reference is id and name, an amount is a number whose digits are read as they stand.
/// Reading throws <see cref="KeyNotFoundException"/>, <see cref="InvalidOperationException"/> or <see cref="FormatException"/> for another shape.
/// </summary>
internal static class OdooValues
{
    /// <summary>A condition of a domain.</summary>
    public static JsonArray Where(string field, string comparison, JsonNode? value) => [field, comparison, value];

    public static JsonArray List(IEnumerable<string> texts) => [.. texts.Select(text => (JsonNode)text)];

    public static JsonArray List(IEnumerable<long> ids) => [.. ids.Select(id => (JsonNode)id)];

    /// <summary>The command that creates a row of a list.</summary>
    public static JsonArray Create(JsonObject row) => [0, 0, row];

    /// <summary>The command that changes a row of a list.</summary>
    public static JsonArray Change(long id, JsonObject row) => [1, id, row];

    /// <summary>The command that sets a list of references.</summary>
    public static JsonArray Set(params IReadOnlyList<long> ids) => [new JsonArray(6, 0, List(ids))];

    public static string Date(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>Empty for nothing.</summary>
    public static string Text(this JsonElement row, string field) =>
        row.GetProperty(field) is { ValueKind: not (JsonValueKind.False or JsonValueKind.Null) } value ? value.GetString()! : "";

    /// <summary>Exact; zero for nothing.</summary>
    public static decimal Amount(this JsonElement row, string field) =>
        row.GetProperty(field) is { ValueKind: not (JsonValueKind.False or JsonValueKind.Null) } value ? value.GetDecimal() : 0m;

    public static DateOnly? Day(this JsonElement row, string field) =>
        row.Text(field) is { Length: > 0 } text ? DateOnly.ParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture) : null;

    public static bool Flag(this JsonElement row, string field) => row.GetProperty(field).GetBoolean();

    /// <summary>The row's own id, or the one a reference points to; 0 for none.</summary>
    public static long Id(this JsonElement row, string field) => row.GetProperty(field) switch
    {
        { ValueKind: JsonValueKind.Array } reference => reference[0].GetInt64(),
        { ValueKind: JsonValueKind.False or JsonValueKind.Null } => 0,
        var id => id.GetInt64(),
    };

    /// <summary>The name that comes with a reference; empty for none.</summary>
    public static string NameOf(this JsonElement row, string field) =>
        row.GetProperty(field) is { ValueKind: JsonValueKind.Array } reference ? reference[1].GetString() ?? "" : "";
}
