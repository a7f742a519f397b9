using Dapper;
using Npgsql;
using Tieout.Domain;
using Tieout.Domain.Usage;

namespace Tieout.Application.Usage;

/// <summary>
/// What a billing run reads of usage. It reads summaries, points and unique keys, never events. Call
/// <see cref="UsageSummaries.CatchUp"/> once before the run, on a connection without a transaction.
/// </summary>
public static class UsageForBilling
{
    private const string Range = "billing_account_id between @first and @last";
    private const string Listed = "billing_account_id = any(@accounts)";

    /// <summary>The usage of these billing accounts on days from <paramref name="from"/> to before <paramref name="until"/>.</summary>
    /// <returns>
    /// One entry per subscription, meter and group that has usage in these days, or a level from before that still holds. Ordered by
    /// account, subscription, meter, group.
    /// </returns>
    public static Task<IReadOnlyList<MeteredUsage>> Load(
        NpgsqlConnection connection, IReadOnlyCollection<Guid> accounts, DateOnly from, DateOnly until, CancellationToken cancel) =>
        Load(connection, Listed, new { accounts = accounts.ToArray(), from, until }, cancel);

    /// <summary>The same for all accounts from <paramref name="first"/> to <paramref name="last"/>, both included.</summary>
    public static Task<IReadOnlyList<MeteredUsage>> Load(
        NpgsqlConnection connection, Guid first, Guid last, DateOnly from, DateOnly until, CancellationToken cancel) =>
        Load(connection, Range, new { first, last, from, until }, cancel);

    private static async Task<IReadOnlyList<MeteredUsage>> Load(NpgsqlConnection connection, string which, object parameters, CancellationToken cancel)
    {
        // One statement each, so that a run without usage costs next to nothing.
        await using var results = await connection.QueryMultipleAsync(new CommandDefinition(
            $"""
            select billing_account_id, subscription_id, meter, aggregation, group_key, day, value, events, coalesce(closing, 0) as closing, first_at, last_at
            from usage.day_value
            where {which} and day >= @from and day < @until
            order by billing_account_id, subscription_id, meter, group_key, day;

            select k.billing_account_id, k.subscription_id, m.code as meter, m.aggregation, k.group_key, before.closing
            from (select distinct billing_account_id, subscription_id, meter_no, group_key from usage.summary
                  where {which} and day < @from
                    -- Asked once: books without such a meter do not look back at all.
                    and exists (select from usage.meter where aggregation in ('time-weighted', 'unit-hours'))
                    and meter_no in (select no from usage.meter where aggregation in ('time-weighted', 'unit-hours'))) k
            join usage.meter m on m.no = k.meter_no
            cross join lateral (
              select usage.readable(s.closing) as closing
              from usage.summary s
              where s.billing_account_id = k.billing_account_id and s.subscription_id = k.subscription_id and s.meter_no = k.meter_no
                and s.group_key = k.group_key and s.day < @from and s.closing is not null
              order by s.day desc limit 1) before;

            select u.subscription_id, m.code as meter, u.group_key, u.day, u.key
            from usage.unique_key u join usage.meter m on m.no = u.meter_no
            where {which.Replace("billing", "u.billing", StringComparison.Ordinal)} and u.day >= @from and u.day < @until and u.events > 0
            order by u.subscription_id, m.code, u.group_key, u.day, u.key;

            select p.subscription_id, m.code as meter, p.group_key, p.day, p.at, source.name as source, p.event_id, p.amount
            from usage.point p
            join usage.meter m on m.no = p.meter_no and m.keep_transactions
            join usage.source source on source.no = p.source_no
            where {which.Replace("billing", "p.billing", StringComparison.Ordinal)} and p.day >= @from and p.day < @until
            order by p.subscription_id, m.code, p.group_key, p.at, source.name collate "C", p.event_id collate "C";
            """, parameters, cancellationToken: cancel));
        var days = (await results.ReadAsync<DayRow>()).AsList();
        var carried = (await results.ReadAsync<CarriedRow>()).AsList();
        var uniques = (await results.ReadAsync<UniqueRow>()).ToLookup(
            row => (row.SubscriptionId, row.Meter, row.GroupKey), row => new UniqueOfDay(row.Day, row.Key));
        var transactions = (await results.ReadAsync<TransactionRow>()).ToLookup(
            row => (row.SubscriptionId, row.Meter, row.GroupKey), row => new UsageTransaction(row.Day, row.At, row.Source, row.EventId, row.Amount));
        return Joined(days, carried, uniques, transactions);
    }

    private static List<MeteredUsage> Joined(
        List<DayRow> days, List<CarriedRow> carried, ILookup<(Guid, string, string), UniqueOfDay> uniques,
        ILookup<(Guid, string, string), UsageTransaction> transactions)
    {
        var levels = carried.ToDictionary(row => (row.SubscriptionId, row.Meter, row.GroupKey), row => row.Closing);
        var heads = days.Select(row => new CarriedRow(row.BillingAccountId, row.SubscriptionId, row.Meter, row.Aggregation, row.GroupKey, 0m))
            // A level of zero that nothing changes is no usage.
            .Concat(carried.Where(row => row.Closing != 0m))
            .DistinctBy(row => (row.SubscriptionId, row.Meter, row.GroupKey))
            .OrderBy(row => row.BillingAccountId).ThenBy(row => row.SubscriptionId)
            .ThenBy(row => row.Meter, StringComparer.Ordinal).ThenBy(row => row.GroupKey, StringComparer.Ordinal);
        var byKey = days.ToLookup(row => (row.SubscriptionId, row.Meter, row.GroupKey));
        return
        [
            .. heads.Select(head => (Head: head, Key: (head.SubscriptionId, head.Meter, head.GroupKey))).Select(one => new MeteredUsage(
                new SubscriptionId(one.Head.SubscriptionId), one.Head.Meter, Words.Parse<Aggregation>(one.Head.Aggregation), one.Head.GroupKey,
                [.. byKey[one.Key].Select(row => new UsageDay(row.Day, row.Value, row.Events, row.Closing, row.FirstAt, row.LastAt))],
                levels.GetValueOrDefault(one.Key), [.. uniques[one.Key]], [.. transactions[one.Key]])),
        ];
    }

    private sealed record DayRow(
        Guid BillingAccountId, Guid SubscriptionId, string Meter, string Aggregation, string GroupKey, DateOnly Day, decimal Value, long Events,
        decimal Closing, DateTimeOffset? FirstAt, DateTimeOffset? LastAt);

    private sealed record CarriedRow(Guid BillingAccountId, Guid SubscriptionId, string Meter, string Aggregation, string GroupKey, decimal Closing);

    private sealed record UniqueRow(Guid SubscriptionId, string Meter, string GroupKey, DateOnly Day, Guid Key);

    private sealed record TransactionRow(
        Guid SubscriptionId, string Meter, string GroupKey, DateOnly Day, DateTimeOffset At, string Source, string EventId, decimal Amount);
}
