using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Tieout.Sandbox.NetSuite;

/// <summary>
/// Holds a body against the published schema: known fields, of the right kind. <c>X-NetSuite-PropertyNameValidation</c> decides about
/// unknown fields: only <c>Error</c> refuses them, and the default drops them in silence.
/// </summary>
internal static class RecordSchema
{
    private static readonly JsonElement Schemas = Load();

    /// <summary>The first thing wrong; null when the body fits.</summary>
    /// <param name="schema">Name of the schema.</param>
    /// <param name="body">The body.</param>
    /// <param name="strict">Whether unknown fields are refused.</param>
    public static NetSuiteProblem? Check(string schema, JsonElement body, bool strict) => Check(Schemas.GetProperty(schema), body, "", strict);

    private static NetSuiteProblem? Check(JsonElement schema, JsonElement value, string path, bool strict)
    {
        if (schema.TryGetProperty("$ref", out var reference)) schema = Schemas.GetProperty(reference.GetString()!.Split('/')[^1]);
        var kind = schema.GetProperty("type").GetString();
        var fits = (kind, value.ValueKind) switch
        {
            ("object", JsonValueKind.Object) or ("array", JsonValueKind.Array) or ("string", JsonValueKind.String) => true,
            ("boolean", JsonValueKind.True or JsonValueKind.False) => true,
            ("number", JsonValueKind.Number) => value.TryGetDecimal(out _),
            ("integer", JsonValueKind.Number) => value.TryGetInt64(out _),
            _ => false,
        };
        if (!fits) return Bad($"Invalid value for the resource or sub-resource field '{path}'. Provide a valid {kind}.", path);
        return kind switch
        {
            "object" => Fields(schema, value, path, strict),
            "array" => value.EnumerateArray()
                .Select((item, index) => Check(schema.GetProperty("items"), item, FormattableString.Invariant($"{path}[{index}]"), strict))
                .FirstOrDefault(problem => problem is not null),
            "string" => Text(schema, value.GetString()!, path),
            _ => null,
        };
    }

    private static NetSuiteProblem? Fields(JsonElement schema, JsonElement value, string path, bool strict)
    {
        if (!schema.TryGetProperty("properties", out var known)) return null; // an object of anything
        foreach (var field in value.EnumerateObject())
        {
            var inside = path.Length > 0 ? $"{path}.{field.Name}" : field.Name;
            if (known.TryGetProperty(field.Name, out var expected))
            {
                if (Check(expected, field.Value, inside, strict) is { } problem) return problem;
            }
            else if (strict) return Bad($"Unknown reference or field '{inside}' in the request body.", inside);
        }
        return null;
    }

    private static NetSuiteProblem? Text(JsonElement schema, string text, string path)
    {
        if (schema.TryGetProperty("format", out var format) && format.GetString() == "date"
            && !DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _))
            return Bad($"Invalid date '{text}'. Use YYYY-MM-DD.", path);
        return schema.TryGetProperty("pattern", out var pattern) && !Regex.IsMatch(text, pattern.GetString()!, RegexOptions.None, TimeSpan.FromSeconds(1))
            ? Bad($"Invalid value '{text}'.", path)
            : null;
    }

    private static NetSuiteProblem Bad(string detail, string path) => new(400, "INVALID_CONTENT", $"Error while accessing a resource. {detail}", path);

    private static JsonElement Load()
    {
        using var stream = typeof(RecordSchema).Assembly.GetManifestResourceStream("netsuite/netsuite.openapi.json")!;
        using var document = JsonDocument.Parse(stream);
        return document.RootElement.GetProperty("components").GetProperty("schemas").Clone();
    }
}
