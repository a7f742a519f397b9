using Dapper;
using Npgsql;
using Tieout.Application.Database;
using Tieout.Domain;
using Tieout.Domain.Invoicing;
using Tieout.Domain.Ledger;

namespace Tieout.Application.Invoicing;

/// <summary>An invoice with its entry and the ids both are kept under.</summary>
internal sealed record InvoiceToBook(InvoiceId Id, JournalEntryId EntryId, PostingId PostingId, Invoice Invoice, JournalEntry Entry)
{
    /// <summary>The invoice that this credit memo takes back whole.</summary>
    public InvoiceId? Voids { get; init; }

    /// <summary>With new ids and its entry.</summary>
    public static InvoiceToBook New(Invoice invoice, DateTimeOffset now) => new(
        new InvoiceId(Guid.CreateVersion7(now)), new JournalEntryId(Guid.CreateVersion7(now)), new PostingId(Guid.CreateVersion7(now)),
        invoice, InvoiceEntry.Of(invoice));
}

/// <summary>
/// Writes invoices and credit memos, their journal entries and their postings inside the caller's transaction, all by binary COPY.
/// </summary>
/// <remarks>
/// Order matters. Lines, taxes and entries first; then the numbers are taken, which locks the series until the transaction ends,
/// so as late as can be; then the invoices, whose trigger proves lines and entry against them; then the postings, which
/// carry the number as their business key.
/// </remarks>
internal static class SaveInvoices
{
    public static async Task Run(
        NpgsqlConnection connection, NpgsqlTransaction transaction, Guid run, List<InvoiceToBook> invoices, DateTimeOffset now, CancellationToken cancel)
    {
        if (invoices.Count == 0) return;
        await CopyLines(connection, invoices, cancel);
        await CopyTaxes(connection, invoices, cancel);
        await CopyEntries(connection, invoices, now, cancel);
        await CopyEntryLines(connection, invoices, cancel);
        var numbers = await TakeNumbers(connection, transaction, invoices);
        await CopyInvoices(connection, run, invoices, numbers, now, cancel);
        await CopyPostings(connection, invoices, numbers, now, cancel);
    }

    private static async Task CopyLines(NpgsqlConnection connection, List<InvoiceToBook> invoices, CancellationToken cancel) =>
        await Bulk.Copy(connection,
            """
            invoicing.invoice_line (billing_account_id, subscription_id, component, part_start, detail, revision, standing, billed, covered_until,
              month, invoice_id, line_no, period_start, period_end, due_on, quantity, unit_price, amount, recognition, description, convention,
              amendment, price_id, tax_code, tax_category, tax_rate, supply_on, tax_ground, tax_note, origin_invoice_id, origin_line_no, correlation_id)
            """,
            invoices.SelectMany(item => item.Invoice.Lines.Select((line, index) => (item, line, index))),
            static (writer, row) => WriteLine(writer, row.item, row.line, row.index + 1),
            cancel);

    private static void WriteLine(BinaryRows writer, InvoiceToBook item, TaxedLine taxed, int lineNo)
    {
        var (booked, tax, line) = (taxed.Line, taxed.Tax, taxed.Line.Line);
        writer
            .Uuid(item.Invoice.Account.Id.Value).Uuid(line.Key.Subscription.Value).Text(line.Key.Component).Date(line.Key.From).Text(line.Key.Detail)
            .Int(booked.Revision).Number(booked.Standing).Number(booked.Billed).Date(booked.Standing == 0 ? line.Key.From : line.Period.End)
            .Date(item.Invoice.Month.FirstDay).Uuid(item.Id.Value).Int(lineNo).Date(line.Period.Start).Date(line.Period.End).Date(line.DueOn)
            .Number(line.Quantity).Number(line.UnitPrice).Number(line.Amount.Amount).Text(Words.Of(line.Recognition)).Text(line.Description)
            .Text(line.Convention).Int(line.Amendment)
            .Uuid(line.Price == default ? null : line.Price.Value)
            .Text(tax.Code).Text(tax.Category).Number(tax.Rate).Date(tax.SupplyOn).Text(tax.Ground).Text(tax.Note)
            .Uuid((booked.Origin?.Invoice ?? item.Id).Value).Int(booked.Origin?.LineNo ?? lineNo).Uuid(line.Correlation.Value);
    }

