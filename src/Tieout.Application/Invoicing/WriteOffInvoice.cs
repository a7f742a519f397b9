using System.Globalization;
using Dapper;
using Npgsql;
using Tieout.Application.Database;
using Tieout.Application.Journals;
using Tieout.Domain;
using Tieout.Domain.Ledger;
using Tieout.Domain.Posting;

namespace Tieout.Application.Invoicing;

/// <summary>Asks to give up what a customer owes.</summary>
/// <param name="Number">The invoice's number.</param>
/// <param name="Amount">What is given up, tax included; null for all that is left.</param>
/// <param name="On">The day; its accounting month must be open. Null for today, or for the invoice's own date while that is still to come.</param>
/// <param name="Reason">Why.</param>
/// <param name="Actor">Who decides.</param>
/// <param name="Key">The same key again answers with what the first gave.</param>
public sealed record WriteOffRequest(string Number, decimal? Amount, DateOnly? On, string Reason, string Actor, string Key)
{
    /// <summary>What the expense is sorted by.</summary>
    public LineDimensions Dimensions { get; init; } = LineDimensions.None;
}

/// <summary>What came of it.</summary>
public abstract record WriteOffOutcome
{
    private WriteOffOutcome() { }

    /// <summary>Written off; <paramref name="Left"/> of the invoice is still owed.</summary>
    /// <param name="Id">The write-off's id.</param>
    /// <param name="Number">Its number, under which the ERP gets it; empty for one of before there were such numbers.</param>
    /// <param name="Currency">Of both amounts.</param>
    /// <param name="Amount">What was given up.</param>
    /// <param name="Left">What is still owed.</param>
    /// <param name="Again">It was given before under the same key.</param>
    public sealed record Done(Guid Id, string Number, string Currency, decimal Amount, decimal Left, bool Again) : WriteOffOutcome;

    /// <summary>No invoice has this number.</summary>
    public sealed record NotFound(string Number) : WriteOffOutcome;

    /// <summary>Not written off; nothing was written.</summary>
    public sealed record Refused(string Field, string Code, string Reason, string Remedy) : WriteOffOutcome;
}

/// <summary>
/// Gives a debt up: bad debt is debited, the receivable credited, and the ERP gets the entry after the invoice.
/// The tax stays owed until the law of the land says otherwise; taking it back is a credit memo.
/// </summary>
public sealed class WriteOffInvoice(NpgsqlDataSource database, TimeProvider clock)
{
    /// <summary>One transaction: the write-off with its entry, or nothing.</summary>
    public async Task<WriteOffOutcome> Run(WriteOffRequest request, CancellationToken cancel)
    {
        if (GivenBy.Problem(request.Reason, request.Actor, request.Key) is var (field, problem))
            return new WriteOffOutcome.Refused(field, "bad-text", problem, "");
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        if (await Find(connection, request.Number, cancel) is not { } found) return new WriteOffOutcome.NotFound(request.Number);
        await BillingLock.Alone(connection, found.LegalEntityId, cancel);
        var content = string.Create(
            CultureInfo.InvariantCulture,
            $"write-off|{request.Number}|{(request.Amount is { } some ? Canonical.Of(some) : "all")}|{GivenBy.Words(request.On)}|{request.Reason}")
            + (request.Dimensions.IsEmpty ? "" : $"\t{request.Dimensions}");
        var invoice = (await Find(connection, request.Number, cancel))!;
        switch (await GivenOnce.Find(connection, request.Key, content, cancel))
        {
            case GivenOnce.Earlier.Same same: return await Earlier(connection, same.Document, invoice, cancel);
            case GivenOnce.Earlier.Other:
                return new WriteOffOutcome.Refused(
                GivenOnce.Refused.Field, GivenOnce.Refused.Code, GivenOnce.Refused.Reason, GivenOnce.Refused.Remedy);
        }
        var amount = new Money(request.Amount ?? invoice.Left, Currency.Of(invoice.Currency));
        var on = request.On ?? GivenBy.Day(clock, invoice.IssueDate);
        if (Refusal(on, invoice, amount) is { } refused) return refused;

        var now = clock.GetUtcNow();
        var id = Guid.CreateVersion7(now);
        await OneDocumentRun.Add(connection, "write-off", $"Write-off on {request.Number}: {request.Reason}", request.Actor, now, cancel);
        var number = await Save(connection, id, request, on, invoice, amount, now, cancel);
        await GivenOnce.Add(connection, request.Key, content, id, now, cancel);
        await transaction.CommitAsync(cancel);
        return new WriteOffOutcome.Done(id, number, invoice.Currency, amount.Amount, invoice.Left - amount.Amount, Again: false);
    }

