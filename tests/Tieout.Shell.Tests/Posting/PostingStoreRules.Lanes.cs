using Tieout.Application.Posting;
using Tieout.Application.Posting.Lanes;
using Tieout.Domain.Posting;
using Tieout.Domain.Posting.Lanes;

namespace Tieout.Shell.Tests.Posting;

public abstract partial class PostingStoreRules
{
    [Fact]
    public async Task Two_programs_never_hold_more_slots_together_than_the_target_has()
    {
        await using var world = await WithLane();
        var slots = world.Target.Connector.Limits.Slots;
        slots.ShouldBe(2);
        var (one, other) = (await world.Store.Join(default), await world.Store.Join(default));
        (await Steer(world, one, wanted: 2)).Slots.ShouldBe(2);
        (await Steer(world, other, wanted: 2)).Slots.ShouldBe(0);
        (await Steer(world, one, wanted: 2, inUse: 2)).Slots.ShouldBe(1);
        (await Steer(world, other, wanted: 2)).Slots.ShouldBe(0); // the first still has a call on both
        (await Steer(world, one, wanted: 2, inUse: 1)).Slots.ShouldBe(1);
        (await Steer(world, other, wanted: 2)).Slots.ShouldBe(1);
        await one.DisposeAsync();
        (await Steer(world, other, wanted: 2)).Slots.ShouldBe(2); // what the dead held is nobody's
    }

    [Fact]
    public async Task A_program_that_does_not_tell_in_time_holds_nothing()
    {
        await using var world = await WithLane();
        var (one, other) = (await world.Store.Join(default), await world.Store.Join(default));
        (await Steer(world, one, wanted: 2)).Slots.ShouldBe(2);
        world.Advance(LaneShare.Lease + TimeSpan.FromSeconds(1));
        (await Steer(world, other, wanted: 2)).Slots.ShouldBe(2);
        (await Steer(world, one, wanted: 2)).Slots.ShouldBe(0);
    }

    [Fact]
    public async Task What_an_erp_asked_one_program_all_keep_to_and_calls_turned_away_cost_slots()
    {
        await using var world = await WithLane();
        var (one, other) = (await world.Store.Join(default), await world.Store.Join(default));
        var until = world.Store.Now + TimeSpan.FromMinutes(1);
        (await Steer(world, one, wanted: 2, turnedAway: 1, hold: until)).Slots.ShouldBe(1);
        ShouldBeAbout((await Steer(world, other, wanted: 2)).HoldUntil, until);
        ShouldBeAbout((await world.Store.Lanes([world.Target], default)).ShouldHaveSingleItem().HoldUntil, until);
    }

    [Fact]
    public async Task Resuming_lifts_what_the_erp_asked_to_wait_also_of_a_lane_that_runs()
    {
        await using var world = await WithLane();
        var (command, node, name) = (new CommandLane(world.Store), await world.Store.Join(default), world.Target.Name);
        await Steer(world, node, wanted: 2, hold: world.Store.Now + TimeSpan.FromMinutes(50));
        (await command.Run(name, LaneCommand.Resume, "mara", "the ERP is back", default)).ShouldBe(new LaneOutcome.Done(LaneMode.Running));
        (await Steer(world, node, wanted: 2)).HoldUntil.ShouldBeLessThan(world.Store.Now);
        var standing = (await world.Store.Lanes([world.Target], default)).ShouldHaveSingleItem();
        (standing.Mode, standing.Actor, standing.Reason).ShouldBe((LaneMode.Running, "mara", "the ERP is back"));
        (await command.Run(name, LaneCommand.Resume, "mara", "the ERP is back", default)).ShouldBeOfType<LaneOutcome.AlreadySo>();
    }

