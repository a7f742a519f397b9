using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Tieout.Connectors.Port;
using Tieout.Domain.Webhooks;

namespace Tieout.Connectors.Webhooks;

/// <summary>Sends signed webhooks. One for a whole program; safe to use from many threads.</summary>
public sealed class WebhookClient : IDisposable
{
    /// <summary>For connecting, sending and the beginning of the answer together.</summary>
    public static readonly TimeSpan UsualTimeout = TimeSpan.FromSeconds(15);

    /// <summary>Of an answer so many bytes are read and characters kept.</summary>
    public const int AnswerMost = 2048;

    private readonly HttpClient _http;
    private readonly TimeProvider _clock;
    private readonly TimeSpan _timeout;

    /// <summary>With the machine's own way of resolving names.</summary>
    public WebhookClient(TimeProvider clock) : this(clock, UsualTimeout, Dns.GetHostAddressesAsync) { }

    internal WebhookClient(TimeProvider clock, TimeSpan timeout, Func<string, CancellationToken, Task<IPAddress[]>> resolve)
    {
        (_clock, _timeout) = (clock, timeout);
        _http = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            // A proxy would resolve names itself.
            UseProxy = false,
            ConnectCallback = new GuardedConnect(resolve).Open,
            // Names are judged anew at least this often.
            PooledConnectionLifetime = TimeSpan.FromMinutes(1),
            MaxResponseHeadersLength = 16,
        })
        { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>Sends once, signed by every secret; never throws for what the other side does.</summary>
    /// <param name="url">Where to.</param>
    /// <param name="what">Becomes the body.</param>
    /// <param name="secrets">At least one.</param>
    /// <param name="at">The instant that is signed; receivers refuse one that is minutes off.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<DeliveryAnswer> Send(
        Uri url, WebhookEvent what, IReadOnlyList<WebhookSecret> secrets, DateTimeOffset at, CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(_timeout);
        try
        {
            using var request = Request(url, what, secrets, at);
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            return new DeliveryAnswer.Answered((int)response.StatusCode, await Beginning(response, limit.Token), HttpTrouble.RetryAfter(response, _clock));
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return new DeliveryAnswer.NoAnswer(string.Create(CultureInfo.InvariantCulture, $"No answer within {_timeout.TotalSeconds} seconds."));
        }
        catch (HttpRequestException broken) when (Refusal(broken) is { } refused)
        {
            return new DeliveryAnswer.NotSent(refused.Message);
        }
        catch (HttpRequestException broken)
        {
            var reason = $"{broken.HttpRequestError}: {broken.Message}";
            return HttpTrouble.NeverLeft(broken) ? new DeliveryAnswer.NotSent(reason) : new DeliveryAnswer.NoAnswer(reason);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private static HttpRequestMessage Request(Uri url, WebhookEvent what, IReadOnlyList<WebhookSecret> secrets, DateTimeOffset at)
    {
        var body = what.Body();
        var timestamp = at.ToUnixTimeSeconds();
        var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json", "utf-8");
        request.Headers.UserAgent.ParseAdd("Tieout-Webhooks/1");
        request.Headers.Add("webhook-id", what.MessageId);
        request.Headers.Add("webhook-timestamp", timestamp.ToString(CultureInfo.InvariantCulture));
        request.Headers.TryAddWithoutValidation("webhook-signature", WebhookSecret.Sign(secrets, what.MessageId, timestamp, body));
        return request;
    }

    // The status is what counts: an answer that breaks off after it, or never ends, is kept as far as it came.
    private static async Task<string> Beginning(HttpResponseMessage response, CancellationToken cancel)
    {
        var bytes = new byte[AnswerMost];
        var length = 0;
        try
        {
            await using var stream = await response.Content.ReadAsStreamAsync(cancel);
            while (length < bytes.Length && await stream.ReadAsync(bytes.AsMemory(length), cancel) is var read and > 0) length += read;
        }
        catch (Exception broken) when (broken is IOException or HttpRequestException or OperationCanceledException)
        {
            // What there is stays.
        }
        var text = Encoding.UTF8.GetString(bytes, 0, length);
        return string.Concat(text.Select(letter => char.IsControl(letter) && letter is not ('\n' or '\t') ? ' ' : letter));
    }

    private static AddressRefusedException? Refusal(Exception? trouble) =>
        trouble is null ? null : trouble as AddressRefusedException ?? Refusal(trouble.InnerException);
}
