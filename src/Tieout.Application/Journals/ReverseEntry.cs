using Npgsql;
using Tieout.Application.Invoicing;
using Tieout.Domain.Catalog;

namespace Tieout.Application.Journals;

/// <summary>Asks to take an entry back.</summary>
/// <param name="Number">The entry's number.</param>
/// <param name="On">The day; its accounting month must be open. Null for today, or for the entry's own date while that is still to come.</param>
/// <param name="Key">The same key again answers with what the first gave.</param>
public sealed record ReversalRequest(string Number, DateOnly? On, string Reason, string Actor, string Key)
{
    /// <summary>
    /// The money itself went back, as a bank or a gateway tells: lines of statements that the entry books stay booked, and what is told for a closed
    /// month goes by the legal entity's policy for late arrivals.
    /// </summary>
    internal bool WentBack { get; init; }
}

/// <summary>
/// Takes an entry back: a journal, a write-off, a payment, an application, a refund, a step of a dispute. Once, whole, by exactly the
/// opposite lines, and only while nothing stands on it. What it settled is owed again.
/// </summary>
public sealed class ReverseEntry(NpgsqlDataSource database, TimeProvider clock)
{
    /// <summary>Books the opposite in one transaction, or nothing.</summary>
    public async Task<JournalOutcome> Run(ReversalRequest request, CancellationToken cancel)
    {
        try
        {
            return await Once(request, cancel);
        }
        catch (PostgresException moved) when (StoodUpon(moved) is { } refused)
        {
            return refused;
        }
    }

    /// <summary>What PostgreSQL refuses because the money has gone on; null for everything else.</summary>
    internal static JournalOutcome.Refused? StoodUpon(PostgresException refused) => refused.ConstraintName != "payment_not_overdrawn" ? null
        : new JournalOutcome.Refused(
            "number", "stood-upon", "the money that it moved has gone on since",
            "Look at the payment (tieout payment show), and take back what was booked after it first, the newest first.");

    private async Task<JournalOutcome> Once(ReversalRequest request, CancellationToken cancel)
    {
        if (GivenBy.Problem(request.Reason, request.Actor, request.Key) is var (field, problem))
            return new JournalOutcome.Unreadable([new PriceProblem(field, "bad-text", problem, "")]);
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var answer = (await new ReverseEntries(clock).Run(connection, [request], cancel))[0];
        await transaction.CommitAsync(cancel);
        return answer switch
        {
            ReversalAnswer.Refused(var why) => why,
            ReversalAnswer.Booked(var entry, _, var again) => new JournalOutcome.Done((await FindJournals.Read(connection, entry, cancel))!, again),
            _ => throw new InvalidOperationException($"No answer for {answer}."),
        };
    }
}
