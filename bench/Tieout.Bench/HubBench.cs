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
/// staged: routed and given their turn besides.
/// </summary>
internal static class HubBench
{
    private static readonly int[] SingleSlots = [16, 64];
    private const int BatchSlots = 4;

    /// <summary>Batches of 100 from <c>ready</c> and from <c>staged</c>, and <c>single</c> documents; all of them when none is named.</summary>
    public static async Task Run(int size, string[] only)
    {
        Console.WriteLine("| documents | a call | slots | from | documents/s | bare floor/s | ratio | CPU of the hub, µs a document | of PostgreSQL | of the ERP | floor: PostgreSQL |");
        Console.WriteLine("|--:|--:|--:|---|--:|--:|--:|--:|--:|--:|--:|");
        if (Wanted("ready")) await Measure(size, 100, BatchSlots, ready: true);
        if (Wanted("staged")) await Measure(size, 100, BatchSlots, ready: false);
        foreach (var slots in SingleSlots)
            if (Wanted("single")) await Measure(size / 2, 1, slots, ready: true);

        bool Wanted(string which) => only.Length == 0 || only.Contains(which, StringComparer.Ordinal);
    }

    private static async Task Measure(int size, int batchSize, int slots, bool ready)
    {
        await using var erp = await PlainErp.Start();
        await using var server = await BenchDatabase.Start();
        await using var source = await server.Create("hub");
        await BenchData.Subscriptions(source, size);
        await new BillAccounts(source, TimeProvider.System).Run(new BillingRequest(BenchData.Month, "bench"), null, CancellationToken.None);
        var target = Target(erp.Url, batchSize, slots);
        await Introduce(source, target);
        var floor = new HubFloor(source, batchSize, slots);
        await floor.Fill();
        if (ready) await MakeReady(source, target);
        await Settle(source);

        var floorCpu = server.CpuUsed();
        var bare = await floor.Run(size / 2);
        floorCpu = server.CpuUsed() - floorCpu;
        var (own, theirs, erps) = (Process.GetCurrentProcess().TotalProcessorTime, server.CpuUsed(), erp.CpuUsed);
        var watch = Stopwatch.StartNew();
        var summary = await new PostDocuments(source, TimeProvider.System, [target]).Run("bench", TimeSpan.FromMinutes(5), null, CancellationToken.None);
        var taken = watch.Elapsed;
        (own, theirs, erps) = (Process.GetCurrentProcess().TotalProcessorTime - own, server.CpuUsed() - theirs, erp.CpuUsed - erps);
        bare += await floor.Run(size / 2);
        if (summary.Counts.Any(count => count.State != "posted")) throw new InvalidOperationException($"Not all posted: {string.Join(", ", summary.Counts)}");
        if (await erp.Ledger() is var booked && booked != (size, 0)) throw new InvalidOperationException($"The ERP holds {booked}.");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"| {size:N0} | {batchSize} | {slots} | {(ready ? "ready" : "staged")} | {size / taken.TotalSeconds:N0} | {size / bare.TotalSeconds:N0} | **{bare / taken:0.00}** | {Each(own)} | {Each(theirs)} | {Each(erps)} | {floorCpu.TotalMicroseconds / (size / 2):0} |"));
        await target.Connector.DisposeAsync();

        string Each(TimeSpan cpu) => (cpu.TotalMicroseconds / size).ToString("0", CultureInfo.InvariantCulture);
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
}
