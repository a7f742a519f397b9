using Dapper;
using Npgsql;
using Tieout.Domain.Usage;

namespace Tieout.Application.Usage;

/// <summary>
/// Brings accepted events into the summaries, batch by batch, each once. Any number of nodes may do it at a time; one that is killed
/// leaves its batches as they were, for the next.
/// </summary>
public static class UsageSummaries
{
    private const int BatchesAtOnce = 200;

    /// <summary>Sums up what is waiting and nobody else is at, until nothing is left; gives how many batches it was.</summary>
    /// <param name="connection">Open, without a transaction of its own.</param>
    public static async Task<int> Summarise(NpgsqlConnection connection, TimeProvider clock, CancellationToken cancel)
    {
        var done = 0;
        while (await Round(connection, clock, cancel) is > 0 and var batches) done += batches;
        return done;
    }

    /// <summary>
    /// Returns when everything that was accepted before the call is in the summaries, also what another node is at just now. A
    /// billing run begins with it.
    /// </summary>
    /// <param name="connection">Open, without a transaction of its own.</param>
    public static async Task CatchUp(NpgsqlConnection connection, TimeProvider clock, CancellationToken cancel)
    {
        var waiting = (await connection.QueryAsync<long>(new CommandDefinition(
            "select no from usage.batch where summarised_at is null order by no", cancellationToken: cancel))).ToArray();
        while (waiting.Length > 0)
        {
            await Summarise(connection, clock, cancel);
            // Whoever has one of them holds its row: this returns when the row is let go, by its being done or by a death.
            waiting = (await connection.QueryAsync<long>(new CommandDefinition(
                "select no from usage.batch where no = any(@waiting) and summarised_at is null order by no for update",
                new { waiting }, commandTimeout: 0, cancellationToken: cancel))).ToArray();
        }
    }

    private static async Task<int> Round(NpgsqlConnection connection, TimeProvider clock, CancellationToken cancel)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var batches = await Claim(connection, cancel);
        if (batches.Length == 0) return 0;
        var meters = (await Meters.Load(connection, cancel)).ToLookup(meter => meter.Meter.Aggregation);
        int[] Of(params IEnumerable<Aggregation> aggregations) => [.. aggregations.SelectMany(one => meters[one]).Select(meter => meter.No)];
        var corrected = await connection.QuerySingleAsync<bool>(new CommandDefinition(
            "select exists (select from usage.replaced where batch = any(@batches))", new { batches }, cancellationToken: cancel));
        var levels = Of(Aggregation.Latest, Aggregation.TimeWeighted, Aggregation.UnitHours);
        var points = levels.Concat(meters.SelectMany(group => group).Where(meter => meter.Meter.KeepTransactions).Select(meter => meter.No)).ToArray();
        var (max, uniques) = (Of(Aggregation.Max), Of(Aggregation.UniqueCount));

        async Task Do(string sql) => await connection.ExecuteAsync(new CommandDefinition(
            sql, new { batches, levels, points, max, uniques, now = clock.GetUtcNow() }, commandTimeout: 0, cancellationToken: cancel));

        await Do(SummarySql.Add);
        if (corrected && max.Length > 0) await Do(SummarySql.LargestAnew);
        if (points.Length > 0) await Do(SummarySql.AddPoints);
        if (points.Length > 0 && corrected) await Do(SummarySql.RemovePoints);
        if (levels.Length > 0) await Do(SummarySql.LevelsAnew);
        if (uniques.Length > 0) await Do(SummarySql.AddUniques);
        if (uniques.Length > 0) await Do(SummarySql.UniquesAnew);
        await Do(SummarySql.Touch);
        await Do(SummarySql.Done);
        await transaction.CommitAsync(cancel);
        return batches.Length;
    }

    /// <summary>
    /// Batches that are free, with those they build on: what takes an event back waits until that event is summed up, or comes with
    /// it. What another node has of these is left, and with it what builds on it.
    /// </summary>
    private static async Task<long[]> Claim(NpgsqlConnection connection, CancellationToken cancel)
    {
        async Task<List<long>> Numbers(string sql, object parameters) =>
            (await connection.QueryAsync<long>(new CommandDefinition(sql, parameters, cancellationToken: cancel))).AsList();

        HashSet<long> claimed = [.. await Numbers(SummarySql.Claim, new { limit = BatchesAtOnce })];
        HashSet<long> left = [];
        while (claimed.Count > 0)
        {
            var blocked = (await connection.QueryAsync<(long Batch, long Target)>(new CommandDefinition(
                SummarySql.Blocked, new { batches = claimed.ToArray() }, cancellationToken: cancel))).AsList();
            if (blocked.Count == 0) break;
            var wanted = blocked.Select(one => one.Target).Where(target => !left.Contains(target)).Distinct().ToArray();
            var got = await Numbers(SummarySql.ClaimThese, new { wanted });
            claimed.UnionWith(got);
            left.UnionWith(wanted.Except(got));
            foreach (var (batch, target) in blocked.Where(one => left.Contains(one.Target)))
            {
                claimed.Remove(batch);
                left.Add(batch);
            }
        }
        return [.. claimed.Order()];
    }
}