    [Fact]
    public async Task Calls_a_minute_are_shared()
    {
        await using var world = await WithLane(calls: 60);
        var target = world.Target with { Lane = LaneSettings.Default with { CallsPerMinute = 60 } };
        var (one, other) = (await world.Store.Join(default), await world.Store.Join(default));
        (await Steer(world, one, wanted: 2, target: target)).Tokens.ShouldBe(10);
        (await Steer(world, other, wanted: 2, target: target)).Tokens.ShouldBe(0);
        (await Steer(world, one, wanted: 2, requests: 9, target: target)).Tokens.ShouldBe(1);
        world.Advance(TimeSpan.FromSeconds(4));
        (await Steer(world, other, wanted: 2, target: target)).Tokens.ShouldBe(2); // half of four
        (await Steer(world, one, wanted: 2, requests: 1, target: target)).Tokens.ShouldBe(1);
    }

    [Fact]
    public async Task Who_has_no_slot_keeps_no_calls_from_those_who_have()
    {
        await using var world = await WithLane(calls: 6);
        var target = world.Target with { Lane = LaneSettings.Default with { CallsPerMinute = 6 } };
        var (one, other) = (await world.Store.Join(default), await world.Store.Join(default));
        (await Steer(world, one, wanted: 2, target: target)).Tokens.ShouldBe(1);
        (await Steer(world, one, wanted: 2, inUse: 2, requests: 1, target: target)).Tokens.ShouldBe(0);
        world.Advance(TimeSpan.FromSeconds(10)); // one call drips in
        var without = await Steer(world, other, wanted: 2, target: target);
        (without.Slots, without.Tokens).ShouldBe((0, 0));
        (await Steer(world, one, wanted: 2, inUse: 2, target: target)).Tokens.ShouldBe(1);
    }

    [Fact]
    public async Task A_lane_is_told_once_and_every_program_hears_of_it_with_who_and_why()
    {
        await using var world = await WithLane();
        var command = new CommandLane(world.Store);
        var node = await world.Store.Join(default);
        var name = world.Target.Name;
        (await command.Run(name, LaneCommand.Pause, "mara", "the ERP is upgraded", default)).ShouldBe(new LaneOutcome.Done(LaneMode.Paused));
        (await Steer(world, node, wanted: 2)).Mode.ShouldBe(LaneMode.Paused);
        world.Advance(TimeSpan.FromMinutes(1));
        var again = (await command.Run(name, LaneCommand.Pause, "tom", "me too", default)).ShouldBeOfType<LaneOutcome.AlreadySo>();
        (again.Mode, again.Actor, again.Reason).ShouldBe((LaneMode.Paused, "mara", "the ERP is upgraded"));
        again.At!.Value.ShouldBeLessThan(world.Store.Now);
        var standing = (await world.Store.Lanes([world.Target], default)).ShouldHaveSingleItem();
        (standing.Mode, standing.Actor, standing.Reason).ShouldBe((LaneMode.Paused, "mara", "the ERP is upgraded"));
        await world.Store.RememberLanes([world.Target], default); // another program starts: it stays paused
        (await Steer(world, node, wanted: 2)).Mode.ShouldBe(LaneMode.Paused);
        (await command.Run(name, LaneCommand.Drain, "mara", "done soon", default)).ShouldBe(new LaneOutcome.Done(LaneMode.Draining));
        (await command.Run(name, LaneCommand.Resume, "mara", "done", default)).ShouldBe(new LaneOutcome.Done(LaneMode.Running));
        (await command.Run(name, LaneCommand.Resume, "mara", "done", default)).ShouldBeOfType<LaneOutcome.AlreadySo>();
        (await Steer(world, node, wanted: 2)).Mode.ShouldBe(LaneMode.Running);
    }

