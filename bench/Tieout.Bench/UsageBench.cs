using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using Dapper;
using Npgsql;
using Tieout.Api;
using Tieout.Application.Usage;
using Tieout.Domain.Usage;

namespace Tieout.Bench;

/// <summary>
/// Intake of usage over loopback HTTP, durable and deduplicated before each answer, against the bare floor: the same rows by binary
/// COPY into a temporary staging table and on into a table with the same key, as many at a time over as many connections. Both in
/// rounds, one after the other, so that a busy moment of the machine meets both.
/// </summary>
internal static class UsageBench
{
    private const int BatchSize = 1_000;
    private const int Senders = 4;
    private const int Rounds = 4;
    private const int Subscriptions = 10_000;

    public static async Task Run(int events)
    {
        await using var server = await BenchDatabase.Start();
        await using var source = await server.Create("usage");
        await using var floor = await server.Create("floor");
        await Prepare(source, floor);
        await using var api = TieoutApi.Build(source, "http://127.0.0.1:0", TimeProvider.System);
        await api.StartAsync();
        using var client = new HttpClient { BaseAddress = new Uri(api.Urls.First()) };

        await Send(client, Bodies(0, 40)); // compiled and connected
        var perRound = Math.Max(1, events / Rounds / BatchSize);
        var (taken, bare, cpu) = (TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero);
        List<TimeSpan> waits = [];
        for (var round = 0; round < Rounds; round++)
        {
            var bodies = Bodies((round + 1) * 1_000_000, perRound);
            var before = await Batches(source);
            await Checkpoint(source);
            var used = Process.GetCurrentProcess().TotalProcessorTime;
            var watch = Stopwatch.StartNew();
            waits.AddRange(await Send(client, bodies));
            taken += watch.Elapsed;
            cpu += Process.GetCurrentProcess().TotalProcessorTime - used;
            if (round == 0) await Feed(floor, await Dump(source, before)); // its first rows find the pages warm as well
            var rows = await Dump(source, (await Batches(source)).Except(before));
            await Checkpoint(floor);
            watch.Restart();
            await Feed(floor, rows);
            bare += watch.Elapsed;
        }
        await Report(source, floor, perRound * Rounds * BatchSize, taken, bare, cpu, waits);
        await api.StopAsync();
    }

    private static async Task Prepare(NpgsqlDataSource source, NpgsqlDataSource floor)
    {
        await BenchData.Subscriptions(source, Subscriptions);
        var meters = new Meters(source);
        foreach (var draft in new[]
                 {
                     new MeterDraft("requests", "Requests", Aggregation.Count, ["api.request"]),
                     new MeterDraft("bytes", "Bytes", Aggregation.Sum, ["api.request"], ValueProperty: "bytes"),
                 })
            await meters.Declare(MeterRules.Judge(draft).Meter!, CancellationToken.None);
        await using var connection = await floor.OpenConnectionAsync();
        await connection.ExecuteAsync("create table bare (like usage.event, primary key (source_no, id))");
    }

    private static List<byte[]> Bodies(int from, int count) => [.. Enumerable.Range(0, count).Select(batch => Body(from + (batch * BatchSize)))];

    // Ids as most senders make them: random, so that the key's index is met everywhere.
    private static byte[] Body(int from)
    {
        var text = new StringBuilder("[");
        var random = new Random(from);
        Span<byte> id = stackalloc byte[16];
        var start = TimeProvider.System.GetUtcNow().AddDays(-3);
        for (var index = 0; index < BatchSize; index++)
        {
            random.NextBytes(id);
            if (index > 0) text.Append(',');
            text.Append(CultureInfo.InvariantCulture,
                $$"""{"specversion":"1.0","id":"{{new Guid(id)}}","source":"/gateway/eu-1","type":"api.request","subject":"C-{{random.Next(1, Subscriptions + 1)}}","time":"{{start.AddSeconds(index):yyyy-MM-ddTHH:mm:ss.fff}}Z","datacontenttype":"application/json","data":{"method":"GET","route":"/v2/orders","status":200,"bytes":{{random.Next(100, 500_000)}} } }""");
        }
        return Encoding.UTF8.GetBytes(text.Append(']').ToString());
    }

