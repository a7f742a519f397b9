using System.Globalization;
using System.Text;
using System.Xml;

namespace Tieout.Sandbox.SapS4;

/// <summary>Writes what the posting service answers.</summary>
internal static class SoapAnswer
{
    private const string Soap = "http://schemas.xmlsoap.org/soap/envelope/";

    private static readonly XmlWriterSettings Settings = new() { Encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), CheckCharacters = false };

    /// <summary>The confirmation message, with the misspelt element that real answers hold and no interface description knows.</summary>
    public static byte[] Confirmation(IReadOnlyList<(SapRequest Request, SapPosting.Result Result)> entries, DateTimeOffset now) =>
        Confirmation(entries, now, "JournalEntryBulkCreateConfirmation", "JournalEntryCreateRequestConfirmation_In");

    /// <summary>The confirmation of a message that was answered long ago.</summary>
    public static byte[] LateConfirmation(IReadOnlyList<(SapRequest Request, SapPosting.Result Result)> entries, DateTimeOffset now) =>
        Confirmation(entries, now, "JournalEntryBulkCreationConfirmation", "JournalEntryBulkCreationConfirmation_Out");

    private static byte[] Confirmation(
        IReadOnlyList<(SapRequest Request, SapPosting.Result Result)> entries, DateTimeOffset now, string name, string origin) => Envelope(xml =>
    {
        var stamp = now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        xml.WriteStartElement("n0", name, JournalEntryReader.Namespace);
        xml.WriteStartElement("MessageHeader");
        xml.WriteElementString("CreationDateTime", stamp);
        xml.WriteEndElement();
        xml.WriteElementString("ConfirmationInterfaceOrignName", origin);
        foreach (var (request, result) in entries) Entry(xml, request, result, stamp);
        Log(xml, []);
        xml.WriteEndElement();
    });

    /// <summary>A SOAP 1.1 fault; <paramref name="code"/> is Client or Server.</summary>
    public static byte[] Fault(string code, string text) => Envelope(xml =>
    {
        xml.WriteStartElement("soap-env", "Fault", Soap);
        xml.WriteElementString("faultcode", "soap-env:" + code);
        xml.WriteElementString("faultstring", text);
        xml.WriteEndElement();
    });

    private static void Entry(XmlWriter xml, SapRequest request, SapPosting.Result result, string stamp)
    {
        xml.WriteStartElement("JournalEntryCreateConfirmation");
        xml.WriteStartElement("MessageHeader");
        xml.WriteElementString("ReferenceID", request.MessageId);
        xml.WriteElementString("CreationDateTime", stamp);
        xml.WriteEndElement();
        xml.WriteStartElement("JournalEntryCreateConfirmation");
        xml.WriteElementString("AccountingDocument", result.Booked?.Number ?? " ");
        xml.WriteElementString("CompanyCode", request.Document.CompanyCode);
        xml.WriteElementString("FiscalYear", result.Booked?.FiscalYear ?? "0000");
        xml.WriteEndElement();
        Log(xml, result.Messages);
        xml.WriteEndElement();
    }

    private static void Log(XmlWriter xml, IReadOnlyList<(string Type, char Severity, string Note)> messages)
    {
        xml.WriteStartElement("Log");
        if (messages.Count > 0) xml.WriteElementString("MaximumLogItemSeverityCode", messages.Max(message => message.Severity).ToString());
        foreach (var (type, severity, note) in messages)
        {
            xml.WriteStartElement("Item");
            xml.WriteElementString("TypeID", type);
            xml.WriteElementString("SeverityCode", severity.ToString());
            xml.WriteElementString("Note", note);
            xml.WriteEndElement();
        }
        xml.WriteEndElement();
    }

    private static byte[] Envelope(Action<XmlWriter> body)
    {
        using var bytes = new MemoryStream(32 * 1024);
        using (var xml = XmlWriter.Create(bytes, Settings))
        {
            xml.WriteStartElement("soap-env", "Envelope", Soap);
            xml.WriteStartElement("soap-env", "Body", Soap);
            body(xml);
            xml.WriteEndElement();
            xml.WriteEndElement();
        }
        return bytes.ToArray();
    }
}
