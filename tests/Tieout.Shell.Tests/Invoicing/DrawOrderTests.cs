using System.Text.Json;
using Tieout.Application.Catalog;
using Tieout.Application.Credits;
using Tieout.Application.Subscriptions;
using Tieout.Shell.Tests.Catalog;
using Tieout.Shell.Tests.Database;
using Tieout.Shell.Tests.Invoicing.Stories;

namespace Tieout.Shell.Tests.Invoicing;

/// <summary>Two parts of one day, told apart by the time of day, draw from prepaid credit: each counts its draws from 1, and they are kept under one key.</summary>
public sealed class DrawOrderTests(PostgresFixture postgres)
{
    [Fact]
    public async Task Two_parts_of_a_day_that_draw_from_different_grants_first_are_kept_in_one_order()
    {
        await using var world = await BillingWorld.Start(postgres);
        (await world.Create("S", "2026-01-15", "team", "tokens")).ShouldBeOfType<AmendmentOutcome.Done>();
        await Price(world, "0.02", null);
        await Price(world, "0.03", "14:00");
        await Grant(world, "g1", "50", 1);
        await Grant(world, "g2", "200", 2);
        world.On("2026-02-01");
        await world.Use("S", "e1", "token", "2026-01-15", 50);
        await world.Use("S", "e2", "token", "2026-01-20", 30);
        await Billed(world, "2026-02-01");
        (await Draws(world)).ShouldBe("g1 1 1; g2 1 2");
        await world.Use("S", "e3", "token", "2026-01-21", 5);
        await Billed(world, "2026-02-02");
        (await Draws(world)).ShouldBe("g1 1 1; g2 1 2; g2 2 2");
    }

    private static async Task Price(BillingWorld world, string price, string? time) => (await world.Amend("S", new()
    {
        Kind = "change-price",
        Component = "tokens",
        Effective = "2026-01-15",
        Time = time,
        Agreed = AgreedPriceJson.Of(JsonDocument.Parse(
            $$$"""
            {"model":{"type":"prepaid","credit":"tokens","of":{"type":"per-unit","unit-price":"{{{price}}}"}},
             "terms":{"kind":"usage","meter":"tokens","day-count":"seconds"}}
            """).RootElement),
    })).ShouldBeOfType<AmendmentOutcome.Done>();

    private static async Task Grant(BillingWorld world, string key, string amount, int priority) =>
        (await new GrantCredit(world.Database.Source).Run(
            CatalogueTests.Json($$"""{"key":"{{key}}","account":"A","credit":"tokens","amount":"{{amount}}","granted-on":"2026-01-01","priority":{{priority}}}"""),
            CancellationToken.None)).ShouldBeOfType<GrantOutcome.Granted>();

    private static async Task Billed(BillingWorld world, string day)
    {
        await world.Bill(day);
        (await world.Database.Scalar<string>("select coalesce(string_agg(code || ' ' || cause, '; '), '') from exceptions.exception_case")).ShouldBeEmpty();
    }

    // Grant, revision and place in the order.
    private static Task<string> Draws(BillingWorld world) => world.Database.Scalar<string>(
        """
        select string_agg(concat_ws(' ', g.grant_key, d.revision, d.order_no), '; ' order by d.revision, d.order_no)
        from credits.draw d join credits.grant g on g.billing_account_id = d.billing_account_id and g.id = d.grant_id
        """);
}
