using System.Net.Http.Json;
using System.Text.Json;
using Tieout.Connectors.Port;
using Tieout.Sandbox;

namespace Tieout.Shell.Tests.Connectors.Legacy;

/// <summary>A sandbox of one test, and the ways to steer the legacy ERP's two doors.</summary>
public sealed class LegacySandbox : IAsyncDisposable
{
    /// <summary>A word that stands nowhere else.</summary>
    public const string Secret = "shared-secret-of-nobody-51c";

    private readonly SandboxServer _server;

    private LegacySandbox(SandboxServer server, string system) =>
        (_server, System, Http) = (server, system, new HttpClient { BaseAddress = server.BaseUrl });

    /// <summary>Which door: <c>legacy-files</c> or <c>legacy-soap</c>.</summary>
    public string System { get; }

    /// <summary>Speaks to the sandbox without a log-in.</summary>
    public HttpClient Http { get; }

    /// <summary>Where the files lie.</summary>
    public string Folder => _server.LegacyFolder;

    /// <summary>Pages of seven documents.</summary>
    public static async Task<LegacySandbox> Start(string system, bool fixedWidth = false, bool latin1 = false) => new(
        await SandboxServer.Start(
            new SandboxOptions { Password = Secret, PageSize = 7, LegacyFixedWidth = fixedWidth, LegacyLatin1 = latin1 }, CancellationToken.None),
        system);

    public TargetSettings Target(params (string Name, string Value)[] options) => new(
        "legacy-de", System, System == "legacy-files" ? new Uri(Folder + "/") : _server.BaseUrl, "TIEOUT", Secret, "HQ",
        Accounts: new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["receivable"] = "120000",
            ["revenue"] = "400000",
            ["deferred-revenue"] = "240000",
            ["tax"] = "220000",
            ["cash-clearing"] = "110000",
            ["bank-fees"] = "650000",
            ["bad-debt"] = "680000",
            ["disputed-receivable"] = "129000",
            ["fx-gain-loss"] = "720000",
            ["prepaid-credit"] = "241000",
        },
        Taxes: new Dictionary<string, string>(StringComparer.Ordinal) { ["STD"] = "V19", ["EXEMPT"] = "V00" },
        Options: options.ToDictionary(option => option.Name, option => option.Value, StringComparer.Ordinal),
        BatchSize: null, Slots: null, Timeout: TimeSpan.FromSeconds(30), Version: "test");

    public async Task Tell(string path, object body)
    {
        using var answer = await Http.PostAsJsonAsync($"/_sandbox/{System}/{path}", body);
        answer.EnsureSuccessStatusCode();
    }

    public async Task Fault(string kind, int count = 1, double? seconds = null, bool commit = true, string? on = null)
    {
        using var answer = await Http.PostAsJsonAsync(
            "/_sandbox/faults", new { kind, on = on ?? (System == "legacy-files" ? "legacy-post" : "legacy-soap-post"), count, seconds, commit });
        answer.EnsureSuccessStatusCode();
    }

    public async Task<IReadOnlyList<JsonElement>> Ledger(string key) =>
        [.. (await Http.GetFromJsonAsync<JsonElement>($"/_sandbox/{System}/ledger/{Uri.EscapeDataString(key)}")).EnumerateArray()];

    public async Task<IReadOnlyList<JsonElement>> Lines(string key) => [.. (await Ledger(key)).SelectMany(one => one.GetProperty("lines").EnumerateArray())];

    public Task<decimal> Open(string key) => Http.GetFromJsonAsync<decimal>($"/_sandbox/{System}/open/{Uri.EscapeDataString(key)}");

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _server.DisposeAsync();
    }
}
