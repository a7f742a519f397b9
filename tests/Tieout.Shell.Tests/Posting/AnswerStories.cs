using Tieout.Application.Posting.Lanes;
using Tieout.Application.Views;
using Tieout.Domain.Exceptions;
using Tieout.Domain.Posting;
using Tieout.Domain.Posting.Lanes;
using Tieout.Shell.Tests.Connectors.Dynamics;
using Tieout.Shell.Tests.Database;

namespace Tieout.Shell.Tests.Posting;

/// <summary>What an ERP answers that is no answer, through whole lanes: created and not posted, words that no book can hold, a year to wait.</summary>
public sealed class AnswerStories(PostgresFixture postgres)
{
    private static readonly string Hostile = "closed \0\a \uD83D " + new string('x', 100_000);

    [Fact]
    public async Task Journals_that_the_environment_posts_later_hold_up_nobody_and_are_named_when_they_wait_long()
    {
        await using var world = await World.Start(postgres, 20);
        await using var dynamics = await DynamicsSandbox.Start();
        var settings = dynamics.Target(("posting", "batch")) with
        {
            Taxes = new Dictionary<string, string>(StringComparer.Ordinal) { ["DE-19"] = "U19" },
            BatchSize = 4,
            Slots = 2,
        };
        var targets = new[] { world.Targets()[0], world.Target(settings, policy: World.Policy with { Attempts = 4 }) };
        using var stop = new CancellationTokenSource();
        var run = world.Post(targets).Run("test", TimeSpan.FromSeconds(30), null, stop.Token);
        await Eventually.True(
            async () => (await world.OpenCases()).GetValueOrDefault("long-in-doubt") == 10, "all ten were sent, and each is named once it waited long");
        (await world.Count("exceptions.exception_case where code = 'target-out-of-reach'")).ShouldBe(0);
        (await world.Count("posting.attempt where kind = 'send' and outcome <> 'taken' and outcome <> 'accepted'")).ShouldBe(0);
        await dynamics.Tell("posting/run", new { });
        (await run).Waiting.ShouldBe(0);
        (await world.OpenCases()).ShouldBeEmpty();
        (await world.Count("posting.posting where state = 'posted'")).ShouldBe(20);
    }

