using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Tieout.Sandbox;

/// <summary>How a service's slots stand.</summary>
/// <param name="Slots">Calls at once it takes; null for any number.</param>
/// <param name="Most">The most it was ever at.</param>
/// <param name="TurnedAway">Calls it turned away.</param>
internal sealed record SlotsNow(int? Slots, int Most = 0, long TurnedAway = 0);

/// <summary>Calls at once that a service takes; who comes when all are taken, by us or by somebody else, is turned away.</summary>
internal sealed class CallSlots(int? slots, TimeProvider clock)
{
    private readonly Lock _gate = new();
    private int? _slots = slots;
    private DateTimeOffset _foreignUntil = DateTimeOffset.MinValue;
    private int _busy;
    private int _most;
    private long _turnedAway;

    /// <summary>A slot until it is disposed of; null when there is none.</summary>
    public IDisposable? Take()
    {
        lock (_gate)
        {
            if (_busy >= _slots || clock.GetUtcNow() < _foreignUntil)
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

    /// <summary>Somebody else has all of them for a while; who is at it may finish.</summary>
    public void TakeAway(TimeSpan pause)
    {
        lock (_gate) _foreignUntil = clock.GetUtcNow() + pause;
    }

    /// <summary>As at the start.</summary>
    public void Reset(int? wanted)
    {
        lock (_gate) (_slots, _foreignUntil) = (wanted, DateTimeOffset.MinValue);
    }

    /// <summary>How they stand.</summary>
    public SlotsNow Now()
    {
        lock (_gate) return new SlotsNow(_slots, _most, _turnedAway);
    }

    /// <summary>Adds <c>slots</c> to a group of controls.</summary>
    public void MapControl(IEndpointRouteBuilder control)
    {
        control.MapGet("/slots", Now);
        control.MapPost("/slots", (SlotsNow wanted) => { Set(wanted.Slots); return Results.NoContent(); });
    }

    private sealed class Taken(CallSlots slots) : IDisposable
    {
        public void Dispose()
        {
            lock (slots._gate) slots._busy--;
        }
    }
}
