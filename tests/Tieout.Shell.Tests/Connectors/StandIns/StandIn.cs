using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Tieout.Connectors.Port;
using Tieout.Domain;
using Tieout.Domain.Posting;
using Tieout.Shell.Tests.Connectors.Dynamics;
using Tieout.Shell.Tests.Connectors.Legacy;
using Tieout.Shell.Tests.Connectors.NetSuite;
using Tieout.Shell.Tests.Connectors.Odoo;

namespace Tieout.Shell.Tests.Connectors.StandIns;

/// <summary>Any vendor's stand-in with its real connector, and the ledger it keeps by itself.</summary>
internal sealed class StandIn : IAsyncDisposable
{
    private static readonly DateOnly Day = new(2026, 11, 1);
    private static int s_keys;

    private readonly IAsyncDisposable _sandbox;
    private readonly HttpClient _http;
    private readonly TargetSettings _target;
    private readonly string _controls;
    private readonly string _count;
    private readonly List<IErpConnector> _connectors = [];

    private StandIn(string system, IAsyncDisposable sandbox, HttpClient http, TargetSettings target, string controls, string count) =>
        (System, _sandbox, _http, _target, _controls, _count) = (system, sandbox, http, target, controls, count);

    public string System { get; }

    /// <summary>Where its log-in is struck.</summary>
    public string LogInPlace => System switch { "netsuite" => "netsuite-token", "dynamics" => "dynamics-token", "odoo" => "odoo-login", _ => PostPlace };

    /// <summary>Where documents are booked.</summary>
    public string PostPlace => System switch
    {
        "sap" => "post",
        "netsuite" => "netsuite-post",
        "dynamics" => "dynamics-post",
        "odoo" => "odoo-create",
        "legacy-files" => "legacy-post",
        _ => "legacy-soap-post",
    };

    public MemoryExchangeLog Log { get; } = new();

    public Currency Currency => Currency.Of("EUR");

    public static async Task<StandIn> Start(string system)
    {
        switch (system)
        {
            case "sap":
                var sap = await SapSandbox.Start();
                return new(system, sap, sap.Http, sap.Target(), "", "documents");
            case "netsuite":
                var netSuite = await NetSuiteSandbox.Start();
                return new(system, netSuite, netSuite.Http, netSuite.Target(), "netsuite/", "documents");
            case "dynamics":
                var dynamics = await DynamicsSandbox.Start();
                return new(system, dynamics, dynamics.Http, dynamics.Target(), "dynamics/", "journals");
            case "odoo":
                var odoo = await OdooSandbox.Start();
                return new(system, odoo, odoo.Http, odoo.Target(), "odoo/", "moves");
            default:
                var legacy = await LegacySandbox.Start(system);
                return new(system, legacy, legacy.Http, legacy.Target(), system + "/", "documents");
        }
    }

    public IErpConnector Connect(double seconds = 1.5)
    {
        var connector = ErpConnectors.Create(_target with { Timeout = TimeSpan.FromSeconds(seconds) }, TimeProvider.System);
        _connectors.Add(connector);
        return connector;
    }

    public Task Fault(string kind, string on, int count = 1, double? seconds = null, int? after = null) => Tell("faults", new { kind, on, count, seconds, after });

    public Task Seed(long seed, double rate) => Tell("faults/seed", new { seed, rate });

    public Task Slots(int? slots) => System == "netsuite" ? Tell("netsuite/slots", new { count = slots ?? 5 }) : Tell(_controls + "slots", new { slots });

    public async Task Tell(string path, object body)
    {
        using var answer = await _http.PostAsJsonAsync("/_sandbox/" + path, body);
        answer.EnsureSuccessStatusCode();
    }

    public Task OpenPeriod() => Tell(_controls + "periods/open", new
    {
        companyCode = "1010",
        company = System == "odoo" ? OdooSandbox.Company : "demf",
        month = "2026-11",
    });

    /// <summary>No faults any more.</summary>
    public async Task Calm()
    {
        using var answer = await _http.DeleteAsync("/_sandbox/faults");
        answer.EnsureSuccessStatusCode();
    }

    public Task<JsonElement> Ask(string path) => _http.GetFromJsonAsync<JsonElement>("/_sandbox/" + path);

    public async Task<IReadOnlyList<JsonElement>> Struck() => [.. (await Ask("faults/log")).GetProperty("struck").EnumerateArray()];

    public async Task<IReadOnlyList<string>> StruckKinds() => [.. (await Struck()).Select(one => one.GetProperty("kind").GetString()!)];

    public async Task<int> TurnedAway() => (await Ask(_controls + "slots")).GetProperty("turnedAway").GetInt32();

    /// <summary>How often its own ledger holds a key, drafts included.</summary>
    public async Task<int> Held(string key) => (await Ask($"{_controls}ledger/{Uri.EscapeDataString(key)}")).GetArrayLength();

    /// <summary>All its ledger holds, drafts included.</summary>
    public async Task<int> HeldInAll() => (await Ask(_controls + "ledger")).GetProperty(_count).GetInt32();

    public async Task<string> Customer(IErpConnector connector, string code)
    {
        for (var tries = 0; tries < 60; tries++)
        {
            if (await connector.EnsureCustomers([new ErpCustomer(code, "Example Works Ltd", "DE", Currency.Code)], Log, default) is [CustomerOutcome.Present one])
                return one.ErpId;
            await Task.Delay(200);
        }
        throw new TimeoutException($"{System} took no customer.");
    }

    public ErpInvoice Invoice(string code, string customer, decimal net = 100m) => new(
        Key(), code, customer, Currency, Day, Day.AddDays(30), 30, [new ErpLine("revenue", net, "Subscription 11/2026", "STD")],
        [new ErpTax("STD", 0.19m, net, net * 0.19m)], net * 1.19m);

    public ErpEntry Entry(EntryKind kind, string code, string customer, string settles)
    {
        var owed = new ErpEntryLine("receivable", -40m, "What the customer owes") { CustomerCode = code, ErpCustomerId = customer, Settles = settles };
        ErpEntryLine[] lines = kind switch
        {
            EntryKind.Payment => [new("cash-clearing", 40m, "Paid"), owed],
            EntryKind.WriteOff => [new("bad-debt", 40m, "Lost"), owed],
            _ => [new("deferred-revenue", 40m, "Earned"), new("revenue", -40m, "Earned")],
        };
        return new ErpEntry(kind, Key(), Currency, Day, $"Seeded {Words.Of(kind)}", lines);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var connector in _connectors) await connector.DisposeAsync();
        await _sandbox.DisposeAsync();
    }

    private static string Key() => string.Create(CultureInfo.InvariantCulture, $"SF-{Interlocked.Increment(ref s_keys):D5}");
}
