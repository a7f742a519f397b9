using Dapper;
using Npgsql;
using Tieout.Domain;
using Tieout.Domain.Ledger;

namespace Tieout.Application.Reconciliation;

/// <summary>Our side of one legal entity, currency and target. Credit memos count as documents, with their sign; so do
/// journal entries that are no invoices, with what they do to what customers owe, and no net and tax.</summary>
/// <param name="Target">The ERP it was posted into; empty when no document of the legal entity and currency has a target yet.</param>
/// <param name="Series">Begins the numbers of its invoices.</param>
/// <param name="CreditSeries">Begins the numbers of its credit memos.</param>
/// <param name="EntrySeries">Begins the numbers of its other journal entries.</param>
/// <param name="Currencies">All currencies the legal entity booked in that month in that target, in order, with commas.</param>
/// <param name="Unproven">Documents not posted: staged, ready, sending, in doubt or parked. Cancelled ones count as nowhere.</param>
/// <param name="Home">The one target among those of the legal entity and currency under which what has none yet is counted.</param>
/// <param name="Books">The currency of the legal entity's books.</param>
internal sealed record OurBook(
    Guid LegalEntityId, string LegalEntity, string Series, string CreditSeries, string EntrySeries, string Currency, string Target,
    long Documents, decimal Net, decimal Tax, decimal Total, long Unproven, string Currencies, string Home, string Books)
{
    /// <summary>What its business keys begin with.</summary>
    public IReadOnlyList<string> KeyStarts => [Series + "-", CreditSeries + "-", EntrySeries + "-"];
}

internal static class OurBooks
{
    /// <summary>
    /// One book per legal entity, currency and target that booked in the month: routes may split a month over several ERPs.
    /// A document counts whatever its posting's state;
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
              where posting.month = @month and posting.document_kind not in ('invoice', 'credit-memo')),
            placed as (
              select document.*, coalesce(max(target) over (partition by legal_entity_id, currency), '') as home from document),
            housed as (select placed.*, coalesce(target, home) as house from placed)
            select entity.id as legal_entity_id, entity.code as legal_entity, entity.series, entity.credit_series, entity.entry_series, document.currency,
                   document.house as target,
                   count(*) as documents, sum(document.net) as net, sum(document.tax) as tax, sum(document.total) as total,
                   count(*) filter (where document.state is distinct from 'posted' and document.state is distinct from 'cancelled') as unproven,
                   string_agg(document.currency, ',') over (
                     partition by entity.id, document.house order by document.currency rows between unbounded preceding and unbounded following) as currencies,
                   max(document.home) as home, entity.currency as books
            from housed document
            join customers.legal_entity entity on entity.id = document.legal_entity_id
            group by entity.id, document.currency, document.house
            order by entity.code, document.currency, document.house
            """, new { month = month.FirstDay, owedOn = LedgerAccount.OfCustomers.ToArray() }, commandTimeout: 600)).AsList();
    }
}
