using System.Text.Json;
using Dapper;
using Npgsql;
using Tieout.Domain;
using Tieout.Domain.Cash.Matching;

namespace Tieout.Application.Statements;

/// <summary>A payment of a bank statement, and what became of it.</summary>
/// <param name="Key">Names it everywhere.</param>
/// <param name="Charges">What banks kept, as the statement says.</param>
/// <param name="State">One of new, certain, proposed, unapplied, unknown, declined, booked.</param>
/// <param name="Reasons">Why nothing is proposed, or why it was not booked.</param>
/// <param name="Entry">Number of the entry it is booked by; empty for none.</param>
/// <param name="Proposals">Best first; empty when it is booked.</param>
public sealed record PaymentLine(
    string Key, string Statement, DateOnly BookedOn, Money Amount, Money Charges, string Payer, string PayerNumber, string Text, string State,
    IReadOnlyList<string> Reasons, string Entry, string DecidedBy, string DecidedWhy, IReadOnlyList<LineProposal> Proposals)
{
    /// <summary>Code of the bank account whose statement has it; empty where that is not known.</summary>
    public string BankAccount { get; init; } = "";

    /// <summary>What booked it before and was taken back by hand, the first one first; empty for most.</summary>
    public IReadOnlyList<LineBefore> Before { get; init; } = [];
}

/// <summary>What booked a payment of a statement once, and who took it back.</summary>
/// <param name="Entry">Its number; <paramref name="Reversal"/> is that of the entry that took it back.</param>
public sealed record LineBefore(
    string Entry, string BookedBy, string BookedWhy, DateTimeOffset BookedAt, string Reversal, string Actor, string Reason, DateTimeOffset At);

/// <summary>What it may be for.</summary>
/// <param name="BillingAccount">Whose money it is then; empty where it is a payout.</param>
/// <param name="TakesBack">Number of the payment's entry that it takes back; empty for none.</param>
/// <param name="Payout">Number of the entry of a gateway's payout that it confirms; empty for none.</param>
public sealed record LineProposal(
    string Id, string BillingAccount, IReadOnlyList<Settlement> Settles, Money Unapplied, Money Fee, Money Discount, string TakesBack, string Payout, int Score,
    IReadOnlyList<string> Reasons)
{
    /// <summary>Number of the entry of a refund that it confirms; empty for none.</summary>
    public string Refund { get; init; } = "";

    /// <summary>The account of the ledger that it is booked on; empty for none.</summary>
    public string LedgerAccount { get; init; } = "";
}

/// <summary>Shows payments of bank statements.</summary>
public sealed class FindLines(NpgsqlDataSource database)
{
    /// <summary>The words of <see cref="PaymentLine.State"/>.</summary>
    public static IReadOnlyList<string> States { get; } = ["new", "certain", "proposed", "unapplied", "unknown", "declined", "booked"];

    /// <summary>Of one state or all, the newest first.</summary>
    /// <param name="after">Key of the last one of the page before.</param>
    public async Task<IReadOnlyList<PaymentLine>> List(string? state, string? after, int rows, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        var lines = (await connection.QueryAsync<Row>(new CommandDefinition(
            """
            select l.key, s.name as statement, l.booked_on, l.currency, l.amount, l.charges, l.payer, l.payer_number, l.words, l.state,
                   to_jsonb(l.reasons)::text as reasons, l.entry_number, l.decided_by, l.decided_why, coalesce(b.code, '') as bank_account
            from cash.bank_line l join cash.statement s on s.id = l.statement_id left join cash.bank_account b on b.id = s.bank_account_id
            where l.tenant = 1 and (@state::text is null or l.state = @state)
              and (@after::text is null or (l.booked_on, l.key) < (select a.booked_on, a.key from cash.bank_line a where a.tenant = 1 and a.key = @after))
            order by l.booked_on desc, l.key desc limit @rows
            """, new { state, after, rows }, cancellationToken: cancel))).ToList();
        var proposals = (await connection.QueryAsync<ProposalRow>(new CommandDefinition(
            """
            select p.line, p.id, coalesce(a.code, '') as account, p.settles::text as settles, p.unapplied, p.fee, p.discount,
                   coalesce(back.business_key, '') as takes_back,
                   coalesce(paid.business_key, '') as payout, coalesce(gone.business_key, '') as refund,
                   coalesce(p.ledger_account, '') as ledger_account, p.score, to_jsonb(p.reasons)::text as reasons
            from cash.proposal p left join customers.billing_account a on a.id = p.billing_account_id
            left join posting.posting paid on paid.document_id = p.payout
            left join posting.posting gone on gone.document_id = p.refund
            left join cash.movement m on m.id = p.takes_back left join posting.posting back on back.document_id = m.entry_id
            where p.tenant = 1 and p.line = any(@keys) order by p.line, p.rank
            """, new { keys = lines.Where(line => line.State != "booked").Select(line => line.Key).ToArray() }, cancellationToken: cancel)))
            .ToLookup(row => row.Line);
        var before = (await connection.QueryAsync<BeforeRow>(new CommandDefinition(
            """
            select line, entry_number as entry, booked_by, booked_why, booked_at, reversal, actor, reason, created_at as at
            from cash.bank_line_freed where tenant = 1 and line = any(@keys) order by line, attempt
            """, new { keys = lines.Select(line => line.Key).ToArray() }, cancellationToken: cancel))).ToLookup(row => row.Line);
        return [.. lines.Select(line => Shown(line, proposals[line.Key]) with { Before = [.. before[line.Key].Select(row => row.Told)] })];
    }

    private static PaymentLine Shown(Row line, IEnumerable<ProposalRow> proposals)
    {
        var currency = Currency.Of(line.Currency);
        return new PaymentLine(
            line.Key, line.Statement, line.BookedOn, new Money(line.Amount, currency), new Money(line.Charges, currency), line.Payer, line.PayerNumber, line.Words,
            line.State, JsonSerializer.Deserialize<string[]>(line.Reasons)!, line.EntryNumber, line.DecidedBy, line.DecidedWhy,
            [.. proposals.Select(one => new LineProposal(
                one.Id, one.Account, JsonSerializer.Deserialize<Settlement[]>(one.Settles)!, new Money(one.Unapplied, currency), new Money(one.Fee, currency),
                new Money(one.Discount, currency), one.TakesBack, one.Payout, one.Score,
                JsonSerializer.Deserialize<string[]>(one.Reasons)!)
            { Refund = one.Refund, LedgerAccount = one.LedgerAccount })])
        { BankAccount = line.BankAccount };
    }

    private sealed record Row(
        string Key, string Statement, DateOnly BookedOn, string Currency, decimal Amount, decimal Charges, string Payer, string PayerNumber, string Words,
        string State, string Reasons, string EntryNumber, string DecidedBy, string DecidedWhy, string BankAccount);

    private sealed record BeforeRow(
        string Line, string Entry, string BookedBy, string BookedWhy, DateTimeOffset BookedAt, string Reversal, string Actor, string Reason, DateTimeOffset At)
    {
        public LineBefore Told => new(Entry, BookedBy, BookedWhy, BookedAt, Reversal, Actor, Reason, At);
    }

    private sealed record ProposalRow(
        string Line, string Id, string Account, string Settles, decimal Unapplied, decimal Fee, decimal Discount, string TakesBack, string Payout,
        string Refund, string LedgerAccount, int Score, string Reasons);
}
