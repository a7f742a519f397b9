using System.Diagnostics;
using System.Globalization;
using Dapper;
using Npgsql;
using Tieout.Application.Revenue;
using Tieout.Domain;

namespace Tieout.Bench;

/// <summary>
/// Contracts of twelve months, each a deferred line of an invoice: their schedules written, then a month's revenue booked, against a raw
/// binary COPY of exactly the rows of schedules, or of the lines of schedules that a month books, into the same tables of a fresh database
/// without their triggers, over as many connections and in the same transactions.
/// </summary>
internal static class RevenueBench
{
    private const int Workers = 2;
    private const int PartSize = 5_000;
    private const int BatchesInMemory = 20;

    private static readonly string[] Tables = ["revenue.schedule", "revenue.schedule_line", "revenue.batch_month"];

    private static CancellationToken None => CancellationToken.None;

    public static async Task Run(int size)
    {
        await using var server = await BenchDatabase.Start();
        await using var source = await server.Create("revenue");
        await Fill(source, size);
        await BillingBench.Checkpoint(source);
        ProgramMemory.ForgetPeak();
        Console.WriteLine("| what | s | a second | raw COPY s | ratio | CPU s program | CPU s PostgreSQL | peak memory MiB |");
        Console.WriteLine("|---|--:|--:|--:|--:|--:|--:|--:|");

        // Nothing is earned in the month before the contracts begin: this run only spreads.
        var spread = await Timed(server, async () =>
        {
            if ((await Book(source, new AccountingMonth(2025, 12))).Schedules != size) throw new InvalidOperationException("Not every line was spread.");
        });
        var memory = Process.GetCurrentProcess().PeakWorkingSet64 / 1024 / 1024;
        await BillingBench.Checkpoint(source);
        List<Measured> months = [];
        foreach (var month in new[] { 1, 2 })
            months.Add(await Timed(server, async () =>
            {
                var booked = (await Book(source, new AccountingMonth(2026, month))).Booked;
                if (booked.Sum(booking => booking.Lines) != size) throw new InvalidOperationException("Not every schedule was released.");
            }));
        var again = await Timed(server, async () =>
        {
            if ((await Book(source, new AccountingMonth(2026, 2))).Booked.Count > 0) throw new InvalidOperationException("Booking again added something.");
        });
        var memoryBooked = Process.GetCurrentProcess().PeakWorkingSet64 / 1024 / 1024;
        var waterfall = await Timed(server, () => new ReadWaterfall(source).Run(null, new AccountingMonth(2026, 2), None));
        var check = await Timed(server, async () =>
        {
            var reply = (RevenueReply.Aligned)await new CheckAlignment(source, TimeProvider.System).Run(null, new AccountingMonth(2026, 2), None);
            if (reply.Alignment.LinesInAll + reply.Alignment.Due.Count > 0) throw new InvalidOperationException("Not aligned.");
        });

        await using var floor = await server.Create("floor");
        var (written, released) = await RawCopy(source, floor);
        Tell($"schedules of {size:N0} contracts written", spread, size, written, memory);
        Tell("a month of them booked, the first", months[0], size, released, memoryBooked);
        Tell("a month of them booked, the next", months[1], size, released, memoryBooked);
        Tell("booked again: nothing", again, 0, null, memoryBooked);
        Tell("waterfall", waterfall, 0, null, memoryBooked);
        Tell("alignment", check, size, null, memoryBooked);
    }

    private sealed record Measured(TimeSpan Took, TimeSpan Program, TimeSpan Server);

    private static async Task<RevenueRun> Book(NpgsqlDataSource source, AccountingMonth month) =>
        await new RunRevenue(source, TimeProvider.System).Run(new RevenueRequest(month, "bench", null, Workers), progress: null, None) is RevenueReply.Ran(var run)
            ? run : throw new InvalidOperationException("The run was refused.");

    private static async Task<Measured> Timed(BenchDatabase server, Func<Task> work)
    {
        var (program, database, watch) = (Process.GetCurrentProcess().TotalProcessorTime, server.CpuUsed(), Stopwatch.StartNew());
        await work();
        return new Measured(watch.Elapsed, Process.GetCurrentProcess().TotalProcessorTime - program, server.CpuUsed() - database);
    }

