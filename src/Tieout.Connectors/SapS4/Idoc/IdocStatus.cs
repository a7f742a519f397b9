using System.Globalization;
using System.Xml.Linq;
using Tieout.Connectors.Port;

namespace Tieout.Connectors.SapS4.Idoc;

/// <summary>Status messages (ALEAUD01): what became of our IDocs, by the number we gave them. Pure.</summary>
internal static class IdocStatus
{
    private const int DocumentLength = 10;
    private const int CompanyLength = 4;
    private const int YearLength = 4;

    /// <summary>Reads one; held against the schema.</summary>
    public static ConfirmationReading Read(XDocument message)
    {
        if (message.Root!.Name != "ALEAUD01") return new ConfirmationReading.Malformed("It holds no ALEAUD01.");
        if (IdocSchemas.Problem(message) is { } violation) return new ConfirmationReading.Malformed($"It breaks the schema: {violation}");
        List<Confirmation> told =
        [
            .. message.Root.Elements("IDOC").Elements("E1ADHDR").Where(header => header.Element("MESTYP")!.Value == "ACC_DOCUMENT").Elements("E1STATE").Select(Of),
        ];
        return told.Count > 0 ? new ConfirmationReading.Told(told) : new ConfirmationReading.Malformed("It tells nothing of an ACC_DOCUMENT.");
    }

    /// <summary>
    /// 53 posted, with the document in STAPA2; 51, 56 and 68 not posted. Whatever else there is says that SAP works on it, and so does a 53 that names no document.
    /// </summary>
    private static Confirmation Of(XElement state)
    {
        string Text(string name) => state.Element(name)?.Value.Trim() ?? "";
        var status = Text("STATUS");
        var refused = status is "51" or "56" or "68";
        var document = status == "53" ? Text("STAPA2") : "";
        var named = document.Length == DocumentLength + CompanyLength + YearLength && document[..DocumentLength].Trim('0').Length > 0;
        var number = Text("STAMNO").TrimStart('0');
        var note = new ConfirmationNote(
            number.Length > 0 ? $"{number}({Text("STAMID")})" : $"status {status}", refused ? SapMessage.ErrorSeverity : 1, Text("STATXT"));
        return new Confirmation(
            Text("DOCNUM"),
            refused ? ConfirmedAs.Refused : named ? ConfirmedAs.Booked : ConfirmedAs.OnItsWay,
            named ? HeldEntry.Reference(document.Substring(DocumentLength, CompanyLength), document[..DocumentLength], document[^YearLength..]) : null,
            [note with { Text = note.Text.Length > 0 ? note.Text : string.Create(CultureInfo.InvariantCulture, $"IDoc status {status}") }]);
    }
}
