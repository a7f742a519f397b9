using Dapper;
using Npgsql;
using Tieout.Application.Exceptions;
using Tieout.Domain;
using Tieout.Domain.Exceptions;
using Tieout.Domain.Invoicing;
using Tieout.Domain.Ledger;
using Tieout.Domain.Tax;

namespace Tieout.Application.Invoicing;

/// <summary>One part of a billing run: load the accounts, decide once, save everything in one transaction.</summary>
internal sealed class BillPart(NpgsqlDataSource database, TimeProvider clock, Guid run, AccountingMonth month, TaxTable taxes)
{
    /// <summary>Claims the next open part and bills it; false when none is left unclaimed.</summary>
    public async Task<bool> RunNext(CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var part = await connection.QuerySingleOrDefaultAsync<Part>(
            """
            select part as no, legal_entity_id as entity, from_account as first, to_account as last from invoicing.billing_part
            where run_id = @run and done_at is null
            order by part
            for update skip locked limit 1
            """, new { run }, transaction);
        if (part is null) return false;

        var accounts = await AccountsToBill.Load(connection, part.Entity, part.First, part.Last, month, cancel);
        var decided = accounts.ConvertAll(Decide);
        var invoices = decided.Where(item => item.Invoice is not null).Select(item => Booked(item.Invoice!)).ToList();
        await SaveInvoices.Run(connection, transaction, run, invoices, clock.GetUtcNow(), cancel);
        await SaveExceptions(connection, transaction, part, decided);
        await connection.ExecuteAsync(
            "update invoicing.billing_part set done_at = @now, invoices = @count where run_id = @run and part = @no",
            new { run, part.No, count = invoices.Count, now = clock.GetUtcNow() }, transaction);
        await transaction.CommitAsync(cancel);
        return true;
    }

    private Decision Decide(AccountToBill item)
    {
        var wanted = MonthlyCharges.Wanted(item.Subscriptions, item.Account.Currency, month);
        var difference = Difference.Between(wanted, item.Booked);
        var changed = difference.Changed.Select(line => Changed(item, line)).ToList();
        if (difference.ToBill.Count == 0) return new Decision(null, changed);
        if (taxes.On(item.Account.TaxCode, month.FirstDay) is { } rate)
            return new Decision(Invoice.Draw(item.Account, month, difference.ToBill, rate), changed);
        return new Decision(null, [.. changed, NoRate(item, difference.ToBill)]);
    }

    private InvoiceToBook Booked(Invoice invoice)
    {
        var now = clock.GetUtcNow();
        return new InvoiceToBook(
            new InvoiceId(Guid.CreateVersion7(now)), new JournalEntryId(Guid.CreateVersion7(now)), new PostingId(Guid.CreateVersion7(now)),
            invoice, InvoiceEntry.Of(invoice));
    }

    private RaisedException NoRate(AccountToBill item, IReadOnlyList<ChargeLine> lines) => new(
        new Finding(
            ExceptionCategory.Business, "tax-rate-missing",
            $"Account {item.Code} was not billed for {month}: tax code {item.Account.TaxCode} has no rate in force on {month.FirstDay:yyyy-MM-dd}.",
            "Add the rate to the books file and run the month again; until then this account gets no invoice."),
        "billing", $"{item.Code}/{month}", item.Account.LegalEntity.Value, item.Account.Id.Value, month.FirstDay,
        item.Account.Currency.Code, lines.Sum(line => line.Amount.Amount), item.Account.Correlation.Value);

    private RaisedException Changed(AccountToBill item, ChangedLine line) => new(
        new Finding(
            ExceptionCategory.Business, "billed-otherwise",
            $"{line.Key.Component} of account {item.Code} was billed at {line.Booked} for {month}; as subscribed now it should be {line.Wanted}.",
            "The invoice stands as it is. Check the change; the difference is credited or billed by hand until credit memos exist."),
        "billing", $"{item.Code}/{line.Key}", item.Account.LegalEntity.Value, item.Account.Id.Value, month.FirstDay,
        item.Account.Currency.Code, Math.Abs(line.Booked - line.Wanted), item.Account.Correlation.Value);

    // What was wrong with these accounts in this month and is not wrong any more closes by itself.
    private async Task SaveExceptions(NpgsqlConnection connection, NpgsqlTransaction transaction, Part part, List<Decision> decided)
    {
        var now = clock.GetUtcNow();
        var raised = decided.SelectMany(item => item.Exceptions).ToList();
        await ExceptionLog.Raise(connection, transaction, raised, now);
        await connection.ExecuteAsync(
            """
            update exceptions.exception_case
            set state = 'resolved', resolution = 'A later billing run no longer met it.', resolved_at = @now
            where state = 'open' and subject_kind = 'billing' and month = @month
              and legal_entity_id = @entity and billing_account_id between @first and @last and subject_key <> all(@keys)
            """,
            new { now, month = month.FirstDay, part.Entity, part.First, part.Last, keys = raised.Select(item => item.SubjectKey).ToArray() }, transaction);
    }

    private sealed record Part(int No, Guid Entity, Guid First, Guid Last);

    private sealed record Decision(Invoice? Invoice, IReadOnlyList<RaisedException> Exceptions);
}
