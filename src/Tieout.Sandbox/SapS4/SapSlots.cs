namespace Tieout.Sandbox.SapS4;

/// <summary>How the tenant's slots stand.</summary>
/// <param name="Slots">Calls at once it takes; null for any number.</param>
/// <param name="Most">The most it was ever at.</param>
/// <param name="TurnedAway">Calls it turned away.</param>
internal sealed record SlotsNow(int? Slots, int Most = 0, long TurnedAway = 0);

/// <summary>Calls at once that the tenant takes; who comes when all are taken is turned away.</summary>
internal sealed class SapSlots(int? slots)
{
    private readonly Lock _gate = new();
    private int? _slots = slots;
    private int _busy;
    private int _most;
    private long _turnedAway;

    /// <summary>A slot until it is disposed of; null when there is none.</summary>
    public IDisposable? Take()
    {
        lock (_gate)
        {
            if (_busy >= _slots)
            {
                _turnedAway++;
                return null;
            }
            _most = Math.Max(_most, ++_busy);
            return new Taken(this);
        }
    }

    /// <summary>From now on so many; somebody else has the others.</summary>
    public void Set(int? wanted)
    {
        lock (_gate) _slots = wanted;
    }

    /// <summary>How they stand.</summary>
    public SlotsNow Now()
    {
        lock (_gate) return new SlotsNow(_slots, _most, _turnedAway);
    }

    private sealed class Taken(SapSlots slots) : IDisposable
    {
        public void Dispose()
        {
            lock (slots._gate) slots._busy--;
        }
    }
}
