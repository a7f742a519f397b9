using System.Globalization;
using System.Text.Json;

namespace Tieout.Connectors.Http;

/// <summary>
/// The access token of OAuth 2.0 client credentials (RFC 6749, 4.4). It is kept, fetched anew a little before its end, and once after the ERP
/// refuses it. No token is ever recorded.
/// </summary>
/// <param name="issuer">Who gives it, in words for finance.</param>
/// <param name="check">What to look at when our log-in is refused, as a sentence.</param>
/// <param name="clock">For the token's end.</param>
/// <param name="ask">Asks the issuer once.</param>
/// <param name="whenThrottled">What to wait when the issuer is busy and does not say how long; null leaves it to our own policy.</param>
internal sealed class AccessTokens(
    string issuer, string check, TimeProvider clock, Func<CancellationToken, Task<HttpReply>> ask, TimeSpan? whenThrottled = null) : IDisposable
{
    // A call that starts with a token must not end without it.
    private static readonly TimeSpan RenewBefore = TimeSpan.FromMinutes(2);

    private readonly SemaphoreSlim _gate = new(1, 1);
    private volatile Access? _access;

    /// <summary>What came of asking for a token; exactly one of the two is null.</summary>
    /// <param name="Token">To be sent as bearer.</param>
    /// <param name="Trouble">Why there is none.</param>
    public sealed record Answer(string? Token, HttpReply.NeverLeft? Trouble);

    /// <summary>A token that is good for a call now.</summary>
    /// <param name="spent">A token that was just refused; it is not given again.</param>
    /// <param name="cancel">Ends the waiting.</param>
    public async Task<Answer> Token(string? spent, CancellationToken cancel)
    {
        if (Good(spent) is { } kept) return new Answer(kept, null);
        await _gate.WaitAsync(cancel);
        try
        {
            // Somebody else may have fetched one while we waited.
            return Good(spent) is { } fresh ? new Answer(fresh, null) : await Fetch(cancel);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _gate.Dispose();

    private string? Good(string? spent) =>
        _access is { } access && access.Token != spent && clock.GetUtcNow() < access.RenewAt ? access.Token : null;

    private async Task<Answer> Fetch(CancellationToken cancel) => await ask(cancel) switch
    {
        HttpReply.Answered { Status: 200 } answered => Keep(answered.Body),
        HttpReply.Answered { Status: 400 or 401 } refused => None($"{issuer} does not accept our log-in{Why(refused.Body)}. {check}"),
        HttpReply.Answered other => None(
            $"{issuer} gave no access token (HTTP {other.Status}).", other.RetryAfter ?? (other.Status == 429 ? whenThrottled : null)),
        HttpReply.NeverLeft never => new Answer(null, never),
        // Only the log-in went out; nothing of the call itself did.
        HttpReply.Silent silent => None($"{issuer} gave no access token: {silent.Reason}"),
        _ => throw new InvalidOperationException("Unknown reply."),
    };

    private Answer Keep(byte[] body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            var token = json.RootElement.GetProperty("access_token").GetString();
            var life = json.RootElement.GetProperty("expires_in");
            // A number by the standard; some tell it as text, "3600".
            var seconds = life.ValueKind == JsonValueKind.String ? int.Parse(life.GetString()!, CultureInfo.InvariantCulture) : life.GetInt32();
            if (string.IsNullOrEmpty(token) || seconds <= 0) return None($"{issuer}'s answer to the log-in holds no token.");
            var lives = TimeSpan.FromSeconds(seconds);
            _access = new Access(token, clock.GetUtcNow() + (lives > RenewBefore * 2 ? lives - RenewBefore : lives / 2));
            return new Answer(token, null);
        }
        catch (Exception broken) when (broken is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or OverflowException)
        {
            return None($"{issuer}'s answer to the log-in cannot be read.");
        }
    }

    private static Answer None(string reason, TimeSpan? pause = null) => new(null, new HttpReply.NeverLeft(reason, pause));

    /// <summary>OAuth's own word for it, such as <c>invalid_client</c>.</summary>
    private static string Why(byte[] body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            return json.RootElement.GetProperty("error").GetString() is { Length: > 0 and < 60 } error ? $" ({error})" : "";
        }
        catch (Exception broken) when (broken is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return "";
        }
    }

    private sealed record Access(string Token, DateTimeOffset RenewAt);
}
