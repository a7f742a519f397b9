using Dapper;
using Npgsql;

namespace Tieout.Application.Intake;

/// <summary>
/// The record of one import in <c>runs.run</c> and <c>intake.import</c>. A run that was stopped or crashed is taken up again,
/// by its scope, after the last line it accounted for.
/// </summary>
internal sealed class ImportRun
{
    private readonly NpgsqlConnection _connection;
    private readonly TimeProvider _clock;

    private ImportRun(NpgsqlConnection connection, TimeProvider clock, Guid id, long lastLine) =>
        (_connection, _clock, Id, LastLine) = (connection, clock, id, lastLine);

    public Guid Id { get; }

    /// <summary>Lines up to this one are accounted for; 0 in a new run.</summary>
    public long LastLine { get; }

    /// <summary>
    /// Takes up the unfinished run of the scope or begins one; null while another session works on the same scope. The hold
    /// lasts as long as the connection, so a dead importer frees it.
    /// </summary>
    public static async Task<ImportRun?> Begin(NpgsqlConnection connection, TimeProvider clock, ImportTitle title, CancellationToken cancel)
    {
        if (!await connection.ExecuteScalarAsync<bool>(new CommandDefinition(
            "select pg_try_advisory_lock(hashtextextended('intake.import ' || @Scope, 0))", title, cancellationToken: cancel))) return null;

        var now = clock.GetUtcNow();
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var (id, lastLine) = await connection.QuerySingleOrDefaultAsync<(Guid Id, long LastLine)>(new CommandDefinition(
            """
            select id, coalesce((select max(row_no) from intake.row where run_id = run.id), 0)
            from runs.run
            where tenant = 1 and kind = 'import' and scope = @Scope and state <> 'finished'
            order by started_at desc
            limit 1
            """, title, cancellationToken: cancel));
        if (id == Guid.Empty)
        {
            id = Guid.CreateVersion7();
            await connection.ExecuteAsync(new CommandDefinition(
                """
                insert into runs.run (id, kind, title, scope, state, total, unit, actor, started_at, updated_at)
                values (@id, 'import', @Title, @Scope, 'running', @Total, 'rows', @Actor, @now, @now);
                insert into intake.import (run_id, file_name, sha256) values (@id, @FileName, @Sha256);
                """, new { id, now, title.Title, title.Scope, title.Total, title.Actor, title.FileName, title.Sha256 }, cancellationToken: cancel));
        }
        else
        {
            await connection.ExecuteAsync(new CommandDefinition(
                "update runs.run set state = 'running', problem = '', updated_at = @now where id = @id", new { id, now }, cancellationToken: cancel));
        }
        await transaction.CommitAsync(cancel);
        return new ImportRun(connection, clock, id, lastLine);
    }

    /// <summary>Says that every row is accounted for.</summary>
    public Task Finish(CancellationToken cancel) => End("finished", "", cancel);

    /// <summary>Says that it ended early, so that it can be taken up; says nothing when the database does not answer.</summary>
    public async Task Break(Exception trouble)
    {
        try
        {
            var stopped = trouble is OperationCanceledException;
            await End(stopped ? "stopped" : "failed", stopped ? "Stopped; run it again to go on." : trouble.Message, CancellationToken.None);
        }
        catch (NpgsqlException)
        {
            // The run stays 'running'; whoever runs it again takes it up all the same.
        }
        catch (InvalidOperationException)
        {
            // The connection is gone or in the middle of something: as above.
        }
    }

    /// <summary>What became of all rows so far, and the first that were refused.</summary>
    public async Task<ImportOutcome.Finished> Outcome(CancellationToken cancel)
    {
        var counts = await _connection.QuerySingleAsync<RowCounts>(new CommandDefinition(
            "select received, accepted, unchanged, refused from intake.import where run_id = @Id", new { Id }, cancellationToken: cancel));
        var refused = await _connection.QueryAsync<RefusedRow>(new CommandDefinition(
            """
            select row_no, row_key, code, field, reason, remedy
            from intake.row
            where run_id = @Id and outcome = 'refused'
            order by row_no
            limit @most
            """, new { Id, most = ImportOutcome.MostRefusedRows }, cancellationToken: cancel));
        return new ImportOutcome.Finished(Id, counts.Received, counts.Accepted, counts.Unchanged, counts.Refused, refused.AsList());
    }

    private Task End(string state, string problem, CancellationToken cancel) => _connection.ExecuteAsync(new CommandDefinition(
        """
        update runs.run
        set state = @state, problem = @problem, updated_at = @now, finished_at = @now,
            total = case when @state = 'finished' then done else total end
        where id = @Id
        """, new { Id, state, problem, now = _clock.GetUtcNow() }, cancellationToken: cancel));
}

/// <summary>What a run is called and how it is found again.</summary>
internal sealed record ImportTitle(string Title, string Scope, string FileName, string Sha256, long Total, string Actor);
