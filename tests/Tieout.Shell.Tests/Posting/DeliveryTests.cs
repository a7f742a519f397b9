using Tieout.Application.Exceptions;
using Tieout.Shell.Tests.Database;

namespace Tieout.Shell.Tests.Posting;

/// <summary>What an ERP may do to us, and what becomes of the documents. The ERP's own ledger is the witness.</summary>
public sealed class DeliveryTests(PostgresFixture postgres)
{
    private const string FirstUs = "US-2026-0000001";

    [Fact]
    public async Task Every_document_is_posted_once_and_running_again_adds_nothing()
    {
        await using var world = await World.Start(postgres, 60);
        var summary = await world.Deliver();
        summary.Waiting.ShouldBe(0);
        summary.Troubles.ShouldBeEmpty();
        await world.AllPostedOnce();
        await world.Deliver();
        await world.AllPostedOnce();
        (await world.OpenCases()).ShouldBeEmpty();
        (await world.Count("runs.run where kind = 'post' and state = 'finished'")).ShouldBe(2);
    }

    [Fact]
    public async Task Silence_after_the_commit_is_doubt_found_by_asking_and_posted_once_with_the_evidence_kept()
    {
        await using var world = await World.Start(postgres, 40);
        await world.Fault("commit-then-silence", seconds: 0.1);
        (await world.Deliver()).Waiting.ShouldBe(0);
        await world.AllPostedOnce();

        var story = await world.Rows<(string Kind, string Outcome)>(
            """
            select kind, outcome from posting.attempt
            where posting_id = (select posting_id from posting.attempt where outcome = 'no-answer' limit 1) order by number
            """);
        story.ShouldBe([("send", "no-answer"), ("look-up", "found")]);
        (await world.Count("posting.exchange where operation = 'journal-entry-post' and answer is null and failure like 'The connection broke%'")).ShouldBe(1);
        (await world.Count("posting.exchange where started_at > ended_at or ended_at is null")).ShouldBe(0);
    }

    [Fact]
    public async Task A_commit_after_our_time_out_and_after_the_first_look_up_is_found_later()
    {
        await using var world = await World.Start(postgres, 10);
        await world.Fault("commit-late", count: 2, seconds: World.Timeout.TotalSeconds + 0.7);
        (await world.Deliver()).Waiting.ShouldBe(0);
        await world.AllPostedOnce();
        (await world.Count("posting.attempt where outcome = 'absent'")).ShouldBePositive();
        (await world.Count("posting.attempt where kind = 'send'")).ShouldBe(10);
    }

    [Fact]
    public async Task Silence_before_the_commit_is_sent_again_once_absence_is_proved()
    {
        await using var world = await World.Start(postgres, 10);
        await world.Fault("timeout-before-commit", count: 2, seconds: 0.1);
        (await world.Deliver()).Waiting.ShouldBe(0);
        await world.AllPostedOnce();
        var waits = await world.Rows<TimeSpan>(
            """
            select second.started_at - first.started_at
            from posting.attempt first join posting.attempt second on second.posting_id = first.posting_id and second.kind = 'send' and second.number > first.number
            where first.kind = 'send' and first.outcome = 'no-answer'
            """);
        waits.Count.ShouldBeGreaterThanOrEqualTo(5); // which calls are met is theirs to say, but not fewer than one company's
        waits.ShouldAllBe(wait => wait >= World.Policy.AbsenceProof);
    }

    [Theory]
    [InlineData("throttle-429")]
    [InlineData("reject-503")]
    [InlineData("token-expired")]
    public async Task An_erp_that_turns_us_away_is_left_alone_for_as_long_as_it_wishes(string kind)
    {
        await using var world = await World.Start(postgres, 40);
        await world.Fault(kind, count: 3, seconds: 1);
        (await world.Deliver()).Waiting.ShouldBe(0);
        await world.AllPostedOnce();
        // Being turned away says nothing about the documents: it counts towards no limit of theirs.
        (await world.Count("posting.posting where tries > 1")).ShouldBe(0);
        (await world.OpenCases()).ShouldBeEmpty();
        // That it takes no more calls for a moment is not told to a person at once; that it is not there is.
        (await world.Count("exceptions.exception_case where code = 'target-out-of-reach' and state = 'resolved'"))
            .ShouldBeInRange(kind == "throttle-429" ? 0 : 1, 3);
    }

