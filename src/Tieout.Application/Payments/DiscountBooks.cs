using Dapper;
using Npgsql;
using Tieout.Domain.Cash;

namespace Tieout.Application.Payments;

/// <summary>Loads the discounts that invoices were issued with, for those of whom one is asked.</summary>
internal static class DiscountBooks
{
    /// <summary>The invoices with their discounts; without one where none was agreed. The accounts are locked.</summary>
    /// <param name="wanted">Numbers of those with which a discount is named; of all others nothing is loaded.</param>
    public static async Task<IReadOnlyList<SettledInvoice>> With(
        NpgsqlConnection connection, IReadOnlyList<SettledInvoice> invoices, IEnumerable<string> wanted, CancellationToken cancel)
    {
        var named = wanted.ToHashSet(StringComparer.Ordinal);
        Guid[] ids = [.. invoices.Where(one => one.IsInvoice && named.Contains(one.Number)).Select(one => one.Id).Distinct()];
        if (ids.Length == 0) return invoices;
        await using var results = await connection.QueryMultipleAsync(new CommandDefinition(
            """
            select i.id, i.discount_percent as percent, i.discount_until + coalesce(r.grace_days, 0) as until, o.total + o.corrected as standing,
                   coalesce((select sum(s.amount) from cash.share s where s.invoice_id = i.id and s.pool in ('discount', 'discount-tax')), 0) as taken
            from invoicing.invoice i
            join invoicing.open_amount o on o.id = i.id
            left join lateral (
              select grace_days from cash.payment_rules where legal_entity_id = i.legal_entity_id order by version desc limit 1) r on true
            where i.id = any(@ids) and i.discount_percent is not null;

            -- What it bills itself, and what credit memos took off it.
            select invoice, code, rate, sum(base) as net, sum(tax) as tax
            from (
              select t.invoice_id as invoice, t.code, t.rate, t.base, t.tax from invoicing.invoice_tax t where t.invoice_id = any(@ids)
              union all
              select t.about_invoice_id, t.code, t.rate, t.base, t.tax
              from invoicing.invoice_tax t join invoicing.invoice m on m.id = t.invoice_id and m.kind = 'credit-memo'
              where t.about_invoice_id = any(@ids)) part
            group by invoice, code, rate order by invoice, code, rate;
            """, new { ids }, cancellationToken: cancel));
        var terms = (await results.ReadAsync<TermsRow>()).ToDictionary(row => row.Id);
        var parts = (await results.ReadAsync<PartRow>()).ToLookup(row => row.Invoice, row => new TaxedPart(row.Code, row.Rate, row.Net, row.Tax));
        return [.. invoices.Select(one => terms.TryGetValue(one.Id, out var row)
            ? one with { Discount = new InvoiceDiscount(row.Percent, row.Until, row.Standing, row.Taken, [.. parts[one.Id]]) }
            : one)];
    }

    private sealed record TermsRow(Guid Id, decimal Percent, DateOnly Until, decimal Standing, decimal Taken);

    private sealed record PartRow(Guid Invoice, string Code, decimal Rate, decimal Net, decimal Tax);
}
