using Npgsql;
using Tieout.Application.Database;
using Tieout.Domain;

namespace Tieout.Application.Views;

/// <summary>Which invoices; null or empty narrows nothing.</summary>
/// <param name="Entity">Code of the legal entity.</param>
/// <param name="State">State of the invoice's posting.</param>
/// <param name="Text">An invoice number, or the beginning of a customer's or billing account's code, or part of its name.</param>
public sealed record InvoiceFilter(string? Entity, AccountingMonth? Month, string? State, string? Text);

/// <summary>One page of invoices.</summary>
/// <param name="Next">Token of the next page; null on the last one.</param>
public sealed record InvoiceList(IReadOnlyList<InvoiceRow> Rows, string? Next);

/// <summary>An invoice in a list.</summary>
/// <param name="State">State of its posting; empty when it has none.</param>
/// <param name="ErpNumber">The ERP's document number; empty until it is posted.</param>
public sealed record InvoiceRow(
    Guid Id,
    string Number,
    string Entity,
    AccountingMonth Month,
    string Customer,
    string CustomerName,
    string Account,
    Money Net,
    Money Tax,
    Money Total,
    DateOnly IssueDate,
    DateOnly DueDate,
    string State,
    string Target,
    string ErpNumber);

/// <summary>An invoice with its lines.</summary>
/// <param name="TaxRate">As a fraction.</param>
public sealed record InvoiceDetail(InvoiceRow Invoice, Guid CorrelationId, string TaxCode, decimal TaxRate, IReadOnlyList<InvoiceLineRow> Lines);

/// <summary>One charge on an invoice.</summary>
/// <param name="Until">The first day it is no longer for.</param>
public sealed record InvoiceLineRow(
    int No,
    string Subscription,
    string Component,
    string Description,
    DateOnly From,
    DateOnly Until,
    decimal Quantity,
    Money UnitPrice,
    Money Amount,
    string Recognition);

/// <summary>Lists invoices, newest month first, and opens one.</summary>
public sealed class FindInvoices(NpgsqlDataSource database)
{
    private const string Columns =
        """
        i.id, i.number, e.code as entity, i.month, c.code as customer, c.name as customer_name, a.code as account,
        i.currency, i.net, i.tax, i.total, i.issue_date, i.due_date,
        coalesce(p.state, '') as state, coalesce(p.target, '') as target, coalesce(p.erp_number, '') as erp_number
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
            select {Columns}, i.correlation_id, t.code as tax_code, t.rate as tax_rate
            from invoicing.invoice i {Joins}
            join invoicing.invoice_tax t on t.invoice_id = i.id and t.group_no = 1
            where i.id = @id
            """, new { id }, cancel);
        if (heads.Count == 0) return null;
        var head = heads[0];
        var lines = await database.Rows<Line>(
            """
            select l.line_no, coalesce(s.code, '') as subscription, l.component, l.description, l.period_start, l.period_end,
                   l.quantity, l.unit_price, l.amount, l.recognition
            from invoicing.invoice i
            join invoicing.invoice_line l on l.billing_account_id = i.billing_account_id and l.month = i.month and l.invoice_id = i.id
            left join subscriptions.subscription s on s.billing_account_id = l.billing_account_id and s.id = l.subscription_id
            where i.id = @id
            order by l.line_no
            """, new { id }, cancel);
        return new InvoiceDetail(Shown(head), head.CorrelationId, head.TaxCode, Canonical.Of(head.TaxRate), [.. lines.Select(line => new InvoiceLineRow(
            line.LineNo, line.Subscription, line.Component, line.Description, line.PeriodStart, line.PeriodEnd,
            Canonical.Of(line.Quantity), Cash.Of(line.UnitPrice, head.Currency), Cash.Of(line.Amount, head.Currency), line.Recognition))]);
    }

    private static InvoiceRow Shown(Row row) => new(
        row.Id, row.Number, row.Entity, AccountingMonth.Of(row.Month), row.Customer, row.CustomerName, row.Account,
        Cash.Of(row.Net, row.Currency), Cash.Of(row.Tax, row.Currency), Cash.Of(row.Total, row.Currency),
        row.IssueDate, row.DueDate, row.State, row.Target, row.ErpNumber);

    private record Row(
        Guid Id, string Number, string Entity, DateOnly Month, string Customer, string CustomerName, string Account,
        string Currency, decimal Net, decimal Tax, decimal Total, DateOnly IssueDate, DateOnly DueDate,
        string State, string Target, string ErpNumber);

    private sealed record Head(
        Guid Id, string Number, string Entity, DateOnly Month, string Customer, string CustomerName, string Account,
        string Currency, decimal Net, decimal Tax, decimal Total, DateOnly IssueDate, DateOnly DueDate,
        string State, string Target, string ErpNumber, Guid CorrelationId, string TaxCode, decimal TaxRate)
        : Row(Id, Number, Entity, Month, Customer, CustomerName, Account, Currency, Net, Tax, Total, IssueDate, DueDate, State, Target, ErpNumber);

    private sealed record Line(
        int LineNo, string Subscription, string Component, string Description, DateOnly PeriodStart, DateOnly PeriodEnd,
        decimal Quantity, decimal UnitPrice, decimal Amount, string Recognition);
}
