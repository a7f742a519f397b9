using System.Text.Json;
using Tieout.Application.Catalog;
using Tieout.Application.Invoicing.Drafts;
using Tieout.Application.Subscriptions;
using Tieout.Domain.Subscriptions;
using Tieout.Shell.Tests.Database;
using Tieout.Shell.Tests.Invoicing.Stories;

namespace Tieout.Shell.Tests.Subscriptions;

/// <summary>Whole prices agreed for one subscription: read, kept, folded again and billed. Catalogue: platform 310, seats 12.40 a month.</summary>
public sealed class AgreedPriceTests(PostgresFixture postgres)
{
    private const string Tiers = """{"model":{"type":"graduated","tiers":[{"up-to":"5","unit-price":"10"},{"unit-price":"8"}]}}""";
    private const string Yearly = """{"model":"flat","unit-price":"3000","terms":{"interval":"yearly","anchoring":"anniversary"}}""";

    [Fact]
    public async Task Agreed_tiers_are_billed_from_the_day_they_count_and_the_catalogues_again_after()
    {
        await using var world = await BillingWorld.Start(postgres);
        (await world.Create("S", "2026-01-01", "team", "seats=10 platform")).ShouldBeOfType<AmendmentOutcome.Done>();
        await Done(world, new() { Kind = "change-price", Component = "seats", Agreed = Agreed(Tiers), Effective = "2026-02-01" });
        await Done(world, new() { Kind = "change-price", Component = "seats", Price = "catalogue", Effective = "2026-04-01" });
        // An amendment of something else folds all of it anew from what is stored.
        await Done(world, new() { Kind = "change-price", Component = "platform", Price = "100", Effective = "2026-03-01" });
        await world.Bill("2026-04-30");
        (await world.Billed()).ShouldBe(
            """
            S platform 2026-01-01 310
            S platform 2026-02-01 310
            S platform 2026-03-01 100
            S platform 2026-04-01 100
            S seats 2026-01-01 124
            S seats 2026-02-01 90
            S seats 2026-03-01 90
            S seats 2026-04-01 124
            """.ReplaceLineEndings("\n"));
        var shown = (await new SubscriptionHistory(world.Database.Source, TimeProvider.System).Run("S", CancellationToken.None))!.Timeline.Components;
        shown.Where(span => span.AgreedPrice is not null).ShouldHaveSingleItem().AgreedPrice!.Value.GetProperty("model").GetProperty("type").GetString().ShouldBe("graduated");
    }

    [Fact]
    public async Task Agreed_terms_say_when_it_falls_due()
    {
        await using var world = await BillingWorld.Start(postgres);
        var request = new SubscriptionRequest
        {
            Code = "S",
            Account = "A",
            Plan = "team",
            Start = "2026-01-15",
            Reason = "signed",
            Actor = "ann",
            Components = [new ComponentRequest { Component = "platform", Agreed = Agreed(Yearly) }],
        };
        (await new CreateSubscription(world.Database.Source, TimeProvider.System).Run(request, "k", CancellationToken.None)).ShouldBeOfType<AmendmentOutcome.Done>();
        (await new CreateSubscription(world.Database.Source, TimeProvider.System).Run(request, "k", CancellationToken.None))
            .ShouldBeOfType<AmendmentOutcome.Done>().Again.ShouldBeTrue();
        await world.Bill("2026-06-30");
        (await world.Billed()).ShouldBe("S platform 2026-01-15 3000");
        await Done(world, new() { Kind = "add-component", Component = "seats", Quantity = "2", Agreed = Agreed(Tiers), Effective = "2026-07-01" });
        await world.Bill("2027-01-31");
        (await world.Billed()).ShouldContain("S platform 2027-01-15 3000");
        (await world.Billed()).ShouldContain("S seats 2027-01-01 20");
    }

