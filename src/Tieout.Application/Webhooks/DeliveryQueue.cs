using System.Globalization;
using Dapper;
using Npgsql;
using Tieout.Application.Exceptions;
using Tieout.Application.Posting;
using Tieout.Domain.Webhooks;

namespace Tieout.Application.Webhooks;

/// <summary>A delivery in the hands of one node.</summary>
/// <param name="Until">When the claim ends: whoever has not sent well before must not send any more.</param>
internal sealed record ClaimedDelivery(Guid Id, Guid EndpointId, Guid Claim, int Attempts, int Tries, string Url, DateTimeOffset Until, WebhookEvent Event)
{
    public string Host => new Uri(Url).Host;
}

/// <summary>
/// The queue of <c>webhooks.delivery</c>: what is due is claimed under a lease, and the claim's id fences. A node that dies leaves
/// an attempt without outcome, and the delivery comes due again when the lease ends.
/// </summary>
/// <param name="database">The books.</param>
/// <param name="clock">A <see cref="DatabaseClock"/> where several machines send; any other for a story in its own time.</param>
internal sealed class DeliveryQueue(NpgsqlDataSource database, TimeProvider clock)
{
    // For an attempt that took as long as it may to be recorded.
    private static readonly TimeSpan TimeToRecord = TimeSpan.FromMinutes(1);

    private const string EventColumns =
        """
        v.id, v.sequence, v.kind, v.at, v.subject_id, v.subject_key, v.state, v.document_kind, v.document_id, v.subject_kind, v.category, v.code,
        v.target, v.erp_number, v.legal_entity_id, v.billing_account_id, v.correlation_id, v.amount, v.currency
        """;

    /// <summary>An event by its sequence, as it is sent.</summary>
    public static Task<WebhookEvent> Event(NpgsqlConnection connection, long sequence, CancellationToken cancel) =>
        connection.QuerySingleAsync<WebhookEvent>(new CommandDefinition(
            $"select {EventColumns} from webhooks.event v where v.sequence = @sequence", new { sequence }, cancellationToken: cancel));

    /// <summary>
    /// Claims what is due, the longest due first, and opens an attempt for each. An endpoint gets no more than its share, so that one
    /// that answers slowly holds up nobody else.
    /// </summary>
    /// <param name="most">As many as this node can take on now.</param>
    /// <param name="perEndpoint">The most on the wire to one endpoint.</param>
    /// <param name="flying">How many of this node are on the wire, by endpoint.</param>
    /// <param name="timeout">How long a call may last.</param>
    public async Task<IReadOnlyList<ClaimedDelivery>> Claim(
        int most, int perEndpoint, IReadOnlyDictionary<Guid, int> flying, TimeSpan timeout, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        var now = await Now(connection, cancel);
        var (claim, until) = (Guid.CreateVersion7(now), now + timeout + TimeToRecord);
        var rows = await connection.QueryAsync<Row, WebhookEvent, ClaimedDelivery>(new CommandDefinition(
            $"""
            with lane as (
              select e.id, @perEndpoint - coalesce(f.count, 0) as free
              from webhooks.endpoint e left join unnest(@endpoints, @counts) as f (id, count) on f.id = e.id
              where e.state = 'enabled' and (e.not_before is null or e.not_before <= @now)),
            due as materialized (
              select d.id, d.due_at from lane cross join lateral (
                select id, due_at, number from webhooks.delivery
                where endpoint_id = lane.id and state = 'waiting' and due_at <= @now
                order by due_at, number limit greatest(lane.free, 0) for update skip locked) d
              order by d.due_at, d.number limit @most),
            taken as (
              update webhooks.delivery d
              set claim = @claim, due_at = @until, attempts = d.attempts + 1, tries = d.tries + 1, changed_at = @now
              from due where d.id = due.id
              returning d.id, d.endpoint_id, d.attempts, d.tries, d.sequence),
            begun as (
              insert into webhooks.attempt (delivery_id, number, claim, started_at) select id, attempts, @claim, @now from taken)
            select t.id, t.endpoint_id, t.attempts, t.tries, e.url, {EventColumns}
            from taken t join webhooks.endpoint e on e.id = t.endpoint_id join webhooks.event v on v.sequence = t.sequence
            order by t.sequence
            """,
            new { now, claim, until, most, perEndpoint, endpoints = flying.Keys.ToArray(), counts = flying.Values.ToArray() }, cancellationToken: cancel),
            (row, what) => new ClaimedDelivery(row.Id, row.EndpointId, claim, row.Attempts, row.Tries, row.Url, until, what), "id");
        return rows.AsList();
    }

