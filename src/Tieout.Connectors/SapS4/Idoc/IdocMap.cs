using System.Globalization;
using System.Text;
using System.Xml;
using Tieout.Connectors.Port;
using Tieout.Domain;
using Tieout.Domain.Invoicing;

namespace Tieout.Connectors.SapS4.Idoc;

/// <summary>
/// Our documents as IDocs of type ACC_DOCUMENT05. Pure: the same documents, settings, references and stamp give the same bytes. Each item's amount stands in
/// a segment of its own behind all items, under the item's number. Texts are cut here, by the lengths below.
/// </summary>
internal sealed class IdocMap(SapSettings settings)
{
    private const int LogicalSystemLength = 10; // OBJ_SYS
    private const int UserLength = 12;          // USERNAME
    private const int HeaderTextLength = 25;    // HEADER_TXT
    private const int ItemTextLength = 50;      // ITEM_TEXT
    private const int AssignmentLength = 18;    // ALLOC_NMBR
    private const int EarlierLength = 20;       // REF_KEY_3

    private static readonly XmlWriterSettings Compact = new()
    {
        Encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
    };

    private static readonly XmlWriterSettings Fragment = new()
    {
        Encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
        ConformanceLevel = ConformanceLevel.Fragment,
    };

    // The fields of the segment for SAP's account assignments, in the segment's order.
    private static readonly (string Field, string Name)[] BeforeAssignment = [("FunctionalArea", "FUNC_AREA")];

    private static readonly (string Field, string Name)[] AfterTaxCode =
        [("CostCenter", "COSTCENTER"), ("ProfitCenter", "PROFIT_CTR"), ("WBSElement", "WBS_ELEMENT"), ("Segment", "SEGMENT")];

    /// <summary>The file, UTF-8; one IDoc for each document.</summary>
    /// <param name="documents">Documents without a problem; at least one.</param>
    /// <param name="references">What each is called on its way; in ARCKEY.</param>
    /// <param name="created">When the file was made.</param>
    public byte[] Write(IReadOnlyList<ErpDocument> documents, IReadOnlyList<string> references, DateTimeOffset created)
    {
        using var bytes = new MemoryStream(documents.Count * 4096);
        using (var xml = XmlWriter.Create(bytes, Compact))
        {
            xml.WriteStartElement("ACC_DOCUMENT05");
            foreach (var (index, document) in documents.Index())
            {
                xml.WriteStartElement("IDOC");
                xml.WriteAttributeString("BEGIN", "1");
                Control(xml, references[index], created.UtcDateTime);
                Document(xml, document);
                xml.WriteEndElement();
            }
            xml.WriteEndElement();
        }
        return bytes.ToArray();
    }

    /// <summary>What a document says, without the control record: the same for every repetition.</summary>
    public byte[] Content(ErpDocument document)
    {
        using var bytes = new MemoryStream(4096);
        using (var xml = XmlWriter.Create(bytes, Fragment)) Document(xml, document);
        return bytes.ToArray();
    }

    private void Control(XmlWriter xml, string reference, DateTime created)
    {
        Segment(xml, "EDI_DC40");
        xml.WriteElementString("TABNAM", "EDI_DC40");
        Optional(xml, "MANDT", settings.SapClient);
        xml.WriteElementString("DOCNUM", IdocForm.NumberOf(reference));
        xml.WriteElementString("DIRECT", "2");
        xml.WriteElementString("IDOCTYP", "ACC_DOCUMENT05");
        xml.WriteElementString("MESTYP", "ACC_DOCUMENT");
        Optional(xml, "SNDPOR", settings.IdocSenderPort);
        xml.WriteElementString("SNDPRT", "LS");
        xml.WriteElementString("SNDPRN", settings.IdocSender);
        Optional(xml, "RCVPOR", settings.IdocReceiverPort);
        xml.WriteElementString("RCVPRT", "LS");
        xml.WriteElementString("RCVPRN", settings.IdocReceiver);
        xml.WriteElementString("CREDAT", created.ToString("yyyyMMdd", CultureInfo.InvariantCulture));
        xml.WriteElementString("CRETIM", created.ToString("HHmmss", CultureInfo.InvariantCulture));
        xml.WriteElementString("ARCKEY", reference);
        xml.WriteEndElement();
    }

    private void Document(XmlWriter xml, ErpDocument document)
    {
        List<ItemAmount> amounts = [];
        if (document is ErpEntry entry) Entry(xml, entry, amounts);
        else Invoice(xml, (ErpInvoice)document, amounts);
        foreach (var amount in amounts)
        {
            Amount(xml, amount.Item, "00", document.Currency, amount.Amount, amount.Base);
            // The company code's own: with it SAP converts nothing.
            if (document.Books is { } books) Amount(xml, amount.Item, "10", books, amount.InBooks, taxed: null);
        }
    }

