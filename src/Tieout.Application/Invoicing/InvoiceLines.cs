using Npgsql;
using Tieout.Domain.Invoicing;

namespace Tieout.Application.Invoicing;

/// <summary>Reads the lines of one invoice with what stands for their keys by now.</summary>
internal static class InvoiceLines
{
    /// <summary>In the order of the invoice.</summary>
    public static async Task<IReadOnlyList<CreditableLine>> Creditable(NpgsqlConnection connection, Guid invoice, Guid account, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            $"""
            select {BookedLines.Columns}, own.line_no, own.revision, own.amount, first.description
            from invoicing.invoice_line own
            cross join lateral (
              select * from invoicing.invoice_line last
              where last.billing_account_id = own.billing_account_id and last.subscription_id = own.subscription_id and last.component = own.component
                and last.part_start = own.part_start and last.detail = own.detail
              order by last.revision desc limit 1) line
            join invoicing.invoice origin on origin.id = line.origin_invoice_id and origin.billing_account_id = line.billing_account_id
            join invoicing.invoice_line first on first.billing_account_id = origin.billing_account_id and first.month = origin.month
              and first.invoice_id = origin.id and first.line_no = line.origin_line_no
            where own.billing_account_id = $2 and own.invoice_id = $1
            order by own.line_no
            """, connection);
        command.Parameters.Add(new() { Value = invoice });
        command.Parameters.Add(new() { Value = account });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        List<CreditableLine> lines = [];
        while (await reader.ReadAsync(cancel))
            lines.Add(new CreditableLine(reader.GetInt32(28), reader.GetInt32(29), reader.GetDecimal(30), reader.GetString(31), BookedLines.Read(reader)));
        return lines;
    }
}
