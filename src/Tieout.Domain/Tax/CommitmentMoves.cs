namespace Tieout.Domain.Tax;

/// <summary>Where the telling of one finished invoice to a tax engine stands.</summary>
public enum CommitmentState
{
    /// <summary>Waits to be told.</summary>
    Waiting,

    /// <summary>Claimed and perhaps on the wire. After a crash this is in doubt.</summary>
    Sending,

    /// <summary>The engine keeps it.</summary>
    Committed,

    /// <summary>Told, outcome unknown. Only asking leads out.</summary>
    InDoubt,

    /// <summary>The engine refused it; waits for a person.</summary>
    Parked,
}

/// <summary>
/// The legal moves. PostgreSQL refuses all others too (trigger <c>tax.check_commitment_move</c>). There is no way from
/// <see cref="CommitmentState.InDoubt"/> to <see cref="CommitmentState.Sending"/>: silence is never answered by telling again.
/// </summary>
public static class CommitmentMoves
{
    private static readonly HashSet<(CommitmentState From, CommitmentState To)> Legal =
    [
        (CommitmentState.Waiting, CommitmentState.Sending),
        (CommitmentState.Sending, CommitmentState.Committed),
        (CommitmentState.Sending, CommitmentState.InDoubt),
        (CommitmentState.Sending, CommitmentState.Parked),
        (CommitmentState.Sending, CommitmentState.Waiting),
        (CommitmentState.InDoubt, CommitmentState.Committed),
        (CommitmentState.InDoubt, CommitmentState.Waiting),
        (CommitmentState.InDoubt, CommitmentState.Parked),
        (CommitmentState.Parked, CommitmentState.Waiting),
    ];

    /// <summary>Whether it may go from one state to another.</summary>
    public static bool Allowed(CommitmentState from, CommitmentState to) => Legal.Contains((from, to));
}
