namespace Tieout.Domain.Usage;

/// <summary>An event that is right in itself; whether its subject has a contract is <see cref="EventPlace"/>'s to say.</summary>
/// <param name="RowNo">Its place in the batch, from 0; in a file, its line.</param>
/// <param name="Source">Who counts; with <paramref name="Id"/> what makes it this event and no other.</param>
/// <param name="Id">Unique within the source.</param>
/// <param name="Type">What happened.</param>
/// <param name="Subject">The code of the subscription it is for.</param>
/// <param name="At">When it happened, to the microsecond.</param>
/// <param name="HoursAhead">How far it may lie ahead of the clock.</param>
/// <param name="Content">Equal for events that say the same.</param>
/// <param name="Measured">What it counts for; empty when it only takes another back.</param>
/// <param name="Correction">The event it supersedes or voids; null for most.</param>
public sealed record IncomingEvent(
    int RowNo, string Source, string Id, string Type, string Subject, DateTimeOffset At, int HoursAhead, long Content,
    Measured Measured, Correction? Correction);

/// <summary>What an event counts for: meter by meter, all lists in the same order.</summary>
/// <param name="Meters">Numbers of the meters whose filters it passed.</param>
/// <param name="Amounts">The value read; 1 where only events or different values are counted.</param>
/// <param name="GroupKeys">As of <see cref="GroupKey"/>; null when no meter has dimensions.</param>
/// <param name="UniqueKeys">Hashes of the unique property; null when no meter has one.</param>
public sealed record Measured(int[] Meters, decimal[] Amounts, string[]? GroupKeys, Guid[]? UniqueKeys)
{
    /// <summary>Counts for nothing.</summary>
    public static readonly Measured Nothing = new([], [], null, null);
}

/// <summary>Says that an earlier event no longer counts.</summary>
/// <param name="Voids">Nothing counts instead; otherwise the event that says so does.</param>
public sealed record Correction(string Source, string Id, bool Voids);
