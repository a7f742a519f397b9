using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using Tieout.Connectors.Port;
using Tieout.Sandbox;

namespace Tieout.Shell.Tests.Connectors.NetSuite;

/// <summary>A sandbox of one test with our certificate registered, and the ways to steer it.</summary>
public sealed class NetSuiteSandbox : IAsyncDisposable
{
    public const string CertificateId = "test-certificate";

    // One key for all tests: making one takes a while. Nothing real is behind it.
    private static readonly Lazy<RSA> Key = new(() => RSA.Create(2048));

    private readonly SandboxServer _server;
    private readonly ConcurrentQueue<SeenRequest> _seen;

    private NetSuiteSandbox(SandboxServer server, ConcurrentQueue<SeenRequest> seen)
    {
        (_server, _seen) = (server, seen);
        Http = new HttpClient { BaseAddress = server.BaseUrl };
    }

    /// <summary>PEM of our private key, as it would stand in the file a target points to.</summary>
    public static string PrivateKey { get; } = Key.Value.ExportPkcs8PrivateKeyPem();

    /// <summary>Speaks to the sandbox without a log-in.</summary>
    public HttpClient Http { get; }

    public Uri BaseUrl => _server.BaseUrl;

    /// <summary>What was sent to it, but for what steers it.</summary>
    public IReadOnlyList<SeenRequest> Seen => [.. _seen.Where(request => !request.PathAndQuery.StartsWith("/_sandbox", StringComparison.Ordinal))];

    /// <summary>Pages of seven rows: a document has three, so pages end inside documents.</summary>
    public static async Task<NetSuiteSandbox> Start(int pageSize = 7)
    {
        var seen = new ConcurrentQueue<SeenRequest>();
        var sandbox = new NetSuiteSandbox(await SandboxServer.Start(new SandboxOptions { PageSize = pageSize, Seen = seen.Enqueue }, CancellationToken.None), seen);
        await sandbox.Tell("certificates", new { id = CertificateId, pem = Key.Value.ExportSubjectPublicKeyInfoPem() });
        return sandbox;
    }

    public TargetSettings Target(params (string Name, string Value)[] options) => TargetAt(_server.BaseUrl, options);

    public static TargetSettings TargetAt(Uri url, params (string Name, string Value)[] options) => new(
        "netsuite-us", "netsuite", url, "TIEOUT", PrivateKey, "1",
        Accounts: new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["receivable"] = "119",
            ["revenue"] = "54",
            ["deferred-revenue"] = "58",
            ["tax"] = "108",
            ["cash-clearing"] = "10",
            ["bank-fees"] = "61",
            ["bad-debt"] = "62",
            ["disputed-receivable"] = "121",
            ["fx-gain-loss"] = "63",
            ["prepaid-credit"] = "59",
            ["contract-asset"] = "65",
            ["unbilled-receivable"] = "66",
            ["revaluation"] = "67",
            ["fx-unrealised"] = "68",
        },
        Taxes: new Dictionary<string, string>(StringComparer.Ordinal) { ["STD"] = "tax", ["EXEMPT"] = "tax" },
        Options: options.Append((Name: "certificate-id", Value: CertificateId))
            .DistinctBy(option => option.Name, StringComparer.Ordinal)
            .ToDictionary(option => option.Name, option => option.Value, StringComparer.Ordinal),
        BatchSize: null, Slots: null, Timeout: TimeSpan.FromSeconds(30), Version: "test");

    public async Task Tell(string path, object body)
    {
        using var answer = await Http.PostAsJsonAsync("/_sandbox/netsuite/" + path, body);
        answer.EnsureSuccessStatusCode();
    }

    public async Task Fault(string kind, string on = "netsuite-post", int count = 1, double? seconds = null, bool commit = true)
    {
        using var answer = await Http.PostAsJsonAsync("/_sandbox/faults", new { kind, on, count, seconds, commit });
        answer.EnsureSuccessStatusCode();
    }

    public Task<JsonElement> Ask(string path) => Http.GetFromJsonAsync<JsonElement>("/_sandbox/netsuite/" + path);

    public async Task<int> LedgerCount(string key) => (await Ask("ledger/" + Uri.EscapeDataString(key))).GetArrayLength();

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _server.DisposeAsync();
    }
}
