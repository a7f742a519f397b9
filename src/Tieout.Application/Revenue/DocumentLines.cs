using System.Globalization;
using Tieout.Domain;
using Tieout.Domain.Ledger;
using Tieout.Domain.Revenue;

namespace Tieout.Application.Revenue;

/// <summary>
/// SQL that finds what a deferred line of a document stands at in the books, for queries with a schedule <c>s</c> of one; and its reading. The
/// amounts are computed by <see cref="DocumentInBooks"/>.
/// </summary>
internal static class DocumentLines
{
    /// <summary>Joins the document <c>i</c>, the line, what stands before it in the document and what the ledger has of the document.</summary>
    public const string Joins =
        """
        join invoicing.invoice i on i.id = s.invoice_id and i.billing_account_id = s.billing_account_id
        join invoicing.invoice_line line on line.billing_account_id = s.billing_account_id and line.month = i.month and line.invoice_id = s.invoice_id
          and line.line_no = s.line_no
        left join lateral (
          select coalesce(sum(o.amount), 0) as amount from invoicing.invoice_line o
          where o.billing_account_id = line.billing_account_id and o.month = line.month and o.invoice_id = line.invoice_id and o.recognition = 'deferred'
            and o.line_no < line.line_no) before on true
        left join lateral (
          select coalesce(-sum(j.amount), 0) as amount, coalesce(-sum(j.functional), 0) as functional
          from ledger.journal_entry e join ledger.journal_line j on j.entry_id = e.id and j.account = 'deferred-revenue'
          where e.source_id = i.id and e.source_kind = i.kind and e.billing_account_id = i.billing_account_id) whole on true
        """;

    /// <summary>Of <see cref="Joins"/>.</summary>
    public const string Columns = "s.amount as line, before.amount as before, whole.amount as whole, whole.functional, i.exchange_rate as rate";

    /// <summary>Earlier revisions of the same charge, of a line that corrects one: as one text, for few of many lines have any.</summary>
    public const string Earlier =
        """
        left join lateral (
          select string_agg(concat_ws(' ', b.amount, ahead.amount, of_it.amount, of_it.functional, coalesce(bi.exchange_rate, 0)), ';' order by b.revision) as lines
          from invoicing.invoice_line b
          join invoicing.invoice bi on bi.id = b.invoice_id and bi.billing_account_id = b.billing_account_id
          cross join lateral (
            select coalesce(sum(o.amount), 0) as amount from invoicing.invoice_line o
            where o.billing_account_id = b.billing_account_id and o.month = b.month and o.invoice_id = b.invoice_id and o.recognition = 'deferred'
              and o.line_no < b.line_no) ahead
          cross join lateral (
            select coalesce(-sum(j.amount), 0) as amount, coalesce(-sum(j.functional), 0) as functional
            from ledger.journal_entry e join ledger.journal_line j on j.entry_id = e.id and j.account = 'deferred-revenue'
            where e.source_id = bi.id and e.source_kind = bi.kind and e.billing_account_id = bi.billing_account_id) of_it
          where line.revision > 1 and b.billing_account_id = line.billing_account_id and b.subscription_id = line.subscription_id
            and b.component = line.component and b.part_start = line.part_start and b.detail = line.detail and b.revision < line.revision
            and b.recognition = 'deferred') earlier on true
        """;

    /// <summary>What the line's own document has it at.</summary>
    public static CarriedLine Carried(decimal line, decimal before, decimal whole, decimal functional, decimal? rate, Currency books) =>
        new DocumentInBooks(new Carried(whole, functional), rate).Line(before, line, books);

    /// <summary>At what it is earned.</summary>
    /// <param name="earlier">Of <see cref="Earlier"/>; null where the charge begins with it.</param>
    public static CarriedLine Earned(CarriedLine carried, string? earlier, Currency books)
    {
        if (earlier is null) return carried;
        var charge = new ChargeInBooks(books);
        foreach (var revision in earlier.Split(';'))
        {
            var figures = Array.ConvertAll(revision.Split(' '), figure => decimal.Parse(figure, NumberStyles.Number, CultureInfo.InvariantCulture));
            charge.Add(Carried(figures[0], figures[1], figures[2], figures[3], figures[4] == 0m ? null : figures[4], books));
        }
        return charge.Add(carried);
    }
}
