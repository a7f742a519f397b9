using Dapper;
using Npgsql;
using Tieout.Application.Exceptions;
using Tieout.Domain.Exceptions;

namespace Tieout.Application.Posting;

/// <summary>
/// The order of documents: an ERP gets a credit memo after the invoice it corrects, never before. While the invoice is on its
/// way the memo waits, staged; PostgreSQL says so (<c>posting.turn</c>) and refuses to send it (<c>posting_after_its_invoice</c>).
/// </summary>
/// <remarks>
/// Invoices do not wait, not even those that correct another one by a line: they ask for money by themselves, and a month's
/// billing must not stand still for a parked invoice of the month before.
/// </remarks>
internal sealed class Predecessors(NpgsqlDataSource database, TimeProvider clock, DeliveryTarget target)
{
    /// <summary>The code of the case.</summary>
    public const string NotPosted = "predecessor-not-posted";

    private const int AtOnce = 1_000;

    /// <summary>Parks staged credit memos whose invoice is parked or cancelled; answers how many.</summary>
    public async Task<int> ParkBlocked(CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        // Looked for before anything is locked: mostly there are none.
        var blocked = (await connection.QueryAsync<Guid>(new CommandDefinition(
            """
            select id from posting.posting
            where state = 'staged' and document_kind = 'credit-memo'
              and legal_entity_id in (select id from customers.legal_entity where code = any(@entities)) and posting.turn(document_id) = 'blocked'
            order by id limit @limit
            """, new { entities = target.LegalEntities.ToArray(), limit = AtOnce }, cancellationToken: cancel))).ToArray();
        if (blocked.Length == 0) return 0;
        var now = clock.GetUtcNow();
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var parked = (await connection.QueryAsync<Parked>(
            """
            update posting.posting p set state = 'parked', target = @target, rules_version = @version, changed_at = @now
            where p.id = any(@blocked) and p.state = 'staged' and posting.turn(p.document_id) = 'blocked'
            returning p.business_key, p.legal_entity_id, p.billing_account_id, p.month, p.currency, p.amount, p.correlation_id,
              (select string_agg(distinct before.business_key || ' is ' || before.state, ', ')
               from invoicing.invoice_tax tax join posting.posting before on before.document_id = tax.about_invoice_id
               where tax.invoice_id = p.document_id and tax.about_invoice_id <> tax.invoice_id and before.state in ('parked', 'cancelled')) as invoices
            """, new { target = target.Name, version = target.Settings.Version, now, blocked }, transaction)).AsList();
        await ExceptionLog.Raise(connection, transaction, parked.ConvertAll(row => new RaisedException(
            Blocked(row), "posting", row.BusinessKey, row.LegalEntityId, row.BillingAccountId, row.Month, row.Currency, row.Amount, row.CorrelationId)), now);
        await transaction.CommitAsync(CancellationToken.None);
        return parked.Count;
    }

    private static Finding Blocked(Parked memo) => new(
        ExceptionCategory.Business, NotPosted,
        $"Credit memo {memo.BusinessKey} corrects an invoice that is not in the ERP: {memo.Invoices}.",
        "See to the invoice first, then replay the credit memo. If the invoice shall never be posted, cancel both; "
        + "until then the customer's credit is in our books only.");

    private sealed record Parked(
        string BusinessKey, Guid LegalEntityId, Guid BillingAccountId, DateOnly Month, string Currency, decimal Amount, Guid CorrelationId, string Invoices);
}
