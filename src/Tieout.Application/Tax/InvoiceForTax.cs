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
            select invoice.number, invoice.customer_id, customer.code as customer_code, customer.country, invoice.currency, invoice.issue_date, invoice.tax
            from invoicing.invoice join customers.customer on customer.id = invoice.customer_id
            where invoice.id = @invoice and invoice.billing_account_id = @account
            """, new { invoice, account }, cancellationToken: cancel));
        var profile = await connection.QuerySingleOrDefaultAsync<TaxProfileRow>(new CommandDefinition(
            $"select {TaxProfileRow.Columns} from tax.profile where customer_id = @CustomerId", head, cancellationToken: cancel));
        var lines = await connection.QueryAsync<Line>(new CommandDefinition(
            """
            select line_no, amount, quantity, description, period_start, period_end
            from invoicing.invoice_line
            where billing_account_id = @account and invoice_id = @invoice
            order by line_no
            """, new { invoice, account }, cancellationToken: cancel));
        return new TaxDocument(
            head.Number, head.CustomerCode, Currency.Of(head.Currency), head.IssueDate, seller,
            profile?.Profile() ?? new TaxProfile(head.Country),
            [.. lines.Select(line => new TaxDocumentLine(
                line.LineNo.ToString(System.Globalization.CultureInfo.InvariantCulture), line.Amount / Canonical, line.Quantity / Canonical,
                TaxQuestion.StandardCategory, line.Description, new ServicePeriod(line.PeriodStart, line.PeriodEnd)))],
            head.Tax / Canonical);
    }

    private sealed record Head(
        string Number, Guid CustomerId, string CustomerCode, string Country, string Currency, DateOnly IssueDate, decimal Tax);

    private sealed record Line(int LineNo, decimal Amount, decimal Quantity, string Description, DateOnly PeriodStart, DateOnly PeriodEnd);
}
