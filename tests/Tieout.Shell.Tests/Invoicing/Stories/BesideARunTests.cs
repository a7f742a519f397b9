using Npgsql;
using Tieout.Application.Accounts;
using Tieout.Application.Catalog;
using Tieout.Application.Credits;
using Tieout.Application.Exchange;
using Tieout.Application.Invoicing;
using Tieout.Application.Subscriptions;
using Tieout.Application.Tax;
using Tieout.Shell.Tests.Catalog;
using Tieout.Shell.Tests.Database;

namespace Tieout.Shell.Tests.Invoicing.Stories;

/// <summary>What happens beside a run, or before the first: nothing of it may be lost, and nothing may stop the others.</summary>
public sealed class BesideARunTests(PostgresFixture postgres)
{
    private const string Sold =
        """
        {"component":"setup","currency":"EUR","recognition":"immediate","description":"Setup","model":"flat","unit-price":"100","terms":{"kind":"one-off"}}
        """;

    [Theory]
    [InlineData("downgrade", "basic", "fee 2026-03-01 20, minimum 2026-03-01 80")]
    [InlineData("cancel", null, "")]
    public async Task What_was_sold_once_does_not_keep_the_minimum_of_the_plan_that_was_left(string kind, string? plan, string march)
    {
        await using var world = await BillingWorld.Start(postgres);
        await Plan(world, "pro", 50, 500);
        await Plan(world, "basic", 20, 100);
        Done(await world.Create("S-1", "2026-01-01", "pro", "fee setup"));
        Done(await world.Amend("S-1", new() { Kind = kind, Plan = plan, Effective = "2026-03-01" }));
        if (plan is null) Done(await world.Amend("S-1", new() { Kind = "reactivate", Effective = "2026-06-01" }));
        world.On("2026-06-01");
        await world.Bill("2026-06-01");
        (await world.Database.Scalar<string>(
            """
            select coalesce(string_agg(concat_ws(' ', component, part_start, trim_scale(amount)), ', ' order by component), '')
            from invoicing.invoice_line where part_start = '2026-03-01'
            """)).ShouldBe(march);
        (await world.Database.Scalar<decimal>("select amount from invoicing.invoice_line where component = 'minimum' and part_start = '2026-02-01'")).ShouldBe(450m);
        await world.Agree();
    }

    [Fact]
    public async Task A_run_of_an_earlier_day_does_not_forget_what_a_later_one_could_not_bill()
    {
        await using var world = await World("platform");
        await world.Database.Execute("update customers.legal_entity set currency = 'CHF' where code = 'AT'");
        await Rate(world, "2026-01-31");
        await world.Bill("2026-01-31");
        // The run through February stops the account; before it ends, somebody bills January once more.
        (await world.Bill("2026-02-28")).Stopped.ShouldHaveSingleItem().Code.ShouldBe("exchange-rate-missing");
        await world.Database.Execute("update customers.legal_entity set billed_through = '2026-01-31'");
        await world.Bill("2026-01-31");
        await world.Database.Execute("update customers.legal_entity set billed_through = '2026-02-28'");
        await Rate(world, "2026-03-01");
        await world.Bill("2026-03-01");
        (await world.Billed()).ShouldBe("S-1 platform 2026-01-01 310\nS-1 platform 2026-02-01 310\nS-1 platform 2026-03-01 310");
        (await world.Database.Scalar<long>("select count(*) from subscriptions.touched")).ShouldBe(0);
        await world.Agree();
    }

