using Npgsql;
using Tieout.Application.Database;
using Tieout.Domain;
using Tieout.Domain.Customers;

namespace Tieout.Application.Views;

/// <summary>Which invoices; null or empty narrows nothing.</summary>
/// <param name="Entity">Code of the legal entity.</param>
/// <param name="State">State of the invoice's posting.</param>
/// <param name="Text">An invoice number, or the beginning of a customer's or billing account's code, or part of its name.</param>
public sealed record InvoiceFilter(string? Entity, AccountingMonth? Month, string? State, string? Text);

/// <summary>One page of invoices.</summary>
/// <param name="Next">Token of the next page; null on the last one.</param>
public sealed record InvoiceList(IReadOnlyList<InvoiceRow> Rows, string? Next);

/// <summary>Lists invoices, newest month first, and opens one.</summary>
public sealed class FindInvoices(NpgsqlDataSource database)
{
    private const string Columns =
        """
        i.id, i.number, i.kind, e.code as entity, i.month, c.code as customer, c.name as customer_name, a.code as account,
        i.currency, i.net, i.tax, i.total, i.issue_date, i.due_date,
        coalesce(p.state, '') as state, coalesce(p.target, '') as target, coalesce(p.erp_number, '') as erp_number,
        (select o.open from invoicing.open_amount o where o.id = i.id) as open,
        array(
          select distinct c.number from invoicing.invoice_tax t join invoicing.invoice c on c.id = t.about_invoice_id
          where t.invoice_id = i.id and t.about_invoice_id <> i.id order by 1) as corrects,
        array(
          select distinct c.number from invoicing.invoice_tax t join invoicing.invoice c on c.id = t.invoice_id
          where t.about_invoice_id = i.id and t.about_invoice_id <> t.invoice_id order by 1) as corrected_by
        """;

    // The posting is looked up per invoice: at most a page of them.
    private const string Joins =
        """
        join customers.legal_entity e on e.id = i.legal_entity_id
        join customers.billing_account a on a.id = i.billing_account_id
        join customers.customer c on c.id = i.customer_id
        left join posting.posting p on p.document_id = i.id and p.billing_account_id = i.billing_account_id
        """;

    // Each entity gives its own page from the index on (entity, month, id); the pages are merged. One plain query over all
    // entities would sort a million rows to show fifty.
    private static readonly string ByMonth =
        $"""
        select {Columns}
        from customers.legal_entity entity
        cross join lateral (
          select i.*
          from invoicing.invoice i
          where i.legal_entity_id = entity.id
            and (@month::date is null or i.month = @month)
            and (@day::date is null or (i.month, i.id) < (@day, @after))
            and (@state::text is null or @state = (
              select p.state from posting.posting p where p.document_id = i.id and p.billing_account_id = i.billing_account_id))
          order by i.month desc, i.id desc
          limit @limit) i
        {Joins}
        where @entity::text is null or entity.code = @entity
        order by i.month desc, i.id desc
        limit @limit
        """;

    // A state in which few invoices are is found from its postings.
    private static readonly string ByRareState =
        $"""
        select {Columns}
        from posting.posting p
        join invoicing.invoice i on i.id = p.document_id and i.billing_account_id = p.billing_account_id
        join customers.legal_entity e on e.id = i.legal_entity_id
        join customers.billing_account a on a.id = i.billing_account_id
        join customers.customer c on c.id = i.customer_id
        where p.state = @state
          and (@entity::text is null or e.code = @entity)
          and (@month::date is null or i.month = @month)
          and (@day::date is null or (i.month, i.id) < (@day, @after))
        order by i.month desc, i.id desc
        limit @limit
        """;

    private static readonly string ByText =
        $"""
        with account as (
          select a.id
          from customers.billing_account a
          join customers.customer c on c.id = a.customer_id
          where c.code ilike @start or a.code ilike @start or c.name ilike @part
          limit 2000),
        found as (
          select i.id, i.billing_account_id from invoicing.invoice i where i.tenant = 1 and i.number = upper(@text)
          union
          select i.id, i.billing_account_id from invoicing.invoice i where i.billing_account_id in (select id from account))
        select {Columns}
        from found
        join invoicing.invoice i on i.id = found.id and i.billing_account_id = found.billing_account_id
        {Joins}
        where (@entity::text is null or e.code = @entity)
          and (@month::date is null or i.month = @month)
          and (@state::text is null or p.state = @state)
          and (@day::date is null or (i.month, i.id) < (@day, @after))
        order by i.month desc, i.id desc
        limit @limit
        """;

