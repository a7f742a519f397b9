using Dapper;
using Npgsql;
using Tieout.Domain;

namespace Tieout.Application.Reconciliation;

/// <summary>Our side of one legal entity, currency and target. Credit memos count as documents, with their sign.</summary>
/// <param name="Target">Empty when no document of it has a target yet.</param>
/// <param name="Series">Begins the numbers of its invoices.</param>
/// <param name="CreditSeries">Begins the numbers of its credit memos.</param>
/// <param name="Currencies">All currencies the legal entity invoiced in that month, in order, with commas.</param>
/// <param name="Unproven">Documents not posted: staged, ready, sending, in doubt or parked. Cancelled ones count as nowhere.</param>
internal sealed record OurBook(
    Guid LegalEntityId, string LegalEntity, string Series, string CreditSeries, string Currency, string Target,
    long Documents, decimal Net, decimal Tax, decimal Total, long Unproven, string Currencies)
{
    /// <summary>What its business keys begin with.</summary>
    public IReadOnlyList<string> KeyStarts => [Series + "-", CreditSeries + "-"];
}

internal static class OurBooks
{
    /// <summary>
    /// One book per legal entity and currency that invoiced in the month. A document counts whatever its posting's state;
    /// those that are not posted are counted as unproven.
    /// </summary>
    public static async Task<IReadOnlyList<OurBook>> Load(NpgsqlDataSource database, AccountingMonth month, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return (await connection.QueryAsync<OurBook>(
            """
            select entity.id as legal_entity_id, entity.code as legal_entity, entity.series, entity.credit_series, invoice.currency,
                   coalesce(max(posting.target), '') as target,
                   count(*) as documents, sum(invoice.net) as net, sum(invoice.tax) as tax, sum(invoice.total) as total,
                   count(*) filter (where posting.state is distinct from 'posted' and posting.state is distinct from 'cancelled') as unproven,
                   string_agg(invoice.currency, ',') over (
                     partition by entity.id order by invoice.currency rows between unbounded preceding and unbounded following) as currencies
            from invoicing.invoice
            join customers.legal_entity entity on entity.id = invoice.legal_entity_id
            left join posting.posting on posting.document_id = invoice.id
            where invoice.month = @month
            group by entity.id, entity.code, entity.series, entity.credit_series, invoice.currency
            order by entity.code, invoice.currency
            """, new { month = month.FirstDay }, commandTimeout: 600)).AsList();
    }
}
