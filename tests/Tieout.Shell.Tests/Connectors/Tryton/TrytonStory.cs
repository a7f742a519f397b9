using System.Globalization;
using Tieout.Connectors.Port;
using Tieout.Domain;
using Tieout.Domain.Posting;

namespace Tieout.Shell.Tests.Connectors.Tryton;

/// <summary>
/// What the tests against the real ERP share. They keep out of November 2026 of the German company, which belongs to the
/// conformance suite: a later date there would move its accounting dates.
/// </summary>
[Collection(TrytonCollection.Name)]
public abstract class TrytonStory(TrytonFixture tryton) : IAsyncLifetime
{
    private static readonly string Run = (TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() % 1_000_000).ToString("000000", CultureInfo.InvariantCulture);
    private static int s_keys;

    private readonly List<IErpConnector> _connectors = [];

    internal TrytonErp Erp { get; private set; } = null!;

    private protected MemoryExchangeLog Log { get; } = new();

    public async ValueTask InitializeAsync()
    {
        Erp = await tryton.Erp();
        Erp.Proxy.Forget();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var connector in _connectors) await connector.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    internal IErpConnector Connect(string company, params (string Name, string Value)[] options) => Connect(Erp.Target(company, options));

    internal IErpConnector Connect(TargetSettings target)
    {
        var connector = ErpConnectors.Create(target, TimeProvider.System);
        _connectors.Add(connector);
        return connector;
    }

    /// <summary>Gives up after four seconds; the ERP is warm by then.</summary>
    internal async Task<IErpConnector> ConnectImpatient(string company)
    {
        var connector = Connect(Erp.Target(company) with { Timeout = TimeSpan.FromSeconds(4) });
        await connector.LookUp([Document(company, "1", new DateOnly(2027, 1, 1))], Log, CancellationToken.None);
        return connector;
    }

    protected static string NextKey(string company) => string.Create(CultureInfo.InvariantCulture, $"{company}-{Run}{Interlocked.Increment(ref s_keys):000}");

    internal async Task<string> Customer(string code, string company = "US")
    {
        var outcome = Assert.Single(await Connect(company).EnsureCustomers([new ErpCustomer(code, "Example Works Ltd", "US", "USD")], Log, CancellationToken.None));
        return Assert.IsType<CustomerOutcome.Present>(outcome).ErpId;
    }

    internal static ErpInvoice Document(
        string company, string customer, DateOnly day, decimal net = 100m, string ledger = "revenue", string tax = "STD", string? currency = null)
    {
        var rate = tax == "EXEMPT" ? 0m : company == "DE" ? 0.19m : 0.0725m;
        var amount = Rounding.HalfAwayFromZero(net * rate, 2);
        return new ErpInvoice(
            NextKey(company), "C-STORY", customer, Currency.Of(currency ?? (company == "DE" ? "EUR" : "USD")), day, day.AddDays(30), 30,
            [new ErpLine(ledger, net, "Plan", tax)], [new ErpTax(tax, rate, net, amount)], net + amount);
    }

    internal async Task<T> Send<T>(IErpConnector connector, ErpInvoice document) where T : DeliveryOutcome =>
        Assert.IsType<T>(Assert.Single(await connector.Send([document], Log, CancellationToken.None)));

    internal async Task<T> LookUp<T>(IErpConnector connector, ErpInvoice document) where T : LookUpOutcome =>
        Assert.IsType<T>(Assert.Single(await connector.LookUp([document], Log, CancellationToken.None)));

    internal static async Task<HeldDocument> Held(IErpConnector connector, ErpInvoice document)
    {
        HeldDocument? found = null;
        var scope = new ReadScope([document.Key], AccountingMonth.Of(document.IssueDate));
        await foreach (var held in connector.ReadDocuments(scope, CancellationToken.None)) found = held;
        return found ?? throw new InvalidOperationException($"{document.Key} was not read back.");
    }
}
