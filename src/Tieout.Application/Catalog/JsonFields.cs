using System.Globalization;
using System.Text.Json;
using Tieout.Domain;
using Tieout.Domain.Catalog;
using Tieout.Domain.Intake;

namespace Tieout.Application.Catalog;

/// <summary>
/// A value in a JSON document that knows its path, and a list that all of them write their complaints into: a document is read to
/// its end, so that one answer names everything wrong. Numbers are taken from their text, as JSON numbers or as strings, and never
/// pass through floating point.
/// </summary>
internal sealed class JsonFields
{
    private readonly JsonElement _value;
    private readonly string _path;
    private readonly List<PriceProblem> _problems;

    private JsonFields(JsonElement value, string path, List<PriceProblem> problems) => (_value, _path, _problems) = (value, path, problems);

    /// <summary>The document as a whole.</summary>
    public static JsonFields Top(JsonElement value, List<PriceProblem> problems) => new(value, "", problems);

    public bool IsObject => _value.ValueKind == JsonValueKind.Object;

    public bool IsText => _value.ValueKind == JsonValueKind.String;

    /// <summary>A text as it is written, blanks and all; null for another value.</summary>
    public string? RawText => IsText ? _value.GetString() : null;

    /// <summary>Refuses members other than these, and what is no object.</summary>
    public JsonFields Allow(params IReadOnlyList<string> names)
    {
        if (!IsObject)
        {
            Add("object-expected", "An object is expected here.", $"Write {{…}} with {string.Join(", ", names)}.");
            return this;
        }
        foreach (var member in _value.EnumerateObject())
            if (!names.Contains(member.Name, StringComparer.Ordinal))
                At(Shown(member.Name)).Add("unknown-member", "This member is not known here.", $"Known are {string.Join(", ", names)}.");
        return this;
    }

    /// <summary>A member; null when it is absent or null.</summary>
    public JsonFields? Find(string name) =>
        IsObject && _value.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null
            ? new JsonFields(value, Join(name), _problems)
            : null;

    /// <summary>A member that must be there; null when it is not, which is a problem.</summary>
    public JsonFields? Need(string name)
    {
        var found = Find(name);
        if (found is null && IsObject) At(name).Add("missing", $"'{name}' is missing.", "Give it.");
        return found;
    }

    /// <summary>All members, for maps whose names are data.</summary>
    public IEnumerable<(string Name, JsonFields Value)> Members() =>
        IsObject ? _value.EnumerateObject().Select(member => (member.Name, new JsonFields(member.Value, Join(Shown(member.Name)), _problems))) : [];

    /// <summary>The entries of a list.</summary>
    public IReadOnlyList<JsonFields> Items()
    {
        if (_value.ValueKind == JsonValueKind.Array)
            return [.. _value.EnumerateArray().Select((item, index) =>
                new JsonFields(item, string.Create(CultureInfo.InvariantCulture, $"{_path}[{index}]"), _problems))];
        Add("list-expected", "A list is expected here.", "Write […].");
        return [];
    }

    /// <summary>A text that must be there; empty when it is not.</summary>
    public string Text(string name) => Need(name)?.AsText() ?? "";

    /// <summary>A number that must be there; 0 when it is not.</summary>
    public decimal Number(string name) => Need(name)?.AsNumber() ?? 0m;

    /// <summary>A number, or another when it is absent.</summary>
    public decimal NumberOr(string name, decimal otherwise) => Find(name) is { } field ? field.AsNumber() ?? 0m : otherwise;

    /// <summary>A number, or none.</summary>
    public decimal? NumberOrNone(string name) => Find(name)?.AsNumber();

    /// <summary>A whole number, or another when it is absent.</summary>
    public int IntegerOr(string name, int most, int otherwise) => Find(name) is { } field ? field.AsInteger(most) ?? otherwise : otherwise;

    /// <summary>True or false, or another when it is absent.</summary>
    public bool FlagOr(string name, bool otherwise) => Find(name) is { } field ? field.AsFlag() ?? otherwise : otherwise;

