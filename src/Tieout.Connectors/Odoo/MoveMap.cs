using System.Globalization;
using System.Text.Json.Nodes;
using Tieout.Connectors.Port;
using Tieout.Domain;
using Tieout.Domain.Exceptions;
using static Tieout.Connectors.Odoo.OdooValues;

namespace Tieout.Connectors.Odoo;

/// <summary>
/// Our document as a move: an invoice as customer invoice or credit note, whose taxes Odoo computes and <see cref="Corrections"/> sets to ours;
/// everything else as entry, with every amount given.
/// </summary>
internal sealed class MoveMap(OdooSettings settings)
{
    private const string Until = "Until then the document is in our books only.";

    /// <summary>Why a document cannot be told to Odoo as it is; null when it can. Asked before anything is sent.</summary>
    public Finding? Problem(ErpDocument document) =>
        KeyProblem(document.Key)
        ?? (document is ErpInvoice invoice ? RuleProblem(invoice) : RuleProblem((ErpEntry)document))
        ?? RuleFindings.NotWhole(Amounts(document), document.Currency);

    /// <summary>The values to create it with; of a document without problems, with a catalogue that knows all it names.</summary>
    public JsonObject Of(ErpDocument document, Catalogue catalogue) =>
        document is ErpInvoice invoice ? Of(invoice, catalogue) : Of((ErpEntry)document, catalogue);

    /// <summary><c>out_invoice</c>, <c>out_refund</c> or <c>entry</c>.</summary>
    public static string TypeOf(ErpDocument document) => document is ErpInvoice invoice ? invoice.Total < 0m ? "out_refund" : "out_invoice" : "entry";

    /// <summary>The id of a customer; null for a text that is none.</summary>
    public static long? PartnerOf(string id) => long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 ? number : null;

    /// <summary>
    /// What has to be changed in an invoice's draft so that it shows our figures: taxes that Odoo rounds in another way, and the accounts of
    /// taxes and of what is owed.
    /// Empty when nothing has to. What cannot be set (a tax without a line of its own) is left, and found wrong afterwards.
    /// </summary>
    public JsonArray Corrections(ErpInvoice invoice, HeldMove draft, Catalogue catalogue)
    {
        JsonArray changes = [];
        foreach (var ours in invoice.Taxes.GroupBy(settings.Target.TaxCodeOf, StringComparer.Ordinal))
        {
            var lines = draft.Lines.Where(line => line.TaxId == catalogue.Taxes[ours.Key].Id).ToList();
            var difference = -ours.Sum(tax => tax.Amount) - lines.Sum(line => line.Amount);
            foreach (var (index, line) in lines.Index())
            {
                var change = new JsonObject();
                if (index == 0 && difference != 0m) change["amount_currency"] = line.Amount + difference;
                if (line.Account != settings.Target.AccountOf("tax", "")) change["account_id"] = catalogue.Accounts[settings.Target.AccountOf("tax", "")];
                if (change.Count > 0) changes.Add(Change(line.Id, change));
            }
        }
        var receivable = settings.Target.AccountOf("receivable", invoice.ReceivableAccount);
        foreach (var line in draft.Lines.Where(line => line.IsReceivable && line.Account != receivable))
            changes.Add(Change(line.Id, new JsonObject { ["account_id"] = catalogue.Accounts[receivable] }));
        return changes;
    }

    /// <summary>What an entry line is called: the invoice it settles first, which is how the settling finds it again.</summary>
    public static string Label(ErpEntry entry, ErpEntryLine line)
    {
        var text = line.Text.Length > 0 ? line.Text : entry.Text;
        return OdooLimits.Cut(line.Settles.Length > 0 ? $"{line.Settles} {text}" : text, OdooLimits.LineText) is { Length: > 0 } label ? label : entry.Key;
    }

    private JsonObject Of(ErpInvoice invoice, Catalogue catalogue)
    {
        var sign = TypeOf(invoice) == "out_refund" ? -1m : 1m;
        var move = Head(invoice, settings.Journal, catalogue);
        move["partner_id"] = PartnerOf(invoice.ErpCustomerId);
        move["invoice_date"] = Date(invoice.IssueDate);
        move["invoice_date_due"] = Date(invoice.DueDate);
        move["invoice_payment_term_id"] = false;
        move["payment_reference"] = invoice.Key;
        if (invoice.Corrects.Count > 0) move["invoice_origin"] = OdooLimits.Cut(string.Join(' ', invoice.Corrects), OdooLimits.LineText);
        if (invoice.Reference.Length > 0) move["narration"] = OdooLimits.Cut(invoice.Reference, OdooLimits.Note);
        move["invoice_line_ids"] = new JsonArray([.. invoice.Lines.Select(line => (JsonNode)Create(Sorted(
            new JsonObject
            {
                ["name"] = OdooLimits.Cut(line.Text, OdooLimits.LineText) is { Length: > 0 } text ? text : invoice.Key,
                ["quantity"] = 1,
                ["price_unit"] = line.Amount * sign,
                ["account_id"] = catalogue.Accounts[settings.Target.AccountOf(line.LedgerAccount, line.Account)],
                ["tax_ids"] = Set(catalogue.Taxes[settings.Target.TaxCodeOf(invoice, line)].Id),
            },
            line.Dimensions, catalogue)))]);
        return move;
    }

