using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Tieout.Connectors.Port;

namespace Tieout.Connectors.AvaTax;

/// <summary>What became of one call.</summary>
internal abstract record AvaTaxReply
{
    private AvaTaxReply() { }

    /// <summary>A whole HTTP answer.</summary>
    public sealed record Answered(int Status, byte[] Body, TimeSpan? RetryAfter) : AvaTaxReply;

    /// <summary>The call went out, perhaps in part, and no whole answer came back.</summary>
    public sealed record Silent(string Reason) : AvaTaxReply;

    /// <summary>No connection was made: not one byte of the call reached the engine.</summary>
    public sealed record NeverLeft(string Reason) : AvaTaxReply;
}

/// <summary>
/// HTTP as AvaTax REST v2 speaks it: Basic log-in with account id and license key, JSON both ways. Knows nothing of invoices.
/// It is safe for several callers at once.
/// </summary>
internal sealed class AvaTaxClient : IDisposable
{
    /// <summary>An answer larger than this is not read.</summary>
    public const int LargestAnswer = 32 * 1024 * 1024;

    private readonly TaxEngineSettings _settings;
    private readonly TimeProvider _clock;
    private readonly HttpClient _http;
    private readonly AuthenticationHeaderValue _login;

    public AvaTaxClient(TaxEngineSettings settings, TimeProvider clock)
    {
        (_settings, _clock) = (settings, clock);
        _login = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{settings.User}:{settings.Password}")));
        _http = new HttpClient(
            new SocketsHttpHandler
            {
                UseCookies = false,
                AllowAutoRedirect = false,  // a redirect would take our license key along
                // Earlier than the call's own limit, so that a host that never picks up is told from an answer that never comes.
                ConnectTimeout = settings.Timeout / 2,
                // Shorter than servers keep idle connections: a commit into a closing one would end in doubt for nothing.
                PooledConnectionIdleTimeout = TimeSpan.FromSeconds(20),
                PooledConnectionLifetime = TimeSpan.FromMinutes(5),
                AutomaticDecompression = DecompressionMethods.GZip | DecompressionMethods.Deflate,
            })
        {
            Timeout = Timeout.InfiniteTimeSpan, // every call is timed by the settings' own clock and limit
            MaxResponseContentBufferSize = LargestAnswer,
        };
    }

    /// <summary>Sends JSON; <paramref name="path"/> begins behind <c>/api/v2/</c> and is encoded already.</summary>
    public Task<AvaTaxReply> Post(string operation, string path, byte[] json, IExchangeLog log, CancellationToken cancel) =>
        Recorded(operation, json, () => new HttpRequestMessage(HttpMethod.Post, Address(path))
        {
            Content = new ByteArrayContent(json) { Headers = { { "Content-Type", "application/json" } } },
        }, log, cancel);

    /// <summary>Reads.</summary>
    public Task<AvaTaxReply> Get(string operation, string path, IExchangeLog log, CancellationToken cancel) =>
        Recorded(operation, Encoding.UTF8.GetBytes($"GET {Address(path).PathAndQuery}"), () => new HttpRequestMessage(HttpMethod.Get, Address(path)), log, cancel);

    public void Dispose() => _http.Dispose();

    // Question on disk, then the call, then the answer on disk. Log-in and headers are never part of it.
    private async Task<AvaTaxReply> Recorded(string operation, byte[] question, Func<HttpRequestMessage> make, IExchangeLog log, CancellationToken cancel)
    {
        var exchange = await log.Began(operation, question, cancel);
        AvaTaxReply reply;
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
            AvaTaxReply.Answered answered => log.Ended(exchange, answered.Status, answered.Body, null, cancel),
            AvaTaxReply.Silent silent => log.Ended(exchange, null, default, silent.Reason, cancel),
            AvaTaxReply.NeverLeft never => log.Ended(exchange, null, default, never.Reason, cancel),
            _ => throw new InvalidOperationException("Unknown reply."),
        });
        return reply;
    }

    private async Task<AvaTaxReply> Call(Func<HttpRequestMessage> make, CancellationToken cancel)
    {
        using var limit = new CancellationTokenSource(_settings.Timeout, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancel);
        using var request = make();
        request.Headers.Authorization = _login;
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        request.Headers.Add("X-Avalara-Client", "Tieout; 1; own; 1; none"); // program; version; library; its version; machine
        try
        {
            using var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseContentRead, either.Token);
            var body = await answer.Content.ReadAsByteArrayAsync(either.Token);
            return new AvaTaxReply.Answered((int)answer.StatusCode, body, HttpTrouble.RetryAfter(answer, _clock));
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return limit.IsCancellationRequested
                ? new AvaTaxReply.Silent(FormattableString.Invariant($"No answer within {_settings.Timeout.TotalSeconds:0.###} seconds."))
                : new AvaTaxReply.NeverLeft("AvaTax cannot be reached: it did not accept a connection in time.");
        }
        catch (HttpRequestException broken)
        {
            return HttpTrouble.NeverLeft(broken)
                ? new AvaTaxReply.NeverLeft($"AvaTax cannot be reached: {broken.Message}")
                : new AvaTaxReply.Silent($"The connection broke: {broken.Message}");
        }
    }

    private Uri Address(string path) => new(new Uri(_settings.Url.AbsoluteUri.TrimEnd('/') + "/"), "api/v2/" + path);
}
