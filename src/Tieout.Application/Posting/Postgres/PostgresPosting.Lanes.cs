using Dapper;
using Npgsql;
using Tieout.Application.Posting.Lanes;
using Tieout.Domain;
using Tieout.Domain.Exceptions;
using Tieout.Domain.Posting.Lanes;

namespace Tieout.Application.Posting.Postgres;

internal sealed partial class PostgresPosting
{
    public async Task RememberLanes(IReadOnlyList<DeliveryTarget> targets, CancellationToken cancel)
    {
        await using var connection = await _database.OpenConnectionAsync(cancel);
        foreach (var target in targets.OrderBy(target => target.Name, StringComparer.Ordinal))
            await connection.ExecuteAsync(
                """
                insert into posting.lane as lane (target, slots, batch_size, calls_per_minute, zone, open_hours, maintenance, kinds, legal_entities,
                                                  slots_now, tokens, tokens_at, changed_at)
                values (@Name, @slots, @batchSize, @calls, @zone, @open, @maintenance, @kinds, @entities, @slots, @tokens, @now, @now)
                on conflict (tenant, target) do update
                set slots = excluded.slots, batch_size = excluded.batch_size, calls_per_minute = excluded.calls_per_minute, zone = excluded.zone,
                    open_hours = excluded.open_hours, maintenance = excluded.maintenance, kinds = excluded.kinds,
                    legal_entities = excluded.legal_entities, changed_at = excluded.changed_at,
                    -- Allowed more than before: it is looked for anew.
                    slots_now = case when excluded.slots > lane.slots then excluded.slots else lane.slots_now end
                where (lane.slots, lane.batch_size, lane.calls_per_minute, lane.zone, lane.open_hours, lane.maintenance, lane.kinds, lane.legal_entities)
                  is distinct from (excluded.slots, excluded.batch_size, excluded.calls_per_minute, excluded.zone, excluded.open_hours,
                                    excluded.maintenance, excluded.kinds, excluded.legal_entities)
                """, Configured(target));
    }

    public async Task<IReadOnlyList<LaneStanding>> Lanes(IReadOnlyList<DeliveryTarget> targets, CancellationToken cancel)
    {
        await using var connection = await _database.OpenConnectionAsync(cancel);
        return (await connection.QueryAsync<(string Target, string Mode, DateTime? Hold, string? Actor, string? Reason)>(
            """
            select lane.target, lane.mode, lane.hold_until, last.actor, last.reason
            from posting.lane lane
            left join lateral (
              select command.actor, command.reason from posting.lane_command command
              where command.target = lane.target and command.tenant = lane.tenant order by command.at desc, command.id desc limit 1) last on true
            where lane.tenant = 1 and lane.target = any(@names) order by lane.target
            """, new { names = targets.Select(target => target.Name).ToArray() }))
            .Select(row => new LaneStanding(row.Target, Words.Parse<LaneMode>(row.Mode), Instant(row.Hold), row.Actor ?? "", row.Reason ?? "")).ToList();
    }

    public async Task<LaneGrant> Steer(DeliveryTarget target, LaneReport report, string trouble, DateTimeOffset? circuitUntil, CancellationToken cancel)
    {
        await using var connection = await _database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var row = await Locked(connection, transaction, target);
        if (row is null)
        {
            // Forgotten: the books were restored, under this very program, to a day before the lane.
            await transaction.RollbackAsync(cancel);
            await RememberLanes([target], cancel);
            return await Steer(target, report, trouble, circuitUntil, cancel);
        }
        var now = Now;
        var held = await Shares(connection, transaction, target, now);
        var (lane, mine, grant) = LaneSteering.After(
            row.Lane(), held.FindAll(share => share.Node != report.Node), held.Find(share => share.Node == report.Node), report,
            target.Connector.Limits.Slots, target.Lane.CallsPerMinute, now);
        await SaveLane(connection, transaction, target, lane);
        await connection.ExecuteAsync(
            """
            insert into posting.lane_share (target, node, wanted, slots, in_use, tokens, trouble, circuit_until, told_at, until)
            values (@Name, @Node, @Wanted, @Held, @InUse, @Tokens, @trouble, @circuitUntil, @now, @until)
            on conflict (tenant, target, node) do update
            set wanted = excluded.wanted, slots = excluded.slots, in_use = excluded.in_use, tokens = excluded.tokens, trouble = excluded.trouble,
                circuit_until = excluded.circuit_until, told_at = excluded.told_at, until = excluded.until
            """,
            new
            {
                target.Name,
                mine.Node,
                mine.Wanted,
                mine.Held,
                report.InUse,
                mine.Tokens,
                trouble = KeptText.Of(trouble),
                circuitUntil,
                now,
                until = now + LaneShare.Lease,
            },
            transaction);
        // Not cancelled: what is held and what is known to be held must not differ.
        await transaction.CommitAsync(CancellationToken.None);
        return grant;
    }

    // One program after the other: what each is given depends on what the others hold.
    private static Task<LaneRow?> Locked(NpgsqlConnection connection, NpgsqlTransaction transaction, DeliveryTarget target) =>
        connection.QuerySingleOrDefaultAsync<LaneRow?>(
            """
            select mode, slots_now, lowered_at, tokens, tokens_at, hold_until, documents, busy_seconds, requests, turned_away
            from posting.lane where tenant = 1 and target = @Name for update
            """, new { target.Name }, transaction);

