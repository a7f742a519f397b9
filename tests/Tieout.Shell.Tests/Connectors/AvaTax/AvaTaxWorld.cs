using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Tieout.Connectors.Port;
using Tieout.Domain;
using Tieout.Domain.Tax;
using Tieout.Sandbox;

namespace Tieout.Shell.Tests.Connectors.AvaTax;

/// <summary>An AvaTax stand-in of one test, whose own ledger is the witness.</summary>
public sealed class AvaTaxWorld : IAsyncDisposable
{
    private readonly SandboxServer _server;
    private readonly HttpClient _http;

    private AvaTaxWorld(SandboxServer server) => (_server, _http) = (server, new HttpClient { BaseAddress = server.BaseUrl });

    public static async Task<AvaTaxWorld> Start() => new(await SandboxServer.Start(new SandboxOptions(), CancellationToken.None));

    public HttpClient Http => _http;

    public TaxEngineSettings Settings(TimeSpan? timeout = null, string password = "sandbox", Uri? url = null) => new(
        "avatax-us", "avatax", url ?? _server.BaseUrl, "TIEOUT", password, "DEFAULT", new TaxAddress("US", "CA", "94105"),
        new Dictionary<string, string>(StringComparer.Ordinal) { ["untaxed"] = "NT", ["partly"] = "PT80" }, timeout ?? TimeSpan.FromSeconds(30));

    public ITaxEngine Engine(TimeSpan? timeout = null, string password = "sandbox", Uri? url = null) =>
        TaxEngines.Create(Settings(timeout, password, url), TimeProvider.System);

    public Task Fault(string kind, string on, int count = 1, double? seconds = null, bool commit = true) =>
        Tell("faults", new { kind, on, count, seconds, commit });

    public async Task Tell(string path, object body)
    {
        using var answer = await _http.PostAsJsonAsync("/_sandbox/" + path, body);
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>Code, status, version and tax of everything the stand-in keeps.</summary>
    public async Task<IReadOnlyList<(string Code, string Status, int Version, decimal Tax)>> Ledger() =>
        [.. (await _http.GetFromJsonAsync<JsonElement>("/_sandbox/avatax/ledger")).EnumerateArray().Select(row => (
            row.GetProperty("code").GetString()!, row.GetProperty("status").GetString()!, row.GetProperty("version").GetInt32(),
            decimal.Parse(row.GetProperty("tax").GetString()!, CultureInfo.InvariantCulture)))];

    /// <summary>Everything the stand-in keeps, by code.</summary>
    public async Task<IReadOnlyList<Kept>> All() =>
        [.. (await _http.GetFromJsonAsync<JsonElement>("/_sandbox/avatax/ledger")).EnumerateArray().Select(row => new Kept(
            row.GetProperty("code").GetString()!, row.GetProperty("type").GetString()!, row.GetProperty("status").GetString()!,
            row.GetProperty("version").GetInt32(), decimal.Parse(row.GetProperty("amount").GetString()!, CultureInfo.InvariantCulture),
            decimal.Parse(row.GetProperty("tax").GetString()!, CultureInfo.InvariantCulture), row.GetProperty("taxDate").GetString()!,
            string.Join(' ', row.GetProperty("taxCodes").EnumerateArray().Select(code => code.GetString()))))];

    public static TaxDocument Document(decimal? tax = 8.50m, decimal amount = 100m, string number = "US-2026-0000001", TaxProfile? buyer = null) => new(
        number, "C-1", Currency.Of("USD"), new DateOnly(2026, 11, 1), new TaxAddress("US", "CA", "94105"),
        buyer ?? new TaxProfile("US", "94105", "CA"),
        [new TaxDocumentLine("1", amount, 1, "standard", "Team seats", new ServicePeriod(new(2026, 11, 1), new(2026, 12, 1)))], tax);

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _server.DisposeAsync();
    }
}

/// <summary>A document as the stand-in keeps it.</summary>
public sealed record Kept(string Code, string Type, string Status, int Version, decimal Amount, decimal Tax, string TaxDate, string TaxCodes);
