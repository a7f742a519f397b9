using System.Globalization;
using Tieout.Shell.Tests.Database;
using Tieout.Shell.Tests.Posting;

namespace Tieout.Shell.Tests.Kills;

/// <summary>The real process, ended at random moments: what it had finished stays, and the next one finishes the rest.</summary>
public sealed class KillTests(PostgresFixture postgres)
{
    private const int Kills = 4;

    [Theory]
    [InlineData(11)]
    public async Task Killed_while_billing_the_next_run_bills_every_account_once(int seed)
    {
        const int subscriptions = 20_000;
        await using var database = await postgres.CreateDatabase();
        await SampleData.Subscriptions(database.Source, subscriptions);
        var random = Seeded(seed);
        for (var kill = 0; kill < Kills; kill++)
        {
            var before = await database.Scalar<long>("select count(*) from invoicing.billing_part where done_at is not null");
            using var bill = Bill(database);
            // Somewhere inside the work: at first while the plan is made or in a part, then between two.
            await Working(bill, async () => kill < Kills / 2
                ? await database.Scalar<long>("select count(*) from runs.run where kind = 'bill' and state = 'running'") == 1
                : await database.Scalar<long>("select count(*) from invoicing.billing_part where done_at is not null") > before);
            await Task.Delay(random.Next(0, 400));
            TestContext.Current.TestOutputHelper?.WriteLine($"kill {kill}: {before} parts before; process ended by itself: {bill.HasExited}");
            await bill.KillHard();
            (await database.Scalar<long>("select count(*) - count(distinct billing_account_id) from invoicing.invoice")).ShouldBe(0);
        }

        using var last = Bill(database);
        (await last.Ended()).ShouldBe(0, last.Said);
        (await database.Scalar<long>("select count(*) from invoicing.invoice")).ShouldBe(subscriptions);
        (await database.Scalar<long>("select count(distinct billing_account_id) from invoicing.invoice")).ShouldBe(subscriptions);
        foreach (var entity in new[] { "US", "DE" })
            (await database.Scalar<string>(
                $"select min(number) || ' ' || max(number) || ' ' || count(distinct number) from invoicing.invoice where number like '{entity}-%'"))
                .ShouldBe($"{entity}-2026-0000001 {entity}-2026-0010000 10000");
        (await database.Scalar<long>("select count(*) from (select from ledger.journal_line group by entry_id, currency having sum(amount) <> 0) x")).ShouldBe(0);
        (await database.Scalar<bool>(
            "select (select sum(total) from invoicing.invoice) = (select sum(amount) from ledger.balance where account = 'receivable')")).ShouldBeTrue();
        (await database.Scalar<long>("select count(*) from posting.posting where state = 'staged'")).ShouldBe(subscriptions);
        (await database.Scalar<long>("select count(*) from runs.run where kind = 'bill' and state <> 'finished'")).ShouldBe(0);
    }

    [Theory]
    [InlineData(23)]
    public async Task Killed_while_posting_the_next_run_posts_every_document_once(int seed)
    {
        await using var world = await World.Start(postgres, 1_500);
        using var folder = new TemporaryFolder();
        var targets = Targets(world, folder);
        var random = Seeded(seed);
        foreach (var _ in Enumerable.Range(0, 10))
        {
            await world.Fault("slow", count: 5, seconds: 0.2);
            await world.Fault("commit-then-silence", seconds: 0.4);
        }
        for (var kill = 0; kill < Kills; kill++)
        {
            var sendings = await world.Count("posting.attempt") + (kill * random.Next(0, 200));
            using var post = Post(world, targets);
            await Working(post, async () => await world.Count("posting.attempt") > sendings);
            await Task.Delay(random.Next(0, 600));
            TestContext.Current.TestOutputHelper?.WriteLine(
                $"kill {kill}: {await world.Count("posting.posting where state = 'sending'")} sending, "
                + $"{await world.Count("posting.posting where state = 'posted'")} posted");
            await post.KillHard();
        }

        for (var run = 0; run < 5 && await world.Count("posting.posting where state <> 'posted'") > 0; run++)
        {
            using var post = Post(world, targets);
            (await post.Ended()).ShouldBeOneOf(0, 4);
        }
        await world.AllPostedOnce();
        (await world.Count("posting.posting where state = 'sending' or claim is not null")).ShouldBe(0);
        (await world.Count("posting.attempt where outcome = 'crashed'")).ShouldBePositive();
        (await world.Count("posting.attempt where outcome is null")).ShouldBe(0);
        (await world.OpenCases()).ShouldBeEmpty();
        (await world.TieOut()).Verdict.ShouldBe(Domain.Reconciliation.Verdict.Reconciled);
    }

