using Dapper;
using Npgsql;
using Tieout.Domain;
using Tieout.Domain.Ledger;
using Tieout.Domain.Revenue;

namespace Tieout.Application.Revenue;

/// <summary>Prepaid credit of the ledger beside what was paid for what is left of every grant that was sold.</summary>
internal static class CheckPrepaid
{
    private const string Ledger =
        """
        with side as (
          select legal_entity_id, currency, credit - debit as ledger, 0::numeric as by_hand, functional_credit - functional_debit as ledger_in_books,
                 0::numeric as by_hand_in_books
          from ledger.turnover where account = 'prepaid-credit' and month <= @end
          union all
          select p.legal_entity_id, l.currency, 0, -l.amount, 0, coalesce(-l.functional, 0)
          from posting.posting p
          join ledger.journal_line l on l.entry_id = p.document_id and l.account = 'prepaid-credit'
          where p.document_kind not in ('invoice', 'credit-memo') and p.month <= @end
            and not exists (select from revenue.prepaid_entry e where e.entry_id = p.document_id)
            and not exists (select from revenue.prepaid_exchange x where x.entry_id = p.document_id))
        select e.code as legal_entity, side.currency, sum(ledger) as ledger, sum(by_hand) as by_hand,
               sum(ledger_in_books) as ledger_in_books, sum(by_hand_in_books) as by_hand_in_books
        from side join customers.legal_entity e on e.id = side.legal_entity_id
        where @entity::uuid is null or e.id = @entity
        group by e.code, side.currency
        """;

    /// <summary>
    /// By legal entity and currency, those that have or had any; of grants a page at a time. And those of a foreign currency in that of the books.
    /// </summary>
    /// <param name="entity">Of one legal entity; null for all.</param>
    public static async Task<(IReadOnlyList<CreditBalance> Balances, IReadOnlyList<BooksBalance> InBooks)> Run(
        NpgsqlConnection connection, Guid? entity, AccountingMonth month, DateOnly today, CancellationToken cancel)
    {
        Dictionary<(string LegalEntity, string Currency), Carried> wanted = [];
        await foreach (var page in new PrepaidBooks(connection, today).Pages(entity, cancel))
            foreach (var sold in page)
            {
                var key = (sold.LegalEntity, sold.Grant.Currency.Code);
                wanted[key] = wanted.GetValueOrDefault(key)
                    + new Carried(PrepaidPlan.Left(sold.Grant, month), PrepaidPlan.LeftInBooks(sold.Grant, month, sold.Books));
            }
        var held = (await connection.QueryAsync<Row>(new CommandDefinition(
            Ledger, new { entity, end = month.FirstDay }, commandTimeout: 0, cancellationToken: cancel))).ToDictionary(row => (row.LegalEntity, row.Currency));
        if (wanted.Count + held.Count == 0) return ([], []);
        var entities = (await connection.QueryAsync<EntityRow>(new CommandDefinition(
            "select code, currency, closed_through from customers.legal_entity", cancellationToken: cancel)))
            .ToDictionary(row => row.Code, StringComparer.Ordinal);
        var keys = wanted.Keys.Union(held.Keys).OrderBy(key => key.LegalEntity, StringComparer.Ordinal).ThenBy(key => key.Currency, StringComparer.Ordinal)
            .Select(key => (Key: key, Row: held.GetValueOrDefault(key), Wanted: wanted.GetValueOrDefault(key), Entity: entities[key.LegalEntity])).ToList();
        return (
            keys.ConvertAll(one => new CreditBalance(
                one.Key.LegalEntity, Of(one.Wanted.Amount, one.Key.Currency), Of(one.Row?.ByHand ?? 0m, one.Key.Currency),
                Of(one.Row?.Ledger ?? 0m, one.Key.Currency), month.FirstDay <= one.Entity.ClosedThrough)),
            [
                .. keys.Where(one => one.Entity.Currency != one.Key.Currency).Select(one => new BooksBalance(
                    one.Key.LegalEntity, LedgerAccount.PrepaidCredit, one.Key.Currency, Of(one.Wanted.Functional, one.Entity.Currency),
                    Of(0m, one.Entity.Currency), Of(one.Row?.ByHandInBooks ?? 0m, one.Entity.Currency), Of(one.Row?.LedgerInBooks ?? 0m, one.Entity.Currency),
                    month.FirstDay <= one.Entity.ClosedThrough)),
            ]);
    }

    private static Money Of(decimal amount, string currency) => new(amount, Currency.Of(currency));

    private sealed record EntityRow(string Code, string Currency, DateOnly? ClosedThrough);

    private sealed record Row(
        string LegalEntity, string Currency, decimal Ledger, decimal ByHand, decimal LedgerInBooks, decimal ByHandInBooks);
}
