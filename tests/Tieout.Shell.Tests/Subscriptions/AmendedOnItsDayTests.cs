using Tieout.Application.Catalog;
using Tieout.Application.Subscriptions;
using Tieout.Domain.Subscriptions;
using Tieout.Shell.Tests.Catalog;
using Tieout.Shell.Tests.Database;
using Tieout.Shell.Tests.Invoicing.Stories;

namespace Tieout.Shell.Tests.Subscriptions;

/// <summary>
/// An amendment is read against what is in force on its own day, whatever is scheduled or was changed after it. BASIC has seats at
/// 10.00 each and help; PRO and TOP have seats for a flat 500.00 and 700.00, and support.
/// </summary>
public sealed class AmendedOnItsDayTests(PostgresFixture postgres)
{
    [Fact]
    public async Task What_a_plan_has_can_be_added_while_another_plan_is_still_to_come()
    {
        await using var world = await World("pro", "seats");
        world.On("2026-11-20");
        await Done(world, new() { Kind = "downgrade", Plan = "basic", Effective = "2026-12-01" });
        await Done(world, new() { Kind = "add-component", Component = "support" });
        (await Rows(world)).ShouldBe(
            "seats basic 2026-12-01..; seats pro 2026-01-01..2026-12-01; support pro 2026-11-20..2026-12-01");
    }

    [Fact]
    public async Task What_a_plan_had_can_be_added_for_the_time_before_it_was_left()
    {
        await using var world = await World("basic", "seats=50");
        world.On("2026-05-01");
        await Done(world, new() { Kind = "upgrade", Plan = "pro", Effective = "2026-04-01" });
        await Done(world, new() { Kind = "add-component", Component = "help", Effective = "2026-03-01" });
        (await Rows(world)).ShouldBe("help basic 2026-03-01..2026-04-01; seats basic 2026-01-01..2026-04-01; seats pro 2026-04-01..");
    }

    [Fact]
    public async Task A_figure_is_agreed_for_the_price_of_its_day()
    {
        await using var world = await World("basic", "seats=50");
        world.On("2026-05-01");
        await Done(world, new() { Kind = "upgrade", Plan = "pro", Effective = "2026-04-01" });
        await Done(world, new() { Kind = "change-price", Component = "seats", Price = "8", Effective = "2026-03-01" });
        await world.Bill("2026-04-30");
        (await world.Billed()).ShouldBe(
            """
            S-1 seats 2026-01-01 500
            S-1 seats 2026-02-01 500
            S-1 seats 2026-03-01 400
            S-1 seats 2026-04-01 500
            """.ReplaceLineEndings("\n"));
    }

    [Fact]
    public async Task An_upgrade_without_a_list_takes_what_stands_on_its_day()
    {
        await using var world = await World("pro", "seats support");
        world.On("2026-11-20");
        await Done(world, new() { Kind = "downgrade", Plan = "basic", Effective = "2026-12-01" });
        await Done(world, new() { Kind = "upgrade", Plan = "top" });
        (await Rows(world)).ShouldBe(
            "seats basic 2026-12-01..; seats pro 2026-01-01..2026-11-20; seats top 2026-11-20..2026-12-01; "
            + "support pro 2026-01-01..2026-11-20; support top 2026-11-20..2026-12-01");
    }

    private async Task<BillingWorld> World(string plan, string components)
    {
        var world = await BillingWorld.Start(postgres);
        await Plan(world, "basic", ("seats", "per-unit", "10"), ("help", "flat", "20"));
        await Plan(world, "pro", ("seats", "flat", "500"), ("support", "flat", "50"));
        await Plan(world, "top", ("seats", "flat", "700"), ("support", "flat", "70"));
        (await world.Create("S-1", "2026-01-01", plan, components)).ShouldBeOfType<AmendmentOutcome.Done>();
        return world;
    }

    private static async Task Plan(BillingWorld world, string code, params (string Component, string Model, string Price)[] prices)
    {
        var list = string.Join(',', prices.Select(price =>
            $$"""
            {"component":"{{price.Component}}","currency":"EUR","recognition":"deferred","description":"{{price.Component}}",
             "model":"{{price.Model}}","unit-price":"{{price.Price}}"}
            """));
        (await new ChangePlan(world.Database.Source).Create(
            CatalogueTests.Json($$"""{"code":"{{code}}","name":"{{code}}","publish":true,"prices":[{{list}}]}"""), "ann", CancellationToken.None))
            .ShouldBeOfType<PlanOutcome.Done>();
    }

    private static async Task Done(BillingWorld world, AmendmentRequest request)
    {
        var outcome = await world.Amend("S-1", request);
        outcome.ShouldBeOfType<AmendmentOutcome.Done>(outcome.ToString());
    }

    private static Task<string> Rows(BillingWorld world) => world.Database.Scalar<string>(
        """
        select string_agg(concat(component.component, ' ', plan.code, ' ', from_date, '..', until_date), '; ' order by component.component, plan.code, from_date)
        from subscriptions.component join catalog.price on price.id = price_id join catalog.plan on plan.id = price.plan_id
        """);
}