    [Fact]
    public async Task An_unknown_lane_and_nobody_who_decides_change_nothing()
    {
        await using var world = await WithLane();
        var command = new CommandLane(world.Store);
        (await command.Run("sap-mars", LaneCommand.Pause, "mara", "why not", default)).ShouldBeOfType<LaneOutcome.NotFound>().Targets.ShouldContain(world.Target.Name);
        (await command.Run(world.Target.Name, LaneCommand.Pause, " ", null, default)).ShouldBeOfType<LaneOutcome.Unreadable>().Errors.Keys.ShouldBe(["actor", "reason"]);
        (await world.Store.Lanes([world.Target], default)).ShouldHaveSingleItem().Mode.ShouldBe(LaneMode.Running);
    }

    [Fact]
    public async Task A_lane_that_restored_books_have_forgotten_is_remembered_when_a_program_tells_of_it()
    {
        await using var world = await Start();
        (await world.Store.Lanes([world.Target], default)).ShouldBeEmpty();
        (await Steer(world, await world.Store.Join(default), wanted: 2)).Slots.ShouldBe(2);
        (await world.Store.Lanes([world.Target], default)).ShouldHaveSingleItem().Mode.ShouldBe(LaneMode.Running);
    }

    [Fact]
    public async Task Turns_decide_what_is_claimed_first()
    {
        await using var world = await Ready(turn: index => 100 - index);
        var node = await world.Store.Join(default);
        (await world.Claim(node, 1)).Postings.ShouldHaveSingleItem().BusinessKey.ShouldBe(world.Keys[2]);
        (await world.Claim(node, 1)).Postings.ShouldHaveSingleItem().BusinessKey.ShouldBe(world.Keys[1]);
        (await world.Claim(node, 2)).Postings.ShouldHaveSingleItem().BusinessKey.ShouldBe(world.Keys[0]);
    }

    [Fact]
    public async Task Documents_of_some_accounts_can_be_passed_over()
    {
        await using var world = await Start();
        await world.Route();
        var staged = await world.Store.OldestStaged(world.Target, 10);
        staged.Select(document => document.LegalEntityId).Distinct().ShouldHaveSingleItem();
        staged.ShouldAllBe(document => document.Kind == "invoice" && document.Month == new DateOnly(2026, 11, 1));
        var others = await world.Store.OldestStaged(world.Target, 10, [staged[0].BillingAccountId]);
        others.Select(document => document.Id).ShouldBe(staged.Skip(1).Select(document => document.Id));
    }

    [Fact]
    public async Task What_is_only_to_be_sent_is_no_doubt()
    {
        await using var world = await Ready();
        (await world.Store.DoubtIsDue([world.Target], default)).ShouldBeFalse();
        var batch = await world.Claim(await world.Store.Join(default), 3);
        (await world.Store.DoubtIsDue([world.Target], default)).ShouldBeTrue();
        await world.Record(batch, new PostingChange(PostingState.InDoubt, world.Store.Now + TimeSpan.FromMinutes(1)), "no-answer");
        (await world.Store.DoubtIsDue([world.Target], default)).ShouldBeFalse();
        world.Advance(TimeSpan.FromMinutes(1));
        (await world.Store.DoubtIsDue([world.Target], default)).ShouldBeTrue();
    }

    private async Task<StoreWorld> WithLane(int? calls = null)
    {
        var world = await Start();
        await world.Store.RememberLanes([world.Target with { Lane = LaneSettings.Default with { CallsPerMinute = calls } }], default);
        return world;
    }

    private static Task<LaneGrant> Steer(
        StoreWorld world, IPostingNode node, int wanted, int inUse = 0, int turnedAway = 0, int requests = 0, DateTimeOffset? hold = null, DeliveryTarget? target = null) =>
        world.Store.Steer(
            target ?? world.Target, new LaneReport(node.Number, wanted, inUse, 0, turnedAway, hold ?? DateTimeOffset.MinValue, 0, TimeSpan.Zero, requests), "", null, default);

    // PostgreSQL keeps microseconds.
    private static void ShouldBeAbout(DateTimeOffset at, DateTimeOffset wanted) => (at - wanted).Duration().ShouldBeLessThan(TimeSpan.FromMilliseconds(1));
}
