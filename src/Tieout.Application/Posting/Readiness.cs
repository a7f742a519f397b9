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
    private const int DocumentsAtOnce = 1_000;
    private const int CustomersAtOnce = 200;

    /// <summary>What a step did, or why it could not.</summary>
    public sealed record Step(bool Moved, string? Trouble = null, TimeSpan? RetryAfter = null);

    /// <summary>Makes the oldest staged documents ready, after asking the ERP for customers it does not know yet.</summary>
    public async Task<Step> Run(CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        if (await new Predecessors(database, clock, target).ParkBlocked(cancel) > 0) return new Step(Moved: true);
        var known = (await Oldest(connection)).FindAll(document => document.Known);
        await Promote(connection, known);
        if (known.Count > 0) return new Step(Moved: true);

        // One at a time per ERP, not per target: two company codes of one tenant share its customers.
        var erp = target.Settings.Url.AbsoluteUri;
        if (!await connection.QuerySingleAsync<bool>("select pg_try_advisory_lock(733, hashtext(@erp))", new { erp })) return new Step(Moved: false);
        try
        {
            var strangers = (await Oldest(connection)).FindAll(document => !document.Known);
            return strangers.Count == 0 ? new Step(Moved: false) : await Introduce(connection, strangers, cancel);
        }
        finally
        {
            await connection.ExecuteAsync("select pg_advisory_unlock(733, hashtext(@erp))", new { erp });
        }
    }

    // The limit stands inside, per legal entity: however many wait for their customers, a step reads no more than it handles.
    // Credit memos that wait for their turn are passed over, or they would stand in the way of what can go.
    private async Task<List<Staged>> Oldest(NpgsqlConnection connection) => (await connection.QueryAsync<Staged>(
        """
        select waiting.id, waiting.billing_account_id, account.customer_id, account.currency,
               exists (
                 select from customers.cross_reference reference
                 where reference.system = @target
                   and reference.object_kind = 'customer' and reference.internal_id = account.customer_id) as known
        from (select id from customers.legal_entity where code = any(@entities)) entity
        cross join lateral (
          select id, billing_account_id, tenant from posting.posting
          where state = 'staged' and legal_entity_id = entity.id and (document_kind = 'invoice' or posting.turn(document_id) = 'free')
          order by id limit @limit) waiting
        join customers.billing_account account on account.id = waiting.billing_account_id
        order by waiting.id
        """, new { target = target.Name, entities = target.LegalEntities.ToArray(), limit = DocumentsAtOnce })).AsList();

    private async Task Promote(NpgsqlConnection connection, IReadOnlyCollection<Staged> documents)
    {
        if (documents.Count == 0) return;
        await connection.ExecuteAsync(
            """
            update posting.posting p
            set state = 'ready', target = @target, rules_version = @version, changed_at = @now
            from unnest(@ids, @accounts) as due (id, account)
            where p.id = due.id and p.billing_account_id = due.account and p.state = 'staged'
            """,
            new
            {
                target = target.Name,
                version = target.Settings.Version,
                now = clock.GetUtcNow(),
                ids = documents.Select(document => document.Id).ToArray(),
                accounts = documents.Select(document => document.BillingAccountId).ToArray(),
            });
    }

    private async Task<Step> Introduce(NpgsqlConnection connection, List<Staged> documents, CancellationToken cancel)
    {
        var currencies = documents.DistinctBy(document => document.CustomerId).ToDictionary(document => document.CustomerId, document => document.Currency);
        var customers = (await connection.QueryAsync<Customer>(
            "select id, code, name, country from customers.customer where id = any(@ids)", new { ids = currencies.Keys.ToArray() })).AsList();
        var moved = false;
        foreach (var some in customers.Chunk(CustomersAtOnce))
        {
            cancel.ThrowIfCancellationRequested();
            var log = new ExchangeLog(database, clock, Guid.CreateVersion7(clock.GetUtcNow()), target, claimed: 0);
            var outcomes = await Asking.Each<ErpCustomer, CustomerOutcome>(
                [.. some.Select(customer => new ErpCustomer(customer.Code, customer.Name, customer.Country, currencies[customer.Id]))],
                asked => target.Connector.EnsureCustomers(asked, log, cancel),
                bug => new CustomerOutcome.Refused(Asking.Finding(bug)), bug => new CustomerOutcome.NotNow($"The connector failed: {bug.Message}"),
                mayRepeat: () => true, cancel);
            var present = await Record(connection, some, outcomes);
            await Promote(connection, [.. documents.Where(document => present.Contains(document.CustomerId))]);
            moved |= outcomes.Any(outcome => outcome is not CustomerOutcome.NotNow);
            if (outcomes.OfType<CustomerOutcome.NotNow>().FirstOrDefault() is { } notNow) return new Step(moved, notNow.Reason, notNow.RetryAfter);
        }
        return new Step(moved);
    }

    /// <summary>Keeps the ids of those present, parks what belongs to those refused; answers who is present.</summary>
    private async Task<HashSet<Guid>> Record(NpgsqlConnection connection, Customer[] customers, IReadOnlyList<CustomerOutcome> outcomes)
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
        return [.. present.Select(pair => pair.First.Id)];
    }

    // The ERP named a customer that our books link to another one already: numbers given anew, or two codes on one customer.
    private async Task<IReadOnlyList<(Customer Customer, string ExternalId, string Other)>> Taken(
        NpgsqlConnection connection, NpgsqlTransaction transaction, IReadOnlyList<(Customer Customer, CustomerOutcome Outcome)> present)
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
    private async Task Park(NpgsqlConnection connection, NpgsqlTransaction transaction, Customer customer, Finding finding, DateTimeOffset now)
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

    private sealed record Staged(Guid Id, Guid BillingAccountId, Guid CustomerId, string Currency, bool Known);

    private sealed record Customer(Guid Id, string Code, string Name, string Country);

    private sealed record Parked(
        string BusinessKey, Guid LegalEntityId, Guid BillingAccountId, DateOnly Month, string Currency, decimal Amount, Guid CorrelationId);
}
