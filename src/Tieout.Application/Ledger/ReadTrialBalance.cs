using Dapper;
using Npgsql;
using Tieout.Domain;
using Tieout.Domain.Ledger;

namespace Tieout.Application.Ledger;

/// <summary>Which trial balance.</summary>
/// <param name="Entity">Code of the legal entity.</param>
/// <param name="At">Only what was booked until then; null for all.</param>
/// <param name="By">The dimension to group by, one of <see cref="Domain.Mapping.MappingFields.Dimensions"/>; null for none.</param>
/// <param name="Filter">The lines it is of; null for all.</param>
public sealed record TrialBalanceQuestion(string Entity, AccountingMonth Month, DateTimeOffset? At = null, string? By = null, DimensionFilter? Filter = null);

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

    // Lines with dimensions are few, and have an index of their own: what they leave of the balances has none.
    private const string Sorted =
        """
        select line.account, line.currency, line.month < @month as before, coalesce(sorted.dimensions ->> @by, '') as by,
               coalesce(sorted.dimensions ->> @word, '') as filter, coalesce(sum(line.amount) filter (where line.amount > 0), 0) as debit,
               coalesce(-sum(line.amount) filter (where line.amount < 0), 0) as credit, count(*) as lines,
               coalesce(sum(coalesce(line.functional, line.amount)) filter (where coalesce(line.functional, line.amount) > 0), 0) as functional_debit,
               coalesce(-sum(coalesce(line.functional, line.amount)) filter (where coalesce(line.functional, line.amount) < 0), 0) as functional_credit
        from ledger.journal_line line join ledger.dimension_set sorted on sorted.id = line.dimension_set
        where line.tenant = 1 and line.legal_entity_id = @entity and line.month <= @month and line.dimension_set is not null
          and line.account collate "C" <> '' and (@at::timestamptz is null or exists (
            select from ledger.journal_entry entry where entry.id = line.entry_id and entry.created_at <= @at))
        group by 1, 2, 3, 4, 5
        """;

    /// <summary>The trial balance of all lines, by account and currency.</summary>
    /// <param name="entity">Code of the legal entity.</param>
    /// <param name="at">Only what was booked until then; null for all.</param>
    public Task<LedgerAnswer> Run(string entity, AccountingMonth month, DateTimeOffset? at, CancellationToken cancel) =>
        Run(new TrialBalanceQuestion(entity, month, at), cancel);

    /// <summary>Every account that moved until the month's end, from one moment of the books.</summary>
    public async Task<LedgerAnswer> Run(TrialBalanceQuestion question, CancellationToken cancel)
    {
        var (entity, month, at) = (question.Entity, question.Month, question.At);
        if (at > clock.GetUtcNow()) return LedgerBooks.InTheFuture;
        if (LedgerBooks.OutOfTime(month) is { } never) return never;
        await using var connection = await database.OpenConnectionAsync(cancel);
        if (await LedgerBooks.Entity(connection, entity, cancel) is not { } known) return LedgerBooks.UnknownEntity;
        var plain = question is { By: null, Filter: null };
        // One statement is of one moment by itself.
        await using var moment = plain ? null : await LedgerBooks.OneMoment(connection, cancel);
        var (chart, books) = (await LedgerBooks.Chart(connection, known.Id, cancel), Currency.Of(known.Currency));
        var all = await Movements(connection, known.Id, month, at, cancel);
        var whole = TrialBalance.Of(all, chart, books);
        var told = plain ? whole : TrialBalance.Of(
            DimensionSplit.Of(all, await Cells(connection, known.Id, question, cancel), question.By is not null, question.Filter?.Code), chart, books);
        return new LedgerAnswer.Balance(new TrialBalanceSheet(known.Code, month, at, whole.Balanced, told.Lines, told.Totals, told.InBooks!)
        { By = question.By, Filter = question.Filter });
    }

    private static async Task<IEnumerable<DimensionCell>> Cells(
        NpgsqlConnection connection, Guid entity, TrialBalanceQuestion question, CancellationToken cancel)
    {
        var rows = await connection.QueryAsync<Cell>(new CommandDefinition(
            Sorted,
            new { entity, month = question.Month.FirstDay, at = question.At?.UtcDateTime, by = question.By ?? "", word = question.Filter?.Word ?? "" },
            commandTimeout: 600, cancellationToken: cancel));
        return rows.Select(row => new DimensionCell(
            row.Account, Currency.Of(row.Currency), row.Before, row.By, row.Filter,
            new Turnover(row.Debit, row.Credit, row.Lines, row.FunctionalDebit, row.FunctionalCredit)));
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

    private sealed record Cell(
        string Account, string Currency, bool Before, string By, string Filter, decimal Debit, decimal Credit, long Lines, decimal FunctionalDebit,
        decimal FunctionalCredit);

    private sealed record Row(
        string Account, string Currency, bool Before, decimal Debit, decimal Credit, long Lines, decimal FunctionalDebit, decimal FunctionalCredit);
}
