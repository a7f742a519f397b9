using Dapper;
using Npgsql;
using Tieout.Domain;
using Tieout.Domain.Catalog;
using Tieout.Domain.Ledger;

namespace Tieout.Application.Ledger;

/// <summary>A legal entity as the books know it.</summary>
internal sealed record LedgerEntity(Guid Id, string Code, string Name, string Currency);

/// <summary>What every question to the books begins with.</summary>
internal static class LedgerBooks
{
    /// <summary>More months than anybody reads at once; ten years.</summary>
    public const int MonthsMost = 120;

    private const int YearLeast = 1970;
    private const int YearMost = 2200;

    /// <summary>The legal entity of this code; null when there is none.</summary>
    public static Task<LedgerEntity?> Entity(NpgsqlConnection connection, string code, CancellationToken cancel) =>
        connection.QuerySingleOrDefaultAsync<LedgerEntity>(new CommandDefinition(
            "select id, code, name, currency from customers.legal_entity where tenant = 1 and code = @code", new { code }, cancellationToken: cancel));

    /// <summary>Its chart.</summary>
    public static async Task<ChartOfAccounts> Chart(NpgsqlConnection connection, Guid entity, CancellationToken cancel)
    {
        var banks = await connection.QueryAsync<string>(new CommandDefinition(
            "select account from cash.bank_account where legal_entity_id = @entity and account <> @CashClearing order by created_at, id",
            new { entity, LedgerAccount.CashClearing }, cancellationToken: cancel));
        var called = (await connection.QueryAsync<ChartWish>(new CommandDefinition(
            "select account, number, name from ledger.chart where legal_entity_id = @entity", new { entity }, cancellationToken: cancel))).ToList();
        var own = await connection.QueryAsync<OwnRow>(new CommandDefinition(
            """
            select o.account, c.number, c.name, o.type, o.opened_on, o.closed_on
            from ledger.own_account_now o join ledger.chart c on c.legal_entity_id = o.legal_entity_id and c.account = o.account
            where o.legal_entity_id = @entity
            """, new { entity }, cancellationToken: cancel));
        var chart = ChartOfAccounts.Default.With(called.Where(one => ChartOfAccounts.Default.Has(one.Account)))
            .WithOwn(own.Select(row => row.Told())).WithBanks(banks);
        return chart.With(called.Where(one => chart.Has(one.Account)));
    }

    /// <summary>Two who change one chart do so one after the other, so that no number is given twice.</summary>
    public static Task LockChart(NpgsqlConnection connection, Guid entity, CancellationToken cancel) => connection.ExecuteAsync(new CommandDefinition(
        "select 1 from customers.legal_entity where id = @entity for no key update", new { entity }, cancellationToken: cancel));

    /// <summary>A transaction in which every statement sees the same moment.</summary>
    public static async Task<NpgsqlTransaction> OneMoment(NpgsqlConnection connection, CancellationToken cancel)
    {
        var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, cancel);
        await connection.ExecuteAsync(new CommandDefinition("set transaction read only", cancellationToken: cancel));
        return transaction;
    }

    /// <summary>What stands in the way, as an answer.</summary>
    public static LedgerAnswer.Refused Refused(PriceProblem problem) => new(problem.Field, problem.Code, problem.Reason, problem.Remedy);

    public static LedgerAnswer.Refused UnknownEntity { get; } =
        new("entity", "unknown-entity", "no legal entity has this code", "Take one that the books know, such as US.");

    public static LedgerAnswer.Refused InTheFuture { get; } = new("at", "in-the-future", "this instant is still to come", "Leave it out for now.");

    public static LedgerAnswer.Refused UnknownAccount { get; } = new(
        "account", "unknown-account", "the ledger has no such account", $"It is one of {LedgerAccount.AllInWords}.");

    /// <summary>What is wrong with a range of months, both included; null when nothing is.</summary>
    public static LedgerAnswer.Refused? Range(AccountingMonth from, AccountingMonth until) =>
        OutOfTime(from) ?? OutOfTime(until) ?? (until < from ? new("until", "months-reversed", $"{until} lies before {from}", "Give the earlier month as from.")
        : from.FirstDay.AddMonths(MonthsMost) <= until.FirstDay
            ? new("until", "too-wide", $"these are more than {MonthsMost} months", $"Ask for at most {MonthsMost} months at once.")
        : null);

    /// <summary>A month in which no books can have been kept, or will be; null for any other.</summary>
    public static LedgerAnswer.Refused? OutOfTime(AccountingMonth month) => month.FirstDay.Year is >= YearLeast and <= YearMost ? null
        : new("month", "month-out-of-range", $"{month} lies outside the years {YearLeast} to {YearMost}", "Take a month with books, such as 2026-11.");

    private sealed record OwnRow(string Account, string Number, string Name, string Type, DateOnly? OpenedOn, DateOnly? ClosedOn)
    {
        public ChartAccount Told() => new(Account, Number, Name, Words.Parse<AccountType>(Type)) { OpenedOn = OpenedOn, ClosedOn = ClosedOn };
    }
}
