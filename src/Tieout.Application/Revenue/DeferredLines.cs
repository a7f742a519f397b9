using Dapper;
using Npgsql;
using Tieout.Domain;
using Tieout.Domain.Revenue;

namespace Tieout.Application.Revenue;

/// <summary>A deferred line of a document, with what of its charge stood before it and what stands after it.</summary>
/// <param name="Month">Of the books.</param>
/// <param name="Credit">Whether the document is a credit memo.</param>
/// <param name="PartStart">The first day of the charge.</param>
/// <param name="Shown">The days that the charge covers after it; the line's own where nothing is left.</param>
/// <param name="Began">How the charge is spread already; null where it is not.</param>
/// <param name="Contract">The given contract that covers it; null for none.</param>
internal sealed record DeferredLine(
    Guid LegalEntityId, string Currency, AccountingMonth Month, Guid BillingAccount, Guid Invoice, int LineNo, bool Credit, decimal Amount, DateOnly PartStart,
    ServicePeriod Shown, Service? Before, Service? After, SpreadPolicy? Began, Guid? Contract);

/// <summary>Loads deferred lines of documents.</summary>
internal static class DeferredLines
{
    /// <summary>
    /// All of the documents of these arrivals. Each revision of a charge is compared with the last one before it that deferred something; both are lines that
    /// never change, so that the order in which revisions are looked at changes nothing.
    /// </summary>
    public static async Task<List<DeferredLine>> Load(NpgsqlConnection connection, long[] arrivals, CancellationToken cancel)
    {
        var rows = await connection.QueryAsync<Row>(new CommandDefinition(
            """
            select i.legal_entity_id, i.currency, i.month, i.billing_account_id, i.id as invoice_id, l.line_no, i.kind = 'credit-memo' as credit, l.amount,
                   l.part_start, l.period_start, l.period_end, l.covered_until,
                   coalesce(earlier.amount, 0) as earlier_amount, last.period_start as earlier_start, last.period_end as earlier_end,
                   last.covered_until as earlier_until, last.spread, last.rounding, covered.contract_id
            from revenue.arrival
            cross join lateral unnest(arrival.documents) as document (id)
            join invoicing.invoice i on i.id = document.id
            join invoicing.invoice_line l on l.billing_account_id = i.billing_account_id and l.month = i.month and l.invoice_id = i.id
            left join revenue.contract_subscription covered on covered.subscription_id = l.subscription_id
            left join lateral (
              select sum(b.amount) as amount
              from invoicing.invoice_line b
              where l.revision > 1 and b.billing_account_id = l.billing_account_id and b.subscription_id = l.subscription_id and b.component = l.component
                and b.part_start = l.part_start and b.detail = l.detail and b.revision < l.revision and b.recognition = 'deferred') earlier on true
            left join lateral (
              select b.period_start, b.period_end, b.covered_until, s.spread, s.rounding
              from invoicing.invoice_line b
              left join revenue.schedule s on s.invoice_id = b.invoice_id and s.line_no = b.line_no
              where l.revision > 1 and b.billing_account_id = l.billing_account_id and b.subscription_id = l.subscription_id and b.component = l.component
                and b.part_start = l.part_start and b.detail = l.detail and b.revision < l.revision and b.recognition = 'deferred'
              order by b.revision desc limit 1) last on true
            where arrival.id = any(@arrivals) and l.recognition = 'deferred'
            """, new { arrivals }, commandTimeout: 600, cancellationToken: cancel));
        return [.. rows.Select(Read)];
    }

    private static DeferredLine Read(Row row)
    {
        var currency = Currency.Of(row.Currency);
        var days = Days(row.PartStart, row.PeriodStart, row.PeriodEnd, row.CoveredUntil);
        var (stood, stands) = (row.EarlierAmount, row.EarlierAmount + row.Amount);
        return new DeferredLine(
            row.LegalEntityId, row.Currency, AccountingMonth.Of(row.Month), row.BillingAccountId, row.InvoiceId, row.LineNo, row.Credit, row.Amount, row.PartStart,
            days,
            stood == 0m ? null
                : new Service(new Money(stood, currency), Days(row.PartStart, row.EarlierStart!.Value, row.EarlierEnd!.Value, row.EarlierUntil!.Value)),
            stands == 0m ? null : new Service(new Money(stands, currency), days),
            row.Spread is null ? null : new SpreadPolicy(Words.Parse<Spread>(row.Spread), Words.Parse<ScheduleRounding>(row.Rounding!)),
            row.ContractId);
    }

    // What stands covers its days until it was cut; where nothing stands, the line speaks of its own days.
    private static ServicePeriod Days(DateOnly part, DateOnly start, DateOnly end, DateOnly until) =>
        new(start, until > part && until > start ? until : end);

    private sealed record Row(
        Guid LegalEntityId, string Currency, DateOnly Month, Guid BillingAccountId, Guid InvoiceId, int LineNo, bool Credit, decimal Amount,
        DateOnly PartStart, DateOnly PeriodStart, DateOnly PeriodEnd, DateOnly CoveredUntil, decimal EarlierAmount, DateOnly? EarlierStart,
        DateOnly? EarlierEnd, DateOnly? EarlierUntil, string? Spread, string? Rounding, Guid? ContractId);
}
