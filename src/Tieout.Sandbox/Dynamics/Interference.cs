using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Tieout.Sandbox.Dynamics;

/// <summary>How faults look from outside.</summary>
internal sealed class Interference(EntraTokens tokens, CallSlots slots, Faults faults, TimeProvider clock, CancellationToken stopping)
{
    /// <summary>Half an answer of whatever kind: JSON that does not end.</summary>
    private static readonly ReadOnlyMemory<byte> Half = """{"@odata.context":"https://sandbox/data/$metadata","value":[{"dataAreaId":"us"""u8.ToArray();

    /// <summary>Faults that strike before the request is looked at; true when the answer is given.</summary>
    public async Task<bool> Struck(HttpContext http, Fault? fault)
    {
        switch (fault?.Kind)
        {
            case Faults.Slow:
                await Task.Delay(fault.Pause(0.1), clock, stopping);
                return false;
            case Faults.Throttle429:
                http.Response.Headers.RetryAfter = Seconds(fault, 2);
                await Refuse(http, new DynamicsProblem(429, "This request is being throttled because of the load on the environment."));
                return true;
            case Faults.SlotsTaken:
                slots.TakeAway(fault.Pause(1));
                await TooMany(http);
                return true;
            case Faults.CertificateExpired:
                // The tokens it got are over, and the next log-in is turned away.
                tokens.End();
                faults.Add(fault with { Count = 1, On = Faults.DynamicsToken });
                await Unauthorized(http);
                return true;
            case Faults.Reject503:
                http.Response.Headers.RetryAfter = Seconds(fault, 2);
                http.Response.StatusCode = 503;
                await Html(http, "Service unavailable");
                return true;
            case Faults.TokenExpired:
                if (http.Request.Headers.Authorization.ToString() is { Length: > 7 } bearer) tokens.End(bearer[7..]);
                await Unauthorized(http);
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
            case Faults.TimeoutBeforeCommit or Faults.CommitThenSilence: await Silence(http, fault.Pause(600)); return true;
            case Faults.CommitLate: await Silence(http, TimeSpan.FromSeconds(600)); return true;
            case Faults.HtmlAnswer: await Html(http, "Dynamics 365 - Notice"); return true;
            case Faults.TruncatedAnswer or Faults.MalformedAnswer: await Garbled(http, fault.Kind == Faults.TruncatedAnswer); return true;
            case Faults.ServerFault: await Refuse(http, new DynamicsProblem(500, "An unexpected error occurred in the sandbox.")); return true;
            default: return false;
        }
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

    /// <summary>401 as the gateway gives it.</summary>
    public static Task Unauthorized(HttpContext http)
    {
        http.Response.Headers.WWWAuthenticate = "Bearer authorization_uri=\"https://login.windows.net\"";
        return Refuse(http, new DynamicsProblem(401, "The access token is not valid."));
    }

    /// <summary>429 to who comes when all slots are taken.</summary>
    public static Task TooMany(HttpContext http)
    {
        http.Response.Headers.RetryAfter = "1";
        return Refuse(http, new DynamicsProblem(429, "Number of concurrent requests exceeded the limit of the environment."));
    }

    /// <summary>An error in the vendor's form.</summary>
    public static Task Refuse(HttpContext http, DynamicsProblem problem)
    {
        var body = problem.Body();
        http.Response.StatusCode = problem.Status;
        http.Response.ContentType = "application/json; odata.metadata=minimal";
        http.Response.ContentLength = body.Length;
        return http.Response.Body.WriteAsync(body).AsTask();
    }

    private static string Seconds(Fault fault, double otherwise) => Math.Ceiling(fault.Pause(otherwise).TotalSeconds).ToString(CultureInfo.InvariantCulture);

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
        http.Response.ContentType = "application/json; odata.metadata=minimal";
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
