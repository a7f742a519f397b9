using Npgsql;
using Tieout.Application.Database;

namespace Tieout.Application.Views;

/// <summary>Which usage; null narrows nothing.</summary>
/// <param name="Subscription">Its code.</param>
/// <param name="Meter">A meter's code.</param>
/// <param name="Group">A group key, as a summary shows it; only with a meter.</param>
/// <param name="From">The first day, in the account's time zone.</param>
/// <param name="Until">The first day no longer.</param>
public sealed record UsageFilter(string Subscription, string? Meter, string? Group, DateOnly? From, DateOnly? Until);

/// <summary>One page of events, in order of time.</summary>
public sealed record UsageEventList(IReadOnlyList<UsageEventRow> Rows, string? Next);

/// <summary>An event of the ledger.</summary>
/// <param name="Day">The local day it counts on.</param>
/// <param name="Batch">The transaction it came with.</param>
/// <param name="ReplacedBy">"source id" of the event that superseded or voided it, so that it counts no more; empty otherwise.</param>
/// <param name="Replaces">"source id" of the event it superseded or voided itself; empty otherwise.</param>
public sealed record UsageEventRow(
    string Source, string Id, string Type, string Subscription, DateTimeOffset At, DateOnly Day, long Batch, DateTimeOffset ReceivedAt,
    string ReplacedBy, string Replaces, IReadOnlyList<UsageMeasure> Measures);

/// <summary>What an event counts for.</summary>
public sealed record UsageMeasure(string Meter, string Group, decimal Amount);

/// <summary>One page of summaries, by day, meter, group.</summary>
public sealed record UsageSummaryList(IReadOnlyList<UsageSummaryRow> Rows, string? Next);

/// <summary>A day's usage.</summary>
/// <param name="Value">By the meter's aggregation; for levels, level times seconds between the day's first and last event.</param>
/// <param name="Events">How many events count.</param>
/// <param name="Closing">For levels and last values: the value after the day's last event.</param>
public sealed record UsageSummaryRow(
    string Subscription, string Meter, string Aggregation, string Group, DateOnly Day, decimal Value, long Events, decimal? Closing,
    DateTimeOffset ChangedAt);

/// <summary>One page of batches, newest first.</summary>
public sealed record UsageBatchList(IReadOnlyList<UsageBatchRow> Rows, string? Next);

/// <summary>A transaction of intake. Received = accepted + duplicate + refused.</summary>
/// <param name="SummarisedAt">Null while it waits to be summed up.</param>
public sealed record UsageBatchRow(
    long No, string Via, string Actor, int Received, int Accepted, int Duplicate, int Refused, DateTimeOffset ReceivedAt, DateTimeOffset? SummarisedAt);

/// <summary>One page of refused events, newest batch first.</summary>
public sealed record UsageRefusedList(IReadOnlyList<UsageRefusedRow> Rows, string? Next);

/// <summary>An event that was not taken, and what to do about it.</summary>
/// <param name="Row">Its place in the batch, from 0; in a file, its line.</param>
public sealed record UsageRefusedRow(
    long Batch, int Row, string Source, string Id, string Code, string Field, string Reason, string Remedy, DateTimeOffset ReceivedAt);

/// <summary>Lists usage: from a summary to the events behind it, and what became of every batch.</summary>
public sealed class FindUsage(NpgsqlDataSource database)
{
    // A few blocks tell where a day's events lie; those of one subscription are picked out of them.
    private const string EventQuery =
        """
        select source.name as source, e.id, type.name as type, s.code as subscription, e.at, e.day, e.batch, b.received_at,
               coalesce((select by_source.name || ' ' || r.by_id from usage.replaced r join usage.source by_source on by_source.no = r.by_source_no
                         where r.source_no = e.source_no and r.id = e.id), '') as replaced_by,
               coalesce((select of_source.name || ' ' || r.id from usage.replaced r join usage.source of_source on of_source.no = r.source_no
                         where r.by_source_no = e.source_no and r.by_id = e.id), '') as replaces,
               e.source_no,
               array(select m.code from unnest(e.meters) with ordinality as n (no, place) join usage.meter m on m.no = n.no order by n.place) as meters,
               coalesce(e.group_keys, array_fill(''::text, array[cardinality(e.meters)])) as groups, e.amounts
        from usage.event e
        join usage.source source on source.no = e.source_no
        join usage.event_type type on type.no = e.type_no
        join subscriptions.subscription s on s.id = e.subscription_id and s.billing_account_id = e.billing_account_id
        join usage.batch b on b.no = e.batch
        """;

    /// <summary>The events of a subscription, in order of time.</summary>
    public async Task<UsageEventList> Events(UsageFilter filter, UsageCursor? after, int limit, CancellationToken cancel)
    {
        var rows = await database.Rows<EventRow>(
            $"""
            {EventQuery}
            where s.tenant = 1 and s.code = @Subscription and e.day >= @from and e.day < @until
              and (@Meter::text is null or exists (
                select from unnest(e.meters, e.group_keys) as m (no, group_key)
                where m.no = (select no from usage.meter where tenant = 1 and code = @Meter) and (@Group::text is null or coalesce(m.group_key, '') = @Group)))
              and (@at::timestamptz is null or (e.at, e.source_no, e.id) > (@at, @second, @text))
            order by e.at, e.source_no, e.id
            limit @limit
            """,
            new
            {
                filter.Subscription,
                filter.Meter,
                filter.Group,
                from = filter.From ?? DateOnly.MinValue,
                until = filter.Until ?? DateOnly.MaxValue,
                at = after is null ? (DateTimeOffset?)null : DateTimeOffset.UnixEpoch.AddTicks(after.First),
                second = after?.Second ?? 0,
                text = after?.Text ?? "",
                limit = limit + 1,
            }, cancel);
        var page = rows.Take(limit).ToList();
        var next = rows.Count > limit ? new UsageCursor((page[^1].At - DateTimeOffset.UnixEpoch).Ticks, page[^1].SourceNo, page[^1].Id).ToString() : null;
        return new UsageEventList([.. page.Select(row => row.Shown())], next);
    }