    private void Invoice(XmlWriter xml, ErpInvoice invoice, List<ItemAmount> amounts)
    {
        var memo = invoice.Kind == DocumentKind.CreditMemo;
        Header(xml, invoice, memo ? settings.CreditMemoDocumentType : settings.DocumentType, memo ? settings.CreditMemoHeaderText : settings.HeaderText);
        foreach (var (index, line) in invoice.Lines.Index())
        {
            LedgerItem(
                xml, index + 2, settings.Target.AccountOf(line.LedgerAccount, line.Account), line.Text, invoice.Key,
                settings.Target.TaxCodeOf(invoice, line), line.Dimensions);
            amounts.Add(new ItemAmount(index + 2, -line.Amount, -line.InBooks));
        }
        CustomerItem(
            xml, 1, invoice.ErpCustomerId, invoice.ReceivableAccount, invoice.Key, "", Earlier(invoice.Corrects), (invoice.IssueDate, invoice.TermDays));
        amounts.Insert(0, new ItemAmount(1, invoice.Total, invoice.TotalInBooks));
        // One item for each of SAP's codes, at zero too: it carries the base of an exempt invoice into the tax return.
        var taxes = invoice.Taxes.GroupBy(settings.Target.TaxCodeOf, StringComparer.Ordinal);
        foreach (var (index, tax) in taxes.Index())
        {
            var number = invoice.Lines.Count + 2 + index;
            TaxItem(xml, number, tax.Key);
            amounts.Add(new ItemAmount(number, -tax.Sum(one => one.Amount), -tax.Sum(one => one.InBooks), -tax.Sum(one => one.Base)));
        }
    }

    private void Entry(XmlWriter xml, ErpEntry entry, List<ItemAmount> amounts)
    {
        Header(xml, entry, settings.DocumentTypeOf(entry), entry.Text);
        foreach (var (index, line) in entry.Lines.Index().Where(line => line.Item.CustomerCode.Length == 0))
            LedgerItem(xml, index + 1, settings.Target.AccountOf(line.LedgerAccount, line.Account), line.Text, entry.Key, "", line.Dimensions);
        var earlier = Earlier(entry.Reverses.Length > 0 ? [entry.Reverses] : entry.Corrects);
        foreach (var (index, line) in entry.Lines.Index().Where(line => line.Item.CustomerCode.Length > 0))
            CustomerItem(
                xml, index + 1, line.ErpCustomerId, settings.OtherReceivable(line), line.Settles.Length > 0 ? line.Settles : entry.Key, line.Text, earlier,
                line.DueDate is { } due ? (entry.Date, Math.Max(0, due.DayNumber - entry.Date.DayNumber)) : null);
        foreach (var (index, line) in entry.Lines.Index()) amounts.Add(new ItemAmount(index + 1, line.Amount, line.InBooks));
    }

    private void Header(XmlWriter xml, ErpDocument document, string type, string text)
    {
        Segment(xml, "E1BPACHE09");
        xml.WriteElementString("OBJ_TYPE", "BKPFF"); // from outside SAP there is no other origin
        xml.WriteElementString("OBJ_KEY", "$");      // SAP fills its own
        Optional(xml, "OBJ_SYS", SapText.Cut(settings.LogicalSystem, LogicalSystemLength));
        xml.WriteElementString("BUS_ACT", settings.BusinessTransaction);
        xml.WriteElementString("USERNAME", SapText.Cut(settings.CreatedBy, UserLength));
        Optional(xml, "HEADER_TXT", SapText.Cut(document.Reference.Length > 0 ? document.Reference : text, HeaderTextLength));
        xml.WriteElementString("COMP_CODE", settings.CompanyCode);
        xml.WriteElementString("DOC_DATE", Day(document.Date));
        xml.WriteElementString("PSTNG_DATE", Day(document.Date));
        xml.WriteElementString("DOC_TYPE", type);
        xml.WriteElementString("REF_DOC_NO", document.Key);
        xml.WriteEndElement();
    }