    [Fact]
    public async Task A_company_that_comes_in_while_a_run_is_under_way_is_not_taken_for_billed()
    {
        await using var world = await World("platform");
        await world.Database.Execute(
            """
            create function pg_temp_comes() returns trigger language plpgsql as $$
            begin
              insert into customers.legal_entity (id, code, name, currency, country, series)
              values (md5('NEW')::uuid, 'NEW', 'New', 'EUR', 'AT', 'NEW') on conflict do nothing;
              return null;
            end $$;
            create trigger comes after update on invoicing.billing_part for each row execute function pg_temp_comes();
            """);
        await world.Bill("2026-01-20");
        (await world.Database.Scalar<string>("select string_agg(concat_ws(' ', code, billed_through), ', ' order by code) from customers.legal_entity"))
            .ShouldBe("AT 2026-01-20, NEW");
    }

    [Fact]
    public async Task An_account_whose_time_zone_this_machine_does_not_know_stops_itself_alone()
    {
        await using var world = await World("calls");
        await world.Account("B");
        Done(await world.Create("S-2", "2026-01-01", "team", "platform", "B"));
        world.On("2026-02-01");
        (await world.Use("S-1", "e1", "call", "2026-01-10", 5)).ShouldBeTrue();
        await world.Database.Execute("update customers.billing_account set time_zone = 'Mars/Olympus' where code = 'A'");
        var outcome = await world.Bill("2026-02-01");
        outcome.Totals.ShouldHaveSingleItem().Net.ShouldBe(620m);
        outcome.Stopped.ShouldHaveSingleItem().Code.ShouldBe("unknown-time-zone");
        await world.Database.Execute("update customers.billing_account set time_zone = 'UTC' where code = 'A'");
        await world.Bill("2026-02-01");
        (await world.Billed()).ShouldContain("S-1 calls 2026-01-01 5.5");
    }

    [Fact]
    public async Task A_plan_that_is_published_while_a_run_is_under_way_is_known_to_its_next_part()
    {
        await using var world = await World("platform");
        await using var connection = await world.Database.Source.OpenConnectionAsync();
        var before = await BillingBooks.Load(connection, BillingWorld.Day("2026-01-01"), world.Time, new TaxAnswers(TaxRoutes.None), CancellationToken.None);
        (await before.WithNewPrices(connection, CancellationToken.None)).ShouldBeSameAs(before);
        await Plan(world, "pro", 50, 500);
        var after = await before.WithNewPrices(connection, CancellationToken.None);
        after.Prices.Values.Select(price => price.PlanCode).ShouldContain("pro");
        after.Minimums[("pro", 1, "EUR")].ShouldBe(500m);
    }

    [Theory]
    [InlineData("UTC", 0)]
    [InlineData("Pacific/Kiritimati", 1)]   // where it is the 2nd of March already
    public async Task Credit_rolls_over_when_its_last_day_is_over_where_the_account_lives(string zone, long rolled)
    {
        await using var world = await World("tokens");
        await world.Database.Execute($"update customers.billing_account set time_zone = '{zone}'");
        const string grant =
            """
            {"key":"g1","account":"A","credit":"tokens","amount":"100","granted-on":"2026-01-01","expires-on":"2026-03-02","rollover":{"fraction":"0.5"}}
            """;
        (await new GrantCredit(world.Database.Source).Run(CatalogueTests.Json(grant), CancellationToken.None)).ShouldBeOfType<GrantOutcome.Granted>();
        world.On("2026-03-01");
        await world.Bill("2026-03-02");
        (await world.Database.Scalar<long>("select count(*) from credits.grant where grant_key like 'rolled-over/%'")).ShouldBe(rolled);
    }

    [Fact]
    public async Task A_charge_given_before_the_first_run_is_billed_whatever_its_day()
    {
        await using var world = await World("platform");
        await world.Database.Execute("update customers.legal_entity set bills_from = null");
        (await new AccountCharges(world.Database.Source, world.Time).Add(
            "A", new ChargeRequest { On = "2025-12-15", UnitPrice = "250", Description = "Training", Actor = "ann" }, "k1", CancellationToken.None))
            .ShouldBeOfType<AccountDone<AccountCharge>>();
        await world.Bill("2026-01-01");
        (await world.Billed()).ShouldBe("- one-off 2025-12-15 250\nS-1 platform 2026-01-01 310");
        (await world.Bill("2026-01-01")).Totals.ShouldBeEmpty();
        await world.Bill("2026-02-01");
        (await world.Billed()).ShouldBe("- one-off 2025-12-15 250\nS-1 platform 2026-01-01 310\nS-1 platform 2026-02-01 310");
    }

