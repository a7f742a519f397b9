using Dapper;
using Npgsql;
using Tieout.Application.Exchange;
using Tieout.Application.Invoicing;
using Tieout.Domain;
using Tieout.Shell.Tests.Database;

namespace Tieout.Shell.Tests.Invoicing;

public sealed class BillAccountsTests(PostgresFixture postgres)
{
    private static readonly AccountingMonth November = new(2026, 11);

    [Fact]
    public async Task A_month_is_billed_once_and_running_it_twice_adds_nothing()
    {
        await using var database = await postgres.CreateDatabase();
        await SampleData.Subscriptions(database.Source, 1000);

        var first = await Bill(database.Source);
        // 500 at 10.01, 10.03, … and 500 at 10.02, 10.04, …
        first.Totals.Select(total => (total.LegalEntity, total.Currency, total.Invoices, total.Net))
            .ShouldBe([("DE", "EUR", 500, 7505.00m), ("US", "USD", 500, 7500.00m)]);
        (await Bill(database.Source)).Invoices.ShouldBe(0);
        (await Count(database.Source, "invoicing.invoice")).ShouldBe(1000);
        (await Count(database.Source, "posting.posting where state = 'staged'")).ShouldBe(1000);
    }

    [Fact]
    public async Task Every_balance_is_the_sum_of_entries_and_agrees_with_the_invoices()
    {
        await using var database = await postgres.CreateDatabase();
        await SampleData.Subscriptions(database.Source, 100);
        var outcome = await Bill(database.Source);

        await using var connection = await database.Source.OpenConnectionAsync();
        var balances = (await connection.QueryAsync<(string Currency, string Account, decimal Amount)>(
            "select currency, account, amount from ledger.balance order by 1, 2")).ToList();
        var us = outcome.Totals.Single(total => total.Currency == "USD");
        var de = outcome.Totals.Single(total => total.Currency == "EUR");
        balances.ShouldBe([
            ("EUR", "deferred-revenue", -de.Net), ("EUR", "receivable", de.Total), ("EUR", "tax", -de.Tax),
            ("USD", "receivable", us.Total), ("USD", "revenue", -us.Net), ("USD", "tax", -us.Tax)]);
    }

    [Fact]
    public async Task Numbers_have_no_gaps_however_many_workers_bill()
    {
        await using var database = await postgres.CreateDatabase();
        await SampleData.Subscriptions(database.Source, 2000);
        await new BillAccounts(database.Source, TimeProvider.System).Run(new BillingRequest(November, "test", Workers: 4, PartSize: 50), null, CancellationToken.None);

        await using var connection = await database.Source.OpenConnectionAsync();
        var numbers = (await connection.QueryAsync<string>("select number from invoicing.invoice where number like 'US-%' order by 1")).ToList();
        numbers.ShouldBe(Enumerable.Range(1, 1000).Select(counter => $"US-2026-{counter:0000000}"));
    }

    [Fact]
    public async Task Two_runs_at_once_share_the_work()
    {
        await using var database = await postgres.CreateDatabase();
        await SampleData.Subscriptions(database.Source, 1000);
        await Task.WhenAll(Bill(database.Source, 50), Bill(database.Source, 50), Bill(database.Source, 50));
        (await Count(database.Source, "invoicing.invoice")).ShouldBe(1000);
    }

    [Fact]
    public async Task A_run_that_was_stopped_is_taken_up_where_it_stood()
    {
        await using var database = await postgres.CreateDatabase();
        await SampleData.Subscriptions(database.Source, 1000);
        using var stop = new CancellationTokenSource();
        var progress = new Stopping(stop);
        await Should.ThrowAsync<OperationCanceledException>(() => new BillAccounts(database.Source, TimeProvider.System)
            .Run(new BillingRequest(November, "test", Workers: 1, PartSize: 100), progress, stop.Token));
        var half = await Count(database.Source, "invoicing.invoice");
        half.ShouldBeInRange(100, 900);

        var outcome = await Bill(database.Source, 100);
        outcome.Invoices.ShouldBe(1000);
        (await Count(database.Source, "invoicing.invoice")).ShouldBe(1000);
        (await Count(database.Source, "runs.run where kind = 'bill'")).ShouldBe(1);
    }

