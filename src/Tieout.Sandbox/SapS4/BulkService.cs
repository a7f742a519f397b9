using System.Xml;
using System.Xml.Schema;
using Microsoft.AspNetCore.Http;

namespace Tieout.Sandbox.SapS4;

/// <summary>
/// The asynchronous journal entry service: what fits the schema is taken and answered with 202 and nothing else; a message id seen before
/// is refused.
/// </summary>
internal sealed class BulkService(SapQueue queue, Faults faults, SapTrouble trouble, CallSlots slots)
{
    /// <summary>Takes a message.</summary>
    public async Task Take(HttpContext http, SapBooks books)
    {
        var fault = faults.Take(Faults.SapQueue);
        if (await trouble.Struck(http, fault, slots)) return;
        if (fault?.Kind == Faults.KeysForgotten) queue.ForgetKeys();
        using var request = new MemoryStream((int)(http.Request.ContentLength ?? 64 * 1024));
        await http.Request.Body.CopyToAsync(request);
        request.Position = 0;
        if (fault?.Kind == Faults.TimeoutBeforeCommit)
        {
            await trouble.Silence(http, fault);
            return;
        }
        if (fault is { Kind: Faults.HtmlAnswer or Faults.TruncatedAnswer or Faults.MalformedAnswer, Commit: false })
        {
            await SapTrouble.Garbled(http, fault, SoapAnswer.Fault("Server", "Nothing was taken"));
            return;
        }
        if (Refusal(request, fault, out var message) is { } refusal)
        {
            await Answer(http, 500, refusal);
            return;
        }
        await Taken(http, fault, new QueuedWork(message!.Requests, books, SoapAnswer.LateConfirmation));
    }

    private byte[]? Refusal(Stream request, Fault? fault, out SapMessage? message)
    {
        message = null;
        if (fault?.Kind == Faults.ClientFault) return SoapAnswer.Fault("Client", "The message cannot be processed in this form");
        try
        {
            message = JournalEntryReader.ReadMessage(request);
        }
        catch (Exception wrong) when (wrong is XmlException or XmlSchemaValidationException or FormatException)
        {
            return SoapAnswer.Fault("Client", wrong.Message);
        }
        List<string> ids = [message.Id, .. message.Requests.Select(one => one.MessageId)];
        if (ids.Exists(id => id.Length == 0)) return SoapAnswer.Fault("Client", "A message header has no ID");
        return queue.TakeNew(ids) ? null : SoapAnswer.Fault("Client", $"Duplicate message: ID {message.Id} or one in it was received before");
    }

    private Task Taken(HttpContext http, Fault? fault, QueuedWork work) => new QueuedTaking(queue, trouble).Run(
        http, fault, work, SoapAnswer.Fault("Server", "Half a message of no consequence, long enough to be cut in two"),
        () => Answer(http, 500, SoapAnswer.Fault("Server", "Runtime error; see transaction ST22")),
        () =>
        {
            http.Response.StatusCode = 202;
            return Task.CompletedTask;
        });

    private static async Task Answer(HttpContext http, int status, byte[] answer)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "text/xml; charset=utf-8";
        await http.Response.Body.WriteAsync(answer);
    }
}
