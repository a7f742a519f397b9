using Tieout.Application.Accounts;
using Tieout.Application.Catalog;
using Tieout.Application.Subscriptions;
using Tieout.Domain.Subscriptions;
using Tieout.Shell.Tests.Catalog;
using Tieout.Shell.Tests.Database;
using Tieout.Shell.Tests.Invoicing.Stories;

namespace Tieout.Shell.Tests.Subscriptions;

/// <summary>What a preview of one subscription shows of an amount that comes off all of its account: two platforms of 310.00 and 31.00 off.</summary>
public sealed class PreviewedDiscountTests(PostgresFixture postgres)
{
    private static readonly AmendmentRequest Seats = new()
    {
        Kind = "add-component",
        Component = "seats",
        Quantity = "25",
        Effective = "2026-02-01",
        Reason = "asked",
        Actor = "ann",
    };

    [Fact]
    public async Task A_subscription_bears_its_share_as_the_invoice_has_it()
    {
        await using var world = await BillingWorld.Start(postgres);
        foreach (var code in new[] { "S-1", "S-2" })
            (await world.Create(code, "2026-01-01", "team", "platform calls")).ShouldBeOfType<AmendmentOutcome.Done>();
        await Discount(world);
        var preview = (await new PreviewSubscription(world.Database.Source, world.Time).Amend("S-1", Seats, CancellationToken.None))
            .ShouldBeOfType<PreviewOutcome.Done>().Preview;
        Due(preview.PartsBefore, "2026-02-01").ShouldBe("calls ; platform 294.50");
        // 930.00 in all, 31.00 off: a third each, and the cent left over.
        Due(preview.PartsAfter, "2026-02-01").ShouldBe("calls ; platform 299.66; seats 299.67");

        (await world.Amend("S-1", Seats)).ShouldBeOfType<AmendmentOutcome.Done>();
        await world.Bill("2026-02-01");
        (await world.Billed()).Split('\n').Where(line => line.Contains("2026-02-01", StringComparison.Ordinal)).ShouldBe(
            ["S-1 platform 2026-02-01 299.66", "S-1 seats 2026-02-01 299.67", "S-2 platform 2026-02-01 299.67"]);
    }

    [Fact]
    public async Task So_does_one_that_is_still_to_be_created()
    {
        await using var world = await BillingWorld.Start(postgres);
        (await world.Create("S-1", "2026-01-01", "team", "platform")).ShouldBeOfType<AmendmentOutcome.Done>();
        await Discount(world);
        var request = new SubscriptionRequest
        {
            Code = "S-2",
            Account = "A",
            Plan = "team",
            Start = "2026-02-01",
            Components = [new ComponentRequest { Component = "platform" }],
            Reason = "asked",
            Actor = "ann",
        };
        var preview = (await new PreviewSubscription(world.Database.Source, world.Time).Create(request, CancellationToken.None))
            .ShouldBeOfType<PreviewOutcome.Done>().Preview;
        Due(preview.PartsAfter, "2026-02-01").ShouldBe("platform 294.50");
    }

    private static string Due(IReadOnlyList<PartRow> parts, string day) => string.Join("; ", parts
        .Where(part => part.DueOn == BillingWorld.Day(day)).Select(part => $"{part.Component} {part.Amount?.ToPlain()}"));

    private static async Task Discount(BillingWorld world)
    {
        const string discount = """{"code":"OFF31","kind":"amount","currency":"EUR","value":"31","scope":"account"}""";
        (await new DiscountBook(world.Database.Source).Add(CatalogueTests.Json(discount), CancellationToken.None)).ShouldBeOfType<DiscountOutcome.Stands>();
        (await new AccountDiscounts(world.Database.Source, world.Time).Give(
            "A", new DiscountRequest { Discount = "OFF31", From = "2026-01-01", Actor = "ann", Reason = "agreed" }, "k", CancellationToken.None))
            .ShouldBeOfType<AccountDone<AccountDiscount>>();
    }
}
