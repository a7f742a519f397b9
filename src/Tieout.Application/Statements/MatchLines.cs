using Dapper;
using Npgsql;

namespace Tieout.Application.Statements;

/// <summary>
/// Holds all undecided payments against what is open now, keeps the answers, and books those that are certain. An earlier proposal that
/// nobody took is replaced. Stopped at any place and run again, it goes on from there.
/// </summary>
internal sealed class MatchLines(NpgsqlDataSource database, TimeProvider clock)
{
    // So many payments are decided before what is certain of them is booked: until then it is held in memory, less than a kilobyte each.
    private const int OfRound = 500_000;

    // Numbers of advisory locks: see IntakeLock; 738 this one. Two runs at once would only do each other's work.
    private const string Lock = "select pg_advisory_xact_lock(738, 1)";

    /// <summary>Decides about all that is undecided, the oldest first, and books what is certain.</summary>
    public async Task<MatchCounts> Run(CancellationToken cancel)
    {
        await using var alone = await database.OpenConnectionAsync(cancel);
        await using var until = await alone.BeginTransactionAsync(cancel);
        await alone.ExecuteAsync(new CommandDefinition(Lock, commandTimeout: 0, cancellationToken: cancel));
        await CatchUp(cancel);
        await TakeIn(cancel);
        var counts = new MatchCounts(0, 0, 0, 0, 0);
        LineCursor? next = LineCursor.Start;
        while (next is not null)
        {
            var round = await Decide(next, OfRound, cancel);
            var (booked, refused) = await Book(round.Certain, cancel);
            counts = new MatchCounts(
                counts.Booked + booked, counts.NotBooked + refused, counts.Proposed + round.Proposed, counts.Unapplied + round.Unapplied,
                counts.Unknown + round.Unknown);
            next = round.Next;
        }
        return counts;
    }

    /// <summary>Holds payments against what is open. What is certain is in the answer only; of all others the answers are kept.</summary>
    /// <param name="most">So many of them, or a few more.</param>
    public Task<MatchRound> Decide(LineCursor after, int most, CancellationToken cancel) => new DecideLines(database).Run(after, most, cancel);

    /// <summary>Books what is certain; what cannot be booked waits as a proposal with the reason.</summary>
    public Task<(int Booked, int Refused)> Book(IReadOnlyList<CertainLine> certain, CancellationToken cancel) =>
        new BookCertain(database, clock).Run(certain, cancel);

    /// <summary>What was billed since payments were matched last is found by its amount from then on.</summary>
    public async Task TakeIn(CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await MatchCandidates.TakeIn(connection, cancel);
    }

    // What was booked by an earlier version that was stopped before it could say so.
    private async Task CatchUp(CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await connection.ExecuteAsync(new CommandDefinition(
            """
            update cash.bank_line l set state = 'booked', entry_number = posting.business_key, decided_by = m.actor, decided_why = m.reason,
              decided_at = m.created_at
            from cash.payment p join cash.movement m on m.id = p.id join posting.posting on posting.document_id = m.entry_id
            where l.tenant = 1 and l.state <> 'booked' and l.attempt = 1 and p.tenant = l.tenant and p.source = 'bank' and p.reference = l.key
              and not exists (select from cash.movement back where back.reverses = m.id)
            """, commandTimeout: 600, cancellationToken: cancel));
    }
}
