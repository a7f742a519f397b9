using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Tieout.Connectors.Port;

namespace Tieout.Connectors.Stripe;

/// <summary>
/// Asks Stripe's API for lists; it only reads. It keeps below Stripe's limits by itself, waits as long as a 429 says, and tries again what may come
/// to something: reading twice changes nothing.
/// </summary>
/// <remarks>Source: Stripe API reference, "Pagination", "Errors", "Rate limits".</remarks>
public sealed class StripeClient : IDisposable
{
    /// <summary>Objects of a page; Stripe gives no more.</summary>
    public const int PageSize = 100;

    // Stripe takes about a hundred reads in a second in live mode, 25 in test mode; others use the same key.
    private const int CallsASecond = 20;
    private const int MostTries = 6;
    private const int LargestAnswer = 32 * 1024 * 1024;
    private static readonly TimeSpan OneCall = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongestAsked = TimeSpan.FromMinutes(2);

    private readonly StripeAccess _access;
    private readonly TimeProvider _clock;
    private readonly HttpClient _http;
    private DateTimeOffset _next = DateTimeOffset.MinValue;

    /// <summary>One caller at a time.</summary>
    public StripeClient(StripeAccess access, TimeProvider clock)
    {
        (_access, _clock) = (access, clock);
        _http = new HttpClient(
            new SocketsHttpHandler
            {
                UseCookies = false,
                AllowAutoRedirect = false, // a redirect would take our key along
                ConnectTimeout = OneCall / 2,
                PooledConnectionIdleTimeout = TimeSpan.FromSeconds(20),
                PooledConnectionLifetime = TimeSpan.FromMinutes(5),
                AutomaticDecompression = DecompressionMethods.GZip | DecompressionMethods.Deflate,
            })
        {
            Timeout = Timeout.InfiniteTimeSpan, // every call is timed by our own clock and limit
            MaxResponseContentBufferSize = LargestAnswer,
        };
    }

    /// <summary>A page of a list.</summary>
    /// <param name="list">Such as <c>events</c>.</param>
    /// <param name="filter">Members and their values, as Stripe names them.</param>
    /// <param name="after">The last object of the page before; null for the first page.</param>
    public async Task<StripeReply> List(
        string list, IReadOnlyList<(string Name, string Value)> filter, string? after, CancellationToken cancel)
    {
        var address = Address(list, filter, after);
        for (var (tried, pause) = (1, FirstPause); ; tried++, pause = Shorter(pause * 2, LongestPause))
        {
            var (reply, wait) = await Once(address, cancel);
            if (reply is StripeReply.Page or StripeReply.Refused || tried == MostTries) return reply;
            if (wait > LongestAsked) return new StripeReply.Silent(FormattableString.Invariant($"Stripe asks to wait {wait.Value.TotalSeconds:0} seconds."));
            await Task.Delay(wait ?? pause, _clock, cancel);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private Uri Address(string list, IReadOnlyList<(string Name, string Value)> filter, string? after)
    {
        var query = new StringBuilder(FormattableString.Invariant($"v1/{list}?limit={PageSize}"));
        foreach (var (name, value) in filter) query.Append('&').Append(Uri.EscapeDataString(name)).Append('=').Append(Uri.EscapeDataString(value));
        if (after is not null) query.Append("&starting_after=").Append(Uri.EscapeDataString(after));
        return new Uri(new Uri(_access.Url.AbsoluteUri.TrimEnd('/') + "/"), query.ToString());
    }

    // Silent with how long to wait; null for our own pause.
    private async Task<(StripeReply Reply, TimeSpan? Wait)> Once(Uri address, CancellationToken cancel)
    {
        await Pace(cancel);
        using var limit = new CancellationTokenSource(OneCall, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancel);
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _access.SecretKey);
        request.Headers.Add("Stripe-Version", _access.Version);
        if (_access.Account.Length > 0) request.Headers.Add("Stripe-Account", _access.Account);
        try
        {
            using var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseContentRead, either.Token);
            return (Answer(answer, await answer.Content.ReadAsByteArrayAsync(either.Token)), HttpTrouble.RetryAfter(answer, _clock));
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return (new StripeReply.Silent("Stripe gave no answer in time."), null);
        }
        catch (HttpRequestException broken)
        {
            return (new StripeReply.Silent($"Stripe cannot be reached: {broken.Message}"), null);
        }
    }

    private async Task Pace(CancellationToken cancel)
    {
        var now = _clock.GetUtcNow();
        if (_next > now) await Task.Delay(_next - now, _clock, cancel);
        _next = (_next > now ? _next : now) + TimeSpan.FromSeconds(1) / CallsASecond;
    }

    private static StripeReply Answer(HttpResponseMessage answer, byte[] body)
    {
        var status = (int)answer.StatusCode;
        if (status == 200)
            return Page(body) ?? (StripeReply)new StripeReply.Silent("Stripe's answer is not a list.");
        var (code, message) = Error(body);
        var support = answer.Headers.TryGetValues("Request-Id", out var ids) ? $" (request {ids.First()})" : "";
        // Stripe's own word on it counts more than the status.
        var again = answer.Headers.TryGetValues("Stripe-Should-Retry", out var said) ? said.First() == "true" : status is 409 or 429 or >= 500;
        return again
            ? new StripeReply.Silent(FormattableString.Invariant($"Stripe answers with HTTP {status}{support}."))
            : new StripeReply.Refused(status, code, status switch
            {
                // Its words repeat a part of the key.
                401 => $"Stripe does not accept the secret key{support}.",
                403 => $"The secret key may not read this{support}.",
                _ => message.Length > 0 ? $"{message}{support}" : FormattableString.Invariant($"Stripe answers with HTTP {status}{support}."),
            });
    }

    private static StripeReply.Page? Page(byte[] body)
    {
        try
        {
            using var json = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = 64 });
            var root = json.RootElement;
            if (root.GetProperty("object").GetString() != "list") return null;
            return new StripeReply.Page(
                [.. root.GetProperty("data").EnumerateArray().Select(one =>
                    new StripeItem(one.GetProperty("id").GetString()!, Encoding.UTF8.GetBytes(one.GetRawText())))],
                root.GetProperty("has_more").GetBoolean());
        }
        catch (Exception bad) when (bad is JsonException or KeyNotFoundException or InvalidOperationException or ArgumentNullException)
        {
            return null;
        }
    }

    private static (string Code, string Message) Error(byte[] body)
    {
        try
        {
            using var json = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = 64 });
            var error = json.RootElement.GetProperty("error");
            return (Text(error, "code"), Text(error, "message"));
        }
        catch (Exception bad) when (bad is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return ("", "");
        }
    }

    private static string Text(JsonElement error, string name) =>
        error.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
}
