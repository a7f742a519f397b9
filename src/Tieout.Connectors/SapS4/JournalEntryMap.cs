using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Xml;
using Tieout.Connectors.Port;
using Tieout.Domain;
using Tieout.Domain.Exceptions;
using Tieout.Domain.Invoicing;

namespace Tieout.Connectors.SapS4;

/// <summary>
/// Our documents as a <c>JournalEntryBulkCreateRequest</c>, the synchronous "Journal Entry - Post" service. Pure: the same
/// documents, settings and stamp give the same bytes. Element order is the schema's and matters: SAP ignores what stands in
/// the wrong place without a word.
/// </summary>
internal sealed partial class JournalEntryMap(SapSettings settings)
{
    /// <summary>Namespace of the root element; every element below it is unqualified.</summary>
    public const string Namespace = "http://sap.com/xi/SAPSCORE/SFIN";

    /// <summary>DocumentReferenceID: where the business key stands, and what look-ups ask for.</summary>
    public const int ReferenceLength = 16;

    /// <summary>Items of one document: the item number has three digits.</summary>
    public const int MostItems = 999;

    private const int ItemTextLength = 50;
    private const int HeaderTextLength = 25;
    private const int LogicalSystemLength = 10;
    private const int UserLength = 12;
    private const int AssignmentLength = 18;
    private const int FingerprintLength = 20; // Reference1InDocumentHeader
    private const int PredecessorLength = 20; // Reference2InDocumentHeader, OriginalPredecessorRefDocument

    private static readonly XmlWriterSettings Compact = new()
    {
        Encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
        OmitXmlDeclaration = true,
    };

    /// <summary>Why a document cannot be told to SAP as it is; null when it can. Asked before anything is sent.</summary>
    public Finding? Problem(ErpDocument document) => JournalEntryChecks.Problem(document, settings);

    /// <summary>The request, UTF-8, without XML declaration so that it can stand inside an envelope.</summary>
    /// <param name="documents">Documents without a <see cref="Problem"/>; at least one.</param>
    /// <param name="messageId">At most 28 characters; document n is named <c>messageId-n</c>, counting from 1.</param>
    /// <param name="created">When the message was made.</param>
    public byte[] Write(IReadOnlyList<ErpDocument> documents, string messageId, DateTimeOffset created) =>
        Write(documents, messageId, [.. documents.Select((_, index) => EntryId(messageId, index))], created);

    /// <summary>The same, each document under an id of its own, at most 35 characters.</summary>
    public byte[] Write(IReadOnlyList<ErpDocument> documents, string messageId, IReadOnlyList<string> entryIds, DateTimeOffset created)
    {
        var stamp = created.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        using var bytes = new MemoryStream(documents.Count * 2048);
        using (var xml = XmlWriter.Create(bytes, Compact))
        {
            xml.WriteStartElement("sfin", "JournalEntryBulkCreateRequest", Namespace);
            MessageHeader(xml, messageId, stamp);
            for (var index = 0; index < documents.Count; index++)
            {
                xml.WriteStartElement("JournalEntryCreateRequest");
                MessageHeader(xml, entryIds[index], stamp);
                Content(xml, documents[index]);
                xml.WriteEndElement();
            }
            xml.WriteEndElement();
        }
        return bytes.ToArray();
    }

    /// <summary>What a document says to SAP, without the message around it: the same for every repetition.</summary>
    public byte[] Content(ErpDocument document)
    {
        using var bytes = new MemoryStream(2048);
        using (var xml = XmlWriter.Create(bytes, Compact)) Content(xml, document);
        return bytes.ToArray();
    }

    private void Content(XmlWriter xml, ErpDocument document)
    {
        if (document is ErpEntry entry) Entry(xml, entry);
        else JournalEntry(xml, (ErpInvoice)document);
    }

    /// <summary>The id of one document's message header, by which SAP may refer to it in the answer.</summary>
    public static string EntryId(string messageId, int index) => string.Create(CultureInfo.InvariantCulture, $"{messageId}-{index + 1}");

