namespace Tieout.Sandbox;

/// <summary>How long a stand-in knows a key that it has seen.</summary>
/// <param name="Calls">For so many further calls; null for any number.</param>
/// <param name="Seconds">For so long; null for ever.</param>
internal sealed record KeyWindow(int? Calls = null, double? Seconds = null)
{
    /// <summary>Nothing is forgotten.</summary>
    public static KeyWindow ForEver { get; } = new();

    /// <summary>Whether a key is still known.</summary>
    public bool Holds(long callsSince, TimeSpan age) => !(callsSince > Calls) && !(age.TotalSeconds > Seconds);
}

/// <summary>Keys that a service has seen, by which it knows what comes twice: for as long as the window of <paramref name="faults"/> says.</summary>
internal sealed class KeyMemory(Faults faults, TimeProvider clock)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, (long Call, long At)> _seen = new(StringComparer.Ordinal);
    private long _calls;

    /// <summary>Takes keys that it does not know; none of them, and false, where it knows one. One call, however many keys.</summary>
    public bool TakeNew(IReadOnlyList<string> keys)
    {
        lock (_gate)
        {
            _calls++;
            if (keys.Any(Knows)) return false;
            foreach (var key in keys) _seen[key] = (_calls, clock.GetTimestamp());
            return true;
        }
    }

    /// <summary>Knows nothing any more.</summary>
    public void Forget()
    {
        lock (_gate) _seen.Clear();
    }

    private bool Knows(string key) => _seen.TryGetValue(key, out var seen) && faults.Keys.Holds(_calls - seen.Call, clock.GetElapsedTime(seen.At));
}
