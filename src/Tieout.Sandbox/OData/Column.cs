using System.Globalization;
using System.Text.Json;

namespace Tieout.Sandbox.OData;

/// <summary>One property of an entity set: how it is compared in a filter and written in OData V2 JSON.</summary>
internal abstract class Column<T>(string name)
{
    /// <summary>The property's name.</summary>
    public string Name { get; } = name;

    /// <summary>A test of the property against a literal; <paramref name="operation"/> is eq, ne, gt, ge, lt or le.</summary>
    public abstract Func<T, bool> Compare(string operation, string literal);

    /// <summary>Writes name and value.</summary>
    public abstract void Write(Utf8JsonWriter json, T row);

    /// <summary>What the six operations say about a comparison's result.</summary>
    protected static bool Holds(string operation, int order) => operation switch
    {
        "eq" => order == 0,
        "ne" => order != 0,
        "gt" => order > 0,
        "ge" => order >= 0,
        "lt" => order < 0,
        "le" => order <= 0,
        _ => throw new FormatException($"Operator '{operation}' is not supported."),
    };
}

/// <summary>Edm.String.</summary>
internal sealed class TextColumn<T>(string name, Func<T, string> value) : Column<T>(name)
{
    private readonly JsonEncodedText _encoded = JsonEncodedText.Encode(name);

    /// <summary>The value of a row.</summary>
    public Func<T, string> Value => value;

    public override Func<T, bool> Compare(string operation, string literal)
    {
        var text = Literal(literal);
        return operation == "eq"
            ? row => string.Equals(value(row), text, StringComparison.Ordinal)
            : row => Holds(operation, string.CompareOrdinal(value(row), text));
    }

    public override void Write(Utf8JsonWriter json, T row) => json.WriteString(_encoded, value(row));

    /// <summary>Takes the quotes off; a doubled quote inside is one.</summary>
    public static string Literal(string literal) => literal is ['\'', .., '\'']
        ? literal[1..^1].Replace("''", "'", StringComparison.Ordinal)
        : throw new FormatException($"{literal} is not a text literal.");
}

/// <summary>Edm.DateTime without a time: <c>/Date(ms)/</c> in JSON, <c>datetime'2026-11-01T00:00:00'</c> in a filter.</summary>
internal sealed class DateColumn<T>(string name, Func<T, DateOnly> value) : Column<T>(name)
{
    private readonly JsonEncodedText _encoded = JsonEncodedText.Encode(name);

    public override Func<T, bool> Compare(string operation, string literal)
    {
        if (!literal.StartsWith("datetime'", StringComparison.Ordinal) || literal.Length < 20) throw new FormatException($"{literal} is not a datetime literal.");
        var day = DateOnly.ParseExact(literal.AsSpan("datetime'".Length, 10), "yyyy-MM-dd", CultureInfo.InvariantCulture);
        return row => Holds(operation, value(row).CompareTo(day));
    }

    public override void Write(Utf8JsonWriter json, T row)
    {
        var milliseconds = (value(row).DayNumber - DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber) * 86_400_000L;
        json.WriteString(_encoded, string.Create(CultureInfo.InvariantCulture, $"/Date({milliseconds})/"));
    }
}

/// <summary>Edm.Decimal with a scale of 3, as text in JSON.</summary>
internal sealed class AmountColumn<T>(string name, Func<T, decimal> value) : Column<T>(name)
{
    private readonly JsonEncodedText _encoded = JsonEncodedText.Encode(name);

    public override Func<T, bool> Compare(string operation, string literal)
    {
        var number = decimal.Parse(literal.TrimEnd('M', 'm', 'D', 'd'), NumberStyles.Number, CultureInfo.InvariantCulture);
        return row => Holds(operation, value(row).CompareTo(number));
    }

    public override void Write(Utf8JsonWriter json, T row)
    {
        Span<char> text = stackalloc char[40];
        value(row).TryFormat(text, out var length, "F3", CultureInfo.InvariantCulture);
        json.WriteString(_encoded, text[..length]);
    }
}

/// <summary>Edm.Boolean.</summary>
internal sealed class FlagColumn<T>(string name, Func<T, bool> value) : Column<T>(name)
{
    private readonly JsonEncodedText _encoded = JsonEncodedText.Encode(name);

    public override Func<T, bool> Compare(string operation, string literal)
    {
        var wanted = literal switch { "true" => true, "false" => false, _ => throw new FormatException($"{literal} is not true or false.") };
        return row => Holds(operation, value(row).CompareTo(wanted));
    }

    public override void Write(Utf8JsonWriter json, T row) => json.WriteBoolean(_encoded, value(row));
}
