using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Tieout.Sandbox.SapS4;

/// <summary>Faults that say nothing about the books: all of the tenant's services have them alike.</summary>
internal sealed class SapTrouble(TimeProvider clock, CancellationToken stopping)
{
    /// <summary>Faults that strike before the request is looked at; true when the answer is given.</summary>
    public async Task<bool> Struck(HttpContext http, Fault? fault, CallSlots slots)
    {
        switch (fault?.Kind)
        {
            case Faults.Slow:
                await Task.Delay(fault.Pause(0.1), clock, stopping);
                return false;
            case Faults.Reject503 or Faults.Throttle429:
                http.Response.StatusCode = fault.Kind == Faults.Reject503 ? 503 : 429;
                http.Response.Headers.RetryAfter = Math.Ceiling(fault.Seconds ?? 1).ToString(CultureInfo.InvariantCulture);
                await Html(http, "Service cannot be reached");
                return true;
            case Faults.SlotsTaken:
                slots.TakeAway(fault.Pause(1));
                http.Response.StatusCode = 429;
                await Html(http, "Too many requests");
                return true;
            case Faults.TokenExpired:
                http.Response.StatusCode = 401;
                await Html(http, "Session expired");
                return true;
            case Faults.CertificateExpired:
                http.Response.StatusCode = 401;
                http.Response.Headers.WWWAuthenticate = "Basic realm=\"SAP NetWeaver Application Server\"";
                await Html(http, "Logon failed: the certificate of the communication user has expired");
                return true;
            default:
                return false;
        }
    }

    /// <summary>Says nothing until the caller has gone or the fault's time is over, then cuts the line.</summary>
    public async Task Silence(HttpContext http, Fault fault)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, stopping);
        try
        {
            await Task.Delay(fault.Pause(600), clock, either.Token);
        }
        catch (OperationCanceledException)
        {
            // The caller gave up, as it should.
        }
        http.Abort();
    }

    /// <summary>An answer that nobody can read.</summary>
    public static async Task Garbled(HttpContext http, Fault fault, byte[] answer)
    {
        switch (fault.Kind)
        {
            case Faults.HtmlAnswer:
                await Html(http, "SAP NetWeaver: please log on");
                break;
            case Faults.TruncatedAnswer:
                http.Response.ContentType = "text/xml; charset=utf-8";
                http.Response.ContentLength = answer.Length;
                await http.Response.Body.WriteAsync(answer.AsMemory(0, answer.Length / 2));
                await http.Response.Body.FlushAsync();
                http.Abort();
                break;
            default:
                http.Response.ContentType = "text/xml; charset=utf-8";
                await http.Response.Body.WriteAsync(answer.AsMemory(0, answer.Length * 2 / 3)); // a whole HTTP answer, half a document
                break;
        }
    }

    /// <summary>A page for people.</summary>
    public static Task Html(HttpContext http, string text)
    {
        http.Response.ContentType = "text/html; charset=utf-8";
        return http.Response.WriteAsync($"<html><head><title>{text}</title></head><body><h1>{text}</h1></body></html>");
    }
}
