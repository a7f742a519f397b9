using Dapper;
using Npgsql;
using Tieout.Domain;
using Tieout.Domain.Ledger;

namespace Tieout.Application.Revenue;

/// <summary>
/// Deferred revenue in the currency of the books beside what schedules still have to release at their documents' rates, of what is invoiced in a
/// foreign currency. Amounts are computed line by line as they come; nothing is kept but sums.
/// </summary>
internal static class DeferredInBooks
{
    private const string ForeignBatches =
        """
        select b.id, b.legal_entity_id, b.currency, b.month from revenue.batch b join customers.legal_entity e on e.id = b.legal_entity_id
        where e.currency <> b.currency and b.month is not null and (@entity::uuid is null or e.id = @entity)
        """;

    // A batch of which everything is released by then comes to nothing.
    private const string Lines =
        $"""
        with mine as ({ForeignBatches}),
        open as (
          select mine.* from mine
          where mine.month > @month or exists (
            select from revenue.batch_month m
            left join revenue.release r on r.batch = m.batch and r.month = m.month
            left join revenue.booking k on k.id = r.booking
            where m.batch = mine.id and coalesce(k.month > @month, true))),
        gone as (
          select l.batch, l.no, sum(l.amount) as amount
          from open
          join revenue.release r on r.batch = open.id
          join revenue.booking k on k.id = r.booking and k.month <= @month
          join revenue.schedule_line l on l.batch = r.batch and l.month = r.month
          group by l.batch, l.no)
        select open.legal_entity_id, open.currency, open.month <= @month as stands, coalesce(gone.amount, 0) as released, {DocumentLines.Columns}
        from open
        join revenue.schedule s on s.batch = open.id and s.invoice_id is not null and s.contract_id is null
        left join gone on gone.batch = s.batch and gone.no = s.no
        {DocumentLines.Joins}
        where open.month <= @month or gone.amount is not null
        """;

    private const string Covered =
        $"""
        with mine as ({ForeignBatches})
        select mine.legal_entity_id, mine.currency, true as stands, 0::numeric as released, {DocumentLines.Columns}
        from mine
        join revenue.schedule s on s.batch = mine.id and s.invoice_id is not null and s.contract_id is not null
        {DocumentLines.Joins}
        where mine.month <= @month
        """;

    // What contracts released, what is not spread yet, and what the ledger has.
    private const string Sums =
        """
        select c.legal_entity_id, c.currency, -sum(k.functional) as wanted, 0::numeric as unbilled, 0::numeric as by_hand, 0::numeric as ledger
        from revenue.contract_carried k
        join revenue.contract c on c.id = k.contract_id
        left join revenue.booking b on b.id = k.booking
        left join revenue.exchange x on x.id = k.booking
        where coalesce(b.month, x.month) <= @month and (@entity::uuid is null or c.legal_entity_id = @entity)
        group by c.legal_entity_id, c.currency
        union all
        select i.legal_entity_id, i.currency, -sum(l.functional), 0, 0, 0
        from revenue.arrival a
        cross join lateral unnest(a.documents) as document (id)
        join invoicing.invoice i on i.id = document.id and i.month <= @month
        join ledger.journal_entry entry on entry.source_id = i.id and entry.source_kind = i.kind and entry.billing_account_id = i.billing_account_id
        join ledger.journal_line l on l.entry_id = entry.id and l.account = 'deferred-revenue' and l.functional is not null
        where @entity::uuid is null or a.legal_entity_id = @entity
        group by i.legal_entity_id, i.currency
        union all
        select p.legal_entity_id, l.currency, 0, coalesce(-sum(l.functional) filter (where u.id is not null), 0),
               coalesce(-sum(l.functional) filter (where u.id is null), 0), 0
        from posting.posting p
        join ledger.journal_line l on l.entry_id = p.document_id and l.account = 'deferred-revenue' and l.functional is not null
        left join revenue.unbilled u on u.entry_id = p.document_id
        where p.document_kind not in ('invoice', 'credit-memo') and p.month <= @month and (@entity::uuid is null or p.legal_entity_id = @entity)
          and not exists (select from revenue.booking_entry b where b.entry_id = p.document_id)
          and not exists (select from revenue.exchange x where x.entry_id = p.document_id)
        group by p.legal_entity_id, l.currency
        union all
        select t.legal_entity_id, t.currency, 0, 0, 0, sum(t.functional_credit - t.functional_debit)
        from ledger.turnover t join customers.legal_entity e on e.id = t.legal_entity_id and e.currency <> t.currency
        where t.account = 'deferred-revenue' and t.month <= @month and (@entity::uuid is null or t.legal_entity_id = @entity)
        group by t.legal_entity_id, t.currency
        """;

    /// <summary>By legal entity and currency, those that have or had any.</summary>
    /// <param name="entity">Of one legal entity; null for all.</param>
    public static async Task<IReadOnlyList<BooksBalance>> Run(NpgsqlConnection connection, Guid? entity, AccountingMonth month, CancellationToken cancel)
    {
        var entities = (await connection.QueryAsync<EntityRow>(new CommandDefinition(
            "select id, code, currency, closed_through from customers.legal_entity", cancellationToken: cancel))).ToDictionary(row => row.Id);
        var asked = new { entity, month = month.FirstDay };
        Dictionary<(Guid Entity, string Currency), SumRow> sums = [];
        foreach (var row in await connection.QueryAsync<SumRow>(new CommandDefinition(Sums, asked, commandTimeout: 0, cancellationToken: cancel))) Add(row);
        foreach (var sql in new[] { Lines, Covered })
            await foreach (var row in connection.QueryUnbufferedAsync<LineRow>(sql, asked, commandTimeout: 0).WithCancellation(cancel))
                Add(new SumRow(row.LegalEntityId, row.Currency, row.Left(Currency.Of(entities[row.LegalEntityId].Currency)), 0m, 0m, 0m));
        return
        [
            .. from sum in sums.Values
               let own = entities[sum.LegalEntityId]
               orderby own.Code, sum.Currency
               where own.Currency != sum.Currency
               select sum.Told(own.Code, Currency.Of(own.Currency), month.FirstDay <= own.ClosedThrough),
        ];

        void Add(SumRow row)
        {
            var key = (row.LegalEntityId, row.Currency);
            sums[key] = sums.TryGetValue(key, out var sum)
                ? sum with
                {
                    Wanted = sum.Wanted + row.Wanted,
                    Unbilled = sum.Unbilled + row.Unbilled,
                    ByHand = sum.ByHand + row.ByHand,
                    Ledger = sum.Ledger + row.Ledger,
                }
                : row;
        }
    }

    private sealed record EntityRow(Guid Id, string Code, string Currency, DateOnly? ClosedThrough);

    private sealed record SumRow(Guid LegalEntityId, string Currency, decimal Wanted, decimal Unbilled, decimal ByHand, decimal Ledger)
    {
        public BooksBalance Told(string entity, Currency books, bool closed) => new(
            entity, LedgerAccount.DeferredRevenue, Currency, new Money(Wanted, books), new Money(Unbilled, books), new Money(ByHand, books),
            new Money(Ledger, books), closed);
    }

    private sealed record LineRow(
        Guid LegalEntityId, string Currency, bool Stands, decimal Released, decimal Line, decimal Before, decimal Whole, decimal Functional, decimal? Rate)
    {
        // What is released before its document is of the books lies below zero until then.
        public decimal Left(Currency books)
        {
            var carried = DocumentLines.Carried(Line, Before, Whole, Functional, Rate, books);
            return (Stands ? carried.Functional : 0m) - carried.UpTo(Released, books);
        }
    }
}
