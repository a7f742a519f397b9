using System.Text.Json;
using Dapper;
using Npgsql;
using Tieout.Application.Journals;
using Tieout.Domain.Cash.Matching;

namespace Tieout.Application.Statements;

/// <summary>
/// Holds all undecided payments against what is open now, keeps the answers, and books those that are certain. An earlier proposal that
/// nobody took is replaced. Stopped at any place and run again, it goes on from there.
/// </summary>
internal sealed class MatchLines(NpgsqlDataSource database, TimeProvider clock)
{
    /// <summary>Payments of one run.</summary>
    private const int Most = 100_000;

    // Numbers of advisory locks: see IntakeLock; 738 this one. Two runs at once would only do each other's work.
    private const string Lock = "select pg_advisory_xact_lock(738, 1)";

    private const string MatcherActor = "matching";

    /// <summary>Decides about all that is undecided, then books what is certain.</summary>
    public async Task<MatchCounts> Run(CancellationToken cancel)
    {
        var decided = await Decide(cancel);
        var (booked, refused) = await Book(int.MaxValue, cancel);
        return new MatchCounts(
            booked, refused, Count<MatchDecision.Proposed>(), Count<MatchDecision.Unapplied>(), Count<MatchDecision.Unknown>());

        int Count<T>() where T : MatchDecision => decided.Count(one => one.Decision is T);
    }

    /// <summary>Holds payments against what is open, and keeps the answers; one transaction.</summary>
    public async Task<IReadOnlyList<MatchedLine>> Decide(CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await connection.ExecuteAsync(new CommandDefinition(Lock, cancellationToken: cancel));
        await CatchUp(connection, cancel);
        var lines = await MatchCandidates.Undecided(connection, Most, cancel);
        List<MatchedLine> decided =
            lines.Count == 0 ? [] : [.. MatchCash.Run(lines, await MatchCandidates.Book(connection, lines, cancel), MatchPolicy.Default)];
        await Save(connection, decided, cancel);
        await transaction.CommitAsync(cancel);
        return decided;
    }

    // What was booked by a program that was stopped before it could say so.
    private static Task CatchUp(NpgsqlConnection connection, CancellationToken cancel) => connection.ExecuteAsync(new CommandDefinition(
        """
        update cash.bank_line l set state = 'booked', entry_number = posting.business_key, decided_by = m.actor, decided_why = m.reason, decided_at = m.created_at
        from cash.payment p join cash.movement m on m.id = p.id join posting.posting on posting.document_id = m.entry_id
        where l.tenant = 1 and l.state <> 'booked' and p.tenant = l.tenant and p.source = 'bank' and p.reference = l.key
        """, commandTimeout: 600, cancellationToken: cancel));

    private static async Task Save(NpgsqlConnection connection, List<MatchedLine> decided, CancellationToken cancel)
    {
        var keys = decided.Select(one => one.Line.Key).ToArray();
        await connection.ExecuteAsync(new CommandDefinition(
            "delete from cash.proposal where tenant = 1 and line = any(@keys)", new { keys }, commandTimeout: 600, cancellationToken: cancel));
        await connection.ExecuteAsync(new CommandDefinition(
            """
            update cash.bank_line l set state = said.state, reasons = array(select jsonb_array_elements_text(said.reasons::jsonb))
            from unnest(@keys, @states, @reasons) as said (key, state, reasons)
            where l.tenant = 1 and l.key = said.key and l.state in ('new', 'proposed', 'unapplied', 'unknown')
            """,
            new
            {
                keys,
                states = decided.Select(one => State(one.Decision)).ToArray(),
                reasons = decided.Select(one => JsonSerializer.Serialize(Reasons(one.Decision))).ToArray(),
            }, commandTimeout: 600, cancellationToken: cancel));
        var rows = decided.SelectMany(one => Proposals(one.Decision).Select((match, index) => (one.Line.Key, Match: match, Rank: index + 1))).ToList();
        await connection.ExecuteAsync(new CommandDefinition(
            """
            insert into cash.proposal (line, id, rank, billing_account_id, settles, unapplied, fee, discount, takes_back, score, reasons)
            select line, id, rank, account, settles::jsonb, unapplied, fee, discount, takes_back, score, array(select jsonb_array_elements_text(reasons::jsonb))
            from unnest(@lines, @ids, @ranks, @accounts, @settles, @unapplied, @fees, @discounts, @takesBack, @scores, @reasons)
              as said (line, id, rank, account, settles, unapplied, fee, discount, takes_back, score, reasons)
            """,
            new
            {
                lines = rows.Select(row => row.Key).ToArray(),
                ids = rows.Select(row => row.Match.Id).ToArray(),
                ranks = rows.Select(row => row.Rank).ToArray(),
                accounts = rows.Select(row => row.Match.Account).ToArray(),
                settles = rows.Select(row => JsonSerializer.Serialize(row.Match.Settles)).ToArray(),
                unapplied = rows.Select(row => row.Match.Unapplied).ToArray(),
                fees = rows.Select(row => row.Match.Fee).ToArray(),
                discounts = rows.Select(row => row.Match.Discount).ToArray(),
                takesBack = rows.Select(row => row.Match.TakesBack).ToArray(),
                scores = rows.Select(row => row.Match.Score).ToArray(),
                reasons = rows.Select(row => JsonSerializer.Serialize(row.Match.Reasons)).ToArray(),
            }, commandTimeout: 600, cancellationToken: cancel));
    }

