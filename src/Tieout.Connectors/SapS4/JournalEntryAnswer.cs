using System.Globalization;
using System.Xml;
using System.Xml.Linq;
using Tieout.Domain.Posting;

namespace Tieout.Connectors.SapS4;

/// <summary>What came back from the posting service, read with the distrust that money deserves.</summary>
internal abstract record JournalEntryAnswer
{
    private JournalEntryAnswer() { }

    /// <summary>A confirmation message; it may hold fewer entries than were sent.</summary>
    public sealed record Confirmed(IReadOnlyList<Confirmation> Entries) : JournalEntryAnswer;

    /// <summary>The service refused the whole message as ours to correct: nothing was booked.</summary>
    public sealed record ClientFault(string Text) : JournalEntryAnswer;

    /// <summary>Anything else: another fault, a log-on page, half an XML document. Nobody knows what was booked.</summary>
    public sealed record Unreadable(string Reason) : JournalEntryAnswer;

    /// <summary>Reads an answer of status 200 or 500.</summary>
    public static JournalEntryAnswer Read(byte[] bytes)
    {
        XElement? body;
        try
        {
            var settings = new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit };
            using var reader = XmlReader.Create(new MemoryStream(bytes, writable: false), settings);
            body = XDocument.Load(reader).Root is { Name.LocalName: "Envelope" } root ? Child(root, "Body") : null;
        }
        catch (XmlException malformed)
        {
            return new Unreadable($"The answer is not XML: {malformed.Message}");
        }

        if (body is null) return new Unreadable("The answer is not a SOAP message.");
        if (Child(body, "Fault") is { } fault) return Fault(fault);
        return Child(body, "JournalEntryBulkCreateConfirmation") is { } confirmation
            ? new Confirmed([.. confirmation.Elements().Where(element => element.Name.LocalName == Confirmation.Element).Select(Confirmation.Of)])
            : new Unreadable("The answer holds no confirmation.");
    }

    /// <summary>
    /// The outcome of each document sent. Entries are matched by the id they refer to; where SAP fills none in, by position,
    /// and then only when there are as many as were sent: one missing in the middle would shift all that follow.
    /// </summary>
    public static IReadOnlyList<DeliveryOutcome> Outcomes(
        Confirmed answer, string messageId, int sent, IReadOnlyDictionary<string, string> meanings)
    {
        var byId = answer.Entries.ToLookup(entry => entry.ReferenceId, StringComparer.Ordinal);
        var byPosition = answer.Entries.Count == sent && answer.Entries.All(entry => entry.ReferenceId.Length == 0);
        DeliveryOutcome Outcome(int index)
        {
            if (byPosition) return answer.Entries[index].Outcome(meanings);
            var mine = byId[JournalEntryMap.EntryId(messageId, index)].ToList();
            return mine.Count == 1
                ? mine[0].Outcome(meanings)
                : new DeliveryOutcome.NoAnswer($"The answer confirms this document {mine.Count} times.");
        }
        return [.. Enumerable.Range(0, sent).Select(Outcome)];
    }

    private static JournalEntryAnswer Fault(XElement fault)
    {
        // SOAP 1.1 says Client, 1.2 says Sender, for a message that must not be sent again unchanged: it was not processed.
        var code = (Child(fault, "faultcode")?.Value ?? Child(fault, "Code")?.Value ?? "").Trim();
        var text = $"{code} {Child(fault, "faultstring")?.Value ?? Child(fault, "Reason")?.Value}".Trim();
        var name = code[(code.IndexOf(':', StringComparison.Ordinal) + 1)..];
        return name.Split('.')[0] is "Client" or "Sender" ? new ClientFault(text) : new Unreadable($"SAP answered with a fault: {text}");
    }

    private static XElement? Child(XElement parent, string name) => parent.Elements().FirstOrDefault(element => element.Name.LocalName == name);

    /// <summary>What SAP says about one document.</summary>
    /// <param name="ReferenceId">The id of the message it answers; empty when SAP leaves it out.</param>
    /// <param name="Document">Ten digits; blank or zeros when nothing was booked.</param>
    /// <param name="CompanyCode">Where it was booked.</param>
    /// <param name="FiscalYear">Four digits.</param>
    /// <param name="Severity">The highest of its messages.</param>
    /// <param name="Messages">In SAP's order.</param>
    public sealed record Confirmation(
        string ReferenceId, string Document, string CompanyCode, string FiscalYear, int Severity, IReadOnlyList<SapMessage> Messages)
    {
        /// <summary>The element of one document, and, inside it, of the document's number: the vendor uses the name twice.</summary>
        public const string Element = "JournalEntryCreateConfirmation";

        /// <summary>Reads one; what is missing is empty, and severity then 0.</summary>
        public static Confirmation Of(XElement message)
        {
            var entry = Child(message, Element);
            var log = Child(message, "Log");
            string Of(XElement? parent, string name) => (parent is null ? null : Child(parent, name))?.Value.Trim() ?? "";
            List<SapMessage> messages =
            [
                .. (log?.Elements() ?? []).Where(item => item.Name.LocalName == "Item")
                    .Select(item => new SapMessage(Of(item, "TypeID"), Digit(Of(item, "SeverityCode")), Child(item, "Note")?.Value ?? "")),
            ];
            var severity = Math.Max(Digit(Of(log, "MaximumLogItemSeverityCode")), messages.Select(item => item.Severity).DefaultIfEmpty().Max());
            return new Confirmation(
                Of(Child(message, "MessageHeader"), "ReferenceID"),
                Of(entry, "AccountingDocument"), Of(entry, "CompanyCode"), Of(entry, "FiscalYear"), severity, messages);
        }

        /// <summary>
        /// Booked takes both a number and no error; refused takes both an error and no number. When the two disagree nobody
        /// knows, and a look-up has to tell.
        /// </summary>
        public DeliveryOutcome Outcome(IReadOnlyDictionary<string, string> meanings)
        {
            var numbered = Document.Trim('0').Length > 0;
            var refused = Severity >= SapMessage.ErrorSeverity;
            if (numbered && !refused) return new DeliveryOutcome.Accepted(HeldEntry.Reference(CompanyCode, Document, FiscalYear));
            if (numbered || !refused)
                return new DeliveryOutcome.NoAnswer($"The answer contradicts itself: document '{Document}', severity {Severity}.");
            var meaning = SapFindings.Meaning(Messages, meanings);
            return meaning == SapFindings.Locked
                ? new DeliveryOutcome.NotSent("Locked in SAP: " + string.Join("; ", Messages.Select(message => message.Note)), ThisDocument: true)
                : new DeliveryOutcome.Refused(SapFindings.Of(meaning, Messages));
        }

        private static int Digit(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var digit) ? digit : 0;
    }
}
