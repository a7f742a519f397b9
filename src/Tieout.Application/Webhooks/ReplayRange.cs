using System.Globalization;
using System.Text.Json;
using Dapper;
using Npgsql;
using Tieout.Application.Invoicing;
using Tieout.Domain.Invoicing;
using Tieout.Domain.Subscriptions;
using Tieout.Domain.Webhooks;

namespace Tieout.Application.Webhooks;

/// <summary>Which deliveries of an endpoint are to go again.</summary>
public sealed record ReplayPlanRequest
{
    /// <summary>Id of the endpoint.</summary>
    public string? Endpoint { get; init; }

    /// <summary><c>failed</c>, <c>held</c>, <c>delivered</c>; the first two when not given.</summary>
    public IReadOnlyList<string>? States { get; init; }

    /// <summary>Kinds of events; all when not given.</summary>
    public IReadOnlyList<string>? Events { get; init; }

    /// <summary>What happened at this instant or later, such as 2026-11-20T08:00:00Z.</summary>
    public string? From { get; init; }

    /// <summary>What happened before this instant.</summary>
    public string? Until { get; init; }

    /// <summary>Who asks.</summary>
    public string? Actor { get; init; }
}

/// <summary>Deliveries of the range that a replay leaves alone.</summary>
public sealed record SkippedDeliveries(string State, long Count, string Why);

/// <summary>What a replay would do, and what it did.</summary>
/// <param name="Fingerprint">Of exactly the deliveries listed and where each stood; carrying out asks for it.</param>
/// <param name="Deliveries">How many it would send.</param>
/// <param name="Replayed">How many it sent on their way; null until it is carried out. Those that moved meanwhile are not among them.</param>
public sealed record ReplayPlan(
    Guid Id, Guid EndpointId, string Fingerprint, int Deliveries, IReadOnlyList<SkippedDeliveries> Skipped, string Actor, DateTimeOffset CreatedAt,
    DateTimeOffset? DoneAt, string? DoneBy, int? Replayed);

/// <summary>Replays many: a plan first, that says what would be sent; carrying it out sends exactly that, as far as it still stands so.</summary>
public sealed class ReplayRange(NpgsqlDataSource database, TimeProvider clock)
{
    private static readonly string[] Usual = ["failed", "held"];
    private static readonly string[] Possible = ["failed", "held", "delivered"];

    /// <summary>Makes a plan; nothing is sent.</summary>
    public async Task<WebhookOutcome<ReplayPlan>> Plan(ReplayPlanRequest request, CancellationToken cancel)
    {
        var (reader, now) = (new RequestReader(), clock.GetUtcNow());
        if (GivenText.Problem(request.Actor, GivenText.ActorMost) is { } who) reader.Wrong("actor", who);
        if (!Guid.TryParse(request.Endpoint, out var endpoint)) reader.Wrong("endpoint", "Is needed: the id of an endpoint.");
        var states = request.States is { Count: > 0 } given ? given.ToArray() : Usual;
        if (states.Except(Possible, StringComparer.Ordinal).Any()) reader.Wrong("states", $"Are some of {string.Join(", ", Possible)}.");
        var events = request.Events is { Count: > 0 } kinds ? kinds.ToArray() : null;
        if (events?.Except([.. WebhookEvent.Kinds, WebhookEvent.Test], StringComparer.Ordinal).Any() == true)
            reader.Wrong("events", $"Are some of {string.Join(", ", WebhookEvent.Kinds)}.");
        var (from, until) = (Instant("from", request.From, reader), Instant("until", request.Until, reader));
        if (from >= until) reader.Wrong("until", "Is not after from; nothing can lie between them.");
        if (reader.Errors.Count > 0) return new WebhookUnreadable<ReplayPlan>(reader.Errors);
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        if (await EndpointRows.Lock(connection, endpoint, cancel) is null) return new WebhookNotFound<ReplayPlan>($"No endpoint has the id {endpoint}.");
        var id = Guid.CreateVersion7(now);
        var filter = Filter(states, events, from, until);
        await Write(connection, new { id, endpoint, states, events, from, until, now, actor = request.Actor!.Trim(), filter }, cancel);
        var plan = await Read(connection, id, cancel);
        await transaction.CommitAsync(cancel);
        return new WebhookDone<ReplayPlan>(plan!);
    }

    /// <summary>One plan; null when there is none.</summary>
    public async Task<ReplayPlan?> One(Guid id, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return await Read(connection, id, cancel);
    }

