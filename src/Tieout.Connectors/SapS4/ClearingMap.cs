using System.Globalization;
using System.Text;
using System.Xml;
using Tieout.Domain;

namespace Tieout.Connectors.SapS4;

/// <summary>Pairs of open items as a <c>JournalEntryBulkClearingRequest</c>. Pure.</summary>
internal static class ClearingMap
{
    private static readonly XmlWriterSettings Compact = new()
    {
        Encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
        OmitXmlDeclaration = true,
    };

    /// <summary>The request, UTF-8, to stand inside an envelope; one clearing for each pair, so that one refused takes none with it.</summary>
    public static byte[] Write(IReadOnlyList<ClearingPair> pairs, SapSettings settings, string messageId, DateTimeOffset created)
    {
        var stamp = created.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        using var bytes = new MemoryStream(pairs.Count * 1024);
        using (var xml = XmlWriter.Create(bytes, Compact))
        {
            xml.WriteStartElement("sfin", "JournalEntryBulkClearingRequest", JournalEntryMap.Namespace);
            Header(xml, messageId, stamp);
            foreach (var pair in pairs)
            {
                xml.WriteStartElement("JournalEntryClearingRequest");
                // The same for every repetition: SAP refuses an id it has seen.
                Header(xml, string.Create(CultureInfo.InvariantCulture, $"{pair.Entry.Key}-{pair.Line}"), stamp);
                Entry(xml, pair, settings);
                xml.WriteEndElement();
            }
            xml.WriteEndElement();
        }
        return bytes.ToArray();
    }

    private static void Entry(XmlWriter xml, ClearingPair pair, SapSettings settings)
    {
        var day = pair.Entry.Date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        xml.WriteStartElement("JournalEntry");
        xml.WriteElementString("CompanyCode", settings.CompanyCode);
        xml.WriteElementString("AccountingDocumentType", settings.ClearingDocumentType);
        xml.WriteElementString("DocumentDate", day);
        xml.WriteElementString("PostingDate", day);
        xml.WriteElementString("CurrencyCode", pair.Entry.Currency.Code);
        Item(xml, 1, pair.Ours, null);
        var part = Math.Abs(pair.Ours.Amount);
        // What is settled in part stays open by the rest; without an amount SAP clears the whole item.
        Item(xml, 2, pair.Settled, part == Math.Abs(pair.Settled.Amount) ? null : new Money(part, pair.Entry.Currency));
        xml.WriteEndElement();
    }

    private static void Item(XmlWriter xml, int number, LineItem item, Money? part)
    {
        xml.WriteStartElement("APARItems");
        xml.WriteElementString("ReferenceDocumentItem", number.ToString(CultureInfo.InvariantCulture));
        xml.WriteElementString("AccountType", "D");
        xml.WriteElementString("APARAccount", item.Customer);
        xml.WriteElementString("FiscalYear", item.FiscalYear);
        xml.WriteElementString("AccountingDocument", item.Document);
        xml.WriteElementString("AccountingDocumentItem", item.Number);
        if (part is { } amount)
        {
            xml.WriteStartElement("PartialPaymentAmtInDspCrcy");
            xml.WriteAttributeString("currencyCode", amount.Currency.Code);
            xml.WriteString(amount.ToPlain());
            xml.WriteEndElement();
        }
        xml.WriteEndElement();
    }

    private static void Header(XmlWriter xml, string id, string stamp)
    {
        xml.WriteStartElement("MessageHeader");
        xml.WriteElementString("ID", id);
        xml.WriteElementString("CreationDateTime", stamp);
        xml.WriteEndElement();
    }
}
