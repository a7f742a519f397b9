using Dapper;
using Npgsql;

namespace Tieout.Application.Posting.Postgres;

internal sealed partial class PostgresPosting
{
    // Of the posting p of an entry, at the target @target.
    private const string EntryCustomersKnown =
        """
        not exists (
          select from posting.entry_customers(p.document_id) customer
          where not exists (
            select from customers.cross_reference reference
            where reference.system = @target and reference.object_kind = 'customer' and reference.internal_id = customer.id))
        """;

    // At the target that is asked for, and at the one it is staged for: what is not routed yet is nobody's second.
    private static readonly string IsItsTurn = IsAlone("@target"), IsFirst = IsAlone("p.target");

    // Of the posting p: nothing else of its billing account is on its way to that target. What is of no account keeps no order.
    private static string IsAlone(string target) =>
        $"""
        (p.billing_account_id = p.legal_entity_id or not exists (
          select from posting.posting other
          where other.billing_account_id = p.billing_account_id and other.stage in ('open', 'in-doubt')
            and other.billing_account_id <> other.legal_entity_id and other.target = {target}))
        """;

    // Held until the transaction ends: who makes documents of a target ready sees all that others have made ready.
    private const string AlonePerTarget = "select pg_advisory_xact_lock(762, hashtext(@target))";

    // The limit stands inside: however many wait for their customers, a step reads no more than it handles.
    // Those that wait for their turn are passed over, or they would stand in the way of what can go.
    public async Task<IReadOnlyList<StagedDocument>> OldestStaged(DeliveryTarget target, int limit, IReadOnlyCollection<Guid>? withoutAccounts = null)
    {
        await using var connection = await _database.OpenConnectionAsync(CancellationToken.None);
        return (await connection.QueryAsync<StagedDocument>(
            $"""
            select waiting.id, waiting.billing_account_id, coalesce(account.customer_id, stranger.id, @nobody) as customer_id,
                   coalesce(account.currency, waiting.currency) as currency,
                   case when account.id is null then stranger.id is null
                        else exists (
                          select from customers.cross_reference reference
                          where reference.system = @target
                            and reference.object_kind = 'customer' and reference.internal_id = account.customer_id) end as known,
                   entity.id as legal_entity_id, waiting.month, waiting.document_kind as kind
            from customers.legal_entity entity
            cross join lateral (
              select id, billing_account_id, currency, month, document_id, document_kind, document_kind not in ('invoice', 'credit-memo') as is_entry
              from posting.posting p
              where stage = 'staged' and target = @target and legal_entity_id = entity.id
                and (document_kind = 'invoice' or posting.turn(document_id) = 'free') and billing_account_id <> all(@without) and {IsItsTurn}
              order by month, id limit @limit) waiting
            left join customers.billing_account account on account.id = waiting.billing_account_id and not waiting.is_entry
            left join lateral (
              select customer.id from posting.entry_customers(waiting.document_id) customer
              where waiting.is_entry and not exists (
                select from customers.cross_reference reference
                where reference.system = @target and reference.object_kind = 'customer' and reference.internal_id = customer.id)
              order by customer.id limit 1) stranger on true
            order by waiting.month, waiting.id
            """, new { target = target.Name, nobody = Guid.Empty, limit, without = withoutAccounts?.ToArray() ?? [] })).AsList();
    }

    public async Task Promote(DeliveryTarget target, IReadOnlyCollection<StagedDocument> documents)
    {
        if (documents.Count == 0) return;
        await using var connection = await _database.OpenConnectionAsync(CancellationToken.None);
        await connection.ExecuteAsync(
            $"""
            {AlonePerTarget};

            -- Routed while what it is about was parked, and that has gone elsewhere since: it is routed anew.
            update posting.posting p set target = null, routed_by = '', routes = 0, rules_version = null, changed_at = @now
            where p.id = any(@ids) and p.state = 'staged' and p.target = @target and p.document_kind <> 'invoice' and posting.is_apart(p.document_id, p.target);

            update posting.posting p
            set state = 'ready', rules_version = @version, place = due.place, changed_at = @now
            from unnest(@ids, @accounts, @places) as due (id, account, place)
            where p.id = due.id and p.billing_account_id = due.account and p.state = 'staged' and p.target = @target and {IsItsTurn}
              and (p.document_kind in ('invoice', 'credit-memo') or {EntryCustomersKnown})
            """,
            new
            {
                target = target.Name,
                version = target.Settings.Version,
                now = Now,
                ids = documents.Select(document => document.Id).ToArray(),
                accounts = documents.Select(document => document.BillingAccountId).ToArray(),
                places = documents.Select(document => document.Place).ToArray(),
            });
        _passed.Put(target.Name, documents.Min(document => (document.Place, document.Id)));
    }

    public async Task<IAsyncDisposable?> TryIntroduce(string erp, CancellationToken cancel)
    {
        var connection = await _database.OpenConnectionAsync(cancel);
        try
        {
            var mine = await connection.QuerySingleAsync<bool>("select pg_try_advisory_lock(733, hashtext(@erp)), " + PostgresNode.Watched, new { erp });
            if (mine) return new Introduction(connection, erp);
            await connection.DisposeAsync();
            return null;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    public async Task<IReadOnlyList<CustomerToKnow>> Customers(IReadOnlyCollection<Guid> ids)
    {
        await using var connection = await _database.OpenConnectionAsync(CancellationToken.None);
        return (await connection.QueryAsync<CustomerToKnow>(
            "select id, code, name, country from customers.customer where id = any(@ids) order by id", new { ids = ids.ToArray() })).AsList();
    }

    // One lock for two who share a session would be none: the session is this one's alone while it is held.
    private sealed class Introduction(NpgsqlConnection connection, string erp) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            try
            {
                await connection.ExecuteAsync("select pg_advisory_unlock(733, hashtext(@erp))", new { erp });
            }
            finally
            {
                await connection.DisposeAsync();
            }
        }
    }
}
