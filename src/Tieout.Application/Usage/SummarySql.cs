namespace Tieout.Application.Usage;

/// <summary>
/// The statements that bring a set of batches into the summaries, in the order they run. All read <c>@batches</c>. Events of the
/// batches are added; events that the batches take back are subtracted, and they lie in batches that are summed up already or now.
/// </summary>
internal static class SummarySql
{
    private const string Key = "billing_account_id, subscription_id, meter_no, group_key, day";
    private const string OfPoint = "p.billing_account_id, p.subscription_id, p.meter_no, p.group_key, p.day";
    private const string OfConcerned = "c.billing_account_id, c.subscription_id, c.meter_no, c.group_key, c.day";
    private const string OfSummary = "s.billing_account_id, s.subscription_id, s.meter_no, s.group_key, s.day";
    private const string OfUnique = "u.billing_account_id, u.subscription_id, u.meter_no, u.group_key, u.day";
    private const string OfWalk = "walk.billing_account_id, walk.subscription_id, walk.meter_no, walk.group_key, walk.day";
    private const string OfShrunk = "shrunk.billing_account_id, shrunk.subscription_id, shrunk.meter_no, shrunk.group_key, shrunk.day";

    /// <summary>What each event counts for, one row per meter; with sign -1 for what is taken back.</summary>
    private const string Measured =
        """
        measured as (
          select e.billing_account_id, e.subscription_id, m.meter_no, coalesce(m.group_key, '') as group_key, e.day, e.at, e.source_no,
                 e.id, m.amount, m.unique_key, 1 as sign
          from usage.event e
          cross join lateral unnest(e.meters, e.amounts, e.group_keys, e.unique_keys) as m (meter_no, amount, group_key, unique_key)
          where e.batch = any(@batches)
          union all
          select e.billing_account_id, e.subscription_id, m.meter_no, coalesce(m.group_key, ''), e.day, e.at, e.source_no,
                 e.id, m.amount, m.unique_key, -1
          from usage.replaced r
          join usage.event e on e.source_no = r.source_no and e.id = r.id
          cross join lateral unnest(e.meters, e.amounts, e.group_keys, e.unique_keys) as m (meter_no, amount, group_key, unique_key)
          where r.batch = any(@batches))
        """;

    /// <summary>Not locked by another node; gives the numbers.</summary>
    public const string Claim =
        "select no from usage.batch where summarised_at is null order by no limit @limit for update skip locked";

    /// <summary>Batches that take back an event of a batch that is neither summed up nor among these, and that other batch.</summary>
    public const string Blocked =
        """
        select distinct r.batch, e.batch as target
        from usage.replaced r
        join usage.event e on e.source_no = r.source_no and e.id = r.id
        join usage.batch b on b.no = e.batch
        where r.batch = any(@batches) and b.summarised_at is null and not b.no = any(@batches)
        """;

    public const string ClaimThese =
        "select no from usage.batch where no = any(@wanted) and summarised_at is null order by no for update skip locked";

    /// <summary>
    /// Counts, sums and maxima. It touches the row of every day concerned, in the order of the key, and so holds them all until the
    /// transaction ends: what follows may compute a day anew without another node adding to it meanwhile.
    /// </summary>
    public const string Add =
        $"""
        with {Measured}
        insert into usage.summary as s ({Key}, events, total, largest, changed_at)
        select {Key}, sum(sign), sum(sign * amount), max(amount) filter (where sign > 0), @now
        from measured
        group by {Key}
        order by {Key}
        on conflict ({Key}) do update set
          events = s.events + excluded.events, total = s.total + excluded.total, largest = greatest(s.largest, excluded.largest),
          changed_at = excluded.changed_at
        """;