    [Fact]
    public async Task The_same_key_for_two_requests_at_once_is_one_and_a_refusal()
    {
        await using var world = await World("platform");
        await world.Account("B");
        await world.Database.Execute(
            "insert into catalog.discount (id, code, kind, scope, value) values (md5('d')::uuid, 'LESS', 'percent', 'account', 0.1)");
        for (var round = 0; round < 5; round++)
        {
            var key = $"k{round}";
            var request = new DiscountRequest { Discount = "LESS", From = $"2026-0{round + 1}-01", Until = $"2026-0{round + 1}-20", Actor = "ann", Reason = "asked" };
            var both = await Task.WhenAll(new[] { "A", "B" }.Select(account => Task.Run(() =>
                new AccountDiscounts(world.Database.Source, world.Time).Give(account, request, key, CancellationToken.None))));
            both.Count(outcome => outcome is AccountDone<AccountDiscount>).ShouldBe(1);
            both.OfType<AccountRefused<AccountDiscount>>().ShouldHaveSingleItem().Code.ShouldBe("key-reused");
        }
    }

    [Fact]
    public async Task The_database_holds_that_a_missing_rate_is_open_while_somebody_waits()
    {
        await using var world = await World("platform");
        await world.Database.Execute("update customers.legal_entity set currency = 'CHF' where code = 'AT'");
        await world.Bill("2026-01-01");
        var refused = await Should.ThrowAsync<PostgresException>(() => world.Database.Execute(
            "update exceptions.waiting set ended = 'billed', ended_at = now(), ended_run = (select id from runs.run limit 1)"));
        refused.ConstraintName.ShouldBe("rate_case_open_while_waited_for");
    }

    [Fact]
    public async Task Accounts_that_are_read_whole_make_smaller_parts_as_the_years_go_by()
    {
        await using var world = await World("platform");
        for (var n = 0; n < 12; n++) await world.Account($"B{n}", minimum: n < 6 ? 10 : 0);
        await world.Bill("2026-01-31", partSize: 12);
        await world.Bill("2030-01-31", partSize: 12);
        (await world.Database.Scalar<string>(
            "select string_agg(parts::text, ' ' order by scope) from (select scope, count(*) as parts from invoicing.billing_part p join runs.run r on r.id = p.run_id group by scope) s"))
            .ShouldBe("2 8");
    }

    private static async Task Plan(BillingWorld world, string code, int fee, int minimum) =>
        (await new ChangePlan(world.Database.Source).Create(CatalogueTests.Json(
            $$"""
            {"code":"{{code}}","name":"{{code}}","publish":true,"minimums":{"EUR":"{{minimum}}"},"prices":[
              {"component":"fee","currency":"EUR","recognition":"immediate","description":"Fee","model":"flat","unit-price":"{{fee}}"},{{Sold}}]}
            """), "ann", CancellationToken.None)).ShouldBeOfType<PlanOutcome.Done>();

    private async Task<BillingWorld> World(string components)
    {
        var world = await BillingWorld.Start(postgres);
        Done(await world.Create("S-1", "2026-01-01", "team", components));
        return world;
    }

    private static async Task Rate(BillingWorld world, string day) =>
        (await new EnterRates(world.Database.Source, TimeProvider.System).Run([new EnteredRate("EUR", "CHF", day, "0.95")], "", "ann", CancellationToken.None))
            .Accepted.ShouldBe(1);

    private static void Done(AmendmentOutcome outcome) => outcome.ShouldBeOfType<AmendmentOutcome.Done>(outcome.ToString());
}
