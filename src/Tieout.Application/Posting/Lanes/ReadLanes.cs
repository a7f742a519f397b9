using Dapper;
using Npgsql;
using Tieout.Domain;
using Tieout.Domain.Posting.Lanes;

namespace Tieout.Application.Posting.Lanes;

/// <summary>All lanes: what each may do, does, was told, and when it will be done.</summary>
public sealed class ReadLanes(NpgsqlDataSource database, TimeProvider clock)
{
    private const int CommandsShown = 200;
    private const decimal SecondsOfHour = 3600m;

    /// <summary>Every lane that a program ever worked for, by name.</summary>
    public async Task<IReadOnlyList<LaneView>> All(CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        var now = clock.GetUtcNow();
        var shares = (await connection.QueryAsync<ShareRow>(
            """
            select share.target, share.slots, share.in_use, share.trouble, share.circuit_until
            from posting.lane_share share
            where share.until > @now and exists (
              select from pg_locks where locktype = 'advisory' and classid = 731 and objsubid = 2 and granted and objid::bigint = share.node
                and database = (select oid from pg_database where datname = current_database()))
            """, new { now })).ToLookup(share => share.Target, StringComparer.Ordinal);
        var waiting = (await connection.QueryAsync<(string Target, string State, long Documents)>(
            """
            select target, state, count(*) from posting.posting where stage in ('open', 'in-doubt') group by target, state
            union all
            select lane.target, 'staged', count(*)
            from posting.lane lane
            join customers.legal_entity entity on entity.code = any(lane.legal_entities)
            join posting.posting on posting.legal_entity_id = entity.id and posting.stage = 'staged'
            group by lane.target
            union all
            select posting.target, 'dead', count(distinct posting.id)
            from exceptions.exception_case x
            join posting.posting on posting.tenant = 1 and posting.business_key = x.subject_key and posting.state = 'parked'
            where x.state = 'open' and x.subject_kind = 'posting' and x.code = 'gave-up'
            group by posting.target
            """)).ToLookup(row => row.Target, StringComparer.Ordinal);
        var rows = await connection.QueryAsync<LaneRow>(
            """
            select lane.target, lane.mode, lane.slots, lane.batch_size, lane.calls_per_minute, lane.zone,
                   array_to_string(lane.open_hours, ' | ') as open_hours, array_to_string(lane.maintenance, ' | ') as maintenance,
                   array_to_string(lane.kinds, ' | ') as kinds, array_to_string(lane.legal_entities, ' | ') as legal_entities,
                   lane.slots_now, lane.hold_until, lane.documents, lane.busy_seconds, lane.requests, lane.turned_away,
                   last.command, last.actor, last.reason, last.at
            from posting.lane lane
            left join lateral (
              select c.command, c.actor, c.reason, c.at from posting.lane_command c
              where c.target = lane.target and c.tenant = lane.tenant order by c.at desc, c.id desc limit 1) last on true
            where lane.tenant = 1 order by lane.target
            """);
        return [.. rows.Select(row => View(
            row, [.. shares[row.Target]], waiting[row.Target].ToDictionary(one => one.State, one => one.Documents, StringComparer.Ordinal), now))];
    }

    /// <summary>One lane with its commands; null when there is none of this name.</summary>
    public async Task<LaneDetail?> One(string target, CancellationToken cancel)
    {
        if ((await All(cancel)).FirstOrDefault(lane => lane.Target == target) is not { } lane) return null;
        await using var connection = await database.OpenConnectionAsync(cancel);
        var commands = await connection.QueryAsync<(string Command, string Actor, string Reason, DateTime At)>(
            """
            select command, actor, reason, at from posting.lane_command
            where tenant = 1 and target = @target order by at desc, id desc limit @most
            """, new { target, most = CommandsShown });
        return new LaneDetail(lane, [.. commands.Select(row => new LaneCommandView(row.Command, row.Actor, row.Reason, Instant(row.At)))]);
    }

