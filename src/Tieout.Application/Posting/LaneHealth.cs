using Tieout.Domain.Exceptions;
using Tieout.Domain.Posting.Lanes;

namespace Tieout.Application.Posting;

/// <summary>
/// Whether this program can reach a target: its circuit breaker. While it cannot, documents wait where they are, untouched; the pauses
/// grow, one call at a time tries it, and a person is told once. Each program has its own: it may be its own way that is blocked.
/// </summary>
internal sealed class LaneHealth(IPostingStore store, DeliveryTarget target, Func<decimal> jitter)
{
    // That an ERP takes no more calls for a moment is no case for a person; that it goes on like that is.
    private const int TurnedAwayTold = 4;

    private readonly Lock _gate = new();
    private CircuitBreaker _circuit = CircuitBreaker.Closed;
    private bool _trying;

    // Cases told and cases closed so far. One may be left from an earlier process.
    private int _told = 1;
    private int _closed;

    /// <summary>Who travels together, and whom the ERP turns away alone; kept from run to run, as the circuit is.</summary>
    public LaneCompany Company { get; } = new();

    /// <summary>Later than the circuit lets the next call pass, should this one open it: others shall be tried first.</summary>
    public TimeSpan BehindOthers(decimal chance) => 2 * target.Policy.Pause(_circuit.Failures + 1, chance);

    /// <summary>Not before this instant.</summary>
    public DateTimeOffset PausedUntil => _circuit.OpenUntil;

    /// <summary>Why; empty while it can be reached.</summary>
    public string Trouble { get; private set; } = "";

    /// <summary>Whether a call may begin; after trouble only one at a time.</summary>
    public bool MayTry(DateTimeOffset now)
    {
        lock (_gate) return !_circuit.IsOpen(now) && !(_circuit.IsHalfOpen(now) && _trying);
    }

    /// <summary>Whether only one call at a time may try it, after trouble.</summary>
    public bool IsTrying(DateTimeOffset now) => _circuit.IsHalfOpen(now);

    /// <summary>Begins a call, if one may begin.</summary>
    /// <param name="now">Instant.</param>
    /// <param name="alone">Whether it is the one that tries the ERP after trouble.</param>
    public bool TryBegin(DateTimeOffset now, out bool alone)
    {
        alone = false;
        lock (_gate)
        {
            if (_circuit.IsOpen(now)) return false;
            if (!_circuit.IsHalfOpen(now)) return true;
            if (_trying) return false;
            alone = _trying = true;
            return true;
        }
    }

    /// <summary>The call that tried alone is over, whatever came of it.</summary>
    public void EndTry()
    {
        lock (_gate) _trying = false;
    }

    public async Task OutOfReach(string reason, TimeSpan? retryAfter, bool turnedAway)
    {
        var now = store.Now;
        var chance = jitter();
        lock (_gate)
        {
            // Several slots meet the same trouble at once: that is one failure.
            var known = _circuit.IsOpen(now);
            _circuit = _circuit.AfterTrouble(retryAfter, turnedAway, now, target.Policy, chance);
            if (known) return;
            Trouble = reason;
            if (turnedAway && _circuit.Failures < TurnedAwayTold) return;
        }
        try
        {
            await Tell(reason);
        }
        finally
        {
            lock (_gate) _told++; // also when nobody knows whether it was committed
        }
    }

    public async Task Reached()
    {
        lock (_gate)
        {
            // An answer that was on its way when another slot was turned away says nothing new.
            if (_circuit.IsOpen(store.Now)) return;
        }
        await Over("It answers again.");
    }

    /// <summary>Nothing waits for it: whether it can be reached will be seen when something does.</summary>
    public Task Idle() => Over("Nothing waits for it any more.");

    private Task Tell(string reason) => store.RaiseTarget(target.Name, new Finding(
        ExceptionCategory.Technical, "target-out-of-reach", $"{target.Name} does not take documents: {reason}",
        "Nothing is lost: documents wait and go by themselves once it answers. If it lasts, look at the ERP or its log-in.", reason));

    private async Task Over(string resolution)
    {
        int told;
        lock (_gate)
        {
            _circuit = _circuit.IsOpen(store.Now) ? _circuit with { Failures = 0 } : CircuitBreaker.Closed;
            Trouble = "";
            if (_closed == _told) return;
            told = _told;
        }
        await store.ResolveTarget(target.Name, resolution);
        // One told meanwhile, by a slot that met trouble while another met none, is closed next time.
        lock (_gate) _closed = Math.Max(_closed, told);
    }
}