    [Fact]
    public async Task Ctrl_C_while_billing_keeps_what_is_finished_and_says_so()
    {
        await using var database = await postgres.CreateDatabase();
        await SampleData.Subscriptions(database.Source, 20_000);
        using var bill = Bill(database);
        await Working(bill, async () => await database.Scalar<long>("select count(*) from runs.run where kind = 'bill'") == 1);
        await bill.Interrupt();
        (await bill.Ended()).ShouldBe(130, bill.Said);
        bill.Said.ShouldContain("Stopped. What was finished stays");
        (await database.Scalar<string>("select state from runs.run where kind = 'bill'")).ShouldBe("stopped");
        using var again = Bill(database);
        (await again.Ended()).ShouldBe(0, again.Said);
        (await database.Scalar<long>("select count(*) from invoicing.invoice")).ShouldBe(20_000);
    }

    [Fact]
    public async Task Ctrl_C_while_posting_finishes_the_batch_on_the_wire_and_says_what_is_left()
    {
        await using var world = await World.Start(postgres, 600);
        using var folder = new TemporaryFolder();
        var targets = Targets(world, folder);
        await world.Fault("slow", count: 100, seconds: 0.4);
        using var post = Post(world, targets);
        await Working(post, async () => await world.Count(
            "posting.posting p where state = 'sending' and exists (select from posting.exchange e where e.batch = p.claim and e.ended_at is null)") > 0);
        await post.Interrupt();
        (await post.Ended()).ShouldBe(130, post.Said);
        post.Said.ShouldContain("documents wait; nothing is lost");
        (await world.Count("posting.posting where state in ('sending', 'in-doubt')")).ShouldBe(0);
        (await world.Count("posting.posting where state = 'posted'")).ShouldBePositive();
        (await world.Rows<string>("select state from runs.run where kind = 'post'")).ShouldBe(["stopped"]);

        await world.NoFaults();
        using var again = Post(world, targets);
        (await again.Ended()).ShouldBe(0, again.Said);
        await world.AllPostedOnce();
    }

    private static Random Seeded(int usual)
    {
        var seed = Environment.GetEnvironmentVariable("TIEOUT_SEED") is { Length: > 0 } given ? int.Parse(given, CultureInfo.InvariantCulture) : usual;
        TestContext.Current.TestOutputHelper?.WriteLine($"Seed {seed}; TIEOUT_SEED sets another.");
        return new Random(seed);
    }

    private static TieoutProcess Bill(TestDatabase database) => TieoutProcess.Start("bill", "2026-11", "--database", database.ConnectionString);

    private static TieoutProcess Post(World world, string targets) =>
        TieoutProcess.Start("post", "--targets", targets, "--patience", "10", "--database", world.Database.ConnectionString);

    private static Task Working(TieoutProcess process, Func<Task<bool>> condition) =>
        Eventually.True(async () => process.HasExited || await condition(), "the program works");

    private static string Targets(World world, TemporaryFolder folder)
    {
        var file = folder["targets.yaml"];
        string Target(string name, string company) =>
            $$"""
              - name: {{name}}
                system: sap-s4hana
                url: "{{world.Settings(company).Url}}"
                user: TIEOUT
                password: {env: TIEOUT_TEST_PASSWORD}
                company: "{{company}}"
                accounts: {receivable: "12100000", revenue: "41000000", deferred-revenue: "24900000", tax: "22000000"}
                taxes: {US-CA: A1, DE-19: A1}
                batch-size: 50
                slots: 2
                timeout-seconds: 2
                first-pause-seconds: 1
                longest-pause-seconds: 2
                absence-proof-seconds: 4

            """;
        File.WriteAllText(file, "targets:\n" + Target("sap-us", "1710") + Target("sap-de", "1010") +
            """
            routes:
              - {legal-entity: US, target: sap-us}
              - {legal-entity: DE, target: sap-de}
            """);
        return file;
    }
}
