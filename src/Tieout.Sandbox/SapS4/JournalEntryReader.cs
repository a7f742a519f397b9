using System.Collections.Concurrent;
using System.Globalization;
using System.Xml;
using System.Xml.Schema;

namespace Tieout.Sandbox.SapS4;

/// <summary>
/// Reads a SOAP request in one pass and holds its body against the schema while doing so. One reader per request.
/// </summary>
internal sealed class JournalEntryReader
{
    public const string Namespace = "http://sap.com/xi/SAPSCORE/SFIN";

    private static readonly XmlReaderSettings Validating = new()
    {
        ValidationType = ValidationType.Schema,
        Schemas = Load(),
        DtdProcessing = DtdProcessing.Prohibit,
        IgnoreComments = true,
        IgnoreProcessingInstructions = true,
    };

    // Account, currency, tax code, customer and most texts repeat endlessly: a million documents must fit into memory.
    private const int PooledStrings = 200_000;
    private static readonly ConcurrentDictionary<string, string> Pool = new(StringComparer.Ordinal);

    private readonly List<SapRequest> _requests = [];
    private readonly List<SapItem> _items = [];
    private string _bulkId = "", _messageId = "", _company = "", _type = "", _reference = "", _reference1 = "", _header = "";
    private DateOnly _documentDate, _postingDate;
    private bool _inEntry;
    private char _kind = ' ';
    private SapItem _item;

    /// <summary>The documents of a request, each with the id of its message.</summary>
    /// <exception cref="XmlException">Not XML, or no SOAP message.</exception>
    /// <exception cref="XmlSchemaValidationException">Against the schema.</exception>
    public static IReadOnlyList<SapRequest> Read(Stream envelope) => ReadMessage(envelope).Requests;

    /// <summary>The same with the id of the whole message; empty without one.</summary>
    /// <exception cref="XmlException">Not XML, or no SOAP message.</exception>
    /// <exception cref="XmlSchemaValidationException">Against the schema.</exception>
    public static SapMessage ReadMessage(Stream envelope)
    {
        using var outer = Body(envelope, "JournalEntryBulkCreateRequest");
        using var body = XmlReader.Create(outer.ReadSubtree(), Validating);
        var reader = new JournalEntryReader();
        reader.ReadAll(body);
        while (outer.Read()) { } // the rest of the envelope has to be well-formed too
        return new SapMessage(reader._bulkId, reader._requests);
    }

