using Dapper;
using Npgsql;
using Tieout.Connectors.Port;
using Tieout.Domain;
using Tieout.Domain.Tax;

namespace Tieout.Application.Tax;

/// <summary>Loads a finished invoice as a tax engine needs it.</summary>
internal static class InvoiceForTax
{
    // 12.3400 and 12.34 are equal, and print differently.
    private const decimal Canonical = 1.0000000000000000000000000000m;

    public static async Task<TaxDocument> Load(NpgsqlDataSource database, Guid invoice, Guid account, TaxAddress seller, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        var head = await connection.QuerySingleAsync<Head>(new CommandDefinition(
            """
            select invoice.number, invoice.customer_id, customer.code as customer_code, customer.country, customer.postcode, customer.region,
                   invoice.currency, invoice.issue_date, invoice.tax,
                   (select min(before.issue_date) from invoicing.invoice_tax about
                    join invoicing.invoice before on before.id = about.about_invoice_id and before.billing_account_id = about.billing_account_id
                    where about.invoice_id = invoice.id and about.about_invoice_id <> about.invoice_id and invoice.kind = 'credit-memo') as tax_date
            from invoicing.invoice join customers.customer on customer.id = invoice.customer_id
            where invoice.id = @invoice and invoice.billing_account_id = @account
            """, new { invoice, account }, cancellationToken: cancel));
        var profile = await connection.QuerySingleOrDefaultAsync<TaxProfileRow>(new CommandDefinition(
            $"select {TaxProfileRow.Columns} from tax.profile where customer_id = @CustomerId", head, cancellationToken: cancel));
        var lines = await connection.QueryAsync<Line>(new CommandDefinition(
            // What the engine was asked when the charge first stood; else what is agreed for that day, else the catalogue's.
            """
            select line.line_no, line.amount, line.quantity, line.description, line.period_start, line.period_end,
                   coalesce(quoted.category, agreed.category, price.terms ->> 'tax-category', charge.tax_category, 'standard') as category
            from invoicing.invoice_line line
            left join catalog.price on price.id = line.price_id
            left join tax.quoted_invoice taxed on taxed.invoice_id = line.origin_invoice_id and taxed.billing_account_id = line.billing_account_id
            left join tax.quote_line quoted on quoted.quote_id = taxed.quote_id and quoted.subscription_id = line.subscription_id
              and quoted.component = line.component and quoted.part_start = line.part_start and quoted.detail = line.detail
            left join lateral (
              select coalesce(stood.agreed -> 'terms' ->> 'tax-category', case when stood.agreed ? 'terms' then 'standard' end) as category
              from subscriptions.component stood
              where stood.billing_account_id = line.billing_account_id and stood.subscription_id = line.subscription_id
                and stood.component = line.component and stood.from_date <= line.part_start
              order by stood.from_date desc, stood.from_time desc limit 1) agreed on true
            left join invoicing.one_off_charge charge on charge.billing_account_id = line.billing_account_id
              and charge.id = case when line.component = 'one-off' then line.detail::uuid end
            where line.billing_account_id = @account and line.invoice_id = @invoice
            order by line.line_no
            """, new { invoice, account }, cancellationToken: cancel));
        return new TaxDocument(
            head.Number, head.CustomerCode, Currency.Of(head.Currency), head.IssueDate, seller,
            profile?.Profile() ?? new TaxProfile(head.Country, head.Postcode, head.Region),
            [.. lines.Select(line => new TaxDocumentLine(
                line.LineNo.ToString(System.Globalization.CultureInfo.InvariantCulture), line.Amount / Canonical, line.Quantity / Canonical,
                line.Category, line.Description, new ServicePeriod(line.PeriodStart, line.PeriodEnd)))],
            head.Tax / Canonical)
        {
            TaxDate = head.TaxDate,
        };
    }

    private sealed record Head(
        string Number, Guid CustomerId, string CustomerCode, string Country, string Postcode, string Region, string Currency,
        DateOnly IssueDate, decimal Tax, DateOnly? TaxDate);

    private sealed record Line(int LineNo, decimal Amount, decimal Quantity, string Description, DateOnly PeriodStart, DateOnly PeriodEnd, string Category);
}
