using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Tieout.Sandbox.Odoo;

/// <summary>How faults look from outside.</summary>
internal sealed class OdooInterference(Faults faults, TimeProvider clock, CancellationToken stopping)
{
    /// <summary>Calls at once.</summary>
    public CallSlots Slots { get; } = new(null, clock);

    /// <summary>JSON that does not end.</summary>
    private static readonly ReadOnlyMemory<byte> Half = """{"jsonrpc":"2.0","id":1,"result":[{"id":4"""u8.ToArray();

    /// <summary>Faults that strike before the request is looked at; true when the answer is given.</summary>
    public async Task<bool> Struck(HttpContext http, Fault? fault, JsonNode? id)
    {
        switch (fault?.Kind)
        {
            case Faults.Slow:
                await Task.Delay(fault.Pause(0.1), clock, stopping);
                return false;
            case Faults.Throttle429 or Faults.Reject503:
                http.Response.StatusCode = fault.Kind == Faults.Throttle429 ? 429 : 503;
                http.Response.Headers.RetryAfter = Math.Ceiling(fault.Pause(2).TotalSeconds).ToString(CultureInfo.InvariantCulture);
                await Html(http, fault.Kind == Faults.Throttle429 ? "Too many requests" : "Service unavailable");
                return true;
            case Faults.SlotsTaken:
                Slots.TakeAway(fault.Pause(1));
                await TooMany(http);
                return true;
            case Faults.TokenExpired:
                await Write(http, Error(id, OdooFault.SessionExpired()));
                return true;
            case Faults.CertificateExpired when fault.On != Faults.OdooLogin:
                // The next log-in is turned away too.
                faults.Add(fault with { Count = 1, On = Faults.OdooLogin });
                await Write(http, Error(id, OdooFault.Denied()));
                return true;
            default:
                return false;
        }
    }

    /// <summary>Faults of the answer; true when it is given, or never will be.</summary>
    public async Task<bool> Spoilt(HttpContext http, Fault? fault)
    {
        switch (fault?.Kind)
        {
            case Faults.TimeoutBeforeCommit or Faults.CommitThenSilence or Faults.CommitLate:
                await Silence(http, fault.Kind == Faults.CommitLate ? TimeSpan.FromSeconds(600) : fault.Pause(600));
                return true;
            case Faults.HtmlAnswer: await Html(http, "Odoo - Notice"); return true;
            case Faults.TruncatedAnswer or Faults.MalformedAnswer: await Garbled(http, fault.Kind == Faults.TruncatedAnswer); return true;
            case Faults.ServerFault:
                http.Response.StatusCode = 500;
                await Html(http, "Internal Server Error");
                return true;
            default: return false;
        }
    }

    /// <summary>429 to who comes when all slots are taken.</summary>
    public static Task TooMany(HttpContext http)
    {
        http.Response.StatusCode = 429;
        http.Response.Headers.RetryAfter = "1";
        return Html(http, "Too many requests");
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

    /// <summary>An error object.</summary>
    public static JsonObject Error(JsonNode? id, OdooFault fault) => new()
    {
        ["jsonrpc"] = "2.0",
        ["id"] = id?.DeepClone(),
        ["error"] = new JsonObject
        {
            ["code"] = fault.Code,
            ["message"] = fault.Code == 100 ? "Odoo Session Expired" : "Odoo Server Error",
            ["data"] = new JsonObject
            {
                ["name"] = fault.Name,
                ["debug"] = "Traceback (most recent call last): ...",
                ["message"] = fault.Message,
                ["arguments"] = new JsonArray(fault.Message),
                ["context"] = new JsonObject(),
            },
        },
    };

    /// <summary>Answers with HTTP 200, whatever it is.</summary>
    public static Task Write(HttpContext http, JsonObject answer)
    {
        http.Response.ContentType = "application/json; charset=utf-8";
        return http.Response.WriteAsync(answer.ToJsonString());
    }

    /// <summary>Says nothing until the caller has gone or the time is over, then cuts the line.</summary>
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
    private static async Task Garbled(HttpContext http, bool truncated)
    {
        http.Response.ContentType = "application/json; charset=utf-8";
        if (truncated) http.Response.ContentLength = Half.Length * 2;
        await http.Response.Body.WriteAsync(Half);
        await http.Response.Body.FlushAsync();
        if (truncated) http.Abort();
    }

    private static Task Html(HttpContext http, string text)
    {
        http.Response.ContentType = "text/html; charset=utf-8";
        return http.Response.WriteAsync($"<html><head><title>{text}</title></head><body><h1>{text}</h1></body></html>");
    }
}
