using Tieout.Application.Accounts;
using Tieout.Application.Catalog;
using Tieout.Application.Credits;
using Tieout.Application.Subscriptions;
using Tieout.Shell.Tests.Catalog;
using Tieout.Shell.Tests.Database;

namespace Tieout.Shell.Tests.Invoicing.Stories;

/// <summary>A run of an earlier day than the last one: what it books is of its own day, and the rest waits for its time.</summary>
public sealed class EarlierRunTests(PostgresFixture postgres)
{
    private const string Documents =
        """
        select coalesce(string_agg(concat_ws(' ', i.number, i.issue_date, lines.list), e'\n' order by i.number), '')
        from invoicing.invoice i cross join lateral (
          select string_agg(concat_ws(' ', component, due_on, trim_scale(amount)), ', ' order by line_no) as list
          from invoicing.invoice_line where invoice_id = i.id) lines
        """;

    [Fact]
    public async Task What_waited_is_billed_in_its_own_month_and_nothing_of_a_later_one_comes_with_it()
    {
        await using var world = await World("platform calls");
        await world.Database.Execute("update customers.billing_account set tax_code = 'LATER'");
        (await world.Use("S-1", "e1", "call", "2026-02-10", 50)).ShouldBeTrue();
        await world.Bill("2026-01-31");
        (await world.Bill("2026-03-01")).Totals.ShouldBeEmpty();
        await world.Database.Execute("insert into tax.rate (code, rate, from_date) values ('LATER', 0.2, '2020-01-01')");
        await world.Bill("2026-01-31");
        (await world.Database.Scalar<string>(Documents)).ShouldBe("AT-2026-0000001 2026-01-31 platform 2026-01-01 310");
        (await world.Bill("2026-01-31")).Totals.ShouldBeEmpty();
        await world.Bill("2026-03-01");
        (await world.Database.Scalar<string>(Documents)).ShouldBe(
            """
            AT-2026-0000001 2026-01-31 platform 2026-01-01 310
            AT-2026-0000002 2026-03-01 calls 2026-03-01 10, platform 2026-02-01 310, platform 2026-03-01 310
            """.ReplaceLineEndings("\n"));
        (await world.Bill("2026-03-01")).Totals.ShouldBeEmpty();
        await world.Agree();
    }

    [Fact]
    public async Task Where_a_later_line_is_corrected_too_all_of_the_account_waits_for_a_run_of_its_day()
    {
        await using var world = await World("platform seats=5");
        await world.Bill("2026-01-01");
        await world.Bill("2026-03-01");
        (await world.Amend("S-1", new() { Kind = "change-quantity", Component = "seats", Quantity = "8", Effective = "2026-01-16" }))
            .ShouldBeOfType<AmendmentOutcome.Done>();
        (await world.Bill("2026-01-31")).Totals.ShouldBeEmpty();
        // 16 of 31 days, and all of February and March, of 3 seats more at 12.40.
        (await world.Bill("2026-03-01")).Totals.ShouldHaveSingleItem().Net.ShouldBe(93.60m);
        (await world.Bill("2026-01-31")).Totals.ShouldBeEmpty();
        await world.Agree();
    }

    [Fact]
    public async Task Prepaid_credit_is_drawn_by_all_of_it_together_when_its_day_has_come()
    {
        await using var world = await World("tokens");
        const string grant = """{"key":"g1","account":"A","credit":"tokens","amount":"100","granted-on":"2026-01-01"}""";
        (await new GrantCredit(world.Database.Source).Run(CatalogueTests.Json(grant), CancellationToken.None)).ShouldBeOfType<GrantOutcome.Granted>();
        await world.Bill("2026-03-01");
        (await world.Use("S-1", "e1", "token", "2026-01-10", 90)).ShouldBeTrue();
        (await world.Use("S-1", "e2", "token", "2026-02-10", 60)).ShouldBeTrue();
        await world.Bill("2026-02-01");
        (await world.Billed()).ShouldBe("");
        await world.Bill("2026-03-01");
        (await world.Billed()).ShouldBe("S-1 tokens 2026-02-01 1");
        (await world.Database.Scalar<decimal>("select sum(amount) from credits.draw")).ShouldBe(100m);
        await world.Agree();
    }

    [Fact]
    public async Task Lines_of_one_billing_period_that_share_a_discount_come_together()
    {
        await using var world = await World("platform");
        const string discount = """{"code":"OFF31","kind":"amount","currency":"EUR","value":"31","scope":"account"}""";
        (await new DiscountBook(world.Database.Source).Add(CatalogueTests.Json(discount), CancellationToken.None)).ShouldBeOfType<DiscountOutcome.Stands>();
        (await new AccountDiscounts(world.Database.Source, world.Time).Give(
            "A", new DiscountRequest { Discount = "OFF31", From = "2026-01-01", Actor = "ann", Reason = "agreed" }, "k", CancellationToken.None))
            .ShouldBeOfType<AccountDone<AccountDiscount>>();
        await world.Bill("2026-01-31");
        (await world.Billed()).ShouldBe("S-1 platform 2026-01-01 279");
        (await world.Amend("S-1", new() { Kind = "add-component", Component = "seats", Quantity = "10", Effective = "2026-01-15" }))
            .ShouldBeOfType<AmendmentOutcome.Done>();
        // The platform bears less of the discount only because of the seats, which are due later.
        (await world.Bill("2026-01-10")).Totals.ShouldBeEmpty();
        await world.Bill("2026-01-31");
        // 17 of 31 days of 10 seats at 12.40 are 68.00; of 31.00 the platform bears 310 of 378.
        (await world.Billed()).ShouldBe("S-1 platform 2026-01-01 284.58\nS-1 seats 2026-01-15 62.42");
        await world.Agree();
    }

    private async Task<BillingWorld> World(string components)
    {
        var world = await BillingWorld.Start(postgres);
        (await world.Create("S-1", "2026-01-01", "team", components)).ShouldBeOfType<AmendmentOutcome.Done>();
        world.On("2026-03-01");
        return world;
    }
}
