namespace Tieout.Sandbox;

/// <summary>A fault that struck.</summary>
/// <param name="Number">Counted from 1 since the start or the last reset.</param>
/// <param name="Call">For a fault of a seed, the how manieth call at its place since the seed; 0 for one that was asked for.</param>
internal sealed record StruckFault(long Number, DateTimeOffset At, string On, string Kind, double? Seconds, bool Commit, int? After, long Call);

/// <summary>What <c>GET /_sandbox/faults/log</c> tells.</summary>
/// <param name="Seed">The seed that draws; null when none does.</param>
/// <param name="Count">How many have struck; the list holds the last of them.</param>
internal sealed record FaultReport(long? Seed, double? Rate, long Count, IReadOnlyList<StruckFault> Struck);

/// <summary>The faults that struck, the latest ten thousand of them.</summary>
internal sealed class FaultLog(TimeProvider clock)
{
    private const int Most = 10_000;

    private readonly Lock _gate = new();
    private readonly Queue<StruckFault> _struck = new();
    private long _count;

    /// <summary>One more; <paramref name="call"/> is 0 for one that was asked for.</summary>
    public void Add(Fault fault, string place, long call)
    {
        lock (_gate)
        {
            _struck.Enqueue(new StruckFault(++_count, clock.GetUtcNow(), place, fault.Kind, fault.Seconds, fault.Commit, fault.After, call));
            if (_struck.Count > Most) _struck.Dequeue();
        }
    }

    /// <summary>As it stands.</summary>
    public FaultReport Report(SeededFaults? seeded)
    {
        lock (_gate) return new FaultReport(seeded?.Seed, seeded?.Rate, _count, [.. _struck]);
    }

    /// <summary>Begins anew.</summary>
    public void Forget()
    {
        lock (_gate)
        {
            _struck.Clear();
            _count = 0;
        }
    }
}
