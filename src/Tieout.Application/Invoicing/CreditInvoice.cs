using System.Globalization;
using Dapper;
using Npgsql;
using Tieout.Application.Database;
using Tieout.Application.Exchange;
using Tieout.Application.Journals;
using Tieout.Domain;
using Tieout.Domain.Customers;
using Tieout.Domain.Invoicing;
using Tieout.Domain.Ledger;

namespace Tieout.Application.Invoicing;

/// <summary>
/// Gives a credit memo on an invoice: whole, by line, by amount, or to take the invoice back. Never more than was billed, and
/// with exactly the tax that goes with it.
/// </summary>
public sealed class CreditInvoice(NpgsqlDataSource database, TimeProvider clock)
{
    /// <summary>One transaction: the credit memo with its number, entry and posting, or nothing.</summary>
    public async Task<CreditOutcome> Run(CreditRequest request, CancellationToken cancel)
    {
        if (GivenBy.Problem(request.Reason, request.Actor, request.Key) is var (field, problem))
            return new CreditOutcome.Refused(field, "bad-text", problem, "");
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        if (await Find(connection, request.Number, cancel) is not { } found) return new CreditOutcome.NotFound(request.Number);
        await BillingLock.Alone(connection, found.LegalEntityId, cancel);
        // Read again: while the lock was waited for the month may have been closed.
        var invoice = (await Find(connection, request.Number, cancel))!;
        switch (await GivenOnce.Find(connection, request.Key, Content(request), cancel))
        {
            case GivenOnce.Earlier.Same same: return await Read(connection, same.Document, again: true, cancel);
            case GivenOnce.Earlier.Other: return GivenOnce.Refused;
        }
        var on = request.On ?? GivenBy.Day(clock, invoice.IssueDate);
        if (Misdated(on, invoice) is { } misdated) return misdated;
        var lines = await InvoiceLines.Creditable(connection, invoice.Id, invoice.BillingAccountId, cancel);
        switch (Decide(request, invoice, lines))
        {
            case CreditDecision.Refused no: return new CreditOutcome.Refused(no.Field, no.Code, no.Reason, no.Remedy);
            case CreditDecision.Given given:
                var standing = await StandingTaxes.Load(connection, given.Lines, cancel);
                var (memo, wrong, _) = ConvertedDocument.Of(
                    Memo(request, on, invoice, given.Lines, standing), invoice.BooksCurrency, await StoredRates.Load(connection, on, on, cancel));
                if (wrong is not null) return new CreditOutcome.Refused("on", wrong.Code, wrong.Cause, wrong.Remedy);
                var id = await Save(connection, transaction, request, memo, invoice, cancel);
                await transaction.CommitAsync(cancel);
                return await Read(connection, id, again: false, cancel);
            case var other: throw new InvalidOperationException($"No answer for {other}.");
        }
    }

    private static CreditDecision Decide(CreditRequest request, Head invoice, IReadOnlyList<CreditableLine> lines) => request.Wish switch
    {
        _ when invoice.Kind != "invoice" => new CreditDecision.Refused("number", "not-an-invoice", "this is a credit memo", "Name the invoice."),
        CreditWish.Whole => CreditMemos.Whole(lines, request.Reason),
        CreditWish.ByAmount some => CreditMemos.ByAmount(lines, new Money(some.Amount, Currency.Of(invoice.Currency)), request.Reason),
        CreditWish.ByLine some => CreditMemos.Of(lines, some.Lines, request.Reason),
        CreditWish.Void => CreditMemos.Void(lines, request.Reason),
        _ => throw new ArgumentOutOfRangeException(nameof(request), request.Wish, "No rule for this wish."),
    };

    private static CreditOutcome.Refused? Misdated(DateOnly on, Head invoice) =>
        on < invoice.IssueDate
            ? new CreditOutcome.Refused("on", "before-invoice", $"the invoice is dated {invoice.IssueDate:yyyy-MM-dd}", "Date the credit memo on that day or later.")
        : on <= invoice.ClosedThrough
            ? new CreditOutcome.Refused(
                "on", "month-closed", $"the books are closed through {invoice.ClosedThrough:yyyy-MM-dd}", "Date the credit memo in an open month.")
        : null;

    // In the currency of the books it is what it is at the rate of its own date, as any other document.
    private static Invoice Memo(
        CreditRequest request, DateOnly on, Head invoice, IReadOnlyList<LineToBook> lines, IReadOnlyList<StandingTax> standing) =>
        Invoice.Draw(invoice.Account, on, [.. lines.Select(line => new TaxedLine(line, line.Tax!))], standing) with
        {
            Reason = request.Reason,
            PurchaseOrder = invoice.PurchaseOrder,
        };

