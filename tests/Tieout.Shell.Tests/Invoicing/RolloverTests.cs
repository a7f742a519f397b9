using Dapper;
using Npgsql;
using Tieout.Application.Credits;
using Tieout.Application.Invoicing.Drafts;
using Tieout.Application.Views;
using Tieout.Shell.Tests.Catalog;
using Tieout.Shell.Tests.Database;
using Tieout.Shell.Tests.Invoicing.Stories;

namespace Tieout.Shell.Tests.Invoicing;

/// <summary>What becomes of prepaid credit that expires with a rest: 200 tokens of January and February, half of the rest and at most 50 kept.</summary>
public sealed class RolloverTests(PostgresFixture postgres)
{
    private const string Grant =
        """{"key":"g1","account":"A","credit":"tokens","amount":"200","granted-on":"2026-01-01","expires-on":"2026-03-01","rollover":{"fraction":"0.5","most":"50"}}""";

    [Fact]
    public async Task A_rest_is_granted_anew_once_after_the_draws_of_the_days_before()
    {
        await using var world = await World(Grant);
        await world.Use("S", "e1", "token", "2026-01-10", 60);
        await world.Bill("2026-02-01");
        (await Grants(world)).ShouldHaveSingleItem().ShouldBe("g1 200: 60 drawn, 0 on, 0 lost, 140 left");
        await world.Use("S", "e2", "token", "2026-02-10", 40);
        await world.Bill("2026-03-01");
        await world.Bill("2026-03-01");
        (await Grants(world)).ShouldBe(["g1 200: 100 drawn, 50 on, 50 lost, 0 left", "from g1 50: 0 drawn, 0 on, 0 lost, 50 left"]);
        await world.Use("S", "e3", "token", "2026-03-10", 70);
        await world.Bill("2026-04-01");
        (await world.Billed()).ShouldBe("S tokens 2026-03-01 0.4");
        var next = (await Rows(world))[1];
        (next.GrantedOn, next.ExpiresOn, next.State).ShouldBe((BillingWorld.Day("2026-03-01"), (DateOnly?)BillingWorld.Day("2026-05-01"), GrantState.UsedUp));
    }

