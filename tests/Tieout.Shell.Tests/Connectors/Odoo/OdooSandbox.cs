using System.Net.Http.Json;
using System.Text.Json;
using Tieout.Connectors.Port;
using Tieout.Sandbox;

namespace Tieout.Shell.Tests.Connectors.Odoo;

/// <summary>A sandbox of one test, and the ways to steer it.</summary>
public sealed class OdooSandbox : IAsyncDisposable
{
    private readonly SandboxServer _server;

    private OdooSandbox(SandboxServer server)
    {
        _server = server;
        Http = new HttpClient { BaseAddress = server.BaseUrl };
    }

    /// <summary>A word that stands nowhere else.</summary>
    public const string Secret = "api-key-of-nobody-7f3a";

    public const string Company = "Example DE";

    /// <summary>Speaks to the sandbox without a log-in.</summary>
    public HttpClient Http { get; }

    public static async Task<OdooSandbox> Start() => new(await SandboxServer.Start(new SandboxOptions { Password = Secret }, CancellationToken.None));

    /// <summary>Pages of seven rows.</summary>
    public TargetSettings Target(params (string Name, string Value)[] options) => TargetAt(_server.BaseUrl, options);

    public static TargetSettings TargetAt(Uri url, params (string Name, string Value)[] options) => new(
        "odoo-de", "odoo", url, "TIEOUT", Secret, Company,
        Accounts: new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["receivable"] = "121000",
            ["revenue"] = "400000",
            ["deferred-revenue"] = "231000",
            ["tax"] = "251000",
            ["cash-clearing"] = "101401",
            ["bank-fees"] = "620000",
            ["bad-debt"] = "612000",
            ["disputed-receivable"] = "121900",
            ["fx-gain-loss"] = "441000",
            ["prepaid-credit"] = "231100",
        },
        Taxes: new Dictionary<string, string>(StringComparer.Ordinal) { ["STD"] = "19%", ["EXEMPT"] = "0%" },
        Options: options.Concat([(Name: "database", Value: "sandbox"), (Name: "page-size", Value: "7"), (Name: "dimension:cost-center", Value: "Cost centers")])
            .DistinctBy(option => option.Name, StringComparer.Ordinal)
            .ToDictionary(option => option.Name, option => option.Value, StringComparer.Ordinal),
        BatchSize: null, Slots: null, Timeout: TimeSpan.FromSeconds(30), Version: "test");

    public async Task Tell(string path, object body)
    {
        using var answer = await Http.PostAsJsonAsync("/_sandbox/odoo/" + path, body);
        answer.EnsureSuccessStatusCode();
    }

    public async Task Fault(string kind, string on = "odoo-create", int count = 1, double? seconds = null, bool commit = true)
    {
        using var answer = await Http.PostAsJsonAsync("/_sandbox/faults", new { kind, on, count, seconds, commit });
        answer.EnsureSuccessStatusCode();
    }

    public async Task<IReadOnlyList<JsonElement>> Ledger(string key) =>
        [.. (await Http.GetFromJsonAsync<JsonElement>("/_sandbox/odoo/ledger/" + Uri.EscapeDataString(key))).EnumerateArray()];

    /// <summary>Moves under a key, posted or drafts.</summary>
    public async Task<int> MoveCount(string key) => (await Ledger(key)).Count;

    /// <summary>Those in the books.</summary>
    public async Task<int> PostedCount(string key) => (await Ledger(key)).Count(move => move.GetProperty("state").GetString() == "posted");

    public async Task<IReadOnlyList<JsonElement>> Lines(string key) => [.. (await Ledger(key)).SelectMany(move => move.GetProperty("lines").EnumerateArray())];

    public async Task<decimal> Open(string key) => await Http.GetFromJsonAsync<decimal>("/_sandbox/odoo/open/" + Uri.EscapeDataString(key));

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _server.DisposeAsync();
    }
}
