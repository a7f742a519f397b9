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
            ["tax"] = "22000000",
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

    public async Task<int> LedgerCount(string key) => (await Ask("ledger/" + Uri.EscapeDataString(key))).GetArrayLength();

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _server.DisposeAsync();
    }
}
