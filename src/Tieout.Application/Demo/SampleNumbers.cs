namespace Tieout.Application.Demo;

/// <summary>Numbers that look random and are the same for the same seed on every machine and version (SplitMix64).</summary>
internal sealed class SampleNumbers(ulong seed)
{
    private ulong _state = seed;

    /// <summary>From 0 up to, not including, the limit.</summary>
    public int Below(int limit)
    {
        _state += 0x9E3779B97F4A7C15;
        var mixed = (_state ^ (_state >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return (int)((mixed ^ (mixed >> 31)) % (ulong)limit);
    }

    /// <summary>True in so many of a hundred cases.</summary>
    public bool Percent(int chance) => Below(100) < chance;

    /// <summary>One of the words.</summary>
    public T OneOf<T>(IReadOnlyList<T> words) => words[Below(words.Count)];
}
