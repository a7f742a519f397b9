using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Tieout.Sandbox.NetSuite;

/// <summary>
/// The token endpoint: takes an assertion signed by a certificate that was registered, checks signature and claims for real, and gives
/// out tokens that end.
/// </summary>
/// <param name="clientId">The only client.</param>
/// <param name="clock">For the times in assertions and the end of tokens.</param>
internal sealed class NetSuiteTokens(string clientId, TimeProvider clock)
{
    /// <summary>Key id of the certificate that the sandbox makes for whoever brings none.</summary>
    public const string OwnCertificate = "sandbox-certificate";

    private const string AssertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
    private static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(2);

    private readonly ConcurrentDictionary<string, RSA> _certificates = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, DateTimeOffset> _tokens = new(StringComparer.Ordinal);
    private readonly Lazy<RSA> _own = new(() => RSA.Create(2048));
    private int _given;

    /// <summary>How long a new token lives.</summary>
    public TimeSpan Life { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Tokens given out so far.</summary>
    public int Given => _given;

    /// <summary>The private key of <see cref="OwnCertificate"/>, made when first asked for; nothing real is behind it.</summary>
    public string OwnPrivateKey() => _own.Value.ExportPkcs8PrivateKeyPem();

    /// <summary>Registers the public key of a certificate, as somebody does in NetSuite's setup.</summary>
    /// <returns>False when the PEM is no RSA public key.</returns>
    public bool Register(string keyId, string publicPem)
    {
        var key = RSA.Create();
        try
        {
            key.ImportFromPem(publicPem);
        }
        catch (Exception broken) when (broken is ArgumentException or CryptographicException)
        {
            key.Dispose();
            return false;
        }
        _certificates[keyId] = key;
        return true;
    }

    /// <summary>All tokens lose their force.</summary>
    public void End() => _tokens.Clear();

    /// <summary>One token loses it.</summary>
    public void End(string token) => _tokens.TryRemove(token, out _);

    /// <summary>Whether a bearer token is good now.</summary>
    public bool Holds(string token) => _tokens.TryGetValue(token, out var end) && clock.GetUtcNow() < end;

    /// <summary>Answers a token request: status and JSON body.</summary>
    /// <param name="form">The fields of the request.</param>
    /// <param name="address">The address it came to, which the assertion has to name as its audience.</param>
    public (int Status, object Body) Answer(IReadOnlyDictionary<string, string> form, string address)
    {
        if (form.GetValueOrDefault("grant_type") != "client_credentials" || form.GetValueOrDefault("client_assertion_type") != AssertionType)
            return Error(400, "invalid_request");
        if (form.GetValueOrDefault("client_assertion") is not { } assertion || assertion.Split('.') is not [var header, var claims, var signature])
            return Error(400, "invalid_request");
        try
        {
            using var head = JsonDocument.Parse(Base64Url.DecodeFromChars(header));
            if (!Signed(head.RootElement, $"{header}.{claims}", Base64Url.DecodeFromChars(signature))) return Error(401, "invalid_client");
            using var body = JsonDocument.Parse(Base64Url.DecodeFromChars(claims));
            if (Wrong(body.RootElement, address) is { } error) return Error(400, error);
        }
        catch (Exception broken) when (broken is JsonException or FormatException or KeyNotFoundException or InvalidOperationException)
        {
            return Error(400, "invalid_request");
        }
        var token = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        _tokens[token] = clock.GetUtcNow() + Life;
        Interlocked.Increment(ref _given);
        return (200, new { access_token = token, expires_in = FormattableString.Invariant($"{Life.TotalSeconds:0}"), token_type = "bearer" });
    }

    // PKCS#1 v1.5 signatures (RS256) are not taken, as in NetSuite.
    private bool Signed(JsonElement header, string text, byte[] signature)
    {
        if (header.GetProperty("typ").GetString() != "JWT") return false;
        HashAlgorithmName? hash = header.GetProperty("alg").GetString() switch
        {
            "PS256" => HashAlgorithmName.SHA256,
            "PS384" => HashAlgorithmName.SHA384,
            "PS512" => HashAlgorithmName.SHA512,
            _ => null,
        };
        var id = header.GetProperty("kid").GetString()!;
        var key = id == OwnCertificate ? _own.Value : _certificates.GetValueOrDefault(id);
        return hash is { } named && key is not null && key.VerifyData(Encoding.ASCII.GetBytes(text), signature, named, RSASignaturePadding.Pss);
    }

    private string? Wrong(JsonElement claims, string address)
    {
        var now = clock.GetUtcNow();
        var issued = DateTimeOffset.FromUnixTimeSeconds(claims.GetProperty("iat").GetInt64());
        var ends = DateTimeOffset.FromUnixTimeSeconds(claims.GetProperty("exp").GetInt64());
        if (claims.GetProperty("iss").GetString() != clientId) return "invalid_client";
        if (claims.GetProperty("aud").GetString() != address) return "invalid_grant";
        if (issued > now + ClockSkew || ends <= now || ends - issued >= TimeSpan.FromMinutes(60)) return "invalid_grant";
        return claims.GetProperty("scope").GetString()!.Split(',').Contains("rest_webservices", StringComparer.Ordinal) ? null : "invalid_scope";
    }

    private static (int Status, object Body) Error(int status, string error) => (status, new { error });
}
