using Npgsql;
using Tieout.Domain.Cash.Gateway;
using Tieout.Domain.Catalog;

namespace Tieout.Application.Gateways;

/// <summary>What became of a webhook.</summary>
public abstract record GatewayEventOutcome
{
    private GatewayEventOutcome() { }

    /// <summary>No gateway has this name here.</summary>
    public sealed record Unknown : GatewayEventOutcome;

    /// <summary>It is not the gateway's; nothing is kept.</summary>
    public sealed record Refused(PriceProblem Problem) : GatewayEventOutcome;

    /// <summary>It is kept.</summary>
    /// <param name="State"><c>taken</c>, <c>parked</c>, <c>ignored</c>, or <c>duplicate</c> where the same event was kept before.</param>
    public sealed record Kept(string State) : GatewayEventOutcome;
}

/// <summary>The gateways that may call here, with their secrets: from configuration.</summary>
public sealed record GatewayDoors(IReadOnlyList<GatewaySettings> Gateways);

/// <summary>
/// Takes a webhook in: whether it is the gateway's is judged on the raw bytes before anything reads them; then it is kept, and booked in the background.
/// </summary>
public sealed class TakeGatewayEvent(NpgsqlDataSource database, TimeProvider clock, GatewayDoors doors)
{
    /// <summary>Largest event; Stripe's are far smaller.</summary>
    public const int MostBytes = 1_000_000;

    /// <summary>Keeps it in one transaction, or refuses it.</summary>
    /// <param name="name">Of the gateway.</param>
    /// <param name="signature">The header <c>Stripe-Signature</c>; null without one.</param>
    /// <param name="body">As it came.</param>
    public async Task<GatewayEventOutcome> Run(string name, string? signature, byte[] body, CancellationToken cancel)
    {
        if (doors.Gateways.FirstOrDefault(one => one.Name == name) is not { } gateway) return new GatewayEventOutcome.Unknown();
        if (StripeSignature.Problem(signature, body, gateway.Secrets, clock.GetUtcNow().ToUnixTimeSeconds(), gateway.Tolerance) is { } problem)
            return new GatewayEventOutcome.Refused(problem);
        await using var connection = await database.OpenConnectionAsync(cancel);
        if (!(await GatewayPlace.All(connection, cancel)).TryGetValue(name, out var place)) return new GatewayEventOutcome.Unknown();
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var kept = await SaveGatewayEvents.Run(connection, transaction, place, [body], clock.GetUtcNow(), cancel);
        // Not cancelled: what was told is kept even when the gateway does not wait for our answer.
        await transaction.CommitAsync(CancellationToken.None);
        return new GatewayEventOutcome.Kept(kept[0]);
    }
}
