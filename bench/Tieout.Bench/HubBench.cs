using System.Diagnostics;
using System.Globalization;
using Dapper;
using Npgsql;
using Tieout.Application.Invoicing;
using Tieout.Application.Posting;
using Tieout.Connectors.Port;
using Tieout.Domain.Ledger;
using Tieout.Domain.Posting;

namespace Tieout.Bench;

/// <summary>
/// The hub's own work: documents posted into an ERP that answers at once and runs in a process of its own (<see cref="PlainErp"/>), everything
/// durable, against the bare floor in the same run (half of it before, half after). From ready: claim, map, deliver, record, confirm. From
/// staged: routed and given their turn besides. All of it is compiled before, by a run over other books.
/// </summary>
internal static class HubBench
{
    private const int WarmUp = 20_000;
    private static readonly int[] BatchSlots = [4, 8];
    private static readonly int[] SingleSlots = [16, 64];

    /// <summary>Batches of 100 from <c>ready</c> and from <c>staged</c>, and <c>single</c> documents; all of them when none is named.</summary>
    /// <param name="size">Documents.</param>
    /// <param name="slots">So many calls at once; null for the usual ones.</param>
    /// <param name="only">Which of them.</param>
    public static async Task Run(int size, int? slots, string[] only)
    {
        Console.WriteLine(
            "| documents | a call | slots | from | load | documents/s | bare floor/s | ratio | floor without requests/s | ratio "
            + "| hub, µs of CPU a document | PostgreSQL | ERP | floor: PostgreSQL | without requests | bytes of WAL a document | floor | without requests |");
        Console.WriteLine("|--:|--:|--:|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|");
        foreach (var batch in slots is { } some ? [some] : BatchSlots)
        {
            if (Wanted("ready")) await Measure(size, 100, batch, ready: true);
            if (Wanted("staged")) await Measure(size, 100, batch, ready: false);
        }
        foreach (var single in slots is { } those ? [those] : SingleSlots)
            if (Wanted("single")) await Measure(size / 2, 1, single, ready: true);

        bool Wanted(string which) => only.Length == 0 || only.Contains(which, StringComparer.Ordinal);
    }

