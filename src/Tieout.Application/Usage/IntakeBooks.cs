using System.Collections.Concurrent;
using Dapper;
using Npgsql;
using Tieout.Application.Database;
using Tieout.Domain;
using Tieout.Domain.Usage;

namespace Tieout.Application.Usage;

/// <summary>
/// What events refer to, kept in memory: meters, subscriptions by code, numbers of sources and types. A meter or a contract that
/// somebody else changes is seen within <see cref="Fresh"/>; one that is not found is looked for again at once.
/// </summary>
internal sealed class IntakeBooks(NpgsqlDataSource database, TimeProvider clock)
{
    /// <summary>How old what is known may be.</summary>
    public static readonly TimeSpan Fresh = TimeSpan.FromSeconds(15);

    private const int MostKnown = 500_000;
    private const int NumbersAtOnce = 32;

    private readonly ConcurrentDictionary<string, int> _sources = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, int> _types = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, (UsageSubject Subject, DateTimeOffset At)> _subjects = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<long> _batches = new();
    private volatile Known? _meters;

    /// <summary>The meters; read anew when they are older than asked for.</summary>
    public async Task<MeterBook> Meters(TimeSpan newerThan, CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        if (_meters is { } known && now - known.At < newerThan && now >= known.At) return known.Book;
        await using var connection = await database.OpenConnectionAsync(cancel);
        var book = new MeterBook(await Usage.Meters.Load(connection, cancel));
        _meters = new Known(book, now);
        return book;
    }

    /// <summary>The subscriptions of these codes; one that is not there is missing from the answer.</summary>
    public async Task<IReadOnlyDictionary<string, UsageSubject>> Subjects(IReadOnlyCollection<string> codes, CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        Dictionary<string, UsageSubject> found = new(codes.Count, StringComparer.Ordinal);
        List<string> unknown = [];
        foreach (var code in codes)
        {
            if (_subjects.TryGetValue(code, out var known) && now - known.At < Fresh && now >= known.At) found[code] = known.Subject;
            else unknown.Add(code);
        }
        if (unknown.Count == 0) return found;
        if (_subjects.Count > MostKnown) _subjects.Clear();
        foreach (var row in await database.Rows<SubjectRow>(
                     """
                     select s.code, s.id, s.billing_account_id, s.start_date, s.end_date, a.time_zone
                     from subscriptions.subscription s
                     join customers.billing_account a on a.id = s.billing_account_id
                     where s.tenant = 1 and s.code = any(@codes)
                     """, new { codes = unknown.ToArray() }, cancel))
        {
            LocalDays.TryZone(row.TimeZone, out var zone);
            var subject = new UsageSubject(
                row.Code, new SubscriptionId(row.Id), new BillingAccountId(row.BillingAccountId), row.StartDate, row.EndDate, zone);
            _subjects[row.Code] = (subject, now);
            found[row.Code] = subject;
        }
        return found;
    }

    public Task<int> SourceNo(string name, CancellationToken cancel) => Number(_sources, "usage.source", name, cancel);

    public Task<int> TypeNo(string name, CancellationToken cancel) => Number(_types, "usage.event_type", name, cancel);

    /// <summary>The number of a source that is known, or -1.</summary>
    public async Task<int> KnownSourceNo(string name, CancellationToken cancel)
    {
        if (_sources.TryGetValue(name, out var known)) return known;
        await using var connection = await database.OpenConnectionAsync(cancel);
        return await connection.QuerySingleOrDefaultAsync<int?>(new CommandDefinition(
            "select no from usage.source where tenant = 1 and name = @name", new { name }, cancellationToken: cancel)) ?? -1;
    }

    /// <summary>A number for a batch. Taken some at a time; those left over when the program ends are never used.</summary>
    public async Task<long> NextBatch(CancellationToken cancel)
    {
        if (_batches.TryDequeue(out var next)) return next;
        await using var connection = await database.OpenConnectionAsync(cancel);
        var numbers = (await connection.QueryAsync<long>(new CommandDefinition(
            "select nextval('usage.batch_no_seq') from generate_series(1, @NumbersAtOnce)", new { NumbersAtOnce }, cancellationToken: cancel))).AsList();
        foreach (var number in numbers.Skip(1)) _batches.Enqueue(number);
        return numbers[0];
    }

    private async Task<int> Number(ConcurrentDictionary<string, int> known, string table, string name, CancellationToken cancel)
    {
        if (known.TryGetValue(name, out var number)) return number;
        await using var connection = await database.OpenConnectionAsync(cancel);
        // On its own and at once: rolled back with a batch, the number in memory would lead nowhere. Two who add the same name at
        // once do not see each other's row the first time.
        int? found = null;
        while (found is null)
            found = await connection.QuerySingleOrDefaultAsync<int?>(new CommandDefinition(
                $"""
                with known as (select no from {table} where tenant = 1 and name = @name),
                     added as (insert into {table} (name) select @name where not exists (select from known) on conflict do nothing returning no)
                select no from known union all select no from added
                """, new { name }, cancellationToken: cancel));
        number = found.Value;
        if (known.Count > MostKnown) known.Clear();
        known[name] = number;
        return number;
    }

    private sealed record Known(MeterBook Book, DateTimeOffset At);

    private sealed record SubjectRow(string Code, Guid Id, Guid BillingAccountId, DateOnly StartDate, DateOnly? EndDate, string TimeZone);
}
