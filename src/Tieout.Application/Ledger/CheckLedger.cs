using Dapper;
using Npgsql;
using Tieout.Domain;
using Tieout.Domain.Ledger;

namespace Tieout.Application.Ledger;

/// <summary>What came of proving the balances.</summary>
/// <param name="Balances">How many were compared.</param>
/// <param name="Lines">How many lines they were compared with.</param>
/// <param name="Findings">What differs; none when the books hold.</param>
public sealed record LedgerProof(long Balances, long Lines, IReadOnlyList<BalanceFinding> Findings)
{
    /// <summary>Whether every balance is the sum of its lines and every month comes to zero.</summary>
    public bool Holds => Findings.Count == 0;
}

/// <summary>Proves that the balances that are kept are the sums of the lines, reading every line.</summary>
public sealed class CheckLedger(NpgsqlDataSource database)
{
    /// <summary>One statement, and so one moment: whoever books beside it is in both sides or in none.</summary>
    public async Task<LedgerProof> Run(CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        var rows = (await connection.QueryAsync<Row>(new CommandDefinition(
            """
            with side as (
              select true as kept, legal_entity_id, month, account, currency, sum(debit) as debit, sum(credit) as credit, sum(lines)::bigint as lines,
                     sum(functional_debit) as functional_debit, sum(functional_credit) as functional_credit
              from ledger.turnover where tenant = 1 group by legal_entity_id, month, account, currency
              union all
              select false, legal_entity_id, month, account, currency,
                     coalesce(sum(amount) filter (where amount > 0), 0), coalesce(-sum(amount) filter (where amount < 0), 0), count(*),
                     coalesce(sum(coalesce(functional, amount)) filter (where coalesce(functional, amount) > 0), 0),
                     coalesce(-sum(coalesce(functional, amount)) filter (where coalesce(functional, amount) < 0), 0)
              from ledger.journal_line where tenant = 1 group by legal_entity_id, month, account, currency)
            select side.kept, coalesce(entity.code, side.legal_entity_id::text) as entity, side.month, side.account, side.currency,
                   side.debit, side.credit, side.lines, side.functional_debit, side.functional_credit, entity.currency as books
            from side left join customers.legal_entity entity on entity.id = side.legal_entity_id
            """, commandTimeout: 0, cancellationToken: cancel))).AsList();
        var kept = rows.Where(row => row.Kept).Select(row => row.Keyed());
        var booked = rows.Where(row => !row.Kept).Select(row => row.Keyed()).ToList();
        var books = rows.Where(row => row.Books is not null).Select(row => (row.Entity, row.Books)).Distinct()
            .ToDictionary(row => row.Entity, row => Currency.Of(row.Books!), StringComparer.Ordinal);
        return new LedgerProof(booked.Count, booked.Sum(row => row.Value.Lines), BalanceCheck.Compare(kept, booked, books));
    }

    private sealed record Row(
        bool Kept, string Entity, DateOnly Month, string Account, string Currency, decimal Debit, decimal Credit, long Lines, decimal FunctionalDebit,
        decimal FunctionalCredit, string? Books)
    {
        public KeyValuePair<AccountMonth, Turnover> Keyed() => KeyValuePair.Create(
            new AccountMonth(Entity, AccountingMonth.Of(Month), Account, Domain.Currency.Of(Currency)),
            new Turnover(Debit, Credit, Lines, FunctionalDebit, FunctionalCredit));
    }
}
