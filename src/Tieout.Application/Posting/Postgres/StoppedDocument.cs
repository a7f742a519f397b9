using Dapper;
using Npgsql;
using Tieout.Connectors.Port;

namespace Tieout.Application.Posting.Postgres;

/// <summary>The document of one posting outside delivery: for a dry run, and for what a person wants to set.</summary>
/// <param name="Posting">As a worker would have it.</param>
/// <param name="State">Where the posting stands.</param>
/// <param name="Target">Its target; empty while it has none.</param>
/// <param name="LegalEntity">Code of its legal entity.</param>
/// <param name="Loaded">Its document as our books have it, and the fields that are set.</param>
internal sealed record StoppedDocument(ClaimedPosting Posting, string State, string Target, string LegalEntity, LoadedDocuments Loaded)
{
    /// <summary>The document before rules and set fields.</summary>
    public ErpDocument Plain => Loaded.Plain[0];

    /// <summary>The document of a case; null when the case is about no posting, or there is no such case.</summary>
    /// <param name="connection">May be in a transaction; then the posting is locked.</param>
    /// <param name="id">The case.</param>
    /// <param name="targetOf">The target of a posting that has none yet, by it and its legal entity's code; null, or an empty answer, for none.</param>
    /// <param name="locked">Whether to lock the posting.</param>
    /// <param name="cancel">Gives up.</param>
    public static async Task<StoppedDocument?> OfCase(
        NpgsqlConnection connection, Guid id, Func<ClaimedPosting, string, Task<string>>? targetOf, bool locked, CancellationToken cancel)
    {
        var row = await connection.QuerySingleOrDefaultAsync<Row>(new CommandDefinition(
            $"""
            select p.id, p.business_key, p.attempts, p.tries, p.look_ups, coalesce(p.sent_at, p.created_at) as sent_at, p.billing_account_id, p.legal_entity_id,
                   p.month, p.currency, p.amount, p.correlation_id, p.document_id, p.document_kind, p.chosen_at, p.state, coalesce(p.target, '') as target,
                   entity.code as entity
            from exceptions.exception_case x
            join posting.posting p on p.tenant = 1 and p.business_key = x.subject_key
            join customers.legal_entity entity on entity.id = p.legal_entity_id
            where x.id = @id and x.subject_kind = 'posting'{(locked ? " for update of p" : "")}
            """, new { id }, cancellationToken: cancel));
        if (row is null) return null;
        var posting = new ClaimedPosting(
            row.Id, row.BusinessKey, row.Attempts, row.Tries, row.LookUps, row.SentAt, row.BillingAccountId, row.LegalEntityId, row.Month, row.Currency, row.Amount,
            row.CorrelationId, row.DocumentId, row.DocumentKind, row.ChosenAt);
        var target = row.Target.Length > 0 || targetOf is null ? row.Target : await targetOf(posting, row.Entity);
        return new StoppedDocument(posting, row.State, target, row.Entity, await ClaimedDocuments.Load(connection, target, [posting]));
    }

    private sealed record Row(
        Guid Id, string BusinessKey, int Attempts, int Tries, int LookUps, DateTimeOffset SentAt, Guid BillingAccountId, Guid LegalEntityId, DateOnly Month,
        string Currency, decimal Amount, Guid CorrelationId, Guid DocumentId, string DocumentKind, int? ChosenAt, string State, string Target, string Entity);
}
