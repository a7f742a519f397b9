using Npgsql;
using Tieout.Application.Invoicing;
using Tieout.Domain.Catalog;

namespace Tieout.Application.Journals;

/// <summary>Asks to take an entry back.</summary>
/// <param name="Number">The entry's number.</param>
/// <param name="On">The day; its accounting month must be open. Null for today, or for the entry's own date while that is still to come.</param>
/// <param name="Key">The same key again answers with what the first gave.</param>
public sealed record ReversalRequest(string Number, DateOnly? On, string Reason, string Actor, string Key);

/// <summary>
/// Takes an entry back: a journal, a write-off, a payment, an application, a refund, a step of a dispute. Once, whole, by exactly the
/// opposite lines, and only while nothing stands on it. What it settled is owed again.
/// </summary>
public sealed class ReverseEntry(NpgsqlDataSource database, TimeProvider clock)
{
    /// <summary>What is said of it in the same transaction, with the number it got; null for nothing.</summary>
    internal Func<NpgsqlConnection, string, CancellationToken, Task>? Within { get; init; }

    /// <summary>Books the opposite in one transaction, or nothing.</summary>
    public async Task<JournalOutcome> Run(ReversalRequest request, CancellationToken cancel)
    {
        try
        {
            return await Once(request, cancel);
        }
        catch (PostgresException moved) when (moved.ConstraintName == "payment_not_overdrawn")
        {
            return new JournalOutcome.Refused(
                "number", "stood-upon", "the money that it moved has gone on since",
                "Look at the payment (tieout payment show), and take back what was booked after it first, the newest first.");
        }
    }

    private async Task<JournalOutcome> Once(ReversalRequest request, CancellationToken cancel)
    {
        if (GivenBy.Problem(request.Reason, request.Actor, request.Key) is var (field, problem))
            return new JournalOutcome.Unreadable([new PriceProblem(field, "bad-text", problem, "")]);
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        switch ((await new ReverseEntries(clock).Run(connection, [request], cancel))[0])
        {
            case ReversalAnswer.Refused(var why): return why;
            case ReversalAnswer.Booked(var entry, var number, var again):
                if (!again && Within is not null) await Within(connection, number, cancel);
                await transaction.CommitAsync(cancel);
                return new JournalOutcome.Done((await new FindJournals(database).One(entry, cancel))!, again);
            case var other: throw new InvalidOperationException($"No answer for {other}.");
        }
    }
}
