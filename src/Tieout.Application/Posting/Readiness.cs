using Dapper;
using Npgsql;
using Tieout.Application.Exceptions;
using Tieout.Connectors.Port;
using Tieout.Domain.Exceptions;

namespace Tieout.Application.Posting;

/// <summary>
/// Staged to ready: a document is routed, and goes once its customer exists in that ERP. Customers are found or created a
/// batch at a time, by one worker per target, before the first invoice that needs them.
/// </summary>
internal sealed class Readiness(NpgsqlDataSource database, TimeProvider clock, DeliveryTarget target)
{
    private const int PromoteAtOnce = 5_000;
    private const int CustomersAtOnce = 200;

    /// <summary>What a step did, or why it could not.</summary>
    public sealed record Step(bool Moved, string? Trouble = null, TimeSpan? RetryAfter = null);

    /// <summary>Makes some postings ready: those whose customer is known first, else after asking the ERP for customers.</summary>
    public async Task<Step> Run(CancellationToken cancel)
    {
        if (await Promote(cancel) > 0) return new Step(Moved: true);

        // One at a time per ERP, not per target: two company codes of one tenant share its customers.
        var erp = target.Settings.Url.AbsoluteUri;
        await using var connection = await database.OpenConnectionAsync(cancel);
        if (!await connection.QuerySingleAsync<bool>("select pg_try_advisory_lock(733, hashtext(@erp))", new { erp })) return new Step(Moved: false);
        try
        {
            return await EnsureCustomers(connection, cancel);
        }
        finally
        {
            await connection.ExecuteAsync("select pg_advisory_unlock(733, hashtext(@erp))", new { erp });
        }
    }

    private async Task<int> Promote(CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return await connection.ExecuteAsync(
            """
            update posting.posting p
            set state = 'ready', target = @target, rules_version = @version, changed_at = @now
            from (
              select staged.id, staged.billing_account_id
              from posting.posting staged
              join customers.billing_account account on account.id = staged.billing_account_id
              join customers.cross_reference reference on reference.tenant = staged.tenant and reference.system = @target
                and reference.object_kind = 'customer' and reference.internal_id = account.customer_id
              where staged.state = 'staged' and staged.legal_entity_id in (select id from customers.legal_entity where code = any(@entities))
              order by staged.id for update of staged skip locked limit @limit) due
            where p.id = due.id and p.billing_account_id = due.billing_account_id
            """,
            new
            {
                target = target.Name,
                version = target.Settings.Version,
                now = clock.GetUtcNow(),
                entities = target.LegalEntities.ToArray(),
                limit = PromoteAtOnce,
            });
    }

    private async Task<Step> EnsureCustomers(NpgsqlConnection connection, CancellationToken cancel)
    {
        var missing = (await connection.QueryAsync<Missing>(
            """
            select customer.id, customer.code, customer.name, customer.country, account.currency
            from (
              select distinct on (account.customer_id) account.customer_id, account.currency, staged.id as first
              from posting.posting staged
              join customers.billing_account account on account.id = staged.billing_account_id
              where staged.state = 'staged' and staged.legal_entity_id in (select id from customers.legal_entity where code = any(@entities))
                and not exists (
                  select from customers.cross_reference reference where reference.tenant = staged.tenant and reference.system = @target
                    and reference.object_kind = 'customer' and reference.internal_id = account.customer_id)
              order by account.customer_id, staged.id limit @limit) account
            join customers.customer on customer.id = account.customer_id
            """, new { target = target.Name, entities = target.LegalEntities.ToArray(), limit = CustomersAtOnce })).AsList();
        if (missing.Count == 0) return new Step(Moved: false);

        var log = new ExchangeLog(database, clock, Guid.CreateVersion7(clock.GetUtcNow()), target, claimed: 0);
        var outcomes = await Asking.Each<ErpCustomer, CustomerOutcome>(
            missing.ConvertAll(customer => new ErpCustomer(customer.Code, customer.Name, customer.Country, customer.Currency)),
            customers => target.Connector.EnsureCustomers(customers, log, cancel),
            bug => new CustomerOutcome.Refused(Asking.Finding(bug)), bug => new CustomerOutcome.NotNow($"The connector failed: {bug.Message}"),
            mayRepeat: () => true, cancel);
        await Record(connection, missing, outcomes);
        var notNow = outcomes.OfType<CustomerOutcome.NotNow>().FirstOrDefault();
        return new Step(outcomes.Any(outcome => outcome is not CustomerOutcome.NotNow), notNow?.Reason, notNow?.RetryAfter);
    }

    private async Task Record(NpgsqlConnection connection, List<Missing> customers, IReadOnlyList<CustomerOutcome> outcomes)
    {
        var now = clock.GetUtcNow();
        var pairs = customers.Zip(outcomes).ToList();
        var present = pairs.Where(pair => pair.Second is CustomerOutcome.Present).ToList();
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
                ids = present.ConvertAll(pair => pair.First.Id).ToArray(),
                externals = present.ConvertAll(pair => ((CustomerOutcome.Present)pair.Second).ErpId).ToArray(),
            }, transaction);
        foreach (var (customer, outcome) in pairs)
            if (outcome is CustomerOutcome.Refused refused) await Park(connection, transaction, customer, refused.Finding, now);
        foreach (var (customer, externalId, other) in await Taken(connection, transaction, present))
            await Park(connection, transaction, customer, TakenBy(other, externalId), now);
        await transaction.CommitAsync(CancellationToken.None);
    }

    // The ERP named a customer that our books link to another one already: numbers given anew, or two codes on one customer.
    private async Task<IReadOnlyList<(Missing Customer, string ExternalId, string Other)>> Taken(
        NpgsqlConnection connection, NpgsqlTransaction transaction, IReadOnlyList<(Missing Customer, CustomerOutcome Outcome)> present)
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

    private Finding TakenBy(string other, string externalId) => new(
        ExceptionCategory.Business, "customer-ambiguous",
        $"{target.Name} gives its customer {externalId}, which our books link to customer {other} already.",
        "Find out which of our two customers it is. If the ERP gave its numbers anew, replay the refused documents of the other one first.");

    // Everything of this customer that waits for this target; refusals are rare, so one statement each is fine.
    private async Task Park(NpgsqlConnection connection, NpgsqlTransaction transaction, Missing customer, Finding finding, DateTimeOffset now)
    {
        var parked = await connection.QueryAsync<Parked>(
            """
            update posting.posting p set state = 'parked', target = @target, rules_version = @version, changed_at = @now
            from customers.billing_account account
            where account.id = p.billing_account_id and account.customer_id = @id and p.state = 'staged'
              and p.legal_entity_id in (select id from customers.legal_entity where code = any(@entities))
            returning p.business_key, p.legal_entity_id, p.billing_account_id, p.month, p.currency, p.amount, p.correlation_id
            """,
            new { target = target.Name, version = target.Settings.Version, now, customer.Id, entities = target.LegalEntities.ToArray() }, transaction);
        var cases = parked.Select(row => new RaisedException(
            finding, "posting", row.BusinessKey, row.LegalEntityId, row.BillingAccountId, row.Month, row.Currency, row.Amount, row.CorrelationId));
        await ExceptionLog.Raise(connection, transaction, [.. cases], now);
    }

    private sealed record Missing(Guid Id, string Code, string Name, string Country, string Currency);

    private sealed record Parked(
        string BusinessKey, Guid LegalEntityId, Guid BillingAccountId, DateOnly Month, string Currency, decimal Amount, Guid CorrelationId);
}
