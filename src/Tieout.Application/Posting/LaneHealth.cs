using Tieout.Domain.Exceptions;

namespace Tieout.Application.Posting;

/// <summary>
/// Whether a target can be reached. While it cannot, its documents wait where they are, untouched; the pauses grow, and a
/// person is told once.
/// </summary>
internal sealed class LaneHealth(IPostingStore store, DeliveryTarget target)
{
    private readonly Lock _gate = new();
    private int _failures;

    // Cases told and cases closed so far. One may be left from an earlier process.
    private int _told = 1;
    private int _closed;

    /// <summary>Not before this instant.</summary>
    public DateTimeOffset PausedUntil { get; private set; } = DateTimeOffset.MinValue;

    /// <summary>Why; empty while it can be reached.</summary>
    public string Trouble { get; private set; } = "";

    public async Task OutOfReach(string reason, TimeSpan? retryAfter)
    {
        var now = store.Now;
        lock (_gate)
        {
            // Several slots meet the same trouble at once: that is one failure.
            if (PausedUntil > now) return;
            _failures++;
            Trouble = reason;
            PausedUntil = now + (retryAfter ?? target.Policy.Pause(_failures, 0.5m));
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
            if (PausedUntil > store.Now) return;
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
            _failures = 0;
            Trouble = "";
            if (_closed == _told) return;
            told = _told;
        }
        await store.ResolveTarget(target.Name, resolution);
        // One told meanwhile, by a slot that met trouble while another met none, is closed next time.
        lock (_gate) _closed = Math.Max(_closed, told);
    }
}
