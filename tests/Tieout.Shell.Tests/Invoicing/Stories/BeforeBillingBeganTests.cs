using Tieout.Application.Subscriptions;
using Tieout.Domain.Subscriptions;
using Tieout.Shell.Tests.Database;

namespace Tieout.Shell.Tests.Invoicing.Stories;

/// <summary>
/// Storage is paid in arrears, 9.00 a quarter for each unit. Billing began on 1 April: the first quarter, due on that day, is ours;
/// what fell due before was billed elsewhere.
/// </summary>
public sealed class BeforeBillingBeganTests(PostgresFixture postgres)
{
    [Fact]
    public async Task A_quarter_of_ours_that_is_cut_short_to_before_our_beginning_keeps_its_days()
    {
        await using var world = await World();
        (await world.Billed()).ShouldBe("S-1 storage 2026-01-01 90");
        await Done(world, new() { Kind = "cancel", Effective = "2026-02-15" });
        await world.Bill("2026-04-05");
        // 45 of 90 days.
        (await world.Billed()).ShouldBe("S-1 storage 2026-01-01 45");
        (await world.Bill("2026-04-05")).Totals.ShouldBeEmpty();
        await world.Agree();
    }

    [Fact]
    public async Task All_parts_that_a_quarter_of_ours_is_cut_into_are_ours()
    {
        await using var world = await World();
        await Done(world, new() { Kind = "change-quantity", Component = "storage", Quantity = "20", Effective = "2026-02-01" });
        await Done(world, new() { Kind = "change-quantity", Component = "storage", Quantity = "0", Effective = "2026-03-01" });
        await world.Bill("2026-04-05");
        // 31 days of 10 units and 28 of 20, of 90.
        (await world.Billed()).ShouldBe("S-1 storage 2026-01-01 31\nS-1 storage 2026-02-01 56");
        (await world.Bill("2026-04-05")).Totals.ShouldBeEmpty();
        await Done(world, new() { Kind = "change-quantity", Component = "storage", Quantity = "5", Effective = "2026-02-15" });
        await world.Bill("2026-04-06");
        (await world.Billed()).ShouldBe("S-1 storage 2026-01-01 31\nS-1 storage 2026-02-01 28\nS-1 storage 2026-02-15 7");
        (await world.Bill("2026-04-06")).Totals.ShouldBeEmpty();
        await world.Agree();
    }

    [Fact]
    public async Task What_ended_before_our_beginning_stays_billed_elsewhere()
    {
        await using var world = await World("2026-02-15");
        // Due on 15 February; from then on 20 units are ours: 45 of 90 days.
        (await world.Billed()).ShouldBe("S-1 storage 2026-02-15 90");
        await Done(world, new() { Kind = "change-quantity", Component = "storage", Quantity = "0", Effective = "2026-03-02" });
        await world.Bill("2026-04-05");
        (await world.Billed()).ShouldBe("S-1 storage 2026-02-15 30");
        await world.Agree();
    }

    [Fact]
    public async Task Usage_of_the_days_that_are_left_of_a_month_of_ours_stays_billed()
    {
        await using var world = await BillingWorld.Start(postgres);
        (await world.Create("S-1", "2026-01-01", "team", "calls")).ShouldBeOfType<AmendmentOutcome.Done>();
        world.On("2026-02-05");
        (await world.Use("S-1", "e1", "call", "2026-01-10", 50)).ShouldBeTrue();
        (await world.Use("S-1", "e2", "call", "2026-01-20", 40)).ShouldBeTrue();
        await world.Database.Execute("update customers.legal_entity set bills_from = '2026-02-01'");
        await world.Bill("2026-02-01");
        (await world.Billed()).ShouldBe("S-1 calls 2026-01-01 14");
        await Done(world, new() { Kind = "cancel", Effective = "2026-01-16" });
        await world.Bill("2026-02-05");
        (await world.Billed()).ShouldBe("S-1 calls 2026-01-01 10");
        (await world.Bill("2026-02-05")).Totals.ShouldBeEmpty();
        await world.Agree();
    }

    private async Task<BillingWorld> World(string? change = null)
    {
        var world = await BillingWorld.Start(postgres);
        (await world.Create("S-1", "2026-01-01", "team", "storage=10")).ShouldBeOfType<AmendmentOutcome.Done>();
        world.On("2026-04-05");
        if (change is not null) await Done(world, new() { Kind = "change-quantity", Component = "storage", Quantity = "20", Effective = change });
        await world.Database.Execute("update customers.legal_entity set bills_from = '2026-04-01'");
        await world.Bill("2026-04-01");
        return world;
    }

    private static async Task Done(BillingWorld world, AmendmentRequest request) => (await world.Amend("S-1", request)).ShouldBeOfType<AmendmentOutcome.Done>();
}