    private static void Tell(string what, Measured seen, int things, TimeSpan? raw, long memory) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"| {what} | {seen.Took.TotalSeconds:0.00} | {(things == 0 ? "" : (things / seen.Took.TotalSeconds).ToString("N0", CultureInfo.InvariantCulture))} | {raw?.TotalSeconds:0.00} | {(raw is { } floor ? ((decimal)seen.Took.Ticks / floor.Ticks).ToString("0.00", CultureInfo.InvariantCulture) : "")} | {seen.Program.TotalSeconds:0.0} | {seen.Server.TotalSeconds:0.0} | {memory:N0} |"));

    /// <summary>The rows wait in memory, some batches at a time; only the COPY is timed. The second figure is that of February's lines alone.</summary>
    private static async Task<(TimeSpan All, TimeSpan Month)> RawCopy(NpgsqlDataSource source, NpgsqlDataSource floor)
    {
        await using var connection = await source.OpenConnectionAsync();
        await using (var fresh = await floor.OpenConnectionAsync())
            foreach (var table in Tables)
                await fresh.ExecuteAsync($"alter table {table} disable trigger user; create table {table}_month (like {table} including all)");
        var batches = (await connection.QueryAsync<int>("select id from revenue.batch order by id")).ToList();
        var (all, month) = (TimeSpan.Zero, TimeSpan.Zero);
        foreach (var group in batches.Chunk(BatchesInMemory))
        {
            all += await Feed(floor, Tables, await Dumps(source, group, "", Tables));
            month += await Feed(floor, ["revenue.schedule_line_month"], await Dumps(source, group, " and month = '2026-02-01'", ["revenue.schedule_line"]));
        }
        return (all, month);
    }

    private static async Task<Queue<byte[][]>> Dumps(NpgsqlDataSource source, int[] batches, string condition, string[] tables)
    {
        Queue<byte[][]> dumps = new();
        foreach (var batch in batches)
        {
            List<byte[]> dump = [];
            foreach (var table in tables)
                dump.Add(await BillingBench.Dump(source, $"copy (select * from {table} where batch = {batch}{condition} order by ctid) to stdout (format binary)"));
            dumps.Enqueue([.. dump]);
        }
        return dumps;
    }

    private static async Task<TimeSpan> Feed(NpgsqlDataSource floor, string[] tables, Queue<byte[][]> dumps)
    {
        var watch = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, Workers).Select(async _ =>
        {
            await using var connection = await floor.OpenConnectionAsync();
            while (true)
            {
                byte[][] batch;
                lock (dumps)
                    if (!dumps.TryDequeue(out batch!)) return;
                await using var transaction = await connection.BeginTransactionAsync();
                for (var index = 0; index < tables.Length; index++) await BillingBench.Feed(connection, tables[index], batch[index]);
                await transaction.CommitAsync();
            }
        }));
        return watch.Elapsed;
    }

    // Invoices of two legal entities as a billing run leaves them, in its parts; what else belongs to an invoice nothing here looks at.
    private static async Task Fill(NpgsqlDataSource source, int size)
    {
        await using var connection = await source.OpenConnectionAsync();
        await connection.ExecuteAsync(
            """
            set session_replication_role = replica;
            insert into customers.legal_entity (id, code, name, currency, country, series, credit_series, entry_series) values
              ('00000000-0000-7000-8000-000000000001', 'US', 'Bench Inc.', 'USD', 'US', 'US', 'USC', 'USJ'),
              ('00000000-0000-7000-8000-000000000002', 'DE', 'Bench GmbH', 'EUR', 'DE', 'DE', 'DEC', 'DEJ');
            create temporary table sample as
              select n, 1 + (n - 1) * 2 / @size as side, ('00000000-0000-7000-9000-' || lpad(to_hex(n), 12, '0'))::uuid as invoice,
                     md5('a' || n)::uuid as account, 1200 + n % 997 as amount
              from generate_series(1, @size) n;
            insert into invoicing.invoice (id, billing_account_id, customer_id, legal_entity_id, number, month, currency, net, tax, total, issue_date, due_date,
                lines, run_id, correlation_id, created_at)
              select invoice, account, account, ('00000000-0000-7000-8000-00000000000' || side)::uuid, 'X-' || n, '2025-12-01', case side when 1 then 'USD' else 'EUR' end,
                     amount, 0, amount, '2025-12-01', '2025-12-31', 1, invoice, invoice, now() from sample order by n;
            insert into invoicing.invoice_line (billing_account_id, subscription_id, component, part_start, detail, revision, standing, billed, covered_until, month,
                invoice_id, line_no, period_start, period_end, due_on, quantity, unit_price, amount, recognition, description, tax_code, tax_category, tax_rate,
                supply_on, origin_invoice_id, origin_line_no, correlation_id)
              select account, account, 'base', '2026-01-01', '', 1, amount, amount, '2027-01-01', '2025-12-01', invoice, 1, '2026-01-01', '2027-01-01', '2025-12-01',
                     1, amount, amount, 'deferred', 'Contract of a year', 'X', 'S', 0, '2025-12-01', invoice, 1, invoice from sample order by n;
            insert into revenue.arrival (legal_entity_id, documents, size)
              select ('00000000-0000-7000-8000-00000000000' || side)::uuid, array_agg(invoice order by n), count(*) from sample group by side, (n - 1) / @PartSize;
            insert into ledger.balance_change (legal_entity_id, month, account, currency, debit, credit, lines)
              select ('00000000-0000-7000-8000-00000000000' || side)::uuid, '2025-12-01', 'deferred-revenue', case side when 1 then 'USD' else 'EUR' end, 0, sum(amount), count(*)
              from sample group by side;
            drop table sample;
            set session_replication_role = origin;
            """, new { size, PartSize }, commandTimeout: 0);
    }
}
