using System.Globalization;
using System.Text;
using System.Xml;
using Tieout.Connectors.Port;
using Tieout.Domain;

namespace Tieout.Connectors.SapS4;

/// <summary>
/// Our journal entries: what customers owe as debtor items, everything else as ledger items, without tax. An entry that takes another
/// back is an entry of its own: SAP's reversal would take the original out of the books that are compared.
/// </summary>
internal sealed partial class JournalEntryMap
{
    /// <summary>20 characters over key, kind, currency, date, what it takes back and the lines; see the one of invoices.</summary>
    public static string Fingerprint(ErpEntry entry)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{entry.Key}|{Words.Of(entry.Kind)}|{entry.Currency}|{entry.Date:yyyy-MM-dd}|{entry.Reverses}");
        foreach (var line in entry.Lines)
        {
            text.Append(CultureInfo.InvariantCulture, $"|{line.LedgerAccount}/{line.CustomerCode}/{line.Settles}:{Plain(entry, line.Amount)}");
            text.Append(InBooks(entry, line.InBooks));
        }
        return Hash(text);
    }

    private void Entry(XmlWriter xml, ErpEntry entry)
    {
        xml.WriteStartElement("JournalEntry");
        Header(xml, entry, settings.DocumentTypeOf(entry), entry.Text, Fingerprint(entry), entry.Reverses.Length > 0 ? [entry.Reverses] : entry.Corrects);
        // The schema wants ledger items before debtor items, whatever order they have in ours.
        foreach (var (index, line) in entry.Lines.Index().Where(line => line.Item.CustomerCode.Length == 0)) LedgerItem(xml, entry, line, index + 1);
        foreach (var (index, line) in entry.Lines.Index().Where(line => line.Item.CustomerCode.Length > 0)) DebtorItem(xml, entry, line, index + 1);
        xml.WriteEndElement();
    }

    private void LedgerItem(XmlWriter xml, ErpEntry entry, ErpEntryLine line, int number)
    {
        xml.WriteStartElement("Item");
        xml.WriteElementString("ReferenceDocumentItem", number.ToString(CultureInfo.InvariantCulture));
        xml.WriteElementString("GLAccount", SapText.Ten(settings.Target.AccountOf(line.LedgerAccount, line.Account)));
        Amounts(xml, entry, line.Amount, line.InBooks);
        Optional(xml, "DocumentItemText", SapText.Cut(line.Text, ItemTextLength));
        xml.WriteElementString("AssignmentReference", entry.Key);
        AccountAssignment(xml, line.Dimensions);
        xml.WriteEndElement();
    }

    /// <summary>The invoice it settles stands in the assignment: what SAP's own clearing matches by, and what a person sorts by. It has no account
    /// assignment: SAP derives one from the items beside it.</summary>
    private void DebtorItem(XmlWriter xml, ErpEntry entry, ErpEntryLine line, int number)
    {
        xml.WriteStartElement("DebtorItem");
        xml.WriteElementString("ReferenceDocumentItem", number.ToString(CultureInfo.InvariantCulture));
        xml.WriteElementString("Debtor", SapText.Ten(line.ErpCustomerId));
        Amounts(xml, entry, line.Amount, line.InBooks);
        Optional(xml, "AltvRecnclnAccts", settings.OtherReceivable(line));
        Optional(xml, "DocumentItemText", SapText.Cut(line.Text, ItemTextLength));
        xml.WriteElementString("AssignmentReference", SapText.Cut(line.Settles.Length > 0 ? line.Settles : entry.Key, AssignmentLength));
        if (line.DueDate is { } due)
        {
            xml.WriteStartElement("CashDiscountTerms");
            xml.WriteElementString("DueCalculationBaseDate", Day(entry.Date));
            xml.WriteElementString("NetPaymentDays", string.Create(CultureInfo.InvariantCulture, $"P{Math.Max(0, due.DayNumber - entry.Date.DayNumber)}D"));
            xml.WriteEndElement();
        }
        xml.WriteEndElement();
    }

    /// <summary>In the schema's order, whatever order the rules gave them in.</summary>
    private void AccountAssignment(XmlWriter xml, IReadOnlyDictionary<string, string> dimensions)
    {
        if (dimensions.Count == 0) return;
        xml.WriteStartElement("AccountAssignment");
        foreach (var field in SapSettings.AssignmentFields)
            foreach (var (dimension, value) in dimensions)
                if (settings.FieldOf(dimension) == field) Optional(xml, field, SapText.Cut(value, int.MaxValue));
        xml.WriteEndElement();
    }
}
