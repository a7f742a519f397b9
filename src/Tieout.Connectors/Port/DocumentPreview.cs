using System.Globalization;
using Tieout.Domain;

namespace Tieout.Connectors.Port;

/// <summary>A document as it would stand in the ERP, in journal lines. Debits and credits are in the document's currency.</summary>
/// <param name="Kind">Our word, such as <c>invoice</c> or <c>write-off</c>.</param>
/// <param name="DueDate">Null where nothing is to be paid.</param>
/// <param name="Lines">In sum zero.</param>
public sealed record DocumentPreview(
    string Kind, string Key, string Currency, DateOnly Date, DateOnly? DueDate, string Reference, IReadOnlyList<PreviewLine> Lines)
{
    /// <summary>The journal lines of a document under the rules of a target: what the customer owes, the lines, the taxes.</summary>
    public static DocumentPreview Of(ErpDocument document, TargetSettings target) => document switch
    {
        ErpInvoice invoice => new(
            Words.Of(invoice.Kind), invoice.Key, invoice.Currency.Code, invoice.Date, invoice.DueDate, invoice.Reference,
            [
                PreviewLine.Of(
                    invoice.Currency, "customer", "receivable", target.AccountOf("receivable", invoice.ReceivableAccount), invoice.Total, "", "",
                    ErpDimension.None) with
                {
                    Customer = invoice.CustomerCode,
                },
                .. invoice.Lines.Select((line, index) => PreviewLine.Of(
                    invoice.Currency, (index + 1).ToString(CultureInfo.InvariantCulture), line.LedgerAccount, target.AccountOf(line.LedgerAccount, line.Account),
                    -line.Amount, line.Text, target.TaxCodeOf(invoice, line), line.Dimensions)),
                .. invoice.Taxes.Where(tax => tax.Amount != 0m).Select(tax => PreviewLine.Of(
                    invoice.Currency, $"tax {tax.Code}", "tax", target.AccountOf("tax", ""), -tax.Amount, tax.Code, target.TaxCodeOf(tax), ErpDimension.None)),
            ]),
        ErpEntry entry => new(
            Words.Of(entry.Kind), entry.Key, entry.Currency.Code, entry.Date, entry.Lines.Max(line => line.DueDate), entry.Reference,
            [
                .. entry.Lines.Select((line, index) => PreviewLine.Of(
                    entry.Currency, (index + 1).ToString(CultureInfo.InvariantCulture), line.LedgerAccount, target.AccountOf(line.LedgerAccount, line.Account),
                    line.Amount, line.Text, "", line.Dimensions) with
                {
                    Customer = line.CustomerCode,
                }),
            ]),
        _ => throw new InvalidOperationException("Unknown kind of document."),
    };

    /// <summary>What differs, field by field; amounts are compared too, so that a diff that shows none proves that none changed.</summary>
    public static IReadOnlyList<ChangedField> Diff(DocumentPreview before, DocumentPreview after)
    {
        List<ChangedField> changed = [];
        Add(changed, "", "reference", before.Reference, after.Reference);
        Add(changed, "", "due-date", Day(before.DueDate), Day(after.DueDate));
        foreach (var (one, other) in before.Lines.Zip(after.Lines))
        {
            Add(changed, one.Line, "account", one.Account, other.Account);
            Add(changed, one.Line, "tax-code", one.TaxCode, other.TaxCode);
            Add(changed, one.Line, "debit", Amount(one.Debit), Amount(other.Debit));
            Add(changed, one.Line, "credit", Amount(one.Credit), Amount(other.Credit));
            foreach (var word in one.Dimensions.Keys.Union(other.Dimensions.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal))
                Add(changed, one.Line, word, one.Dimensions.GetValueOrDefault(word, ""), other.Dimensions.GetValueOrDefault(word, ""));
        }
        return changed;
    }

    private static void Add(List<ChangedField> changed, string line, string field, string before, string after)
    {
        if (before != after) changed.Add(new ChangedField(line, field, before, after));
    }

    private static string Day(DateOnly? day) => day?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) ?? "";

    private static string Amount(decimal amount) => amount.ToString(CultureInfo.InvariantCulture);
}

/// <summary>One journal line.</summary>
/// <param name="Line">The line's number as overrides name it, <c>customer</c>, or <c>tax</c> and our code.</param>
/// <param name="LedgerAccount">Ours.</param>
/// <param name="Account">Theirs; empty when no rule names one.</param>
/// <param name="TaxCode">Theirs; empty without one.</param>
public sealed record PreviewLine(
    string Line, string LedgerAccount, string Account, decimal Debit, decimal Credit, string Text, string TaxCode, IReadOnlyDictionary<string, string> Dimensions)
{
    /// <summary>Our code of the customer whose account it moves; empty otherwise.</summary>
    public string Customer { get; init; } = "";

    internal static PreviewLine Of(
        Currency currency, string line, string ledgerAccount, string account, decimal amount, string text, string taxCode,
        IReadOnlyDictionary<string, string> dimensions) =>
        new(line, ledgerAccount, account, Whole(Math.Max(amount, 0m), currency), Whole(Math.Max(-amount, 0m), currency), text, taxCode, dimensions);

    // With the currency's decimals, no more; an amount that has more stays as it is, for it will be refused.
    private static decimal Whole(decimal amount, Currency currency) => new Money(amount, currency) is { IsWhole: true } money
        ? decimal.Parse(money.ToPlain(), CultureInfo.InvariantCulture)
        : amount;
}

/// <summary>A field that an override changes.</summary>
/// <param name="Line">Of which line; empty for the document.</param>
public sealed record ChangedField(string Line, string Field, string Before, string After);
