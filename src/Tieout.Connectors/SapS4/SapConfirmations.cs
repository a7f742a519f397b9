using System.Xml;
using System.Xml.Linq;
using Tieout.Connectors.Port;
using Tieout.Connectors.SapS4.Idoc;

namespace Tieout.Connectors.SapS4;

/// <summary>Messages that SAP sends by itself about documents it had taken. Pure.</summary>
internal static class SapConfirmations
{
    /// <summary>Names of the confirmation message; sources differ.</summary>
    private static readonly string[] Names = ["JournalEntryBulkCreateConfirmation", "JournalEntryBulkCreationConfirmation"];

    /// <summary>Reads one as the target's way has it; held against the schema.</summary>
    public static ConfirmationReading Read(SapSettings settings, byte[] message)
    {
        try
        {
            return settings.Delivery == SapSettings.ByIdoc ? IdocStatus.Read(Load(message)) : OfJournalEntries(message);
        }
        catch (XmlException broken)
        {
            return new ConfirmationReading.Malformed($"It is not XML, or holds a document type: {broken.Message}");
        }
    }

    private static ConfirmationReading OfJournalEntries(byte[] message)
    {
        var root = Load(message).Root!;
        var body = root.Name.LocalName == "Envelope"
            ? root.Elements().FirstOrDefault(element => element.Name.LocalName == "Body")?.Elements().FirstOrDefault()
            : root;
        if (body is null || !Names.Contains(body.Name.LocalName, StringComparer.Ordinal) || body.Name.NamespaceName != JournalEntryMap.Namespace)
            return new ConfirmationReading.Malformed($"It holds no {Names[1]}.");
        if (JournalEntrySchema.Problem(body) is { } violation) return new ConfirmationReading.Malformed($"It breaks the schema: {violation}");

        var told = body.Elements(JournalEntryAnswer.Confirmation.Element).Select(JournalEntryAnswer.Confirmation.Of).ToList();
        if (told.Count == 0) return new ConfirmationReading.Malformed("It confirms nothing.");
        return told.Exists(one => one.ReferenceId.Length == 0)
            ? new ConfirmationReading.Malformed("A confirmation does not say which message it is about (ReferenceID).")
            : new ConfirmationReading.Told(told.ConvertAll(Of));
    }

    private static Confirmation Of(JournalEntryAnswer.Confirmation told)
    {
        var (numbered, refused) = (told.Document.Trim('0').Length > 0, told.Severity >= SapMessage.ErrorSeverity);
        return new Confirmation(
            told.ReferenceId,
            numbered == refused ? ConfirmedAs.Unclear : numbered ? ConfirmedAs.Booked : ConfirmedAs.Refused,
            numbered ? HeldEntry.Reference(told.CompanyCode, told.Document, told.FiscalYear) : null,
            [.. told.Messages.Select(message => new ConfirmationNote(message.Type, message.Severity, message.Note))]);
    }

    /// <summary>A document without a document type: nothing is fetched, nothing expands.</summary>
    /// <exception cref="XmlException">Not XML, or with a document type.</exception>
    internal static XDocument Load(byte[] message)
    {
        var settings = new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null };
        using var reader = XmlReader.Create(new MemoryStream(message, writable: false), settings);
        return XDocument.Load(reader);
    }
}
