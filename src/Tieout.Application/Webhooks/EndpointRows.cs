using Dapper;
using Npgsql;

namespace Tieout.Application.Webhooks;

/// <summary>Reads endpoints as people see them, and locks one for a change.</summary>
internal static class EndpointRows
{
    /// <summary>One, or with null all that are not removed, the oldest first.</summary>
    public static async Task<IReadOnlyList<WebhookEndpoint>> Read(
        NpgsqlConnection connection, Guid? id, DateTimeOffset now, CancellationToken cancel)
    {
        var rows = (await connection.QueryAsync<Row>(new CommandDefinition(
            """
            select e.id, e.url, e.description, array_to_string(e.events, ' ') as events, e.state, e.why, e.failing_since,
                   case when e.not_before > @now then e.not_before end as waits_until,
                   count(d.id) filter (where d.state = 'waiting') as waiting, count(d.id) filter (where d.state = 'failed') as failed,
                   count(d.id) filter (where d.state = 'held') as held, e.created_by, e.created_at, e.changed_at
            from webhooks.endpoint e
            left join webhooks.delivery d on d.endpoint_id = e.id and d.state in ('waiting', 'failed', 'held')
            where e.tenant = 1 and case when @id::uuid is null then e.state <> 'removed' else e.id = @id end
            group by e.id order by e.id
            """, new { id, now }, cancellationToken: cancel))).AsList();
        var secrets = (await connection.QueryAsync<SecretRow>(new CommandDefinition(
            """
            select endpoint_id, kind, place, added_at, until from webhooks.secret
            where endpoint_id = any(@ids) and (until is null or until > @now) order by until desc nulls first
            """, new { ids = rows.Select(row => row.Id).ToArray(), now }, cancellationToken: cancel)))
            .ToLookup(
                row => row.EndpointId,
                row => new EndpointSecret(row.Kind, row.Place, row.AddedAt, row.Until, SecretPlaces.Read(row.Kind, row.Place) is not null));
        return [.. rows.Select(row => new WebhookEndpoint(
            row.Id, row.Url, row.Description, row.Events.Split(' '), row.State, row.Why, row.FailingSince, row.WaitsUntil, [.. secrets[row.Id]],
            row.Waiting, row.Failed, row.Held, row.CreatedBy, row.CreatedAt, row.ChangedAt))];
    }

    /// <summary>
    /// The endpoint's row, locked before any delivery of it is; null when there is none or it was removed. Whoever writes events
    /// meanwhile does not wait for it.
    /// </summary>
    public static Task<LockedEndpoint?> Lock(NpgsqlConnection connection, Guid id, CancellationToken cancel) =>
        connection.QuerySingleOrDefaultAsync<LockedEndpoint>(new CommandDefinition(
            """
            select id, url, description, array_to_string(events, ' ') as events, state
            from webhooks.endpoint where tenant = 1 and id = @id and state <> 'removed' for no key update
            """,
            new { id }, cancellationToken: cancel));

    /// <summary>Keeps who did what to an endpoint, and why.</summary>
    public static Task Keep(
        NpgsqlConnection connection, Guid endpoint, string what, string reason, string actor, DateTimeOffset now, CancellationToken cancel) =>
        connection.ExecuteAsync(new CommandDefinition(
            """
            insert into webhooks.endpoint_change (id, endpoint_id, what, reason, actor, changed_at)
            values (@id, @endpoint, @what, @reason, @actor, @now)
            """, new { id = Guid.CreateVersion7(now), endpoint, what, reason, actor, now }, cancellationToken: cancel));

    /// <summary>What waits for an endpoint and is not on the wire goes to another state.</summary>
    public static Task Settle(NpgsqlConnection connection, Guid endpoint, string state, string detail, DateTimeOffset now, CancellationToken cancel) =>
        connection.ExecuteAsync(new CommandDefinition(
            """
            update webhooks.delivery set state = @state, due_at = null, claim = null, detail = @detail, changed_at = @now
            where endpoint_id = @endpoint and claim is null and (state = 'waiting' or state = 'held' and @state = 'cancelled')
            """, new { endpoint, state, detail, now }, commandTimeout: 600, cancellationToken: cancel));

    /// <summary>An endpoint as it is while it is locked.</summary>
    internal sealed record LockedEndpoint(Guid Id, string Url, string Description, string Events, string State);

    private sealed record Row(
        Guid Id, string Url, string Description, string Events, string State, string Why, DateTimeOffset? FailingSince, DateTimeOffset? WaitsUntil,
        long Waiting, long Failed, long Held, string CreatedBy, DateTimeOffset CreatedAt, DateTimeOffset ChangedAt);

    private sealed record SecretRow(Guid EndpointId, string Kind, string Place, DateTimeOffset AddedAt, DateTimeOffset? Until);
}
