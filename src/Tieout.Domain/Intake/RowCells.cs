using System.Collections.Frozen;

namespace Tieout.Domain.Intake;

/// <summary>
/// The fields of one row, read one after the other. It remembers the first one that is wrong; from then on every read gives an
/// empty value, so that a rule reads as if all were well and the refusal is looked at once, at the end.
/// </summary>
internal sealed class RowCells(FileFormat format, FrozenDictionary<string, int> columns, IReadOnlyList<string> cells)
{
    public Refusal? Refusal { get; private set; }

    /// <summary>What <see cref="Value.OfLegalEntity"/> stands for, once it is known.</summary>
    public string LegalEntity { get; set; } = "";

    /// <summary>The trimmed cell of a column.</summary>
    public string Cell(string column) => cells[columns[column]].Trim();

    /// <summary>A text that must be there.</summary>
    public string Text(string what, Value value)
    {
        var text = Optional(what, value);
        if (text.Length == 0) Refuse(value, RefusalCode.Missing, $"{what} is missing", "Fill the cell.", what);
        return text;
    }

    /// <summary>A text that may be empty.</summary>
    public string Optional(string what, Value? value)
    {
        if (Refusal is not null || value is null) return "";
        var text = Resolve(what, value);
        Take(what, value, FieldRules.OfText(text));
        return Refusal is null ? text : "";
    }

    /// <summary>A text that may be empty, and otherwise has a rule of its own.</summary>
    public string Judged(string what, Value? value, Func<string, Refusal?> rule)
    {
        if (Refusal is not null || value is null) return "";
        var text = Resolve(what, value);
        if (text.Length > 0) Take(what, value, rule(text));
        return Refusal is null ? text : "";
    }

    public decimal Number(string what, Value value) => NumberOrNone(what, value, required: true) ?? 0m;

    public decimal? NumberOrNone(string what, Value? value, bool required = false)
    {
        var text = required ? Text(what, value!) : Optional(what, value);
        if (text.Length == 0) return null;
        // A constant stands in the mapping, which is written with a point whatever the file uses.
        Take(what, value, FieldRules.OfNumber(text, value is Value.Constant ? '.' : format.DecimalPoint, out var number));
        return number;
    }

    public int Integer(string what, Value value, int most)
    {
        var text = Text(what, value);
        var number = 0;
        if (text.Length > 0) Take(what, value, FieldRules.OfInteger(text, most, out number));
        return number;
    }

    public DateOnly? Date(string what, Value? value, bool required)
    {
        var text = required ? Text(what, value!) : Optional(what, value);
        if (text.Length == 0) return null;
        Take(what, value, FieldRules.OfDate(text, value is Value.Constant ? FileFormat.Default.DateFormat : format.DateFormat, out var day));
        return day;
    }

    public string Country(string what, Value? value)
    {
        var text = Optional(what, value);
        if (text.Length > 0) Take(what, value, FieldRules.OfCountry(text));
        return text;
    }

    /// <summary>Something the books have under a code.</summary>
    public T? Known<T>(string what, Value value, string code, IReadOnlyDictionary<string, T> known, string refusal)
        where T : class
    {
        if (Refusal is not null) return null;
        if (known.TryGetValue(code, out var found)) return found;
        Refuse(value, refusal, $"{what} {Shown(code)} is not in the books",
            "Correct the cell or the mapping, or declare it in the books file.", what);
        return null;
    }

    /// <summary>Refuses the row, unless it is refused already; the field is the value's column, or else <paramref name="field"/>.</summary>
    public void Refuse(Value? value, string code, string reason, string remedy, string field) =>
        Refusal ??= new Refusal(code, value?.ColumnName ?? field, Sentence(reason), remedy);

    /// <summary>A code in a message: short and tested by <see cref="FieldRules.OfText"/>, or not at all.</summary>
    public static string Shown(string code) => code.Length is > 0 and <= 40 ? $"'{code}'" : "of this row";

    private string Resolve(string what, Value value) => value switch
    {
        Value.Constant constant => constant.Text,
        Value.Column column => Cell(column.Name) is { Length: > 0 } text ? text : column.WhenBlank ?? "",
        Value.OfLegalEntity => LegalEntity,
        Value.HashSplit split => split.Of(Cell(split.By)),
        Value.Mapped mapped => Mapped(what, mapped),
        _ => throw new ArgumentOutOfRangeException(nameof(value), value, "This kind of value has no rule."),
    };

    private string Mapped(string what, Value.Mapped mapped)
    {
        var word = Resolve(what, mapped.From);
        if (mapped.Map.TryGetValue(word, out var other)) return other;
        if (mapped.Otherwise is not null) return mapped.Otherwise;
        if (word.Length > 0)
            Refuse(mapped, RefusalCode.NotMapped, $"{what}: the mapping has no entry for this value",
                $"Use one of {string.Join(", ", mapped.Map.Keys.Take(10))}, or add it to the map.", what);
        return "";
    }

    private void Take(string what, Value? value, Refusal? refusal)
    {
        if (refusal is not null) Refuse(value, refusal.Code, $"{what} {refusal.Reason}", refusal.Remedy, what);
    }

    private static string Sentence(string reason) => char.ToUpperInvariant(reason[0]) + reason[1..] + ".";
}
