using Tieout.Domain.Posting.Lanes;

namespace Tieout.Application.Posting.Lanes;

/// <summary>
/// What this program may do in one lane: its part of the ERP's slots and calls, as it was told last. A slot is for the time of a call
/// only: the next documents are claimed, and the last answers recorded, while another call has it.
/// </summary>
internal sealed class LaneGate(DeliveryTarget target, LaneHealth health, TimeProvider clock)
{
    // Enough to claim and record beside the calls, and no more: what is in hand others cannot take.
    private const int HandsAheadMost = 32;

    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(150);
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly Queue<TaskCompletionSource<bool>> _waiting = new();
    private LaneGrant _grant = new(LaneMode.Paused, 0, null, DateTimeOffset.MinValue);
    private Counts _counts;
    private DateTimeOffset _asked = DateTimeOffset.MinValue;
    private DateTimeOffset _nothingUntil = DateTimeOffset.MinValue;
    private readonly long _began = clock.GetTimestamp();
    private SlotTime _slotTime = SlotTime.None;
    private SlotTime _held = SlotTime.None; // when documents were last seen to wait for another lane
    private TimeSpan _told; // of the slot time
    private int _inUse;
    private int _hands;
    private int _unsent; // calls that have a slot and have sent nothing yet
    private bool _closed;

    /// <summary>Workers that keep so many slots busy.</summary>
    public static int HandsFor(int slots) => slots + 1 + Math.Min(2 * slots, HandsAheadMost);

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

    /// <summary>One more worker that shall look for something to do; null when there are enough, or nothing is to do.</summary>
    public LaneHand? TryTakeUp(DateTimeOffset now)
    {
        lock (_gate)
        {
            if (_nothingUntil > now || _hands >= HandsFor(_grant.Slots) || _grant.Slots == 0) return null;
            _hands++;
            return new LaneHand(_slotTime = _slotTime.Until(Elapsed()));
        }
    }

    /// <summary>It found something to do.</summary>
    public void Found(LaneHand hand)
    {
        lock (_gate)
        {
            if (hand.State != HandState.Looking) return;
            (hand.State, _slotTime) = (HandState.Found, _slotTime.Found(Since(hand), Elapsed()));
        }
    }

    /// <summary>Documents wait for what another lane does, such as introducing their customers: that is no time in which nothing was to do.</summary>
    public void Held(LaneHand hand)
    {
        lock (_gate) _held = _slotTime = _slotTime.Found(Since(hand), Elapsed()).Done(sent: false, Elapsed());
    }

    /// <summary>It is done with it.</summary>
    public void PutDown(LaneHand hand)
    {
        lock (_gate)
        {
            _hands--;
            if (hand.State == HandState.Looking) return;
            _slotTime = _slotTime.Done(hand.State == HandState.Sent, Elapsed());
            _nothingUntil = DateTimeOffset.MinValue; // what it did may have made something for others to do
        }
    }

    /// <summary>There is nothing to do for the moment: nobody else of this program needs to look.</summary>
    public void SawNothing(DateTimeOffset now)
    {
        lock (_gate) _nothingUntil = now + Glance;
    }

    /// <summary>Whether somebody has just looked, and there was nothing to do.</summary>
    public bool SeesNothing(DateTimeOffset now)
    {
        lock (_gate) return _nothingUntil > now;
    }

    /// <summary>Waits for a slot. Null when nothing shall begin after all.</summary>
    /// <param name="now">Says what time it is.</param>
    /// <param name="toSend">Whether it is to send, or only to ask.</param>
    /// <param name="hand">Whose documents are to go; null where it is about customers, whose documents go on waiting.</param>
    public async Task<LaneCall?> Enter(Func<DateTimeOffset> now, bool toSend, LaneHand? hand)
    {
        if (hand is not null) Found(hand);
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
            lock (_gate)
            {
                _unsent++;
                if (hand is not null) (hand.State, _slotTime) = (HandState.Sent, _slotTime.Sends(Elapsed()));
            }
            return new LaneCall(this, alone);
        }
        lock (_gate) Free();
        return null;
    }

    /// <summary>The call is over; before its answers are recorded.</summary>
    /// <param name="call">Which.</param>
    /// <param name="documents">How many documents it settled.</param>
    /// <param name="answered">Whether the ERP answered.</param>
    public void Leave(LaneCall call, int documents, bool answered)
    {
        lock (_gate)
        {
            if (call.Requests == 0) _unsent--;
            _counts.Documents += documents;
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
            var counts = _counts;
            _counts = default;
            _slotTime = _slotTime.Until(Elapsed());
            var busy = _slotTime.Total - _told;
            _told = _slotTime.Total;
            // Who cannot reach the ERP leaves its slots to those who can.
            var wanted = ends || health.PausedUntil > now ? _inUse
                : health.IsTrying(now) || _nothingUntil > now ? Math.Max(1, _inUse)
                : target.Connector.Limits.Slots;
            return new LaneReport(node, wanted, _inUse, counts.Answered, counts.TurnedAway, _asked, counts.Documents, busy, counts.Requests);
        }
    }

    /// <summary>What it may do from now on.</summary>
    public void Told(LaneGrant grant)
    {
        lock (_gate)
        {
            // Said once: whoever resumes the lane lifts it for all, and nobody who heard of it before puts it back.
            if (grant.HoldUntil >= _asked) _asked = DateTimeOffset.MinValue;
            if (_asked == DateTimeOffset.MinValue) health.HeldUntil(grant.HoldUntil);
            _grant = grant;
            _slotTime = _slotTime.With(grant.Slots, Elapsed());
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

    // What was held a moment ago still was when somebody looked again.
    private SlotTime Since(LaneHand hand) => _held.At < hand.Began.At && hand.Began.At - _held.At < Moment && _held.Slots > 0 ? _held : hand.Began;

    private TimeSpan Elapsed() => clock.GetElapsedTime(_began);

    private void Free()
    {
        _inUse--;
        Admit();
    }

    private void Admit()
    {
        // Where none is ours, nothing is kept in hand: whoever has the slots could not take it, nor introduce its customers.
        if (_closed || _grant.Slots == 0) TurnAllAway();
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
    }
}
