using Npgsql;
using Tieout.Application.Exceptions;
using Tieout.Application.Mapping;
using Tieout.Application.Runs;
using Tieout.Domain.Exceptions;

namespace Tieout.Application.Posting.Postgres;

/// <summary>The postings in PostgreSQL: schema <c>posting</c>, its cases, its runs. Rows are locked in the order of their ids.</summary>
internal sealed partial class PostgresPosting : IPostingStore
{
    private readonly NpgsqlDataSource _database;
    private readonly TimeProvider _clock;
    private readonly RunLog _runs;

    // What many workers want at the same moment is one transaction.
    private readonly Gathering<string, bool> _looks;
    private readonly Gathering<ExchangeStart, Guid?> _beginnings;
    private readonly Gathering<ExchangeEnd, bool> _ends;
    private readonly Gathering<Recording, bool> _records;

    // Replaced whole when something is published; whoever holds the earlier one goes on with it.
    private PublishedMapping _mapping = PublishedMapping.None;

    /// <summary>A store over books.</summary>
    /// <param name="database">The books.</param>
    /// <param name="clock">A <see cref="DatabaseClock"/> where several machines work; any other for a story in its own time.</param>
    public PostgresPosting(NpgsqlDataSource database, TimeProvider clock)
    {
        (_database, _clock, _runs) = (database, clock, new RunLog(database, clock));
        _looks = new(LookTogether, async target => (await LookTogether([target]))[0], RequestsTogether);
        _beginnings = new(starts => Begin(starts, patient: false), async start => (await Begin([start], patient: true))[0], RequestsTogether);
        _ends = new(ends => End(ends, patient: false), async end => (await End([end], patient: true))[0], RequestsTogether);
        _records = new(some => RecordTogether(some, patient: false), async one => (await RecordTogether([one], patient: true))[0], RecordsTogether);
    }

    public DateTimeOffset Now => _clock.GetUtcNow();

    public Guid NewId() => Guid.CreateVersion7(Now);

    public async Task<IPostingNode> Join(CancellationToken cancel) => await PostgresNode.Join(_database, Told, cancel);

    public async Task RaiseTarget(string target, Finding finding)
    {
        await using var connection = await _database.OpenConnectionAsync(CancellationToken.None);
        await using var transaction = await connection.BeginTransactionAsync(CancellationToken.None);
        await ExceptionLog.Raise(connection, transaction, [new RaisedException(finding, "target", target)], Now);
        await transaction.CommitAsync(CancellationToken.None);
    }

    public async Task ResolveTarget(string target, string resolution)
    {
        await using var connection = await _database.OpenConnectionAsync(CancellationToken.None);
        await using var transaction = await connection.BeginTransactionAsync(CancellationToken.None);
        await ExceptionLog.Resolve(connection, transaction, "target", [target], resolution, Now);
        await transaction.CommitAsync(CancellationToken.None);
    }

    public Task<Guid> BeginRun(string actor, CancellationToken cancel) => _runs.Begin("post", "", "Post documents", "documents", actor, cancel);

    public Task ReportRun(Guid run, long done, long total, CancellationToken cancel) => _runs.Report(run, done, total, cancel);

    public Task EndRun(Guid run, string state, string problem) => _runs.End(run, state, problem);

    public Task BreakRun(Guid run, Exception trouble) => _runs.Break(run, trouble);

    private void Told(DateTimeOffset now) => (_clock as DatabaseClock)?.Told(now);
}