    [Theory]
    [InlineData("""{"model":{"type":"graduated","tiers":[{"up-to":"9","unit-price":"1"},{"up-to":"5","unit-price":"1"}]}}""", "agreed.model.tiers[1].up-to")]
    [InlineData("""{"model":{"type":"flat","amount":"-1"}}""", "agreed.model.amount")]
    [InlineData("""{"model":"flat"}""", "agreed.unit-price")]
    [InlineData("""{"terms":{"interval":"monthly"}}""", "agreed.model")]
    [InlineData("""{"model":"flat","unit-price":"1","terms":{"interval":"weekly"}}""", "agreed.terms.interval")]
    [InlineData("""{"model":"flat","unit-price":"1","currency":"EUR"}""", "agreed.currency")]
    [InlineData("""{"model":"flat","unit-price":"1","terms":{"kind":"usage","meter":"calls"}}""", "agreed.terms")]
    [InlineData("""{"model":{"type":"percentage","rate":"0.01"}}""", "agreed.model")]
    [InlineData("""{"model":{"type":"commitment","minimum":"5","of":{"type":"prepaid","credit":"c","of":{"type":"flat","amount":"1"}}}}""", "agreed.model")]
    [InlineData("""{"model":"flat","unit-price":"1","terms":{"ramp":[{"months-in":6,"model":{"type":"graduated-percentage","tiers":[{"rate":"0.1"}]}}]}}""",
        "agreed.terms.ramp[0].model")]
    [InlineData("[]", "agreed.(document)")]
    public async Task What_cannot_be_agreed_is_told_field_by_field(string agreed, string field)
    {
        await using var world = await BillingWorld.Start(postgres);
        (await world.Create("S", "2026-01-01", "team", "seats=10 platform")).ShouldBeOfType<AmendmentOutcome.Done>();
        (await world.Amend("S", new() { Kind = "change-price", Component = "platform", Agreed = Agreed(agreed) }))
            .ShouldBeOfType<AmendmentOutcome.Unreadable>().Errors.Keys.ShouldContain(field);
    }

    [Fact]
    public async Task A_figure_beside_a_whole_price_is_refused()
    {
        await using var world = await BillingWorld.Start(postgres);
        (await world.Create("S", "2026-01-01", "team", "platform")).ShouldBeOfType<AmendmentOutcome.Done>();
        (await world.Amend("S", new() { Kind = "change-price", Component = "platform", Price = "5", Agreed = Agreed(Yearly) }))
            .ShouldBeOfType<AmendmentOutcome.Unreadable>().Errors.Keys.ShouldBe(["agreed"]);
    }

    [Theory]
    [InlineData("""{"type":"package","size":"10","price":"5","rounding":"down","free-units":"3"}""")]
    [InlineData("""{"type":"matrix","dimensions":["region"],"cells":[{"values":["eu"],"model":{"type":"per-unit","unit-price":"0.2"}}],"otherwise":{"type":"flat","amount":"1"}}""")]
    [InlineData("""{"type":"prepaid","credit":"tokens","of":{"type":"volume","tiers":[{"unit-price":"0.02","flat-amount":"1"}]}}""")]
    [InlineData("""{"type":"commitment","minimum":"50","of":{"type":"percentage","rate":"0.01","fixed-fee":"0.25","free-count":1}}""")]
    [InlineData("""{"type":"included","fee":"20","units":"100","overage-price":"0.5"}""")]
    public async Task Every_model_is_kept_and_read_again(string model)
    {
        await using var world = await BillingWorld.Start(postgres);
        (await world.Create("S", "2026-01-01", "team", "platform tokens")).ShouldBeOfType<AmendmentOutcome.Done>();
        var asked = Agreed($$$"""{"model":{{{model}}},"terms":{"ramp":[{"months-in":6,"model":{{{model}}} }],"kind":"usage","meter":"tokens"}}""");
        asked.Problems.ShouldBeEmpty();
        await Done(world, new() { Kind = "change-price", Component = "tokens", Agreed = asked, Effective = "2026-02-01" });
        await Done(world, new() { Kind = "change-quantity", Component = "platform", Quantity = "2", Effective = "2026-03-01" });
        (await new PreviewInvoice(world.Database.Source, TimeProvider.System).Run(
            new InvoicePreviewRequest { Account = "A", Date = "2026-01-31" }, CancellationToken.None)).ShouldBeOfType<InvoicePreviewOutcome.Done>();
        var stored = await world.Database.Scalar<string>("select agreed::text from subscriptions.component where agreed is not null");
        AgreedPriceJson.Of(JsonDocument.Parse(stored).RootElement).Text.ShouldBe(asked.Text);
        var shown = (await new SubscriptionHistory(world.Database.Source, TimeProvider.System).Run("S", CancellationToken.None))!.Timeline.Components;
        shown.Where(span => span.AgreedPrice is not null).ShouldHaveSingleItem().AgreedPrice!.Value.GetRawText().ShouldBe(asked.Text);
    }

    private static AgreedPriceRequest Agreed(string json) => AgreedPriceJson.Of(JsonDocument.Parse(json).RootElement);

    private static async Task Done(BillingWorld world, AmendmentRequest request) => (await world.Amend("S", request)).ShouldBeOfType<AmendmentOutcome.Done>();
}
