namespace Tieout.Domain.Posting;

/// <summary>
/// The legal moves of a posting. PostgreSQL refuses all others too (trigger <c>posting.check_move</c>).
/// There is no way from <see cref="PostingState.InDoubt"/> to <see cref="PostingState.Sending"/>: silence is never answered
/// by sending again.
/// </summary>
public static class PostingMoves
{
    private static readonly HashSet<(PostingState From, PostingState To)> Legal =
    [
        (PostingState.Staged, PostingState.Ready),
        (PostingState.Staged, PostingState.Parked),
        (PostingState.Staged, PostingState.Cancelled),
        (PostingState.Ready, PostingState.Sending),
        (PostingState.Ready, PostingState.InDoubt), // books restored from a backup: it may have been sent
        (PostingState.Ready, PostingState.Parked),
        (PostingState.Ready, PostingState.Cancelled),
        (PostingState.Sending, PostingState.Posted),
        (PostingState.Sending, PostingState.InDoubt),
        (PostingState.Sending, PostingState.Parked),
        (PostingState.Sending, PostingState.Ready),
        (PostingState.InDoubt, PostingState.Posted),
        (PostingState.InDoubt, PostingState.Ready),
        (PostingState.InDoubt, PostingState.Parked),
        (PostingState.Parked, PostingState.Ready),
        (PostingState.Parked, PostingState.Staged),
        (PostingState.Parked, PostingState.InDoubt), // replayed while ERPs are asked for it after a restore
        (PostingState.Parked, PostingState.Cancelled),
    ];

    /// <summary>Whether a posting may go from one state to another.</summary>
    public static bool Allowed(PostingState from, PostingState to) => Legal.Contains((from, to));
}
