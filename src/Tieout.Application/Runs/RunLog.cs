using Dapper;
using Npgsql;

namespace Tieout.Application.Runs;

/// <summary>
/// Long work as anybody can watch it: what runs, how far it is, who started it. A run that was killed is taken up again
/// under its old id by the next call with the same kind and scope.
/// </summary>
public sealed class RunLog(NpgsqlDataSource database, TimeProvider clock)
{
    /// <summary>Begins a run, or takes up the unfinished one of the same kind and scope.</summary>
    public async Task<Guid> Begin(string kind, string scope, string title, string unit, string actor, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        // Two calls at once must agree on one run.
        await connection.ExecuteAsync("select pg_advisory_xact_lock(732, hashtext(@key))", new { key = kind + "/" + scope }, transaction);
        var id = await connection.QuerySingleOrDefaultAsync<Guid?>(
            """
            select id from runs.run
            where kind = @kind and scope = @scope and state <> 'finished'
            order by started_at desc limit 1
            """, new { kind, scope }, transaction);
        var now = clock.GetUtcNow();
        if (id is null)
        {
            id = Guid.CreateVersion7(now);
            await connection.ExecuteAsync(
                """
                insert into runs.run (id, kind, title, scope, state, unit, actor, started_at, updated_at)
                values (@id, @kind, @title, @scope, 'running', @unit, @actor, @now, @now)
                """, new { id, kind, title, scope, unit, actor, now }, transaction);
        }
        else
        {
            await connection.ExecuteAsync(
                "update runs.run set state = 'running', actor = @actor, updated_at = @now, finished_at = null, problem = '' where id = @id",
                new { id, actor, now }, transaction);
        }
        await transaction.CommitAsync(cancel);
        return id.Value;
    }

    /// <summary>Says how far a run is.</summary>
    public async Task Report(Guid run, long done, long total, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await connection.ExecuteAsync(
            "update runs.run set done = @done, total = @total, updated_at = @now where id = @run",
            new { run, done, total, now = clock.GetUtcNow() });
    }

    /// <summary>
    /// Ends a run that threw: stopped when it was cancelled, failed otherwise. It throws nothing itself: the trouble is what
    /// the caller has to hear of, and without a database the run stays 'running' until it is taken up again.
    /// </summary>
    public async Task Break(Guid run, Exception trouble)
    {
        try
        {
            await End(run, trouble is OperationCanceledException ? "stopped" : "failed", trouble is OperationCanceledException ? "" : trouble.Message);
        }
        catch (NpgsqlException)
        {
            // The database is away.
        }
    }

    /// <summary>
    /// Ends a run: <c>finished</c>, <c>stopped</c> (by Ctrl-C, or with something left to wait for) or <c>failed</c>. Not
    /// cancelled itself, so that a stop is recorded.
    /// </summary>
    public async Task End(Guid run, string state, string problem = "")
    {
        await using var connection = await database.OpenConnectionAsync(CancellationToken.None);
        await connection.ExecuteAsync(
            "update runs.run set state = @state, problem = @problem, updated_at = @now, finished_at = @now where id = @run",
            new { run, state, problem, now = clock.GetUtcNow() });
    }
}