    private static async Task CopyTaxes(NpgsqlConnection connection, List<InvoiceToBook> invoices, CancellationToken cancel) =>
        await Bulk.Copy(connection,
            "invoicing.invoice_tax (invoice_id, group_no, billing_account_id, about_invoice_id, code, category, rate, base, tax, note)",
            invoices.SelectMany(item => item.Invoice.Taxes.Select((tax, index) => (item, tax, index))),
            static (writer, row) => writer
                .Uuid(row.item.Id.Value).Int(row.index + 1).Uuid(row.item.Invoice.Account.Id.Value).Uuid((row.tax.About ?? row.item.Id).Value)
                .Text(row.tax.Code).Text(row.tax.Category).Number(row.tax.Rate).Number(row.tax.Base.Amount).Number(row.tax.Tax.Amount)
                .Text(row.tax.Note),
            cancel);

    private static async Task CopyEntries(NpgsqlConnection connection, List<InvoiceToBook> invoices, DateTimeOffset now, CancellationToken cancel) =>
        await Bulk.Copy(connection,
            """
            ledger.journal_entry (id, billing_account_id, legal_entity_id, month, entry_date, source_kind, source_id, correlation_id, created_at)
            """,
            invoices,
            (writer, row) => writer
                .Uuid(row.EntryId.Value).Uuid(row.Invoice.Account.Id.Value).Uuid(row.Invoice.Account.LegalEntity.Value)
                .Date(row.Entry.Month.FirstDay).Date(row.Entry.Date).Text(Words.Of(row.Invoice.Kind)).Uuid(row.Id.Value)
                .Uuid(row.Invoice.Account.Correlation.Value).Instant(now),
            cancel);

    // What is in the books' own currency writes nothing more: whole runs are.
    private static async Task CopyEntryLines(NpgsqlConnection connection, List<InvoiceToBook> invoices, CancellationToken cancel)
    {
        var foreign = invoices.Exists(item => item.Invoice.InBooks is not null);
        await Bulk.Copy(connection,
            $"ledger.journal_line (entry_id, line_no, billing_account_id, legal_entity_id, month, account, currency, amount{(foreign ? ", functional" : "")})",
            invoices.SelectMany(item => item.Entry.Lines.Select((line, index) => (item, line, index))),
            (writer, row) =>
            {
                writer
                    .Uuid(row.item.EntryId.Value).Int(row.index + 1).Uuid(row.item.Invoice.Account.Id.Value)
                    .Uuid(row.item.Invoice.Account.LegalEntity.Value).Date(row.item.Entry.Month.FirstDay)
                    .Text(row.line.Account).Text(row.line.Amount.Currency.Code).Number(row.line.Amount.Amount);
                if (foreign) writer.Number(row.line.Functional?.Amount);
            },
            cancel);
    }

    /// <summary>One update per series and year gives a block of numbers; always in the same order, so that two parts never wait in a circle.</summary>
    private static async Task<string[]> TakeNumbers(NpgsqlConnection connection, NpgsqlTransaction transaction, List<InvoiceToBook> invoices)
    {
        var numbers = new string[invoices.Count];
        var series = invoices
            .Select((item, index) => (item.Invoice, index))
            .GroupBy(item => (Entity: item.Invoice.Account.LegalEntity.Value, item.Invoice.Kind, item.Invoice.IssueDate.Year))
            .OrderBy(group => group.Key);
        foreach (var group in series)
        {
            var block = await connection.QuerySingleAsync<(string Series, long Used)>(
                """
                insert into invoicing.number_series as s (legal_entity_id, series, year, used)
                select id, case when @credit then credit_series else series end, @year, @count from customers.legal_entity where id = @entity
                on conflict (legal_entity_id, series, year) do update set used = s.used + excluded.used
                returning series, used
                """,
                new
                {
                    entity = group.Key.Entity,
                    credit = group.Key.Kind == DocumentKind.CreditMemo,
                    year = group.Key.Year,
                    count = group.LongCount(),
                }, transaction);
            var next = block.Used - group.LongCount();
            foreach (var (_, index) in group) numbers[index] = InvoiceNumber.Of(block.Series, group.Key.Year, ++next);
        }
        return numbers;
    }

