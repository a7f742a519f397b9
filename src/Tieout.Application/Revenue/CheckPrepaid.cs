using Dapper;
using Npgsql;
using Tieout.Domain;
using Tieout.Domain.Revenue;

namespace Tieout.Application.Revenue;

/// <summary>Prepaid credit of the ledger beside what was paid for what is left of every grant that was sold.</summary>
internal static class CheckPrepaid
{
    private const string Ledger =
        """
        with side as (
          select legal_entity_id, currency, credit - debit as ledger, 0::numeric as by_hand
          from ledger.turnover where account = 'prepaid-credit' and month <= @end
          union all
          select p.legal_entity_id, l.currency, 0, -l.amount
          from posting.posting p
          join ledger.journal_line l on l.entry_id = p.document_id and l.account = 'prepaid-credit'
          where p.document_kind not in ('invoice', 'credit-memo') and p.month <= @end
            and not exists (select from revenue.prepaid_entry e where e.entry_id = p.document_id))
        select e.code as legal_entity, side.currency, sum(ledger) as ledger, sum(by_hand) as by_hand
        from side join customers.legal_entity e on e.id = side.legal_entity_id
        where @entity::uuid is null or e.id = @entity
        group by e.code, side.currency
        """;

    /// <summary>By legal entity and currency, those that have or had any; of grants a page at a time.</summary>
    /// <param name="entity">Of one legal entity; null for all.</param>
    public static async Task<IReadOnlyList<CreditBalance>> Run(
        NpgsqlConnection connection, Guid? entity, AccountingMonth month, DateOnly today, CancellationToken cancel)
    {
        Dictionary<(string LegalEntity, string Currency), decimal> wanted = [];
        await foreach (var page in new PrepaidBooks(connection, today).Pages(entity, cancel))
            foreach (var sold in page)
            {
                var key = (sold.LegalEntity, sold.Grant.Currency.Code);
                wanted[key] = wanted.GetValueOrDefault(key) + PrepaidPlan.Left(sold.Grant, month);
            }
        var held = (await connection.QueryAsync<Row>(new CommandDefinition(
            Ledger, new { entity, end = month.FirstDay }, commandTimeout: 0, cancellationToken: cancel))).ToDictionary(row => (row.LegalEntity, row.Currency));
        if (wanted.Count + held.Count == 0) return [];
        var closed = (await connection.QueryAsync<EntityRow>(new CommandDefinition(
            "select code, closed_through from customers.legal_entity", cancellationToken: cancel)))
            .ToDictionary(row => row.Code, row => row.ClosedThrough, StringComparer.Ordinal);
        return
        [
            .. from key in wanted.Keys.Union(held.Keys).OrderBy(key => key.LegalEntity, StringComparer.Ordinal).ThenBy(key => key.Currency, StringComparer.Ordinal)
               let currency = Currency.Of(key.Currency)
               let row = held.GetValueOrDefault(key)
               select new CreditBalance(
                   key.LegalEntity, new Money(wanted.GetValueOrDefault(key), currency), new Money(row?.ByHand ?? 0m, currency),
                   new Money(row?.Ledger ?? 0m, currency), month.FirstDay <= closed[key.LegalEntity]),
        ];
    }

    private sealed record EntityRow(string Code, DateOnly? ClosedThrough);

    private sealed record Row(string LegalEntity, string Currency, decimal Ledger, decimal ByHand);
}
