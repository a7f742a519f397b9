using System.Text;
using Tieout.Connectors.Port;
using Tieout.Domain.Exceptions;
using Tieout.Domain.Posting;

namespace Tieout.Connectors.Legacy;

/// <summary>Our document as a <see cref="LegacyDocument"/>, and why one cannot be told. Pure.</summary>
internal sealed class LegacyMap(LegacySettings settings, Encoding encoding)
{
    private readonly TargetSettings _target = settings.Target;

    /// <summary>Why a document cannot be told to the ERP as it is; null when it can.</summary>
    public Finding? Problem(ErpDocument document) =>
        Unfit("key", document.Key, LegacyLimits.Key) ?? (document is ErpInvoice invoice ? Missing(invoice) : Missing((ErpEntry)document))
        ?? RuleFindings.NotWhole(Amounts(document), document.Currency) ?? Unfit(document);

    /// <summary>The document; only of one without <see cref="Problem"/>.</summary>
    public LegacyDocument Of(ErpDocument document) => document is ErpInvoice invoice ? Of(invoice) : Of((ErpEntry)document);

    /// <summary>The kind a document is.</summary>
    public static string KindOf(ErpDocument document) => document switch
    {
        ErpInvoice { Total: < 0m } => LegacyKind.CreditMemo,
        ErpInvoice => LegacyKind.Invoice,
        ErpEntry entry => entry.Kind switch
        {
            EntryKind.Payment => LegacyKind.Payment,
            EntryKind.Refund => LegacyKind.Refund,
            EntryKind.Dispute => LegacyKind.Dispute,
            EntryKind.WriteOff => LegacyKind.WriteOff,
            EntryKind.RevenueJournal => LegacyKind.RevenueJournal,
            EntryKind.Reversal => LegacyKind.Reversal,
            _ => LegacyKind.ManualJournal,
        },
        _ => throw new ArgumentException("No such document.", nameof(document)),
    };

    private LegacyDocument Of(ErpInvoice invoice)
    {
        var text = KindOf(invoice) == LegacyKind.Invoice ? "Invoice" : "Credit memo";
        List<LegacyLine> lines =
        [
            new(LegacyLine.OfCustomer, _target.AccountOf("receivable", invoice.ReceivableAccount), invoice.Total, text)
            {
                Customer = invoice.ErpCustomerId, Due = invoice.DueDate,
            },
        ];
        lines.AddRange(invoice.Lines.Select(line => Line(invoice, line)));
        // One line for each of their codes: two of ours may lead to one of theirs.
        lines.AddRange(invoice.Taxes.GroupBy(_target.TaxCodeOf, StringComparer.Ordinal).Select(Line));
        return new LegacyDocument(invoice.Key, KindOf(invoice), invoice.Currency.Code, invoice.IssueDate, text, lines)
        {
            Due = invoice.DueDate,
            RefersTo = invoice.Corrects is [var first, ..] ? first : "",
            CustomerReference = Cut(invoice.Reference),
        };
    }

    private LegacyDocument Of(ErpEntry entry)
    {
        var refersTo = entry.Reverses.Length > 0 ? entry.Reverses : entry.Corrects is [var first, ..] ? first : "";
        return new LegacyDocument(entry.Key, KindOf(entry), entry.Currency.Code, entry.Date, Cut(entry.Text), [.. entry.Lines.Select(Line)])
        {
            RefersTo = refersTo,
            CustomerReference = Cut(entry.Reference),
        };
    }

    private LegacyLine Line(ErpInvoice invoice, ErpLine line)
    {
        var account = _target.AccountOf(line.LedgerAccount, line.Account);
        return new LegacyLine(LegacyLine.OfLedger, account, -line.Amount, Cut(line.Text))
        {
            TaxCode = _target.TaxCodeOf(invoice, line),
            Dimensions = DimensionsOf(line.Dimensions),
        };
    }

    private LegacyLine Line(IGrouping<string, ErpTax> taxes)
    {
        var (amount, basis) = (taxes.Sum(tax => tax.Amount), taxes.Sum(tax => tax.Base));
        return new LegacyLine(LegacyLine.OfTax, _target.AccountOf("tax", ""), -amount, "Tax") { TaxCode = taxes.Key, TaxBase = -basis };
    }

