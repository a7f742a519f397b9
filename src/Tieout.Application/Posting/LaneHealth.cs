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

    /// <summary>The code of the case where our own books refuse something.</summary>
    public const string BooksRefuse = "books-refused";

    private readonly Lock _gate = new();
    private CircuitBreaker _circuit = CircuitBreaker.Closed;
    private bool _trying;
    private bool _held; // the circuit is open because the ERP asked to wait

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

    public Task OutOfReach(string reason, TimeSpan? retryAfter, bool turnedAway) => Pause(reason, retryAfter, turnedAway, new Finding(
        ExceptionCategory.Technical, "target-out-of-reach", $"{target.Name} does not take documents: {reason}",
        "Nothing is lost: documents wait and go by themselves once it answers. If it lasts, look at the ERP or its log-in.", reason));

    /// <summary>
    /// Our own books refused what was to be recorded of it. The lane pauses as if the ERP were out of reach, longer each time; the others go on.
    /// </summary>
    public Task BooksRefused(string reason) => Pause($"Our books refuse what is to be recorded: {reason}", null, turnedAway: false, new Finding(
        ExceptionCategory.Technical, BooksRefuse, $"Our books refuse what is to be recorded of {target.Name}.",
        "Nothing is lost: what was on its way is asked for again, and other ERPs are not concerned. "
        + "Give the technical text to whoever looks after Tieout.", reason));

    /// <summary>
    /// How long the lane is held, as the books say: what an ERP asked to wait is over for every program once somebody has resumed the lane. Then
    /// the next call tries it.
    /// </summary>
    public void HeldUntil(DateTimeOffset until)
    {
        lock (_gate)
        {
            var now = store.Now;
            if (!_held || until > now) return;
            _held = false;
            if (_circuit.IsOpen(now)) _circuit = _circuit with { OpenUntil = now };
        }
    }

    private async Task Pause(string reason, TimeSpan? retryAfter, bool turnedAway, Finding finding)
    {
        var now = store.Now;
        var chance = jitter();
        lock (_gate)
        {
            // Several slots meet the same trouble at once: that is one failure.
            var known = _circuit.IsOpen(now);
            _held = retryAfter is not null || known && _held;
            _circuit = _circuit.AfterTrouble(retryAfter, turnedAway, now, target.Policy, chance);
            if (known) return;
            Trouble = reason;
            if (turnedAway && _circuit.Failures < TurnedAwayTold) return;
        }
        try
        {
            await store.RaiseTarget(target.Name, finding);
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
