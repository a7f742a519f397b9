using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Tieout.Connectors.Port;

namespace Tieout.Connectors.SapS4;

/// <summary>
/// HTTP as SAP speaks it: Basic log-in, a SOAP 1.1 envelope for the posting service, CSRF token and its cookies for every
/// OData call that changes something. Knows nothing of invoices. It is safe for several callers at once.
/// </summary>
internal sealed class SapClient : IDisposable
{
    /// <summary>A page or an answer larger than this is not read: a server that does not page would fill the memory.</summary>
    public const int LargestAnswer = 128 * 1024 * 1024;

    private const string SoapAction =
        "http://sap.com/xi/SAPSCORE/SFIN/JournalEntryCreateRequestConfirmation_In/JournalEntryCreateRequestConfirmation_InRequest";

    private const string ClearingAction =
        "http://sap.com/xi/SAPSCORE/SFIN/JournalEntryBulkClearingRequest_In/JournalEntryBulkClearingRequest_InRequest";

    private const string BulkAction =
        "http://sap.com/xi/SAPSCORE/SFIN/JournalEntryBulkCreationRequest_In/JournalEntryBulkCreationRequest_InRequest";

    private const string Csrf = "X-CSRF-Token";

    private static readonly byte[] EnvelopeStart =
        """<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Header/><soap:Body>"""u8.ToArray();

    private static readonly byte[] EnvelopeEnd = "</soap:Body></soap:Envelope>"u8.ToArray();

    private readonly SapSettings _settings;
    private readonly TimeProvider _clock;
    private readonly HttpClient _http;
    private readonly AuthenticationHeaderValue _login;
    private volatile Session? _session;

    public SapClient(SapSettings settings, TimeProvider clock)
    {
        (_settings, _clock) = (settings, clock);
        var target = settings.Target;
        _login = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{target.User}:{target.Password}")));
        _http = new HttpClient(
            new SocketsHttpHandler
            {
                UseCookies = false,          // cookies belong to the CSRF token and travel with it only
                AllowAutoRedirect = false,   // a redirect leads to a log-on page, and would take our password along
                // Earlier than the call's own limit, so that a host that never picks up is told from an answer that never comes.
                ConnectTimeout = target.Timeout / 2,
                // Shorter than servers keep idle connections: a post into a closing one would end in doubt for nothing.
                PooledConnectionIdleTimeout = TimeSpan.FromSeconds(20),
                PooledConnectionLifetime = TimeSpan.FromMinutes(5),
                AutomaticDecompression = DecompressionMethods.GZip | DecompressionMethods.Deflate,
            })
        {
            Timeout = Timeout.InfiniteTimeSpan, // every call is timed by the target's own clock and limit
            MaxResponseContentBufferSize = LargestAnswer,
        };
    }

    /// <summary>Posts a journal entry message; <paramref name="message"/> is the body of the envelope.</summary>
    public Task<SapReply> PostJournal(byte[] message, IExchangeLog log, CancellationToken cancel) =>
        Soap("journal-entry-post", _settings.JournalEntryPath, SoapAction, message, begun: null, log, cancel);

    /// <summary>Hands over a journal entry message that SAP books in its own time.</summary>
    /// <param name="message">The body of the envelope.</param>
    /// <param name="begun">Done once the request is on record and before it leaves.</param>
    /// <param name="log">Where it is on record.</param>
    /// <param name="cancel">Cancels waiting.</param>
    public Task<SapReply> RequestJournal(byte[] message, Func<Task> begun, IExchangeLog log, CancellationToken cancel) =>
        Soap("journal-entry-request", _settings.BulkPath, BulkAction, message, begun, log, cancel);

    /// <summary>Hands over a file of IDocs that SAP books in its own time; see <see cref="RequestJournal"/>.</summary>
    public Task<SapReply> HandIdocs(byte[] file, Func<Task> begun, IExchangeLog log, CancellationToken cancel)
    {
        HttpRequestMessage Request() => new(HttpMethod.Post, Address(_settings.IdocPath, ""))
        {
            Content = new ByteArrayContent(file) { Headers = { { "Content-Type", "text/xml; charset=utf-8" } } },
        };
        return Recorded("idoc-post", file, Request, log, cancel, begun);
    }

    /// <summary>Asks for open items to be cleared; SAP does so in its own time. <paramref name="message"/> is the body of the envelope.</summary>
    public Task<SapReply> RequestClearing(byte[] message, IExchangeLog log, CancellationToken cancel) =>
        Soap("clearing-request", _settings.ClearingPath, ClearingAction, message, begun: null, log, cancel);

    /// <summary>Reads an OData address; <paramref name="query"/> is encoded already. Without a log nothing is recorded.</summary>
    public Task<SapReply> Get(string operation, string path, string query, IExchangeLog? log, CancellationToken cancel)
    {
        var address = Address(path, query);
        HttpRequestMessage Request() => new(HttpMethod.Get, address) { Headers = { { "Accept", "application/json" } } };
        return Recorded(operation, log is null ? default : Encoding.UTF8.GetBytes($"GET {address.PathAndQuery}"), Request, log, cancel);
    }