    private JsonObject Of(ErpEntry entry, Catalogue catalogue)
    {
        var move = Head(entry, settings.EntryJournal, catalogue);
        var reverses = entry.Reverses.Length > 0 ? $" reverses {entry.Reverses}" : "";
        move["narration"] = OdooLimits.Cut($"{Words.Of(entry.Kind)} {entry.Key}{reverses} {entry.Text} {entry.Reference}".TrimEnd(), OdooLimits.Note);
        var own = OwnAmounts(entry, catalogue);
        move["line_ids"] = new JsonArray([.. entry.Lines.Select((line, index) => (JsonNode)Create(Line(entry, line, own[index], catalogue)))]);
        return move;
    }

    private JsonObject Line(ErpEntry entry, ErpEntryLine line, decimal own, Catalogue catalogue)
    {
        var row = new JsonObject
        {
            ["name"] = Label(entry, line),
            ["account_id"] = catalogue.Accounts[settings.Target.AccountOf(line.LedgerAccount, line.Account)],
            ["currency_id"] = catalogue.Currencies[entry.Currency.Code],
            ["amount_currency"] = line.Amount,
            ["debit"] = own > 0m ? own : 0m,
            ["credit"] = own < 0m ? -own : 0m,
        };
        if (line.CustomerCode.Length > 0) row["partner_id"] = PartnerOf(line.ErpCustomerId);
        if (line.DueDate is { } due) row["date_maturity"] = Date(due);
        return Sorted(row, line.Dimensions, catalogue);
    }

    /// <summary>
    /// Each line in the company's currency: as our books have it, where they are in that currency; else by the rate Odoo has for the day, and what
    /// rounding leaves over goes to the largest line, because Odoo takes no entry that does not balance in both.
    /// </summary>
    private static decimal[] OwnAmounts(ErpEntry entry, Catalogue catalogue)
    {
        if (entry.Currency.Code == catalogue.Company.Currency) return [.. entry.Lines.Select(line => line.Amount)];
        if (entry.Books?.Code == catalogue.Company.Currency) return [.. entry.Lines.Select(line => line.InBooks)];
        var rate = catalogue.Rates[(entry.Currency.Code, entry.Date)];
        var digits = Currency.Of(catalogue.Company.Currency).MinorUnits;
        decimal[] own = [.. entry.Lines.Select(line => Rounding.HalfAwayFromZero(line.Amount / rate, digits))];
        own[Array.IndexOf(own, own.MaxBy(Math.Abs))] -= own.Sum();
        return own;
    }

    private JsonObject Head(ErpDocument document, string journal, Catalogue catalogue)
    {
        var head = new JsonObject
        {
            ["move_type"] = TypeOf(document),
            ["journal_id"] = catalogue.Journals[journal],
            ["ref"] = document.Key,
            ["date"] = Date(document.Date),
            ["currency_id"] = catalogue.Currencies[document.Currency.Code],
        };
        if (settings.NumberIsOurs) head["name"] = document.Key;
        return head;
    }

    private JsonObject Sorted(JsonObject row, IReadOnlyDictionary<string, string> dimensions, Catalogue catalogue)
    {
        if (dimensions.Count == 0) return row;
        var shares = new JsonObject();
        foreach (var (word, value) in dimensions.OrderBy(one => one.Key, StringComparer.Ordinal))
            shares[catalogue.Analytic[(settings.Plans[word], value)].ToString(CultureInfo.InvariantCulture)] = 100;
        row["analytic_distribution"] = shares;
        return row;
    }

    private static Finding? KeyProblem(string key) => OdooLimits.IsKey(key)
        ? null
        : new Finding(
            ExceptionCategory.Data, "key-not-valid",
            $"The number '{key}' holds characters other than letters, digits, dash, underscore, dot and slash; it is to be a move's number in Odoo.",
            $"Change the number series of the legal entity. {Until}");

    private Finding? RuleProblem(ErpInvoice invoice)
    {
        foreach (var line in invoice.Lines)
            if ((AccountProblem(line.LedgerAccount, line.Account) ?? DimensionProblem(line.Dimensions)) is { } finding) return finding;
        if (AccountProblem("receivable", invoice.ReceivableAccount) is { } missing) return missing;
        foreach (var tax in invoice.Taxes)
            if (settings.Target.TaxCodeOf(tax).Length == 0) return RuleFindings.TaxMissing(settings.Target, tax.Code);
        foreach (var line in invoice.Lines)
            if (settings.Target.TaxCodeOf(invoice, line).Length == 0) return RuleFindings.TaxMissing(settings.Target, line.TaxCode);
        return AccountProblem("tax", "");
    }

    private Finding? RuleProblem(ErpEntry entry)
    {
        foreach (var line in entry.Lines)
            if ((AccountProblem(line.LedgerAccount, line.Account) ?? DimensionProblem(line.Dimensions)
                ?? (line.Settles.Length > 0 ? KeyProblem(line.Settles) : null)) is { } finding) return finding;
        return null;
    }

    private Finding? AccountProblem(string ledgerAccount, string chosen) =>
        settings.Target.AccountOf(ledgerAccount, chosen).Length > 0 ? null : RuleFindings.AccountMissing(settings.Target, ledgerAccount);

    private Finding? DimensionProblem(IReadOnlyDictionary<string, string> dimensions) =>
        dimensions.Keys.Order(StringComparer.Ordinal).FirstOrDefault(word => !settings.Plans.ContainsKey(word)) is { } unmapped
            ? RuleFindings.DimensionUnmapped(settings.Target, unmapped)
            : null;

    private static IEnumerable<decimal> Amounts(ErpDocument document) => document is ErpInvoice invoice
        ? invoice.Lines.Select(line => line.Amount).Concat(invoice.Taxes.Select(tax => tax.Amount)).Append(invoice.Total)
        : ((ErpEntry)document).Lines.Select(line => line.Amount);
}
