using Dapper;
using Npgsql;
using Tieout.Application.Invoicing;
using Tieout.Domain.Subscriptions;

namespace Tieout.Application.Webhooks;

/// <summary>Sends one delivery again, under the same id: a receiver that has it already does nothing.</summary>
public sealed class ReplayDelivery(NpgsqlDataSource database, TimeProvider clock)
{
    /// <summary>Replays it, with all tries before it; one that waits or is on the wire is left alone.</summary>
    public async Task<WebhookOutcome<WebhookDelivery>> Run(Guid id, string? actor, string? reason, CancellationToken cancel)
    {
        var (reader, now) = (new RequestReader(), clock.GetUtcNow());
        reader.Given(actor, reason);
        if (reader.Errors.Count > 0) return new WebhookUnreadable<WebhookDelivery>(reader.Errors);
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        if (await WebhookDeliveries.Row(connection, id, cancel) is not { } found)
            return new WebhookNotFound<WebhookDelivery>($"No delivery has the id {id}.");
        if (await EndpointRows.Lock(connection, found.EndpointId, cancel) is not { State: "enabled" }) return NotEnabled<WebhookDelivery>();
        var changed = await connection.ExecuteAsync(new CommandDefinition(
            """
            update webhooks.delivery set state = 'waiting', due_at = @now, tries = 0, changed_at = @now
            where id = @id and state in ('delivered', 'failed', 'held')
            """, new { id, now }, cancellationToken: cancel));
        if (changed == 0)
        {
            return new WebhookRefused<WebhookDelivery>(
                "not-replayable", "The delivery waits already, or was cancelled.", "One that waits goes by itself; one that was cancelled stays so.");
        }
        await EndpointRows.Keep(connection, found.EndpointId, $"replayed {found.MessageId}", reason!.Trim(), actor!.Trim(), now, cancel);
        var delivery = await WebhookDeliveries.Row(connection, id, cancel);
        await transaction.CommitAsync(cancel);
        return new WebhookDone<WebhookDelivery>(delivery!);
    }

    /// <summary>Nothing is sent to an endpoint that is not enabled.</summary>
    internal static WebhookRefused<T> NotEnabled<T>() =>
        new("endpoint-not-enabled", "The endpoint is disabled or removed; nothing is sent to it.", "Enable it first.");
}
