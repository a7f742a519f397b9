using Dapper;
using Npgsql;
using Tieout.Application.Invoicing;
using Tieout.Domain.Invoicing;

namespace Tieout.Application.Tax;

/// <summary>Ties invoices to the quotes they are taxed by; PostgreSQL refuses one whose tax is another.</summary>
internal static class QuotedInvoices
{
    /// <summary>In the transaction that saved the invoices; nothing where our own table decided.</summary>
    public static Task Save(NpgsqlConnection connection, List<InvoiceToBook> documents, CancellationToken cancel)
    {
        List<(InvoiceToBook Item, Guid Quote)> quoted = [];
        foreach (var item in documents)
            if (QuoteOf(item.Invoice) is { } quote) quoted.Add((item, quote));
        return quoted.Count == 0 ? Task.CompletedTask : connection.ExecuteAsync(new CommandDefinition(
            """
            insert into tax.quoted_invoice (invoice_id, billing_account_id, quote_id)
            select * from unnest(@invoices, @accounts, @quotes)
            """,
            new
            {
                invoices = quoted.ConvertAll(pair => pair.Item.Id.Value).ToArray(),
                accounts = quoted.ConvertAll(pair => pair.Item.Invoice.Account.Id.Value).ToArray(),
                quotes = quoted.ConvertAll(pair => pair.Quote).ToArray(),
            }, cancellationToken: cancel));
    }

    // All lines of an account are of one quote.
    private static Guid? QuoteOf(Invoice invoice)
    {
        foreach (var line in invoice.Lines)
            if (line.Quote is { } quote) return quote.Id;
        return null;
    }
}
