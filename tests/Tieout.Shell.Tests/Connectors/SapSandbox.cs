using System.Net.Http.Json;
using System.Text.Json;
using Tieout.Connectors.Port;
using Tieout.Sandbox;

namespace Tieout.Shell.Tests.Connectors;

/// <summary>A sandbox of one test, and the ways to steer it.</summary>
public sealed class SapSandbox : IAsyncDisposable
{
    private readonly SandboxServer _server;

    private SapSandbox(SandboxServer server)
    {
        _server = server;
        Http = new HttpClient { BaseAddress = server.BaseUrl };
    }

    /// <summary>Speaks to the sandbox without a log-in.</summary>
    public HttpClient Http { get; }

    /// <summary>Pages of seven rows: a document has three, so pages end inside documents.</summary>
    public static async Task<SapSandbox> Start() =>
        new(await SandboxServer.Start(new SandboxOptions { PageSize = 7 }, CancellationToken.None));

    public TargetSettings Target(params (string Name, string Value)[] options) => new(
        "sap-de", "sap-s4hana", _server.BaseUrl, "TIEOUT", "sandbox", "1010",
        Accounts: new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["receivable"] = "12100000",
            ["revenue"] = "41000000",
            ["deferred-revenue"] = "24900000",
            ["prepaid-credit"] = "24910000",
            ["tax"] = "22000000",
            ["cash-clearing"] = "11001000",
            ["bank-fees"] = "65008000",
            ["bad-debt"] = "68000000",
            ["disputed-receivable"] = "12150000",
            ["fx-gain-loss"] = "72010000",
            ["gateway-clearing"] = "11002000",
            ["revaluation"] = "12199000",
            ["fx-unrealised"] = "72040000",
        },
        Taxes: new Dictionary<string, string>(StringComparer.Ordinal) { ["STD"] = "A1", ["EXEMPT"] = "A0" },
        Options: options.ToDictionary(option => option.Name, option => option.Value, StringComparer.Ordinal),
        BatchSize: null, Slots: null, Timeout: TimeSpan.FromSeconds(30), Version: "test");

    public async Task Tell(string path, object body)
    {
        using var answer = await Http.PostAsJsonAsync("/_sandbox/" + path, body);
        answer.EnsureSuccessStatusCode();
    }

    public Task<JsonElement> Ask(string path) => Http.GetFromJsonAsync<JsonElement>("/_sandbox/" + path);

    /// <summary>What a reference's customers' items, of entries or invoices, say in a field.</summary>
    public async Task<IReadOnlyList<JsonElement>> Items(string key, bool ofCustomers) =>
    [
        .. (await Ask("ledger/" + Uri.EscapeDataString(key))).EnumerateArray().SelectMany(document => document.GetProperty("items").EnumerateArray())
            .Where(item => item.GetProperty("kind").GetString() == "D" == ofCustomers),
    ];

    public async Task<int> LedgerCount(string key) => (await Ask("ledger/" + Uri.EscapeDataString(key))).GetArrayLength();

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _server.DisposeAsync();
    }
}
