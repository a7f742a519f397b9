using System.Collections.Concurrent;

namespace Tieout.Application.Posting.Postgres;

/// <summary>
/// How far the queues were claimed, so that the next claim need not pass over all that was claimed before it: at the head of a long queue
/// lies what is gone already, until it is vacuumed. Forgotten after a moment, for others may have put something before it.
/// </summary>
internal sealed class ClaimCursor
{
    /// <summary>From the beginning.</summary>
    public static readonly (long Place, Guid Id) Nothing = (long.MinValue, Guid.Empty);

    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(500);

    private readonly ConcurrentDictionary<(string Target, int Tries), Mark> _marks = new();

    /// <summary>Where to go on.</summary>
    public (long Place, Guid Id) After(string target, int tries, DateTimeOffset now) =>
        _marks.TryGetValue((target, tries), out var mark) && (now - mark.Since).Duration() < Moment ? mark.At : Nothing;

    /// <summary>These were taken, all of them after <paramref name="passed"/>.</summary>
    public void Took(string target, int tries, IReadOnlyCollection<(long Place, Guid Id)> taken, (long Place, Guid Id) passed, DateTimeOffset now)
    {
        if (taken.Count == 0) return;
        // Guids compare as PostgreSQL's uuids do. The moment counts from the last look at the beginning.
        var since = passed != Nothing && _marks.TryGetValue((target, tries), out var mark) ? mark.Since : now;
        _marks[(target, tries)] = new Mark(taken.Max(), since);
    }

    /// <summary>Something was put somewhere: from the beginning again.</summary>
    public void Clear() => _marks.Clear();

    private sealed record Mark((long Place, Guid Id) At, DateTimeOffset Since);
}
