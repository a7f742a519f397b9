using Dapper;
using Npgsql;
using Tieout.Domain;
using Tieout.Domain.Usage;

namespace Tieout.Application.Usage;

/// <summary>Writes which events no longer count. Most batches correct nothing and are let through.</summary>
internal sealed class SaveCorrections(IntakeBooks books, NpgsqlConnection connection, long batch)
{
    /// <summary>The correcting events whose mark was written now: each of them must go into the ledger with it.</summary>
    public HashSet<EventKey> Written { get; } = [];

    /// <summary>The events without those whose correction is refused; null when another sender was faster, so that all is to be judged anew.</summary>
    public async Task<List<PlacedEvent>?> Run(List<PlacedEvent> events, List<RefusedEvent> refused, CancellationToken cancel)
    {
        var correcting = events.FindAll(placed => placed.Incoming.Correction is not null);
        if (correcting.Count == 0) return events;
        var facts = await Facts(correcting, cancel);
        // One that is in the ledger already was judged when it came first.
        var fresh = facts.FindAll(fact => !fact.IsStored);
        var fromBatch = events.Where(placed => !facts.Exists(fact => fact.IsStored && ReferenceEquals(fact.Event, placed)))
            .ToDictionary(placed => placed.Key, placed => placed.Subject.Subscription);
        var bad = Corrections.Judge(fresh.ConvertAll(Case), fromBatch);
        foreach (var fact in fresh.Where(fact => bad.ContainsKey(fact.Event.Key)))
            refused.Add(UsageIntake.Refused(fact.Event.Incoming, bad[fact.Event.Key]));
        fresh.RemoveAll(fact => bad.ContainsKey(fact.Event.Key));
        if (await Mark(fresh, cancel) < fresh.Count) return null;
        Written.UnionWith(fresh.Select(fact => fact.Event.Key));
        return bad.Count == 0 ? events : events.FindAll(placed => !bad.ContainsKey(placed.Key));
    }

    private static CorrectionCase Case(Fact fact) => new(
        fact.Event.Key, fact.Event.Subject.Subscription, new EventKey(fact.Event.Incoming.Correction!.Source, fact.Event.Incoming.Correction.Id),
        fact.Row.TargetSubscription is { } id ? new SubscriptionId(id) : null,
        fact.Row.BySource is { } source ? new EventKey(source, fact.Row.ById!) : null);

    private async Task<List<Fact>> Facts(List<PlacedEvent> correcting, CancellationToken cancel)
    {
        var targets = new int[correcting.Count];
        for (var index = 0; index < targets.Length; index++)
            targets[index] = await books.KnownSourceNo(correcting[index].Incoming.Correction!.Source, cancel);
        var rows = (await connection.QueryAsync<Row>(new CommandDefinition(
            """
            select own.content is not null as is_stored, target.subscription_id as target_subscription, s.name as by_source, r.by_id
            from unnest(@sources, @ids, @targets, @targetIds) with ordinality as asked (source_no, id, target_source_no, target_id, place)
            left join usage.event own on own.source_no = asked.source_no and own.id = asked.id
            left join usage.event target on target.source_no = asked.target_source_no and target.id = asked.target_id
            left join usage.replaced r on r.source_no = asked.target_source_no and r.id = asked.target_id
            left join usage.source s on s.no = r.by_source_no
            order by asked.place
            """,
            new
            {
                sources = correcting.ConvertAll(placed => placed.SourceNo).ToArray(),
                ids = correcting.ConvertAll(placed => placed.Incoming.Id).ToArray(),
                targets,
                targetIds = correcting.ConvertAll(placed => placed.Incoming.Correction!.Id).ToArray(),
            }, cancellationToken: cancel))).AsList();
        return [.. correcting.Select((placed, index) => new Fact(placed, targets[index], rows[index]))];
    }

    private Task<int> Mark(List<Fact> corrections, CancellationToken cancel) => connection.ExecuteAsync(new CommandDefinition(
        """
        insert into usage.replaced (source_no, id, by_source_no, by_id, billing_account_id, batch)
        select source_no, id, by_source_no, by_id, account, @batch
        from unnest(@targets, @targetIds, @sources, @ids, @accounts) as new (source_no, id, by_source_no, by_id, account)
        order by source_no, id collate "C"
        on conflict (source_no, id) do nothing
        """,
        new
        {
            batch,
            targets = corrections.ConvertAll(fact => fact.TargetSourceNo).ToArray(),
            targetIds = corrections.ConvertAll(fact => fact.Event.Incoming.Correction!.Id).ToArray(),
            sources = corrections.ConvertAll(fact => fact.Event.SourceNo).ToArray(),
            ids = corrections.ConvertAll(fact => fact.Event.Incoming.Id).ToArray(),
            accounts = corrections.ConvertAll(fact => fact.Event.Subject.Account.Value).ToArray(),
        }, cancellationToken: cancel));

    private sealed record Fact(PlacedEvent Event, int TargetSourceNo, Row Row)
    {
        public bool IsStored => Row.IsStored;
    }

    private sealed record Row(bool IsStored, Guid? TargetSubscription, string? BySource, string? ById);
}
