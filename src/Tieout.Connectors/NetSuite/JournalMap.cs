using System.Globalization;
using System.Text;
using System.Text.Json;
using Tieout.Connectors.Port;
using Tieout.Domain;
using Tieout.Domain.Exceptions;

namespace Tieout.Connectors.NetSuite;

/// <summary>
/// Our document as a <c>journalEntry</c>: what the customer owes on the receivable account, each line on its own account, each
/// tax on its account. Nothing is computed or rounded by NetSuite.
/// </summary>
internal sealed class JournalMap(NetSuiteSettings settings)
{
    /// <summary>One line of the journal.</summary>
    /// <param name="Account">Internal id.</param>
    /// <param name="Amount">Debit positive, credit negative; never zero.</param>
    /// <param name="Memo">Cut already.</param>
    /// <param name="IsTax">A tax of ours.</param>
    internal sealed record Line(string Account, decimal Amount, string Memo, bool IsTax);

    /// <summary>Why a document cannot be told to NetSuite as it is; null when it can. Asked before anything is sent.</summary>
    public Finding? Problem(ErpDocument document) => document is ErpInvoice invoice
        ? KeyProblem(document.Key) ?? RuleProblem(invoice) ?? CustomerProblem(invoice) ?? ShapeProblem(invoice)
        : RuleFindings.KindUnsupported(settings.Target, document);

    /// <summary>
    /// The lines in the order they are sent: the customer's, then ours, then the taxes. What comes to nothing is left out: a
    /// tax of zero, the customer's line of a document that charges and credits the same.
    /// </summary>
    public IReadOnlyList<Line> Lines(ErpInvoice document)
    {
        List<Line> lines = new(document.Lines.Count + 2);
        if (document.Total != 0m) lines.Add(new Line(settings.Receivable, document.Total, CustomerMemo(document), IsTax: false));
        foreach (var line in document.Lines)
            lines.Add(new Line(
                settings.Target.Accounts[line.LedgerAccount], -line.Amount, NetSuiteLimits.Cut(line.Text, NetSuiteLimits.LineMemo), IsTax: false));
        foreach (var tax in document.Taxes.Where(tax => tax.Amount != 0m))
            lines.Add(new Line(settings.TaxAccount(settings.Target.Taxes[tax.Code]), -tax.Amount, TaxMemo(tax), IsTax: true));
        return lines;
    }