    private async Task<Guid> Save(
        NpgsqlConnection connection, NpgsqlTransaction transaction, CreditRequest request, Invoice memo, Head invoice, CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        var voids = request.Wish is CreditWish.Void ? new InvoiceId(invoice.Id) : (InvoiceId?)null;
        var book = await Emptying(connection, InvoiceToBook.New(memo, now) with { Voids = voids }, invoice, cancel);
        var run = await OneDocumentRun.Add(connection, "credit", $"Credit on {request.Number}: {request.Reason}", request.Actor, now, cancel);
        await SaveInvoices.Run(connection, transaction, run, [book], now, cancel);
        await GivenOnce.Add(connection, request.Key, Content(request), book.Id.Value, now, cancel);
        if (voids is not null) await LookAgain(connection, invoice, now, cancel);
        return book.Id.Value;
    }

    // In a foreign currency the invoice and the memo may have other rates: what is left of an invoice of nothing is won or lost.
    private static async Task<InvoiceToBook> Emptying(NpgsqlConnection connection, InvoiceToBook book, Head invoice, CancellationToken cancel)
    {
        if (book.Invoice.InBooks is not { } books) return book;
        var item = (await CarriedItems.Documents(connection, [invoice.Id], cancel))[invoice.Id];
        var after = item.Stands + new Carried(book.Invoice.Total.Amount, books.Total.Amount);
        return after.Amount != 0 ? book : book with { Entry = InvoiceEntry.Emptying(book.Entry, new Money(after.Functional, books.Total.Currency)) };
    }

    // What was taken back is wanted still: the next run looks at all of it again.
    private static Task LookAgain(NpgsqlConnection connection, Head invoice, DateTimeOffset now, CancellationToken cancel) =>
        connection.ExecuteAsync(new CommandDefinition(
            """
            insert into subscriptions.touched (id, billing_account_id, subscription_id, from_date, reason, at)
            select gen_random_uuid(), line.billing_account_id, line.subscription_id, min(line.part_start), 'void', @now
            from invoicing.invoice_line line
            join subscriptions.subscription s on s.billing_account_id = line.billing_account_id and s.id = line.subscription_id
            where line.billing_account_id = @BillingAccountId and line.invoice_id = @Id
            group by line.billing_account_id, line.subscription_id
            """, new { invoice.BillingAccountId, invoice.Id, now }, cancellationToken: cancel));

    // Everything that makes it another request under the same key.
    private static string Content(CreditRequest request) => string.Create(
        CultureInfo.InvariantCulture,
        $"credit|{request.Number}|{Wished(request.Wish)}|{GivenBy.Words(request.On)}|{request.Reason}");

    private static string Wished(CreditWish wish) => wish switch
    {
        CreditWish.ByAmount some => "amount " + Canonical.Of(some.Amount).ToString(CultureInfo.InvariantCulture),
        CreditWish.ByLine some => "lines " + string.Join(
            ' ', some.Lines.Select(line => string.Create(CultureInfo.InvariantCulture, $"{line.LineNo}={Canonical.Of(line.Amount)}"))),
        _ => wish.GetType().Name,
    };

    private static async Task<CreditOutcome> Read(NpgsqlConnection connection, Guid id, bool again, CancellationToken cancel)
    {
        var row = await connection.QuerySingleAsync<(string Number, string Currency, decimal Net, decimal Tax, decimal Total)>(new CommandDefinition(
            "select number, currency, net, tax, total from invoicing.invoice where id = @id", new { id }, cancellationToken: cancel));
        return new CreditOutcome.Given(id, row.Number, row.Currency, row.Net, row.Tax, row.Total, again);
    }

    private static Task<Head?> Find(NpgsqlConnection connection, string number, CancellationToken cancel) =>
        connection.QuerySingleOrDefaultAsync<Head>(new CommandDefinition(
            """
            select i.id, i.kind, i.currency, i.issue_date, i.purchase_order, i.billing_account_id, i.customer_id, i.legal_entity_id,
                   a.tax_code, a.term_days, i.correlation_id, e.shut_through as closed_through, e.currency as books_currency
            from invoicing.invoice i
            join customers.billing_account a on a.id = i.billing_account_id
            join customers.legal_entity e on e.id = i.legal_entity_id
            where i.tenant = 1 and i.number = @number
            """, new { number }, cancellationToken: cancel));

    private sealed record Head(
        Guid Id, string Kind, string Currency, DateOnly IssueDate, string PurchaseOrder, Guid BillingAccountId, Guid CustomerId, Guid LegalEntityId,
        string TaxCode, int TermDays, Guid CorrelationId, DateOnly? ClosedThrough, string BooksCurrency)
    {
        public BillingAccount Account => new(
            new BillingAccountId(BillingAccountId), new CustomerId(CustomerId), new LegalEntityId(LegalEntityId), Tieout.Domain.Currency.Of(Currency),
            TaxCode, TermDays, new CorrelationId(CorrelationId));
    }
}
