using Tieout.Domain.Posting.Lanes;

namespace Tieout.Application.Posting.Lanes;

/// <summary>
/// What this program may do in one lane: its part of the ERP's slots and calls, as it was told last. A slot is for the time of a call
/// only: the next documents are claimed, and the last answers recorded, while another call has it.
/// </summary>
internal sealed class LaneGate(DeliveryTarget target, LaneHealth health, TimeProvider clock)
{
    // Enough to claim and record beside the calls, and no more: what is in hand others cannot take.
    private const int HandsAheadMost = 16;

    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(150);

    private readonly Lock _gate = new();
    private readonly Queue<TaskCompletionSource<bool>> _waiting = new();
    private LaneGrant _grant = new(LaneMode.Paused, 0, null, DateTimeOffset.MinValue);
    private Counts _counts;
    private DateTimeOffset _asked = DateTimeOffset.MinValue;
    private DateTimeOffset _nothingUntil = DateTimeOffset.MinValue;
    private long? _reported; // when it told last
    private bool _sawNothing; // since then
    private int _inUse;
    private int _hands;
    private int _unsent; // calls that have a slot and have sent nothing yet
    private bool _closed;

    /// <summary>Workers that keep so many slots busy.</summary>
    public static int HandsFor(int slots) => slots + 1 + Math.Min(slots, HandsAheadMost);

    /// <summary>What people said, as this program was told last.</summary>
    public LaneMode Mode => _grant.Mode;

    /// <summary>Whether a question may be asked now.</summary>
    public bool MayAsk(DateTimeOffset now)
    {
        lock (_gate)
            return !_closed && _grant.Mode != LaneMode.Paused && _grant.HoldUntil <= now && !(_grant.Tokens - _counts.Requests - _unsent <= 0)
                && health.MayTry(now) && target.Lane.Hours.IsOpen(now);
    }

    /// <summary>Whether something may be sent now.</summary>
    public bool MaySend(DateTimeOffset now) => _grant.Mode == LaneMode.Running && MayAsk(now);

    /// <summary>When something can begin again, as far as that is known.</summary>
    public DateTimeOffset BeginsAt(DateTimeOffset now)
    {
        if (_grant.Mode == LaneMode.Paused) return DateTimeOffset.MaxValue;
        var at = health.PausedUntil > _grant.HoldUntil ? health.PausedUntil : _grant.HoldUntil;
        return target.Lane.Hours.NextOpen(at > now ? at : now);
    }

    /// <summary>Whether one more worker shall look for something to do.</summary>
    public bool TryTakeUp(DateTimeOffset now)
    {
        lock (_gate)
        {
            if (_nothingUntil > now || _hands >= HandsFor(_grant.Slots) || _grant.Slots == 0) return false;
            _hands++;
            return true;
        }
    }

    /// <summary>It is done with it.</summary>
    public void PutDown()
    {
        lock (_gate) _hands--;
    }

    /// <summary>There is nothing to do for the moment: nobody else of this program needs to look.</summary>
    public void SawNothing(DateTimeOffset now)
    {
        lock (_gate) (_nothingUntil, _sawNothing) = (now + Glance, true);
    }

    /// <summary>Waits for a slot. Null when nothing shall begin after all.</summary>
    /// <param name="now">Says what time it is.</param>
    /// <param name="toSend">Whether it is to send, or only to ask.</param>
    public async Task<LaneCall?> Enter(Func<DateTimeOffset> now, bool toSend)
    {
        TaskCompletionSource<bool> turn;
        lock (_gate)
        {
            turn = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Enqueue(turn);
            Admit();
        }
        if (!await turn.Task) return null;
        var may = toSend ? MaySend(now()) : MayAsk(now());
        if (may && health.TryBegin(now(), out var alone))
        {
            lock (_gate) _unsent++;
            return new LaneCall(this, clock.GetTimestamp(), alone);
        }
        lock (_gate) Free();
        return null;
    }

    /// <summary>The call is over; before its answers are recorded.</summary>
    /// <param name="call">Which.</param>
    /// <param name="documents">How many documents it settled; null where it was about none, and says nothing about the pace.</param>
    /// <param name="answered">Whether the ERP answered.</param>
    public void Leave(LaneCall call, int? documents, bool answered)
    {
        lock (_gate)
        {
            if (call.Requests == 0) _unsent--;
            if (documents is { } settled) (_counts.Busy, _counts.Documents) = (_counts.Busy + clock.GetElapsedTime(call.Began), _counts.Documents + settled);
            if (call.TurnedAway) _counts.TurnedAway++;
            else if (answered) _counts.Answered++;
            Free();
        }
    }

    /// <summary>What came of the call is known to <see cref="LaneHealth"/>.</summary>
    public void Settled(LaneCall call)
    {
        if (call.IsAlone) health.EndTry();
    }

    /// <summary>A request goes out.</summary>
    public void Sent(bool first)
    {
        lock (_gate)
        {
            _counts.Requests++;
            if (first) _unsent--;
        }
    }

    /// <summary>The ERP asked us to wait: so shall all programs.</summary>
    public void AskedToWait(DateTimeOffset until)
    {
        lock (_gate) _asked = until > _asked ? until : _asked;
    }

    /// <summary>How it fares since it told last.</summary>
    /// <param name="node">This program.</param>
    /// <param name="now">Instant.</param>
    /// <param name="ends">Whether it will do nothing more.</param>
    public LaneReport Report(int node, DateTimeOffset now, bool ends)
    {
        lock (_gate)
        {
            var counts = _counts with { Busy = SlotTime() };
            (_counts, _reported, _sawNothing) = (default, clock.GetTimestamp(), false);
            // Who cannot reach the ERP leaves its slots to those who can.
            var wanted = ends || health.PausedUntil > now ? _inUse
                : health.IsTrying(now) || _nothingUntil > now ? Math.Max(1, _inUse)
                : target.Connector.Limits.Slots;
            return new LaneReport(node, wanted, _inUse, counts.Answered, counts.TurnedAway, _asked, counts.Documents, counts.Busy, counts.Requests);
        }
    }

    /// <summary>What it may do from now on.</summary>
    public void Told(LaneGrant grant)
    {
        lock (_gate)
        {
            _grant = grant;
            if (grant.Mode == LaneMode.Paused) TurnAllAway();
            Admit();
        }
    }

    /// <summary>Nothing begins any more.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            TurnAllAway();
        }
    }

    // Of the calls; where work never ran out, all the time that the slots were ours: claiming and recording took the rest of it.
    private TimeSpan SlotTime() =>
        _reported is { } since && !_sawNothing && _counts.Documents > 0 && clock.GetElapsedTime(since) * _grant.Slots is var ours && ours > _counts.Busy
            ? ours : _counts.Busy;

    private void Free()
    {
        _inUse--;
        Admit();
    }

    private void Admit()
    {
        if (_closed) TurnAllAway();
        while (_inUse < _grant.Slots && _waiting.TryDequeue(out var next))
        {
            _inUse++;
            next.SetResult(true);
        }
    }

    private void TurnAllAway()
    {
        while (_waiting.TryDequeue(out var next)) next.SetResult(false);
    }

    private record struct Counts
    {
        public int Answered;
        public int TurnedAway;
        public int Documents;
        public int Requests;
        public TimeSpan Busy;
    }
}