    private void LedgerItem(
        XmlWriter xml, int number, string account, string text, string assignment, string taxCode, IReadOnlyDictionary<string, string> dimensions)
    {
        Segment(xml, "E1BPACGL09");
        xml.WriteElementString("ITEMNO_ACC", Number(number));
        xml.WriteElementString("GL_ACCOUNT", SapText.Ten(account));
        Optional(xml, "ITEM_TEXT", SapText.Cut(text, ItemTextLength));
        xml.WriteElementString("COMP_CODE", settings.CompanyCode);
        Assigned(xml, BeforeAssignment, dimensions);
        xml.WriteElementString("ALLOC_NMBR", SapText.Cut(assignment, AssignmentLength));
        Optional(xml, "TAX_CODE", taxCode);
        Assigned(xml, AfterTaxCode, dimensions);
        xml.WriteEndElement();
    }

    private void Assigned(XmlWriter xml, (string Field, string Name)[] fields, IReadOnlyDictionary<string, string> dimensions)
    {
        foreach (var (field, name) in fields)
            foreach (var (dimension, value) in dimensions)
                if (settings.FieldOf(dimension) == field) Optional(xml, name, SapText.Cut(value, int.MaxValue));
    }

    private void CustomerItem(
        XmlWriter xml, int number, string customer, string account, string assignment, string text, string earlier, (DateOnly From, int Days)? due)
    {
        Segment(xml, "E1BPACAR09");
        xml.WriteElementString("ITEMNO_ACC", Number(number));
        xml.WriteElementString("CUSTOMER", SapText.Ten(customer));
        Optional(xml, "GL_ACCOUNT", SapText.Ten(account));
        Optional(xml, "REF_KEY_3", earlier);
        xml.WriteElementString("COMP_CODE", settings.CompanyCode);
        if (due is { } terms)
        {
            xml.WriteElementString("BLINE_DATE", Day(terms.From));
            xml.WriteElementString("NETTERMS", Math.Min(terms.Days, 999).ToString(CultureInfo.InvariantCulture));
        }
        xml.WriteElementString("ALLOC_NMBR", SapText.Cut(assignment, AssignmentLength));
        Optional(xml, "ITEM_TEXT", SapText.Cut(text, ItemTextLength));
        xml.WriteEndElement();
    }

    private void TaxItem(XmlWriter xml, int number, string code)
    {
        Segment(xml, "E1BPACTX09");
        xml.WriteElementString("ITEMNO_ACC", Number(number));
        Optional(xml, "COND_KEY", settings.TaxCondition);
        Optional(xml, "ACCT_KEY", settings.TaxClassification);
        xml.WriteElementString("TAX_CODE", code);
        xml.WriteEndElement();
    }

    /// <summary>One amount of an item.</summary>
    /// <param name="type"><c>00</c> the document's own currency, <c>10</c> the company code's.</param>
    private static void Amount(XmlWriter xml, int item, string type, Currency currency, decimal amount, decimal? taxed)
    {
        Segment(xml, "E1BPACCR09");
        xml.WriteElementString("ITEMNO_ACC", Number(item));
        xml.WriteElementString("CURR_TYPE", type);
        xml.WriteElementString("CURRENCY", currency.Code);
        xml.WriteElementString("CURRENCY_ISO", currency.Code);
        xml.WriteElementString("AMT_DOCCUR", new Money(amount, currency).ToPlain());
        if (taxed is { } basis) xml.WriteElementString("AMT_BASE", new Money(basis, currency).ToPlain());
        xml.WriteEndElement();
    }

    /// <summary>For a person: what it corrects or takes back; of several the first, with how many more there are.</summary>
    private static string Earlier(IReadOnlyList<string> keys) => keys switch
    {
        [] => "",
        [var only] => SapText.Cut(only, EarlierLength),
        [var first, ..] => SapText.Cut(string.Create(CultureInfo.InvariantCulture, $"{first} +{Math.Min(keys.Count - 1, 99)}"), EarlierLength),
    };

    private static void Segment(XmlWriter xml, string name)
    {
        xml.WriteStartElement(name);
        xml.WriteAttributeString("SEGMENT", "1");
    }

    private static void Optional(XmlWriter xml, string name, string value)
    {
        if (value.Length > 0) xml.WriteElementString(name, value);
    }

    private static string Number(int number) => number.ToString("0000000000", CultureInfo.InvariantCulture);

    private static string Day(DateOnly day) => day.ToString("yyyyMMdd", CultureInfo.InvariantCulture);

    /// <summary>What an item comes to, debit positive.</summary>
    /// <param name="Item">Its number.</param>
    /// <param name="Amount">In the document's currency.</param>
    /// <param name="InBooks">In that of the books, where it is told.</param>
    /// <param name="Base">What a tax is computed on, with the tax's sign; null for other items.</param>
    private readonly record struct ItemAmount(int Item, decimal Amount, decimal InBooks, decimal? Base = null);
}
