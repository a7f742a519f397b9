using Dapper;
using Tieout.Application.Exceptions;
using Tieout.Domain.Exceptions;

namespace Tieout.Application.Posting.Postgres;

internal sealed partial class PostgresPosting
{
    public async Task<int> ParkBlocked(DeliveryTarget target, int limit, Func<BlockedDocument, Finding> finding, CancellationToken cancel)
    {
        await using var connection = await _database.OpenConnectionAsync(cancel);
        // Looked for before anything is locked: mostly there are none.
        var blocked = (await connection.QueryAsync<Guid>(new CommandDefinition(
            """
            select id from posting.posting
            where stage = 'staged' and target = @Name and document_kind <> 'invoice' and posting.turn(document_id) = 'blocked'
            order by id limit @limit
            """, new { target.Name, limit }, cancellationToken: cancel))).ToArray();
        if (blocked.Length == 0) return 0;
        var now = Now;
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var parked = (await connection.QueryAsync<BlockedDocument>(
            """
            update posting.posting p set state = 'parked', target = @target, rules_version = @version, changed_at = @now
            where p.id = any(@blocked) and p.state = 'staged' and posting.turn(p.document_id) = 'blocked'
            returning p.business_key, p.document_kind as kind, p.legal_entity_id, p.billing_account_id, p.month, p.currency, p.amount, p.correlation_id,
              (select string_agg(distinct other.business_key || ' is ' || other.state, ', ')
               from posting.predecessors(p.document_id) predecessor join posting.posting other on other.document_id = predecessor.id
               where other.state in ('parked', 'cancelled')) as before
            """, new { target = target.Name, version = target.Settings.Version, now, blocked }, transaction)).AsList();
        await ExceptionLog.Raise(connection, transaction, parked.ConvertAll(row => new RaisedException(
            finding(row), "posting", row.BusinessKey, row.LegalEntityId, row.BillingAccountId, row.Month, row.Currency, row.Amount, row.CorrelationId)), now);
        await transaction.CommitAsync(CancellationToken.None);
        return parked.Count;
    }
}
