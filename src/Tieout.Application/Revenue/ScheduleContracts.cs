using Dapper;
using Npgsql;
using Tieout.Domain;
using Tieout.Domain.Catalog;
using Tieout.Domain.Revenue;

namespace Tieout.Application.Revenue;

/// <summary>A contract that cannot be computed with what is known now; it keeps what it has, and is tried again by each run.</summary>
public sealed record StoppedContract(string Contract, string Field, string Code, string Reason, string Remedy);

/// <summary>
/// Schedules of given contracts whose facts changed: what should stand, computed whole, less what is scheduled, by obligation and month. The
/// order in which facts became known changes nothing; what closed months lack is booked in the first open one.
/// </summary>
internal sealed class ScheduleContracts(NpgsqlDataSource database, TimeProvider clock, Guid run, Guid[] entities)
{
    private const int AtOnce = 100;

    /// <summary>How many schedules were added, and the contracts that stand still.</summary>
    public async Task<(long Schedules, IReadOnlyList<StoppedContract> Stopped)> Run(CancellationToken cancel)
    {
        List<StoppedContract> stopped = [];
        HashSet<Guid> tried = [];
        long schedules = 0;
        while (await Some(tried, stopped, cancel) is { } added) schedules += added;
        return (schedules, stopped);
    }

    private async Task<int?> Some(HashSet<Guid> tried, List<StoppedContract> stopped, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var contracts = await Claim(connection, tried, cancel);
        if (contracts.Count == 0) return null;
        var ids = contracts.Select(contract => contract.Id).ToArray();
        tried.UnionWith(ids);
        // What comes in from here on leaves marks that are not among these.
        var marks = (await connection.QueryAsync<(long Id, Guid Contract)>(new CommandDefinition(
            "select id, contract_id from revenue.contract_mark where contract_id = any(@ids)", new { ids }, cancellationToken: cancel))).AsList();
        var facts = await ContractBooks.Facts(connection, ids, cancel);
        var documents = await ContractBooks.Documents(connection, ids, cancel);
        var stands = await ContractBooks.Scheduled(connection, ids, cancel);
        List<(ContractRow Contract, ScheduledObligation Schedule)> added = [];
        List<Guid> done = [];
        foreach (var contract in contracts)
        {
            var given = facts[contract.Id].ToList();
            var (answer, problems) = GivenContract.Read(given, [.. documents[contract.Id]]).Recognised();
            if (answer is null) stopped.AddRange(problems.Select(problem => Stopped(contract, problem)));
            else
            {
                done.Add(contract.Id);
                added.AddRange(Missing(contract.Id, answer, stands[contract.Id], given.Count).Select(schedule => (contract, schedule)));
            }
        }
        foreach (var batch in added.GroupBy(one => (one.Contract.LegalEntityId, one.Contract.Currency)))
            await new BatchToSave(batch.Key.LegalEntityId, Currency.Of(batch.Key.Currency), Month: null, [])
            {
                Obligations = [.. batch.Select(one => one.Schedule)],
            }.Save(connection, run, clock.GetUtcNow(), cancel);
        await connection.ExecuteAsync(new CommandDefinition(
            "delete from revenue.contract_mark where id = any(@read)",
            new { read = marks.Where(mark => done.Contains(mark.Contract)).Select(mark => mark.Id).ToArray() }, cancellationToken: cancel));
        await transaction.CommitAsync(cancel);
        return added.Count;
    }

    // Whoever holds a contract's row computes it; the row itself never changes.
    private async Task<List<ContractRow>> Claim(NpgsqlConnection connection, HashSet<Guid> tried, CancellationToken cancel) =>
        (await connection.QueryAsync<ContractRow>(new CommandDefinition(
            """
            select c.id, c.code, c.legal_entity_id, c.currency from revenue.contract c
            where c.legal_entity_id = any(@entities) and c.id <> all(@tried) and exists (select from revenue.contract_mark m where m.contract_id = c.id)
            order by c.id for no key update skip locked limit @AtOnce
            """, new { entities, tried = tried.ToArray(), AtOnce }, cancellationToken: cancel))).AsList();

    private static IEnumerable<ScheduledObligation> Missing(
        Guid contract, RevenueAnswer answer, IEnumerable<(string Obligation, MonthAmount Month)> stands, int version) =>
        Difference(answer, stands).GroupBy(line => line.Key.Obligation).OrderBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => new ScheduledObligation(
                contract, group.Key, version, [.. group.OrderBy(line => line.Key.Month).Select(line => new MonthAmount(line.Key.Month, line.Value))]));

    /// <summary>What should stand less what is scheduled, by obligation and month; none of zero.</summary>
    internal static IEnumerable<KeyValuePair<(string Obligation, AccountingMonth Month), decimal>> Difference(
        RevenueAnswer answer, IEnumerable<(string Obligation, MonthAmount Month)> stands)
    {
        Dictionary<(string Obligation, AccountingMonth Month), decimal> missing = [];
        foreach (var line in answer.Schedule) missing[(line.Obligation, line.Month)] = missing.GetValueOrDefault((line.Obligation, line.Month)) + line.Amount;
        foreach (var (obligation, (month, amount)) in stands) missing[(obligation, month)] = missing.GetValueOrDefault((obligation, month)) - amount;
        return missing.Where(line => line.Value != 0m);
    }

    private static StoppedContract Stopped(ContractRow contract, PriceProblem problem) =>
        new(contract.Code, problem.Field, problem.Code, problem.Reason, problem.Remedy);

    private sealed record ContractRow(Guid Id, string Code, Guid LegalEntityId, string Currency);
}
