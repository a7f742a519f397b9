using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Tieout.Sandbox.NetSuite;

/// <summary>
/// Oracle NetSuite as seen through SuiteTalk REST: the token endpoint, upserts of journals and customers, and SuiteQL. It answers at
/// once unless a fault was asked for, or more calls run at once than the account allows.
/// </summary>
internal sealed class NetSuiteStandIn(SandboxOptions options, Faults faults, TimeProvider clock, CancellationToken stopping)
{
    private const string Base = "/services/rest";
    private const string Json = "application/vnd.oracle.resource+json; type=collection";

    private readonly PeriodCloser _closer = new(clock, stopping);
    private State _state = new();

    /// <summary>The books.</summary>
    public NetSuiteLedger Ledger => _state.Ledger;

    /// <summary>Customers, accounts, periods.</summary>
    public NetSuiteMaster Master => _state.Master;

    /// <summary>The log-in; a reset leaves it as it is.</summary>
    public NetSuiteTokens Tokens { get; } = new(options.User, clock);

    /// <summary>Calls at once that the account allows.</summary>
    public CallSlots Slots { get; } = new(options.NetSuiteSlots, clock);

    /// <summary>Adds the services.</summary>
    public void Map(IEndpointRouteBuilder app)
    {
        app.MapPost(Base + "/auth/oauth2/v1/token", LogIn);
        app.MapPut(Base + "/record/v1/journalEntry/{id}", http => Governed(http, inside => Write(inside, "journalEntry", Faults.NetSuitePost)));
        app.MapPut(Base + "/record/v1/customer/{id}", http => Governed(http, inside => Write(inside, "customer", Faults.NetSuiteWrite)));
        app.MapPost(Base + "/query/v1/suiteql", http => Governed(http, Query));
    }

    /// <summary>Adds what tests and the demo steer it by.</summary>
    public void MapControl(IEndpointRouteBuilder control) => NetSuiteControl.Map(control, this);

    /// <summary>An empty ledger, no customers, all periods open, as many slots as at the start.</summary>
    public void Reset()
    {
        _state = new State();
        Slots.Reset(options.NetSuiteSlots);
    }

    private async Task LogIn(HttpContext http)
    {
        var fault = faults.Take(Faults.NetSuiteToken);
        if (fault?.Kind == Faults.CertificateExpired)
        {
            http.Response.StatusCode = 401;
            await http.Response.WriteAsJsonAsync(new { error = "invalid_client" });
            return;
        }
        if (await Struck(http, fault)) return;
        if (fault is { Kind: Faults.TimeoutBeforeCommit or Faults.CommitThenSilence or Faults.CommitLate })
        {
            await Silence(http, fault);
            return;
        }
        var form = http.Request.HasFormContentType ? await http.Request.ReadFormAsync() : null;
        var fields = form?.ToDictionary(field => field.Key, field => field.Value.ToString(), StringComparer.Ordinal) ?? [];
        var (status, body) = Tokens.Answer(fields, $"{http.Request.Scheme}://{http.Request.Host}{http.Request.Path}");
        if (fault is { Kind: Faults.HtmlAnswer or Faults.TruncatedAnswer or Faults.MalformedAnswer })
        {
            await Garbled(http, fault, """{"access_token":"abc","expires_in":"36"""u8.ToArray());
            return;
        }
        http.Response.StatusCode = status;
        await http.Response.WriteAsJsonAsync(body);
    }

    /// <summary>Token first, then a slot for as long as the call runs.</summary>
    private async Task Governed(HttpContext http, Func<HttpContext, Task> service)
    {
        var bearer = http.Request.Headers.Authorization.ToString();
        if (!bearer.StartsWith("Bearer ", StringComparison.Ordinal) || !Tokens.Holds(bearer[7..]))
        {
            http.Response.Headers.WWWAuthenticate = "Bearer error=\"invalid_token\"";
            await Refuse(http, new NetSuiteProblem(401, "INVALID_LOGIN", "Invalid login attempt. For more details, see the Login Audit Trail."));
            return;
        }
        using var slot = Slots.Take();
        if (slot is null) await Refuse(http, TooMany);
        else await service(http);
    }

