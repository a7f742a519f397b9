using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Tieout.Connectors.Port;

namespace Tieout.Connectors.Dynamics;

/// <summary>
/// HTTP as finance and operations apps speak it: bearer token, OData, <c>$batch</c>. Knows nothing of invoices. It is safe for several
/// callers at once.
/// </summary>
internal sealed class DynamicsClient : IDisposable
{
    private const int LargestAnswer = 256 * 1024 * 1024; // a page of 10,000 journal lines is some 5 megabytes

    private readonly DynamicsSettings _settings;
    private readonly TimeProvider _clock;
    private readonly HttpClient _http;
    private readonly DynamicsLogin _login;

    public DynamicsClient(DynamicsSettings settings, TimeProvider clock)
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
        _login = new DynamicsLogin(settings, clock, Call);
    }

    /// <summary>Reads. Without a log nothing is recorded.</summary>
    public Task<DynamicsReply> Get(string operation, Uri address, IExchangeLog? log, CancellationToken cancel) =>
        LoggedIn(operation, log is null ? [] : Question("GET", address, []), () => new HttpRequestMessage(HttpMethod.Get, address), log, cancel);

    /// <summary>Carries out change sets, each as one.</summary>
    public Task<DynamicsReply> Batch(string operation, IReadOnlyList<IReadOnlyList<BatchOperation>> changeSets, IExchangeLog log, CancellationToken cancel)
    {
        var address = _settings.Address("/data/$batch");
        var boundary = "batch_" + Guid.CreateVersion7(_clock.GetUtcNow()).ToString("N");
        var body = ODataBatch.Write(boundary, changeSets);
        HttpRequestMessage Request()
        {
            var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = Body(body, ODataBatch.ContentType(boundary)) };
            // Otherwise the first change set that fails ends the batch.
            request.Headers.Add("Prefer", "odata.continue-on-error");
            return request;
        }
        return LoggedIn(operation, Question("POST", address, body), Request, log, cancel);
    }

    /// <summary>Calls an action or a service.</summary>
    public Task<DynamicsReply> Post(string operation, Uri address, byte[] json, IExchangeLog log, CancellationToken cancel) =>
        LoggedIn(
            operation, Question("POST", address, json),
            () => new HttpRequestMessage(HttpMethod.Post, address) { Content = Body(json, "application/json;charset=utf-8") }, log, cancel);

    /// <summary>Deletes a row, if it is still the one we read.</summary>
    public Task<DynamicsReply> Delete(string operation, Uri address, string etag, IExchangeLog log, CancellationToken cancel)
    {
        HttpRequestMessage Request()
        {
            var request = new HttpRequestMessage(HttpMethod.Delete, address);
            request.Headers.TryAddWithoutValidation("If-Match", etag.Length > 0 ? etag : "*");
            return request;
        }
        return LoggedIn(operation, Question("DELETE", address, []), Request, log, cancel);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _login.Dispose();
        _http.Dispose();
    }

    /// <summary>With a token; a token that Dynamics no longer takes is fetched anew once, for nothing was done under the old one.</summary>
    private async Task<DynamicsReply> LoggedIn(
        string operation, byte[] question, Func<HttpRequestMessage> make, IExchangeLog? log, CancellationToken cancel)
    {
        string? spent = null;
        while (true)
        {
            var login = await _login.Token(spent, cancel);
            if (login.Trouble is { } trouble) return await NotAsked(operation, question, trouble, log, cancel);
            var reply = await Recorded(operation, question, make, login.Token!, log, cancel);
            if (spent is not null || reply is not DynamicsReply.Answered { Status: 401 }) return reply;
            spent = login.Token;
        }
    }

    /// <summary>What could not even be asked is evidence, too.</summary>
    private static async Task<DynamicsReply> NotAsked(
        string operation, byte[] question, DynamicsReply.NeverLeft trouble, IExchangeLog? log, CancellationToken cancel)
    {
        if (log is null) return trouble;
        await log.Ended(await log.Began(operation, question, cancel), null, default, trouble.Reason, cancel);
        return trouble;
    }

    /// <summary>Question on disk, then the call, then the answer on disk. Log-in and headers are never part of it.</summary>
    private async Task<DynamicsReply> Recorded(
        string operation, byte[] question, Func<HttpRequestMessage> make, string token, IExchangeLog? log, CancellationToken cancel)
    {
        async Task<DynamicsReply> Ask()
        {
            using var request = make();
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            request.Headers.TryAddWithoutValidation("Accept", "application/json, multipart/mixed");
            return await Call(request, cancel);
        }

        if (log is null) return await Ask();
        var exchange = await log.Began(operation, question, cancel);
        DynamicsReply reply;
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
            DynamicsReply.Answered answered => log.Ended(exchange, answered.Status, answered.Body, null, cancel),
            DynamicsReply.Silent silent => log.Ended(exchange, null, default, silent.Reason, cancel),
            DynamicsReply.NeverLeft never => log.Ended(exchange, null, default, never.Reason, cancel),
            _ => throw new InvalidOperationException("Unknown reply."),
        });
        return reply;
    }

    private async Task<DynamicsReply> Call(HttpRequestMessage request, CancellationToken cancel)
    {
        using var limit = new CancellationTokenSource(_settings.Target.Timeout, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancel);
        try
        {
            using var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseContentRead, either.Token);
            var body = await answer.Content.ReadAsByteArrayAsync(either.Token);
            var type = answer.Content.Headers.TryGetValues("Content-Type", out var types) ? types.FirstOrDefault() ?? "" : "";
            return new DynamicsReply.Answered((int)answer.StatusCode, body, type, HttpTrouble.RetryAfter(answer, _clock));
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return limit.IsCancellationRequested
                ? new DynamicsReply.Silent(
                    FormattableString.Invariant($"No answer within {_settings.Target.Timeout.TotalSeconds:0.###} seconds."), InTime: false)
                : new DynamicsReply.NeverLeft("The address cannot be reached: it did not accept a connection in time.");
        }
        catch (HttpRequestException broken)
        {
            return HttpTrouble.NeverLeft(broken)
                ? new DynamicsReply.NeverLeft($"The address cannot be reached: {broken.Message}")
                : new DynamicsReply.Silent($"The connection broke: {broken.Message}", InTime: true);
        }
    }

    private static byte[] Question(string method, Uri address, byte[] body) => [.. Encoding.UTF8.GetBytes($"{method} {address.PathAndQuery}\n\n"), .. body];

    private static ByteArrayContent Body(byte[] body, string type)
    {
        var content = new ByteArrayContent(body);
        content.Headers.TryAddWithoutValidation("Content-Type", type);
        return content;
    }
}
