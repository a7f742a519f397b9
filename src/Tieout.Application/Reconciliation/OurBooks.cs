using Dapper;
using Npgsql;
using Tieout.Domain;
using Tieout.Domain.Ledger;

namespace Tieout.Application.Reconciliation;

/// <summary>Our side of one legal entity, currency and target. Credit memos count as documents, with their sign; so do
/// journal entries that are no invoices, with what they do to what customers owe, and no net and tax.</summary>
/// <param name="Target">Empty when no document of it has a target yet.</param>
/// <param name="Series">Begins the numbers of its invoices.</param>
/// <param name="CreditSeries">Begins the numbers of its credit memos.</param>
/// <param name="EntrySeries">Begins the numbers of its other journal entries.</param>
/// <param name="Currencies">All currencies the legal entity booked in that month, in order, with commas.</param>
/// <param name="Unproven">Documents not posted: staged, ready, sending, in doubt or parked. Cancelled ones count as nowhere.</param>
internal sealed record OurBook(
    Guid LegalEntityId, string LegalEntity, string Series, string CreditSeries, string EntrySeries, string Currency, string Target,
    long Documents, decimal Net, decimal Tax, decimal Total, long Unproven, string Currencies)
{
    /// <summary>What its business keys begin with.</summary>
    public IReadOnlyList<string> KeyStarts => [Series + "-", CreditSeries + "-", EntrySeries + "-"];
}

internal static class OurBooks
{
    /// <summary>
    /// One book per legal entity and currency that booked in the month. A document counts whatever its posting's state;
    /// those that are not posted are counted as unproven.
    /// </summary>
    public static async Task<IReadOnlyList<OurBook>> Load(NpgsqlDataSource database, AccountingMonth month, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return (await connection.QueryAsync<OurBook>(
            """
            with document as (
              select invoice.legal_entity_id, invoice.currency, invoice.net, invoice.tax, invoice.total, posting.target, posting.state
              from invoicing.invoice
              left join posting.posting on posting.document_id = invoice.id
              where invoice.month = @month
              union all
              select posting.legal_entity_id, posting.currency, 0, 0, owed.total, posting.target, posting.state
              from posting.posting
              cross join lateral (
                select coalesce(sum(line.amount), 0) as total
                from ledger.journal_line line where line.entry_id = posting.document_id and line.account = any(@owedOn)) owed
              where posting.month = @month and posting.document_kind not in ('invoice', 'credit-memo'))
            select entity.id as legal_entity_id, entity.code as legal_entity, entity.series, entity.credit_series, entity.entry_series, document.currency,
                   coalesce(max(document.target), '') as target,
                   count(*) as documents, sum(document.net) as net, sum(document.tax) as tax, sum(document.total) as total,
                   count(*) filter (where document.state is distinct from 'posted' and document.state is distinct from 'cancelled') as unproven,
                   string_agg(document.currency, ',') over (
                     partition by entity.id order by document.currency rows between unbounded preceding and unbounded following) as currencies
            from document
            join customers.legal_entity entity on entity.id = document.legal_entity_id
            group by entity.id, entity.code, entity.series, entity.credit_series, entity.entry_series, document.currency
            order by entity.code, document.currency
            """, new { month = month.FirstDay, owedOn = LedgerAccount.OfCustomers.ToArray() }, commandTimeout: 600)).AsList();
    }
}