    public async Task<LaneOutcome> Command(LaneOrder order, CancellationToken cancel)
    {
        await using var connection = await _database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var (mode, hold) = await connection.QuerySingleOrDefaultAsync<(string?, DateTime?)>(
            "select mode, hold_until from posting.lane where tenant = 1 and target = @Target for update", new { order.Target }, transaction);
        if (mode is null)
            return new LaneOutcome.NotFound((await connection.QueryAsync<string>("select target from posting.lane where tenant = 1 order by target")).AsList());
        var present = Words.Parse<LaneMode>(mode);
        var now = Now;
        if (LaneCommands.After(present, order.Command, held: Instant(hold) > now) is not { } wanted)
        {
            var (actor, reason, at) = await connection.QuerySingleOrDefaultAsync<(string?, string?, DateTime?)>(
                "select actor, reason, at from posting.lane_command where tenant = 1 and target = @Target order by at desc, id desc limit 1",
                new { order.Target }, transaction);
            return new LaneOutcome.AlreadySo(present, actor ?? "", reason ?? "", at is { } since ? Instant(since) : null);
        }
        await connection.ExecuteAsync(
            """
            -- Later than what was said before, also where the clock stands still: the last word counts.
            insert into posting.lane_command (id, target, command, actor, reason, at)
            select @id, @Target, @command, @Actor, @Reason, greatest(@now, max(at) + interval '1 microsecond')
            from posting.lane_command where tenant = 1 and target = @Target;
            update posting.lane set mode = @mode, hold_until = case when @resumes then null else hold_until end, changed_at = @now
            where tenant = 1 and target = @Target
            """,
            new
            {
                id = Guid.CreateVersion7(now),
                order.Target,
                command = Words.Of(order.Command),
                order.Actor,
                order.Reason,
                now,
                mode = Words.Of(wanted),
                resumes = order.Command == LaneCommand.Resume
            },
            transaction);
        await transaction.CommitAsync(cancel);
        return new LaneOutcome.Done(wanted);
    }

    public async Task<bool> DoubtIsDue(IReadOnlyList<DeliveryTarget> targets, CancellationToken cancel)
    {
        await using var connection = await _database.OpenConnectionAsync(cancel);
        return await connection.QuerySingleAsync<bool>(
            """
            select exists (
              select from posting.posting where stage = 'in-doubt' and target = any(@names) and (not_before is null or not_before <= @now))
              or exists (select from posting.claim where target = any(@names) and kind = 'send')
            """, new { now = Now, names = targets.Select(target => target.Name).ToArray() });
    }

    private object Configured(DeliveryTarget target)
    {
        var (limits, lane, now) = (target.Connector.Limits, target.Lane, Now);
        return new
        {
            target.Name,
            slots = limits.Slots,
            batchSize = limits.BatchSize,
            calls = lane.CallsPerMinute,
            zone = lane.Hours.Zone.Id,
            open = lane.Hours.Open.Select(window => window.Text).ToArray(),
            maintenance = lane.Hours.Maintenance.Select(window => window.Text).ToArray(),
            kinds = lane.Kinds.Kinds.ToArray(),
            entities = target.LegalEntities.ToArray(),
            tokens = LaneSteering.New(limits.Slots, lane.CallsPerMinute, now).Bucket.Tokens,
            now,
        };
    }

    // Of the living. What a dead program held, or one that has not told for too long, is nobody's.
    private static async Task<List<NodeSlots>> Shares(NpgsqlConnection connection, NpgsqlTransaction transaction, DeliveryTarget target, DateTimeOffset now)
    {
        await connection.ExecuteAsync(
            """
            delete from posting.lane_share share
            where share.tenant = 1 and share.target = @Name and (share.until <= @now or not exists (
              select from pg_locks where locktype = 'advisory' and classid = 731 and objsubid = 2 and granted and objid::bigint = share.node
                and database = (select oid from pg_database where datname = current_database())))
            """, new { target.Name, now }, transaction);
        return (await connection.QueryAsync<NodeSlots>(
            "select node, wanted, slots as held, tokens from posting.lane_share where tenant = 1 and target = @Name order by node",
            new { target.Name }, transaction)).AsList();
    }

    private static Task SaveLane(NpgsqlConnection connection, NpgsqlTransaction transaction, DeliveryTarget target, SharedLane lane) => connection.ExecuteAsync(
        """
        update posting.lane
        set slots_now = @slotsNow, lowered_at = @loweredAt, tokens = @Tokens, tokens_at = @At, hold_until = @holdUntil,
            documents = @Documents, busy_seconds = @BusySeconds, requests = @Requests, turned_away = @TurnedAway
        where tenant = 1 and target = @Name
        """,
        new
        {
            target.Name,
            slotsNow = lane.Limit.Now,
            loweredAt = Nullable(lane.Limit.LoweredAt),
            lane.Bucket.Tokens,
            lane.Bucket.At,
            holdUntil = Nullable(lane.HoldUntil),
            lane.Pace.Documents,
            lane.Pace.BusySeconds,
            lane.Pace.Requests,
            lane.TurnedAway,
        }, transaction);

    private static DateTimeOffset? Nullable(DateTimeOffset at) => at == DateTimeOffset.MinValue ? null : at;

    private static DateTimeOffset Instant(DateTime? at) => at is { } utc ? new DateTimeOffset(utc, TimeSpan.Zero) : DateTimeOffset.MinValue;

    private sealed record LaneRow(
        string Mode, decimal SlotsNow, DateTime? LoweredAt, decimal Tokens, DateTime TokensAt, DateTime? HoldUntil, decimal Documents, decimal BusySeconds,
        decimal Requests, long TurnedAway)
    {
        public SharedLane Lane() => new(
            Words.Parse<LaneMode>(Mode), new SlotLimit(SlotsNow, Instant(LoweredAt)), new TokenBucket(Tokens, Instant(TokensAt)), Instant(HoldUntil),
            new Pace(Documents, BusySeconds, Requests), TurnedAway);
    }
}