    /// <summary>The events of this id, whatever their source; or the one event of "source id".</summary>
    internal async Task<IReadOnlyList<UsageEventRow>> ById(string text, CancellationToken cancel)
    {
        var rows = await database.Rows<EventRow>(
            $"""
            {EventQuery}
            where (e.source_no, e.id) in (
              select known.source_no, known.id
              from usage.source named
              join usage.event known on known.source_no = named.no
                and known.id = case when starts_with(@text, named.name || ' ') then substr(@text, length(named.name) + 2) else @text end)
            order by e.at, e.source_no
            limit 50
            """, new { text }, cancel);
        return [.. rows.Select(row => row.Shown())];
    }

    /// <summary>The summaries of a subscription.</summary>
    public async Task<UsageSummaryList> Summaries(UsageFilter filter, UsageCursor? after, int limit, CancellationToken cancel)
    {
        var rows = await database.Rows<SummaryRow>(
            """
            select s.code as subscription, v.meter, v.aggregation, v.group_key as "group", v.day, v.value, v.events, v.closing, v.changed_at, v.meter_no
            from subscriptions.subscription s
            join usage.day_value v on v.billing_account_id = s.billing_account_id and v.subscription_id = s.id
            where s.tenant = 1 and s.code = @Subscription and v.day >= @from and v.day < @until
              and (@Meter::text is null or v.meter = @Meter) and (@Group::text is null or v.group_key = @Group)
              and (@day::date is null or (v.day, v.meter_no, v.group_key) > (@day, @second, @text))
            order by v.day, v.meter_no, v.group_key
            limit @limit
            """,
            new
            {
                filter.Subscription,
                filter.Meter,
                filter.Group,
                from = filter.From ?? DateOnly.MinValue,
                until = filter.Until ?? DateOnly.MaxValue,
                day = after is { First: >= 0 and < 3_000_000 } ? DateOnly.FromDayNumber((int)after.First) : (DateOnly?)null,
                second = after?.Second ?? 0,
                text = after?.Text ?? "",
                limit = limit + 1,
            }, cancel);
        var page = rows.Take(limit).ToList();
        var next = rows.Count > limit ? new UsageCursor(page[^1].Day.DayNumber, page[^1].MeterNo, page[^1].Group).ToString() : null;
        return new UsageSummaryList(
            [.. page.Select(row => new UsageSummaryRow(
                row.Subscription, row.Meter, row.Aggregation, row.Group, row.Day, row.Value, row.Events, row.Closing, row.ChangedAt))],
            next);
    }

    /// <summary>Batches, newest first.</summary>
    public async Task<UsageBatchList> Batches(UsageCursor? after, int limit, CancellationToken cancel)
    {
        var rows = await database.Rows<UsageBatchRow>(
            """
            select no, via, actor, received, accepted, duplicate, refused, received_at, summarised_at
            from usage.batch
            where @no::bigint is null or no < @no
            order by no desc
            limit @limit
            """, new { no = after?.First, limit = limit + 1 }, cancel);
        return new UsageBatchList([.. rows.Take(limit)], rows.Count > limit ? new UsageCursor(rows[limit - 1].No, 0, "").ToString() : null);
    }

    /// <summary>Refused events, newest batch first; of one batch, or with one code, when asked.</summary>
    public async Task<UsageRefusedList> Refused(long? batch, string? code, UsageCursor? after, int limit, CancellationToken cancel)
    {
        var rows = await database.Rows<UsageRefusedRow>(
            """
            select r.batch, r.row_no as row, r.source, r.event_id as id, r.code, r.field, r.reason, r.remedy, b.received_at
            from usage.refused r
            join usage.batch b on b.no = r.batch
            where (@batch::bigint is null or r.batch = @batch) and (@code::text is null or r.code = @code)
              and (@first::bigint is null or (r.batch, -r.row_no) < (@first, -@second))
            order by r.batch desc, r.row_no
            limit @limit
            """, new { batch, code, first = after?.First, second = after?.Second ?? 0, limit = limit + 1 }, cancel);
        var next = rows.Count > limit ? new UsageCursor(rows[limit - 1].Batch, rows[limit - 1].Row, "").ToString() : null;
        return new UsageRefusedList([.. rows.Take(limit)], next);
    }

    private sealed record EventRow(
        string Source, string Id, string Type, string Subscription, DateTimeOffset At, DateOnly Day, long Batch, DateTimeOffset ReceivedAt,
        string ReplacedBy, string Replaces, int SourceNo, Array Meters, Array Groups, Array Amounts)
    {
        public UsageEventRow Shown() => new(
            Source, Id, Type, Subscription, At, Day, Batch, ReceivedAt, ReplacedBy, Replaces,
            [.. ((string[])Meters).Select((meter, index) => new UsageMeasure(meter, ((string[])Groups)[index], ((decimal[])Amounts)[index]))]);
    }

    private sealed record SummaryRow(
        string Subscription, string Meter, string Aggregation, string Group, DateOnly Day, decimal Value, long Events, decimal? Closing,
        DateTimeOffset ChangedAt, int MeterNo);
}