    [Fact]
    public async Task A_run_that_is_taken_up_bills_the_accounts_that_came_meanwhile_too()
    {
        await using var database = await postgres.CreateDatabase();
        await SampleData.Subscriptions(database.Source, 1000);
        using var stop = new CancellationTokenSource();
        await Should.ThrowAsync<OperationCanceledException>(() => new BillAccounts(database.Source, TimeProvider.System)
            .Run(new BillingRequest(November, "test", Workers: 1, PartSize: 100), new Stopping(stop), stop.Token));
        await SampleData.Subscriptions(database.Source, 1200);
        await Bill(database.Source, 100);
        (await Count(database.Source, "invoicing.invoice")).ShouldBe(1200);
        (await Count(database.Source, "runs.run where kind = 'bill'")).ShouldBe(1);
    }

    [Fact]
    public async Task An_account_without_a_tax_rate_is_told_and_the_others_are_billed()
    {
        await using var database = await postgres.CreateDatabase();
        await SampleData.Subscriptions(database.Source, 100);
        await using var connection = await database.Source.OpenConnectionAsync();
        await connection.ExecuteAsync("update customers.billing_account set tax_code = 'XX-99' where code = 'C-7'");

        var outcome = await Bill(database.Source);
        outcome.Invoices.ShouldBe(99);
        var stopped = outcome.Stopped.ShouldHaveSingleItem();
        (stopped.Code, stopped.Accounts).ShouldBe(("tax-rate-missing", 1));
        stopped.Cause.ShouldContain("C-7");
        stopped.Remedy.ShouldNotBeEmpty();
        var open = await connection.QuerySingleAsync<(string Code, string Cause, decimal Amount)>(
            "select code, cause, amount from exceptions.exception_case where state = 'open'");
        open.Code.ShouldBe("tax-rate-missing");
        open.Cause.ShouldContain("Tax code XX-99 has no rate");
        open.Amount.ShouldBe(10.07m);

        await connection.ExecuteAsync("insert into tax.rate (code, rate, from_date) values ('XX-99', 0.1, '2026-01-01')");
        var again = await Bill(database.Source);
        (again.Invoices, again.Stopped.Count).ShouldBe((1, 0));
        (await Count(database.Source, "exceptions.exception_case where state = 'open'")).ShouldBe(0);
    }

    [Fact]
    public async Task An_account_whose_charges_no_book_can_hold_never_stops_the_others()
    {
        await using var database = await postgres.CreateDatabase();
        await SampleData.Subscriptions(database.Source, 20);
        await database.Execute("update subscriptions.component set agreed_price = 9000000000000000 where billing_account_id = md5('account7')::uuid");
        var outcome = await Bill(database.Source);
        outcome.Invoices.ShouldBe(19);
        outcome.Stopped.ShouldHaveSingleItem().Code.ShouldBe("amount-too-large");
    }

    [Fact]
    public async Task An_account_that_cannot_be_computed_at_all_stops_itself_alone_and_is_billed_when_it_can()
    {
        await using var database = await postgres.CreateDatabase();
        await SampleData.Subscriptions(database.Source, 20);
        // Dollars to a company with books in euro, at a rate whose product with them no decimal holds.
        await database.Execute(
            """
            update customers.billing_account set legal_entity_id = (select id from customers.legal_entity where code = 'DE') where code = 'C-7';
            update subscriptions.component set agreed_price = 800000000000000 where billing_account_id = md5('account7')::uuid
            """);
        await Rate(database, "9999999999999999", "");
        var outcome = await Bill(database.Source);
        outcome.Invoices.ShouldBe(19);
        var stopped = outcome.Stopped.ShouldHaveSingleItem();
        (stopped.Code, stopped.Accounts).ShouldBe(("cannot-be-computed", 1));
        stopped.Cause.ShouldStartWith("Account C-7 was not billed for 2026-11-01: ");
        (await database.Scalar<string>("select concat(category, ' ', technical) from exceptions.exception_case")).ShouldStartWith("technical OverflowException: ");

        await Rate(database, "0.9", "two points were lost");
        var again = await Bill(database.Source);
        (again.Invoices, again.Stopped.Count).ShouldBe((1, 0));
        (await Count(database.Source, "exceptions.exception_case where state = 'open'")).ShouldBe(0);
    }

