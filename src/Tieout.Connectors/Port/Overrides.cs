using System.Globalization;
using Tieout.Domain.Invoicing;

namespace Tieout.Connectors.Port;

/// <summary>What a person has set for one document, put over what our books and rules say. Pure; amounts, customer, key, currency and date stay.</summary>
public static class Overrides
{
    /// <summary>The place of what the customer owes.</summary>
    public const string Receivable = "receivable";

    /// <summary>The place of all lines.</summary>
    public const string AllLines = "*";

    private const int CodeMost = 60;
    private const int TextMost = 100;

    /// <summary>The document with the fields set. What does not fit the document, which the door refuses, changes nothing.</summary>
    public static ErpDocument Apply(ErpDocument document, IReadOnlyList<FieldOverride> fields) =>
        fields.Where(field => Problem(document, field) is null).Aggregate(document, Apply);

    /// <summary>
    /// What of the document an account, tax code or dimension is set for: numbers of lines or taxes from 1, 0 for what the customer owes;
    /// nothing for other fields, and where it does not fit.
    /// </summary>
    public static IReadOnlyList<int> NumbersOf(ErpDocument document, FieldOverride field) => Problem(document, field) is not null ? [] : field.Field switch
    {
        OverrideField.Account => [field.Place == Receivable ? 0 : Number(field.Place)!.Value],
        OverrideField.TaxCode => [.. ((ErpInvoice)document).Taxes.Index().Where(tax => tax.Item.Code == field.Place).Select(tax => tax.Index + 1)],
        OverrideField.Dimension => [.. Enumerable.Range(1, Count(document)).Where(number => Is(Split(field.Place).Line, number - 1))],
        _ => [],
    };

    /// <summary>The dimension that a field sets, such as <c>region</c>.</summary>
    public static string DimensionOf(FieldOverride field) => Split(field.Place).Word;

    /// <summary>Why one cannot be taken for the document; null when it can.</summary>
    public static OverrideProblem? Problem(ErpDocument document, FieldOverride field) => field.Field switch
    {
        OverrideField.Reference => field.Place.Length > 0 ? new("place", "The reference is the document's; leave place empty.") : Text(field.Value, TextMost),
        OverrideField.DueDate => DuePlace(document, field.Place) ?? Due(document, field.Value),
        OverrideField.Account => AccountPlace(document, field.Place) ?? Text(field.Value, CodeMost),
        OverrideField.TaxCode => TaxPlace(document, field.Place) ?? Text(field.Value, CodeMost),
        OverrideField.Dimension => DimensionPlace(document, field.Place) ?? (field.Value.Length == 0 ? null : Text(field.Value, CodeMost)),
        _ => new("field", "No such field."),
    };

    private static ErpDocument Apply(ErpDocument document, FieldOverride field) => (field.Field, document) switch
    {
        (OverrideField.Reference, _) => document with { Reference = field.Value },
        (OverrideField.DueDate, ErpInvoice invoice) => Due(invoice, Day(field.Value)!.Value),
        (OverrideField.DueDate, ErpEntry entry) => Line(entry, field.Place, line => line with { DueDate = Day(field.Value) }),
        (OverrideField.Account, ErpInvoice invoice) when field.Place == Receivable => invoice with { ReceivableAccount = field.Value },
        (OverrideField.Account, ErpInvoice invoice) => Line(invoice, field.Place, line => line with { Account = field.Value }),
        (OverrideField.Account, ErpEntry entry) => Line(entry, field.Place, line => line with { Account = field.Value }),
        (OverrideField.TaxCode, ErpInvoice invoice) => invoice with
        {
            Taxes = [.. invoice.Taxes.Select(tax => tax.Code == field.Place ? tax with { TheirCode = field.Value } : tax)],
        },
        (OverrideField.Dimension, ErpInvoice invoice) => Line(
            invoice, Split(field.Place).Line, line => line with { Dimensions = With(line.Dimensions, Split(field.Place).Word, field.Value) }),
        (OverrideField.Dimension, ErpEntry entry) => Line(
            entry, Split(field.Place).Line, line => line with { Dimensions = With(line.Dimensions, Split(field.Place).Word, field.Value) }),
        _ => document,
    };