    /// <summary>A maximum cannot be subtracted from: its days are read again, by the few events of the day that still count.</summary>
    public const string LargestAnew =
        $"""
        with {Measured}, shrunk as (
          select distinct {Key} from measured where sign < 0 and meter_no = any(@max))
        update usage.summary s
        set largest = (
          select max(m.amount)
          from usage.event e
          cross join lateral unnest(e.meters, e.amounts, e.group_keys) as m (meter_no, amount, group_key)
          where e.day = s.day and e.subscription_id = s.subscription_id and m.meter_no = s.meter_no and coalesce(m.group_key, '') = s.group_key
            and not exists (select from usage.replaced r where r.source_no = e.source_no and r.id = e.id))
        from shrunk
        where ({OfSummary})
            = ({OfShrunk})
        """;

    /// <summary>Points of the meters that compute their days from them, and of those that keep their transactions.</summary>
    public const string AddPoints =
        $"""
        with {Measured}
        insert into usage.point ({Key}, at, source_no, event_id, amount)
        select {Key}, at, source_no, id, amount from measured where sign > 0 and meter_no = any(@points)
        """;

    public const string RemovePoints =
        $"""
        with {Measured}
        delete from usage.point p
        using measured m
        where m.sign < 0 and m.meter_no = any(@points)
          and ({OfPoint}, p.at, p.source_no, p.event_id)
            = (m.billing_account_id, m.subscription_id, m.meter_no, m.group_key, m.day, m.at, m.source_no, m.id)
        """;

    /// <summary>Last values and levels of the days concerned, from all their points in the order of time, source, id.</summary>
    public const string LevelsAnew =
        $"""
        with {Measured}, concerned as (
          select distinct {Key} from measured where meter_no = any(@levels)),
        walked as (
          select {OfPoint}, p.at, p.amount,
                 lead(p.at) over later as next_at, row_number() over later as place, count(*) over later_all as places
          from concerned c
          join usage.point p on ({OfPoint}) = ({OfConcerned})
          join usage.source source on source.no = p.source_no
          window later as (partition by {OfPoint} order by p.at, source.name collate "C", p.event_id collate "C"),
                 later_all as (partition by {OfPoint})),
        walk as (
          select {Key}, min(at) as first_at, max(at) as last_at, max(amount) filter (where place = places) as closing,
                 coalesce(sum(amount * extract(epoch from next_at - at)), 0) as level_seconds
          from walked
          group by {Key})
        update usage.summary s
        set closing = walk.closing, level_seconds = walk.level_seconds, first_at = walk.first_at, last_at = walk.last_at
        from concerned c
        left join walk on ({OfWalk}) = ({OfConcerned})
        where ({OfSummary}) = ({OfConcerned})
        """;

    public const string AddUniques =
        $"""
        with {Measured}
        insert into usage.unique_key as u ({Key}, key, events)
        select {Key}, unique_key, sum(sign) from measured where meter_no = any(@uniques)
        group by {Key}, unique_key
        order by {Key}, unique_key
        on conflict ({Key}, key) do update set events = u.events + excluded.events
        """;

    public const string UniquesAnew =
        $"""
        with {Measured}, concerned as (
          select distinct {Key} from measured where meter_no = any(@uniques))
        update usage.summary s
        set uniques = (select count(*) from usage.unique_key u where ({OfUnique}) = ({OfSummary}) and u.events > 0)
        from concerned c
        where ({OfSummary}) = ({OfConcerned})
        """;

    /// <summary>A new id each time; see the table's comment.</summary>
    public const string Touch =
        $"""
        with {Measured}
        insert into usage.touched as t (id, billing_account_id, subscription_id, from_day, at)
        select gen_random_uuid(), billing_account_id, subscription_id, min(day), @now
        from measured
        group by billing_account_id, subscription_id
        order by billing_account_id, subscription_id
        on conflict (billing_account_id, subscription_id) do update
          set id = excluded.id, from_day = least(t.from_day, excluded.from_day), at = excluded.at
        """;

    public const string Done = "update usage.batch set summarised_at = @now where no = any(@batches)";
}