    private static async Task Rate(TestDatabase database, string rate, string correction) =>
        (await new EnterRates(database.Source, TimeProvider.System).Run([new EnteredRate("USD", "EUR", "2026-11-01", rate)], correction, "ann", CancellationToken.None))
            .Accepted.ShouldBe(1);

    [Fact]
    public async Task A_month_before_the_first_run_is_said_to_be_billed_elsewhere()
    {
        await using var database = await postgres.CreateDatabase();
        await SampleData.Subscriptions(database.Source, 10);
        await Bill(database.Source);
        var earlier = await new BillAccounts(database.Source, TimeProvider.System).Run(
            new BillingRequest(new AccountingMonth(2026, 10), "test"), null, CancellationToken.None);
        earlier.Invoices.ShouldBe(0);
        earlier.BeginsLater.ShouldBe([new BeginsLater("DE", new DateOnly(2026, 11, 1)), new BeginsLater("US", new DateOnly(2026, 11, 1))]);
    }

    [Fact]
    public async Task A_subscription_added_later_is_billed_and_a_changed_one_gets_the_difference()
    {
        await using var database = await postgres.CreateDatabase();
        await SampleData.Subscriptions(database.Source, 10);
        await Bill(database.Source);
        await SampleData.Subscriptions(database.Source, 11);
        await using var connection = await database.Source.OpenConnectionAsync();
        await connection.ExecuteAsync(
            $"""
            {SampleData.Touched(3)} {SampleData.Touched(2)} {SampleData.Touched(11)}
            update subscriptions.component set agreed_price = 99 where billing_account_id = md5('account3')::uuid;
            update subscriptions.component set agreed_price = 4.02 where billing_account_id = md5('account2')::uuid;
            """);

        (await Bill(database.Source)).Totals.ShouldBe([
            new BilledTotal("DE", "EUR", 0, 1, -6.00m, -1.14m, -7.14m), new BilledTotal("US", "USD", 2, 0, 99.08m, 7.18m, 106.26m)]);
        var corrections = (await connection.QueryAsync<(string Number, string Description, decimal Amount, int Revision)>(
            """
            select invoice.number, line.description, line.amount, line.revision
            from invoicing.invoice_line line join invoicing.invoice on invoice.id = line.invoice_id
            where revision > 1 order by 1
            """)).ToList();
        corrections.Count.ShouldBe(2);
        corrections[0].ShouldSatisfyAllConditions(
            it => it.Number.ShouldBe("DEC-2026-0000001"), it => it.Amount.ShouldBe(-6m),
            it => it.Description.ShouldStartWith("Corrected: Basic plan (invoice DE-2026-"));
        corrections[1].Amount.ShouldBe(88.97m);
        (await Bill(database.Source)).Totals.ShouldBeEmpty();
    }

    private static Task<BillingOutcome> Bill(NpgsqlDataSource database, int partSize = 5000) =>
        new BillAccounts(database, TimeProvider.System).Run(new BillingRequest(November, "test", PartSize: partSize), null, CancellationToken.None);

    private static async Task<long> Count(NpgsqlDataSource database, string from)
    {
        await using var connection = await database.OpenConnectionAsync();
        return await connection.QuerySingleAsync<long>("select count(*) from " + from);
    }

    private sealed class Stopping(CancellationTokenSource stop) : IProgress<Application.Runs.RunProgress>
    {
        public void Report(Application.Runs.RunProgress value) => stop.Cancel();
    }
}