    private static async Task<List<TimeSpan>> Send(HttpClient client, List<byte[]> bodies)
    {
        var next = -1;
        List<TimeSpan> waits = [];
        await Task.WhenAll(Enumerable.Range(0, Senders).Select(async _ =>
        {
            for (var index = Interlocked.Increment(ref next); index < bodies.Count; index = Interlocked.Increment(ref next))
            {
                using var content = new ByteArrayContent(bodies[index]);
                content.Headers.ContentType = new MediaTypeHeaderValue("application/cloudevents-batch+json");
                var watch = Stopwatch.StartNew();
                using var answer = await client.PostAsync("/v1/usage/events", content);
                var text = await answer.Content.ReadAsStringAsync();
                if (!text.Contains($"\"accepted\":{BatchSize},", StringComparison.Ordinal)) throw new InvalidOperationException(text);
                lock (waits) waits.Add(watch.Elapsed);
            }
        }));
        return waits;
    }

    // Their numbers are handed out in blocks: later ones are not always higher.
    private static async Task<IReadOnlyList<long>> Batches(NpgsqlDataSource source)
    {
        await using var connection = await source.OpenConnectionAsync();
        return (await connection.QueryAsync<long>("select no from usage.batch order by no")).AsList();
    }

    /// <summary>Each batch's rows, as they lie in the ledger.</summary>
    private static async Task<Queue<byte[]>> Dump(NpgsqlDataSource source, IEnumerable<long> batches)
    {
        await using var connection = await source.OpenConnectionAsync();
        var dumps = new Queue<byte[]>();
        foreach (var batch in batches)
        {
            await using var copy = await connection.BeginRawBinaryCopyAsync($"copy (select * from usage.event where batch = {batch}) to stdout (format binary)");
            using var memory = new MemoryStream();
            await copy.CopyToAsync(memory);
            dumps.Enqueue(memory.ToArray());
        }
        return dumps;
    }

    private static Task Feed(NpgsqlDataSource floor, Queue<byte[]> rows) => Task.WhenAll(Enumerable.Range(0, Senders).Select(async _ =>
    {
        await using var connection = await floor.OpenConnectionAsync();
        await connection.ExecuteAsync("create temp table staging (like bare) on commit delete rows");
        await using var insert = new NpgsqlCommand("insert into bare select * from staging on conflict do nothing", connection);
        await insert.PrepareAsync();
        while (true)
        {
            byte[] batch;
            lock (rows)
            {
                if (!rows.TryDequeue(out batch!)) return;
            }
            await using var transaction = await connection.BeginTransactionAsync();
            await using (var copy = await connection.BeginRawBinaryCopyAsync("copy staging from stdin (format binary)")) await copy.WriteAsync(batch);
            await insert.ExecuteNonQueryAsync();
            await transaction.CommitAsync();
        }
    }));

    private static async Task Checkpoint(NpgsqlDataSource source)
    {
        await using var connection = await source.OpenConnectionAsync();
        await connection.ExecuteAsync("checkpoint;");
    }

    private static async Task Report(
        NpgsqlDataSource source, NpgsqlDataSource floor, int events, TimeSpan taken, TimeSpan bare, TimeSpan cpu, List<TimeSpan> waits)
    {
        await using var connection = await source.OpenConnectionAsync();
        await using var other = await floor.OpenConnectionAsync();
        var rows = await connection.QuerySingleAsync<long>("select count(*) from usage.event");
        var bareRows = await other.QuerySingleAsync<long>("select count(*) from bare");
        if (rows != bareRows) throw new InvalidOperationException($"The floor has {bareRows} rows, the ledger {rows}.");
        var watch = Stopwatch.StartNew();
        await UsageSummaries.CatchUp(connection, TimeProvider.System, CancellationToken.None);
        var summed = watch.Elapsed;
        var counted = await connection.QuerySingleAsync<long>("select sum(value)::bigint from usage.day_value where meter = 'requests'");
        if (counted != rows) throw new InvalidOperationException($"{counted} of {rows} events are in the summaries.");
        waits.Sort();
        var memory = Process.GetCurrentProcess().PeakWorkingSet64 / 1024 / 1024;
        Console.WriteLine("| events | intake events/s | bare floor rows/s | ratio | p50 ms | p99 ms | CPU of program and sender, cores | peak memory MiB | summed up, events/s |");
        Console.WriteLine("|--:|--:|--:|--:|--:|--:|--:|--:|--:|");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"| {events:N0} | {events / taken.TotalSeconds:N0} | {events / bare.TotalSeconds:N0} | **{(decimal)bare.Ticks / taken.Ticks:0.00}** | {waits[waits.Count / 2].TotalMilliseconds:0.0} | {waits[waits.Count * 99 / 100].TotalMilliseconds:0.0} | {cpu / taken:0.00} | {memory:N0} | {rows / summed.TotalSeconds:N0} |"));
    }
}
