using System.Net.Http.Headers;
using Tieout.Connectors.Http;

namespace Tieout.Connectors.Dynamics;

/// <summary>How Microsoft Entra is asked for an access token: client id and secret. The secret is never recorded.</summary>
/// <param name="settings">Client id, secret, addresses.</param>
/// <param name="http">The way.</param>
internal sealed class DynamicsLogin(DynamicsSettings settings, ErpHttp http)
{
    /// <summary>Its tokens.</summary>
    /// <param name="clock">For their end.</param>
    public AccessTokens Tokens(TimeProvider clock) => new(
        "Microsoft Entra", "Check tenant, client id, client secret and scope, and that the secret has not expired.", clock, Ask);

    // Who could not be reached is said: the address of the log-in is not that of the environment.
    private async Task<HttpReply> Ask(CancellationToken cancel) => await http.Call(Request, cancel) switch
    {
        HttpReply.NeverLeft never => never with { Reason = $"Microsoft Entra gave no access token: {never.Reason}" },
        var reply => reply,
    };

    private HttpRequestMessage Request() => new(HttpMethod.Post, settings.TokenUrl)
    {
        Content = new FormUrlEncodedContent(
        [
            new("grant_type", "client_credentials"), new("client_id", settings.ClientId), new("client_secret", settings.ClientSecret),
            new("scope", settings.Scope),
        ]),
        Headers = { Accept = { new MediaTypeWithQualityHeaderValue("application/json") } },
    };
}
