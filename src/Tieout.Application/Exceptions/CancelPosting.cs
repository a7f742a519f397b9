using Dapper;
using Npgsql;
using Tieout.Application.Posting;
using Tieout.Application.Posting.Postgres;
using Tieout.Domain.Subscriptions;

namespace Tieout.Application.Exceptions;

/// <summary>A posting that goes nowhere any more.</summary>
/// <param name="BusinessKey">Its document's number.</param>
/// <param name="State">Always <c>cancelled</c>.</param>
public sealed record CancelledPosting(string BusinessKey, string State);

/// <summary>
/// Gives a parked posting up for good: its document stays in our books and goes into no ERP. For what was taken back there on purpose, what
/// somebody booked there by hand, or what shall never be there. Its open cases close with who and why; what waits for it is parked behind it
/// and cancelled in its turn. What may be in an ERP, or is on its way, is never cancelled: it is settled first.
/// </summary>
public sealed class CancelPosting(NpgsqlDataSource database, TimeProvider clock)
{
    /// <summary>Cancels the posting of a case; pressed twice, the second is told <c>already-resolved</c>.</summary>
    public async Task<CaseOutcome<CancelledPosting>> Run(Guid id, string? actor, string? reason, CancellationToken cancel)
    {
        var reader = new RequestReader();
        reader.Signed(actor, reason);
        if (reader.Errors.Count > 0) return new CaseUnreadable<CancelledPosting>(reader.Errors);
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var row = await PostgresPosting.LoadCase(connection, transaction, id);
        if (Problem(row, id) is { } problem) return problem;
        await connection.ExecuteAsync(new CommandDefinition(
            """
            update posting.posting set state = 'cancelled', changed_at = @now where tenant = 1 and business_key = @key;
            update exceptions.exception_case set state = 'resolved', resolved_at = @now, resolution = @words
            where subject_kind = 'posting' and subject_key = @key and state = 'open'
            """,
            new { now = clock.GetUtcNow(), key = row!.BusinessKey, words = $"Cancelled by {actor!.Trim()}: {reason!.Trim()}" }, transaction,
            cancellationToken: cancel));
        await transaction.CommitAsync(cancel);
        return new CaseDone<CancelledPosting>(new CancelledPosting(row.BusinessKey!, "cancelled"));
    }

    private static CaseOutcome<CancelledPosting>? Problem(CaseToReplay? row, Guid id) => row switch
    {
        null => new CaseNotFound<CancelledPosting>($"No exception has the id {id}."),
        { BusinessKey: null } => Refused(
            "nothing-to-cancel", $"This case is about a {row.SubjectKind}.", "It closes when its cause is gone; only the posting of a document is cancelled."),
        { State: "resolved" } => Refused("already-resolved", $"This case is resolved. {row.Resolution}", "Look where its document stands now."),
        { PostingState: not "parked" } => Refused(
            "not-parked", $"The posting is {row.PostingState}: it is in the ERP, may be, or is on its way.",
            "Cancel it once it is parked; take back what is posted."),
        { AskedAround: true } => Refused(
            "asked-around", "Since the books were restored from a backup not every ERP has said whether it has this document.", "Replay it: the ERPs are asked."),
        _ => null,
    };

    private static CaseRefused<CancelledPosting> Refused(string code, string reason, string remedy) => new(code, reason, remedy);
}