    /// <summary>
    /// The secrets that sign for an endpoint now, the newest first; none when not one of them can be read. The clock is told the time, so that
    /// whoever slept until here knows it afterwards.
    /// </summary>
    public async Task<IReadOnlyList<WebhookSecret>> Secrets(Guid endpoint, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        var now = await Now(connection, cancel);
        var places = await connection.QueryAsync<(string Kind, string Place)>(new CommandDefinition(
            "select kind, place from webhooks.secret where endpoint_id = @endpoint and (until is null or until > @now) order by until desc nulls first",
            new { endpoint, now }, cancellationToken: cancel));
        return [.. places.Select(place => SecretPlaces.Read(place.Kind, place.Place)).OfType<WebhookSecret>()];
    }

    /// <summary>What waits although its endpoint is not enabled any more is held, or cancelled with it. Only what is due is looked at.</summary>
    public async Task Sweep(CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        var now = await Now(connection, cancel);
        await connection.ExecuteAsync(new CommandDefinition(
            """
            update webhooks.delivery d
            set state = case e.state when 'removed' then 'cancelled' else 'held' end, due_at = null, claim = null,
                detail = case e.state when 'removed' then 'The endpoint was removed.' else 'The endpoint was disabled.' end, changed_at = @now
            from webhooks.endpoint e
            where e.id = d.endpoint_id and e.state <> 'enabled' and d.state = 'waiting' and d.due_at <= @now
            """, new { now }, commandTimeout: 600, cancellationToken: cancel));
    }

    /// <summary>
    /// Records an attempt and what follows from it, for the delivery, its endpoint and the person who has to act. When the claim was
    /// lost, only the attempt is recorded: what somebody heard who had no business to send says nothing about the endpoint.
    /// </summary>
    public async Task Record(ClaimedDelivery delivery, DeliveryAnswer answer, bool secretless, TimeSpan took, decimal jitter)
    {
        // Never cancelled: what a receiver has answered is recorded even while the program is stopping.
        await using var connection = await database.OpenConnectionAsync(CancellationToken.None);
        var now = await Now(connection, CancellationToken.None);
        await using var transaction = await connection.BeginTransactionAsync(CancellationToken.None);
        var decision = DeliveryDecision.After(answer, delivery.Tries, now, jitter);
        // The endpoint is locked before its delivery, always; where it takes and took before, nothing of it will change.
        await connection.ExecuteAsync(
            "select from webhooks.endpoint where id = @EndpointId and (not @took or failing_since is not null) for no key update",
            new { delivery.EndpointId, took = decision is DeliveryDecision.Delivered }, transaction);
        await DeliveryAttempt.End(connection, delivery, answer, took);
        if (await DeliveryAttempt.Move(connection, delivery, answer, decision, now))
        {
            var since = await Endpoint(connection, transaction, delivery, answer, decision, now);
            await Cases(connection, transaction, delivery, answer, decision, (since, secretless), now);
        }
        await transaction.CommitAsync(CancellationToken.None);
    }

    /// <summary>What time it is: the database says it wherever several machines send, for their own clocks differ.</summary>
    private async Task<DateTimeOffset> Now(NpgsqlConnection connection, CancellationToken cancel)
    {
        if (clock is DatabaseClock told)
            told.Told(await connection.QuerySingleAsync<DateTimeOffset>(new CommandDefinition("select clock_timestamp()", cancellationToken: cancel)));
        return clock.GetUtcNow();
    }

