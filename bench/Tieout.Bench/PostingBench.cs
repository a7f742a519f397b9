using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Dapper;
using Npgsql;
using Tieout.Application.Invoicing;
using Tieout.Application.Posting;
using Tieout.Connectors.Port;
using Tieout.Domain.Ledger;
using Tieout.Domain.Posting;
using Tieout.Sandbox;

namespace Tieout.Bench;

/// <summary>
/// Posting of billed documents, customers included: how many a second, and what share of the wall time was not spent waiting
/// for an ERP (the union of all exchanges' times subtracted from the whole).
/// </summary>
internal static class PostingBench
{
    /// <summary>Into the SAP stand-in, which answers at once.</summary>
    public static async Task IntoStandIn(IReadOnlyList<int> sizes)
    {
        Head();
        foreach (var size in sizes)
        {
            await using var sandbox = await SandboxServer.Start(new SandboxOptions(), CancellationToken.None);
            await Measure("SAP stand-in", size, [Sap("sap-us", sandbox.BaseUrl, "1710", "US"), Sap("sap-de", sandbox.BaseUrl, "1010", "DE")]);
        }
    }

    /// <summary>Into a real Tryton that <c>dev/tryton up</c> has started; <paramref name="description"/> is what it printed.</summary>
    public static async Task IntoTryton(string description, int size)
    {
        Head();
        using var erp = JsonDocument.Parse(await File.ReadAllTextAsync(description));
        await Measure("Tryton 6.0", size, [Tryton(erp.RootElement, "US"), Tryton(erp.RootElement, "DE")]);
    }

    private static void Head()
    {
        Console.WriteLine("| ERP | documents | customers s | documents s | documents/s | not waiting for the ERP |");
        Console.WriteLine("|---|--:|--:|--:|--:|--:|");
    }

    private static async Task Measure(string name, int size, IReadOnlyList<DeliveryTarget> targets)
    {
        await using var server = await BenchDatabase.Start();
        await using var source = await server.Create("posting");
        await BenchData.Subscriptions(source, size);
        await new BillAccounts(source, TimeProvider.System).Run(new BillingRequest(BenchData.Month, "bench"), null, CancellationToken.None);

        var watch = Stopwatch.StartNew();
        var summary = await new PostDocuments(source, TimeProvider.System, targets).Run("bench", TimeSpan.FromMinutes(5), null, CancellationToken.None);
        var all = watch.Elapsed;
        if (summary.Counts.Any(count => count.State != "posted")) throw new InvalidOperationException($"Not all posted: {string.Join(", ", summary.Counts)}");
        var firstSend = await Scalar<DateTime>(source, "select min(started_at) from posting.attempt");
        var began = await Scalar<DateTime>(source, "select started_at from runs.run where kind = 'post'");
        var customers = firstSend - began;
        var waiting = await Scalar<TimeSpan>(source,
            "select sum(upper(span) - lower(span)) from (select unnest(range_agg(tstzrange(started_at, ended_at))) as span from posting.exchange) spans");
        var documents = all - customers;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"| {name} | {size:N0} | {customers.TotalSeconds:0.0} | {documents.TotalSeconds:0.0} | {size / documents.TotalSeconds:N1} | {1 - waiting / all:P1} |"));
        foreach (var target in targets) await target.Connector.DisposeAsync();
    }

    private static async Task<T> Scalar<T>(NpgsqlDataSource source, string sql)
    {
        await using var connection = await source.OpenConnectionAsync();
        return await connection.QuerySingleAsync<T>(sql);
    }

    /// <summary>An SAP target as the stand-in knows it.</summary>
    public static DeliveryTarget Sap(string name, Uri url, string company, string entity, int? batchSize = null, int? slots = null) => Target(
        new TargetSettings(name, "sap-s4hana", url, "TIEOUT", "sandbox", company,
            Accounts("12100000", "41000000", "24900000", "22000000"), Taxes("A1", "A1"), Plain(), batchSize, slots, TimeSpan.FromSeconds(60), "bench"), entity);

    private static DeliveryTarget Tryton(JsonElement erp, string entity) => Target(
        new TargetSettings("tryton-" + entity.ToLowerInvariant(), "tryton", new Uri(erp.GetProperty("url").GetString()!), "hub",
            erp.GetProperty("users").GetProperty("hub").GetString()!, erp.GetProperty("companies").GetProperty(entity).GetProperty("name").GetString()!,
            Accounts("1100", "4000", "2200", "2100"), Taxes("US-CA", "DE-19"), Plain(), null, null, TimeSpan.FromSeconds(180), "bench"), entity);

    private static DeliveryTarget Target(TargetSettings settings, string entity) =>
        new(settings, ErpConnectors.Create(settings, TimeProvider.System), PostingPolicy.Default, [entity]);

    private static Dictionary<string, string> Accounts(string receivable, string revenue, string deferred, string tax) => new(StringComparer.Ordinal)
    {
        [LedgerAccount.Receivable] = receivable,
        [LedgerAccount.Revenue] = revenue,
        [LedgerAccount.DeferredRevenue] = deferred,
        [LedgerAccount.Tax] = tax,
    };

    private static Dictionary<string, string> Taxes(string us, string de) => new(StringComparer.Ordinal) { ["US-CA"] = us, ["DE-19"] = de };

    private static Dictionary<string, string> Plain() => new(StringComparer.Ordinal);
}