    [Fact]
    public async Task One_document_whose_look_ups_settle_nothing_is_named_and_the_others_of_its_lane_are_posted_meanwhile()
    {
        await using var world = await World.Start(postgres, 20);
        const string held = "US-2026-0000003";
        var mended = false;
        var targets = world.Targets(
            inner => new Meddling(inner)
            {
                Answers = (outcome, document) => document.Key == held ? new DeliveryOutcome.NoAnswer("silence") : outcome,
                Tells = (outcome, document) => document.Key == held && !mended ? new LookUpOutcome.NoAnswer("not settled yet", ThisDocument: true) : outcome,
            }, World.Policy with { Attempts = 3 });
        var run = world.Deliver(targets);
        await Eventually.True(async () => (await world.OpenCases()).ContainsKey("long-in-doubt"), "it is named");
        await Eventually.True(async () => await world.Count("posting.posting where state = 'posted'") == 19, "the others are posted");
        (await world.Count("exceptions.exception_case where code = 'target-out-of-reach'")).ShouldBe(0);
        mended = true;
        (await run).Waiting.ShouldBe(0);
        await world.AllPostedOnce();
        (await world.OpenCases()).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_is_answered_later_by_agreement_costs_no_look_up_and_no_case_until_it_is_late_and_then_tells_what_waits_behind_it()
    {
        await using var world = await World.Start(postgres, 10);
        await world.Bill(World.NextMonth);
        const string held = "US-2026-0000003";
        var (looks, late, mended) = (0, false, false);
        var targets = world.Targets(
            inner => new Meddling(inner)
            {
                Answers = (outcome, document) => document.Key == held ? new DeliveryOutcome.NoAnswer("handed over") : outcome,
                Tells = (outcome, document) =>
                {
                    if (document.Key != held || mended) return outcome;
                    Interlocked.Increment(ref looks);
                    return late
                        ? new LookUpOutcome.NoAnswer("late", ThisDocument: true)
                        : new LookUpOutcome.NoAnswer("awaited", TimeSpan.FromMilliseconds(20), ThisDocument: true, Awaited: true);
                },
            }, World.Policy with { Attempts = 3 });
        var run = world.Deliver(targets, patienceSeconds: 60);
        await Eventually.True(async () => looks > 12 && await world.Count("posting.posting where state = 'posted'") == 18, "the others are posted, and it is asked for");
        (await world.OpenCases()).ShouldBeEmpty();
        (await world.Count("exceptions.exception_case where code = 'target-out-of-reach'")).ShouldBe(0);

        late = true;
        await Eventually.True(async () => (await world.OpenCases()).ContainsKey("long-in-doubt"), "it is named");
        var id = (await world.Rows<Guid>("select id from exceptions.exception_case where state = 'open'"))[0];
        (await new FindExceptions(world.Database.Source, TimeProvider.System).One(id, default))!.Posting!.Behind.ShouldBe(1);
        mended = true;
        (await run).Waiting.ShouldBe(0);
        await world.AllPostedOnce();
        (await world.OpenCases()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Words_that_no_book_can_hold_park_their_document_and_stop_nobody()
    {
        await using var world = await World.Start(postgres, 20);
        const string refused = "US-2026-0000003", silent = "US-2026-0000004", numbered = "US-2026-0000005";
        var targets = world.Targets(inner => new Meddling(inner)
        {
            Answers = (outcome, document) => document.Key switch
            {
                refused => new DeliveryOutcome.Refused(new Finding(ExceptionCategory.Business, "erp-refused", "It says: " + Hostile, "Mend it.", Hostile)),
                silent => new DeliveryOutcome.NoAnswer(Hostile),
                numbered => new DeliveryOutcome.Accepted(new ErpReference(Hostile, Hostile)),
                _ => outcome,
            },
        });
        (await world.Deliver(targets)).Waiting.ShouldBe(0);
        (await world.OpenCases()).ShouldBe(new Dictionary<string, long> { ["erp-refused"] = 1 });
        var technical = (await world.Rows<string>("select technical from exceptions.exception_case where state = 'open'"))[0];
        technical.ShouldStartWith("closed \uFFFD\uFFFD \uFFFD xxx");
        technical.Length.ShouldBeLessThan(KeptText.Longest + 100);
        (await world.Count("posting.posting where state = 'posted'")).ShouldBe(19);
    }

    [Fact]
    public async Task What_our_books_refuse_of_one_erp_pauses_its_lane_and_the_other_goes_on()
    {
        await using var world = await World.Start(postgres, 20);
        await world.Database.Execute(
            """
            create function posting.refuse_for_test() returns trigger language plpgsql as $$
            begin
              if new.target = 'sap-us' and new.state = 'posted' then
                raise exception 'nobody foresaw this' using errcode = 'check_violation';
              end if;
              return new;
            end $$;
            create trigger refuse_for_test before update on posting.posting for each row execute function posting.refuse_for_test();
            """);
        using var stop = new CancellationTokenSource();
        var run = world.Post().Run("test", TimeSpan.FromSeconds(30), null, stop.Token);
        await Eventually.True(async () => await world.Count("posting.posting where target = 'sap-de' and state = 'posted'") == 10, "the other ERP gets its own");
        await Eventually.True(async () => await world.Count("exceptions.exception_case where code = 'books-refused' and repeats > 1") == 1, "it is told, and met again");
        run.IsCompleted.ShouldBeFalse();
        await world.Database.Execute("drop trigger refuse_for_test on posting.posting");
        (await run).Waiting.ShouldBe(0);
        await world.AllPostedOnce();
        (await world.OpenCases()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_lane_asked_to_wait_a_year_waits_an_hour_says_so_and_goes_at_once_when_it_is_resumed(bool sending)
    {
        await using var world = await World.Start(postgres, 4);
        var (asked, year) = (false, TimeSpan.FromDays(365));
        var targets = world.Targets(inner => new Meddling(inner)
        {
            Answers = (outcome, _) => asked ? outcome : sending ? new DeliveryOutcome.NotSent("Busy (503).", year) : new DeliveryOutcome.NoAnswer("silence"),
            Tells = (outcome, _) => asked || sending ? outcome : new LookUpOutcome.NoAnswer("Busy (503).", year),
        });
        var post = world.Post(targets);
        (await post.Run("test", TimeSpan.FromSeconds(10), null, CancellationToken.None)).Waiting.ShouldBe(4);
        var lanes = await Lanes(world);
        lanes.ShouldAllBe(lane => lane.State == "held");
        foreach (var lane in lanes) (lane.Until!.Value - TimeProvider.System.GetUtcNow()).ShouldBeInRange(TimeSpan.FromMinutes(50), LaneSteering.LongestHold);
        (await world.Rows<string>("select cause from exceptions.exception_case where code = 'target-out-of-reach'"))
            .ShouldAllBe(cause => cause.Contains("365.00:00:00") && cause.Contains("01:00:00"));
        asked = true;
        (await post.Run("test", TimeSpan.FromSeconds(1), null, CancellationToken.None)).Waiting.ShouldBe(4);

        var run = post.Run("test", TimeSpan.FromHours(2), null, CancellationToken.None); // it stands by, and hears of it
        foreach (var lane in lanes)
            (await new CommandLane(world.Database.Source, TimeProvider.System).Run(lane.Target, LaneCommand.Resume, "mara", "it is back", CancellationToken.None))
                .ShouldBe(new LaneOutcome.Done(LaneMode.Running));
        (await run).Waiting.ShouldBe(0);
        await world.AllPostedOnce();
        (await Lanes(world)).ShouldAllBe(lane => lane.State == "running");
    }

    private static Task<IReadOnlyList<LaneView>> Lanes(World world) => new ReadLanes(world.Database.Source, TimeProvider.System).All(CancellationToken.None);
}
