using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tieout.Domain;
using Tieout.Domain.Mapping;

namespace Tieout.Application.Mapping;

/// <summary>What a version says, read and proved to be readable.</summary>
public abstract record MappingContent
{
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private MappingContent() { }

    /// <summary>Routes.</summary>
    public sealed record Routes(IReadOnlyList<RouteRule> Rules) : MappingContent;

    /// <summary>Account rules.</summary>
    public sealed record AccountRules(IReadOnlyList<AccountRule> Rules) : MappingContent;

    /// <summary>A value map: ours to theirs.</summary>
    public sealed record Values(IReadOnlyDictionary<string, string> Map) : MappingContent;

    /// <summary>Rules, or entries of the map.</summary>
    public int Count => this switch
    {
        Routes routes => routes.Rules.Count,
        AccountRules rules => rules.Rules.Count,
        Values values => values.Map.Count,
        _ => 0,
    };

    /// <summary>
    /// The one text of this content: names sorted where their order says nothing, no blanks. Two documents that say the same have the
    /// same, whatever way they were written in.
    /// </summary>
    public string Canonical() => Json().ToJsonString(Plain);

    /// <summary>SHA-256 of the canonical text, in hexadecimal digits.</summary>
    public string Fingerprint() => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Canonical())));

    /// <summary>As the API shows it.</summary>
    public JsonObject Json() => this switch
    {
        Routes routes => new JsonObject { ["rules"] = Sorted(routes.Rules, rule => rule.Name, Rule) },
        AccountRules rules => new JsonObject { ["rules"] = Sorted(rules.Rules, rule => rule.Name, Rule) },
        Values values => new JsonObject { ["values"] = Object(values.Map.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value))) },
        _ => [],
    };

    private static JsonObject Rule(RouteRule rule) => new() { ["name"] = rule.Name, ["when"] = When(rule.When), ["target"] = rule.Target };

    private static JsonObject Rule(AccountRule rule)
    {
        var json = new JsonObject { ["name"] = rule.Name, ["when"] = When(rule.When) };
        if (rule.Account is { } account) json["account"] = Value(account);
        if (rule.TaxCode is { } tax) json["tax-code"] = Value(tax);
        if (rule.Dimensions.Count > 0)
            json["dimensions"] = Object(rule.Dimensions.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)Value(pair.Value))));
        return json;
    }

    private static JsonObject When(Conditions conditions)
    {
        var json = new JsonObject();
        foreach (var (field, values) in conditions.AnyOf) json[Words.Of(field)] = new JsonArray([.. values.Select(value => (JsonNode)value)]);
        if (conditions.From is { } from) json["from"] = FormattableString.Invariant($"{from:yyyy-MM-dd}");
        if (conditions.Until is { } until) json["until"] = FormattableString.Invariant($"{until:yyyy-MM-dd}");
        return json;
    }

    private static JsonNode Value(RuleValue value) => value switch
    {
        RuleValue.FromField { Map.Length: 0 } from => new JsonObject { ["from"] = Words.Of(from.Field) },
        RuleValue.FromField from => new JsonObject { ["from"] = Words.Of(from.Field), ["map"] = from.Map },
        _ => ((RuleValue.Constant)value).Text,
    };

    private static JsonObject Object(IEnumerable<KeyValuePair<string, JsonNode?>> members) =>
        new(members.OrderBy(pair => pair.Key, StringComparer.Ordinal));

    private static JsonArray Sorted<T>(IEnumerable<T> rules, Func<T, string> name, Func<T, JsonObject> json) =>
        new([.. rules.OrderBy(name, StringComparer.Ordinal).Select(json)]);
}
