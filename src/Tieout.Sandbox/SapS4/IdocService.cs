using System.Globalization;
using System.Text;
using System.Xml;
using System.Xml.Linq;
using System.Xml.Schema;
using Microsoft.AspNetCore.Http;

namespace Tieout.Sandbox.SapS4;

/// <summary>
/// IDocs over HTTP: a file that fits the schema is taken, and booked later, twice if it comes twice. What became of it is told by a status message
/// under the sender's numbers.
/// </summary>
internal sealed class IdocService(SapQueue queue, Faults faults, SapTrouble trouble, CallSlots slots, TimeProvider clock)
{
    /// <summary>Takes a file.</summary>
    public async Task Take(HttpContext http, SapBooks books)
    {
        var fault = faults.Take(Faults.SapIdoc);
        if (await trouble.Struck(http, fault, slots)) return;
        using var file = new MemoryStream((int)(http.Request.ContentLength ?? 64 * 1024));
        await http.Request.Body.CopyToAsync(file);
        file.Position = 0;
        if (fault?.Kind == Faults.TimeoutBeforeCommit)
        {
            await trouble.Silence(http, fault);
            return;
        }
        if (fault is { Kind: Faults.HtmlAnswer or Faults.TruncatedAnswer or Faults.MalformedAnswer, Commit: false })
        {
            await SapTrouble.Garbled(http, fault, Status([], clock.GetUtcNow()));
            return;
        }
        IReadOnlyList<SapRequest> requests;
        try
        {
            requests = fault?.Kind == Faults.ClientFault ? throw new XmlException("The file cannot be processed in this form") : IdocReader.Read(file);
        }
        catch (Exception wrong) when (wrong is XmlException or XmlSchemaValidationException or FormatException)
        {
            http.Response.StatusCode = 400;
            await http.Response.WriteAsync(wrong.Message);
            return;
        }
        await Taken(http, fault, new QueuedWork(requests, books, Status));
    }

    private Task Taken(HttpContext http, Fault? fault, QueuedWork work) => new QueuedTaking(queue, trouble).Run(
        http, fault, work, Status([], clock.GetUtcNow()),
        () =>
        {
            http.Response.StatusCode = 500;
            return Task.CompletedTask;
        },
        () => http.Response.WriteAsync($"{work.Requests.Count} IDocs received"));

    /// <summary>A status message: 53 with the document, or 51 with the reason.</summary>
    private static byte[] Status(IReadOnlyList<(SapRequest Request, SapPosting.Result Result)> entries, DateTimeOffset now)
    {
        static XElement Segment(string name, params object[] fields) => new(name, new XAttribute("SEGMENT", "1"), fields);
        var day = now.UtcDateTime.ToString("yyyyMMdd", CultureInfo.InvariantCulture);
        var idoc = new XElement(
            "IDOC", new XAttribute("BEGIN", "1"),
            Segment(
                "EDI_DC40", new XElement("DOCNUM", "0000000000000001"), new XElement("IDOCTYP", "ALEAUD01"), new XElement("MESTYP", "STATUS"),
                new XElement("CREDAT", day)),
            Segment("E1ADHDR", new XElement("MESTYP", "ACC_DOCUMENT"), entries.Select(entry => Segment("E1STATE", State(entry.Request, entry.Result, day)))));
        return Encoding.UTF8.GetBytes("<?xml version=\"1.0\" encoding=\"utf-8\"?>" + new XElement("ALEAUD01", idoc).ToString(SaveOptions.DisableFormatting));
    }

    private static object[] State(SapRequest request, SapPosting.Result result, string day)
    {
        // The cause, not the wrapper before it.
        var (type, _, note) = result.Messages[^1];
        var bracket = type.IndexOf('(', StringComparison.Ordinal);
        var (status, severity) = result.Booked is null ? ("51", "E") : ("53", "S");
        object[] start = [new XElement("DOCNUM", request.MessageId), new XElement("LOGDAT", day), new XElement("STATUS", status)];
        object[] end = [new XElement("STATYP", severity), new XElement("STAMID", type[(bracket + 1)..^1]), new XElement("STAMNO", type[..bracket])];
        var text = new XElement("STATXT", note.Length > 70 ? note[..70] : note);
        return result.Booked is not { } booked ? [.. start, text, .. end] :
        [
            .. start, text, new XElement("STAPA1", "BKPFF"), new XElement("STAPA2", $"{booked.Number}{booked.CompanyCode}{booked.FiscalYear}"),
            new XElement("STAPA3", "SBXCLNT100"), .. end,
        ];
    }
}
