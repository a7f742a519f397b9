using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Text.Json;
using Tieout.Connectors.Port;
using Tieout.Sandbox;

namespace Tieout.Shell.Tests.Connectors.Dynamics;

/// <summary>A sandbox of one test, and the ways to steer it.</summary>
public sealed class DynamicsSandbox : IAsyncDisposable
{
    private readonly SandboxServer _server;
    private readonly ConcurrentQueue<SeenRequest> _seen;

    private DynamicsSandbox(SandboxServer server, ConcurrentQueue<SeenRequest> seen)
    {
        (_server, _seen) = (server, seen);
        Http = new HttpClient { BaseAddress = server.BaseUrl };
    }

    /// <summary>A word that stands nowhere else.</summary>
    public const string Secret = "xT7~client-secret-of-nobody";

    /// <summary>Speaks to the sandbox without a log-in.</summary>
    public HttpClient Http { get; }

    public Uri BaseUrl => _server.BaseUrl;

    /// <summary>What was sent to it, but for what steers it.</summary>
    public IReadOnlyList<SeenRequest> Seen => [.. _seen.Where(request => !request.PathAndQuery.StartsWith("/_sandbox", StringComparison.Ordinal))];

    /// <summary>Pages of seven rows: a document has three lines, so pages end inside documents.</summary>
    public static async Task<DynamicsSandbox> Start(int pageSize = 7)
    {
        var seen = new ConcurrentQueue<SeenRequest>();
        return new(await SandboxServer.Start(new SandboxOptions { PageSize = pageSize, Password = Secret, Seen = seen.Enqueue }, CancellationToken.None), seen);
    }

    public TargetSettings Target(params (string Name, string Value)[] options) => TargetAt(_server.BaseUrl, _server.BaseUrl, options);

    public static TargetSettings TargetAt(Uri url, Uri tokens, params (string Name, string Value)[] options) => new(
        "d365-de", "dynamics-365", url, "TIEOUT", Secret, "demf",
        Accounts: new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["receivable"] = "130100",
            ["revenue"] = "401100",
            ["deferred-revenue"] = "250100",
            ["tax"] = "202100",
            ["cash-clearing"] = "110110",
            ["bank-fees"] = "605100",
            ["bad-debt"] = "618900",
            ["disputed-receivable"] = "130900",
            ["fx-gain-loss"] = "801200",
            ["prepaid-credit"] = "250200",
        },
        Taxes: new Dictionary<string, string>(StringComparer.Ordinal) { ["STD"] = "U19", ["EXEMPT"] = "U0" },
        Options: options.Concat(
            [
                (Name: "tenant", Value: "sandbox-tenant"), (Name: "token-url", Value: $"{tokens.AbsoluteUri}{{tenant}}/oauth2/v2.0/token"),
                (Name: "customer-group", Value: "10"), (Name: "posting-profile:disputed-receivable", Value: "DISP"),
                (Name: "ledger-dimensions", Value: "BusinessUnit,Department,CostCenter"), (Name: "default-dimensions", Value: "CostCenter,BusinessUnit"),
                (Name: "dimension:cost-center", Value: "CostCenter"), (Name: "dimension:department", Value: "Department"),
            ])
            .DistinctBy(option => option.Name, StringComparer.Ordinal)
            .ToDictionary(option => option.Name, option => option.Value, StringComparer.Ordinal),
        BatchSize: null, Slots: null, Timeout: TimeSpan.FromSeconds(30), Version: "test");

    public async Task Tell(string path, object body)
    {
        using var answer = await Http.PostAsJsonAsync("/_sandbox/dynamics/" + path, body);
        answer.EnsureSuccessStatusCode();
    }

    public async Task Fault(string kind, string on = "dynamics-create", int count = 1, double? seconds = null, bool commit = true)
    {
        using var answer = await Http.PostAsJsonAsync("/_sandbox/faults", new { kind, on, count, seconds, commit });
        answer.EnsureSuccessStatusCode();
    }

    public Task<JsonElement> Ask(string path) => Http.GetFromJsonAsync<JsonElement>("/_sandbox/dynamics/" + path);

    /// <summary>Journals under a key, posted or only created.</summary>
    public async Task<int> JournalCount(string key) => (await Ask("ledger/" + Uri.EscapeDataString(key))).GetArrayLength();

    /// <summary>Those that stand in the ledger.</summary>
    public async Task<int> PostedCount(string key) =>
        (await Ask("ledger/" + Uri.EscapeDataString(key))).EnumerateArray().Count(journal => journal.GetProperty("posted").GetBoolean());

    /// <summary>A property of the lines of the journal under a key, where they have it.</summary>
    public async Task<IReadOnlyList<string>> Lines(string key, string property) =>
    [
        .. (await Ask("ledger/" + Uri.EscapeDataString(key))).EnumerateArray().SelectMany(journal => journal.GetProperty("lines").EnumerateArray())
            .Where(line => line.TryGetProperty(property, out _)).Select(line => line.GetProperty(property).GetString()!),
    ];

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _server.DisposeAsync();
    }
}
