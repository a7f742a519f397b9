using System.Collections.Concurrent;

namespace Tieout.Sandbox;

/// <summary>
/// Faults of all kinds that a seed draws. What strikes the n-th call at a place is a function of seed, rate, place and n alone: the same calls in
/// the same order meet the same faults, whatever is called elsewhere meanwhile.
/// </summary>
/// <param name="seed">Any number.</param>
/// <param name="rate">The share of calls that are struck, from 0 to 1.</param>
internal sealed class SeededFaults(long seed, double rate)
{
    private readonly ConcurrentDictionary<string, long> _calls = new(StringComparer.Ordinal);

    /// <summary>As given.</summary>
    public long Seed => seed;

    /// <summary>As given.</summary>
    public double Rate => rate;

    /// <summary>The number of the call at hand at its place, from 1, and what strikes it; null for nothing.</summary>
    public (long Call, Fault? Fault) Next(string place)
    {
        var call = _calls.AddOrUpdate(place, 1, (_, before) => before + 1);
        return (call, Of(place, call));
    }

    /// <summary>What strikes a call.</summary>
    public Fault? Of(string place, long call)
    {
        var state = Mixed(Mixed((ulong)seed) ^ Hash(place) ^ Mixed((ulong)call));
        if (Share(ref state) >= rate) return null;
        var kinds = FaultPlaces.Kinds[place];
        var kind = kinds[(int)(Share(ref state) * kinds.Count)];
        // Tenths of a second, so that a story of many faults is short; what is told in whole seconds is rounded up to one.
        var seconds = Math.Floor(1 + (Share(ref state) * 9)) / 10;
        return new Fault(kind, 1, seconds, place, Commit: Share(ref state) < 0.5);
    }

    private static double Share(ref ulong state)
    {
        state = unchecked(state + 0x9E3779B97F4A7C15);
        return (Mixed(state) >> 11) / (double)(1UL << 53);
    }

    // SplitMix64's last step: neighbouring numbers have nothing in common any more.
    private static ulong Mixed(ulong value)
    {
        unchecked
        {
            value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
            value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
            return value ^ (value >> 31);
        }
    }

    // FNV-1a: the framework's own hash of a text is another in each process.
    private static ulong Hash(string text)
    {
        var hash = 14695981039346656037UL;
        foreach (var letter in text) hash = unchecked((hash ^ letter) * 1099511628211UL);
        return hash;
    }
}
