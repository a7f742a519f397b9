using System.Net;
using Tieout.Connectors.Port;

namespace Tieout.Connectors.Http;

/// <summary>
/// Calls over HTTP, each timed by the target's own clock and limit, and recorded: the question before it leaves, the answer before anybody
/// acts on it. It knows nothing of what is asked, and is safe for several callers at once.
/// </summary>
internal sealed class ErpHttp : IDisposable
{
    private readonly string _name;
    private readonly TargetSettings _target;
    private readonly TimeProvider _clock;
    private readonly HttpClient _http;

    /// <summary>The way to one target.</summary>
    /// <param name="name">What cannot be reached when it cannot, such as "NetSuite".</param>
    /// <param name="target">For its time-out.</param>
    /// <param name="clock">Times the calls.</param>
    /// <param name="largestAnswer">In bytes: a server that does not page would fill the memory.</param>
    public ErpHttp(string name, TargetSettings target, TimeProvider clock, int largestAnswer)
    {
        (_name, _target, _clock) = (name, target, clock);
        _http = new HttpClient(
            new SocketsHttpHandler
            {
                UseCookies = false,
                AllowAutoRedirect = false,   // a redirect would take our log-in along
                // Earlier than the call's own limit, so that a host that never picks up is told from an answer that never comes.
                ConnectTimeout = target.Timeout / 2,
                // Shorter than servers keep idle connections: a call into a closing one would end in doubt for nothing.
                PooledConnectionIdleTimeout = TimeSpan.FromSeconds(20),
                PooledConnectionLifetime = TimeSpan.FromMinutes(5),
                AutomaticDecompression = DecompressionMethods.GZip | DecompressionMethods.Deflate,
            })
        {
            Timeout = Timeout.InfiniteTimeSpan, // every call is timed by the target's own clock and limit
            MaxResponseContentBufferSize = largestAnswer,
        };
    }

    /// <summary>What could not even be asked is evidence, too.</summary>
    public static async Task NotAsked(string operation, ReadOnlyMemory<byte> question, string reason, IExchangeLog? log, CancellationToken cancel)
    {
        if (log is null) return;
        await log.Ended(await log.Began(operation, question, cancel), null, default, reason, cancel);
    }

    /// <summary>Question on disk, then the call, then the answer on disk. Log-in and headers are never part of it.</summary>
    /// <param name="operation">What is done, in the words of the log.</param>
    /// <param name="question">What is recorded as asked.</param>
    /// <param name="make">Makes the request.</param>
    /// <param name="log">Null: nothing is recorded.</param>
    /// <param name="cancel">Ends the waiting; the record then says so.</param>
    /// <param name="told">What of an answer is kept as evidence; the body where it is left out.</param>
    public async Task<HttpReply> Recorded(
        string operation, ReadOnlyMemory<byte> question, Func<HttpRequestMessage> make, IExchangeLog? log, CancellationToken cancel,
        Func<HttpReply.Answered, byte[]>? told = null)
    {
        if (log is null) return await Call(make, cancel);
        var exchange = await log.Began(operation, question, cancel);
        HttpReply reply;
        try
        {
            reply = await Call(make, cancel);
        }
        catch (OperationCanceledException)
        {
            await log.Ended(exchange, null, default, "We stopped waiting: cancelled.", CancellationToken.None);
            throw;
        }
        await (reply switch
        {
            HttpReply.Answered answered => log.Ended(exchange, answered.Status, told?.Invoke(answered) ?? answered.Body, null, cancel),
            HttpReply.Silent silent => log.Ended(exchange, null, default, silent.Reason, cancel),
            HttpReply.NeverLeft never => log.Ended(exchange, null, default, never.Reason, cancel),
            _ => throw new InvalidOperationException("Unknown reply."),
        });
        return reply;
    }

    /// <summary>One call, not recorded; a log-in is none of the evidence.</summary>
    public async Task<HttpReply> Call(Func<HttpRequestMessage> make, CancellationToken cancel)
    {
        using var limit = new CancellationTokenSource(_target.Timeout, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancel);
        using var request = make();
        try
        {
            using var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseContentRead, either.Token);
            var body = await answer.Content.ReadAsByteArrayAsync(either.Token);
            var type = answer.Content.Headers.TryGetValues("Content-Type", out var types) ? types.FirstOrDefault() ?? "" : "";
            var location = answer.Headers.TryGetValues("Location", out var values) ? values.FirstOrDefault() ?? "" : "";
            return new HttpReply.Answered((int)answer.StatusCode, body, type, location, HttpTrouble.RetryAfter(answer, _clock));
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return limit.IsCancellationRequested
                ? new HttpReply.Silent(FormattableString.Invariant($"No answer within {_target.Timeout.TotalSeconds:0.###} seconds."), InTime: false)
                : new HttpReply.NeverLeft($"{_name} cannot be reached: it did not accept a connection in time.");
        }
        catch (HttpRequestException broken)
        {
            return HttpTrouble.NeverLeft(broken)
                ? new HttpReply.NeverLeft($"{_name} cannot be reached: {broken.Message}")
                : new HttpReply.Silent($"The connection broke: {broken.Message}", InTime: true);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();
}