    /// <summary>All but posted: few postings stand in one of them at a time, and each has its own small index.</summary>
    private static readonly string[] RareStates = ["staged", "ready", "sending", "in-doubt", "parked", "cancelled"];

    /// <summary>One page; <paramref name="after"/> is the last page's <see cref="InvoiceList.Next"/>.</summary>
    public async Task<InvoiceList> Run(InvoiceFilter filter, Cursor? after, int limit, CancellationToken cancel)
    {
        var text = filter.Text?.Trim();
        var parameters = new
        {
            entity = filter.Entity,
            month = filter.Month?.FirstDay,
            state = filter.State,
            text,
            start = Like.StartsWith(text),
            part = Like.Contains(text),
            day = after?.Day,
            after = after?.Id,
            limit = limit + 1,
        };
        var sql = !string.IsNullOrEmpty(text) ? ByText : RareStates.Contains(filter.State, StringComparer.Ordinal) ? ByRareState : ByMonth;
        var rows = await database.Rows<Row>(sql, parameters, cancel);
        var page = rows.Take(limit).ToArray();
        return new InvoiceList(
            [.. page.Select(Shown)], rows.Count > limit ? new Cursor(page[^1].Month, page[^1].Id).ToString() : null);
    }

    /// <summary>One invoice by id; null when there is none.</summary>
    public async Task<InvoiceDetail?> One(Guid id, CancellationToken cancel)
    {
        var heads = await database.Rows<Head>(
            $"""
            select {Columns}, i.correlation_id, i.reason, i.purchase_order, i.note, i.books_currency, i.books_net, i.books_tax, i.books_total,
                   i.exchange_rate, i.exchange_date, i.exchange_source, i.discount_percent, i.discount_until,
                   coalesce((
                     select sum(s.amount) from cash.share s where s.invoice_id = i.id and s.pool in ('discount', 'discount-tax')), 0) as discount_taken,
                   coalesce((select v.number from invoicing.invoice v where v.id = i.voids), '') as voids,
                   coalesce((select v.number from invoicing.invoice v where v.voids = i.id), '') as voided_by,
                   coalesce((select o.written_off from invoicing.open_amount o where o.id = i.id), 0) as written_off
            from invoicing.invoice i {Joins}
            where i.id = @id
            """, new { id }, cancel);
        if (heads.Count == 0) return null;
        var head = heads[0];
        return new InvoiceDetail(
            Shown(head), head.CorrelationId, head.Reason, head.Voids, head.VoidedBy, head.PurchaseOrder, head.Note,
            Cash.Of(head.WrittenOff, head.Currency), await Taxes(head, cancel), await Lines(head, cancel))
        {
            Settlements = head.Kind == "invoice" ? await ReadSettlements.Of(database, head.Id, head.Currency, cancel) : [],
            InBooks = head.BooksCurrency is not { } books ? null : new InvoiceInBooks(
                Cash.Of(head.BooksNet!.Value, books), Cash.Of(head.BooksTax!.Value, books), Cash.Of(head.BooksTotal!.Value, books),
                Canonical.Of(head.ExchangeRate!.Value), head.ExchangeDate!.Value, head.ExchangeSource!),
            EarlyPayment = Early(head),
        };
    }

    private static InvoiceEarlyPayment? Early(Head head)
    {
        if (head.DiscountPercent is not { } percent || head.DiscountUntil is not { } until) return null;
        var total = Cash.Of(head.Total, head.Currency);
        var discount = total with { Amount = new DiscountTerms(percent, until.DayNumber - head.IssueDate.DayNumber).Of(head.Total, total.Currency) };
        return new InvoiceEarlyPayment(Canonical.Of(percent), until, discount, total - discount, Cash.Of(head.DiscountTaken, head.Currency));
    }

    /// <summary>One invoice by its number; null when there is none.</summary>
    public async Task<InvoiceDetail?> One(string number, CancellationToken cancel) =>
        await database.Rows<Guid>("select id from invoicing.invoice where tenant = 1 and number = @number", new { number }, cancel) is [var id]
            ? await One(id, cancel)
            : null;

    private async Task<IReadOnlyList<InvoiceTaxRow>> Taxes(Head head, CancellationToken cancel)
    {
        var rows = await database.Rows<TaxRow>(
            """
            select t.code, t.category, t.rate, t.base, t.tax, t.note, coalesce(c.number, '') as corrects
            from invoicing.invoice_tax t
            left join invoicing.invoice c on c.id = t.about_invoice_id and t.about_invoice_id <> t.invoice_id
            where t.invoice_id = @Id
            order by t.group_no
            """, new { head.Id }, cancel);
        return [.. rows.Select(row => new InvoiceTaxRow(
            row.Code, row.Category, Canonical.Of(row.Rate), Cash.Of(row.Base, head.Currency), Cash.Of(row.Tax, head.Currency), row.Note, row.Corrects))];
    }