    /// <summary>Carries a plan out, once; pressing twice, or two people, send nothing twice.</summary>
    public async Task<WebhookOutcome<ReplayPlan>> CarryOut(Guid id, string? fingerprint, string? actor, string? reason, CancellationToken cancel)
    {
        var (reader, now) = (new RequestReader(), clock.GetUtcNow());
        reader.Given(actor, reason);
        if (string.IsNullOrWhiteSpace(fingerprint)) reader.Wrong("fingerprint", "Is needed: the plan's, so that what was looked at is what goes.");
        if (reader.Errors.Count > 0) return new WebhookUnreadable<ReplayPlan>(reader.Errors);
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        if (await Read(connection, id, cancel) is not { } known) return new WebhookNotFound<ReplayPlan>($"No plan has the id {id}.");
        if (await EndpointRows.Lock(connection, known.EndpointId, cancel) is not { State: "enabled" }) return ReplayDelivery.NotEnabled<ReplayPlan>();
        // Looked at again under the endpoint's lock.
        var plan = (await Read(connection, id, cancel))!;
        if (plan.Fingerprint != fingerprint!.Trim())
            return new WebhookRefused<ReplayPlan>("other-plan", "This is not the plan's fingerprint.", "Read the plan again.");
        if (plan.DoneAt is not null)
            return new WebhookRefused<ReplayPlan>("plan-done", $"{plan.DoneBy} has carried this plan out.", "Make a new plan for what is left.");
        await connection.ExecuteAsync(new CommandDefinition(
            """
            with sent as (
              update webhooks.delivery d set state = 'waiting', due_at = @now, tries = 0, changed_at = @now
              from webhooks.replay_item i
              where i.plan_id = @id and d.id = i.delivery_id and d.state = i.state and d.attempts = i.attempts
              returning d.id)
            update webhooks.replay_plan set done_at = @now, done_by = @actor, reason = @reason, replayed = (select count(*) from sent) where id = @id
            """, new { id, now, actor = actor!.Trim(), reason = reason!.Trim() }, commandTimeout: 600, cancellationToken: cancel));
        await EndpointRows.Keep(connection, plan.EndpointId, $"replayed plan {id}", reason.Trim(), actor.Trim(), now, cancel);
        var done = await Read(connection, id, cancel);
        await transaction.CommitAsync(cancel);
        return new WebhookDone<ReplayPlan>(done!);
    }

    private static Task Write(NpgsqlConnection connection, object parameters, CancellationToken cancel) => connection.ExecuteAsync(new CommandDefinition(
        """
        create temp table in_range on commit drop as
        select d.id, d.state, d.attempts from webhooks.delivery d join webhooks.event v on v.sequence = d.sequence
        where d.endpoint_id = @endpoint and (@events::text[] is null or v.kind = any(@events))
          and (@from::timestamptz is null or v.at >= @from) and (@until::timestamptz is null or v.at < @until);
        insert into webhooks.replay_plan (id, endpoint_id, filter, fingerprint, deliveries, skipped, actor, created_at)
        select @id, @endpoint, @filter::jsonb,
               encode(sha256(convert_to(coalesce(
                 string_agg(id || '/' || state || '/' || attempts, ';' order by id) filter (where state = any(@states)), ''), 'UTF8')), 'hex'),
               count(*) filter (where state = any(@states)),
               coalesce((select jsonb_object_agg(state, count) from (
                 select state, count(*) from in_range where state <> all(@states) group by state) other), '{}'),
               @actor, @now
        from in_range;
        insert into webhooks.replay_item (plan_id, delivery_id, state, attempts)
        select @id, id, state, attempts from in_range where state = any(@states)
        """, parameters, commandTimeout: 600, cancellationToken: cancel));

    private static async Task<ReplayPlan?> Read(NpgsqlConnection connection, Guid id, CancellationToken cancel)
    {
        var row = await connection.QuerySingleOrDefaultAsync<Row>(new CommandDefinition(
            """
            select id, endpoint_id, fingerprint, deliveries, skipped::text as skipped, actor, created_at, done_at, done_by, replayed
            from webhooks.replay_plan where tenant = 1 and id = @id
            """, new { id }, cancellationToken: cancel));
        if (row is null) return null;
        var skipped = JsonSerializer.Deserialize<SortedDictionary<string, long>>(row.Skipped)!;
        return new ReplayPlan(
            row.Id, row.EndpointId, row.Fingerprint, row.Deliveries, [.. skipped.Select(pair => new SkippedDeliveries(pair.Key, pair.Value, Why(pair.Key)))],
            row.Actor, row.CreatedAt, row.DoneAt, row.DoneBy, row.Replayed);
    }

    private static string Why(string state) => state switch
    {
        "waiting" => "Goes by itself.",
        "delivered" => "The receiver has it; ask for state delivered to send it again.",
        "cancelled" => "Was cancelled for good.",
        _ => "This state was not asked for.",
    };

    private static string Filter(string[] states, string[]? events, DateTimeOffset? from, DateTimeOffset? until) =>
        JsonSerializer.Serialize(new { states, events, from, until });

    private static DateTimeOffset? Instant(string field, string? text, RequestReader reader)
    {
        if (string.IsNullOrWhiteSpace(text)) return null;
        if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at)) return at;
        reader.Wrong(field, "Is not an instant; write it as 2026-11-20T08:00:00Z.");
        return null;
    }

    private sealed record Row(
        Guid Id, Guid EndpointId, string Fingerprint, int Deliveries, string Skipped, string Actor, DateTimeOffset CreatedAt, DateTimeOffset? DoneAt,
        string? DoneBy, int? Replayed);
}
