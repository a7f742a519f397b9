using Dapper;
using Npgsql;
using Tieout.Application.Exceptions;
using Tieout.Application.Invoicing;
using Tieout.Domain.Invoicing;
using Tieout.Domain.Subscriptions;
using Tieout.Domain.Webhooks;

namespace Tieout.Application.Webhooks;

/// <summary>Who is told: endpoints are created, read, changed and removed. What was delivered to one that was removed stays readable.</summary>
public sealed class WebhookEndpoints(NpgsqlDataSource database, TimeProvider clock)
{
    private const int EndpointsMost = 50;

    /// <summary>Creates one; it is told of what happens from now on.</summary>
    public async Task<WebhookOutcome<WebhookEndpoint>> Create(EndpointRequest request, CancellationToken cancel)
    {
        var (reader, now) = (new RequestReader(), clock.GetUtcNow());
        if (EndpointAddress.Problem(request.Url) is { } address) reader.Wrong("url", address);
        var description = Description(request.Description, reader);
        var events = Events(request.Events, reader);
        var (kind, place) = SecretPlaces.Read(request.Secret, reader);
        if (GivenText.Problem(request.Actor, GivenText.ActorMost) is { } who) reader.Wrong("actor", who);
        if (reader.Errors.Count > 0) return new WebhookUnreadable<WebhookEndpoint>(reader.Errors);
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        // One at a time, so that the limit holds.
        await connection.ExecuteAsync(new CommandDefinition("lock table webhooks.endpoint in share row exclusive mode", cancellationToken: cancel));
        if (await connection.QuerySingleAsync<long>(new CommandDefinition(
            "select count(*) from webhooks.endpoint where tenant = 1 and state <> 'removed'", cancellationToken: cancel)) >= EndpointsMost)
            return new WebhookRefused<WebhookEndpoint>("too-many-endpoints", $"There are {EndpointsMost} endpoints already.", "Remove one that nobody needs.");
        var row = new { id = Guid.CreateVersion7(now), url = request.Url!.Trim(), description, events, actor = request.Actor!.Trim(), now };
        await connection.ExecuteAsync(new CommandDefinition(
            """
            insert into webhooks.endpoint (id, url, description, events, created_by, created_at, changed_at)
            values (@id, @url, @description, @events, @actor, @now, @now)
            """, row, cancellationToken: cancel));
        await RotateSecret.Add(connection, row.id, kind, place, now, cancel);
        await EndpointRows.Keep(connection, row.id, "created", "Created.", row.actor, now, cancel);
        await transaction.CommitAsync(cancel);
        return new WebhookDone<WebhookEndpoint>((await EndpointRows.Read(connection, row.id, now, cancel)).Single());
    }

    /// <summary>All that are not removed, the oldest first.</summary>
    public async Task<IReadOnlyList<WebhookEndpoint>> List(CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return await EndpointRows.Read(connection, null, clock.GetUtcNow(), cancel);
    }

    /// <summary>One by id, also one that was removed; null when there is none.</summary>
    public async Task<WebhookEndpoint?> One(Guid id, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return (await EndpointRows.Read(connection, id, clock.GetUtcNow(), cancel)).SingleOrDefault();
    }

