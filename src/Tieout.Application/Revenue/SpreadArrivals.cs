using Dapper;
using Npgsql;
using Tieout.Domain;
using Tieout.Domain.Revenue;

namespace Tieout.Application.Revenue;

/// <summary>
/// Spreads the deferred lines of documents that came in over the months of their service: claims some arrivals, loads their lines, decides
/// once, saves everything in one transaction and takes the arrivals away with it.
/// </summary>
internal sealed class SpreadArrivals
{
    // Single documents, as people and drafts make them, go together; a billing run's part is a transaction of its own.
    private const int Small = 100;
    private const int SmallAtOnce = 50;

    private readonly NpgsqlDataSource _database;
    private readonly TimeProvider _clock;
    private readonly Guid _run;
    private readonly Guid[] _entities;
    private readonly ILookup<Guid, PolicyRow> _policies;

    private SpreadArrivals(NpgsqlDataSource database, TimeProvider clock, Guid run, Guid[] entities, IEnumerable<PolicyRow> policies, long waiting)
    {
        (_database, _clock, _run, _entities, Waiting) = (database, clock, run, entities, waiting);
        _policies = policies.ToLookup(policy => policy.LegalEntityId);
    }

    /// <summary>How many documents waited when the work began.</summary>
    public long Waiting { get; }

    public static async Task<SpreadArrivals> Prepare(NpgsqlDataSource database, TimeProvider clock, Guid run, Guid[] entities, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        var policies = await connection.QueryAsync<PolicyRow>(new CommandDefinition(
            "select legal_entity_id, from_date, spread, rounding from revenue.policy where legal_entity_id = any(@entities) order by from_date desc",
            new { entities }, cancellationToken: cancel));
        var waiting = await connection.QuerySingleAsync<long>(new CommandDefinition(
            "select coalesce(sum(size), 0) from revenue.arrival where legal_entity_id = any(@entities)", new { entities }, cancellationToken: cancel));
        return new SpreadArrivals(database, clock, run, entities, policies, waiting);
    }

    /// <summary>How many documents and schedules the next transaction did; null when nothing is left that nobody else is at.</summary>
    public async Task<(int Documents, int Schedules)?> RunNext(CancellationToken cancel)
    {
        await using var connection = await _database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var arrivals = await Claim(connection, cancel);
        if (arrivals.Count == 0) return null;
        await RevenueLock.Share(connection, [.. arrivals.Select(arrival => arrival.LegalEntityId).Distinct()], cancel);
        var lines = await DeferredLines.Load(connection, [.. arrivals.Select(arrival => arrival.Id)], cancel);
        var batches = lines.GroupBy(line => (line.LegalEntityId, line.Currency, line.Month)).ToList();
        foreach (var batch in batches)
            await new BatchToSave(batch.Key.LegalEntityId, Currency.Of(batch.Key.Currency), batch.Key.Month, [.. batch.Select(Decide)])
                .Save(connection, _run, _clock.GetUtcNow(), cancel);
        await connection.ExecuteAsync(new CommandDefinition(
            """
            delete from revenue.arrival where id = any(@ids);
            insert into revenue.contract_mark (contract_id) select unnest(@contracts);
            """,
            new
            {
                ids = arrivals.Select(arrival => arrival.Id).ToArray(),
                contracts = lines.Select(line => line.Contract).OfType<Guid>().Distinct().ToArray(),
            }, cancellationToken: cancel));
        await transaction.CommitAsync(cancel);
        return (arrivals.Sum(arrival => arrival.Size), lines.Count);
    }

    private async Task<List<Arrival>> Claim(NpgsqlConnection connection, CancellationToken cancel)
    {
        const string Some =
            """
            select id, size, legal_entity_id from revenue.arrival
            where legal_entity_id = any(@_entities) and (size < @Small) = @few
            order by id for update skip locked limit @limit
            """;
        foreach (var few in new[] { false, true })
        {
            var claimed = (await connection.QueryAsync<Arrival>(new CommandDefinition(
                Some, new { _entities, Small, few, limit = few ? SmallAtOnce : 1 }, cancellationToken: cancel))).AsList();
            if (claimed.Count > 0) return claimed;
        }
        return [];
    }

    // A charge is spread by the policy in force on its first day, and goes on as it began.
    private ScheduledLine Decide(DeferredLine line)
    {
        var policy = line.Began ?? PolicyOn(line.LegalEntityId, line.PartStart);
        // What a contract covers is a fact of it; its months are those of the contract's obligations.
        return new ScheduledLine(line, line.Shown, policy, line.Contract is null ? LineSchedule.Change(line.Before, line.After, policy) : []);
    }

    private SpreadPolicy PolicyOn(Guid entity, DateOnly day)
    {
        foreach (var policy in _policies[entity])
            if (policy.FromDate <= day) return policy.Policy;
        return SpreadPolicy.Default;
    }

    private sealed record Arrival(long Id, int Size, Guid LegalEntityId);

    private sealed record PolicyRow(Guid LegalEntityId, DateOnly FromDate, string Spread, string Rounding)
    {
        public SpreadPolicy Policy { get; } = new(Words.Parse<Spread>(Spread), Words.Parse<ScheduleRounding>(Rounding));
    }
}
