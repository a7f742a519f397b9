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

    // Looks that were under way while more was put than this know nothing for certain.
    private const int PutsRemembered = 64;

    private readonly Lock _lock = new();
    private readonly Dictionary<(string Target, int Tries), Mark> _marks = [];
    private readonly Queue<(long Number, string Target, (long Place, Guid Id) At)> _puts = [];
    private long _number;
    private long _forgotten;

    /// <summary>Where to go on, and what to say with <see cref="Took"/>; asked for before the books are looked at.</summary>
    public Look After(string target, int tries, DateTimeOffset now)
    {
        lock (_lock)
            return new Look(_marks.TryGetValue((target, tries), out var mark) && (now - mark.Since).Duration() < Moment ? mark.At : Nothing, _number);
    }

    /// <summary>
    /// These were taken, all of them after where the look began. What was put before them since then, the look may not have seen: it is
    /// not passed over.
    /// </summary>
    public void Took(string target, int tries, IReadOnlyCollection<(long Place, Guid Id)> taken, Look look, DateTimeOffset now)
    {
        if (taken.Count == 0) return;
        var last = taken.Max(); // Guids compare as PostgreSQL's uuids do
        lock (_lock)
        {
            if (look.Number < _forgotten || _puts.Any(put => put.Number > look.Number && put.Target == target && put.At.CompareTo(last) <= 0)) return;
            // The moment counts from the last look at the beginning.
            var since = look.After != Nothing && _marks.TryGetValue((target, tries), out var mark) ? mark.Since : now;
            _marks[(target, tries)] = new Mark(last, since);
        }
    }

    /// <summary>Something was put there, and is committed.</summary>
    public void Put(string target, (long Place, Guid Id) first)
    {
        lock (_lock)
        {
            _puts.Enqueue((++_number, target, first));
            if (_puts.Count > PutsRemembered) _forgotten = _puts.Dequeue().Number;
            foreach (var key in _marks.Where(pair => pair.Key.Target == target && first.CompareTo(pair.Value.At) <= 0).Select(pair => pair.Key).ToList())
                _marks.Remove(key);
        }
    }

    /// <summary>Something was put somewhere, and is committed: from the beginning again.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            _forgotten = ++_number;
            _puts.Clear();
            _marks.Clear();
        }
    }

    /// <summary>One look at the books.</summary>
    /// <param name="After">Where it begins.</param>
    /// <param name="Number">How much had been put until then.</param>
    public readonly record struct Look((long Place, Guid Id) After, long Number);

    private sealed record Mark((long Place, Guid Id) At, DateTimeOffset Since);
}
