namespace Tieout.Application.Posting;

/// <summary>
/// The database's time, told to this machine and counted on by its steady clock: leases, pauses and proofs of absence compare
/// instants that several machines took, and their own clocks differ or are set. Never ahead of the database; a machine that was
/// suspended is behind until it is told again. Before the first telling it is the machine's own time.
/// </summary>
internal sealed class DatabaseClock(TimeProvider machine) : TimeProvider
{
    private volatile Reading? _last;

    /// <summary>The database has just said what time it is.</summary>
    public void Told(DateTimeOffset now) => _last = new Reading(now, machine.GetTimestamp());

    public override DateTimeOffset GetUtcNow() => _last is { } last ? last.At + machine.GetElapsedTime(last.Taken) : machine.GetUtcNow();

    private sealed record Reading(DateTimeOffset At, long Taken);
}