    /// <summary>
    /// 20 characters over key, customer, currency, dates, lines, taxes and what it corrects. It stands in Reference1InDocumentHeader, so that
    /// an auditor can see that the entry in SAP was made from exactly this content.
    /// </summary>
    public static string Fingerprint(ErpInvoice document)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{document.Key}|{document.CustomerCode}|{document.Currency}");
        text.Append(CultureInfo.InvariantCulture, $"|{document.IssueDate:yyyy-MM-dd}|{document.DueDate:yyyy-MM-dd}");
        foreach (var line in document.Lines)
        {
            text.Append(CultureInfo.InvariantCulture, $"|{line.LedgerAccount}:{Plain(document, line.Amount)}{InBooks(document, line.InBooks)}");
            if (document.Taxes.Count > 1) text.Append('/').Append(line.TaxCode);
        }
        foreach (var tax in document.Taxes) text.Append(CultureInfo.InvariantCulture, $"|{tax.Code}:{Plain(document, tax.Amount)}{InBooks(document, tax.InBooks)}");
        foreach (var corrected in document.Corrects) text.Append('|').Append(corrected);
        return Hash(text);
    }

    private static string Hash(StringBuilder text) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())))[..FingerprintLength];

    private static void MessageHeader(XmlWriter xml, string id, string stamp)
    {
        xml.WriteStartElement("MessageHeader");
        xml.WriteElementString("ID", id);
        xml.WriteElementString("CreationDateTime", stamp);
        xml.WriteEndElement();
    }

    private void JournalEntry(XmlWriter xml, ErpInvoice document)
    {
        var memo = document.Kind == DocumentKind.CreditMemo;
        xml.WriteStartElement("JournalEntry");
        Header(
            xml, document, memo ? settings.CreditMemoDocumentType : settings.DocumentType, memo ? settings.CreditMemoHeaderText : settings.HeaderText,
            Fingerprint(document), document.Corrects);
        for (var index = 0; index < document.Lines.Count; index++) Item(xml, document, document.Lines[index], index + 2);
        DebtorItem(xml, document);
        foreach (var (index, tax) in TaxItems(document).Index()) ProductTaxItem(xml, document, tax, document.Lines.Count + 2 + index);
        xml.WriteEndElement();
    }

    /// <summary>What every document says of itself before its items.</summary>
    /// <param name="xml">Inside the document.</param>
    /// <param name="document">Key, date.</param>
    /// <param name="type">SAP's kind of document.</param>
    /// <param name="text">Cut here.</param>
    /// <param name="fingerprint">Of the content.</param>
    /// <param name="earlier">Keys of the documents it corrects or takes back.</param>
    private void Header(XmlWriter xml, ErpDocument document, string type, string text, string fingerprint, IReadOnlyList<string> earlier)
    {
        var issued = Day(document.Date);
        // From outside SAP there is no other origin than BKPFF; with it SAP fills the origin key itself.
        xml.WriteElementString("OriginalReferenceDocumentType", "BKPFF");
        Optional(xml, "OriginalReferenceDocumentLogicalSystem", SapText.Cut(settings.LogicalSystem, LogicalSystemLength));
        xml.WriteElementString("BusinessTransactionType", settings.BusinessTransaction);
        xml.WriteElementString("AccountingDocumentType", type);
        xml.WriteElementString("DocumentReferenceID", document.Key);
        Optional(xml, "OriginalPredecessorRefDocument", settings.InvoiceReference == SapSettings.AsPredecessor ? Corrected(earlier) : "");
        Optional(xml, "DocumentHeaderText", SapText.Cut(document.Reference.Length > 0 ? document.Reference : text, HeaderTextLength));
        xml.WriteElementString("CreatedByUser", SapText.Cut(settings.CreatedBy, UserLength));
        xml.WriteElementString("CompanyCode", settings.CompanyCode);
        xml.WriteElementString("DocumentDate", issued);
        xml.WriteElementString("PostingDate", issued);
        // Tenants with time-dependent tax require it; the others accept it.
        xml.WriteElementString("TaxDeterminationDate", issued);
        xml.WriteElementString("Reference1InDocumentHeader", fingerprint);
        Optional(xml, "Reference2InDocumentHeader", settings.InvoiceReference == SapSettings.AsReference2 ? Corrected(earlier) : "");
    }

    /// <summary>
    /// For a person and for clearing: the number of the invoice it corrects. Of several the first, with how many more there are:
    /// 16 characters, a blank, a plus and two digits fill the field.
    /// </summary>
    private static string Corrected(IReadOnlyList<string> earlier) => earlier switch
    {
        [] => "",
        [var only] => SapText.Cut(only, PredecessorLength),
        [var first, ..] => SapText.Cut(
            string.Create(CultureInfo.InvariantCulture, $"{first} +{Math.Min(earlier.Count - 1, 99)}"), PredecessorLength),
    };

    // One item for each of SAP's codes: two of ours, or one at two rates, may be one there.
    private IEnumerable<ErpTax> TaxItems(ErpInvoice document) => document.Taxes
        .GroupBy(settings.Target.TaxCodeOf, StringComparer.Ordinal)
        .Select(group => group.First() with { Base = group.Sum(tax => tax.Base), Amount = group.Sum(tax => tax.Amount) });

    private void Item(XmlWriter xml, ErpInvoice document, ErpLine line, int number)
    {
        xml.WriteStartElement("Item");
        xml.WriteElementString("ReferenceDocumentItem", number.ToString(CultureInfo.InvariantCulture));
        xml.WriteElementString("GLAccount", SapText.Ten(settings.Target.AccountOf(line.LedgerAccount, line.Account)));
        Amounts(xml, document, -line.Amount, -line.InBooks);
        Optional(xml, "DocumentItemText", SapText.Cut(line.Text, ItemTextLength));
        xml.WriteElementString("AssignmentReference", document.Key);
        xml.WriteStartElement("Tax");
        xml.WriteElementString("TaxCode", settings.Target.TaxCodeOf(document, line));
        xml.WriteEndElement();
        AccountAssignment(xml, line.Dimensions);
        xml.WriteEndElement();
    }

    private static void DebtorItem(XmlWriter xml, ErpInvoice document)
    {
        xml.WriteStartElement("DebtorItem");
        xml.WriteElementString("ReferenceDocumentItem", "1");
        xml.WriteElementString("Debtor", SapText.Ten(document.ErpCustomerId));
        Amounts(xml, document, document.Total, document.TotalInBooks);
        Optional(xml, "AltvRecnclnAccts", SapText.Ten(document.ReceivableAccount));
        xml.WriteElementString("AssignmentReference", document.Key);
        xml.WriteStartElement("CashDiscountTerms");
        xml.WriteElementString("DueCalculationBaseDate", Day(document.IssueDate));
        xml.WriteElementString("NetPaymentDays", string.Create(CultureInfo.InvariantCulture, $"P{document.TermDays}D"));
        xml.WriteEndElement();
        xml.WriteEndElement();
    }

    /// <summary>SAP does not compute tax here. An item is sent at zero too: it carries the base of an exempt invoice into the tax return.</summary>
    private void ProductTaxItem(XmlWriter xml, ErpInvoice document, ErpTax tax, int number)
    {
        xml.WriteStartElement("ProductTaxItem");
        xml.WriteElementString("ReferenceDocumentItem", number.ToString(CultureInfo.InvariantCulture));
        xml.WriteElementString("TaxCode", settings.Target.TaxCodeOf(tax));
        Optional(xml, "TaxItemClassification", settings.TaxClassification);
        Optional(xml, "ConditionType", settings.TaxCondition);
        Amounts(xml, document, -tax.Amount, -tax.InBooks);
        Amount(xml, "TaxBaseAmountInTransCrcy", document.Currency, -tax.Base); // base and tax carry the same sign
        xml.WriteEndElement();
    }

    // With an amount in the company code's currency SAP converts nothing.
    private static void Amounts(XmlWriter xml, ErpDocument document, decimal amount, decimal inBooks)
    {
        Amount(xml, "AmountInTransactionCurrency", document.Currency, amount);
        if (document.Books is { } books) Amount(xml, "AmountInCompanyCodeCurrency", books, inBooks);
    }

    private static void Amount(XmlWriter xml, string name, Currency currency, decimal amount)
    {
        xml.WriteStartElement(name);
        xml.WriteAttributeString("currencyCode", currency.Code);
        xml.WriteString(new Money(amount, currency).ToPlain());
        xml.WriteEndElement();
    }

    private static void Optional(XmlWriter xml, string name, string value)
    {
        if (value.Length > 0) xml.WriteElementString(name, value);
    }

    private static string InBooks(ErpDocument document, decimal amount) =>
        document.Books is { } books ? $"={new Money(amount, books).ToPlain()}" : "";

    private static string Plain(ErpDocument document, decimal amount) => new Money(amount, document.Currency).ToPlain();

    private static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