    private LegacyLine Line(ErpEntryLine line)
    {
        var type = line.CustomerCode.Length > 0 ? LegacyLine.OfCustomer : LegacyLine.OfLedger;
        return new LegacyLine(type, _target.AccountOf(line.LedgerAccount, line.Account), line.Amount, Cut(line.Text))
        {
            Customer = line.ErpCustomerId,
            Settles = line.Settles,
            Due = line.DueDate,
            Dimensions = DimensionsOf(line.Dimensions),
        };
    }

    private string Cut(string text) => LegacyLimits.Cut(text, LegacyLimits.Text, encoding);

    private string[] DimensionsOf(IReadOnlyDictionary<string, string> dimensions)
    {
        string[] fields = ["", "", ""];
        foreach (var (word, value) in dimensions) fields[settings.FieldOf(word) - 1] = value;
        return fields;
    }

    // ---- What is missing ----------------------------------------------------------------------------------------------

    private Finding? Missing(ErpInvoice invoice)
    {
        foreach (var line in invoice.Lines)
            if (_target.AccountOf(line.LedgerAccount, line.Account).Length == 0) return RuleFindings.AccountMissing(_target, line.LedgerAccount);
            else if (_target.TaxCodeOf(invoice, line).Length == 0) return RuleFindings.TaxMissing(_target, line.TaxCode);
        if (_target.AccountOf("receivable", invoice.ReceivableAccount).Length == 0) return RuleFindings.AccountMissing(_target, "receivable");
        if (_target.AccountOf("tax", "").Length == 0) return RuleFindings.AccountMissing(_target, "tax");
        foreach (var tax in invoice.Taxes)
            if (_target.TaxCodeOf(tax).Length == 0) return RuleFindings.TaxMissing(_target, tax.Code);
        return Unmapped(invoice.Lines.SelectMany(line => line.Dimensions.Keys));
    }

    private Finding? Missing(ErpEntry entry)
    {
        foreach (var line in entry.Lines)
            if (_target.AccountOf(line.LedgerAccount, line.Account).Length == 0) return RuleFindings.AccountMissing(_target, line.LedgerAccount);
        return Unmapped(entry.Lines.SelectMany(line => line.Dimensions.Keys));
    }

    private Finding? Unmapped(IEnumerable<string> words) => words.FirstOrDefault(word => settings.FieldOf(word) == 0) is { } word
        ? RuleFindings.DimensionUnmapped(_target, word)
        : null;

    // ---- What does not fit --------------------------------------------------------------------------------------------

    private Finding? Unfit(ErpDocument document)
    {
        var mapped = Of(document);
        if (mapped.RefersTo.Length > 0 && Unfit("reference", mapped.RefersTo, LegacyLimits.Key) is { } reference) return reference;
        foreach (var line in mapped.Lines)
        {
            var problem = Unfit("account", line.Account, LegacyLimits.Code) ?? Unfit("tax code", line.TaxCode, LegacyLimits.TaxCode)
                ?? Unfit("customer", line.Customer, LegacyLimits.Code) ?? Unfit("settled document", line.Settles, LegacyLimits.Key)
                ?? line.Dimensions.Select(value => Unfit("dimension", value, LegacyLimits.Code)).FirstOrDefault(found => found is not null);
            if (problem is not null) return problem;
            if (Math.Abs(line.Amount) > LegacyLimits.LargestAmount || Math.Abs(line.TaxBase) > LegacyLimits.LargestAmount)
                return LegacyFindings.Unfit("amount", line.Amount.ToString(System.Globalization.CultureInfo.InvariantCulture));
        }
        return null;
    }

    private static Finding? Unfit(string what, string code, int width) => LegacyLimits.IsCode(code, width) ? null : LegacyFindings.Unfit(what, code);

    private static IEnumerable<decimal> Amounts(ErpDocument document) => document is ErpInvoice invoice
        ? [.. invoice.Lines.Select(line => line.Amount), .. invoice.Taxes.Select(tax => tax.Amount), invoice.Total]
        : ((ErpEntry)document).Lines.Select(line => line.Amount);
}
