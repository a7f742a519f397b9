using Dapper;
using Npgsql;

namespace Tieout.Application.Gateways;

/// <summary>What stands in the books for a gateway's objects.</summary>
internal static class GatewayStanding
{
    /// <summary>The entries booked under these keys. Whoever was stopped between booking and saying so finds them here.</summary>
    public static async Task<Dictionary<string, (Guid Entry, string Number)>> Of(
        NpgsqlConnection connection, GatewayPlace place, IEnumerable<string> steps, CancellationToken cancel) =>
        (await connection.QueryAsync<(string Key, Guid Entry, string Number)>(new CommandDefinition(
            """
            select g.idempotency_key, e.id, p.business_key
            from invoicing.given_once g
            join ledger.journal_entry e on e.source_id = g.document_id
            join posting.posting p on p.document_id = e.id
            where g.tenant = 1 and g.idempotency_key = any(@keys)
            """, new { keys = steps.Select(place.Key).ToArray() }, cancellationToken: cancel)))
        .ToDictionary(row => row.Key[place.Key("").Length..], row => (row.Entry, row.Number), StringComparer.Ordinal);

    /// <summary>A charge's payment; null before it is booked.</summary>
    public static Task<GatewayPayment?> Payment(NpgsqlConnection connection, GatewayPlace place, string charge, CancellationToken cancel) =>
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
            where p.tenant = 1 and p.source = @Source and p.reference = @charge
            """, new { place.Source, charge }, cancellationToken: cancel));

    /// <summary>Billing accounts that the gateway's customer, or the charge itself, was said to be of; the charge's own come first.</summary>
    public static async Task<IReadOnlyList<GatewayAccount>> Accounts(
        NpgsqlConnection connection, GatewayPlace place, string charge, string customer, CancellationToken cancel)
    {
        var rows = (await connection.QueryAsync<GatewayAccount>(new CommandDefinition(
            """
            select n.number as payer, a.id, a.code, a.currency, e.id as legal_entity_id, e.code as legal_entity
            from cash.payer_number n
            join customers.billing_account a on a.id = n.billing_account_id join customers.legal_entity e on e.id = a.legal_entity_id
            where n.tenant = 1 and n.number = any(@numbers) order by a.code
            """, new { numbers = new[] { place.Payer(charge), place.Payer(customer) } }, cancellationToken: cancel))).ToList();
        var own = rows.FindAll(row => row.Payer == place.Payer(charge));
        return own.Count > 0 ? own : rows;
    }
}

/// <summary>A charge's payment as it stands.</summary>
/// <param name="WasApplied">Money of it was moved between unapplied and invoices; whoever did that decides on.</param>
/// <param name="Last">The day of its newest entry.</param>
internal sealed record GatewayPayment(Guid AccountId, string Account, string Number, DateOnly ReceivedOn, decimal Unapplied, bool WasApplied, DateOnly Last);

/// <summary>A billing account that is known to pay by a gateway.</summary>
internal sealed record GatewayAccount(string Payer, Guid Id, string Code, string Currency, Guid LegalEntityId, string LegalEntity);
