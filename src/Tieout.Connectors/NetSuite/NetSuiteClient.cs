using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Tieout.Connectors.Port;

namespace Tieout.Connectors.NetSuite;

/// <summary>
/// HTTP as SuiteTalk REST speaks it: bearer token, upsert under an external id, SuiteQL. Knows nothing of invoices. It is safe
/// for several callers at once.
/// </summary>
internal sealed class NetSuiteClient : IDisposable
{
    private const string Records = "/services/rest/record/v1/";
    private const string Queries = "/services/rest/query/v1/suiteql";
    private const int LargestAnswer = 64 * 1024 * 1024; // a page of 1000 rows is well below one megabyte

    private readonly NetSuiteSettings _settings;
    private readonly TimeProvider _clock;
    private readonly HttpClient _http;
    private readonly NetSuiteLogin _login;

    public NetSuiteClient(NetSuiteSettings settings, TimeProvider clock)
    {
        (_settings, _clock) = (settings, clock);
        _http = new HttpClient(
            new SocketsHttpHandler
            {
                UseCookies = false,
                AllowAutoRedirect = false,   // a redirect would take our token along
                // Earlier than the call's own limit, so that a host that never picks up is told from an answer that never comes.
                ConnectTimeout = settings.Target.Timeout / 2,
                // Shorter than servers keep idle connections: a call into a closing one would end in doubt for nothing.
                PooledConnectionIdleTimeout = TimeSpan.FromSeconds(20),
                PooledConnectionLifetime = TimeSpan.FromMinutes(5),
                AutomaticDecompression = DecompressionMethods.GZip | DecompressionMethods.Deflate,
            })
        {
            Timeout = Timeout.InfiniteTimeSpan, // every call is timed by the target's own clock and limit
            MaxResponseContentBufferSize = LargestAnswer,
        };
        _login = new NetSuiteLogin(settings, clock, Call);
    }

    /// <summary>
    /// Creates or updates the record under an external id. The named sublist is replaced: without that, an update adds the lines
    /// to those that stand, and a repeat would double the document.
    /// </summary>
    public Task<NetSuiteReply> Upsert(
        string operation, string record, string externalId, string replace, byte[] json, IExchangeLog log, CancellationToken cancel)
    {
        var address = _settings.Address($"{Records}{record}/eid:{externalId}", replace.Length > 0 ? "replace=" + replace : "");
        HttpRequestMessage Request()
        {
            var request = new HttpRequestMessage(HttpMethod.Put, address) { Content = Json(json) };
            // By default a field NetSuite does not know is dropped in silence.
            request.Headers.Add("X-NetSuite-PropertyNameValidation", "Error");
            request.Headers.Add("X-NetSuite-PropertyValueValidation", "Error");
            return request;
        }
        return LoggedIn(operation, [.. Encoding.UTF8.GetBytes($"PUT {address.PathAndQuery}\n\n"), .. json], Request, log, cancel);
    }

    /// <summary>One page of a SuiteQL query. Without a log nothing is recorded.</summary>
    public Task<NetSuiteReply> Query(string operation, string query, int offset, IExchangeLog? log, CancellationToken cancel)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, string>(StringComparer.Ordinal) { ["q"] = query });
        var address = _settings.Address(Queries, FormattableString.Invariant($"limit={_settings.PageSize}&offset={offset}"));
        HttpRequestMessage Request()
        {
            var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = Json(body) };
            request.Headers.Add("Prefer", "transient"); // mandatory
            return request;
        }
        return LoggedIn(operation, log is null ? [] : [.. Encoding.UTF8.GetBytes($"POST {address.PathAndQuery}\n\n"), .. body], Request, log, cancel);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _login.Dispose();
        _http.Dispose();
    }

    /// <summary>With a token; a token that NetSuite no longer takes is fetched anew once, for nothing was done under the old one.</summary>
    private async Task<NetSuiteReply> LoggedIn(
        string operation, byte[] question, Func<HttpRequestMessage> make, IExchangeLog? log, CancellationToken cancel)
    {
        string? spent = null;
        while (true)
        {
            var login = await _login.Token(spent, cancel);
            if (login.Trouble is { } trouble) return await NotAsked(operation, question, trouble, log, cancel);
            var reply = await Recorded(operation, question, make, login.Token!, log, cancel);
            if (spent is not null || reply is not NetSuiteReply.Answered { Status: 401 }) return reply;
            spent = login.Token;
        }
    }

    /// <summary>What could not even be asked is evidence, too.</summary>
    private static async Task<NetSuiteReply> NotAsked(
        string operation, byte[] question, NetSuiteReply.NeverLeft trouble, IExchangeLog? log, CancellationToken cancel)
    {
        if (log is null) return trouble;
        await log.Ended(await log.Began(operation, question, cancel), null, default, trouble.Reason, cancel);
        return trouble;
    }

    /// <summary>Question on disk, then the call, then the answer on disk. Log-in and headers are never part of it.</summary>
    private async Task<NetSuiteReply> Recorded(
        string operation, byte[] question, Func<HttpRequestMessage> make, string token, IExchangeLog? log, CancellationToken cancel)
    {
        async Task<NetSuiteReply> Ask()
        {
            using var request = make();
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
            return await Call(request, cancel);
        }

        if (log is null) return await Ask();
        var exchange = await log.Began(operation, question, cancel);
        NetSuiteReply reply;
        try
        {
            reply = await Ask();
        }
        catch (OperationCanceledException)
        {
            await log.Ended(exchange, null, default, "We stopped waiting: cancelled.", CancellationToken.None);
            throw;
        }
        await (reply switch
        {
            NetSuiteReply.Answered answered => log.Ended(exchange, answered.Status, Told(answered), null, cancel),
            NetSuiteReply.Silent silent => log.Ended(exchange, null, default, silent.Reason, cancel),
            NetSuiteReply.NeverLeft never => log.Ended(exchange, null, default, never.Reason, cancel),
            _ => throw new InvalidOperationException("Unknown reply."),
        });
        return reply;
    }

    /// <summary>An upsert is answered by an address alone, so that is the evidence.</summary>
    private static byte[] Told(NetSuiteReply.Answered answered) => answered is { Body.Length: 0, Location.Length: > 0 }
        ? Encoding.UTF8.GetBytes($"Location: {answered.Location}")
        : answered.Body;

    private async Task<NetSuiteReply> Call(HttpRequestMessage request, CancellationToken cancel)
    {
        using var limit = new CancellationTokenSource(_settings.Target.Timeout, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancel);
        try
        {
            using var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseContentRead, either.Token);
            var body = await answer.Content.ReadAsByteArrayAsync(either.Token);
            var location = answer.Headers.TryGetValues("Location", out var values) ? values.FirstOrDefault() ?? "" : "";
            return new NetSuiteReply.Answered((int)answer.StatusCode, body, location, HttpTrouble.RetryAfter(answer, _clock));
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return limit.IsCancellationRequested
                ? new NetSuiteReply.Silent(
                    FormattableString.Invariant($"No answer within {_settings.Target.Timeout.TotalSeconds:0.###} seconds."), InTime: false)
                : new NetSuiteReply.NeverLeft("NetSuite cannot be reached: it did not accept a connection in time.");
        }
        catch (HttpRequestException broken)
        {
            return HttpTrouble.NeverLeft(broken)
                ? new NetSuiteReply.NeverLeft($"NetSuite cannot be reached: {broken.Message}")
                : new NetSuiteReply.Silent($"The connection broke: {broken.Message}", InTime: true);
        }
    }

    private static ByteArrayContent Json(byte[] body) => new(body) { Headers = { { "Content-Type", "application/json" } } };
}
