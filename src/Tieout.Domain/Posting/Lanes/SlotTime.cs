namespace Tieout.Domain.Posting.Lanes;

/// <summary>
/// Slot time that the documents of one program take, added up as it goes by. While a worker has documents in hand that are not on the wire
/// yet (being claimed, routed, waiting for a slot or for their customers), more waits than we manage to send: all slots that are ours
/// count, whether a call is on them or not. While everything in hand is sent, nothing else waited: each call counts for itself until its
/// answer is recorded, so that one slow call does not pass for a slow lane. While nothing is in hand nothing counts.
/// </summary>
/// <param name="At">Steady time up to which it is added up.</param>
/// <param name="Slots">Slots that are ours.</param>
/// <param name="Ahead">Workers with something in hand that is not sent.</param>
/// <param name="Sent">Workers with something in hand that was sent and is not recorded.</param>
/// <param name="Total">The sum so far.</param>
public sealed record SlotTime(TimeSpan At, int Slots, int Ahead, int Sent, TimeSpan Total)
{
    // The end of the last stretch in which all slots counted, and the sum then.
    private TimeSpan _fullUntil = TimeSpan.MinValue;
    private TimeSpan _totalThen;

    /// <summary>Nothing is in hand.</summary>
    public static SlotTime None { get; } = new(TimeSpan.Zero, 0, 0, 0, TimeSpan.Zero);

    /// <summary>As time goes by.</summary>
    public SlotTime Until(TimeSpan now)
    {
        if (now <= At) return this;
        var after = this with { At = now, Total = Total + (now - At) * (Ahead > 0 ? Slots : Math.Min(Slots, Sent)) };
        return Ahead > 0 ? after.Full() : after;
    }

    /// <summary>Other slots are ours from now on.</summary>
    public SlotTime With(int slots, TimeSpan now) => Until(now) with { Slots = slots };

    /// <summary>A worker that began to look found something: looking was work, too.</summary>
    /// <param name="began">As it was when it began to look.</param>
    /// <param name="now">Steady time.</param>
    public SlotTime Found(SlotTime began, TimeSpan now)
    {
        var after = Until(now);
        if (Ahead > 0) return after with { Ahead = Ahead + 1 };
        var (from, then) = began.At >= _fullUntil ? (began.At, began.Total) : (_fullUntil, _totalThen);
        var missing = (now - from) * Slots - (after.Total - then);
        return (after with { Ahead = 1, Total = after.Total + (missing > TimeSpan.Zero ? missing : TimeSpan.Zero) }).Full();
    }

    /// <summary>It sends what it found.</summary>
    public SlotTime Sends(TimeSpan now) => Until(now) with { Ahead = Ahead - 1, Sent = Sent + 1 };

    /// <summary>It is done with it, sent or not.</summary>
    public SlotTime Done(bool sent, TimeSpan now) => sent ? Until(now) with { Sent = Sent - 1 } : Until(now) with { Ahead = Ahead - 1 };

    private SlotTime Full() => this with { _fullUntil = At, _totalThen = Total };
}
