using Dapper;
using Npgsql;
using Tieout.Application.Invoicing;
using Tieout.Application.Journals;
using Tieout.Application.Ledger;
using Tieout.Domain;
using Tieout.Domain.Closing;
using Tieout.Domain.Ledger;
using Tieout.Domain.Posting;

namespace Tieout.Application.Closing;

/// <summary>
/// Revalues what is open in foreign currencies at the rate of a month's last day, and takes it back on the first day of the next: two
/// entries, in one transaction. Run again it books what changed since, or nothing.
/// </summary>
public sealed class RevalueMonth(NpgsqlDataSource database, TimeProvider clock)
{
    /// <summary>One transaction; whoever books in the entity now is waited for. Takes soft-closed months, too.</summary>
    public async Task<CloseOutcome> Run(MonthRequest request, CancellationToken cancel)
    {
        if (MonthBooks.Unreadable(request.Actor, request.Reason) is { } unreadable) return unreadable;
        if (LedgerBooks.OutOfTime(request.Month) is { } never) return new CloseOutcome.Refused(never.Field, never.Code, never.Reason, never.Remedy);
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        if (await MonthBooks.Alone(connection, request.LegalEntity, cancel) is not { } entity) return new CloseOutcome.NotFound(request.LegalEntity);
        if (Refusal(request.Month, entity) is { } refused) return refused;
        var answer = await ForeignBalances.Run(connection, entity, request.Month, cancel);
        if (answer.Missing.Count > 0)
        {
            var (first, all) = (answer.Missing[0], answer.Missing);
            return new CloseOutcome.Refused(
                "month", first.Code, string.Join(" ", all.Select(one => one.Cause)).TrimEnd('.'), string.Join(" ", all.Select(one => one.Remedy)));
        }
        var due = answer.Due.ToList();
        var (entry, reversal) = due.Count == 0 ? ("", "") : await Book(connection, entity, request, due, cancel);
        await transaction.CommitAsync(cancel);
        return new CloseOutcome.Revalued(new RevaluationSheet(
            entity.Code, request.Month, entry, reversal, due.Aggregate(Money.Zero(Currency.Of(entity.Books)), (sum, one) => sum + one.Difference),
            [.. answer.Balances.Select(Told)]));
    }

    private CloseOutcome.Refused? Refusal(AccountingMonth month, ClosingEntity entity) =>
        entity.Calendar.StateOf(month) == MonthState.Closed
            ? new("month", "month-closed", $"{month} is closed", "Revalue an open month; what closed months lack shows in the next.")
        : DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime) < month.Period.End
            ? new("month", "month-not-over", $"{month} ends on {month.Period.End.AddDays(-1):yyyy-MM-dd}", "Revalue it when it is over.")
        : null;

    private async Task<(string Entry, string Reversal)> Book(
        NpgsqlConnection connection, ClosingEntity entity, MonthRequest request, IReadOnlyList<RevaluedBalance> due, CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        var (entry, back, correlation) = (Guid.CreateVersion7(now), Guid.CreateVersion7(now), Guid.CreateVersion7(now));
        var lines = Revaluation.EntryLines(due);
        var (last, text) = (request.Month.Period.End.AddDays(-1), $"Revaluation of {request.Month}");
        await OneDocumentRun.Add(connection, "journal", $"{text}: {request.Reason}", request.Actor, now, cancel);
        var number = await Save(new EntryToBook(
            EntryKind.ManualJournal, Guid.CreateVersion7(now), entity.Id, last, text,
            [.. lines.Select(line => new EntryLineToBook(line.Line, BillingAccount: null, Text: line.Text))], correlation, Id: entry));
        var reversal = await Save(new EntryToBook(
            EntryKind.Reversal, Guid.CreateVersion7(now), entity.Id, last.AddDays(1), $"Reversal of {number}",
            [.. lines.Select(line => new EntryLineToBook(line.Line with { Amount = -line.Line.Amount }, BillingAccount: null, Text: line.Text))],
            correlation, Reverses: entry, Id: back));
        await Keep(connection, entity, request.Month, due, (entry, back), now, cancel);
        return (number, reversal);

        async Task<string> Save(EntryToBook book)
        {
            await connection.ExecuteAsync(new CommandDefinition(
                "insert into ledger.manual_journal (id, legal_entity_id, reason, actor, created_at) values (@Source, @LegalEntity, @Reason, @Actor, @now)",
                new { book.Source, book.LegalEntity, request.Reason, request.Actor, now }, cancellationToken: cancel));
            return await SaveEntry.Run(connection, book, now, cancel);
        }
    }

    // Last of all: it proves the entries against what it says.
    private static Task Keep(
        NpgsqlConnection connection, ClosingEntity entity, AccountingMonth month, IReadOnlyList<RevaluedBalance> due, (Guid Entry, Guid Reversal) booked,
        DateTimeOffset now, CancellationToken cancel) => connection.ExecuteAsync(new CommandDefinition(
        """
        insert into ledger.revaluation
          (id, legal_entity_id, month, account, currency, balance, carried, rate, rate_path, worth, booked, entry_id, reversal_id, created_at)
        select id, @entity, @month, account, currency, balance, carried, rate, path, worth, difference, @Entry, @Reversal, @now
        from unnest(@ids, @accounts, @currencies, @balances, @carried, @rates, @paths, @worths, @differences)
          as due (id, account, currency, balance, carried, rate, path, worth, difference)
        """,
        new
        {
            entity = entity.Id,
            month = month.FirstDay,
            booked.Entry,
            booked.Reversal,
            now,
            ids = due.Select(_ => Guid.CreateVersion7(now)).ToArray(),
            accounts = due.Select(one => one.Balance.Account).ToArray(),
            currencies = due.Select(one => one.Balance.Currency.Code).ToArray(),
            balances = due.Select(one => one.Balance.Stands.Amount).ToArray(),
            carried = due.Select(one => one.Balance.Stands.Functional).ToArray(),
            rates = due.Select(one => one.Rate?.Shown).ToArray(),
            paths = due.Select(one => one.Rate?.Path ?? "").ToArray(),
            worths = due.Select(one => one.Worth.Amount).ToArray(),
            differences = due.Select(one => one.Difference.Amount).ToArray(),
        }, cancellationToken: cancel));

    private static RevaluedRow Told(RevaluedBalance one) => new(
        one.Balance.Account, new Money(one.Balance.Stands.Amount, one.Balance.Currency), one.Worth with { Amount = one.Balance.Stands.Functional },
        one.Rate?.ToString() ?? "", one.Worth, one.Difference);
}

/// <summary>A month's revaluation.</summary>
/// <param name="Entry">Number of its entry; empty where nothing was to be booked.</param>
/// <param name="Reversal">Number of what takes it back on the first day of the next month; empty where nothing was booked.</param>
/// <param name="Booked">What was booked now, a gain positive, in the currency of the books.</param>
/// <param name="Balances">All that is open in foreign currencies at the month's end.</param>
public sealed record RevaluationSheet(
    string LegalEntity, AccountingMonth Month, string Entry, string Reversal, Money Booked, IReadOnlyList<RevaluedRow> Balances);

/// <summary>A balance at the closing rate.</summary>
/// <param name="Balance">In its own currency, debit positive.</param>
/// <param name="Carried">What it stands at in the books.</param>
/// <param name="Rate">How it was converted; empty for a balance of nothing.</param>
/// <param name="Worth">At that rate.</param>
/// <param name="Booked">What was booked for it now.</param>
public sealed record RevaluedRow(string Account, Money Balance, Money Carried, string Rate, Money Worth, Money Booked);