    /// <summary>A word of an enum, or another value when it is absent.</summary>
    public T WordOr<T>(string name, T otherwise) where T : struct, Enum => Find(name) is { } field ? field.AsWord<T>() ?? otherwise : otherwise;

    /// <summary>A word of an enum that must be there.</summary>
    public T Word<T>(string name) where T : struct, Enum => Need(name)?.AsWord<T>() ?? default;

    /// <summary>A day, or none.</summary>
    public DateOnly? DateOrNone(string name) => Find(name)?.AsDate();

    /// <summary>A currency that must be there; US dollars when it is not, beside the problem.</summary>
    public Currency Currency(string name) => Need(name)?.AsCurrency() ?? Domain.Currency.Of("USD");

    public string? AsText() => AsText(FieldRules.OfText);

    /// <summary>A name that others gave something, such as a bank's of a transfer.</summary>
    public string? AsReference() => AsText(FieldRules.OfReference);

    private string? AsText(Func<string, Refusal?> rule)
    {
        if (!IsText) return Fail("text-expected", "A text is expected here.", "Write it in quotes.");
        var text = _value.GetString()!.Trim();
        if (text.Length == 0) return Fail("missing", "The text is empty.", "Fill it in.");
        return rule(text) is { } bad ? Fail(bad.Code, $"The text {bad.Reason}.", bad.Remedy) : text;
    }

    public decimal? AsNumber()
    {
        var text = _value.ValueKind switch
        {
            JsonValueKind.Number => _value.GetRawText(),
            JsonValueKind.String => _value.GetString()!,
            _ => "",
        };
        if (FieldRules.OfNumber(text, '.', out var number) is not { } bad) return number;
        Fail(bad.Code, $"The value {bad.Reason}.", bad.Remedy);
        return null;
    }

    public int? AsInteger(int most)
    {
        var text = _value.ValueKind == JsonValueKind.String ? _value.GetString()! : _value.GetRawText();
        if (FieldRules.OfInteger(text, most, out var number) is not { } bad) return number;
        Fail(bad.Code, $"The value {bad.Reason}.", bad.Remedy);
        return null;
    }

    public DateOnly? AsDate()
    {
        var text = IsText ? _value.GetString()! : "";
        if (FieldRules.OfDate(text, "yyyy-MM-dd", out var day) is not { } bad) return day;
        Fail(bad.Code, $"The value {bad.Reason}.", bad.Remedy);
        return null;
    }

    public T? AsWord<T>() where T : struct, Enum
    {
        try
        {
            return Words.Parse<T>(IsText ? _value.GetString()! : "");
        }
        catch (ArgumentException)
        {
            var words = string.Join(", ", Enum.GetValues<T>().Select(Words.Of));
            Fail("unknown-word", $"This is not one of {words}.", "Write one of these words.");
            return null;
        }
    }

    public Currency? AsCurrency()
    {
        if (Domain.Currency.TryOf(IsText ? _value.GetString() : null, out var currency)) return currency;
        Fail("unknown-currency", "This is not a currency of ISO 4217.", "Write three capital letters, such as USD.");
        return null;
    }

    public bool? AsFlag()
    {
        if (_value.ValueKind is JsonValueKind.True or JsonValueKind.False) return _value.GetBoolean();
        Fail("flag-expected", "True or false is expected here.", "Write true or false, without quotes.");
        return null;
    }

    /// <summary>A complaint about this value.</summary>
    public void Add(string code, string reason, string remedy) => _problems.Add(new PriceProblem(_path.Length == 0 ? "(document)" : _path, code, reason, remedy));

    /// <summary>A complaint about a member of it that is not there.</summary>
    public void AddAt(string name, string code, string reason, string remedy) => At(name).Add(code, reason, remedy);

    private JsonFields At(string name) => new(default, Join(name), _problems);

    private string Join(string name) => _path.Length == 0 ? name : $"{_path}.{name}";

    private string? Fail(string code, string reason, string remedy)
    {
        Add(code, reason, remedy);
        return null;
    }

    // What somebody calls a member may be a card number too.
    private static string Shown(string name) => FieldRules.OfText(name) is null && name.Length is > 0 and <= 40 ? name : "(a name that cannot be shown)";
}
