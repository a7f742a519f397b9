using System.Globalization;
using Tieout.Application.Accounts;
using Tieout.Application.Invoicing;
using Tieout.Application.Tax;
using Tieout.Connectors.Port;
using Tieout.Domain;
using Tieout.Domain.Posting;
using Tieout.Shell.Tests.Connectors.AvaTax;
using Tieout.Shell.Tests.Database;

namespace Tieout.Shell.Tests.Tax;

/// <summary>
/// Three American accounts in California, taxed by an AvaTax stand-in (6 %, 0.25 % and 2.25 %, each rounded by itself), and three German
/// ones that our own table taxes. Account n pays 10.00 + n cents a month.
/// </summary>
internal sealed class EngineBooks : IAsyncDisposable
{
    private static readonly PostingPolicy Policy = new(3, TimeSpan.FromMilliseconds(20), TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(2));
    private readonly List<ITaxEngine> _engines = [];

    private EngineBooks(TestDatabase database, AvaTaxWorld world) => (Database, World) = (database, world);

    public TestDatabase Database { get; }

    public AvaTaxWorld World { get; }

    /// <summary>Books with so many accounts.</summary>
    /// <param name="postgres">Where.</param>
    /// <param name="accounts">Every other one is German.</param>
    public static async Task<EngineBooks> Open(PostgresFixture postgres, int accounts = 6)
    {
        var books = new EngineBooks(await postgres.CreateDatabase(), await AvaTaxWorld.Start());
        await SampleData.Subscriptions(books.Database.Source, accounts);
        await books.Database.Execute(
            """
            insert into tax.profile (customer_id, country, region, postcode, business, changed_by, changed_at)
            select id, 'US', 'CA', '94105', false, 'test', now() from customers.customer where country = 'US'
            """);
        return books;
    }

    /// <summary>The engine of legal entity US, where it is or where nothing listens.</summary>
    public TaxRoutes Routes(bool reachable = true)
    {
        var settings = World.Settings(TimeSpan.FromSeconds(1), url: reachable ? null : new Uri("http://127.0.0.1:1/"));
        var engine = TaxEngines.Create(settings, TimeProvider.System);
        _engines.Add(engine);
        return new TaxRoutes([new TaxEngineRoute(settings, engine, Policy, ["US"], new DateOnly(2026, 11, 1))]);
    }

    public async Task<long> Bill(bool reachable = true, int month = 11, int partSize = 5_000) =>
        (await new BillAccounts(Database.Source, TimeProvider.System, Routes(reachable)).Run(
            new BillingRequest(new AccountingMonth(2026, month), "test", PartSize: partSize), null, CancellationToken.None)).Invoices;

    public async Task<long> BillWithoutEngine(int month) =>
        (await new BillAccounts(Database.Source, TimeProvider.System).Run(
            new BillingRequest(new AccountingMonth(2026, month), "test"), null, CancellationToken.None)).Invoices;

    public Task<CommitSummary> Commit() =>
        new CommitTaxes(Database.Source, TimeProvider.System, Routes().All).Run(TimeSpan.FromSeconds(10), CancellationToken.None);

    public async Task<string> Credit(string number, CreditWish wish)
    {
        var request = new CreditRequest(number, wish, new DateOnly(2026, 11, 20), "Wrong price", "mara", $"{number}-{wish.GetType().Name}");
        return (await new CreditInvoice(Database.Source, TimeProvider.System).Run(request, CancellationToken.None)).ShouldBeOfType<CreditOutcome.Given>().Number;
    }

    /// <summary>Charges account C-1 beside its subscription.</summary>
    public async Task Charge(string key, decimal price, string category)
    {
        var request = new ChargeRequest
        {
            On = "2026-11-01",
            UnitPrice = price.ToString(CultureInfo.InvariantCulture),
            Description = "Training",
            TaxCategory = category,
            Actor = "mara",
        };
        (await new AccountCharges(Database.Source, TimeProvider.System).Add("C-1", request, key, CancellationToken.None)).ShouldBeOfType<AccountDone<AccountCharge>>();
    }

    /// <summary>Rows that are not kept in order are a text too: one per line.</summary>
    public Task<string> Text(string select) => Database.Scalar<string>($"select coalesce(string_agg(row, '; '), '') from ({select}) rows (row)");

    public Task<long> Count(string from) => Database.Scalar<long>("select count(*) from " + from);

    /// <summary>Code, state and subject of every case.</summary>
    public Task<string> Cases() => Text("select code || ' ' || state || ' ' || subject_key from exceptions.exception_case order by subject_key, code");

    /// <summary>How often the engine was asked for a tax.</summary>
    public Task<long> Asked() => Count("posting.exchange where operation = 'tax-quote'");

    public async ValueTask DisposeAsync()
    {
        foreach (var engine in _engines) await engine.DisposeAsync();
        await World.DisposeAsync();
        await Database.DisposeAsync();
    }
}