    [Fact]
    public async Task A_closed_period_parks_its_documents_with_money_and_reason_and_a_replay_posts_them()
    {
        await using var world = await World.Start(postgres, 30);
        await world.Tell("periods/close", new { companyCode = "1010", month = "2026-11" });
        (await world.Deliver()).Counts.Single(count => count is { Target: "sap-de", State: "parked" }).Documents.ShouldBe(15);
        var cases = await world.Rows<(Guid Id, string Category, string Cause, decimal Amount, string Currency)>(
            "select id, category, cause, amount, currency from exceptions.exception_case where state = 'open' and code = 'period-closed'");
        cases.Count.ShouldBe(15);
        cases.ShouldAllBe(one => one.Category == "business" && one.Cause.Contains("closed") && one.Currency == "EUR");
        cases.Sum(one => one.Amount).ShouldBe((await world.Rows<decimal>("select sum(total) from invoicing.invoice where currency = 'EUR'"))[0]);

        await world.Tell("periods/open", new { companyCode = "1010", month = "2026-11" });
        var replay = new ReplayException(world.Database.Source, TimeProvider.System);
        foreach (var one in cases)
        {
            var twice = await Task.WhenAll(Replay(one.Id), Replay(one.Id));
            twice.Count(outcome => outcome is ReplayException.Outcome.Replayed).ShouldBe(1);
        }
        (await world.Deliver()).Waiting.ShouldBe(0);
        await world.AllPostedOnce();
        (await world.OpenCases()).ShouldBeEmpty();

        Task<ReplayException.Outcome> Replay(Guid id) => replay.Run(id, "mara", "the period is open", CancellationToken.None);
    }

    [Fact]
    public async Task What_one_document_suffers_its_neighbours_do_not()
    {
        await using var world = await World.Start(postgres, 30);
        await world.Fault("half-batch"); // the first half of the batch is booked, the other refused
        var summary = await world.Deliver();
        var parked = summary.Counts.Single(count => count.State == "parked").Documents;
        parked.ShouldBeInRange(1, 10);
        summary.Counts.Where(count => count.State == "posted").Sum(count => count.Documents).ShouldBe(30 - parked);
        (await world.OpenCases()).ShouldBe(new Dictionary<string, long> { ["erp-refused"] = parked });
    }

    [Fact]
    public async Task A_blocked_customer_parks_its_own_documents_only()
    {
        await using var world = await World.Start(postgres, 10);
        await world.Deliver();
        await world.Tell("customers/block", new { code = "C-1" });
        await world.Bill(World.NextMonth);
        var summary = await world.Deliver();
        summary.Counts.Single(count => count.State == "parked").Documents.ShouldBe(1);
        (await world.OpenCases()).ShouldBe(new Dictionary<string, long> { ["customer-blocked"] = 1 });
        (await world.Rows<string>("select code from customers.billing_account where id = (select billing_account_id from posting.posting where state = 'parked')"))
            .ShouldBe(["C-1"]);
    }

