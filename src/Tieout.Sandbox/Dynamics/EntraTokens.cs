using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace Tieout.Sandbox.Dynamics;

/// <summary>Microsoft Entra's token endpoint: client id and secret for tokens that end, good for one resource.</summary>
/// <param name="clientId">The only client.</param>
/// <param name="secret">Its secret.</param>
/// <param name="clock">For the end of tokens.</param>
internal sealed class EntraTokens(string clientId, string secret, TimeProvider clock)
{
    private readonly ConcurrentDictionary<string, DateTimeOffset> _tokens = new(StringComparer.Ordinal);
    private int _given;

    /// <summary>How long a new token lives.</summary>
    public TimeSpan Life { get; set; } = TimeSpan.FromSeconds(3599);

    /// <summary>Tokens given out so far.</summary>
    public int Given => _given;

    /// <summary>All tokens lose their force.</summary>
    public void End() => _tokens.Clear();

    /// <summary>One token loses it.</summary>
    public void End(string token) => _tokens.TryRemove(token, out _);

    /// <summary>Whether a bearer token is good now.</summary>
    public bool Holds(string token) => _tokens.TryGetValue(token, out var end) && clock.GetUtcNow() < end;

    /// <summary>Answers a token request: status and JSON body.</summary>
    /// <param name="form">The fields of the request.</param>
    /// <param name="resource">The environment's address, without a slash at the end.</param>
    public (int Status, object Body) Answer(IReadOnlyDictionary<string, string> form, string resource)
    {
        static (int, object) Error(int status, string error, string code) => (status, new { error, error_description = $"{code}: refused by the sandbox." });

        if (form.GetValueOrDefault("grant_type") != "client_credentials") return Error(400, "unsupported_grant_type", "AADSTS70003");
        if (form.GetValueOrDefault("client_id") != clientId) return Error(400, "unauthorized_client", "AADSTS700016");
        if (form.GetValueOrDefault("client_secret") != secret) return Error(401, "invalid_client", "AADSTS7000215");
        if (form.GetValueOrDefault("scope") != resource + "/.default") return Error(400, "invalid_scope", "AADSTS1002012");
        var token = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        _tokens[token] = clock.GetUtcNow() + Life;
        Interlocked.Increment(ref _given);
        return (200, new { token_type = "Bearer", expires_in = (int)Life.TotalSeconds, ext_expires_in = (int)Life.TotalSeconds, access_token = token });
    }
}
