using Npgsql;
using Tieout.Application.Database;

namespace Tieout.Application.Views;

/// <summary>Lists what was booked on an invoice after it was drawn.</summary>
internal static class ReadSettlements
{
    // The same parts as invoicing.open_amount adds up, one by one; and charge-backs, which leave the invoice settled until they are decided.
    private const string Sql =
        """
        with memo as (
          select distinct t.invoice_id as id from invoicing.invoice_tax t join invoicing.invoice m on m.id = t.invoice_id and m.kind = 'credit-memo'
          where t.about_invoice_id = @invoice and t.invoice_id <> @invoice
          union
          select l.invoice_id from invoicing.invoice i
          join invoicing.invoice_line l on l.billing_account_id = i.billing_account_id and l.origin_invoice_id = i.id and l.invoice_id <> i.id
          join invoicing.invoice m on m.id = l.invoice_id and m.kind = 'credit-memo'
          where i.id = @invoice),
        entry as (
          select l.entry_id as id, -sum(l.amount) as amount from ledger.journal_line l
          where l.settles = any(array(select @invoice union select id from memo)) and l.account = 'receivable' group by l.entry_id
          union all
          select m.entry_id, 0 from cash.movement m
          where m.id in (select s.movement_id from cash.share s where s.invoice_id = @invoice)
            and not exists (select from ledger.journal_line l where l.entry_id = m.entry_id and l.settles is not null)),
        booked as (
          select e.id, case when e.source_kind in ('reversal', 'write-off') then e.source_kind else coalesce(m.kind, e.source_kind) end as kind,
                 e.entry_date as date, entry.amount, coalesce(paid.business_key, '') as payment, coalesce(back.business_key, '') as reverses, e.created_at
          from entry
          join ledger.journal_entry e on e.id = entry.id
          left join cash.movement m on m.entry_id = e.id
          left join cash.movement receipt on receipt.id = m.payment_id
          left join posting.posting paid on paid.document_id = receipt.entry_id
          left join posting.posting back on back.document_id = e.reverses
          union all
          select m.id, 'credit-memo', m.issue_date,
                 -coalesce((
                   select sum(l.amount) from invoicing.invoice_line l
                   where l.billing_account_id = m.billing_account_id and l.invoice_id = m.id and l.origin_invoice_id = @invoice and l.revision > 1), 0)
                 - coalesce((select sum(t.tax) from invoicing.invoice_tax t where t.invoice_id = m.id and t.about_invoice_id = @invoice), 0),
                 '', '', m.created_at
          from memo join invoicing.invoice m on m.id = memo.id)
        select p.business_key as number, booked.kind, booked.date, booked.amount,
               coalesce((
                 select sum(s.amount) from cash.movement m join cash.share s on s.movement_id = m.id
                 where m.entry_id = booked.id and s.invoice_id = @invoice and s.pool in ('discount', 'discount-tax')), 0) as discount,
               booked.payment, booked.reverses, p.state, coalesce(p.target, '') as target,
               coalesce(p.erp_number, '') as erp_number
        from booked join posting.posting p on p.document_id = booked.id
        order by booked.date, booked.created_at, p.id
        """;

    /// <summary>The oldest first.</summary>
    /// <param name="invoice">Its id.</param>
    public static async Task<IReadOnlyList<InvoiceSettlement>> Of(NpgsqlDataSource database, Guid invoice, string currency, CancellationToken cancel) =>
        [.. (await database.Rows<Row>(Sql, new { invoice }, cancel)).Select(row => new InvoiceSettlement(
            row.Number, row.Kind, row.Date, Cash.Of(row.Amount, currency), row.Payment, row.Reverses, row.State, row.Target, row.ErpNumber)
        { Discount = row.Discount == 0 ? null : Cash.Of(row.Discount, currency) })];

    private sealed record Row(
        string Number, string Kind, DateOnly Date, decimal Amount, decimal Discount, string Payment, string Reverses, string State, string Target, string ErpNumber);
}
