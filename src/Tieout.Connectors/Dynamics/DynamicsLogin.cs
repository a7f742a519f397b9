using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;

namespace Tieout.Connectors.Dynamics;

/// <summary>
/// OAuth 2.0 client credentials against Microsoft Entra: client id and secret for an access token of about an hour. The token is kept,
/// fetched anew a little before its end, and once after Dynamics refuses it. Neither secret nor token is ever recorded.
/// </summary>
/// <param name="settings">Client id, secret, addresses.</param>
/// <param name="clock">For the token's end.</param>
/// <param name="call">Makes an HTTP call without log-in.</param>
internal sealed class DynamicsLogin(
    DynamicsSettings settings, TimeProvider clock, Func<HttpRequestMessage, CancellationToken, Task<DynamicsReply>> call) : IDisposable
{
    // A call that starts with a token must not end without it.
    private static readonly TimeSpan RenewBefore = TimeSpan.FromMinutes(2);

    private readonly SemaphoreSlim _gate = new(1, 1);
    private volatile Access? _access;

    /// <summary>What came of asking for a token; exactly one of the two is null.</summary>
    /// <param name="Token">To be sent as bearer.</param>
    /// <param name="Trouble">Why there is none.</param>
    public sealed record Answer(string? Token, DynamicsReply.NeverLeft? Trouble);

    /// <summary>A token that is good for a call now.</summary>
    /// <param name="spent">A token that Dynamics has just refused; it is not given again.</param>
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

    private async Task<Answer> Fetch(CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, settings.TokenUrl);
        request.Content = new FormUrlEncodedContent(
        [
            new("grant_type", "client_credentials"), new("client_id", settings.ClientId), new("client_secret", settings.ClientSecret),
            new("scope", settings.Scope),
        ]);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        return await call(request, cancel) switch
        {
            DynamicsReply.Answered { Status: 200 } answered => Keep(answered.Body),
            DynamicsReply.Answered { Status: 400 or 401 } refused =>
                None($"Microsoft Entra does not accept our log-in{Why(refused.Body)}. "
                    + "Check tenant, client id, client secret and scope, and that the secret has not expired."),
            DynamicsReply.Answered other => None($"Microsoft Entra gave no access token (HTTP {other.Status}).", other.RetryAfter),
            DynamicsReply.NeverLeft never => None($"Microsoft Entra gave no access token: {never.Reason}"),
            // Only the log-in went out; nothing of the call itself did.
            DynamicsReply.Silent silent => None($"Microsoft Entra gave no access token: {silent.Reason}"),
            _ => throw new InvalidOperationException("Unknown reply."),
        };
    }

    private Answer Keep(byte[] body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            var token = json.RootElement.GetProperty("access_token").GetString();
            var life = json.RootElement.GetProperty("expires_in");
            // A number from the v2 endpoint, text from the one before it.
            var seconds = life.ValueKind == JsonValueKind.String ? int.Parse(life.GetString()!, CultureInfo.InvariantCulture) : life.GetInt32();
            if (string.IsNullOrEmpty(token) || seconds <= 0) return None("Microsoft Entra's answer to the log-in holds no token.");
            var lives = TimeSpan.FromSeconds(seconds);
            _access = new Access(token, clock.GetUtcNow() + (lives > RenewBefore * 2 ? lives - RenewBefore : lives / 2));
            return new Answer(token, null);
        }
        catch (Exception broken) when (broken is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or OverflowException)
        {
            return None("Microsoft Entra's answer to the log-in cannot be read.");
        }
    }

    private static Answer None(string reason, TimeSpan? pause = null) => new(null, new DynamicsReply.NeverLeft(reason, pause));

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
