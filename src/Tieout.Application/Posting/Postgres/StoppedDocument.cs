using Dapper;
using Npgsql;
using Tieout.Connectors.Port;

namespace Tieout.Application.Posting.Postgres;

/// <summary>The document of one posting outside delivery: for a dry run, and for what a person wants to set.</summary>
/// <param name="Posting">As a worker would have it.</param>
/// <param name="State">Where the posting stands.</param>
/// <param name="Target">Its target; empty while it has none.</param>
/// <param name="LegalEntity">Code of its legal entity.</param>
/// <param name="Document">As it would be sent, with the fields that are set.</param>
/// <param name="Plain">Without them.</param>
internal sealed record StoppedDocument(ClaimedPosting Posting, string State, string Target, string LegalEntity, ErpDocument Document, ErpDocument Plain)
{
    /// <summary>The document of a case; null when the case is about no posting, or there is no such case.</summary>
    /// <param name="connection">May be in a transaction; then the posting is locked.</param>
    /// <param name="id">The case.</param>
    /// <param name="targetOf">The target of a legal entity, for a posting that has none yet; empty when there is none.</param>
    /// <param name="locked">Whether to lock the posting.</param>
    /// <param name="cancel">Gives up.</param>
    public static async Task<StoppedDocument?> OfCase(
        NpgsqlConnection connection, Guid id, Func<string, string> targetOf, bool locked, CancellationToken cancel)
    {
        var row = await connection.QuerySingleOrDefaultAsync<Row>(new CommandDefinition(
            $"""
            select p.id, p.business_key, p.attempts, p.tries, p.look_ups, coalesce(p.sent_at, p.created_at) as sent_at, p.billing_account_id, p.legal_entity_id,
                   p.month, p.currency, p.amount, p.correlation_id, p.document_id, p.document_kind, p.state, coalesce(p.target, '') as target, entity.code as entity
            from exceptions.exception_case x
            join posting.posting p on p.tenant = 1 and p.business_key = x.subject_key
            join customers.legal_entity entity on entity.id = p.legal_entity_id
            where x.id = @id and x.subject_kind = 'posting'{(locked ? " for update of p" : "")}
            """, new { id }, cancellationToken: cancel));
        if (row is null) return null;
        var posting = new ClaimedPosting(
            row.Id, row.BusinessKey, row.Attempts, row.Tries, row.LookUps, row.SentAt, row.BillingAccountId, row.LegalEntityId, row.Month, row.Currency, row.Amount,
            row.CorrelationId, row.DocumentId, row.DocumentKind);
        var target = row.Target.Length > 0 ? row.Target : targetOf(row.Entity);
        var plain = await ClaimedDocuments.Plain(connection, target, [posting]);
        var set = await SetFields.Load(connection, [posting]);
        return new StoppedDocument(
            posting, row.State, target, row.Entity, Overrides.Apply(plain[0], set.GetValueOrDefault(posting.Id, [])), plain[0]);
    }

    private sealed record Row(
        Guid Id, string BusinessKey, int Attempts, int Tries, int LookUps, DateTimeOffset SentAt, Guid BillingAccountId, Guid LegalEntityId, DateOnly Month,
        string Currency, decimal Amount, Guid CorrelationId, Guid DocumentId, string DocumentKind, string State, string Target, string Entity);
}