    private static async Task CopyInvoices(
        NpgsqlConnection connection, Guid run, List<InvoiceToBook> invoices, string[] numbers, DateTimeOffset now, CancellationToken cancel) =>
        await Bulk.Copy(connection,
            """
            invoicing.invoice (id, billing_account_id, customer_id, legal_entity_id, number, kind, month, currency, net, tax, total,
              issue_date, due_date, lines, run_id, correlation_id, created_at, reason, purchase_order, note, voids,
              discount_percent, discount_until,
              books_currency, books_net, books_tax, books_total, exchange_rate, exchange_date, exchange_source)
            """,
            invoices.Select((item, index) => (item, number: numbers[index])),
            (writer, row) =>
            {
                var invoice = row.item.Invoice;
                writer
                    .Uuid(row.item.Id.Value).Uuid(invoice.Account.Id.Value).Uuid(invoice.Account.Customer.Value)
                    .Uuid(invoice.Account.LegalEntity.Value).Text(row.number).Text(Words.Of(invoice.Kind))
                    .Date(invoice.Month.FirstDay).Text(invoice.Net.Currency.Code)
                    .Number(invoice.Net.Amount).Number(invoice.Tax.Amount).Number(invoice.Total.Amount)
                    .Date(invoice.IssueDate).Date(invoice.DueDate)
                    .Int(invoice.Lines.Count).Uuid(run).Uuid(invoice.Account.Correlation.Value).Instant(now)
                    .Text(invoice.Reason).Text(invoice.PurchaseOrder).Text(invoice.Note).Uuid(row.item.Voids?.Value);
                if (invoice.Discount is { } early) writer.Number(early.Percent).Date(invoice.IssueDate.AddDays(early.Days));
                else writer.Null().Null();
                WriteInBooks(writer, invoice.InBooks);
            },
            cancel);

    private static void WriteInBooks(BinaryRows writer, BooksAmounts? amounts)
    {
        if (amounts is null)
        {
            for (var column = 0; column < 7; column++) writer.Null();
            return;
        }
        writer
            .Text(amounts.Net.Currency.Code).Number(amounts.Net.Amount).Number(amounts.Tax.Amount).Number(amounts.Total.Amount)
            .Number(amounts.Rate.Shown).Date(amounts.Rate.OldestDay!.Value).Text(amounts.Rate.Path);
    }

    private static async Task CopyPostings(
        NpgsqlConnection connection, List<InvoiceToBook> invoices, string[] numbers, DateTimeOffset now, CancellationToken cancel) =>
        await Bulk.Copy(connection,
            """
            posting.posting (id, billing_account_id, legal_entity_id, document_kind, document_id, business_key, month, currency, amount,
              state, correlation_id, created_at, changed_at)
            """,
            invoices.Select((item, index) => (item, number: numbers[index])),
            (writer, row) => writer
                .Uuid(row.item.PostingId.Value).Uuid(row.item.Invoice.Account.Id.Value).Uuid(row.item.Invoice.Account.LegalEntity.Value)
                .Text(Words.Of(row.item.Invoice.Kind)).Uuid(row.item.Id.Value).Text(row.number).Date(row.item.Invoice.Month.FirstDay)
                .Text(row.item.Invoice.Total.Currency.Code).Number(row.item.Invoice.Total.Amount)
                .Text("staged").Uuid(row.item.Invoice.Account.Correlation.Value).Instant(now).Instant(now),
            cancel);
}
