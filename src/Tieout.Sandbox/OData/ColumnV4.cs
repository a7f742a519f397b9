using System.Globalization;
using System.Text.Json;

namespace Tieout.Sandbox.OData;

/// <summary>
/// Edm.String as finance and operations apps compare it: whatever its case, and an asterisk at either end of the literal of an equal test
/// stands for anything.
/// </summary>
internal sealed class WildcardColumn<T>(string name, Func<T, string> value) : Column<T>(name)
{
    public override Func<T, bool> Compare(string operation, string literal)
    {
        var text = TextColumn<T>.Literal(literal);
        if (operation is not ("eq" or "ne") || !text.Contains('*', StringComparison.Ordinal))
            return row => Holds(operation, string.Compare(value(row), text, StringComparison.OrdinalIgnoreCase));
        var (open, close, core) = (text.StartsWith('*'), text.EndsWith('*'), text.Trim('*'));
        bool Matches(string held) => (open, close) switch
        {
            (true, true) => held.Contains(core, StringComparison.OrdinalIgnoreCase),
            (true, false) => held.EndsWith(core, StringComparison.OrdinalIgnoreCase),
            (false, true) => held.StartsWith(core, StringComparison.OrdinalIgnoreCase),
            _ => throw new FormatException($"{literal}: an asterisk stands at an end only."),
        };
        return row => Matches(value(row)) == (operation == "eq");
    }

    public override void Write(Utf8JsonWriter json, T row) => json.WriteString(Name, value(row));
}

/// <summary>Edm.DateTimeOffset: bare in a filter, <c>2026-11-01T12:00:00Z</c>.</summary>
internal sealed class MomentColumn<T>(string name, Func<T, DateTimeOffset> value) : Column<T>(name)
{
    public override Func<T, bool> Compare(string operation, string literal)
    {
        if (!DateTimeOffset.TryParseExact(literal, "yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment))
            throw new FormatException($"{literal} is not a moment.");
        return row => Holds(operation, value(row).CompareTo(moment));
    }

    public override void Write(Utf8JsonWriter json, T row) =>
        json.WriteString(Name, value(row).UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture));
}

/// <summary>Edm.Decimal and whole numbers, as numbers in JSON.</summary>
internal sealed class NumberColumn<T>(string name, Func<T, decimal> value) : Column<T>(name)
{
    public override Func<T, bool> Compare(string operation, string literal)
    {
        var number = decimal.Parse(literal, NumberStyles.Number, CultureInfo.InvariantCulture);
        return row => Holds(operation, value(row).CompareTo(number));
    }

    public override void Write(Utf8JsonWriter json, T row) => json.WriteNumber(Name, value(row));
}

/// <summary>An enumeration: its type stands before the literal in a filter, <c>Microsoft.Dynamics.DataEntities.NoYes'Yes'</c>.</summary>
internal sealed class EnumColumn<T>(string name, Func<T, string> value) : Column<T>(name)
{
    private const string Namespace = "Microsoft.Dynamics.DataEntities.";

    public override Func<T, bool> Compare(string operation, string literal)
    {
        var mark = literal.IndexOf('\'', StringComparison.Ordinal);
        if (mark <= 0 || !literal.StartsWith(Namespace, StringComparison.Ordinal))
            throw new FormatException($"A binary operator with incompatible types was detected: {Name} is an enumeration and {literal} is none.");
        var word = TextColumn<T>.Literal(literal[mark..]);
        return operation is "eq" or "ne"
            ? row => (value(row) == word) == (operation == "eq")
            : throw new FormatException($"Operator '{operation}' is not supported on {Name}.");
    }

    public override void Write(Utf8JsonWriter json, T row) => json.WriteString(Name, value(row));
}
