using Dapper;
using Npgsql;
using Tieout.Application.Database;
using Tieout.Domain;
using Tieout.Domain.Invoicing;

namespace Tieout.Application.Invoicing;

/// <summary>Reads what stands of the tax of invoices that are about to be corrected.</summary>
internal static class StandingTaxes
{
    /// <summary>By corrected invoice; empty when none is.</summary>
    public static async Task<IReadOnlyList<StandingTax>> Load(NpgsqlConnection connection, IEnumerable<LineToBook> lines, CancellationToken cancel)
    {
        var ids = lines.Where(line => line.Origin is not null).Select(line => line.Origin!.Invoice.Value).Distinct().ToArray();
        if (ids.Length == 0) return [];
        var rows = await connection.QueryAsync<(Guid About, string Code, decimal Rate, decimal Base, decimal Tax)>(new CommandDefinition(
            """
            select about_invoice_id, code, rate, sum(base), sum(tax)
            from (
              select about_invoice_id, code, rate, base, tax from invoicing.invoice_tax where invoice_id = any(@ids) and about_invoice_id = invoice_id
              union all
              select about_invoice_id, code, rate, base, tax from invoicing.invoice_tax
              where about_invoice_id = any(@ids) and about_invoice_id <> invoice_id) both_ways
            group by about_invoice_id, code, rate
            """, new { ids }, cancellationToken: cancel));
        return [.. rows.Select(row => new StandingTax(new InvoiceId(row.About), row.Code, Canonical.Of(row.Rate), row.Base, row.Tax))];
    }
}