    /// <summary>Books what is certain, each in a transaction of its own, as if a person had taken the proposal.</summary>
    /// <param name="most">The oldest of them; the others stay certain.</param>
    public async Task<(int Booked, int Refused)> Book(int most, CancellationToken cancel)
    {
        List<(string Line, string Proposal)> certain;
        await using (var connection = await database.OpenConnectionAsync(cancel))
            certain = [.. await connection.QueryAsync<(string, string)>(new CommandDefinition(
                """
                select l.key, p.id from cash.bank_line l join cash.proposal p on p.tenant = l.tenant and p.line = l.key and p.rank = 1
                where l.tenant = 1 and l.state = 'certain' order by l.booked_on, l.key limit @most
                """, new { most }, commandTimeout: 600, cancellationToken: cancel))];
        var booked = 0;
        var booking = new BookLine(database, clock);
        foreach (var (line, proposal) in certain)
        {
            var outcome = await booking.Run(new TakenProposal(line, proposal, null, [], "It is certain: number, payer and amount", MatcherActor), cancel);
            if (outcome is JournalOutcome.Done) booked++;
            else await Waits(line, outcome, cancel);
        }
        return (booked, certain.Count - booked);
    }

    // Something stands in the way, such as a closed month: a person decides.
    private async Task Waits(string line, JournalOutcome outcome, CancellationToken cancel)
    {
        var why = outcome switch
        {
            JournalOutcome.Refused no => $"Not booked: {no.Reason}. {no.Remedy}",
            JournalOutcome.Unreadable bad => $"Not booked: {string.Join(' ', bad.Problems)}",
            _ => "Not booked: the proposal is gone.",
        };
        await using var connection = await database.OpenConnectionAsync(cancel);
        await connection.ExecuteAsync(new CommandDefinition(
            "update cash.bank_line set state = 'proposed', reasons = array[@why] where tenant = 1 and key = @line and state = 'certain'",
            new { line, why }, cancellationToken: cancel));
    }

    private static string State(MatchDecision decision) => decision switch
    {
        MatchDecision.Certain => "certain",
        MatchDecision.Proposed => "proposed",
        MatchDecision.Unapplied => "unapplied",
        _ => "unknown",
    };

    private static IReadOnlyList<string> Reasons(MatchDecision decision) => decision switch
    {
        MatchDecision.Unapplied(_, var reasons) => reasons,
        MatchDecision.Unknown(_, var reasons) => reasons,
        _ => [],
    };

    private static IReadOnlyList<Proposal> Proposals(MatchDecision decision) => decision switch
    {
        MatchDecision.Certain(var match) => [match],
        MatchDecision.Proposed(var proposals) => proposals,
        // The customer is known: the money may go onto the account.
        _ => [],
    };
}
