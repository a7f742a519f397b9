using System.Globalization;
using Tieout.Domain.Reconciliation;
using Tieout.Shell.Tests.Database;
using Tieout.Shell.Tests.Posting;

namespace Tieout.Shell.Tests.Reconciliation;

/// <summary>What others do to the ERP's books behind our back is found, named and given its money; nothing else is.</summary>
public sealed class TieOutMonthTests(PostgresFixture postgres)
{
    private const string Key = "DE-2026-0000002";

    [Fact]
    public async Task Books_that_agree_are_reconciled_to_the_last_account()
    {
        await using var world = await Posted(20);
        var outcome = await world.TieOut();
        outcome.Verdict.ShouldBe(Verdict.Reconciled);
        outcome.Entities.Select(entity => (entity.LegalEntity, entity.OurDocuments, entity.TheirDocuments, entity.Breaks))
            .ShouldBe([("DE", 10L, 10L, 0), ("US", 10L, 10L, 0)]);
        outcome.Entities.ShouldAllBe(entity => entity.OurTotal == entity.TheirTotal);
        (await world.Count("reconciliation.account_result where ours = theirs and movement = theirs")).ShouldBe(6);
        (await world.OpenCases()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("delete", null, "missing", "total")]
    [InlineData("copy", null, "duplicate", "total")]
    [InlineData("alter", "S1.50", "amount", "1.50")]
    [InlineData("alter", "T0.01", "tax", "0.01")]
    [InlineData("move", "1", "period", "total")]
    [InlineData("customer", "C-2", "customer", "total")]
    [InlineData("foreign", "DE-2026-9999999", "unexpected", "total")]
    public async Task Each_change_behind_our_back_is_exactly_one_break_of_its_kind(string what, string? how, string category, string money)
    {
        await using var world = await Posted(10);
        await Tamper(world, what, how);
        var outcome = await world.TieOut();
        outcome.Verdict.ShouldBe(Verdict.Breaks);
        outcome.Entities.Select(entity => (entity.LegalEntity, entity.Verdict)).ShouldBe([("DE", Verdict.Breaks), ("US", Verdict.Reconciled)]);

        var total = (await world.Rows<decimal>("select total from invoicing.invoice where number = @Key", new { Key }))[0];
        var amount = money == "total" ? total : decimal.Parse(money, CultureInfo.InvariantCulture);
        var broken = what == "foreign" ? how! : Key;
        (await world.Rows<(string, string, decimal)>("select category, business_key, amount from reconciliation.difference")).ShouldBe([(category, broken, amount)]);
        (await world.Rows<(string, string, decimal, string)>("select code, subject_key, amount, currency from exceptions.exception_case where state = 'open'"))
            .ShouldBe([($"break-{category}", $"DE/2026-11/{broken}", amount, "EUR")]);
    }

    [Fact]
    public async Task A_break_that_is_mended_closes_by_itself()
    {
        await using var world = await Posted(10);
        await Tamper(world, "alter", "S1.50");
        (await world.TieOut()).Verdict.ShouldBe(Verdict.Breaks);
        (await world.TieOut()).Verdict.ShouldBe(Verdict.Breaks);
        (await world.Rows<int>("select repeats from exceptions.exception_case where state = 'open'")).ShouldBe([2]);

        await Tamper(world, "alter", "S-1.50");
        (await world.TieOut()).Verdict.ShouldBe(Verdict.Reconciled);
        (await world.OpenCases()).ShouldBeEmpty();
        (await world.Count("runs.run where kind = 'reconcile' and state = 'finished'")).ShouldBe(3);
    }

    [Fact]
    public async Task What_is_in_doubt_leaves_the_month_incomplete_and_breaks_nothing()
    {
        await using var world = await World.Start(postgres, 10);
        await world.Fault("commit-then-silence", seconds: 0.1, count: 2);
        var slow = World.Policy with { FirstPause = TimeSpan.FromMinutes(1), LongestPause = TimeSpan.FromMinutes(2) };
        await world.Deliver(world.Targets(policy: slow), patienceSeconds: 0);
        var outcome = await world.TieOut();
        outcome.Verdict.ShouldBe(Verdict.Incomplete);
        outcome.Entities.Sum(entity => entity.Unproven).ShouldBe(10);
        outcome.Entities.Sum(entity => entity.Breaks).ShouldBe(0);
        (await world.OpenCases()).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_is_parked_leaves_its_entity_incomplete_and_the_other_reconciled()
    {
        await using var world = await World.Start(postgres, 10);
        await world.Tell("periods/close", new { companyCode = "1010", month = "2026-11" });
        await world.Deliver();
        (await world.TieOut()).Entities.Select(entity => (entity.LegalEntity, entity.Verdict, entity.Unproven))
            .ShouldBe([("DE", Verdict.Incomplete, 5L), ("US", Verdict.Reconciled, 0L)]);
    }

    [Theory]
    [InlineData("reject-503")]
    [InlineData("malformed-answer")]
    [InlineData("token-expired")]
    public async Task An_erp_that_cannot_be_read_is_incomplete_with_the_reason_and_stops_nobody(string fault)
    {
        await using var world = await Posted(10);
        await world.Fault(fault, on: "read", seconds: 0.1);
        var outcome = await world.TieOut();
        outcome.Verdict.ShouldBe(Verdict.Incomplete);
        var de = outcome.Entities.Single(entity => entity.LegalEntity == "DE"); // the first that is read
        (de.Verdict, de.Breaks).ShouldBe((Verdict.Incomplete, 0));
        de.Problem.ShouldStartWith("SAP");
        outcome.Entities.Single(entity => entity.LegalEntity == "US").Verdict.ShouldBe(Verdict.Reconciled);
        (await world.OpenCases()).ShouldBeEmpty();
        (await world.TieOut()).Verdict.ShouldBe(Verdict.Reconciled);
    }

    [Fact]
    public async Task An_account_rule_that_was_wrong_shows_though_every_document_agrees()
    {
        await using var world = await World.Start(postgres, 10);
        var wrong = world.Settings("1010");
        wrong = wrong with { Accounts = new Dictionary<string, string>(wrong.Accounts, StringComparer.Ordinal) { ["deferred-revenue"] = "41000000" } };
        await world.Deliver([world.Target(world.Settings("1710")), world.Target(wrong)]);
        (await world.TieOut()).Entities.Select(entity => (entity.LegalEntity, entity.Verdict)).ShouldBe([("DE", Verdict.Breaks), ("US", Verdict.Reconciled)]);
        var net = (await world.Rows<decimal>("select sum(net) from invoicing.invoice where currency = 'EUR'"))[0];
        (await world.Rows<(string, string, decimal)>("select category, business_key, amount from reconciliation.difference")).ShouldBe([("account", "24900000", net)]);
    }

    [Fact]
    public async Task Somebody_else_s_entry_on_the_account_is_a_warning_only()
    {
        await using var world = await Posted(10);
        await Tamper(world, "foreign", "HAND-ENTRY-7"); // not of our series
        var outcome = await world.TieOut();
        outcome.Verdict.ShouldBe(Verdict.ReconciledWithWarnings);
        (await world.Rows<string>("select distinct category from reconciliation.difference")).ShouldBe(["balance"]);
    }

    [Fact]
    public async Task What_is_posted_while_the_erp_is_read_is_not_called_missing()
    {
        await using var world = await Posted(10);
        await SampleData.Subscriptions(world.Database.Source, 20);
        await world.Bill(World.Month);
        await world.Fault("throttle-429", seconds: 60, count: 2); // ready, and turned away once
        await world.Deliver(patienceSeconds: 0);
        await world.Database.Execute("update posting.posting set not_before = null; update posting.lane set hold_until = null");

        // They are posted after the first ERP was read and before our books are compared with it.
        var outcome = await world.TieOut(world.Targets(inner => new Meddling(inner) { AfterReading = () => world.Deliver() }));
        outcome.Verdict.ShouldBe(Verdict.Incomplete);
        outcome.Entities.ShouldAllBe(entity => entity.Breaks == 0);
        (await world.TieOut()).Verdict.ShouldBe(Verdict.Reconciled);
    }

    [Fact]
    public async Task Two_tie_outs_of_a_month_at_once_do_not_write_into_each_other()
    {
        await using var world = await Posted(40);
        var outcomes = await Task.WhenAll(world.TieOut(), world.TieOut(), world.TieOut());
        outcomes.ShouldAllBe(outcome => outcome.Verdict == Verdict.Reconciled);
        outcomes.Select(outcome => outcome.Run).Distinct().Count().ShouldBe(3);
    }

    private async Task<World> Posted(int invoices)
    {
        var world = await World.Start(postgres, invoices);
        (await world.Deliver()).Waiting.ShouldBe(0);
        return world;
    }

    private static Task Tamper(World world, string what, string? how) => what switch
    {
        "delete" => world.Tell("tamper/delete", new { companyCode = "1010", reference = Key }),
        "copy" => world.Tell("tamper/copy", new { companyCode = "1010", reference = Key }),
        "foreign" => world.Tell("tamper/copy", new { companyCode = "1010", reference = Key, @as = how }),
        "alter" => world.Tell(
            "tamper/alter", new { companyCode = "1010", reference = Key, kind = how![..1], amount = decimal.Parse(how[1..], CultureInfo.InvariantCulture) }),
        "move" => world.Tell("tamper/move", new { companyCode = "1010", reference = Key, months = int.Parse(how!, CultureInfo.InvariantCulture) }),
        "customer" => world.Tell("tamper/customer", new { companyCode = "1010", reference = Key, code = how }),
        _ => throw new ArgumentOutOfRangeException(nameof(what), what, "Unknown."),
    };
}
