using Dapper;
using Npgsql;
using Tieout.Domain;
using Tieout.Domain.Cash.Gateway;

namespace Tieout.Application.Gateways;

/// <summary>What stands in the books for a gateway's objects.</summary>
internal static class GatewayStanding
{
    /// <summary>The entries booked under these keys. Whoever was stopped between booking and saying so finds them here.</summary>
    /// <returns>By the steps' own keys.</returns>
    /// <param name="attempt">Which time their charge is booked.</param>
    public static async Task<Dictionary<string, (Guid Entry, string Number)>> Of(
        NpgsqlConnection connection, GatewayPlace place, IReadOnlyCollection<string> steps, int attempt, CancellationToken cancel)
    {
        var keys = steps.ToDictionary(step => place.Key(step, attempt), StringComparer.Ordinal);
        return (await connection.QueryAsync<(string Key, Guid Entry, string Number)>(new CommandDefinition(
            """
            select g.idempotency_key, e.id, p.business_key
            from invoicing.given_once g
            join ledger.journal_entry e on e.source_id = g.document_id
            join posting.posting p on p.document_id = e.id
            where g.tenant = 1 and g.idempotency_key = any(@keys)
            """, new { keys = keys.Keys.ToArray() }, cancellationToken: cancel)))
            .ToDictionary(row => keys[row.Key], row => (row.Entry, row.Number), StringComparer.Ordinal);
    }

    /// <summary>
    /// Which time a charge is booked, or would be: one more than how often a person took its money's entry back. With it all that stood on it was
    /// taken back before.
    /// </summary>
    public static async Task<GatewayAttempt> Attempt(NpgsqlConnection connection, GatewayPlace place, string charge, CancellationToken cancel)
    {
        var attempt = new GatewayAttempt(1, "", "", default);
        while (await TakenBack(connection, place.Key($"{Words.Of(GatewayStepKind.Receipt)}/{charge}", attempt.No), cancel) is { } taken)
            attempt = new GatewayAttempt(attempt.No + 1, taken.Number, taken.Account, taken.At);
        return attempt;
    }

    private static Task<TakenBackRow?> TakenBack(NpgsqlConnection connection, string key, CancellationToken cancel) =>
        connection.QuerySingleOrDefaultAsync<TakenBackRow>(new CommandDefinition(
            """
            select posting.business_key as number, a.code as account, back.created_at as at
            from invoicing.given_once g
            join cash.movement receipt on receipt.id = g.document_id
            join cash.movement back on back.reverses = receipt.id
            join posting.posting on posting.document_id = receipt.entry_id
            join customers.billing_account a on a.id = receipt.billing_account_id
            where g.tenant = 1 and g.idempotency_key = @key
            """, new { key }, cancellationToken: cancel));

    /// <summary>A charge's payment; null before it is booked.</summary>
    /// <param name="reference">That of this time.</param>
    public static Task<GatewayPayment?> Payment(NpgsqlConnection connection, GatewayPlace place, string reference, CancellationToken cancel) =>
        connection.QuerySingleOrDefaultAsync<GatewayPayment>(new CommandDefinition(
            """
            select a.id as account_id, a.code as account, posting.business_key as number, p.received_on,
                   coalesce((select sum(s.amount) from cash.share s where s.payment_id = p.id and s.pool = 'unapplied'), 0) as unapplied,
                   exists (select from cash.movement m where m.payment_id = p.id and m.kind in ('application', 'release')) as was_applied,
                   (select max(j.entry_date) from cash.movement m join ledger.journal_entry j on j.id = m.entry_id where m.payment_id = p.id) as last
            from cash.payment p
            join cash.movement r on r.id = p.id
            join posting.posting on posting.document_id = r.entry_id
            join customers.billing_account a on a.id = p.billing_account_id
            where p.tenant = 1 and p.source = @Source and p.reference = @reference
            """, new { place.Source, reference }, cancellationToken: cancel));

    /// <summary>Billing accounts that the gateway's customer, or the charge itself, was said to be of; the charge's own come first.</summary>
    public static async Task<IReadOnlyList<GatewayAccount>> Accounts(
        NpgsqlConnection connection, GatewayPlace place, string charge, string customer, CancellationToken cancel)
    {
        var rows = (await connection.QueryAsync<GatewayAccount>(new CommandDefinition(
            """
            select n.number as payer, a.id, a.code, a.currency, e.id as legal_entity_id, e.code as legal_entity, n.created_at as since
            from cash.payer_number n
            join customers.billing_account a on a.id = n.billing_account_id join customers.legal_entity e on e.id = a.legal_entity_id
            where n.tenant = 1 and n.number = any(@numbers) and n.ended_at is null order by a.code
            """, new { numbers = new[] { place.Payer(charge), place.Payer(customer) } }, cancellationToken: cancel))).ToList();
        var own = rows.FindAll(row => row.Payer == place.Payer(charge));
        return own.Count > 0 ? own : rows;
    }

    private sealed record TakenBackRow(string Number, string Account, DateTimeOffset At);
}

/// <summary>A charge's payment as it stands.</summary>
/// <param name="WasApplied">Money of it was moved between unapplied and invoices; whoever did that decides on.</param>
/// <param name="Last">The day of its newest entry.</param>
internal sealed record GatewayPayment(Guid AccountId, string Account, string Number, DateOnly ReceivedOn, decimal Unapplied, bool WasApplied, DateOnly Last);

/// <summary>A billing account that is known to pay by a gateway.</summary>
/// <param name="Since">When somebody said so.</param>
internal sealed record GatewayAccount(string Payer, Guid Id, string Code, string Currency, Guid LegalEntityId, string LegalEntity, DateTimeOffset Since);

/// <summary>Which time a charge is booked.</summary>
/// <param name="TakenBack">Number of the entry that booked it last, of <paramref name="Account"/>, and was taken back; empty for none.</param>
/// <param name="At">When it was taken back.</param>
internal sealed record GatewayAttempt(int No, string TakenBack, string Account, DateTimeOffset At);