    [Fact]
    public async Task A_stale_cross_reference_parks_and_a_replay_finds_the_customer_anew()
    {
        await using var world = await World.Start(postgres, 4);
        await world.Deliver();
        await world.Tell("customers/forget", new { code = "C-1" });
        await world.Bill(World.NextMonth);
        await world.Deliver();
        var open = (await world.Rows<(Guid Id, string Code)>("select id, code from exceptions.exception_case where state = 'open'")).ShouldHaveSingleItem();
        open.Code.ShouldBe("customer-unknown");

        (await new ReplayException(world.Database.Source, TimeProvider.System).Run(open.Id, "mara", "created again", CancellationToken.None))
            .ShouldBeOfType<ReplayException.Outcome.Replayed>().State.ShouldBe("staged");
        (await world.Deliver()).Waiting.ShouldBe(0);
        await world.AllPostedOnce();
        (await world.OpenCases()).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_erp_that_gives_its_customer_numbers_anew_mixes_up_nobody()
    {
        await using var world = await World.Start(postgres, 2);
        var us = world.Targets().Where(target => target.Name == "sap-us").ToList();
        await world.Deliver(us);
        await world.Tell("reset", new { }); // the next customer gets the number that our books have for another
        await SampleData.Subscriptions(world.Database.Source, 4);
        await world.Bill(World.Month);
        await world.Deliver(us);
        (await world.OpenCases()).ShouldBe(new Dictionary<string, long> { ["customer-ambiguous"] = 1, ["route-missing"] = 1 }, ignoreOrder: true);
        (await world.Count("posting.posting where state = 'posted'")).ShouldBe(1);
    }

    [Fact]
    public async Task An_erp_that_is_down_loses_nothing_and_is_told_once()
    {
        await using var world = await World.Start(postgres, 40);
        var away = world.Targets().Select(target => target.Name == "sap-de"
            ? world.Target(target.Settings with { Url = new Uri("http://127.0.0.1:9/") })
            : target).ToList();
        var summary = await world.Deliver(away, patienceSeconds: 0);
        summary.Waiting.ShouldBe(20);
        summary.Troubles.ShouldHaveSingleItem().ShouldStartWith("sap-de: SAP cannot be reached");
        (await world.Count("posting.posting where state = 'posted'")).ShouldBe(20); // the other ERP's went on
        await world.Deliver(away, patienceSeconds: 0);
        (await world.OpenCases()).ShouldBe(new Dictionary<string, long> { ["target-out-of-reach"] = 1 });

        (await world.Deliver()).Waiting.ShouldBe(0);
        await world.AllPostedOnce();
        (await world.OpenCases()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_legal_entity_without_a_route_is_told_with_its_money_until_it_has_one()
    {
        await using var world = await World.Start(postgres, 10);
        var us = world.Targets().Where(target => target.Name == "sap-us").ToList();
        (await world.Deliver(us)).Waiting.ShouldBe(5);
        var (code, amount) = (await world.Rows<(string, decimal)>("select code, amount from exceptions.exception_case where state = 'open'")).ShouldHaveSingleItem();
        code.ShouldBe("route-missing");
        amount.ShouldBe((await world.Rows<decimal>("select sum(total) from invoicing.invoice where currency = 'EUR'"))[0]);

        (await world.Deliver()).Waiting.ShouldBe(0);
        await world.AllPostedOnce();
        (await world.OpenCases()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Documents_in_doubt_whose_target_is_gone_from_the_file_are_told()
    {
        await using var world = await World.Start(postgres, 4);
        await world.Fault("commit-then-silence", count: 2, seconds: 0.1);
        var slow = World.Policy with { FirstPause = TimeSpan.FromMinutes(1), LongestPause = TimeSpan.FromMinutes(2) };
        await world.Deliver(world.Targets(policy: slow), patienceSeconds: 0);
        (await world.Count("posting.posting where state = 'in-doubt'")).ShouldBe(4);

        var us = world.Targets().Where(target => target.Name == "sap-us").ToList();
        await world.Deliver(us, patienceSeconds: 0);
        (await world.OpenCases()).ShouldBe(new Dictionary<string, long> { ["target-missing"] = 1 });
        await world.Database.Execute("update posting.posting set not_before = now() where state = 'in-doubt'");
        await world.Deliver();
        await world.AllPostedOnce();
        (await world.OpenCases()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Any_number_of_programs_may_post_at_once()
    {
        await using var world = await World.Start(postgres, 120);
        await world.Fault("commit-then-silence", count: 2, seconds: 0.1);
        await Task.WhenAll(world.Deliver(), world.Deliver(), world.Deliver());
        await world.AllPostedOnce();
        (await world.Count("posting.attempt where ended_at is null")).ShouldBe(0);
    }

    [Fact]
    public async Task The_rules_a_document_was_sent_under_are_kept_with_it()
    {
        await using var world = await World.Start(postgres, 4);
        var wrong = world.Settings("1710");
        wrong = wrong with { Accounts = new Dictionary<string, string>(wrong.Accounts, StringComparer.Ordinal) { ["revenue"] = "99999999" }, Version = "rules-0" };
        await world.Deliver([world.Target(wrong), world.Target(world.Settings("1010"))]);
        (await world.OpenCases()).ShouldBe(new Dictionary<string, long> { ["account-unknown"] = 2 });
        foreach (var id in await world.Rows<Guid>("select id from exceptions.exception_case where state = 'open'"))
            await new ReplayException(world.Database.Source, TimeProvider.System).Run(id, "mara", "rule mended", CancellationToken.None);
        await world.Deliver();
        await world.AllPostedOnce();
        (await world.Count("posting.posting where rules_version <> 'rules-1'")).ShouldBe(0);
        (await world.Held(FirstUs)).ShouldBe(1);
    }
}
