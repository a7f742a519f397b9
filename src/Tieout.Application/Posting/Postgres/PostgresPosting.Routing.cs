using Dapper;
using Npgsql;
using Tieout.Application.Exceptions;
using Tieout.Application.Mapping;
using Tieout.Domain.Exceptions;
using Tieout.Domain.Mapping;

namespace Tieout.Application.Posting.Postgres;

internal sealed partial class PostgresPosting
{
    // Not routed yet, of the file's legal entities; looked at under earlier routes; routed by a file that said otherwise. What waits
    // for its turn follows what it waits for, which has no target yet.
    private const string Unrouted =
        """
        select id from (
          (select p.month, p.id from customers.legal_entity entity cross join lateral (
             select month, id from posting.posting
             where stage = 'staged' and target is null and legal_entity_id = entity.id and (document_kind = 'invoice' or posting.turn(document_id) <> 'waits')
             order by routes, month, id limit @limit) p
           where entity.code = any(@entities))
          union
          (select p.month, p.id from customers.legal_entity entity cross join lateral (
             select month, id from posting.posting
             where stage = 'staged' and target is null and legal_entity_id = entity.id and routes < @number
               and (document_kind = 'invoice' or posting.turn(document_id) <> 'waits')
             order by routes, month, id limit @limit) p
           where @number > 0)
          union
          (select month, id from posting.posting
           where stage = 'staged' and target is not null and routes < @number and (document_kind = 'invoice' or posting.turn(document_id) <> 'waits')
           order by routes, id limit @limit)
          union
          (select p.month, p.id from customers.legal_entity entity cross join lateral (
             select month, id from posting.posting
             where stage = 'staged' and target is not null and target <> @target and routed_by = @byFile and legal_entity_id = entity.id
             order by id limit @limit) p
           where entity.code = any(@entities))) candidate
        order by month, id limit @limit
        """;

    private const string ByFile = "the targets file";

    public async Task<int> RouteStaged(
        DeliveryTarget target, int limit, Func<IReadOnlyList<StagedDocument>, IReadOnlyList<StagedDocument>> inTurn,
        Func<string, IReadOnlyList<string>, Finding> apart, CancellationToken cancel)
    {
        await using var connection = await _database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        // Whoever stops in the middle holds up the others for a moment only.
        await connection.ExecuteAsync(new CommandDefinition(
            $"select set_config('idle_in_transaction_session_timeout', '20s', true); {AlonePerTarget}", new { target = target.Name }, transaction,
            cancellationToken: cancel));
        var mapping = _mapping = await PublishedMapping.Load(connection, transaction, _mapping);
        var staged = (await connection.QueryAsync<Unplaced>(new CommandDefinition(
            $"""
            select p.id, p.billing_account_id, p.business_key, p.document_id, p.document_kind, p.legal_entity_id, p.month, p.currency, p.amount,
                   p.correlation_id, entity.code as entity,
                   case when p.document_kind = 'invoice' then '' else array_to_string(posting.targets_before(p.document_id), ' ') end as before,
                   coalesce(account.customer_id, @nobody) as customer_id,
                   case when p.document_kind in ('invoice', 'credit-memo') then exists (
                          select from customers.cross_reference reference
                          where reference.system = @target and reference.object_kind = 'customer' and reference.internal_id = account.customer_id)
                        else {EntryCustomersKnown} end
                     and (p.document_kind = 'invoice' or posting.turn(p.document_id) = 'free') and {IsItsTurn} as may_go
            from posting.posting p
            join customers.legal_entity entity on entity.id = p.legal_entity_id
            left join customers.billing_account account on account.id = p.billing_account_id
            where p.id in ({Unrouted}) and p.state = 'staged' -- asked of the row that was locked: another may have had it meanwhile
            order by p.id for update of p skip locked
            """,
            new { entities = target.LegalEntities.ToArray(), number = mapping.RoutesNumber, target = target.Name, byFile = ByFile, nobody = Guid.Empty, limit },
            transaction, cancellationToken: cancel))).AsList();
        if (staged.Count == 0) return 0;
        var decided = await Decide(connection, transaction, target, mapping, staged);
        // Where more wait, all of them are routed first: months, legal entities and accounts have their turns among all, not among some.
        var mayGo = staged.Count == limit ? [] : decided.Where(one => one.Posting.MayGo && RoutingWords.Target(one.Routing) == target.Name);
        var places = inTurn([.. mayGo.Select(one => one.Posting.Staged)]).ToDictionary(document => document.Id, document => document.Place);
        await Place(connection, transaction, target, mapping, decided, places);
        await ParkApart(connection, transaction, mapping, decided, apart);
        await transaction.CommitAsync(CancellationToken.None);
        if (places.Count > 0) _passed.Put(target.Name, places.Min(pair => (pair.Value, pair.Key)));
        return staged.Count;
    }

