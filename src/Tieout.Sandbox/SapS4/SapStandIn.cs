using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Xml;
using System.Xml.Schema;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tieout.Sandbox.OData;

namespace Tieout.Sandbox.SapS4;

/// <summary>
/// SAP S/4HANA as seen through its services: journal entry post (SOAP, answered at once or later), clearing, operational line items and business
/// partners (OData V2). It answers at once unless a fault was asked for.
/// </summary>
internal sealed class SapStandIn(SandboxOptions options, Faults faults, TimeProvider clock, CancellationToken stopping)
{
    private const string Post = "/sap/bc/srt/scs_ext/sap/journalentrycreaterequestconfi";
    private const string Bulk = "/sap/bc/srt/scs_ext/sap/journalentrybulkcreationreques";
    private const string Idocs = "/sap/bc/idoc_xml";
    private const string Clearing = "/sap/bc/srt/scs_ext/sap/journalentrybulkclearingreques";
    private const string Cube = "/sap/opu/odata/sap/API_OPLACCTGDOCITEMCUBE_SRV";
    private const string Partners = "/sap/opu/odata/sap/API_BUSINESS_PARTNER";
    private const string SessionCookie = "SAP_SESSIONID_SBX_100";

    private readonly string _login = "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{options.User}:{options.Password}"));
    private readonly ConcurrentDictionary<string, string> _tokens = new(StringComparer.Ordinal);
    private readonly CallSlots _slots = new(options.SapSlots, clock);
    private readonly SapTrouble _trouble = new(clock, stopping);
    private readonly SapQueue _queue = new(options, faults, clock, stopping);
    private readonly PeriodCloser _closer = new(clock, stopping);
    private State _state = new(faults, clock);

    /// <summary>Adds the services.</summary>
    public void Map(IEndpointRouteBuilder app)
    {
        app.MapPost(Post, http => Guarded(http, PostJournal));
        var bulk = new BulkService(_queue, faults, _trouble, _slots);
        app.MapPost(Bulk, http => Guarded(http, inside => bulk.Take(inside, new SapBooks(_state.Ledger, _state.Master))));
        var idocs = new IdocService(_queue, faults, _trouble, _slots, clock);
        app.MapPost(Idocs, http => Guarded(http, inside => idocs.Take(inside, new SapBooks(_state.Ledger, _state.Master))));
        app.MapPost(Clearing, http => Guarded(http, TakeClearing));
        app.MapGet(Cube + "/A_OperationalAcctgDocItemCube", Reading(http => LineItemCube.Answer(http, _state.Ledger, options.PageSize)));
        app.MapGet(Partners + "/", http => Guarded(http, FetchToken));
        app.MapGet(Partners + "/A_BusinessPartner", Reading(http => BusinessPartners.Answer(http, _state.Master, options.PageSize)));
        app.MapPost(Partners + "/A_BusinessPartner", Writing(http => BusinessPartners.Create(http, _state.Master)));
        app.MapPost(Partners + "/A_CustomerCompany", Writing(http => BusinessPartners.Extend(http, _state.Master)));
    }

    /// <summary>Adds what tests and the demo steer it by.</summary>
    public void MapControl(IEndpointRouteBuilder control)
    {
        control.MapGet("/ledger", () => _state.Ledger.Summary());
        control.MapGet("/ledger/{reference}", (string reference) => SapMasterData.Companies.Keys
            .SelectMany(company => _state.Ledger.Under(company, reference))
            .Select(document => new
            {
                document.CompanyCode,
                document.Number,
                document.Type,
                Texts = document.Items.Select(item => item.Text),
                Items = document.Items.Select((item, index) => new
                {
                    item.Kind,
                    item.Account,
                    item.Customer,
                    item.Amount,
                    item.InCompany,
                    item.Assignment,
                    item.Objects,
                    Open = item.Amount - (document.Cleared?[index] ?? 0m),
                }),
            }));
        _queue.MapControl(control);
        _slots.MapControl(control);
        control.MapGet("/clearings", () => _state.Clearings.Results);
        control.MapPost("/periods/close", (Period period) => { _state.Master.Close(period.CompanyCode, period.Day); return Results.NoContent(); });
        control.MapPost("/periods/open", (Period period) => { _state.Master.Open(period.CompanyCode, period.Day); return Results.NoContent(); });
        control.MapPost("/customers/block", (Block block) =>
        {
            foreach (var customer in _state.Master.UnderExternal(block.Code)) customer.Blocked = block.Blocked;
            return Results.NoContent();
        });
        Tampering.Map(control, () => _state.Ledger, () => _state.Master);
        control.MapPost("/customers/forget", (Forget forget) => { _state.Master.Forget(forget.Code); return Results.NoContent(); });
        control.MapPost("/sessions/end", () => { _tokens.Clear(); return Results.NoContent(); });
    }

    /// <summary>An empty ledger, no customers, all periods open.</summary>
    public void Reset()
    {
        _state = new State(faults, clock);
        _slots.Reset(options.SapSlots);
        _queue.Forget();
    }

    private RequestDelegate Reading(Func<HttpContext, Task> answer) => http => Guarded(http, inside => Read(inside, answer));

    private RequestDelegate Writing(Func<HttpContext, Task> create) => http => Guarded(http, inside => Write(inside, create));

    private async Task Guarded(HttpContext http, Func<HttpContext, Task> service)
    {
        if (http.Request.Headers.Authorization != _login)
        {
            http.Response.StatusCode = 401;
            http.Response.Headers.WWWAuthenticate = "Basic realm=\"SAP NetWeaver Application Server\"";
            await SapTrouble.Html(http, "Logon failed");
            return;
        }
        using var slot = _slots.Take();
        if (slot is not null)
        {
            await service(http);
            return;
        }
        http.Response.StatusCode = 429;
        await SapTrouble.Html(http, "Too many requests");
    }

    private async Task PostJournal(HttpContext http)
    {
        var fault = faults.Take("post");
        if (await _trouble.Struck(http, fault, _slots)) return;
        if (options.SapWork > TimeSpan.Zero) await Task.Delay(options.SapWork, clock, stopping);

        using var request = new MemoryStream((int)(http.Request.ContentLength ?? 64 * 1024));
        await http.Request.Body.CopyToAsync(request);
        request.Position = 0;
        switch (fault?.Kind)
        {
            case Faults.TimeoutBeforeCommit: await _trouble.Silence(http, fault); return;
            case Faults.CommitLate: _ = Later(request.ToArray(), fault.Pause(0.2)); await _trouble.Silence(http, fault with { Seconds = null }); return;
            case Faults.HtmlAnswer or Faults.TruncatedAnswer or Faults.MalformedAnswer when !fault.Commit:
                await SapTrouble.Garbled(http, fault, SoapAnswer.Confirmation([], clock.GetUtcNow()));
                return;
        }
        var (status, answer) = Process(request, fault);
        switch (fault?.Kind)
        {
            case Faults.CommitThenSilence: await _trouble.Silence(http, fault); return;
            case Faults.HtmlAnswer or Faults.TruncatedAnswer or Faults.MalformedAnswer: await SapTrouble.Garbled(http, fault, answer); return;
        }
        http.Response.StatusCode = status;
        http.Response.ContentType = "text/xml; charset=utf-8";
        http.Response.ContentLength = answer.Length;
        await http.Response.Body.WriteAsync(answer);
    }

    /// <summary>Accepted is all it says; the line items tell whether anything was cleared.</summary>
    private async Task TakeClearing(HttpContext http)
    {
        var fault = faults.Take(Faults.SapClear);
        if (await _trouble.Struck(http, fault, _slots)) return;
        if (fault?.Kind == Faults.KeysForgotten) _state.Clearings.ForgetKeys();
        if (fault?.Kind == Faults.TimeoutBeforeCommit)
        {
            await _trouble.Silence(http, fault);
            return;
        }
        using var request = new MemoryStream();
        await http.Request.Body.CopyToAsync(request);
        request.Position = 0;
        try
        {
            _state.Clearings.Take(request, _state.Ledger, _state.Master);
        }
        catch (Exception wrong) when (wrong is XmlException or XmlSchemaValidationException or FormatException)
        {
            http.Response.StatusCode = 500;
            http.Response.ContentType = "text/xml; charset=utf-8";
            await http.Response.Body.WriteAsync(SoapAnswer.Fault("Client", wrong.Message));
            return;
        }
        if (fault?.Kind == Faults.CommitThenSilence) await _trouble.Silence(http, fault);
        else http.Response.StatusCode = 202;
    }

    private (int Status, byte[] Answer) Process(Stream request, Fault? fault)
    {
        if (fault?.Kind == Faults.ClientFault) return (500, SoapAnswer.Fault("Client", "The message cannot be processed in this form"));
        IReadOnlyList<SapRequest> requests;
        try
        {
            requests = JournalEntryReader.Read(request);
        }
        catch (Exception wrong) when (wrong is XmlException or XmlSchemaValidationException or FormatException)
        {
            return (500, SoapAnswer.Fault("Client", wrong.Message));
        }
        var state = _state;
        var half = fault?.Kind == Faults.HalfBatch ? (requests.Count + 1) / 2 : requests.Count;
        List<(SapRequest, SapPosting.Result)> results = [];
        foreach (var (index, one) in requests.Index())
        {
            state.Master.Passing(_closer, fault, index, one.Document, requests.Count);
            results.Add((one, index < half
                ? SapPosting.Post(one.Document, state.Master, state.Ledger)
                : SapPosting.Rejected("150(ZZ)", "Refused by a check of the sandbox")));
        }
        if (requests.Count > 0) state.Master.Passing(_closer, fault, requests.Count, requests[^1].Document, requests.Count);
        // As where the update task ends: numbers are given, and stand for nothing.
        if (fault?.Kind == Faults.ConfirmationFalse)
            foreach (var (_, result) in results)
                if (result.Booked is { } booked) state.Ledger.Tamper(booked.CompanyCode, booked.Reference, _ => null);
        if (fault?.Kind == Faults.ServerFault) return (500, SoapAnswer.Fault("Server", "Runtime error; see transaction ST22"));
        if (fault?.Kind == Faults.HalfAnswer) results.RemoveRange((results.Count + 1) / 2, results.Count / 2);
        return (200, SoapAnswer.Confirmation(results, clock.GetUtcNow()));
    }

    /// <summary>Books after a while, whether or not anybody still waits.</summary>
    private async Task Later(byte[] request, TimeSpan pause)
    {
        try
        {
            await Task.Delay(pause, clock, stopping);
            Process(new MemoryStream(request, writable: false), fault: null);
        }
        catch (OperationCanceledException)
        {
            // The sandbox stops; nobody will ask any more.
        }
    }

    private async Task Read(HttpContext http, Func<HttpContext, Task> answer)
    {
        var fault = faults.Take("read");
        if (await _trouble.Struck(http, fault, _slots)) return;
        switch (fault?.Kind)
        {
            case Faults.TimeoutBeforeCommit or Faults.CommitThenSilence or Faults.CommitLate: await _trouble.Silence(http, fault); return;
            case Faults.HtmlAnswer or Faults.TruncatedAnswer or Faults.MalformedAnswer:
                await SapTrouble.Garbled(http, fault, """{"d":{"results":[{"CompanyCode":"10"""u8.ToArray());
                return;
        }
        await answer(http);
    }

    private async Task Write(HttpContext http, Func<HttpContext, Task> create)
    {
        var fault = faults.Take("write");
        if (await _trouble.Struck(http, fault, _slots)) return;
        if (!TokenHolds(http.Request))
        {
            http.Response.Headers["x-csrf-token"] = "Required";
            await Feed.Error(http, 403, "CSRF", "CSRF token validation failed");
            return;
        }
        if (fault?.Kind is Faults.TimeoutBeforeCommit)
        {
            await _trouble.Silence(http, fault);
            return;
        }
        await create(http);
    }

    private Task FetchToken(HttpContext http)
    {
        if (http.Request.Headers["X-CSRF-Token"].ToString().Equals("Fetch", StringComparison.OrdinalIgnoreCase))
        {
            var (session, token) = (Guid.CreateVersion7().ToString("N"), Convert.ToBase64String(RandomNumberGenerator.GetBytes(18)));
            _tokens[session] = token;
            http.Response.Headers["x-csrf-token"] = token;
            http.Response.Cookies.Append(SessionCookie, session, new CookieOptions { HttpOnly = true });
        }
        return http.Response.WriteAsJsonAsync(new { d = new { EntitySets = new[] { "A_BusinessPartner", "A_CustomerCompany" } } });
    }

    private bool TokenHolds(HttpRequest request) =>
        request.Cookies.TryGetValue(SessionCookie, out var session) && _tokens.TryGetValue(session, out var token)
        && request.Headers["X-CSRF-Token"] == token;

    private sealed class State(Faults faults, TimeProvider clock)
    {
        public SapLedger Ledger { get; } = new();
        public SapMasterData Master { get; } = new();
        public ClearingService Clearings { get; } = new(new KeyMemory(faults, clock));
    }

    /// <summary>Input of <c>/_sandbox/periods/…</c>; the month as <c>2026-11</c>.</summary>
    internal sealed record Period(string CompanyCode, string Month)
    {
        public DateOnly Day => DateOnly.ParseExact(Month + "-01", "yyyy-MM-dd", CultureInfo.InvariantCulture);
    }

    /// <summary>Input of <c>/_sandbox/customers/forget</c>: the external code.</summary>
    internal sealed record Forget(string Code);

    /// <summary>Input of <c>/_sandbox/customers/block</c>: the external code.</summary>
    internal sealed record Block(string Code, bool Blocked = true);
}
