using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Dapper;
using Tieout.Application.Exceptions;
using Tieout.Application.Invoicing;
using Tieout.Application.Posting;
using Tieout.Application.Reconciliation;
using Tieout.Connectors.Port;
using Tieout.Domain;
using Tieout.Domain.Posting;
using Tieout.Sandbox;
using Tieout.Shell.Tests.Database;

namespace Tieout.Shell.Tests.Posting;

/// <summary>Books with a month billed, and an SAP stand-in whose own ledger is the witness. US goes to 1710, DE to 1010.</summary>
internal sealed class World : IAsyncDisposable
{
    public static readonly AccountingMonth Month = new(2026, 11);
    public static readonly AccountingMonth NextMonth = new(2026, 12);
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);

    /// <summary>Patient enough for a loaded machine, short enough for a test.</summary>
    public static readonly PostingPolicy Policy = new(12, TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(400), TimeSpan.FromSeconds(3));

    private readonly SandboxServer _sandbox;
    private readonly HttpClient _http;
    private readonly List<IErpConnector> _connectors = [];

    private World(TestDatabase database, SandboxServer sandbox)
    {
        (Database, _sandbox) = (database, sandbox);
        _http = new HttpClient { BaseAddress = sandbox.BaseUrl };
    }

    public TestDatabase Database { get; }

    /// <summary>Customers, odd ones of US and even ones of DE, with November billed.</summary>
    /// <param name="before">What is told the database before November is billed; nothing for most.</param>
    public static async Task<World> Start(PostgresFixture postgres, int invoices, string before = "")
    {
        var world = new World(await postgres.CreateDatabase(), await SandboxServer.Start(new SandboxOptions(), CancellationToken.None));
        await SampleData.Subscriptions(world.Database.Source, invoices);
        if (before.Length > 0) await world.Database.Execute(before);
        await world.Bill(Month);
        return world;
    }

    public Task<BillingOutcome> Bill(AccountingMonth month) =>
        new BillAccounts(Database.Source, TimeProvider.System).Run(new BillingRequest(month, "test"), null, CancellationToken.None);

    /// <summary>Gives a credit memo in the month, whole unless told otherwise, and answers its number.</summary>
    public async Task<string> Credit(string number, CreditWish? wish = null, DateOnly? on = null)
    {
        var request = new CreditRequest(
            number, wish ?? new CreditWish.Whole(), on ?? Month.FirstDay.AddDays(19), "Goodwill", "test", Guid.CreateVersion7().ToString());
        return (await new CreditInvoice(Database.Source, TimeProvider.System).Run(request, CancellationToken.None)).ShouldBeOfType<CreditOutcome.Given>().Number;
    }

    public TargetSettings Settings(string company) => new(
        company == "1710" ? "sap-us" : "sap-de", "sap-s4hana", _sandbox.BaseUrl, "TIEOUT", "sandbox", company,
        new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["receivable"] = "12100000",
            ["revenue"] = "41000000",
            ["deferred-revenue"] = "24900000",
            ["prepaid-credit"] = "24910000",
            ["contract-asset"] = "12300000",
            ["unbilled-receivable"] = "12200000",
            ["tax"] = "22000000",
            ["bad-debt"] = "68000000",
            ["cash-clearing"] = "11001000",
            ["disputed-receivable"] = "12150000",
            ["fx-gain-loss"] = "72010000",
            ["gateway-clearing"] = "11002000",
            ["revaluation"] = "12199000",
            ["fx-unrealised"] = "72040000",
        },
        new Dictionary<string, string>(StringComparer.Ordinal) { ["US-CA"] = "A1", ["DE-19"] = "A1" },
        new Dictionary<string, string>(StringComparer.Ordinal), BatchSize: 20, Slots: 2, Timeout, Version: "rules-1");

    public DeliveryTarget Target(
        TargetSettings settings, Func<IErpConnector, IErpConnector>? around = null, PostingPolicy? policy = null, string? entity = null)
    {
        var connector = ErpConnectors.Create(settings, TimeProvider.System);
        _connectors.Add(connector);
        return new DeliveryTarget(settings, around?.Invoke(connector) ?? connector, policy ?? Policy, [entity ?? (settings.Company == "1710" ? "US" : "DE")]);
    }

    public IReadOnlyList<DeliveryTarget> Targets(Func<IErpConnector, IErpConnector>? around = null, PostingPolicy? policy = null, TimeSpan? timeout = null) =>
        [.. new[] { "1710", "1010" }.Select(company => Target(Settings(company) with { Timeout = timeout ?? Timeout }, around, policy))];

    public PostDocuments Post(IReadOnlyList<DeliveryTarget>? targets = null) => new(Database.Source, TimeProvider.System, targets ?? Targets());

    /// <summary>Posts for as long as anything is due within ten seconds.</summary>
    public Task<PostingSummary> Deliver(IReadOnlyList<DeliveryTarget>? targets = null, int patienceSeconds = 10) =>
        Post(targets).Run("test", TimeSpan.FromSeconds(patienceSeconds), null, CancellationToken.None);

    public Task<TieOutOutcome> TieOut(IReadOnlyList<DeliveryTarget>? targets = null, AccountingMonth? month = null) =>
        new TieOutMonth(Database.Source, TimeProvider.System, targets ?? Targets()).Run(month ?? Month, "test", null, CancellationToken.None);

    public async Task Tell(string path, object body)
    {
        using var answer = await _http.PostAsJsonAsync("/_sandbox/" + path, body);
        answer.EnsureSuccessStatusCode();
    }

    public Task Fault(string kind, int count = 1, double? seconds = null, string on = "post") => Tell("faults", new { kind, count, seconds, on });

    public async Task NoFaults()
    {
        using var answer = await _http.DeleteAsync("/_sandbox/faults");
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>What the ERP itself says it holds under a key.</summary>
    public async Task<int> Held(string key) => (await _http.GetFromJsonAsync<JsonElement>("/_sandbox/ledger/" + key)).GetArrayLength();

    /// <summary>Asks the sandbox itself.</summary>
    public Task<JsonElement> Ask(string path) => _http.GetFromJsonAsync<JsonElement>("/_sandbox/" + path);

    /// <summary>What the ERP itself has an entry or invoice at in its company code's currency, by account: <c>24900000 22.06</c>.</summary>
    public async Task<string> InCompany(string key) => string.Join(", ", (await _http.GetFromJsonAsync<JsonElement>("/_sandbox/ledger/" + key)).EnumerateArray()
        .SelectMany(document => document.GetProperty("items").EnumerateArray())
        .Select(item => string.Create(
            CultureInfo.InvariantCulture, $"{item.GetProperty("account").GetString()!.TrimStart('0')} {item.GetProperty("inCompany").GetDecimal():0.00}")));

    /// <summary>Every invoice stands in the ERP exactly once, with its amount, and our books call it posted under the ERP's number.</summary>
    public async Task AllPostedOnce()
    {
        var ledger = await _http.GetFromJsonAsync<JsonElement>("/_sandbox/ledger");
        ledger.GetProperty("duplicates").EnumerateArray().Select(row => row.GetProperty("reference").GetString()).ShouldBeEmpty();
        var invoices = await Count("invoicing.invoice");
        ledger.GetProperty("documents").GetInt64().ShouldBe(invoices);
        (await Count("posting.posting where state = 'posted' and erp_number is not null")).ShouldBe(invoices);
        var totals = ledger.GetProperty("totals").EnumerateArray().ToDictionary(
            row => row.GetProperty("currency").GetString()!, row => decimal.Parse(row.GetProperty("amount").GetString()!, CultureInfo.InvariantCulture));
        var ours = await Rows<(string, decimal)>("select currency, sum(amount) from ledger.balance where account = 'receivable' group by currency");
        foreach (var (currency, amount) in ours)
            totals[currency].ShouldBe(amount);
    }

    /// <summary>Replays every open case of a code.</summary>
    public async Task Replay(string code)
    {
        foreach (var id in await Rows<Guid>("select id from exceptions.exception_case where state = 'open' and code = @code", new { code }))
            (await new ReplayException(Database.Source, TimeProvider.System).Run(id, "mara", "seen to", CancellationToken.None))
                .ShouldBeOfType<ReplayException.Outcome.Replayed>();
    }

    public Task<long> Count(string from) => Database.Scalar<long>("select count(*) from " + from);

    public async Task<IReadOnlyList<T>> Rows<T>(string sql, object? parameters = null)
    {
        await using var connection = await Database.Source.OpenConnectionAsync();
        return (await connection.QueryAsync<T>(sql, parameters)).AsList();
    }

    /// <summary>The open cases by code, with how many.</summary>
    public async Task<Dictionary<string, long>> OpenCases() =>
        (await Rows<(string Code, long Count)>("select code, count(*) from exceptions.exception_case where state = 'open' group by code"))
            .ToDictionary(row => row.Code, row => row.Count, StringComparer.Ordinal);

    public async ValueTask DisposeAsync()
    {
        foreach (var connector in _connectors) await connector.DisposeAsync();
        _http.Dispose();
        await _sandbox.DisposeAsync();
        await Database.DisposeAsync();
    }
}
