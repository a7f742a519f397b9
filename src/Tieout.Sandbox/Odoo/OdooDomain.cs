using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Tieout.Sandbox.Odoo;

/// <summary>Domains: conditions of three parts, joined by operators that stand before what they join; without one, all have to hold.</summary>
internal static class OdooDomain
{
    /// <summary>A test for rows.</summary>
    /// <param name="domain">As sent.</param>
    /// <param name="value">The value of a row under a path.</param>
    public static Predicate<OdooRow> Of(JsonArray domain, Func<OdooRow, string, object?> value)
    {
        List<Predicate<OdooRow>> all = [];
        var position = 0;
        while (position < domain.Count) all.Add(Next(domain, ref position, value));
        return row => all.TrueForAll(one => one(row));
    }

    private static Predicate<OdooRow> Next(JsonArray domain, ref int position, Func<OdooRow, string, object?> value)
    {
        if (position >= domain.Count) throw OdooFault.Value("Invalid domain: an operator joins nothing");
        var part = domain[position++];
        if (part is JsonArray { Count: 3 } condition)
            return Condition(condition[0]!.GetValue<string>(), condition[1]!.GetValue<string>(), condition[2], value);
        switch (part?.GetValue<string>())
        {
            case "!":
                var not = Next(domain, ref position, value);
                return row => !not(row);
            case "&":
                var (left, right) = (Next(domain, ref position, value), Next(domain, ref position, value));
                return row => left(row) && right(row);
            case "|":
                var (one, other) = (Next(domain, ref position, value), Next(domain, ref position, value));
                return row => one(row) || other(row);
            default: throw OdooFault.Value($"Invalid domain term {part?.ToJsonString()}");
        }
    }

    private static Predicate<OdooRow> Condition(string field, string comparison, JsonNode? operand, Func<OdooRow, string, object?> value)
    {
        var right = operand is JsonArray list ? list.Select(Plain).ToList() : null;
        var single = right is null ? Plain(operand) : null;
        var like = comparison == "=like" ? Like((string)single!) : null;
        return comparison switch
        {
            "=" => row => Same(value(row, field), single),
            "!=" => row => !Same(value(row, field), single),
            "in" => row => right!.Exists(one => Same(value(row, field), one)),
            "not in" => row => !right!.Exists(one => Same(value(row, field), one)),
            ">" => row => Compare(value(row, field), single) > 0,
            ">=" => row => Compare(value(row, field), single) >= 0,
            "<" => row => Compare(value(row, field), single) < 0,
            "<=" => row => Compare(value(row, field), single) <= 0,
            "=like" => row => value(row, field) is string text && like!.IsMatch(text),
            _ => throw OdooFault.Value($"Invalid operator {comparison}"),
        };
    }

    // False is nothing, except for what is true or false itself.
    private static bool Same(object? left, object? right) => left is null ? right is null or false : left.Equals(right);

    // Nothing compares with nothing.
    private static int Compare(object? left, object? right) => (left, right) switch
    {
        (string one, string other) => string.CompareOrdinal(one, other),
        (long one, long other) => one.CompareTo(other),
        (decimal one, decimal other) => one.CompareTo(other),
        (_, string) => int.MinValue / 2,
        _ => throw OdooFault.Value("Values that cannot be compared"),
    };

    private static object? Plain(JsonNode? node) => node is null ? null : node.GetValueKind() switch
    {
        JsonValueKind.String => node.GetValue<string>(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => long.TryParse(node.ToJsonString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole)
            ? (object)whole
            : decimal.Parse(node.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture),
    };

    private static Regex Like(string pattern)
    {
        var text = new System.Text.StringBuilder("^");
        for (var index = 0; index < pattern.Length; index++)
            text.Append(pattern[index] switch
            {
                '%' => ".*",
                '_' => ".",
                '\\' when index + 1 < pattern.Length => Regex.Escape(pattern[++index].ToString()),
                var other => Regex.Escape(other.ToString()),
            });
        return new Regex(text.Append('$').ToString(), RegexOptions.Singleline, TimeSpan.FromSeconds(1));
    }
}
