using Dapper;
using Npgsql;
using Tieout.Application.Runs;

namespace Tieout.Application.Intake;

/// <summary>What a run is called and how it is found again.</summary>
internal sealed record ImportTitle(string Title, string Scope, string FileName, string Sha256, long Total, string Actor);

/// <summary>
/// The record of one import. A run that was stopped or killed is taken up again, by its scope, after the last line it accounted
/// for: chunks are committed in the order of the file.
/// </summary>
internal sealed class ImportRun
{
    private readonly NpgsqlConnection _connection;
    private readonly RunLog _log;

    private ImportRun(NpgsqlConnection connection, RunLog log, Guid id, long lastLine, long done) =>
        (_connection, _log, Id, LastLine, Done) = (connection, log, id, lastLine, done);

    public Guid Id { get; }

    /// <summary>Lines up to this one are accounted for; 0 in a new run.</summary>
    public long LastLine { get; }

    /// <summary>Rows accounted for before it was taken up.</summary>
    public long Done { get; }

    /// <summary>
    /// Takes up the unfinished run of the scope or begins one; null while another session works on the same scope. The hold
    /// lasts as long as the connection, so a dead importer frees it.
    /// </summary>
    public static async Task<ImportRun?> Begin(NpgsqlConnection connection, RunLog log, ImportTitle title, CancellationToken cancel)
    {
        if (!await connection.ExecuteScalarAsync<bool>(new CommandDefinition(
            "select pg_try_advisory_lock(735, hashtext(@Scope))", title, cancellationToken: cancel))) return null;

        var id = await log.Begin("import", title.Scope, title.Title, "rows", title.Actor, cancel);
        var (lastLine, done) = await connection.QuerySingleAsync<(long LastLine, long Done)>(new CommandDefinition(
            """
            insert into intake.import (run_id, file_name, sha256) values (@id, @FileName, @Sha256) on conflict do nothing;
            select coalesce(max(row_no), 0), count(*) from intake.row where run_id = @id;
            """, new { id, title.FileName, title.Sha256 }, cancellationToken: cancel));
        await log.Report(id, done, title.Total, cancel);
        return new ImportRun(connection, log, id, lastLine, done);
    }

    /// <summary>Says that every row is accounted for, and what became of them.</summary>
    public async Task<ImportOutcome> Finish(CancellationToken cancel)
    {
        var outcome = await Outcome(cancel);
        await _log.Report(Id, outcome.Received, outcome.Received, cancel);
        await _log.End(Id, "finished");
        await _connection.ExecuteAsync(new CommandDefinition("select pg_advisory_unlock_all()", cancellationToken: cancel));
        return outcome;
    }

    /// <summary>
    /// Says that it ended early, so that it can be taken up. When the database does not answer it stays 'running'; whoever runs
    /// it again takes it up all the same.
    /// </summary>
    public async Task Break(Exception trouble)
    {
        var stopped = trouble is OperationCanceledException;
        try
        {
            await _log.End(Id, stopped ? "stopped" : "failed", stopped ? "Stopped; run it again to go on." : trouble.Message);
        }
        catch (NpgsqlException)
        {
            // The trouble itself is what the caller has to hear of.
        }
    }

    private async Task<ImportOutcome.Finished> Outcome(CancellationToken cancel)
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
}