    /// <summary>A reader at the one message inside an envelope.</summary>
    /// <exception cref="XmlException">Not XML, no SOAP message, or another message than this one.</exception>
    public static XmlReader Body(Stream envelope, string message)
    {
        var outer = XmlReader.Create(envelope, new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit });
        if (outer.MoveToContent() != XmlNodeType.Element || outer.LocalName != "Envelope") throw new XmlException("The request is not a SOAP message.");
        if (!outer.ReadToDescendant("Body", outer.NamespaceURI)) throw new XmlException("The SOAP message has no body.");
        do
        {
            if (!outer.Read()) throw new XmlException("The SOAP message ends in its body.");
        }
        while (outer.NodeType != XmlNodeType.Element);
        return outer.LocalName == message && outer.NamespaceURI == Namespace
            ? outer
            : throw new XmlException($"The service does not know a message '{outer.Name}'.");
    }

    private void ReadAll(XmlReader reader)
    {
        var text = "";
        var currency = "";
        while (reader.Read())
        {
            switch (reader.NodeType)
            {
                case XmlNodeType.Element:
                    text = "";
                    if (reader.HasAttributes) currency = reader.GetAttribute("currencyCode") ?? currency;
                    Start(reader.LocalName);
                    if (reader.IsEmptyElement) End(reader.LocalName, "", currency);
                    break;
                case XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.SignificantWhitespace:
                    text += reader.Value;
                    break;
                case XmlNodeType.EndElement:
                    End(reader.LocalName, text, currency);
                    text = "";
                    break;
            }
        }
    }

    private void Start(string name)
    {
        switch (name)
        {
            case "JournalEntryCreateRequest": (_messageId, _inEntry) = ("", true); break;
            case "JournalEntry": (_company, _type, _reference, _reference1, _header) = ("", "", "", "", ""); break;
            case "Item": Begin('S'); break;
            case "DebtorItem": Begin('D'); break;
            case "CreditorItem": Begin('K'); break;
            case "ProductTaxItem": Begin('T'); break;
        }
    }

    private void Begin(char kind)
    {
        _kind = kind;
        _item = new SapItem(kind, "", "", "", 0m, "", 0m, "", "", "");
    }

    private void End(string name, string text, string currency)
    {
        switch (name)
        {
            case "ID" when _inEntry && _messageId.Length == 0: _messageId = text; break;
            case "ID" when !_inEntry && _bulkId.Length == 0: _bulkId = text; break;
            case "Item" or "DebtorItem" or "CreditorItem" or "ProductTaxItem": _items.Add(_item); _kind = ' '; break;
            case "JournalEntryCreateRequest": Close(); break;
            default:
                if (_kind == ' ') Header(name, text);
                else ItemField(name, text, currency);
                break;
        }
    }

    private void Header(string name, string text)
    {
        switch (name)
        {
            case "CompanyCode": _company = Pooled(text); break;
            case "AccountingDocumentType": _type = Pooled(text); break;
            case "DocumentReferenceID": _reference = text; break;
            case "Reference1InDocumentHeader": _reference1 = text; break;
            case "DocumentHeaderText": _header = Pooled(text); break;
            case "DocumentDate": _documentDate = Day(text); break;
            case "PostingDate": _postingDate = Day(text); break;
        }
    }

    private void ItemField(string name, string text, string currency)
    {
        switch (name)
        {
            case "GLAccount": _item = _item with { Account = Pooled(text) }; break;
            case "AltvRecnclnAccts": _item = _item with { Account = Pooled(text) }; break;
            case "CostCenter" or "ProfitCenter" or "Segment" or "WBSElement" or "FunctionalArea":
                _item = _item with { Objects = Pooled($"{_item.Objects} {name}={text}".TrimStart()) };
                break;
            case "Debtor": _item = _item with { Customer = Pooled(text) }; break;
            case "AmountInTransactionCurrency": _item = _item with { Amount = Amount(text), Currency = Pooled(currency) }; break;
            case "AmountInCompanyCodeCurrency": _item = _item with { InCompany = Amount(text), CompanyCurrency = Pooled(currency) }; break;
            case "TaxBaseAmountInTransCrcy": _item = _item with { TaxBase = Amount(text) }; break;
            case "TaxCode": _item = _item with { TaxCode = Pooled(text) }; break;
            case "DocumentItemText": _item = _item with { Text = Pooled(text) }; break;
            // Almost always the reference itself: one string for both.
            case "AssignmentReference": _item = _item with { Assignment = text == _reference ? _reference : text }; break;
        }
    }

    private void Close()
    {
        var document = new SapDocument(_company, _type, _reference, _reference1, _header, _documentDate, _postingDate, [.. _items]);
        _requests.Add(new SapRequest(_messageId, document));
        _items.Clear();
        _inEntry = false;
    }

    private static string Pooled(string text)
    {
        if (Pool.TryGetValue(text, out var known)) return known;
        return Pool.Count < PooledStrings ? Pool.GetOrAdd(text, text) : text;
    }

    private static decimal Amount(string text) => decimal.Parse(text, NumberStyles.Number, CultureInfo.InvariantCulture);

    private static DateOnly Day(string text) => DateOnly.ParseExact(text.AsSpan(0, 10), "yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static XmlSchemaSet Load()
    {
        using var resource = typeof(JournalEntryReader).Assembly.GetManifestResourceStream("sap-s4hana/journal-entry-post-sync.xsd")!;
        using var reader = XmlReader.Create(resource);
        var schemas = new XmlSchemaSet();
        schemas.Add(Namespace, reader);
        schemas.Compile();
        return schemas;
    }
}

/// <summary>One document to be posted, with the id of its message.</summary>
internal sealed record SapRequest(string MessageId, SapDocument Document);

/// <summary>A message of several documents.</summary>
internal sealed record SapMessage(string Id, IReadOnlyList<SapRequest> Requests);
