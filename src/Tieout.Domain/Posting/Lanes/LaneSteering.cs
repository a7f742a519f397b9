namespace Tieout.Domain.Posting.Lanes;

/// <summary>What all programs know of a lane together; it stands in the books.</summary>
/// <param name="Mode">What people said.</param>
/// <param name="Limit">The slots the ERP takes.</param>
/// <param name="Bucket">Its calls a minute; not looked at where there is no rate.</param>
/// <param name="HoldUntil">Until when it asked us to wait.</param>
/// <param name="Pace">How fast it is.</param>
/// <param name="TurnedAway">Calls it has turned away (429) so far.</param>
public sealed record SharedLane(LaneMode Mode, SlotLimit Limit, TokenBucket Bucket, DateTimeOffset HoldUntil, Pace Pace, long TurnedAway);

/// <summary>What one program holds of a lane.</summary>
/// <param name="Node">Its number.</param>
/// <param name="Wanted">Slots it could use.</param>
/// <param name="Held">Slots it may use, or still uses.</param>
/// <param name="Tokens">Calls it may begin.</param>
public sealed record NodeSlots(int Node, int Wanted, int Held, int Tokens);

/// <summary>What a program tells, twice a second.</summary>
/// <param name="Node">Its number.</param>
/// <param name="Wanted">Slots it could use.</param>
/// <param name="InUse">Slots with a call on them.</param>
/// <param name="Answered">Calls answered since it told last.</param>
/// <param name="TurnedAway">Calls turned away (429) since.</param>
/// <param name="HoldUntil">Until when the ERP asked it to wait.</param>
/// <param name="Documents">Documents settled since.</param>
/// <param name="Busy">Slot time that the documents took since: see <see cref="SlotTime"/>.</param>
/// <param name="Requests">Requests sent since.</param>
public sealed record LaneReport(
    int Node, int Wanted, int InUse, int Answered, int TurnedAway, DateTimeOffset HoldUntil, int Documents, TimeSpan Busy, int Requests);

/// <summary>What a program may do until it tells again.</summary>
/// <param name="Mode">What people said.</param>
/// <param name="Slots">Calls at once.</param>
/// <param name="Tokens">Calls it may begin; null where there is no rate.</param>
/// <param name="HoldUntil">Nothing before this.</param>
public sealed record LaneGrant(LaneMode Mode, int Slots, int? Tokens, DateTimeOffset HoldUntil);

/// <summary>
/// Divides what an ERP takes among the programs that work for it. The limit is the ERP's, not a program's: what is held by all together
/// never grows beyond it. A program that is to have fewer gives them back as its calls end; only then others get them.
/// </summary>
public static class LaneSteering
{
    /// <summary>
    /// The longest that a lane is held because its ERP asked to wait (Retry-After). What is asked for longer is told, and the ERP asked again after this time:
    /// a gateway's year is no ERP's wish.
    /// </summary>
    public static readonly TimeSpan LongestHold = TimeSpan.FromHours(1);

    /// <summary>What a lane is before anybody worked for it.</summary>
    public static SharedLane New(int slots, int? callsPerMinute, DateTimeOffset now) => new(
        LaneMode.Running, SlotLimit.Unlimited(slots), callsPerMinute is { } calls ? TokenBucket.Full(calls, now) : new TokenBucket(0, now),
        DateTimeOffset.MinValue, Pace.Unknown, 0);

    /// <summary>The lane after a program's report, what that program holds now, and what it is told.</summary>
    /// <param name="lane">As it was.</param>
    /// <param name="others">What the other living programs hold.</param>
    /// <param name="before">What this one held; null when it is new.</param>
    /// <param name="report">What it tells.</param>
    /// <param name="slots">Calls at once, as configured.</param>
    /// <param name="callsPerMinute">Rate, as configured; null for none.</param>
    /// <param name="now">Instant.</param>
    public static (SharedLane Lane, NodeSlots Held, LaneGrant Grant) After(
        SharedLane lane, IReadOnlyList<NodeSlots> others, NodeSlots? before, LaneReport report, int slots, int? callsPerMinute, DateTimeOffset now)
    {
        var limit = lane.Limit.After(report.Answered, report.TurnedAway, slots, now);
        List<SlotWish> wishes = [.. others.Select(other => new SlotWish(other.Node, other.Wanted)), new SlotWish(report.Node, report.Wanted)];
        var shares = SlotShares.Of(limit.Slots(slots), wishes);
        var free = Math.Max(0, limit.Slots(slots) - others.Sum(other => other.Held));
        var granted = Math.Min(shares[report.Node], free);
        // Calls go where slots are: a program that has none would only keep them from those that have.
        var callers = granted > 0 ? others.Count(other => other.Held > 0) + 1 : 0;
        var (bucket, tokens) = Tokens(lane.Bucket, before?.Tokens ?? 0, report, callers, callsPerMinute, now);
        var hold = report.HoldUntil > lane.HoldUntil ? report.HoldUntil : lane.HoldUntil;
        var after = new SharedLane(
            lane.Mode, limit, bucket, hold, lane.Pace.After(report.Documents, report.Busy, report.Requests), lane.TurnedAway + report.TurnedAway);
        return (after, new NodeSlots(report.Node, report.Wanted, Math.Max(granted, report.InUse), tokens ?? 0), new LaneGrant(lane.Mode, granted, tokens, hold));
    }

    private static (TokenBucket Bucket, int? Tokens) Tokens(
        TokenBucket bucket, int granted, LaneReport report, int callers, int? callsPerMinute, DateTimeOffset now)
    {
        if (callsPerMinute is not { } rate) return (bucket with { At = now }, null);
        var settled = bucket.Settled(granted, report.Requests).Until(now, rate);
        if (callers == 0) return (settled, 0);
        var (left, tokens) = settled.Take(callers);
        return (left, tokens);
    }
}