    /// <summary>The body of the upsert, UTF-8. The key is not in it: it is the address.</summary>
    /// <param name="document">Without a <see cref="Problem"/>.</param>
    /// <param name="currencyId">NetSuite's internal id of the document's currency.</param>
    public byte[] Write(ErpInvoice document, string currencyId)
    {
        using var bytes = new MemoryStream(1024);
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            if (settings.OneWorld) Reference(json, "subsidiary", settings.Subsidiary);
            Reference(json, "currency", currencyId);
            json.WriteString("tranDate", Day(document.IssueDate));
            json.WriteString("memo", Memo(document));
            if (settings.Approved) json.WriteBoolean("approved", true);
            json.WriteStartObject("line");
            json.WriteStartArray("items");
            foreach (var line in Lines(document)) Write(json, line, document);
            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndObject();
        }
        return bytes.ToArray();
    }

    private static void Write(Utf8JsonWriter json, Line line, ErpInvoice document)
    {
        json.WriteStartObject();
        Reference(json, "account", line.Account);
        json.WritePropertyName(line.Amount > 0 ? "debit" : "credit");
        // A JSON number with the currency's decimals, from text: no floating point on the way.
        json.WriteRawValue(new Money(Math.Abs(line.Amount), document.Currency).ToPlain());
        // On every line, so that a document of nothing in all still names its customer, and reports by customer work.
        Reference(json, "entity", document.ErpCustomerId);
        if (line.Memo.Length > 0) json.WriteString("memo", line.Memo);
        json.WriteEndObject();
    }

    private static Finding? KeyProblem(string key) => NetSuiteLimits.IsExternalId(key)
        ? null
        : new Finding(
            ExceptionCategory.Data, "key-not-valid",
            $"The invoice number '{key}' holds characters other than letters, digits, dash and underscore; NetSuite's external id takes no others.",
            "Change the number series of the legal entity. Until then the invoice is in our books only.");

    private Finding? RuleProblem(ErpInvoice document)
    {
        foreach (var name in document.Lines.Select(line => line.LedgerAccount).Append("receivable"))
            if (!settings.Target.Accounts.ContainsKey(name))
                return new Finding(
                    ExceptionCategory.Business, "account-rule-missing",
                    $"No account of {settings.Target.Name} is named for '{name}'.",
                    "Add the account to the account rule and replay. Until then the invoice is in our books only.");
        foreach (var code in document.Taxes.Select(tax => tax.Code).Concat(document.Lines.Select(line => line.TaxCode)))
            if (settings.TaxAccount(settings.Target.Taxes.GetValueOrDefault(code, "")).Length == 0)
                return new Finding(
                    ExceptionCategory.Business, "tax-code-missing",
                    $"No account of {settings.Target.Name} is named for our tax code '{code}'.",
                    "Add the tax code to the target and replay. Until then the invoice is in our books only.");
        return null;
    }

    private static Finding? CustomerProblem(ErpInvoice document) => NetSuiteLimits.IsInternalId(document.ErpCustomerId)
        ? null
        : NetSuiteFindings.Of(NetSuiteFindings.CustomerUnknown, $"'{document.ErpCustomerId}' is no internal id.");

    private Finding? ShapeProblem(ErpInvoice document)
    {
        if (Lines(document).Count > NetSuiteLimits.Lines)
            return new Finding(
                ExceptionCategory.Data, "too-many-lines",
                FormattableString.Invariant(
                    $"The document has {document.Lines.Count} lines; with customer and tax we send NetSuite at most {NetSuiteLimits.Lines}."),
                "Invoice it in parts. Until then the invoice is in our books only.");
        var amounts = document.Lines.Select(line => line.Amount).Concat(document.Taxes.Select(tax => tax.Amount)).Append(document.Total);
        return amounts.Cast<decimal?>().FirstOrDefault(amount => !new Money(amount!.Value, document.Currency).IsWhole) is { } broken
            ? new Finding(
                ExceptionCategory.Data, "amount-not-whole",
                FormattableString.Invariant($"The amount {broken} has more decimals than {document.Currency} keeps ({document.Currency.MinorUnits})."),
                "Correct the amount where it comes from; nothing is rounded on the way. Until then the invoice is in our books only.")
            : null;
    }

    private static string CustomerMemo(ErpInvoice document) => NetSuiteLimits.Cut($"{document.Key}, due {Day(document.DueDate)}", NetSuiteLimits.LineMemo);

    private static string TaxMemo(ErpTax tax) => NetSuiteLimits.Cut(
        string.Create(CultureInfo.InvariantCulture, $"{tax.Code} {tax.Rate * 100m:0.####} % on {tax.Base:0.####}"),
        NetSuiteLimits.LineMemo);

    /// <summary>A journal has no due date and no field for the invoice it corrects: both stand here for a person.</summary>
    private static string Memo(ErpInvoice document)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{document.Key}, due {Day(document.DueDate)}, {document.CustomerCode}");
        if (document.Corrects.Count > 0) text.Append(CultureInfo.InvariantCulture, $", corrects {string.Join(" ", document.Corrects)}");
        return NetSuiteLimits.Cut(text.ToString(), NetSuiteLimits.Memo);
    }

    private static void Reference(Utf8JsonWriter json, string name, string id)
    {
        json.WriteStartObject(name);
        json.WriteString("id", id);
        json.WriteEndObject();
    }

    private static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