    private static async Task<List<(Unplaced Posting, Routing Routing)>> Decide(
        NpgsqlConnection connection, NpgsqlTransaction transaction, DeliveryTarget target, PublishedMapping mapping, List<Unplaced> staged)
    {
        // Without published routes nobody asks what the documents are about.
        var facts = mapping.RoutesNumber == 0 ? [] : await PostingFacts.Load(
            connection, transaction, staged.ConvertAll(row => new FactsWanted(row.DocumentId, row.BillingAccountId, row.DocumentKind)));
        var nothing = new Facts(DateOnly.MinValue);
        return staged.ConvertAll(row => (row, Routing.Of(
            row.Targets, mapping.Routes, facts.TryGetValue(row.DocumentId, out var known) ? known.Document : nothing,
            target.LegalEntities.Contains(row.Entity) ? target.Name : "")));
    }

    // One write for both: each move of a posting enters all its indexes anew.
    private async Task Place(
        NpgsqlConnection connection, NpgsqlTransaction transaction, DeliveryTarget target, PublishedMapping mapping,
        List<(Unplaced Posting, Routing Routing)> decided, Dictionary<Guid, long> places) => await connection.ExecuteAsync(
        """
        update posting.posting p
        set target = nullif(new.target, ''), routed_by = new.routed_by, routes = @number, changed_at = @now,
            rules_version = case when new.target = @own then @version end,
            state = case when new.place is null then p.state else 'ready' end, place = coalesce(new.place, p.place)
        from unnest(@ids, @accounts, @targets, @words, @places) as new (id, account, target, routed_by, place)
        where p.id = new.id and p.billing_account_id = new.account
        """,
        new
        {
            number = mapping.RoutesNumber,
            now = Now,
            own = target.Name,
            version = target.Settings.Version,
            ids = decided.ConvertAll(one => one.Posting.Id).ToArray(),
            accounts = decided.ConvertAll(one => one.Posting.BillingAccountId).ToArray(),
            targets = decided.ConvertAll(one => RoutingWords.Target(one.Routing)).ToArray(),
            words = decided.ConvertAll(one => RoutingWords.By(one.Routing, mapping.RoutesNumber)).ToArray(),
            places = decided.ConvertAll(one => places.TryGetValue(one.Posting.Id, out var place) ? place : (long?)null).ToArray(),
        }, transaction);

    private async Task ParkApart(
        NpgsqlConnection connection, NpgsqlTransaction transaction, PublishedMapping mapping, List<(Unplaced Posting, Routing Routing)> decided,
        Func<string, IReadOnlyList<string>, Finding> apart)
    {
        var parted = decided.Where(one => one.Routing is Routing.Apart).ToList();
        if (parted.Count == 0) return;
        await connection.ExecuteAsync(
            "update posting.posting set state = 'parked', routes = @number where id = any(@ids)",
            new { number = mapping.RoutesNumber, ids = parted.ConvertAll(one => one.Posting.Id).ToArray() }, transaction);
        await ExceptionLog.Raise(connection, transaction, parted.ConvertAll(one => new RaisedException(
            apart(one.Posting.BusinessKey, ((Routing.Apart)one.Routing).Targets), "posting", one.Posting.BusinessKey, one.Posting.LegalEntityId,
            one.Posting.BillingAccountId, one.Posting.Month, one.Posting.Currency, one.Posting.Amount, one.Posting.CorrelationId)), Now);
    }

    private sealed record Unplaced(
        Guid Id, Guid BillingAccountId, string BusinessKey, Guid DocumentId, string DocumentKind, Guid LegalEntityId, DateOnly Month, string Currency,
        decimal Amount, Guid CorrelationId, string Entity, string Before, Guid CustomerId, bool MayGo)
    {
        public StagedDocument Staged => new(Id, BillingAccountId, CustomerId, Currency, MayGo, LegalEntityId, Month, DocumentKind);

        // Names of targets hold no blanks.
        public string[] Targets => Before.Split(' ', StringSplitOptions.RemoveEmptyEntries);
    }
}
