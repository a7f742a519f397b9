using Tieout.Application.Posting.Lanes;
using Tieout.Domain.Posting.Lanes;
using Tieout.Shell.Tests.Database;

namespace Tieout.Shell.Tests.Posting;

/// <summary>Lanes over real books and the SAP stand-in's own ledger.</summary>
public sealed class LaneStories(PostgresFixture postgres)
{
    [Fact]
    public async Task A_paused_lane_sends_nothing_and_says_who_and_why_and_a_resumed_one_goes_on()
    {
        await using var world = await World.Start(postgres, 20);
        (await world.Deliver(world.Targets(), patienceSeconds: 0)).ShouldNotBeNull();
        await world.AllPostedOnce(); // both lanes are known now
        await world.Bill(World.NextMonth);
        await Tell(world, "sap-us", LaneCommand.Pause, "the ERP is upgraded");
        var summary = await world.Deliver();
        summary.Waiting.ShouldBe(10);
        summary.Troubles.ShouldBe(["sap-us: paused by mara: the ERP is upgraded"]);
        (await world.Count("posting.posting where state = 'posted'")).ShouldBe(30);
        var lanes = (await Read(world)).ToDictionary(lane => lane.Target);
        (lanes["sap-us"].State, lanes["sap-us"].Why, lanes["sap-us"].Waiting.Documents).ShouldBe(("paused", "mara: the ERP is upgraded", 10));
        lanes["sap-us"].Forecast.Words.ShouldBe("10 documents, not before it is resumed");
        (lanes["sap-de"].State, lanes["sap-de"].Forecast.Words).ShouldBe(("running", "nothing waits"));
        lanes["sap-de"].DocumentsPerHour.ShouldNotBeNull();

        await Tell(world, "sap-us", LaneCommand.Resume, "done");
        (await world.Deliver()).Waiting.ShouldBe(0);
        await world.AllPostedOnce();
        var told = (await new ReadLanes(world.Database.Source, TimeProvider.System).One("sap-us", CancellationToken.None))!.Commands;
        told.Select(command => (command.Command, command.Actor, command.Reason)).ShouldBe([("resume", "mara", "done"), ("pause", "mara", "the ERP is upgraded")]);
    }

    [Fact]
    public async Task Pausing_while_documents_are_on_their_way_finishes_what_is_on_the_wire_and_begins_nothing()
    {
        await using var world = await World.Start(postgres, 40);
        await world.Deliver();
        await world.Bill(World.NextMonth);
        var sent = 0;
        var targets = world.Targets(inner => new Meddling(inner)
        {
            // Said while the first call is on the wire; the call ends only once all programs have been told.
            AfterSend = async _ =>
            {
                if (Interlocked.Increment(ref sent) != 1) return;
                await Tell(world, "sap-us", LaneCommand.Pause, "stop");
                await Tell(world, "sap-de", LaneCommand.Drain, "stop");
            },
        });
        await world.Deliver([.. targets.Select(target => target with { Settings = target.Settings with { BatchSize = 1 } })]);
        await world.Deliver();
        (await world.Count("posting.posting where state = 'sending'")).ShouldBe(0);
        foreach (var target in new[] { "sap-us", "sap-de" }) await Tell(world, target, LaneCommand.Resume, "go on");
        (await world.Deliver()).Waiting.ShouldBe(0);
        await world.AllPostedOnce();
        (await world.Count("posting.posting where tries > 1")).ShouldBe(0);
    }

    [Fact]
    public async Task However_often_an_erp_turns_calls_away_no_document_loses_a_try_or_fails()
    {
        await using var world = await World.Start(postgres, 30);
        await world.Fault("throttle-429", count: 14, seconds: 0);
        (await world.Deliver(world.Targets(policy: World.Policy with { Attempts = 1 }), patienceSeconds: 30)).Waiting.ShouldBe(0);
        await world.AllPostedOnce();
        (await world.Count("posting.posting where tries <> 1")).ShouldBe(0);
        (await world.Count("exceptions.exception_case where subject_kind = 'posting'")).ShouldBe(0);
        (await Read(world)).Sum(lane => lane.TurnedAway).ShouldBe(14);
    }

    [Fact]
    public async Task A_closed_lane_says_when_it_opens_and_nothing_goes()
    {
        await using var world = await World.Start(postgres, 10);
        var inThreeDays = DateTime.UnixEpoch.AddDays((TimeProvider.System.GetUtcNow() - DateTimeOffset.UnixEpoch).Days + 3).ToString("ddd", System.Globalization.CultureInfo.InvariantCulture);
        var hours = new LaneHours(TimeZoneInfo.Utc, [WeeklyWindow.Parse(inThreeDays.ToLowerInvariant() + " 10:00-11:00")], []);
        var closed = world.Targets().Select(target => target with { Lane = LaneSettings.Default with { Hours = hours } }).ToList();
        var summary = await world.Deliver(closed);
        summary.Waiting.ShouldBe(10);
        summary.Troubles.Count.ShouldBe(2);
        summary.Troubles.ShouldAllBe(trouble => trouble.Contains("closed until"));
        (await world.Count("posting.exchange")).ShouldBe(0);
        (await Read(world)).ShouldAllBe(lane => lane.State == "closed" && lane.Until != null);
        (await world.Deliver()).Waiting.ShouldBe(0); // the file names no hours any more
        (await Read(world)).ShouldAllBe(lane => lane.State == "running");
    }

    [Fact]
    public async Task The_database_too_refuses_more_slots_than_there_are_a_mode_nobody_said_and_another_history()
    {
        await using var world = await World.Start(postgres, 2);
        await world.Deliver();
        await Tell(world, "sap-us", LaneCommand.Pause, "stop");
        async Task<string?> Refused(string sql) => (await Should.ThrowAsync<Npgsql.PostgresException>(() => world.Database.Execute(sql))).ConstraintName;
        (await Refused("update posting.lane set mode = 'running' where target = 'sap-us'")).ShouldBe("lane_mode_was_told");
        (await Refused("insert into posting.lane_share (target, node, wanted, slots, in_use, told_at, until) values ('sap-us', 999, 65, 65, 0, now(), now() + interval '1 minute')"))
            .ShouldBe("lane_share_within_its_slots");
        await Should.ThrowAsync<Npgsql.PostgresException>(() => world.Database.Execute("update posting.lane_command set actor = 'tom'"));
        await Should.ThrowAsync<Npgsql.PostgresException>(() => world.Database.Execute("delete from posting.lane_command"));
    }

    private static Task<IReadOnlyList<LaneView>> Read(World world) => new ReadLanes(world.Database.Source, TimeProvider.System).All(CancellationToken.None);

    private static async Task Tell(World world, string target, LaneCommand command, string reason) =>
        (await new CommandLane(world.Database.Source, TimeProvider.System).Run(target, command, "mara", reason, CancellationToken.None)).ShouldBeOfType<LaneOutcome.Done>();
}
