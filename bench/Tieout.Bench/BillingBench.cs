using System.Diagnostics;
using System.Globalization;
using Dapper;
using Npgsql;
using Tieout.Application.Invoicing;

namespace Tieout.Bench;

/// <summary>
/// A billing run of one-line subscriptions against a raw binary COPY of exactly the rows it wrote, into the same tables of a
/// fresh database, over as many connections and in the same transactions.
/// </summary>
internal static class BillingBench
{
    private const int Workers = 2;
    private const int PartSize = 5_000;

    private static readonly string[] Tables =
        ["invoicing.invoice_line", "invoicing.invoice_tax", "ledger.journal_entry", "ledger.journal_line", "invoicing.invoice", "posting.posting"];

    public static async Task Run(IReadOnlyList<int> sizes)
    {
        Console.WriteLine($"| subscriptions | billing run s | invoices/s | raw COPY s | ratio | peak memory MiB | bill again s |");
        Console.WriteLine($"|--:|--:|--:|--:|--:|--:|--:|");
        var seconds = new List<decimal>();
        foreach (var size in sizes) seconds.Add(await Measure(size));
        if (sizes.Count == 2)
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"\n{sizes[0]:N0} to {sizes[1]:N0} costs {seconds[1] / seconds[0]:0.00} times the time for {(decimal)sizes[1] / sizes[0]:0.##} times the work."));
    }

    private static async Task<decimal> Measure(int size)
    {
        await using var server = await BenchDatabase.Start();
        await using var source = await server.Create("billing");
        await BenchData.Subscriptions(source, size);
        await Checkpoint(source);

        ProgramMemory.ForgetPeak();
        var (program, database) = (Process.GetCurrentProcess().TotalProcessorTime, server.CpuUsed());
        var watch = Stopwatch.StartNew();
        var outcome = await Bill(source);
        var billed = watch.Elapsed;
        (program, database) = (Process.GetCurrentProcess().TotalProcessorTime - program, server.CpuUsed() - database);
        if (outcome.Invoices != size) throw new InvalidOperationException($"{outcome.Invoices} invoices instead of {size}.");
        var memory = Process.GetCurrentProcess().PeakWorkingSet64 / 1024 / 1024;
        watch.Restart();
        if ((await Bill(source)).Invoices != 0) throw new InvalidOperationException("Billing again added something.");
        var again = watch.Elapsed;

        await IndexForDumping(source);
        await using var floor = await server.Create("floor");
        await CopyBooks(source, floor);
        var copying = server.CpuUsed();
        var raw = await RawCopy(source, floor);
        copying = server.CpuUsed() - copying;
        var ratio = (decimal)billed.Ticks / raw.Ticks;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"| {size:N0} | {billed.TotalSeconds:0.0} | {size / billed.TotalSeconds:N0} | {raw.TotalSeconds:0.0} | {ratio:0.00} | {memory:N0} | {again.TotalSeconds:0.0} |"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"  CPU s: run {program.TotalSeconds:0.0} program + {database.TotalSeconds:0.0} PostgreSQL; raw COPY, dumps included: {copying.TotalSeconds:0.0} PostgreSQL"));
        return (decimal)billed.Ticks / TimeSpan.TicksPerSecond;
    }

    private static Task<BillingOutcome> Bill(NpgsqlDataSource source) =>
        new BillAccounts(source, TimeProvider.System).Run(
            new BillingRequest(BenchData.Month, "bench", Workers, PartSize), progress: null, CancellationToken.None);

    // Only to find a part's rows quickly afterwards; the floor's tables have the shipped indexes and no more.
    private static async Task IndexForDumping(NpgsqlDataSource source)
    {
        await using var connection = await source.OpenConnectionAsync();
        foreach (var table in Tables) await connection.ExecuteAsync($"create index on {table} (billing_account_id); analyze {table};");
    }

    private static async Task CopyBooks(NpgsqlDataSource source, NpgsqlDataSource floor)
    {
        foreach (var table in new[] { "customers.legal_entity", "runs.run" })
            await Feed(floor, table, await Dump(source, $"copy {table} to stdout (format binary)"));
    }

    /// <summary>The rows wait in memory, a part at a time; only the COPY is timed.</summary>
    private static async Task<TimeSpan> RawCopy(NpgsqlDataSource source, NpgsqlDataSource floor)
    {
        await using var connection = await source.OpenConnectionAsync();
        var parts = (await connection.QueryAsync<(Guid Entity, Guid First, Guid Last)>(
            "select legal_entity_id, from_account, to_account from invoicing.billing_part where invoices > 0 order by part")).ToList();
        var time = TimeSpan.Zero;
        foreach (var group in parts.Chunk(Workers * 10))
        {
            var dumps = new Queue<byte[][]>();
            foreach (var (entity, first, last) in group) dumps.Enqueue(await DumpPart(source, entity, first, last));
            var watch = Stopwatch.StartNew();
            await Task.WhenAll(Enumerable.Range(0, Workers).Select(_ => FeedParts(floor, dumps)));
            time += watch.Elapsed;
        }
        return time;
    }

    private static async Task<byte[][]> DumpPart(NpgsqlDataSource source, Guid entity, Guid first, Guid last)
    {
        var dumps = new byte[Tables.Length][];
        await using var connection = await source.OpenConnectionAsync();
        for (var index = 0; index < Tables.Length; index++)
            dumps[index] = await Dump(source,
                $"""
                copy (
                  select {await Columns(connection, Tables[index])} from {Tables[index]}
                  where billing_account_id in (
                    select id from customers.billing_account where id between '{first}' and '{last}' and legal_entity_id = '{entity}')
                  order by ctid) to stdout (format binary)
                """);
        return dumps;
    }

    // What is generated is never copied in.
    internal static Task<string> Columns(NpgsqlConnection connection, string table) => connection.QuerySingleAsync<string>(
        """
        select string_agg(quote_ident(attname), ', ' order by attnum) from pg_attribute
        where attrelid = @table::regclass and attnum > 0 and not attisdropped and attgenerated = ''
        """, new { table });

    private static async Task FeedParts(NpgsqlDataSource floor, Queue<byte[][]> dumps)
    {
        await using var connection = await floor.OpenConnectionAsync();
        while (true)
        {
            byte[][] part;
            lock (dumps)
            {
                if (dumps.Count == 0) return;
                part = dumps.Dequeue();
            }
            await using var transaction = await connection.BeginTransactionAsync();
            for (var index = 0; index < Tables.Length; index++) await Feed(connection, Tables[index], part[index]);
            await transaction.CommitAsync();
        }
    }

    internal static async Task<byte[]> Dump(NpgsqlDataSource source, string copy)
    {
        await using var connection = await source.OpenConnectionAsync();
        await using var stream = await connection.BeginRawBinaryCopyAsync(copy);
        using var memory = new MemoryStream();
        await stream.CopyToAsync(memory);
        return memory.ToArray();
    }

    private static async Task Feed(NpgsqlDataSource floor, string table, byte[] rows)
    {
        await using var connection = await floor.OpenConnectionAsync();
        await Feed(connection, table, rows);
    }

    internal static async Task Feed(NpgsqlConnection connection, string table, byte[] rows)
    {
        await using var stream = await connection.BeginRawBinaryCopyAsync($"copy {table} from stdin (format binary)");
        await stream.WriteAsync(rows);
    }

    internal static async Task Checkpoint(NpgsqlDataSource source)
    {
        await using var connection = await source.OpenConnectionAsync();
        // One word alone would be taken for a procedure's name.
        await connection.ExecuteAsync("vacuum analyze;");
        await connection.ExecuteAsync("checkpoint;");
    }
}
