using System.Collections.Immutable;

namespace Tieout.Domain.Mapping;

/// <summary>
/// When a rule matches: all of its conditions hold. A condition names values, and holds when the field is known and has no other
/// value than these: an invoice over two plans matches a rule about one of them never, a rule about both always.
/// </summary>
public sealed record Conditions
{
    /// <summary>No condition at all: matches everything.</summary>
    public static Conditions None { get; } = new(ImmutableSortedDictionary<MappingField, ImmutableSortedSet<string>>.Empty, null, null);

    private Conditions(ImmutableSortedDictionary<MappingField, ImmutableSortedSet<string>> anyOf, DateOnly? from, DateOnly? until) =>
        (AnyOf, From, Until) = (anyOf, from, until);

    /// <summary>By field, the values that it may have.</summary>
    public ImmutableSortedDictionary<MappingField, ImmutableSortedSet<string>> AnyOf { get; }

    /// <summary>The first day of the wave; null for since ever.</summary>
    public DateOnly? From { get; }

    /// <summary>The first day after the wave; null for ever.</summary>
    public DateOnly? Until { get; }

    /// <summary>Whether it asks for the date.</summary>
    public bool Dated => From is not null || Until is not null;

    /// <summary>How many conditions there are; both ends of a wave together are one.</summary>
    public int Count => AnyOf.Count + (Dated ? 1 : 0);

    /// <summary>With one more condition.</summary>
    /// <exception cref="ArgumentException">No values, or an empty one.</exception>
    public Conditions With(MappingField field, params IEnumerable<string> values)
    {
        var set = values.ToImmutableSortedSet(StringComparer.Ordinal);
        if (set.Count == 0 || set.Contains(""))
            throw new ArgumentException($"A condition on {Words.Of(field)} names at least one value, none empty.", nameof(values));
        return new Conditions(AnyOf.SetItem(field, set), From, Until);
    }

    /// <summary>With the days of a wave; <paramref name="until"/> is the first day that no longer belongs to it.</summary>
    /// <exception cref="ArgumentException">It ends before it begins, or holds no day.</exception>
    public Conditions During(DateOnly? from, DateOnly? until)
    {
        if (from >= until) throw new ArgumentException("A wave ends after the day it begins on.", nameof(until));
        return new Conditions(AnyOf, from, until);
    }

    /// <summary>Whether all conditions hold.</summary>
    public bool Match(Facts facts)
    {
        if (facts.Date < From || facts.Date >= Until) return false;
        foreach (var (field, values) in AnyOf)
        {
            var known = facts.Of(field);
            if (known.Count == 0) return false;
            foreach (var value in known)
                if (!values.Contains(value)) return false;
        }
        return true;
    }

    /// <summary>
    /// Below zero when this is more specific than the other, above when less: more conditions come first, then whoever asks a field
    /// that <see cref="MappingField"/> lists earlier; dates come last in that order. Zero when both ask the same.
    /// </summary>
    public int Rank(Conditions other)
    {
        if (Count != other.Count) return other.Count.CompareTo(Count);
        foreach (var (mine, theirs) in AnyOf.Keys.Zip(other.AnyOf.Keys))
            if (mine != theirs) return mine.CompareTo(theirs);
        return Dated.CompareTo(other.Dated); // the other asks one field more instead
    }

    /// <summary>Whether something could meet the conditions of both.</summary>
    public bool Meet(Conditions other)
    {
        if (From >= other.Until || other.From >= Until) return false;
        foreach (var (field, values) in AnyOf)
            if (other.AnyOf.TryGetValue(field, out var others) && !values.Overlaps(others)) return false;
        return true;
    }
}
