using System.Globalization;
using Dapper;
using Npgsql;
using Tieout.Application.Closing;
using Tieout.Application.Exchange;
using Tieout.Application.Invoicing;
using Tieout.Application.Journals;
using Tieout.Application.Ledger;
using Tieout.Application.Payments;
using Tieout.Domain;
using Tieout.Domain.Cash;
using Tieout.Domain.Closing;
using Tieout.Domain.Ledger;
using Tieout.Domain.Posting;

namespace Tieout.Application.Statements;

/// <summary>
/// Books a line that is no customer's on an account of the ledger: what the bank kept or paid, a transfer between our own accounts, other income or
/// expense. A manual journal on the line's own day; of a closed month the legal entity's policy for late arrivals decides.
/// </summary>
internal sealed class BookBeside(TimeProvider clock)
{
    /// <summary>One transaction: the entry and what the line says of it, or nothing. The same asked twice is booked once.</summary>
    /// <param name="account">One of <see cref="BankLineAccounts.All"/>, or one of the legal entity's own.</param>
    public async Task<JournalOutcome> Run(NpgsqlConnection connection, string key, string account, LineBy by, CancellationToken cancel)
    {
        if (!BankLineAccounts.Fits(account))
            return new JournalOutcome.Refused(
                "account", "unfit-account", "no line of a bank is booked on this account",
                $"Take one of {BankLineAccounts.AllInWords}; a customer's money is accepted for its account.");
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        if (await LockedLine.Take(connection, key, cancel) is not { } locked) return new JournalOutcome.NotFound(key);
        var content = $"bank-line|{key}|{account}";
        if (locked.IsBooked) return await locked.Same(connection, content, cancel) ?? locked.Booked;
        var line = await Line(connection, key, cancel);
        await BillingLock.Shared(connection, line.LegalEntityId, cancel);
        await GivenOnce.Lock(connection, locked.Once, cancel);
        // Read anew: while this waited for the lock, somebody may have closed the month.
        var books = (await MonthBooks.Entity(connection, line.LegalEntity, cancel))!;
        if (LateArrival.Of(line.On, books.ClosedThrough, Words.Parse<LateArrivals>(books.LateArrivals)) is not LateArrival.Booked day)
        {
            var held = await Held(connection, books, line, locked, by, cancel);
            await transaction.CommitAsync(cancel);
            return held;
        }
        if (OwnAccountRules.BookingProblem(await LedgerBooks.Chart(connection, line.LegalEntityId, cancel), account, day.On) is { } closed)
            return new JournalOutcome.Refused("account", closed.Code, closed.Reason.TrimEnd('.'), $"Take one of {BankLineAccounts.AllInWords}.");
        try
        {
            var number = await SaveJournal.Run(
                connection, Entry(line, account, day), new GivenJournal(by.Reason, by.Actor, locked.Once, content, $"Line of a bank: {by.Reason}"),
                clock.GetUtcNow(), cancel);
            await LinePayment.Mark(connection, [(key, number, by.Proof)], (by.Actor, by.Reason), clock.GetUtcNow(), cancel);
            await transaction.CommitAsync(cancel);
            return new JournalOutcome.Done((await FindJournals.Read(connection, number, cancel))!, Again: false);
        }
        catch (RateMissingException missing)
        {
            return CashDoor.NoRate("line", missing);
        }
    }

    private EntryToBook Entry(LineRow line, string account, LateArrival.Booked day)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"Bank statement {line.Statement} of {line.On:yyyy-MM-dd}: {account}");
        return new EntryToBook(
            EntryKind.ManualJournal, Guid.CreateVersion7(clock.GetUtcNow()), line.LegalEntityId, day.On, text,
            [.. BankLineAccounts.Entry(line.Bank, account, line.Amount).Select(one => new EntryLineToBook(
                new JournalLine(one.Account, new Money(one.Amount, Currency.Of(line.Currency))), BillingAccount: null))]);
    }

    private async Task<JournalOutcome> Held(
        NpgsqlConnection connection, ClosingEntity books, LineRow line, LockedLine locked, LineBy by, CancellationToken cancel)
    {
        if (Words.Parse<LateArrivals>(books.LateArrivals) != LateArrivals.AskToReopen) return CashBooks.Closed("line", line.On, books.ClosedThrough)!;
        var month = AccountingMonth.Of(line.On);
        var note = new MonthNote(by.Actor, "A line of a bank statement came late.", locked.Once);
        await MonthBooks.Say(connection, books.Id, month, "reopening-asked", note, clock.GetUtcNow(), cancel);
        return new JournalOutcome.Refused(
            "line", "reopening-asked",
            string.Create(CultureInfo.InvariantCulture, $"the books are closed through {books.ClosedThrough:yyyy-MM-dd}; that {month} be opened again is asked for"),
            "Book it again once the month is open.");
    }

    private static Task<LineRow> Line(NpgsqlConnection connection, string key, CancellationToken cancel) =>
        connection.QuerySingleAsync<LineRow>(new CommandDefinition(
            """
            select l.legal_entity_id, e.code as legal_entity, s.name as statement, l.booked_on as "on", l.currency, l.amount,
                   coalesce(b.account, 'cash-clearing') as bank
            from cash.bank_line l
            join cash.statement s on s.id = l.statement_id
            join customers.legal_entity e on e.id = l.legal_entity_id
            left join cash.bank_account b on b.id = s.bank_account_id
            where l.tenant = 1 and l.key = @key
            """, new { key }, cancellationToken: cancel));

    private sealed record LineRow(Guid LegalEntityId, string LegalEntity, string Statement, DateOnly On, string Currency, decimal Amount, string Bank);
}
