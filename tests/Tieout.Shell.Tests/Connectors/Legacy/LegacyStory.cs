using Tieout.Connectors.Port;
using Tieout.Domain;
using Tieout.Domain.Posting;

namespace Tieout.Shell.Tests.Connectors.Legacy;

/// <summary>One customer, simple invoices, and short ways to send and look up.</summary>
public abstract class LegacyStory(string system) : IAsyncLifetime
{
    private readonly List<IErpConnector> _connectors = [];
    private string _customer = "";

    protected LegacySandbox Erp { get; private set; } = null!;

    protected MemoryExchangeLog Log { get; } = new();

    public async ValueTask InitializeAsync()
    {
        Erp = await LegacySandbox.Start(system);
        var found = await Connect().EnsureCustomers([new ErpCustomer("C-1", "Example Works Ltd", "DE", "EUR")], Log, CancellationToken.None);
        _customer = found[0].ShouldBeOfType<CustomerOutcome.Present>().ErpId;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var connector in _connectors) await connector.DisposeAsync();
        await Erp.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    protected IErpConnector Connect(double seconds = 30)
    {
        var connector = ErpConnectors.Create(Erp.Target() with { Timeout = TimeSpan.FromSeconds(seconds) }, TimeProvider.System);
        lock (_connectors) _connectors.Add(connector);
        return connector;
    }

    protected ErpInvoice Invoice(string key, decimal net = 100m) => new(
        key, "C-1", _customer, Currency.Of("EUR"), new DateOnly(2026, 11, 1), new DateOnly(2026, 12, 1), 30,
        [new ErpLine("revenue", net, "Plan, \"Gold\"", "EXEMPT")], [new ErpTax("EXEMPT", 0m, net, 0m)], net);

    protected async Task<DeliveryOutcome> Send(ErpInvoice invoice, double seconds = 30) =>
        (await Connect(seconds).Send([invoice], Log, CancellationToken.None))[0];

    protected async Task<LookUpOutcome> LookUp(ErpInvoice invoice) => (await Connect().LookUp([invoice], Log, CancellationToken.None))[0];

    protected async Task<int> Booked(string key) => (await Erp.Ledger(key)).Count;

    protected static async Task Eventually(Func<Task<bool>> holds)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (!await holds()) await Task.Delay(20, patience.Token);
    }
}
