using Npgsql;
using Tieout.Application.Exceptions;
using Tieout.Application.Mapping;
using Tieout.Application.Runs;
using Tieout.Domain.Exceptions;

namespace Tieout.Application.Posting.Postgres;

/// <summary>The postings in PostgreSQL: schema <c>posting</c>, its cases, its runs. Rows are locked in the order of their ids.</summary>
internal sealed partial class PostgresPosting : IPostingStore
{
    // While many come: to gather more of them. A request has its slot meanwhile, claims and answers have none.
    private static readonly TimeSpan Breath = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan ShortBreath = TimeSpan.FromMilliseconds(1);

    private readonly NpgsqlDataSource _database;
    private readonly TimeProvider _clock;
    private readonly RunLog _runs;
    private readonly HotLines _lines;
    private readonly HotLines _claims;

    // What many workers want at the same moment is one transaction.
    private readonly Gathering<string, bool> _looks;
    private readonly Gathering<string, int?> _tries;
    private readonly Gathering<ExchangeStart, Guid?> _beginnings;

    // Two, for while one waits for the disk the other works; what belongs to one claim goes through the same one, in its order.
    private readonly Gathering<object, bool>[] _writings;

    private readonly ClaimCursor _passed = new();

    // Replaced whole when something is published; whoever holds the earlier one goes on with it.
    private PublishedMapping _mapping = PublishedMapping.None;

    /// <summary>A store over books.</summary>
    /// <param name="database">The books.</param>
    /// <param name="clock">A <see cref="DatabaseClock"/> where several machines work; any other for a story in its own time.</param>
    public PostgresPosting(NpgsqlDataSource database, TimeProvider clock)
    {
        (_database, _clock, _runs) = (database, clock, new RunLog(database, clock));
        (_lines, _claims) = (new HotLines(database, HotBatch.Impatient), new HotLines(database, HotBatch.Patient));
        _looks = new(LookTogether, async target => (await LookTogether([target]))[0], Together);
        _tries = new(LookForTries, async target => (await LookForTries([target]))[0], Together);
        _beginnings = new(
            starts => _lines.Use(line => Begin(line, starts)), start => Patiently(line => Begin(line, [start])), Together, ShortBreath, beside: 2);
        _writings = [Writing(), Writing()];

        Gathering<object, bool> Writing() =>
            new(some => _lines.Use(line => Write(line, some)), one => Patiently(line => Write(line, [one])), Together, Breath);
    }

    public DateTimeOffset Now => _clock.GetUtcNow();

    public Guid NewId() => Guid.CreateVersion7(Now);

    public async Task<IPostingNode> Join(CancellationToken cancel)
    {
        var node = await PostgresNode.Join(_database, Told, Left, cancel);
        _lines.Joined();
        _claims.Joined();
        return node;
    }

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

    private Gathering<object, bool> WritingOf(Guid id) => _writings[WhichOf(id)];

    /// <summary>The writing of a claim, and of the exchanges under it.</summary>
    internal static int WhichOf(Guid id) => id.ToByteArray()[^1] & 1;

    /// <summary>The id of an exchange so changed that it names the writing of its claim: an answer is never on record later than what follows from it.</summary>
    internal static Guid BesideOf(Guid claim, Guid id)
    {
        var bytes = id.ToByteArray();
        bytes[^1] = (byte)(bytes[^1] & ~1 | WhichOf(claim));
        return new Guid(bytes);
    }

    // On a connection of its own: it may wait for somebody's lock.
    private async Task<T> Patiently<T>(Func<NpgsqlConnection, Task<IReadOnlyList<T>>> work)
    {
        await using var connection = await HotLines.Open(_database, HotBatch.Patient);
        return (await work(connection))[0];
    }

    private async ValueTask Left()
    {
        await _lines.Left();
        await _claims.Left();
    }

    private void Told(DateTimeOffset now) => (_clock as DatabaseClock)?.Told(now);
}
