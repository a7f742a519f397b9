using Dapper;
using Npgsql;
using Tieout.Domain;
using Tieout.Domain.Ledger;

namespace Tieout.Application.Ledger;

/// <summary>Reads the trial balance of a legal entity for a month, now or as the books stood at an instant.</summary>
public sealed class ReadTrialBalance(NpgsqlDataSource database, TimeProvider clock)
{
    // Rows are few, whatever the number of lines: one for each month, account and currency, and what is not folded yet.
    private const string Moved =
        """
        select account, currency, month < @month as before, debit, credit, lines, functional_debit, functional_credit
        from ledger.turnover where tenant = 1 and legal_entity_id = @entity and month <= @month
        """;

    // What was booked after the instant is taken off again: the later the instant, the less there is to read.
    private const string BookedSince =
        """
        select line.account, line.currency, line.month < @month, -greatest(line.amount, 0), least(line.amount, 0), -1,
               -greatest(coalesce(line.functional, line.amount), 0), least(coalesce(line.functional, line.amount), 0)
        from ledger.journal_entry entry join ledger.journal_line line on line.entry_id = entry.id
        where entry.created_at > @at and line.tenant = 1 and line.legal_entity_id = @entity and line.month <= @month
        """;

    /// <summary>Every account that moved until the month's end, from one moment of the books.</summary>
    /// <param name="entity">Code of the legal entity.</param>
    /// <param name="at">Only what was booked until then; null for all.</param>
    public async Task<LedgerAnswer> Run(string entity, AccountingMonth month, DateTimeOffset? at, CancellationToken cancel)
    {
        if (at > clock.GetUtcNow()) return LedgerBooks.InTheFuture;
        if (LedgerBooks.OutOfTime(month) is { } never) return never;
        await using var connection = await database.OpenConnectionAsync(cancel);
        if (await LedgerBooks.Entity(connection, entity, cancel) is not { } known) return LedgerBooks.UnknownEntity;
        var chart = await LedgerBooks.Chart(connection, known.Id, cancel);
        var balance = TrialBalance.Of(await Movements(connection, known.Id, month, at, cancel), chart, Currency.Of(known.Currency));
        return new LedgerAnswer.Balance(new TrialBalanceSheet(known.Code, month, at, balance.Balanced, balance.Lines, balance.Totals, balance.InBooks!));
    }

    internal static async Task<IReadOnlyList<AccountMovement>> Movements(
        NpgsqlConnection connection, Guid entity, AccountingMonth month, DateTimeOffset? at, CancellationToken cancel)
    {
        var rows = await connection.QueryAsync<Row>(new CommandDefinition(
            $"""
            with moved as ({Moved}{(at is null ? "" : $" union all {BookedSince}")})
            select account, currency, before, sum(debit) as debit, sum(credit) as credit, sum(lines)::bigint as lines,
                   sum(functional_debit) as functional_debit, sum(functional_credit) as functional_credit
            from moved group by account, currency, before having sum(lines) <> 0
            """, new { entity, month = month.FirstDay, at = at?.UtcDateTime }, commandTimeout: 600, cancellationToken: cancel));
        return [.. rows.GroupBy(row => (row.Account, row.Currency)).Select(group => new AccountMovement(
            group.Key.Account, Currency.Of(group.Key.Currency), Sum(group.Where(row => row.Before)), Sum(group.Where(row => !row.Before))))];
    }

    private static Turnover Sum(IEnumerable<Row> rows) =>
        rows.Aggregate(default(Turnover), (sum, row) => sum + new Turnover(row.Debit, row.Credit, row.Lines, row.FunctionalDebit, row.FunctionalCredit));

    private sealed record Row(
        string Account, string Currency, bool Before, decimal Debit, decimal Credit, long Lines, decimal FunctionalDebit, decimal FunctionalCredit);
}
