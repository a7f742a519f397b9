using System.Text.Json.Nodes;

namespace Tieout.Application.Mapping;

/// <summary>One rule, or one entry of a map, that differs between two versions.</summary>
/// <param name="Name">Of the rule, or our code.</param>
/// <param name="Change"><c>added</c>, <c>removed</c> or <c>changed</c>.</param>
/// <param name="Before">As it was; empty when added.</param>
/// <param name="After">As it will be; empty when removed.</param>
public sealed record MappingDifference(string Name, string Change, string Before, string After)
{
    /// <summary>What changes from one content to another, by name.</summary>
    public static IReadOnlyList<MappingDifference> Between(JsonObject? before, JsonObject after)
    {
        var (old, now) = (Parts(before), Parts(after));
        return [.. old.Keys.Union(now.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal)
            .Select(name => new MappingDifference(
                name, !old.ContainsKey(name) ? "added" : now.ContainsKey(name) ? "changed" : "removed",
                old.GetValueOrDefault(name, ""), now.GetValueOrDefault(name, "")))
            .Where(one => one.Before != one.After)];
    }

    private static Dictionary<string, string> Parts(JsonObject? content)
    {
        if (content is null) return [];
        return content["values"] is JsonObject values
            ? values.ToDictionary(pair => pair.Key, pair => pair.Value!.GetValue<string>(), StringComparer.Ordinal)
            : content["rules"]!.AsArray().ToDictionary(rule => rule!["name"]!.GetValue<string>(), Rule, StringComparer.Ordinal);
    }

    private static string Rule(JsonNode? rule)
    {
        var rest = rule!.DeepClone().AsObject();
        rest.Remove("name");
        return rest.ToJsonString();
    }
}
