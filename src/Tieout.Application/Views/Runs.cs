using Npgsql;
using Tieout.Application.Database;

namespace Tieout.Application.Views;

/// <summary>Long work, running or ended.</summary>
/// <param name="Kind"><c>import</c>, <c>bill</c>, <c>post</c> or <c>reconcile</c>.</param>
/// <param name="State"><c>running</c>, <c>finished</c>, <c>stopped</c> or <c>failed</c>.</param>
/// <param name="Total">Units in all; 0 while unknown.</param>
/// <param name="Unit">What is counted, in the plural.</param>
/// <param name="Problem">Why it failed or stopped; empty otherwise.</param>
public sealed record RunRow(
    Guid Id,
    string Kind,
    string Title,
    string Scope,
    string State,
    long Total,
    long Done,
    string Unit,
    string Actor,
    DateTimeOffset StartedAt,
    DateTimeOffset UpdatedAt,
    DateTimeOffset? FinishedAt,
    string Problem);

/// <summary>A run with what it left behind.</summary>
/// <param name="Import">What became of the file's rows; null for other kinds.</param>
/// <param name="Verdicts">What it found, for a reconciliation run.</param>
public sealed record RunDetail(RunRow Run, ImportRow? Import, IReadOnlyList<RunVerdict> Verdicts);

/// <summary>A file and its rows; refused rows are given up to the first 200.</summary>
public sealed record ImportRow(
    string FileName, string Sha256, long Received, long Accepted, long Unchanged, long Refused, IReadOnlyList<RefusedRow> RefusedRows);

/// <summary>A row that did not come in, and how to correct it.</summary>
public sealed record RefusedRow(long RowNo, string RowKey, string Field, string Reason, string Remedy);

/// <summary>The verdict of one legal entity and currency.</summary>
public sealed record RunVerdict(string Entity, string Currency, string Verdict, long Unproven, string Problem);

/// <summary>Reads runs.</summary>
public sealed class ReadRuns(NpgsqlDataSource database)
{
    private const string Columns =
        "id, kind, title, scope, state, total, done, unit, actor, started_at, updated_at, finished_at, problem";

    /// <summary>Running ones first, then by start, newest first.</summary>
    public Task<IReadOnlyList<RunRow>> Latest(int limit, CancellationToken cancel) => database.Rows<RunRow>(
        $"""
        select {Columns}
        from (select * from runs.run order by started_at desc limit 1000) latest
        order by state = 'running' desc, started_at desc
        limit @limit
        """, new { limit }, cancel);

    /// <summary>One run; null when there is none with this id.</summary>
    public async Task<RunDetail?> One(Guid id, CancellationToken cancel)
    {
        var found = await database.Rows<RunRow>($"select {Columns} from runs.run where id = @id", new { id }, cancel);
        return found.Count == 0 ? null : new RunDetail(found[0], await Import(id, cancel), await Verdicts(id, cancel));
    }

    private async Task<ImportRow?> Import(Guid run, CancellationToken cancel)
    {
        var imports = await database.Rows<Counts>(
            "select file_name, sha256, received, accepted, unchanged, refused from intake.import where run_id = @run", new { run }, cancel);
        if (imports.Count == 0) return null;
        var refused = await database.Rows<RefusedRow>(
            """
            select row_no, row_key, field, reason, remedy
            from intake.row
            where run_id = @run and outcome = 'refused'
            order by row_no
            limit 200
            """, new { run }, cancel);
        var counts = imports[0];
        return new ImportRow(counts.FileName, counts.Sha256, counts.Received, counts.Accepted, counts.Unchanged, counts.Refused, refused);
    }

    private Task<IReadOnlyList<RunVerdict>> Verdicts(Guid run, CancellationToken cancel) => database.Rows<RunVerdict>(
        """
        select e.code as entity, r.currency, r.verdict, r.unproven, r.problem
        from reconciliation.entity_result r
        join customers.legal_entity e on e.id = r.legal_entity_id
        where r.run_id = @run
        order by e.code, r.currency
        """, new { run }, cancel);

    private sealed record Counts(string FileName, string Sha256, long Received, long Accepted, long Unchanged, long Refused);
}
