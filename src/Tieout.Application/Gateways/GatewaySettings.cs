using Tieout.Domain.Cash;

namespace Tieout.Application.Gateways;

/// <summary>A payment gateway as the file has it; docs/cash.md describes every setting.</summary>
/// <param name="Name">Ours: small letters, digits and dashes, at most 30.</param>
/// <param name="Account">The connected account whose events are ours; empty for the gateway's own.</param>
/// <param name="Live">False: only what happens in test mode counts.</param>
/// <param name="LostTo">What becomes of the money of a lost dispute.</param>
/// <param name="LegalEntities">Codes by currency; under the empty text the one for all that are not named.</param>
/// <param name="Secrets">Webhooks are signed with one of these: two while one is rolled.</param>
/// <param name="Tolerance">Seconds a webhook's timestamp may be off.</param>
public sealed record GatewaySettings(
    string Name, string Account, bool Live, LostTo LostTo, IReadOnlyDictionary<string, string> LegalEntities, IReadOnlyList<string> Secrets, long Tolerance)
{
    /// <summary>How its API is asked for what webhooks missed; null where it is not.</summary>
    public GatewayApi? Api { get; init; }
}

/// <summary>A gateway's own API.</summary>
/// <param name="SecretKey">From where the file points; stands in no file and no table.</param>
/// <param name="Version">Sent as <c>Stripe-Version</c>.</param>
/// <param name="Every">How often it is asked while serving; zero for only when somebody says so.</param>
public sealed record GatewayApi(Uri Url, string SecretKey, string Version, TimeSpan Every)
{
    /// <summary>How often where the file does not say.</summary>
    public static readonly TimeSpan UsualEvery = TimeSpan.FromMinutes(15);

    /// <inheritdoc/>
    public override string ToString() => Url.Host; // never the key
}