    /// <summary>
    /// Changes what is given. Disabling holds what waits; enabling lets new events go, closes the cases about it, and leaves what
    /// was held or failed to a replay.
    /// </summary>
    public async Task<WebhookOutcome<WebhookEndpoint>> Change(Guid id, EndpointChange change, CancellationToken cancel)
    {
        var (reader, now) = (new RequestReader(), clock.GetUtcNow());
        reader.Given(change.Actor, change.Reason);
        if (change.Url is not null && EndpointAddress.Problem(change.Url) is { } address) reader.Wrong("url", address);
        var description = Description(change.Description, reader);
        var events = change.Events is null ? null : Events(change.Events, reader);
        if (change.State is not (null or "enabled" or "disabled")) reader.Wrong("state", "Is not one of enabled, disabled.");
        if (reader.Errors.Count > 0) return new WebhookUnreadable<WebhookEndpoint>(reader.Errors);
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        if (await EndpointRows.Lock(connection, id, cancel) is not { } row) return Missing(id);
        var (actor, reason) = (change.Actor!.Trim(), change.Reason!.Trim());
        var state = change.State ?? row.State;
        await connection.ExecuteAsync(new CommandDefinition(
            """
            update webhooks.endpoint
            set url = coalesce(@Url, url), description = case when @described then @description else description end, events = coalesce(@events, events),
                state = @state, why = case when @state = 'enabled' then '' when state = 'disabled' then why else @why end,
                failing_since = case when state = @state then failing_since end, not_before = case when state = @state then not_before end, changed_at = @now
            where id = @id
            """,
            new { id, Url = change.Url?.Trim(), described = change.Description is not null, description, events, state, why = $"{actor}: {reason}", now },
            cancellationToken: cancel));
        if (state == "disabled" && row.State == "enabled")
            await EndpointRows.Settle(connection, id, "held", "The endpoint was disabled.", now, cancel);
        if (state == "enabled" && row.State == "disabled")
            await ExceptionLog.Resolve(connection, transaction, EndpointCases.Kind, [id.ToString()], $"Enabled by {actor}: {reason}", now);
        await EndpointRows.Keep(connection, id, What(row, change, events), reason, actor, now, cancel);
        await transaction.CommitAsync(cancel);
        return new WebhookDone<WebhookEndpoint>((await EndpointRows.Read(connection, id, now, cancel)).Single());
    }

    /// <summary>Removes one: it is told of nothing more, and what waits or was held for it is cancelled.</summary>
    public async Task<WebhookOutcome<WebhookEndpoint>> Remove(Guid id, string? actor, string? reason, CancellationToken cancel)
    {
        var (reader, now) = (new RequestReader(), clock.GetUtcNow());
        reader.Given(actor, reason);
        if (reader.Errors.Count > 0) return new WebhookUnreadable<WebhookEndpoint>(reader.Errors);
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        if (await EndpointRows.Lock(connection, id, cancel) is null) return Missing(id);
        await connection.ExecuteAsync(new CommandDefinition(
            "update webhooks.endpoint set state = 'removed', why = @why, changed_at = @now where id = @id",
            new { id, why = $"{actor!.Trim()}: {reason!.Trim()}", now }, cancellationToken: cancel));
        await EndpointRows.Settle(connection, id, "cancelled", "The endpoint was removed.", now, cancel);
        await ExceptionLog.Resolve(connection, transaction, EndpointCases.Kind, [id.ToString()], $"Removed by {actor.Trim()}: {reason.Trim()}", now);
        await EndpointRows.Keep(connection, id, "removed", reason.Trim(), actor.Trim(), now, cancel);
        await transaction.CommitAsync(cancel);
        return new WebhookDone<WebhookEndpoint>((await EndpointRows.Read(connection, id, now, cancel)).Single());
    }

    internal static WebhookNotFound<WebhookEndpoint> Missing(Guid id) => new($"No endpoint has the id {id}.");

    private static string Description(string? text, RequestReader reader)
    {
        if (!string.IsNullOrWhiteSpace(text) && GivenText.Problem(text, GivenText.ReasonMost) is { } problem) reader.Wrong("description", problem);
        return text?.Trim() ?? "";
    }

    private static string[] Events(IReadOnlyList<string>? events, RequestReader reader)
    {
        if (events is not { Count: > 0 } || events.Any(kind => !WebhookEvent.Kinds.Contains(kind, StringComparer.Ordinal)))
            reader.Wrong("events", $"One or more of {string.Join(", ", WebhookEvent.Kinds)} are needed, and nothing else.");
        return [.. (events ?? []).Distinct(StringComparer.Ordinal)];
    }

    private static string What(EndpointRows.LockedEndpoint was, EndpointChange change, string[]? events)
    {
        List<string> parts = [];
        if (change.Url is not null && change.Url.Trim() != was.Url) parts.Add($"url from {was.Url}");
        if (change.Description is not null && change.Description.Trim() != was.Description) parts.Add("description");
        if (events is not null && !events.ToHashSet(StringComparer.Ordinal).SetEquals(was.Events.Split(' '))) parts.Add($"events from {was.Events}");
        if (change.State is not null && change.State != was.State) parts.Add(change.State);
        return parts.Count == 0 ? "nothing" : string.Join("; ", parts);
    }
}