    private async Task Write(HttpContext http, string record, string place)
    {
        var fault = faults.Take(place);
        if (await Struck(http, fault)) return;
        var upsert = await Read(http, record);
        switch (fault?.Kind)
        {
            case Faults.TimeoutBeforeCommit: await Silence(http, fault); return;
            case Faults.CommitLate: _ = Later(upsert, fault.Pause(0.2)); await Silence(http, fault with { Seconds = null }); return;
            case Faults.HalfBatch or Faults.ClientFault: await Refuse(http, NetSuiteProblem.User("Refused by a check of the sandbox.")); return;
            case Faults.HtmlAnswer or Faults.TruncatedAnswer or Faults.MalformedAnswer when !fault.Commit: await Garbled(http, fault, Half); return;
        }
        var (id, problem) = Process(upsert, fault);
        switch (fault?.Kind)
        {
            case Faults.CommitThenSilence: await Silence(http, fault); return;
            case Faults.HtmlAnswer or Faults.TruncatedAnswer or Faults.MalformedAnswer: await Garbled(http, fault, Half); return;
            case Faults.ServerFault:
                await Refuse(http, new NetSuiteProblem(500, "UNEXPECTED_ERROR", "An unexpected error occurred. Error ID: sandbox"));
                return;
        }
        if (problem is not null)
        {
            await Refuse(http, problem);
            return;
        }
        http.Response.StatusCode = 204;
        if (fault?.Kind != Faults.HalfAnswer)
            http.Response.Headers.Location = FormattableString.Invariant($"{http.Request.Scheme}://{http.Request.Host}{Base}/record/v1/{record}/{id}");
    }

    private (long Id, NetSuiteProblem? Problem) Process(NetSuiteUpsert upsert, Fault? fault)
    {
        var state = _state;
        // One document a call: its period closes before it or behind it.
        if (fault?.Kind != Faults.PeriodCloses) return new NetSuiteWriter(state.Ledger, state.Master, clock).Write(upsert);
        var day = NetSuiteWriter.DayOf(upsert);
        _closer.Passing(fault, 0, 1, () => state.Master.Close(day), () => state.Master.Open(day));
        var answer = new NetSuiteWriter(state.Ledger, state.Master, clock).Write(upsert);
        _closer.Passing(fault, 1, 1, () => state.Master.Close(day), () => state.Master.Open(day));
        return answer;
    }

