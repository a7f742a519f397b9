using System.Buffers.Text;
using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Tieout.Connectors.NetSuite;

/// <summary>
/// OAuth 2.0 client credentials: we sign an assertion with our private key (PS256; NetSuite takes no RS256) and get an access
/// token for about an hour. The token is kept, fetched anew a little before its end, and once after NetSuite refuses it.
/// Neither assertion nor token is ever recorded.
/// </summary>
/// <param name="settings">Client id, certificate id, key, addresses.</param>
/// <param name="clock">For the assertion's times and the token's end.</param>
/// <param name="call">Makes an HTTP call without log-in.</param>
internal sealed class NetSuiteLogin(
    NetSuiteSettings settings, TimeProvider clock, Func<HttpRequestMessage, CancellationToken, Task<NetSuiteReply>> call) : IDisposable
{
    private const string AssertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

    // NetSuite allows up to an hour; the assertion is used at once, so minutes do, with one for a clock that runs ahead.
    private static readonly TimeSpan AssertionLife = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(1);

    // A call that starts with a token must not end without it.
    private static readonly TimeSpan RenewBefore = TimeSpan.FromMinutes(2);

    private readonly SemaphoreSlim _gate = new(1, 1);
    private volatile Access? _access;

    /// <summary>What came of asking for a token; exactly one of the two is null.</summary>
    /// <param name="Token">To be sent as bearer.</param>
    /// <param name="Trouble">Why there is none.</param>
    public sealed record Answer(string? Token, NetSuiteReply.NeverLeft? Trouble);

    /// <summary>A token that is good for a call now.</summary>
    /// <param name="spent">A token that NetSuite has just refused; it is not given again.</param>
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

    /// <summary>The signed assertion; null when the private key cannot be read.</summary>
    internal string? Assertion()
    {
        using var key = Key();
        if (key is null) return null;
        var issued = clock.GetUtcNow() - ClockSkew;
        var header = Part(new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["typ"] = "JWT",
            ["alg"] = "PS256",
            ["kid"] = settings.CertificateId,
        });
        var claims = Part(new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["iss"] = settings.ClientId,
            ["scope"] = "rest_webservices",
            ["aud"] = settings.Audience,
            ["iat"] = issued.ToUnixTimeSeconds(),
            ["exp"] = (issued + ClockSkew + AssertionLife).ToUnixTimeSeconds(),
        });
        var text = $"{header}.{claims}";
        var signature = key.SignData(Encoding.ASCII.GetBytes(text), HashAlgorithmName.SHA256, RSASignaturePadding.Pss);
        return $"{text}.{Base64Url.EncodeToString(signature)}";
    }

    private string? Good(string? spent) =>
        _access is { } access && access.Token != spent && clock.GetUtcNow() < access.RenewAt ? access.Token : null;

    private async Task<Answer> Fetch(CancellationToken cancel)
    {
        if (Assertion() is not { } assertion)
            return None("The private key of the target cannot be read: it must be the PEM text of an RSA key of 2048 bits or more.");
        using var request = new HttpRequestMessage(HttpMethod.Post, settings.Address(settings.TokenPath, ""));
        request.Content = new FormUrlEncodedContent(
        [
            new("grant_type", "client_credentials"), new("client_assertion_type", AssertionType), new("client_assertion", assertion),
        ]);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        return await call(request, cancel) switch
        {
            NetSuiteReply.Answered { Status: 200 } answered => Keep(answered.Body),
            NetSuiteReply.Answered { Status: 400 or 401 } refused =>
                None($"NetSuite does not accept our log-in{Why(refused.Body)}. "
                    + "Check client id, certificate id and private key, and that the certificate has not expired."),
            NetSuiteReply.Answered other => None($"NetSuite gave no access token (HTTP {other.Status}).", other.Pause),
            NetSuiteReply.NeverLeft never => new Answer(null, never),
            // Only the log-in went out; nothing of the call itself did.
            NetSuiteReply.Silent silent => None($"NetSuite gave no access token: {silent.Reason}"),
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
            // Told as text, "3600".
            var seconds = life.ValueKind == JsonValueKind.String ? int.Parse(life.GetString()!, CultureInfo.InvariantCulture) : life.GetInt32();
            if (string.IsNullOrEmpty(token) || seconds <= 0) return None("NetSuite's answer to the log-in holds no token.");
            var lives = TimeSpan.FromSeconds(seconds);
            _access = new Access(token, clock.GetUtcNow() + (lives > RenewBefore * 2 ? lives - RenewBefore : lives / 2));
            return new Answer(token, null);
        }
        catch (Exception broken) when (broken is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or OverflowException)
        {
            return None("NetSuite's answer to the log-in cannot be read.");
        }
    }

    private RSA? Key()
    {
        var key = RSA.Create();
        try
        {
            key.ImportFromPem(settings.PrivateKey.Replace("\\n", "\n", StringComparison.Ordinal)); // environments like to escape line ends
            if (key.KeySize >= 2048 && key.ExportParameters(includePrivateParameters: true).D is not null) return key;
        }
        catch (Exception broken) when (broken is ArgumentException or CryptographicException)
        {
            // Told without the text: it may be half a key.
        }
        key.Dispose();
        return null;
    }

    private static Answer None(string reason, TimeSpan? pause = null) => new(null, new NetSuiteReply.NeverLeft(reason, pause));

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

    private static string Part(Dictionary<string, object> values) => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(values));

    private sealed record Access(string Token, DateTimeOffset RenewAt);
}