    [Fact]
    public async Task What_was_rolled_over_stands_when_usage_of_the_days_before_comes_late()
    {
        await using var world = await World(Grant);
        await world.Use("S", "e1", "token", "2026-01-10", 100);
        await world.Bill("2026-03-01");
        (await Grants(world))[0].ShouldBe("g1 200: 100 drawn, 50 on, 50 lost, 0 left");
        // What was lost is still there for its own days; what was rolled over is not.
        await world.Use("S", "e2", "token", "2026-02-10", 30);
        await world.Bill("2026-03-02");
        (await world.Billed()).ShouldBe("");
        (await Grants(world))[0].ShouldBe("g1 200: 130 drawn, 50 on, 20 lost, 0 left");
        await world.Use("S", "e3", "token", "2026-02-11", 45);
        await world.Bill("2026-03-03");
        (await world.Billed()).ShouldBe("S tokens 2026-02-01 0.5");
        (await Grants(world)).ShouldBe(["g1 200: 150 drawn, 50 on, 0 lost, 0 left", "from g1 50: 0 drawn, 0 on, 0 lost, 50 left"]);
        await world.Agree();
    }

    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 3)]       // 1 March, 1 May, 1 July
    public async Task What_was_rolled_over_rolls_over_again_only_by_its_rule(bool again, int rolled)
    {
        await using var world = await World(Grant.Replace("\"0.5\"", again ? "\"0.5\",\"again\":true" : "\"0.5\"", StringComparison.Ordinal));
        await world.Bill("2026-08-01");
        var rows = await Rows(world);
        rows.Count.ShouldBe(1 + rolled);
        rows.Sum(row => row.Drawn + row.Lost + row.Left).ShouldBe(200m);
    }

    [Fact]
    public async Task Of_two_subscriptions_the_charge_that_falls_due_first_draws_first()
    {
        await using var world = await World(Grant);
        (await world.Create("T", "2026-01-01", "team", "tokens")).ShouldBeOfType<Application.Subscriptions.AmendmentOutcome.Done>();
        foreach (var code in new[] { "S", "T" }) await world.Use(code, code + "1", "token", "2026-01-10", 80);
        await world.Bill("2026-02-01");
        foreach (var code in new[] { "S", "T" }) await world.Use(code, code + "2", "token", "2026-02-10", 80);
        await world.Bill("2026-03-01");
        // 160 in January, 40 of 160 in February: nothing that was covered in January is billed in February.
        (await world.Billed()).Split('\n').ShouldAllBe(line => line.Contains(" 2026-02-01 "));
        (await Grants(world)).ShouldBe(["g1 200: 200 drawn, 0 on, 0 lost, 0 left"]);
    }

    [Fact]
    public async Task A_preview_shows_it_and_writes_nothing()
    {
        await using var world = await World(Grant);
        await world.Use("S", "e1", "token", "2026-01-10", 60);
        var preview = new PreviewInvoice(world.Database.Source, TimeProvider.System);
        async Task<IReadOnlyList<PreviewedRollover>> On(string day) =>
            (await preview.Run(new InvoicePreviewRequest { Account = "A", Date = day }, CancellationToken.None))
                .ShouldBeOfType<InvoicePreviewOutcome.Done>().Accounts.Single().Rollovers;
        (await On("2026-02-28")).ShouldBeEmpty();
        (await On("2026-03-01")).ShouldHaveSingleItem().ShouldBe(new PreviewedRollover(
            "tokens", "tokens", null, 140m, 50m, 90m, BillingWorld.Day("2026-03-01"), BillingWorld.Day("2026-05-01")));
        (await world.Database.Scalar<long>("select count(*) from credits.grant")).ShouldBe(1);
    }

    [Fact]
    public async Task The_database_refuses_what_no_rule_rolled_over_and_more_than_the_rest()
    {
        await using var world = await World(Grant);
        await world.Use("S", "e1", "token", "2026-01-10", 180);
        await world.Bill("2026-02-01");
        (await Refused(world, "50", "2026-04-01")).ShouldBe("grant_rolled_by_its_rule");     // another day
        (await Refused(world, "51", "2026-03-01")).ShouldBe("grant_rolled_by_its_rule");     // more than the most
        (await Refused(world, "21", "2026-03-01")).ShouldBe("grant_rolls_its_rest");         // 20 are left
        await world.Bill("2026-03-01");
        (await Refused(world, "1", "2026-03-01")).ShouldBe("grant_rolled_once");
        (await new GrantCredit(world.Database.Source).Run(
            CatalogueTests.Json(Grant.Replace("g1", "rolled-over/x", StringComparison.Ordinal)), CancellationToken.None))
            .ShouldBeOfType<GrantOutcome.Refused>().Problems.ShouldHaveSingleItem().Code.ShouldBe("reserved");
    }

    [Fact]
    public async Task Two_runs_that_roll_over_the_same_rest_at_once_roll_it_over_once()
    {
        await using var world = await World(Grant);
        await world.Use("S", "e1", "token", "2026-01-10", 180);
        await world.Bill("2026-02-01");
        await using var holder = await world.Database.Source.OpenConnectionAsync();
        await using var hold = await holder.BeginTransactionAsync();
        // Both may read what stands, and neither may add to it before both have read.
        await holder.ExecuteAsync("lock table credits.grant in share mode");
        var runs = new[] { "2026-03-01", "2026-03-02" }.Select(day => Task.Run(() => world.Bill(day))).ToList();
        await Eventually.True(
            async () => runs.Exists(run => run.IsCompleted) || await world.Database.Scalar<long>(
                "select count(*) from pg_locks where relation = 'credits.grant'::regclass and mode = 'RowExclusiveLock' and not granted") == 2,
            "both runs have decided and wait to write");
        await hold.CommitAsync();
        await Task.WhenAll(runs);
        (await Grants(world)).ShouldBe(["g1 200: 180 drawn, 10 on, 10 lost, 0 left", "from g1 10: 0 drawn, 0 on, 0 lost, 10 left"]);
        await world.Agree();
    }

    [Fact]
    public async Task The_timeline_of_the_account_tells_where_a_grant_came_from()
    {
        await using var world = await World(Grant);
        await world.Bill("2026-03-01");
        var told = await new ReadTimeline(world.Database.Source, new FindInvoices(world.Database.Source)).Run("A", CancellationToken.None);
        var credit = told.Story!.Steps.Where(step => step.Title.StartsWith("Prepaid credit", StringComparison.Ordinal)).ToList();
        credit.Select(step => step.Title).ShouldBe(["Prepaid credit tokens: 200 tokens", "Prepaid credit tokens: 50 tokens"]);
        credit[1].Facts.ShouldContain(new Fact("Carries on what was left of", "g1"));
        credit[0].Text.ShouldContain("50 rolled over, 150 lost");
    }

    private async Task<BillingWorld> World(string grant)
    {
        var world = await BillingWorld.Start(postgres);
        (await world.Create("S", "2026-01-01", "team", "tokens")).ShouldBeOfType<Application.Subscriptions.AmendmentOutcome.Done>();
        (await new GrantCredit(world.Database.Source).Run(CatalogueTests.Json(grant), CancellationToken.None)).ShouldBeOfType<GrantOutcome.Granted>();
        world.On("2026-08-31");
        return world;
    }

    private static async Task<IReadOnlyList<GrantRow>> Rows(BillingWorld world)
    {
        var rows = (await new ReadGrants(world.Database.Source, new Noon()).Run("A", CancellationToken.None))!.Rows;
        rows.ShouldAllBe(row => row.Granted == row.Drawn + row.RolledOver + row.Lost + row.Left);
        return rows;
    }

    private static async Task<IEnumerable<string>> Told(BillingWorld world) => (await Rows(world)).Select(row => FormattableString.Invariant(
        $"{(row.RolledFrom is { } from ? "from " + from : row.Key)} {row.Granted}: {row.Drawn} drawn, {row.RolledOver} on, {row.Lost} lost, {row.Left} left"));

    private static async Task<List<string>> Grants(BillingWorld world) => [.. await Told(world)];

    private static async Task<string?> Refused(BillingWorld world, string amount, string on) => (await Should.ThrowAsync<PostgresException>(() => world.Database.Execute(
        $"""
        insert into credits.grant (id, billing_account_id, grant_key, credit, name, amount, granted_on, rolled_from)
        select gen_random_uuid(), billing_account_id, 'by hand', credit, name, {amount}, '{on}', id from credits.grant where rolled_from is null
        """))).ConstraintName;

    // A day on which the first grant has not yet expired in nobody's eyes but billing's would tell of no loss.
    private sealed class Noon : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);
    }
}