    private static LaneView View(LaneRow row, IReadOnlyList<ShareRow> shares, Dictionary<string, long> counts, DateTimeOffset now)
    {
        var (mode, hours) = (Words.Parse<LaneMode>(row.Mode), row.Hours());
        var waiting = new LaneWaiting(Count("staged"), Count("ready"), Count("sending"), Count("in-doubt"));
        var pace = new Pace(row.Documents, row.BusySeconds, row.Requests);
        var slots = new SlotLimit(row.SlotsNow, DateTimeOffset.MinValue).Slots(row.Slots);
        var hold = row.HoldUntil is { } until ? Instant(until) : DateTimeOffset.MinValue;
        var (state, why, end) = State(row, mode, hours, hold, waiting, shares, now);
        return new LaneView(
            row.Target, state, why, end,
            new LaneSlots(row.Slots, slots, shares.Sum(share => share.Slots), shares.Sum(share => share.InUse), shares.Count),
            row.CallsPerMinute, row.BatchSize, new LaneHoursView(row.Zone, Each(row.OpenHours), Each(row.Maintenance)), Each(row.Kinds), Each(row.LegalEntities),
            waiting,
            Count("dead"), row.TurnedAway, pace.PerSecond(slots, row.CallsPerMinute) is { } perSecond ? (long)(perSecond * SecondsOfHour) : null,
            LaneForecast.Of(waiting.Documents, mode, pace, slots, row.CallsPerMinute, hours, hold, now),
            row.Command is null ? null : new LaneCommandView(row.Command, row.Actor!, row.Reason!, Instant(row.At!.Value)));

        long Count(string state) => counts.GetValueOrDefault(state);
    }

    private static (string State, string Why, DateTimeOffset? Until) State(
        LaneRow row, LaneMode mode, LaneHours hours, DateTimeOffset hold, LaneWaiting waiting, IReadOnlyList<ShareRow> shares, DateTimeOffset now)
    {
        var said = $"{row.Actor}: {row.Reason}";
        if (mode == LaneMode.Paused) return ("paused", said, null);
        if (mode == LaneMode.Draining) return (waiting.Sending + waiting.InDoubt == 0 ? "drained" : "draining", said, null);
        if (!hours.IsOpen(now))
            return ("closed", $"opens {LaneForecast.Told(hours.NextOpen(now), now, hours.Zone)}", hours.NextOpen(now));
        if (hold > now) return ("held", "the ERP asked to wait", hold);
        var cut = shares.FirstOrDefault(share => share.Trouble.Length > 0 && share.CircuitUntil is { } until && Instant(until) > now);
        return cut is not null ? ("out-of-reach", cut.Trouble, Instant(cut.CircuitUntil!.Value)) : ("running", "", hours.NextClose(now));
    }

    private static string[] Each(string joined) => joined.Split(" | ", StringSplitOptions.RemoveEmptyEntries);

    private static DateTimeOffset Instant(DateTime utc) => new(utc, TimeSpan.Zero);

    private sealed record ShareRow(string Target, int Slots, int InUse, string Trouble, DateTime? CircuitUntil);

    private sealed record LaneRow(
        string Target, string Mode, int Slots, int BatchSize, int? CallsPerMinute, string Zone, string OpenHours, string Maintenance, string Kinds,
        string LegalEntities, decimal SlotsNow, DateTime? HoldUntil, decimal Documents, decimal BusySeconds, decimal Requests, long TurnedAway,
        string? Command, string? Actor, string? Reason, DateTime? At)
    {
        // A zone that this machine does not know is another machine's; its hours cannot be told here.
        public LaneHours Hours() => LaneHours.TryZone(Zone, out var zone)
            ? new LaneHours(zone, [.. Each(OpenHours).Select(WeeklyWindow.Parse)], [.. Each(Maintenance).Select(WeeklyWindow.Parse)])
            : LaneHours.Always;
    }
}