    /// <summary>Creates an OData entity. A token that SAP no longer takes is fetched anew once: nothing was done under the old one.</summary>
    public async Task<SapReply> Create(string operation, string service, string path, byte[] json, IExchangeLog log, CancellationToken cancel)
    {
        for (var fresh = false; ; fresh = true)
        {
            var session = fresh ? null : _session;
            if (session is null)
            {
                var fetched = await FetchToken(service, cancel);
                if (fetched is not null) return fetched;
                session = _session!;
            }
            HttpRequestMessage Request()
            {
                var request = new HttpRequestMessage(HttpMethod.Post, Address(service + path, ""))
                {
                    Content = new ByteArrayContent(json) { Headers = { { "Content-Type", "application/json" } } },
                    Headers = { { "Accept", "application/json" }, { Csrf, session.Token } },
                };
                if (session.Cookies.Length > 0) request.Headers.Add("Cookie", session.Cookies);
                return request;
            }
            var reply = await Recorded(operation, json, Request, log, cancel);
            if (fresh || reply is not SapReply.Answered { Status: 403 }) return reply;
        }
    }

    public void Dispose() => _http.Dispose();

    private Task<SapReply> Soap(string operation, string path, string action, byte[] message, Func<Task>? begun, IExchangeLog log, CancellationToken cancel)
    {
        byte[] envelope = [.. EnvelopeStart, .. message, .. EnvelopeEnd];
        HttpRequestMessage Request() => new(HttpMethod.Post, Address(path, ""))
        {
            Content = new ByteArrayContent(envelope) { Headers = { { "Content-Type", "text/xml; charset=utf-8" } } },
            Headers = { { "SOAPAction", $"\"{action}\"" } },
        };
        return Recorded(operation, envelope, Request, log, cancel, begun);
    }

    /// <summary>Keeps the token for the next writes; returns a reply only when there is none to be had.</summary>
    private async Task<SapReply?> FetchToken(string service, CancellationToken cancel)
    {
        string? token = null;
        var cookies = "";
        HttpRequestMessage Request() =>
            new(HttpMethod.Get, Address(service + "/", "")) { Headers = { { Csrf, "Fetch" }, { "Accept", "application/json" } } };
        var reply = await Call(
            Request,
            answer =>
            {
                token = answer.Headers.TryGetValues(Csrf, out var tokens) ? tokens.FirstOrDefault() : null;
                if (answer.Headers.TryGetValues("Set-Cookie", out var set)) cookies = string.Join("; ", set.Select(cookie => cookie.Split(';')[0]));
            },
            cancel);
        if (reply is not SapReply.Answered { Status: 200 }) return reply;
        // Tenants that exempt a log-in from CSRF answer without a token; any text will do for them.
        _session = new Session(token ?? "none", cookies);
        return null;
    }

    /// <summary>Question on disk, then the call, then the answer on disk. Log-in and headers are never part of it.</summary>
    private async Task<SapReply> Recorded(
        string operation, ReadOnlyMemory<byte> question, Func<HttpRequestMessage> request, IExchangeLog? log, CancellationToken cancel,
        Func<Task>? begun = null)
    {
        if (log is null) return await Call(request, _ => { }, cancel);

        var leave = new TimeToLeave(_clock);
        var exchange = await log.Began(operation, question, cancel);
        SapReply reply;
        try
        {
            if (begun is not null) await begun();
            reply = begun is not null && leave.IsOver
                ? new SapReply.NeverLeft("Our own books took too long to note what is to be confirmed; it was not sent.")
                : await Call(request, _ => { }, cancel);
        }
        catch (OperationCanceledException)
        {
            await log.Ended(exchange, null, default, "We stopped waiting: cancelled.", CancellationToken.None);
            throw;
        }
        await (reply switch
        {
            SapReply.Answered answered => log.Ended(exchange, answered.Status, answered.Body, null, cancel),
            SapReply.Silent silent => log.Ended(exchange, null, default, silent.Reason, cancel),
            SapReply.NeverLeft never => log.Ended(exchange, null, default, never.Reason, cancel),
            _ => throw new InvalidOperationException("Unknown reply."),
        });
        return reply;
    }

    private async Task<SapReply> Call(Func<HttpRequestMessage> make, Action<HttpResponseMessage> headers, CancellationToken cancel)
    {
        using var limit = new CancellationTokenSource(_settings.Target.Timeout, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancel);
        using var request = make();
        request.Headers.Authorization = _login;
        try
        {
            using var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseContentRead, either.Token);
            headers(answer);
            var body = await answer.Content.ReadAsByteArrayAsync(either.Token);
            return new SapReply.Answered((int)answer.StatusCode, body, HttpTrouble.RetryAfter(answer, _clock));
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return limit.IsCancellationRequested
                ? new SapReply.Silent(FormattableString.Invariant($"No answer within {_settings.Target.Timeout.TotalSeconds:0.###} seconds."))
                : new SapReply.NeverLeft("SAP cannot be reached: it did not accept a connection in time.");
        }
        catch (HttpRequestException broken)
        {
            return HttpTrouble.NeverLeft(broken)
                ? new SapReply.NeverLeft($"SAP cannot be reached: {broken.Message}")
                : new SapReply.Silent($"The connection broke: {broken.Message}");
        }
    }

    private Uri Address(string path, string query)
    {
        var client = _settings.SapClient.Length > 0 ? "sap-client=" + Uri.EscapeDataString(_settings.SapClient) : "";
        // A next page's address carries the client already.
        var whole = query.Contains("sap-client=", StringComparison.Ordinal) || client.Length == 0
            ? query
            : query.Length > 0 ? $"{query}&{client}" : client;
        return new UriBuilder(_settings.Target.Url)
        {
            Path = _settings.Target.Url.AbsolutePath.TrimEnd('/') + path,
            Query = whole,
        }.Uri;
    }

    private sealed record Session(string Token, string Cookies);
}
