using Dapper;
using Npgsql;
using Tieout.Application.Invoicing;

namespace Tieout.Application.Tax;

/// <summary>Ties invoices to the quotes they are taxed by; PostgreSQL refuses one whose tax is another.</summary>
internal static class QuotedInvoices
{
    /// <summary>In the transaction that saved the invoices; nothing where our own table decided.</summary>
    public static Task Save(NpgsqlConnection connection, List<InvoiceToBook> documents, CancellationToken cancel)
    {
        var quoted = documents.Select(item => (item, Quote: item.Invoice.Lines.FirstOrDefault(line => line.Quote is not null)?.Quote))
            .Where(pair => pair.Quote is not null).ToList();
        return quoted.Count == 0 ? Task.CompletedTask : connection.ExecuteAsync(new CommandDefinition(
            """
            insert into tax.quoted_invoice (invoice_id, billing_account_id, quote_id)
            select * from unnest(@invoices, @accounts, @quotes)
            """,
            new
            {
                invoices = quoted.ConvertAll(pair => pair.item.Id.Value).ToArray(),
                accounts = quoted.ConvertAll(pair => pair.item.Invoice.Account.Id.Value).ToArray(),
                quotes = quoted.ConvertAll(pair => pair.Quote!.Id).ToArray(),
            }, cancellationToken: cancel));
    }
}
