using Dapper;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Tieout.Api;
using Tieout.Application.Catalog;
using Tieout.Application.Invoicing;
using Tieout.Application.Ledger;
using Tieout.Application.Usage;
using Tieout.Domain;
using Tieout.Domain.Usage;
using Tieout.Shell.Tests.Catalog;
using Tieout.Shell.Tests.Database;
using Tieout.Shell.Tests.Gateways;
using Tieout.Shell.Tests.Ledger;

namespace Tieout.Shell.Tests.Api;

/// <summary>
/// The real host over books with two subscriptions billed for November 2026, a meter and a discount. Nothing in it changes: all that
/// comes is refused.
/// </summary>
public sealed class RefusingHost(PostgresFixture postgres) : IAsyncLifetime
{
    private WebApplication? _app;

    public PostgresFixture Postgres { get; } = postgres;

    public TestDatabase Books { get; private set; } = null!;

    public HttpClient Client { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        var clock = new Late();
        Books = await Postgres.CreateDatabase();
        await SampleData.Subscriptions(Books.Source, 2);
        await new BillAccounts(Books.Source, clock).Run(new BillingRequest(new AccountingMonth(2026, 11), "test"), null, CancellationToken.None);
        (await new Meters(Books.Source).Declare(
            MeterRules.Judge(new MeterDraft("calls", "Calls", Aggregation.Sum, ["call"], ValueProperty: "n")).Meter!, CancellationToken.None)).ShouldBeOfType<MeterOutcome.Declared>();
        (await new DiscountBook(Books.Source).Add(CatalogueTests.Json("""{"code":"PART","kind":"percent","value":"0.1"}"""), CancellationToken.None))
            .ShouldBeOfType<DiscountOutcome.Stands>();
        await new GatewayDesk(Books.Source, clock).Register(GatewayDesk.Settings);
        (await new BooksDesk(Books.Source).Add("parking", "6820", "Parking")).ShouldBeOfType<LedgerAnswer.Chart>();
        await Books.Execute("update customers.legal_entity set iban = 'DE89370400440532013000' where code = 'US'");
        await Books.Execute(
            """
            insert into cash.payer_number (number, billing_account_id, actor, created_at)
            select 'GB29NWBK60161331926819', id, 'test', now() from customers.billing_account where code = 'C-1'
            """);
        _app = TieoutApi.Build(Books.Source, "http://127.0.0.1:0", clock);
        await _app.StartAsync();
        Client = new HttpClient { BaseAddress = new Uri(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()) };
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        if (_app is not null)
        {
            await _app.StopAsync();
            await _app.DisposeAsync();
        }
        await Books.DisposeAsync();
    }

    /// <summary>Each table of ours with how many rows it has.</summary>
    public async Task<IReadOnlyList<string>> RowsOfAllTables()
    {
        await using var connection = await Books.Source.OpenConnectionAsync();
        var tables = await connection.QueryAsync<string>(
            """
            select format('select ''%s.%s '' || count(*) from %I.%I', table_schema, table_name, table_schema, table_name) from information_schema.tables
            where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema') order by table_schema, table_name
            """);
        return [.. await connection.QueryAsync<string>(string.Join(" union all ", tables) + " order by 1")];
    }

    // A moment in the month after the one billed.
    private sealed class Late : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);
    }
}
