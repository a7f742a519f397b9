using Dapper;
using Npgsql;
using Tieout.Domain.Webhooks;

namespace Tieout.Application.Webhooks;

/// <summary>Sends one endpoint an event that tells nothing, the same way as all others.</summary>
public sealed class SendTest(NpgsqlDataSource database, TimeProvider clock)
{
    /// <summary>Writes it; it goes with whatever delivers.</summary>
    public async Task<WebhookOutcome<WebhookDelivery>> Run(Guid endpoint, CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        if (await EndpointRows.Lock(connection, endpoint, cancel) is not { } row)
            return new WebhookNotFound<WebhookDelivery>($"No endpoint has the id {endpoint}.");
        if (row.State != "enabled") return ReplayDelivery.NotEnabled<WebhookDelivery>();
        var id = await connection.QuerySingleAsync<Guid>(new CommandDefinition(
            """
            with told as (
              insert into webhooks.event (kind, at, subject_id, subject_key, state)
              values (@kind, @now, @endpoint, @key, 'enabled') returning sequence)
            insert into webhooks.delivery (endpoint_id, sequence, state, due_at, created_at, changed_at)
            select @endpoint, sequence, 'waiting', @now, @now, @now from told
            returning id
            """, new { kind = WebhookEvent.Test, now, endpoint, key = endpoint.ToString() }, cancellationToken: cancel));
        var delivery = await WebhookDeliveries.Row(connection, id, cancel);
        await transaction.CommitAsync(cancel);
        return new WebhookDone<WebhookDelivery>(delivery!);
    }
}
