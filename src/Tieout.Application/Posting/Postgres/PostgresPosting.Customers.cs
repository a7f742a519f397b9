using Dapper;
using Npgsql;
using Tieout.Application.Exceptions;
using Tieout.Connectors.Port;
using Tieout.Domain.Exceptions;

namespace Tieout.Application.Posting.Postgres;

internal sealed partial class PostgresPosting
{
    public async Task RecordCustomers(
        DeliveryTarget target, IReadOnlyList<(CustomerToKnow Customer, CustomerOutcome Outcome)> outcomes, Func<string, string, Finding> takenBy)
    {
        var now = Now;
        var present = outcomes.Where(pair => pair.Outcome is CustomerOutcome.Present).ToList();
        await using var connection = await _database.OpenConnectionAsync(CancellationToken.None);
        await using var transaction = await connection.BeginTransactionAsync(CancellationToken.None);
        await connection.ExecuteAsync(
            """
            insert into customers.cross_reference (system, object_kind, internal_id, external_id)
            select @target, 'customer', id, external from unnest(@ids, @externals) as new (id, external)
            on conflict do nothing
            """,
            new
            {
                target = target.Name,
                ids = present.ConvertAll(pair => pair.Customer.Id).ToArray(),
                externals = present.ConvertAll(pair => ((CustomerOutcome.Present)pair.Outcome).ErpId).ToArray(),
            }, transaction);
        foreach (var (customer, outcome) in outcomes)
            if (outcome is CustomerOutcome.Refused refused) await Park(connection, transaction, target, customer.Id, refused.Finding, now);
        foreach (var (customer, externalId, other) in await Taken(connection, transaction, target, present))
            await Park(connection, transaction, target, customer.Id, takenBy(other, externalId), now);
        await transaction.CommitAsync(CancellationToken.None);
    }

    // The ERP named a customer that our books link to another one already: numbers given anew, or two codes on one customer.
    private static async Task<IReadOnlyList<(CustomerToKnow Customer, string ExternalId, string Other)>> Taken(
        NpgsqlConnection connection, NpgsqlTransaction transaction, DeliveryTarget target,
        IReadOnlyList<(CustomerToKnow Customer, CustomerOutcome Outcome)> present)
    {
        var byId = present.ToDictionary(pair => pair.Customer.Id);
        var rows = await connection.QueryAsync<(Guid Id, string ExternalId, string Other)>(
            """
            select new.id, new.external, customer.code
            from unnest(@ids, @externals) as new (id, external)
            join customers.cross_reference reference on reference.tenant = 1 and reference.system = @target
              and reference.object_kind = 'customer' and reference.external_id = new.external and reference.internal_id <> new.id
            join customers.customer on customer.id = reference.internal_id
            where not exists (
              select from customers.cross_reference own where own.tenant = 1 and own.system = @target
                and own.object_kind = 'customer' and own.internal_id = new.id)
            """,
            new
            {
                target = target.Name,
                ids = present.Select(pair => pair.Customer.Id).ToArray(),
                externals = present.Select(pair => ((CustomerOutcome.Present)pair.Outcome).ErpId).ToArray(),
            }, transaction);
        return [.. rows.Select(row => (byId[row.Id].Customer, row.ExternalId, row.Other))];
    }

    // Everything of this customer that waits for this target; refusals are rare, so one statement each is fine.
    private static async Task Park(
        NpgsqlConnection connection, NpgsqlTransaction transaction, DeliveryTarget target, Guid customer, Finding finding, DateTimeOffset now)
    {
        var parked = await connection.QueryAsync<Parked>(
            """
            update posting.posting p set state = 'parked', rules_version = @version, changed_at = @now
            where p.state = 'staged' and p.id in (
                select due.id from customers.billing_account account join posting.posting due on due.billing_account_id = account.id
                where account.customer_id = @customer and due.stage = 'staged' and due.target = @target and due.document_kind in ('invoice', 'credit-memo')
                union all
                select due.id from posting.posting due
                where due.stage = 'staged' and due.target = @target and due.document_kind <> 'invoice' and due.document_kind <> 'credit-memo'
                  and @customer in (select id from posting.entry_customers(due.document_id)))
              and p.target = @target
            returning p.business_key, p.legal_entity_id, p.billing_account_id, p.month, p.currency, p.amount, p.correlation_id
            """,
            new { target = target.Name, version = target.Settings.Version, now, customer }, transaction);
        var cases = parked.Select(row => new RaisedException(
            finding, "posting", row.BusinessKey, row.LegalEntityId, row.BillingAccountId, row.Month, row.Currency, row.Amount, row.CorrelationId));
        await ExceptionLog.Raise(connection, transaction, [.. cases], now);
    }

    private sealed record Parked(
        string BusinessKey, Guid LegalEntityId, Guid BillingAccountId, DateOnly Month, string Currency, decimal Amount, Guid CorrelationId);
}