    // Once the claim was proved. Since when it fails; null when it takes.
    private static async Task<DateTimeOffset?> Endpoint(
        NpgsqlConnection connection, NpgsqlTransaction transaction, ClaimedDelivery delivery, DeliveryAnswer answer, DeliveryDecision decision, DateTimeOffset now)
    {
        if (decision is DeliveryDecision.Delivered)
        {
            var mended = await connection.ExecuteAsync(
                """
                update webhooks.endpoint set failing_since = null, not_before = null
                where id = @EndpointId and state <> 'removed' and failing_since is not null
                """, new { delivery.EndpointId }, transaction);
            if (mended > 0) await CloseCase(connection, delivery, EndpointCases.SecretUnreadable, now);
            return null;
        }
        var pause = decision is DeliveryDecision.Again { EndpointWaits: true } again ? again.NotBefore : (DateTimeOffset?)null;
        var rows = await connection.QueryAsync<DateTimeOffset?>(
            """
            update webhooks.endpoint set failing_since = coalesce(failing_since, @now), not_before = greatest(not_before, @pause)
            where id = @EndpointId and state = 'enabled' returning failing_since
            """, new { delivery.EndpointId, now, pause }, transaction);
        if (rows.SingleOrDefault() is not { } since || !DeliveryDecision.Disables(answer, since, now)) return now;
        var gone = DeliveryDecision.IsGone(answer);
        await connection.ExecuteAsync(
            "update webhooks.endpoint set state = 'disabled', why = @why, changed_at = @now where id = @EndpointId",
            new { delivery.EndpointId, why = gone ? "The receiver said that it is gone (410)." : "It took nothing for days.", now }, transaction);
        await EndpointRows.Settle(connection, delivery.EndpointId, "held", "The endpoint was disabled.", now, CancellationToken.None);
        await ExceptionLog.Raise(
            connection, transaction, [EndpointCases.Disabled(delivery.EndpointId, delivery.Host, gone, DeliveryAttempt.Detail(answer))], now);
        return since;
    }

    private static async Task Cases(
        NpgsqlConnection connection, NpgsqlTransaction transaction, ClaimedDelivery delivery, DeliveryAnswer answer, DeliveryDecision decision,
        (DateTimeOffset? Since, bool Secretless) trouble, DateTimeOffset now)
    {
        if (trouble.Secretless)
            await ExceptionLog.Raise(connection, transaction, [EndpointCases.Secretless(delivery.EndpointId, delivery.Host)], now);
        else if (decision is DeliveryDecision.GivenUp && !DeliveryDecision.IsGone(answer))
            await ExceptionLog.Raise(
                connection, transaction, [EndpointCases.GivenUp(delivery.EndpointId, delivery.Host, DeliveryAttempt.Detail(answer))], now);
        // A replay that is taken may have been the last that failed.
        else if (decision is DeliveryDecision.Delivered && delivery.Attempts > delivery.Tries
            && !await connection.QuerySingleAsync<bool>(
                "select exists (select from webhooks.delivery where endpoint_id = @EndpointId and state = 'failed')", new { delivery.EndpointId }))
            await CloseCase(connection, delivery, EndpointCases.NotDelivered, now);
    }

    private static Task CloseCase(NpgsqlConnection connection, ClaimedDelivery delivery, string code, DateTimeOffset now) => connection.ExecuteAsync(
        """
        update exceptions.exception_case set state = 'resolved', resolution = @resolution, resolved_at = @now
        where tenant = 1 and subject_kind = @Kind and subject_key = @key and code = @code and state = 'open'
        """,
        new
        {
            EndpointCases.Kind,
            key = delivery.EndpointId.ToString(),
            code,
            resolution = string.Create(CultureInfo.InvariantCulture, $"Delivered: {delivery.Event.MessageId}, attempt {delivery.Attempts}."),
            now,
        });

    private sealed record Row(Guid Id, Guid EndpointId, int Attempts, int Tries, string Url);
}
