using Tieout.Application.Credits;
using Tieout.Application.Mapping;
using Tieout.Application.Views;
using Tieout.Domain.Reconciliation;
using Tieout.Domain.Revenue;
using Tieout.Shell.Tests.Catalog;
using Tieout.Shell.Tests.Database;
using Tieout.Shell.Tests.Posting;

namespace Tieout.Shell.Tests.Revenue;

/// <summary>Prepaid credit in an ERP: its invoice, and what is drawn of it, on accounts that rules choose by what it was drawn for.</summary>
public sealed class PrepaidInTheErpTests(PostgresFixture postgres)
{
    private const string November = "2026-11";

    [Fact]
    public async Task The_invoice_and_what_is_drawn_reach_the_erp_by_its_account_rules_and_tie_out()
    {
        await using var world = await Sold();
        await MappingStories.Publish(world, MappingSubject.AccountRules("sap-de"),
            """
            {"actor":"mara","rules":[
              {"name":"VAT","when":{"tax-code":"DE-19"},"tax-code":"A1"},
              {"name":"drawn for the base","when":{"ledger-account":"revenue","component":"base","plan":"basic"},"account":"41100000"},
              {"name":"credit drawn","when":{"recognition":"prepaid"},"dimensions":{"profit-center":"YB600"}}]}
            """);
        await world.Deliver();
        await Draw(world, "30");
        var run = await new RevenueBooks(world.Database, new RevenueRefusals.Fixed()).Run(November);
        var released = run.Prepaid.ShouldHaveSingleItem();
        (released.LegalEntity, released.Drawn.Amount, released.Lapsed.Amount, released.Entries).ShouldBe(("DE", 25m, 0m, 1));
        (await world.Rows<string>("select concat_ws(' ', plan, component, trim_scale(amount)) from revenue.prepaid_part")).ShouldBe(["basic base 25"]);
        (await world.Deliver()).Waiting.ShouldBe(0);
        (await world.OpenCases()).ShouldBeEmpty();
        (await world.Held(released.Entry)).ShouldBe(1);
        var sent = (await world.Rows<string>(
            $"""
            select convert_from(x.request, 'UTF8') from posting.exchange x
            where convert_from(x.request, 'UTF8') like '%{released.Entry}%' and convert_from(x.request, 'UTF8') like '%24910000%' limit 1
            """)).ShouldHaveSingleItem();
        foreach (var word in new[] { "41100000", "YB600" }) sent.ShouldContain(word);
        (await new ReadPostingChoices(world.Database.Source).Run(released.Entry, default))!.Choices.Where(choice => choice is { What: "account", Ruled: true })
            .Select(choice => (choice.No, choice.Ours, choice.Theirs)).ShouldBe([(2, "revenue", "41100000")]);
        (await world.TieOut()).Entities.ShouldAllBe(entity => entity.Verdict == Verdict.Reconciled);
        (await world.Rows<string>(
            "select trim_scale(ours)::text from reconciliation.account_result where target = 'sap-de' and account = 'prepaid-credit' and ours = theirs"))
            .ShouldBe(["-75"]);
    }

    [Fact]
    public async Task Line_by_line_each_draw_stands_there_with_its_grant_and_account()
    {
        await using var world = await Sold();
        IReadOnlyList<Application.Posting.DeliveryTarget> targets =
            [world.Target(world.Settings("1710")), world.Target(world.Settings("1010") with { Revenue = RevenueDetail.ByLine, Version = "rules-2" })];
        await world.Deliver(targets);
        await Draw(world, "30");
        var released = (await new RevenueBooks(world.Database, new RevenueRefusals.Fixed()).Run(November)).Prepaid.ShouldHaveSingleItem();
        (await world.Rows<string>("select distinct l.text from posting.posting p join ledger.journal_line l on l.entry_id = p.document_id where p.business_key = @Entry", new { released.Entry }))
            .ShouldHaveSingleItem().ShouldStartWith("Prepaid credit drawn in 2026-11: calls, ");
        (await world.Deliver(targets)).Waiting.ShouldBe(0);
        (await world.TieOut(targets)).Entities.ShouldAllBe(entity => entity.Verdict == Verdict.Reconciled);
    }

    [Fact]
    public async Task Without_an_account_for_it_the_invoice_waits_for_a_person_and_goes_when_there_is_one()
    {
        await using var world = await Sold();
        var settings = world.Settings("1010");
        var accounts = new Dictionary<string, string>(settings.Accounts, StringComparer.Ordinal);
        accounts.Remove("prepaid-credit");
        await world.Deliver([world.Target(world.Settings("1710")), world.Target(settings with { Accounts = accounts, Version = "rules-0" })]);
        (await world.OpenCases()).Keys.ShouldBe(["account-rule-missing"]);
        await world.Replay("account-rule-missing");
        (await world.Deliver()).Waiting.ShouldBe(0);
        (await world.TieOut()).Entities.ShouldAllBe(entity => entity.Verdict == Verdict.Reconciled);
    }

    // C-2 of DE buys 120 calls for 100.00 in November; what the sample books bill stands beside it.
    private async Task<World> Sold()
    {
        var world = await World.Start(postgres, 2);
        (await new GrantCredit(world.Database.Source).Run(
            CatalogueTests.Json("""{"key":"g","account":"C-2","credit":"calls","amount":"120","granted-on":"2026-11-01","price":"100","actor":"ann"}"""), CancellationToken.None))
            .ShouldBeOfType<GrantOutcome.Granted>();
        await world.Bill(World.Month);
        return world;
    }

    private static Task Draw(World world, string amount) => world.Database.Execute(
        $"""
        insert into credits.draw (billing_account_id, grant_id, subscription_id, component, part_start, revision, order_no, amount, drawn_on)
        select g.billing_account_id, g.id, s.id, 'base', '2026-11-01', 1, 1, {amount}, '2026-11-10'
        from credits.grant g join subscriptions.subscription s on s.billing_account_id = g.billing_account_id
        """);
}