    private static WriteOffOutcome.Refused? Refusal(DateOnly on, Row invoice, Money amount) => invoice switch
    {
        { Kind: not "invoice" } => new("number", "not-an-invoice", "this is a credit memo", "Name the invoice."),
        { Left: <= 0 } => new("number", "nothing-left", "nothing is owed on this invoice", "Look at its credit memos and write-offs."),
        _ when amount.Amount <= 0 || !amount.IsWhole => new(
            "amount", "bad-amount", "an amount above zero in whole minor units is expected", "Give it with no more decimals than the currency keeps."),
        _ when amount.Amount > invoice.Left => new("amount", "more-than-owed", $"only {invoice.Left:0.####} is owed", $"Write off at most {invoice.Left:0.####}."),
        _ when on < invoice.IssueDate => new(
            "on", "before-invoice", $"the invoice is dated {invoice.IssueDate:yyyy-MM-dd}", "Take that day or a later one."),
        _ when on <= invoice.ClosedThrough => new(
            "on", "month-closed", $"the books are closed through {invoice.ClosedThrough:yyyy-MM-dd}", "Take a day of an open month."),
        _ => null,
    };

    private static async Task<string> Save(
        NpgsqlConnection connection, Guid id, WriteOffRequest request, DateOnly on, Row invoice, Money amount, DateTimeOffset now, CancellationToken cancel)
    {
        await connection.ExecuteAsync(new CommandDefinition(
            """
            insert into invoicing.write_off
              (id, billing_account_id, legal_entity_id, invoice_id, written_off_on, currency, amount, reason, actor, correlation_id, created_at)
            values (@id, @account, @entity, @invoice, @on, @currency, @amount, @reason, @actor, @correlation, @now)
            """,
            new
            {
                id,
                account = invoice.BillingAccountId,
                entity = invoice.LegalEntityId,
                invoice = invoice.Id,
                on,
                currency = invoice.Currency,
                amount = amount.Amount,
                reason = request.Reason,
                actor = request.Actor,
                correlation = invoice.CorrelationId,
                now,
            }, cancellationToken: cancel));
        return await SaveEntry.Run(
            connection,
            new EntryToBook(
                EntryKind.WriteOff, id, invoice.LegalEntityId, on, $"Write-off of {request.Number}",
                [
                    new EntryLineToBook(new JournalLine(LedgerAccount.BadDebt, amount) { Dimensions = request.Dimensions }, invoice.BillingAccountId),
                    new EntryLineToBook(new JournalLine(LedgerAccount.Receivable, -amount), invoice.BillingAccountId, Settles: invoice.Id),
                ],
                invoice.CorrelationId),
            now, cancel);
    }

    private static async Task<WriteOffOutcome> Earlier(NpgsqlConnection connection, Guid id, Row invoice, CancellationToken cancel)
    {
        var (amount, number) = await connection.QuerySingleAsync<(decimal, string)>(new CommandDefinition(
            """
            select w.amount, coalesce(p.business_key, '')
            from invoicing.write_off w
            left join ledger.journal_entry e on e.source_id = w.id and e.source_kind = 'write-off' and e.billing_account_id = w.billing_account_id
            left join posting.posting p on p.document_id = e.id
            where w.id = @id
            """, new { id }, cancellationToken: cancel));
        return new WriteOffOutcome.Done(id, number, invoice.Currency, amount, invoice.Left, Again: true);
    }

    private static Task<Row?> Find(NpgsqlConnection connection, string number, CancellationToken cancel) =>
        connection.QuerySingleOrDefaultAsync<Row>(new CommandDefinition(
            """
            select i.id, i.kind, i.currency, i.issue_date, i.billing_account_id, i.legal_entity_id, i.correlation_id, e.shut_through as closed_through,
                   coalesce(o.open, 0) as "left"
            from invoicing.invoice i
            join customers.legal_entity e on e.id = i.legal_entity_id
            left join invoicing.open_amount o on o.id = i.id
            where i.tenant = 1 and i.number = @number
            """, new { number }, cancellationToken: cancel));

    private sealed record Row(
        Guid Id, string Kind, string Currency, DateOnly IssueDate, Guid BillingAccountId, Guid LegalEntityId, Guid CorrelationId,
        DateOnly? ClosedThrough, decimal Left);
}
