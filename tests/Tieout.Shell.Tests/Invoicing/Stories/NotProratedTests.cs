using Tieout.Application.Catalog;
using Tieout.Application.Subscriptions;
using Tieout.Shell.Tests.Catalog;
using Tieout.Shell.Tests.Database;

namespace Tieout.Shell.Tests.Invoicing.Stories;

/// <summary>
/// Prices that are not prorated: a fee of 100.00 in arrears, and calls at 50.00 with 1,000 included and 0.05 above. Both change in
/// mid-month, and runs come between.
/// </summary>
public sealed class NotProratedTests(PostgresFixture postgres)
{
    private const string Plan =
        """
        {"code":"whole","name":"whole","publish":true,"prices":[
          {"component":"fee","currency":"EUR","recognition":"immediate","description":"Fee","model":"flat","unit-price":"100",
           "terms":{"timing":"arrears","prorated":false}},
          {"component":"calls","currency":"EUR","recognition":"immediate","description":"Calls",
           "model":{"type":"included","fee":"50","units":"1000","overage-price":"0.05"},"terms":{"kind":"usage","meter":"calls","prorated":false}}]}
        """;

    [Theory]
    [InlineData("")]
    [InlineData("2026-01-15")]
    [InlineData("2026-01-15 2026-01-20")]
    public async Task A_month_costs_the_whole_once_whatever_runs_come_between(string runs)
    {
        await using var world = await World();
        (await world.Use("S-1", "e1", "call", "2026-01-05", 200)).ShouldBeTrue();
        (await world.Amend("S-1", new() { Kind = "change-price", Component = "fee", Price = "90", Effective = "2026-01-10" }))
            .ShouldBeOfType<AmendmentOutcome.Done>();
        (await world.Amend("S-1", new() { Kind = "change-quantity", Component = "calls", Quantity = "2", Effective = "2026-01-10" }))
            .ShouldBeOfType<AmendmentOutcome.Done>();
        foreach (var day in runs.Split(' ', StringSplitOptions.RemoveEmptyEntries)) await world.Bill(day);
        (await world.Use("S-1", "e2", "call", "2026-01-25", 900)).ShouldBeTrue();
        await world.Bill("2026-02-01");
        // 1,100 calls in all: 100 above those included.
        (await world.Billed()).ShouldBe("S-1 calls 2026-01-01 50\nS-1 calls 2026-01-10 5\nS-1 fee 2026-01-01 100");
        (await world.Use("S-1", "e3", "call", "2026-01-06", 100)).ShouldBeTrue();
        await world.Bill("2026-02-02");
        (await world.Billed()).ShouldContain("S-1 calls 2026-01-10 10");
        (await world.Bill("2026-02-02")).Totals.ShouldBeEmpty();
        await world.Agree();
    }

    private async Task<BillingWorld> World()
    {
        var world = await BillingWorld.Start(postgres);
        (await new ChangePlan(world.Database.Source).Create(CatalogueTests.Json(Plan), "ann", CancellationToken.None)).ShouldBeOfType<PlanOutcome.Done>();
        (await world.Create("S-1", "2026-01-01", "whole", "fee calls")).ShouldBeOfType<AmendmentOutcome.Done>();
        world.On("2026-02-02");
        return world;
    }
}
