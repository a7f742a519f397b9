using System.Globalization;
using System.Xml.Linq;
using Microsoft.AspNetCore.Http;

namespace Tieout.Sandbox.Legacy;

/// <summary>How faults of the SOAP service look from outside.</summary>
internal sealed class LegacyInterference(TimeProvider clock, CancellationToken stopping)
{
    /// <summary>Calls at once that the service takes; any number unless somebody says otherwise.</summary>
    public CallSlots Slots { get; } = new(null, clock);

    /// <summary>Faults that strike before anything is done; true when the answer is given.</summary>
    public async Task<bool> Struck(HttpContext http, Fault? fault, string operation)
    {
        switch (fault?.Kind)
        {
            case Faults.Slow:
                await Task.Delay(fault.Pause(0.1), clock, stopping);
                return false;
            case Faults.Throttle429 or Faults.Reject503:
                http.Response.StatusCode = fault.Kind == Faults.Throttle429 ? 429 : 503;
                http.Response.Headers.RetryAfter = Math.Ceiling(fault.Pause(2).TotalSeconds).ToString(CultureInfo.InvariantCulture);
                await Html(http, "Not now");
                return true;
            case Faults.SlotsTaken:
                Slots.TakeAway(fault.Pause(1));
                await TooMany(http);
                return true;
            case Faults.CertificateExpired:
                http.Response.StatusCode = 401;
                http.Response.Headers.WWWAuthenticate = "Basic realm=\"legacy\"";
                await Html(http, "The certificate has expired");
                return true;
            case Faults.TokenExpired:
                http.Response.StatusCode = 401;
                await Html(http, "Session expired");
                return true;
            case Faults.ErrorIn200:
                var wait = (int)fault.Pause(2).TotalSeconds;
                await LegacyMessages.Write(http, 200, LegacyMessages.Error(operation, "BUSY", "The posting run of the night has begun", wait));
                return true;
            case Faults.ClientFault:
                await LegacyMessages.Write(http, 500, LegacyMessages.Fault("Client", "The call was refused by a check of the sandbox"));
                return true;
            default: return false;
        }
    }

    /// <summary>Faults of the answer; true when it is given, or never will be.</summary>
    public async Task<bool> Spoilt(HttpContext http, Fault? fault, XElement? answer)
    {
        switch (fault?.Kind)
        {
            case Faults.TimeoutBeforeCommit or Faults.CommitThenSilence or Faults.CommitLate:
                await Silence(http, fault.Kind == Faults.CommitLate ? TimeSpan.FromSeconds(600) : fault.Pause(600));
                return true;
            case Faults.HtmlAnswer:
                await Html(http, "Gateway: please log on");
                return true;
            case Faults.TruncatedAnswer or Faults.MalformedAnswer:
                await Garbled(http, answer is null ? "<s:Envelope"u8.ToArray() : LegacyMessages.Bytes(answer), fault.Kind == Faults.TruncatedAnswer);
                return true;
            case Faults.ServerFault:
                await LegacyMessages.Write(http, 500, LegacyMessages.Fault("Server", "Internal error"));
                return true;
            default: return false;
        }
    }

    /// <summary>429 to who comes when all slots are taken.</summary>
    public static Task TooMany(HttpContext http)
    {
        http.Response.StatusCode = 429;
        http.Response.Headers.RetryAfter = "1";
        return Html(http, "Not now");
    }

    /// <summary>Does something after a while, whether or not anybody still waits.</summary>
    public async Task Later(TimeSpan pause, Action what)
    {
        try
        {
            await Task.Delay(pause, clock, stopping);
            what();
        }
        catch (OperationCanceledException)
        {
            // The sandbox stops; nobody will ask any more.
        }
    }

    private async Task Silence(HttpContext http, TimeSpan pause)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, stopping);
        try
        {
            await Task.Delay(pause, clock, either.Token);
        }
        catch (OperationCanceledException)
        {
            // The caller gave up, as it should.
        }
        http.Abort();
    }

    // Truncated: the line is cut before as many bytes came as were announced. Malformed: a whole HTTP answer, half a document.
    private static async Task Garbled(HttpContext http, byte[] answer, bool truncated)
    {
        http.Response.ContentType = "text/xml; charset=utf-8";
        if (truncated) http.Response.ContentLength = answer.Length;
        await http.Response.Body.WriteAsync(answer.AsMemory(0, answer.Length / 2));
        await http.Response.Body.FlushAsync();
        if (truncated) http.Abort();
    }

    private static Task Html(HttpContext http, string text)
    {
        http.Response.ContentType = "text/html; charset=utf-8";
        return http.Response.WriteAsync($"<html><head><title>{text}</title></head><body><h1>{text}</h1></body></html>");
    }
}