    private static async Task Measure(int size, int batchSize, int slots, bool ready)
    {
        await using var server = await BenchDatabase.Start();
        var wire = await Warm(server, Math.Min(size, WarmUp), batchSize, slots, ready);
        var load = File.Exists("/proc/loadavg") ? (await File.ReadAllTextAsync("/proc/loadavg")).Split(' ')[0] : "";
        await using var erp = await PlainErp.Start();
        await using var source = await Books(server, "hub", size);
        var target = Target(erp.Url, batchSize, slots);
        await Introduce(source, target);
        var floor = new HubFloor(source, "whole", batchSize, slots, wire);
        var bare = new HubFloor(source, "bare", batchSize, slots, null);
        await floor.Fill();
        await bare.Fill();
        if (ready) await MakeReady(source, target);
        await Settle(source);

        var meter = new Meter(source, server, erp);
        var (bareCost, floorCost) = (await meter.Of(() => bare.Run(size / 2)), await meter.Of(() => floor.Run(size / 2)));
        var cost = await meter.Of(() => Post(source, target));
        (floorCost, bareCost) = (floorCost + await meter.Of(() => floor.Run(size / 2)), bareCost + await meter.Of(() => bare.Run(size / 2)));
        if (await erp.Ledger() is var booked && booked != (size, 0)) throw new InvalidOperationException($"The ERP holds {booked}.");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"| {size:N0} | {batchSize} | {slots} | {(ready ? "ready" : "staged")} | {load} | {cost.Speed(size):N0} "
            + $"| {floorCost.Speed(size):N0} | **{floorCost.Taken / cost.Taken:0.00}** | {bareCost.Speed(size):N0} | **{bareCost.Taken / cost.Taken:0.00}** "
            + $"| {Each(cost.Own)} | {Each(cost.Server)} | {Each(cost.Erp)} | {Each(floorCost.Server)} | {Each(bareCost.Server)} "
            + $"| {cost.Wal / size:0} | {floorCost.Wal / size:0} | {bareCost.Wal / size:0} |"));
        await target.Connector.DisposeAsync();

        string Each(TimeSpan cpu) => (cpu.TotalMicroseconds / size).ToString("0", CultureInfo.InvariantCulture);
    }

    // The same over books of its own, and the floor too; answers what one call had to say and to hear.
    private static async Task<(byte[] Request, byte[] Answer)> Warm(BenchDatabase server, int size, int batchSize, int slots, bool ready)
    {
        await using var erp = await PlainErp.Start();
        await using var source = await Books(server, "warm", size);
        var target = Target(erp.Url, batchSize, slots);
        await Introduce(source, target);
        if (ready) await MakeReady(source, target);
        await Settle(source);
        await Post(source, target);
        await using var connection = await source.OpenConnectionAsync();
        var wire = await connection.QueryFirstAsync<(byte[], byte[])>(
            """
            select request, answer from posting.exchange where operation = 'post'
            order by octet_length(request) limit 1 offset (select count(*) / 2 from posting.exchange where operation = 'post')
            """);
        foreach (var floor in new HubFloor[] { new(source, "whole", batchSize, slots, wire), new(source, "bare", batchSize, slots, null) })
        {
            await floor.Fill();
            await floor.Run(size / 2);
        }
        await target.Connector.DisposeAsync();
        return wire;
    }

    private static async Task<NpgsqlDataSource> Books(BenchDatabase server, string name, int size)
    {
        var source = await server.Create(name);
        await BenchData.Subscriptions(source, size);
        await new BillAccounts(source, TimeProvider.System).Run(new BillingRequest(BenchData.Month, "bench"), null, CancellationToken.None);
        return source;
    }

    private static async Task<TimeSpan> Post(NpgsqlDataSource source, DeliveryTarget target)
    {
        var began = TimeProvider.System.GetUtcNow();
        var summary = await new PostDocuments(source, TimeProvider.System, [target]).Run("bench", TimeSpan.FromMinutes(5), null, CancellationToken.None);
        if (summary.Counts.Any(count => count.State != "posted")) throw new InvalidOperationException($"Not all posted: {string.Join(", ", summary.Counts)}");
        // Until the last outcome was on record; that a run looks around once more before it ends is no work on documents.
        await using var connection = await source.OpenConnectionAsync();
        return await connection.QuerySingleAsync<DateTimeOffset>("select max(ended_at) from posting.attempt") - began;
    }

    /// <summary>A target at a <see cref="PlainErp"/>, for both legal entities.</summary>
    public static DeliveryTarget Target(Uri url, int batchSize, int slots)
    {
        var settings = new TargetSettings("plain", "plain", url, "", "", "1", new Dictionary<string, string>(StringComparer.Ordinal)
        {
            [LedgerAccount.Receivable] = "12100000",
            [LedgerAccount.Revenue] = "41000000",
            [LedgerAccount.DeferredRevenue] = "24900000",
            [LedgerAccount.Tax] = "22000000",
        }, new Dictionary<string, string>(StringComparer.Ordinal) { ["US-CA"] = "A1", ["DE-19"] = "A1" }, new Dictionary<string, string>(StringComparer.Ordinal),
            batchSize, slots, TimeSpan.FromSeconds(60), "bench");
        return new DeliveryTarget(settings, new PlainConnector(url, settings), PostingPolicy.Default, ["US", "DE"]);
    }

    private static async Task Introduce(NpgsqlDataSource source, DeliveryTarget target)
    {
        await using var connection = await source.OpenConnectionAsync();
        await connection.ExecuteAsync(
            """
            insert into customers.cross_reference (system, object_kind, external_id, internal_id)
            select @Name, 'customer', code, id from customers.customer
            """, new { target.Name });
    }

    private static async Task MakeReady(NpgsqlDataSource source, DeliveryTarget target)
    {
        await using var connection = await source.OpenConnectionAsync();
        await connection.ExecuteAsync(
            """
            update posting.posting p set state = 'ready', target = @Name, rules_version = 'bench', routed_by = 'bench', place = turn.place
            from (select id, row_number() over (order by id) as place from posting.posting) turn where turn.id = p.id
            """, new { target.Name });
    }

    private static async Task Settle(NpgsqlDataSource source)
    {
        await using var connection = await source.OpenConnectionAsync();
        await connection.ExecuteAsync("vacuum analyze;");
        await connection.ExecuteAsync("checkpoint;");
    }

    /// <summary>What a piece of work costs, by what has been used up before and after it.</summary>
    private sealed class Meter(NpgsqlDataSource source, BenchDatabase server, PlainErp erp)
    {
        public async Task<Cost> Of(Func<Task<TimeSpan>> work)
        {
            var before = await Used();
            var taken = await work();
            var after = await Used();
            return new Cost(taken, after.Own - before.Own, after.Server - before.Server, after.Erp - before.Erp, after.Wal - before.Wal);
        }

        private async Task<Cost> Used()
        {
            await using var connection = await source.OpenConnectionAsync();
            var wal = await connection.QuerySingleAsync<decimal>("select pg_current_wal_insert_lsn() - '0/0'::pg_lsn");
            return new Cost(TimeSpan.Zero, Process.GetCurrentProcess().TotalProcessorTime, server.CpuUsed(), erp.CpuUsed, wal);
        }
    }

    private sealed record Cost(TimeSpan Taken, TimeSpan Own, TimeSpan Server, TimeSpan Erp, decimal Wal)
    {
        public static Cost operator +(Cost one, Cost other) =>
            new(one.Taken + other.Taken, one.Own + other.Own, one.Server + other.Server, one.Erp + other.Erp, one.Wal + other.Wal);

        public double Speed(int documents) => documents / Taken.TotalSeconds;
    }
}