    private static async Task<NetSuiteUpsert> Read(HttpContext http, string record)
    {
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body);
        return new NetSuiteUpsert(
            record,
            (string)http.Request.RouteValues["id"]!,
            http.Request.Query["replace"].ToString().Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
            http.Request.Headers["X-NetSuite-PropertyNameValidation"] == "Error",
            body.ToArray());
    }

    /// <summary>Books after a while, whether or not anybody still waits.</summary>
    private async Task Later(NetSuiteUpsert upsert, TimeSpan pause)
    {
        try
        {
            await Task.Delay(pause, clock, stopping);
            Process(upsert, fault: null);
        }
        catch (OperationCanceledException)
        {
            // The sandbox stops; nobody will ask any more.
        }
    }

    private async Task Query(HttpContext http)
    {
        var fault = faults.Take(Faults.NetSuiteRead);
        if (await Struck(http, fault)) return;
        switch (fault?.Kind)
        {
            case Faults.TimeoutBeforeCommit or Faults.CommitThenSilence or Faults.CommitLate: await Silence(http, fault); return;
            case Faults.HtmlAnswer or Faults.TruncatedAnswer or Faults.MalformedAnswer: await Garbled(http, fault, Half); return;
            case Faults.ServerFault: await Refuse(http, new NetSuiteProblem(500, "UNEXPECTED_ERROR", "An unexpected error occurred.")); return;
        }
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body);
        var (answer, problem) = NetSuiteQueries.Answer(http.Request, body.ToArray(), NetSuiteTables.Of(Ledger, Master), options.PageSize);
        if (problem is not null)
        {
            await Refuse(http, problem);
            return;
        }
        http.Response.ContentType = Json;
        http.Response.ContentLength = answer.Length;
        await http.Response.Body.WriteAsync(answer);
    }

    /// <summary>Faults that strike before the request is looked at; true when the answer is given.</summary>
    private async Task<bool> Struck(HttpContext http, Fault? fault)
    {
        switch (fault?.Kind)
        {
            case Faults.Slow:
                await Task.Delay(fault.Pause(0.1), clock, stopping);
                return false;
            case Faults.Throttle429:
                // No Retry-After is promised, so none is given unless a test asks for one.
                if (fault.Seconds is { } seconds) http.Response.Headers.RetryAfter = Math.Ceiling(seconds).ToString(CultureInfo.InvariantCulture);
                await Refuse(http, TooMany);
                return true;
            case Faults.SlotsTaken:
                Slots.TakeAway(fault.Pause(1));
                await Refuse(http, TooMany);
                return true;
            case Faults.Reject503:
                http.Response.StatusCode = 503;
                http.Response.Headers.RetryAfter = Math.Ceiling(fault.Seconds ?? 1).ToString(CultureInfo.InvariantCulture);
                await Html(http, "NetSuite is down for maintenance");
                return true;
            case Faults.TokenExpired:
                if (http.Request.Headers.Authorization.ToString() is { Length: > 7 } bearer) Tokens.End(bearer[7..]);
                await Refuse(http, new NetSuiteProblem(401, "INVALID_LOGIN", "Invalid login attempt. For more details, see the Login Audit Trail."));
                return true;
            case Faults.CertificateExpired:
                // The tokens it got are over, and the next log-in is turned away.
                Tokens.End();
                faults.Add(fault with { Count = 1, On = Faults.NetSuiteToken });
                await Refuse(http, new NetSuiteProblem(401, "INVALID_LOGIN", "Invalid login attempt. For more details, see the Login Audit Trail."));
                return true;
            default:
                return false;
        }
    }

    private static NetSuiteProblem TooMany => new(429, "CONCURRENCY_LIMIT_EXCEEDED", "Concurrent request limit exceeded. Request blocked.");

    private static ReadOnlyMemory<byte> Half => """{"links":[],"count":1,"hasMore":false,"items":[{"id":"10"""u8.ToArray();

    /// <summary>Says nothing until the caller has gone or the fault's time is over, then cuts the line.</summary>
    private async Task Silence(HttpContext http, Fault fault)
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

    private static async Task Garbled(HttpContext http, Fault fault, ReadOnlyMemory<byte> half)
    {
        if (fault.Kind == Faults.HtmlAnswer)
        {
            await Html(http, "NetSuite - Notice");
            return;
        }
        http.Response.ContentType = Json;
        // Truncated: the line is cut before as many bytes came as were announced. Malformed: a whole HTTP answer, half a document.
        if (fault.Kind == Faults.TruncatedAnswer) http.Response.ContentLength = half.Length * 2;
        await http.Response.Body.WriteAsync(half);
        await http.Response.Body.FlushAsync();
        if (fault.Kind == Faults.TruncatedAnswer) http.Abort();
    }

    private static Task Refuse(HttpContext http, NetSuiteProblem problem)
    {
        var body = problem.Body();
        http.Response.StatusCode = problem.Status;
        http.Response.ContentType = NetSuiteProblem.ContentType;
        http.Response.ContentLength = body.Length;
        return http.Response.Body.WriteAsync(body).AsTask();
    }

    private static Task Html(HttpContext http, string text)
    {
        http.Response.ContentType = "text/html; charset=utf-8";
        return http.Response.WriteAsync($"<html><head><title>{text}</title></head><body><h1>{text}</h1></body></html>");
    }

    private sealed class State
    {
        public NetSuiteLedger Ledger { get; } = new();
        public NetSuiteMaster Master { get; } = new();
    }
}