    private static ErpInvoice Due(ErpInvoice invoice, DateOnly due) => invoice with { DueDate = due, TermDays = due.DayNumber - invoice.IssueDate.DayNumber };

    private static ErpInvoice Line(ErpInvoice invoice, string place, Func<ErpLine, ErpLine> change) =>
        invoice with { Lines = [.. invoice.Lines.Select((line, index) => Is(place, index) ? change(line) : line)] };

    private static ErpEntry Line(ErpEntry entry, string place, Func<ErpEntryLine, ErpEntryLine> change) =>
        entry with { Lines = [.. entry.Lines.Select((line, index) => Is(place, index) ? change(line) : line)] };

    private static bool Is(string place, int index) => place == AllLines || Number(place) == index + 1;

    private static Dictionary<string, string> With(IReadOnlyDictionary<string, string> dimensions, string word, string value)
    {
        var changed = dimensions.ToDictionary(pair => pair.Key, pair => pair.Value, StringComparer.Ordinal);
        if (value.Length == 0) changed.Remove(word);
        else changed[word] = value;
        return changed;
    }

    // ---- What fits ----------------------------------------------------------------------------------------------------

    private static OverrideProblem? DuePlace(ErpDocument document, string place) => document switch
    {
        ErpInvoice when place.Length > 0 => new("place", "The due date is the invoice's; leave place empty."),
        ErpEntry entry when Number(place) is not { } number || number > entry.Lines.Count || entry.Lines[number - 1].CustomerCode.Length == 0 =>
            new("place", "Write the number of a line that a customer owes."),
        _ => null,
    };

    private static OverrideProblem? Due(ErpDocument document, string value) => Day(value) switch
    {
        null => new("value", "Write a day such as 2026-12-31."),
        { } day when day < document.Date => new(
            "value", string.Create(CultureInfo.InvariantCulture, $"Write a day from {document.Date:yyyy-MM-dd}, the document's own, on.")),
        { } day when day.DayNumber - document.Date.DayNumber > 999 => new("value", "Write a day at most 999 days after the document's."),
        _ => null,
    };

    private static OverrideProblem? AccountPlace(ErpDocument document, string place) =>
        place == Receivable && document is ErpInvoice || Number(place) is { } number && number <= Count(document)
            ? null
            : new("place", $"Write the number of a line, 1 to {Count(document)}{(document is ErpInvoice ? $", or {Receivable}" : "")}.");

    private static OverrideProblem? TaxPlace(ErpDocument document, string place) => document switch
    {
        ErpInvoice invoice when invoice.Taxes.Any(tax => tax.Code == place) => null,
        ErpInvoice invoice => new(
            "place", $"Write one of the document's tax codes: {string.Join(", ", invoice.Taxes.Select(tax => tax.Code).Distinct(StringComparer.Ordinal))}."),
        _ => new("place", "Only an invoice or credit memo has tax codes; choose another field."),
    };

    private static OverrideProblem? DimensionPlace(ErpDocument document, string place)
    {
        var (line, word) = Split(place);
        return (line == AllLines || Number(line) is { } number && number <= Count(document)) && ErpDimension.All.Contains(word)
            ? null
            : new("place", $"Write the number of a line or {AllLines}, a slash and one of {string.Join(", ", ErpDimension.All)}, such as {AllLines}/region.");
    }

    private static OverrideProblem? Text(string value, int most) => GivenText.Problem(value, most) is { } problem ? new("value", problem) : null;

    private static int Count(ErpDocument document) => document is ErpInvoice invoice ? invoice.Lines.Count : ((ErpEntry)document).Lines.Count;

    private static (string Line, string Word) Split(string place) =>
        place.IndexOf('/', StringComparison.Ordinal) is var slash and >= 0 ? (place[..slash], place[(slash + 1)..]) : (place, "");

    private static int? Number(string place) =>
        int.TryParse(place, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= 1 ? number : null;

    private static DateOnly? Day(string value) =>
        DateOnly.TryParseExact(value, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;
}
