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
    internal sealed record Line(string Account, decimal Amount, string Memo, bool IsTax)
    {
        /// <summary>What our books have the line at, in their own currency; zero where they do not say.</summary>
        public decimal InBooks { get; init; }

        /// <summary>Internal id of the customer; empty for none.</summary>
        public string Entity { get; init; } = "";

        /// <summary>As on our line.</summary>
        public IReadOnlyDictionary<string, string> Dimensions { get; init; } = ErpDimension.None;
    }

    /// <summary>Why a document cannot be told to NetSuite as it is; null when it can. Asked before anything is sent.</summary>
    public Finding? Problem(ErpDocument document) => JournalChecks.Problem(document, settings, this);

    /// <summary>The lines in the order they are sent.</summary>
    public IReadOnlyList<Line> Lines(ErpDocument document) => document switch
    {
        ErpInvoice invoice => Lines(invoice),
        ErpEntry entry => [.. entry.Lines.Select(line => new Line(
            settings.Target.AccountOf(line.LedgerAccount, line.Account), line.Amount, Memo(entry, line), IsTax: false)
        {
            InBooks = line.InBooks,
            Entity = line.CustomerCode.Length > 0 ? line.ErpCustomerId : "",
            Dimensions = line.Dimensions,
        })],
        _ => throw new InvalidOperationException("Unknown kind of document."),
    };

    /// <summary>
    /// The customer's line, then ours, then the taxes. What comes to nothing is left out: a tax of zero, the customer's line of a
    /// document that charges and credits the same. Every line names the customer, so that a document of nothing in all still does,
    /// and reports by customer work.
    /// </summary>
    private List<Line> Lines(ErpInvoice document)
    {
        Line Of(string account, decimal amount, string memo, bool isTax = false) => new(account, amount, memo, isTax) { Entity = document.ErpCustomerId };

        List<Line> lines = new(document.Lines.Count + 2);
        if (document.Total != 0m)
            lines.Add(Of(settings.Target.AccountOf("receivable", document.ReceivableAccount), document.Total, CustomerMemo(document)) with
            {
                InBooks = document.TotalInBooks,
            });
        foreach (var line in document.Lines)
            lines.Add(Of(settings.Target.AccountOf(line.LedgerAccount, line.Account), -line.Amount, NetSuiteLimits.Cut(line.Text, NetSuiteLimits.LineMemo)) with
            {
                InBooks = -line.InBooks,
                Dimensions = line.Dimensions,
            });
        foreach (var tax in document.Taxes.Where(tax => tax.Amount != 0m))
            lines.Add(Of(settings.TaxAccount(settings.Target.TaxCodeOf(tax)), -tax.Amount, TaxMemo(tax), isTax: true) with { InBooks = -tax.InBooks });
        return lines;
    }

    /// <summary>The body of the upsert, UTF-8. The key is not in it: it is the address.</summary>
    /// <param name="document">Without a <see cref="Problem"/>.</param>
    /// <param name="currencyId">NetSuite's internal id of the document's currency.</param>
    public byte[] Write(ErpDocument document, string currencyId)
    {
        using var bytes = new MemoryStream(1024);
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            if (settings.OneWorld) Reference(json, "subsidiary", settings.Subsidiary);
            Reference(json, "currency", currencyId);
            var lines = Lines(document);
            if (document.Books is { } books) json.WriteNumber("exchangeRate", OneRate.Of([.. lines.Select(line => (line.Amount, line.InBooks))], books));
            json.WriteString("tranDate", Day(document.Date));
            json.WriteString("memo", document is ErpEntry entry ? Memo(entry) : Memo((ErpInvoice)document));
            if (settings.Approved) json.WriteBoolean("approved", true);
            json.WriteStartObject("line");
            json.WriteStartArray("items");
            foreach (var line in lines) Write(json, line, document);
            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndObject();
        }
        return bytes.ToArray();
    }

    private void Write(Utf8JsonWriter json, Line line, ErpDocument document)
    {
        json.WriteStartObject();
        Reference(json, "account", line.Account);
        json.WritePropertyName(line.Amount > 0 ? "debit" : "credit");
        // A JSON number with the currency's decimals, from text: no floating point on the way.
        json.WriteRawValue(new Money(Math.Abs(line.Amount), document.Currency).ToPlain());
        if (line.Entity.Length > 0) Reference(json, "entity", line.Entity);
        foreach (var (dimension, value) in line.Dimensions) Reference(json, settings.FieldOf(dimension), value);
        if (line.Memo.Length > 0) json.WriteString("memo", line.Memo);
        json.WriteEndObject();
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
        if (document.Reference.Length > 0) text.Append(CultureInfo.InvariantCulture, $", ref. {document.Reference}");
        return NetSuiteLimits.Cut(text.ToString(), NetSuiteLimits.Memo);
    }

    /// <summary>
    /// A journal settles nothing by itself: the invoice it is for stands first in the line's memo, where who applies the open items
    /// of a customer looks.
    /// </summary>
    private static string Memo(ErpEntry entry, ErpEntryLine line)
    {
        var text = new StringBuilder();
        if (line.Settles.Length > 0) text.Append(CultureInfo.InvariantCulture, $"{line.Settles}: ");
        text.Append(line.Text.Length > 0 ? line.Text : entry.Text);
        if (line.DueDate is { } due) text.Append(CultureInfo.InvariantCulture, $", due {Day(due)}");
        return NetSuiteLimits.Cut(text.ToString(), NetSuiteLimits.LineMemo);
    }

    // Begins otherwise than an invoice's: HeldJournal tells the two apart by it where the lines do not.
    private static string Memo(ErpEntry entry)
    {
        var text = new StringBuilder(EntryMemo(entry.Key));
        text.Append(CultureInfo.InvariantCulture, $"{Words.Of(entry.Kind)}: {entry.Text}");
        if (entry.Reverses.Length > 0) text.Append(CultureInfo.InvariantCulture, $", reverses {entry.Reverses}");
        if (entry.Reference.Length > 0) text.Append(CultureInfo.InvariantCulture, $", ref. {entry.Reference}");
        return NetSuiteLimits.Cut(text.ToString(), NetSuiteLimits.Memo);
    }

    /// <summary>What the memo of an entry begins with; that of an invoice has a comma there.</summary>
    public static string EntryMemo(string key) => key + " ";

    private static void Reference(Utf8JsonWriter json, string name, string id)
    {
        json.WriteStartObject(name);
        json.WriteString("id", id);
        json.WriteEndObject();
    }

    private static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