    private async Task<IReadOnlyList<InvoiceLineRow>> Lines(Head head, CancellationToken cancel)
    {
        var rows = await database.Rows<Line>(
            """
            select l.line_no, coalesce(s.code, '') as subscription, l.component, l.description, l.period_start, l.period_end,
                   l.quantity, l.unit_price, l.amount, l.recognition, l.revision, coalesce(c.number, '') as corrects_invoice,
                   case when c.id is not null then l.origin_line_no end as corrects_line, l.convention, l.amendment, l.tax_code, l.tax_rate
            from invoicing.invoice i
            join invoicing.invoice_line l on l.billing_account_id = i.billing_account_id and l.month = i.month and l.invoice_id = i.id
            left join invoicing.invoice c on c.id = l.origin_invoice_id and l.origin_invoice_id <> l.invoice_id
            left join subscriptions.subscription s on s.billing_account_id = l.billing_account_id and s.id = l.subscription_id
            where i.id = @Id
            order by l.line_no
            """, new { head.Id }, cancel);
        return [.. rows.Select(line => new InvoiceLineRow(
            line.LineNo, line.Subscription, line.Component, line.Description, line.PeriodStart, line.PeriodEnd,
            Canonical.Of(line.Quantity), Cash.Of(line.UnitPrice, head.Currency), Cash.Of(line.Amount, head.Currency), line.Recognition,
            line.Revision, line.CorrectsInvoice, line.CorrectsLine, line.Convention, line.Amendment, line.TaxCode, Canonical.Of(line.TaxRate)))];
    }

    private static InvoiceRow Shown(Row row) => new(
        row.Id, row.Number, row.Kind, row.Entity, AccountingMonth.Of(row.Month), row.Customer, row.CustomerName, row.Account,
        Cash.Of(row.Net, row.Currency), Cash.Of(row.Tax, row.Currency), Cash.Of(row.Total, row.Currency),
        Cash.Of(row.Open, row.Currency), row.IssueDate, row.DueDate, row.Corrects, row.CorrectedBy, row.State, row.Target, row.ErpNumber);

    // By property, not by constructor: Dapper finds no constructor where a column is an array.
    private record Row
    {
        public required Guid Id { get; init; }
        public required string Number { get; init; }
        public required string Kind { get; init; }
        public required string Entity { get; init; }
        public required DateOnly Month { get; init; }
        public required string Customer { get; init; }
        public required string CustomerName { get; init; }
        public required string Account { get; init; }
        public required string Currency { get; init; }
        public required decimal Net { get; init; }
        public required decimal Tax { get; init; }
        public required decimal Total { get; init; }
        public required DateOnly IssueDate { get; init; }
        public required DateOnly DueDate { get; init; }
        public required string State { get; init; }
        public required string Target { get; init; }
        public required string ErpNumber { get; init; }
        public required decimal? Open { get; init; }
        public required string[] Corrects { get; init; }
        public required string[] CorrectedBy { get; init; }
    }

    private sealed record Head : Row
    {
        public required Guid CorrelationId { get; init; }
        public required string Reason { get; init; }
        public required string PurchaseOrder { get; init; }
        public required string Note { get; init; }
        public required string Voids { get; init; }
        public required string VoidedBy { get; init; }
        public required decimal WrittenOff { get; init; }
        public required string? BooksCurrency { get; init; }
        public required decimal? BooksNet { get; init; }
        public required decimal? BooksTax { get; init; }
        public required decimal? BooksTotal { get; init; }
        public required decimal? ExchangeRate { get; init; }
        public required DateOnly? ExchangeDate { get; init; }
        public required string? ExchangeSource { get; init; }
        public required decimal? DiscountPercent { get; init; }
        public required DateOnly? DiscountUntil { get; init; }
        public required decimal DiscountTaken { get; init; }
    }

    private sealed record TaxRow(string Code, string Category, decimal Rate, decimal Base, decimal Tax, string Note, string Corrects);

    private sealed record Line(
        int LineNo, string Subscription, string Component, string Description, DateOnly PeriodStart, DateOnly PeriodEnd,
        decimal Quantity, decimal UnitPrice, decimal Amount, string Recognition, int Revision, string CorrectsInvoice, int? CorrectsLine,
        string Convention, int Amendment, string TaxCode, decimal TaxRate);
}
