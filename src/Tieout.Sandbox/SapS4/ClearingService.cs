using System.Collections.Concurrent;
using System.Globalization;
using System.Xml;
using System.Xml.Linq;
using System.Xml.Schema;

namespace Tieout.Sandbox.SapS4;

/// <summary>
/// The asynchronous clearing service: what fits the schema is taken, and whether it was cleared shows in the line items only. An id seen
/// before is a duplicate and left alone, as the vendor does.
/// </summary>
/// <param name="seen">Ids of requests.</param>
internal sealed class ClearingService(KeyMemory seen)
{
    private static readonly XmlReaderSettings Validating = new()
    {
        ValidationType = ValidationType.Schema,
        Schemas = Load(),
        DtdProcessing = DtdProcessing.Prohibit,
    };

    private readonly ConcurrentDictionary<string, string> _results = new(StringComparer.Ordinal);

    /// <summary>What became of each request, by its id; empty for cleared.</summary>
    public IReadOnlyDictionary<string, string> Results => _results;

    /// <summary>Takes a message and clears what it can of it.</summary>
    /// <exception cref="XmlException">Not XML, or another message.</exception>
    /// <exception cref="XmlSchemaValidationException">Against the schema.</exception>
    public void Take(Stream envelope, SapLedger ledger, SapMasterData master)
    {
        using var outer = JournalEntryReader.Body(envelope, "JournalEntryBulkClearingRequest");
        using var body = XmlReader.Create(outer.ReadSubtree(), Validating);
        foreach (var request in XElement.Load(body).Elements("JournalEntryClearingRequest"))
        {
            var id = request.Element("MessageHeader")!.Element("ID")!.Value;
            if (seen.TakeNew([id])) _results[id] = Clear(request.Element("JournalEntry")!, ledger, master) ?? "";
        }
    }

    /// <summary>No id was ever seen.</summary>
    public void ForgetKeys() => seen.Forget();

    private static string? Clear(XElement entry, SapLedger ledger, SapMasterData master)
    {
        var (company, day) = (entry.Element("CompanyCode")!.Value, DateOnly.Parse(entry.Element("PostingDate")!.Value, CultureInfo.InvariantCulture));
        if (master.IsClosed(company, day)) return "The posting period is not open";
        return ledger.Clear(company, entry.Element("CurrencyCode")!.Value, [.. entry.Elements("APARItems").Select(item => new ClearingItem(
            item.Element("APARAccount")!.Value, item.Element("FiscalYear")!.Value, item.Element("AccountingDocument")!.Value,
            int.Parse(item.Element("AccountingDocumentItem")!.Value, CultureInfo.InvariantCulture) - 1,
            item.Element("PartialPaymentAmtInDspCrcy") is { } part ? decimal.Parse(part.Value, CultureInfo.InvariantCulture) : null))]);
    }

    private static XmlSchemaSet Load()
    {
        using var resource = typeof(ClearingService).Assembly.GetManifestResourceStream("sap-s4hana/journal-entry-clearing.xsd")!;
        using var reader = XmlReader.Create(resource);
        var schemas = new XmlSchemaSet();
        schemas.Add(JournalEntryReader.Namespace, reader);
        schemas.Compile();
        return schemas;
    }
}
