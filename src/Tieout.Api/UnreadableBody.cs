using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;

namespace Tieout.Api;

/// <summary>
/// A request that does not fit its endpoint (no JSON, a member missing, a number where a text stands), told field by field like every
/// other bad value. Nothing of what was sent is repeated.
/// </summary>
internal static class UnreadableBody
{
    private const string Whole = "(document)";
    private const string Remedy = "Write texts, days and amounts in quotes, such as \"12.50\"; /openapi/v1.json describes every request.";

    /// <summary>Every field that is known to be wrong, with reason and remedy.</summary>
    public static Dictionary<string, string[]> Errors(BadHttpRequestException trouble)
    {
        var errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
        var json = trouble.InnerException as JsonException;
        var field = json?.Path is { Length: > 2 } path && path.StartsWith("$.", StringComparison.Ordinal) ? path[2..] : Whole;
        foreach (var name in Missing(json?.Message ?? "")) errors.TryAdd(field == Whole ? name : $"{field}.{name}", ["This is missing. Give it."]);
        if (Unknown(json?.Message ?? "") is { } unknown)
            errors[unknown] = ["This member is not known here. Correct its name, or leave it out; /openapi/v1.json describes every request."];
        if (errors.Count > 0) return errors;
        errors[field] = json is null
            ? ["A JSON document is expected, and it or a part of the address cannot be read. " + Remedy]
            : ["This is not what is expected here, or no JSON. " + Remedy];
        return errors;
    }

    // It names a member that no record has, too: as somebody may have written anything there, it is repeated only where it looks like a name.
    private static string? Unknown(string message)
    {
        if (!message.Contains("could not be mapped to any .NET member", StringComparison.Ordinal)) return null;
        var name = Regex.Match(message, "^The JSON property '(?<name>[A-Za-z][A-Za-z_-]{0,39})' could", RegexOptions.None, TimeSpan.FromSeconds(1));
        return name.Success ? name.Groups["name"].Value : Whole;
    }

    // System.Text.Json names the members that a record needs at the end of its message.
    private static IEnumerable<string> Missing(string message)
    {
        var from = message.IndexOf("missing required properties including:", StringComparison.Ordinal);
        return from < 0 ? [] : Regex.Matches(message[from..], "'[^']+'", RegexOptions.None, TimeSpan.FromSeconds(1)).Select(match => match.Value.Trim('\''));
    }
}
