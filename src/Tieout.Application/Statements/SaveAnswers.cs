using System.Text.Json;
using Dapper;
using Npgsql;
using Tieout.Domain.Cash.Matching;

namespace Tieout.Application.Statements;

/// <summary>Keeps what payments were decided to be: states, reasons, proposals. What somebody decided meanwhile stays as it is.</summary>
internal static class SaveAnswers
{
    /// <summary>In the caller's transaction; earlier proposals are replaced.</summary>
    /// <param name="decided">By the keys of their payments; none that is certain, which is booked instead.</param>
    public static async Task Run(NpgsqlConnection connection, IReadOnlyList<(string Key, MatchDecision Decision)> decided, CancellationToken cancel)
    {
        if (decided.Count == 0) return;
        var keys = decided.Select(one => one.Key).ToArray();
        await connection.ExecuteAsync(new CommandDefinition(
            "delete from cash.proposal where tenant = 1 and line = any(@keys)", new { keys }, commandTimeout: 600, cancellationToken: cancel));
        await connection.ExecuteAsync(new CommandDefinition(
            """
            update cash.bank_line l set state = said.state, reasons = array(select jsonb_array_elements_text(said.reasons::jsonb))
            from unnest(@keys, @states, @reasons) as said (key, state, reasons)
            where l.tenant = 1 and l.key = any(@keys) and l.key = said.key and l.state in ('new', 'certain', 'proposed', 'unapplied', 'unknown')
              -- A line that is what it was is not written again.
              and (l.state <> said.state or to_jsonb(l.reasons) <> said.reasons::jsonb)
            """,
            new
            {
                keys,
                states = decided.Select(one => State(one.Decision)).ToArray(),
                reasons = decided.Select(one => JsonSerializer.Serialize(Reasons(one.Decision))).ToArray(),
            }, commandTimeout: 600, cancellationToken: cancel));
        var rows = decided.SelectMany(one => Proposals(one.Decision).Select((match, index) => (one.Key, Match: match, Rank: index + 1))).ToList();
        await connection.ExecuteAsync(new CommandDefinition(
            """
            insert into cash.proposal (line, id, rank, billing_account_id, settles, unapplied, fee, discount, takes_back, payout, refund, ledger_account, score,
              reasons)
            select line, id, rank, account, settles::jsonb, unapplied, fee, discount, takes_back, payout, refund, ledger, score,
                   array(select jsonb_array_elements_text(reasons::jsonb))
            from unnest(@lines, @ids, @ranks, @accounts, @settles, @unapplied, @fees, @discounts, @takesBack, @payouts, @refunds, @ledgers,
              @scores, @reasons)
              as said (line, id, rank, account, settles, unapplied, fee, discount, takes_back, payout, refund, ledger, score, reasons)
            """,
            new
            {
                lines = rows.Select(row => row.Key).ToArray(),
                ids = rows.Select(row => row.Match.Id).ToArray(),
                ranks = rows.Select(row => row.Rank).ToArray(),
                accounts = rows.Select(row => row.Match is { Payout: null, Ledger: null } ? row.Match.Account : (Guid?)null).ToArray(),
                settles = rows.Select(row => JsonSerializer.Serialize(row.Match.Settles)).ToArray(),
                unapplied = rows.Select(row => row.Match.Unapplied).ToArray(),
                fees = rows.Select(row => row.Match.Fee).ToArray(),
                discounts = rows.Select(row => row.Match.Discount).ToArray(),
                takesBack = rows.Select(row => row.Match.TakesBack).ToArray(),
                payouts = rows.Select(row => row.Match.Payout).ToArray(),
                refunds = rows.Select(row => row.Match.Refund).ToArray(),
                ledgers = rows.Select(row => row.Match.Ledger).ToArray(),
                scores = rows.Select(row => row.Match.Score).ToArray(),
                reasons = rows.Select(row => JsonSerializer.Serialize(row.Match.Reasons)).ToArray(),
            }, commandTimeout: 600, cancellationToken: cancel));
    }

    /// <summary>What best proposals are worth more for what other payments are.</summary>
    public static Task Joint(NpgsqlConnection connection, IReadOnlyList<(string Line, int Score, string Reason)> joint, CancellationToken cancel) =>
        joint.Count == 0 ? Task.CompletedTask : connection.ExecuteAsync(new CommandDefinition(
            """
            update cash.proposal p set score = said.score, reasons = p.reasons || said.reason
            from unnest(@lines, @scores, @reasons) as said (line, score, reason) where p.tenant = 1 and p.line = said.line and p.rank = 1
            """,
            new
            {
                lines = joint.Select(one => one.Line).ToArray(),
                scores = joint.Select(one => one.Score).ToArray(),
                reasons = joint.Select(one => one.Reason).ToArray(),
            }, commandTimeout: 600, cancellationToken: cancel));

    /// <summary>Something stands in the way of what is certain, such as a closed month: it is proposed, and a person decides.</summary>
    public static async Task Waits(NpgsqlConnection connection, IReadOnlyList<(CertainLine Line, string Why)> waiting, CancellationToken cancel)
    {
        await Run(connection, [.. waiting.Select(one => (one.Line.Key, (MatchDecision)new MatchDecision.Proposed([one.Line.Match])))], cancel);
        if (waiting.Count > 0)
            await connection.ExecuteAsync(new CommandDefinition(
                """
                update cash.bank_line l set reasons = array[said.why] from unnest(@keys, @why) as said (key, why)
                where l.tenant = 1 and l.key = any(@keys) and l.key = said.key and l.state = 'proposed'
                """, new { keys = waiting.Select(one => one.Line.Key).ToArray(), why = waiting.Select(one => one.Why).ToArray() }, cancellationToken: cancel));
    }

    private static string State(MatchDecision decision) => decision switch
    {
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
        MatchDecision.Proposed(var proposals) => proposals,
        // The customer is known: the money may go onto the account.
        _ => [],
    };
}
