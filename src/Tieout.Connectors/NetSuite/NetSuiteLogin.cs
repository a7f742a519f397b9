using System.Buffers.Text;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Tieout.Connectors.Http;

namespace Tieout.Connectors.NetSuite;

/// <summary>
/// How NetSuite is asked for an access token: we sign an assertion with our private key (PS256; NetSuite takes no RS256). The assertion is
/// never recorded.
/// </summary>
/// <param name="settings">Client id, certificate id, key, addresses.</param>
/// <param name="clock">For the assertion's times.</param>
internal sealed class NetSuiteLogin(NetSuiteSettings settings, TimeProvider clock)
{
    private const string AssertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

    // NetSuite allows up to an hour; the assertion is used at once, so minutes do, with one for a clock that runs ahead.
    private static readonly TimeSpan AssertionLife = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(1);

    /// <summary>Its tokens.</summary>
    /// <param name="http">The way to NetSuite.</param>
    public AccessTokens Tokens(ErpHttp http) => new(
        "NetSuite", "Check client id, certificate id and private key, and that the certificate has not expired.",
        clock, cancel => Ask(http, cancel), NetSuiteLimits.ConcurrencyPause);

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

    private async Task<HttpReply> Ask(ErpHttp http, CancellationToken cancel)
    {
        if (Assertion() is not { } assertion)
            return new HttpReply.NeverLeft("The private key of the target cannot be read: it must be the PEM text of an RSA key of 2048 bits or more.");
        return await http.Call(() => Request(assertion), cancel);
    }

    private HttpRequestMessage Request(string assertion) => new(HttpMethod.Post, settings.Address(settings.TokenPath, ""))
    {
        Content = new FormUrlEncodedContent(
        [
            new("grant_type", "client_credentials"), new("client_assertion_type", AssertionType), new("client_assertion", assertion),
        ]),
        Headers = { Accept = { new MediaTypeWithQualityHeaderValue("application/json") } },
    };

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

    private static string Part(Dictionary<string, object> values) => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(values));
}
