using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Tieout.Connectors.Port;
using Tieout.Domain;
using Tieout.Domain.Posting;

namespace Tieout.Shell.Tests.Connectors;

/// <summary>
/// What every connector has to do, whatever it speaks to. A connector's test class inherits this and fills in the hooks;
/// the rules are in the other files of this class. Every test makes its own keys, so a system that keeps its books between
/// tests will do.
/// </summary>
public abstract partial class ConnectorConformance : IAsyncLifetime
{
    private static int s_keys;

    private static readonly string Run = Base36(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() % 60_466_176); // 36^5

    private readonly List<IErpConnector> _connectors = [];

    /// <summary>Everything the connectors of this test asked and were told.</summary>
    protected MemoryExchangeLog Log { get; } = new();

    // ---- Hooks ----------------------------------------------------------------------------------------------------

    /// <summary>
    /// A working target. Its account rule names receivable, revenue, deferred-revenue and tax, and for entries cash-clearing, bank-fees,
    /// bad-debt, disputed-receivable and fx-gain-loss, each another account; its tax codes are <c>STD</c> (19 %) and <c>EXEMPT</c> (0 %).
    /// </summary>
    protected abstract TargetSettings CreateTarget();

    /// <summary>Whether a delivery tells that a key is held already. A connector told not to look before it sends cannot.</summary>
    protected virtual bool KnowsKeysWhenSending => true;

    /// <summary>Whether it can ask for a customer without creating it.</summary>
    protected virtual bool KnowsCustomersWhenAsked => true;

    /// <summary>Makes the next deliveries or questions fail in one way. Only faults are asked for, never what has a hook of its own.</summary>
    protected abstract Task Inject(Ability fault, int count = 1);

    /// <summary>How many documents the system's own books hold under a key: asked past the connector.</summary>
    protected abstract Task<int> LedgerCount(string key);

    /// <summary>Closes a month for the target's company.</summary>
    protected abstract Task ClosePeriod(AccountingMonth month);

    /// <summary>Opens it again.</summary>
    protected abstract Task OpenPeriod(AccountingMonth month);

    /// <summary>Blocks the customer with our code.</summary>
    protected abstract Task BlockCustomer(string code);

    /// <summary>The currency of the company.</summary>
    protected abstract Currency Currency { get; }

    /// <summary>An id no customer has, in the form the system gives ids.</summary>
    protected abstract string UnknownCustomerId { get; }

    /// <summary>An account code the system does not know.</summary>
    protected virtual string UnknownAccount => "99999999";

    /// <summary>A tax code the system does not know.</summary>
    protected virtual string UnknownTaxCode => "ZZ";

    /// <summary>Beginning of all keys; capitals, at most 4 characters.</summary>
    protected virtual string Series => "CT-";

    /// <summary>A month open for posting.</summary>
    protected virtual AccountingMonth Month => new(2026, 11);

    /// <summary>More documents than one page of the system holds.</summary>
    protected virtual int MoreThanAPage => 25;

    /// <summary>How long the connector waits when silence is the point of the test.</summary>
    protected virtual TimeSpan Impatient => TimeSpan.FromMilliseconds(800);

    public virtual ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public virtual async ValueTask DisposeAsync()
    {
        foreach (var connector in _connectors) await connector.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    // ---- For the rules --------------------------------------------------------------------------------------------

    protected IErpConnector Connect(Func<TargetSettings, TargetSettings>? change = null)
    {
        var target = CreateTarget();
        var connector = CreateConnector(change is null ? target : change(target));
        _connectors.Add(connector);
        return connector;
    }

    /// <summary>A connector for a target; one that hears what the system tells by itself, where it does.</summary>
    protected virtual IErpConnector CreateConnector(TargetSettings target) => ErpConnectors.Create(target, TimeProvider.System);

    /// <summary>A connector that gives up early; the way to the system is warmed up first.</summary>
    protected async Task<IErpConnector> ConnectImpatient()
    {
        var connector = Connect(target => target with { Timeout = Impatient });
        await Connect().LookUp([Document("1")], Log, CancellationToken.None);
        return connector;
    }

    protected string NextKey() =>
        string.Create(CultureInfo.InvariantCulture, $"{Series}{Run}{Base36(Interlocked.Increment(ref s_keys)),4}").Replace(' ', '0');

    /// <summary>An invoice of 100.00 and 19 %, unless told otherwise; a credit memo where it comes to less than nothing.</summary>
    protected ErpInvoice Document(
        string erpCustomer, string? key = null, decimal net = 100m, string tax = "STD", string customer = "C-1", IReadOnlyList<ErpLine>? lines = null)
    {
        lines ??= [new ErpLine("revenue", net, "Subscription 11/2026", tax)];
        List<ErpTax> taxes = [.. lines.GroupBy(line => line.TaxCode, StringComparer.Ordinal).Select(group => Tax(group.Key, group.Sum(line => line.Amount)))];
        return new ErpInvoice(
            key ?? NextKey(), customer, erpCustomer, Currency, Month.FirstDay, Month.FirstDay.AddDays(30), 30,
            lines, taxes, lines.Sum(line => line.Amount) + taxes.Sum(item => item.Amount));
    }

    private ErpTax Tax(string code, decimal basis)
    {
        var rate = code == "EXEMPT" ? 0m : 0.19m;
        return new ErpTax(code, rate, basis, Rounding.HalfAwayFromZero(basis * rate, Currency.MinorUnits));
    }

    protected async Task<string> Customer(string? code = null, string name = "Example Works Ltd")
    {
        var outcomes = await Connect().EnsureCustomers([new ErpCustomer(code ?? CustomerCode(), name, "DE", Currency.Code)], Log, CancellationToken.None);
        return Assert.IsType<CustomerOutcome.Present>(Assert.Single(outcomes)).ErpId;
    }

    protected string CustomerCode() => "C" + NextKey()[3..];

    protected async Task<T> SendOne<T>(IErpConnector connector, ErpDocument document) where T : DeliveryOutcome
    {
        var outcome = Assert.Single(await connector.Send([document], Log, CancellationToken.None));
        Assert.True(outcome is T, outcome.ToString());
        return (T)outcome;
    }

    protected async Task<T> LookUpOne<T>(ErpDocument document) where T : LookUpOutcome =>
        Assert.IsType<T>(Assert.Single(await Connect().LookUp([document], Log, CancellationToken.None)));

    protected static async Task Eventually(Func<Task<bool>> holds)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!await holds()) await Task.Delay(20, patience.Token);
    }

    /// <summary>An address the system cannot be reached under.</summary>
    protected virtual Uri NobodyThere() => DeadUrl();

    /// <summary>An address nobody listens on.</summary>
    protected static Uri DeadUrl()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        return new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/"));
    }

    protected static bool Contains(byte[] bytes, string text) => bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(text)) >= 0;

    private static string Base36(long number)
    {
        const string digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
        var text = "";
        do
        {
            text = digits[(int)(number % 36)] + text;
            number /= 36;
        }
        while (number > 0);
        return text;
    }
}
