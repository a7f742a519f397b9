using FsCheck;
using FsCheck.Fluent;
using Tieout.Domain.Posting.Lanes;

namespace Tieout.Domain.Tests.Posting.Lanes;

public class LaneSteeringTests
{
    private static readonly Config Often = Config.QuickThrowOnFailure.WithMaxTest(300).WithQuietOnSuccess(true);
    private static readonly DateTimeOffset Start = new(2026, 11, 20, 9, 0, 0, TimeSpan.Zero);

    [Fact]
    public void One_alone_gets_all_and_a_second_gets_its_half_as_the_first_gives_back()
    {
        var world = new World(15, null);
        world.Beat(1, wanted: 15, inUse: 0).Slots.ShouldBe(15);
        world.Beat(2, wanted: 15, inUse: 0).Slots.ShouldBe(0);  // all are held
        world.Beat(1, wanted: 15, inUse: 15).Slots.ShouldBe(8); // it may begin no more than eight, and still has fifteen
        world.Beat(2, wanted: 15, inUse: 0).Slots.ShouldBe(0);
        world.Beat(1, wanted: 15, inUse: 8).Slots.ShouldBe(8);
        world.Beat(2, wanted: 15, inUse: 0).Slots.ShouldBe(7);
        world.Beat(1, wanted: 0, inUse: 0).Slots.ShouldBe(0);   // it ends
        world.Beat(2, wanted: 15, inUse: 7).Slots.ShouldBe(15);
    }

    [Fact]
    public void What_people_said_and_what_the_erp_asked_one_for_all_are_told()
    {
        var world = new World(15, null);
        world.Beat(1, wanted: 15, inUse: 0, hold: Start.AddMinutes(1));
        world.Beat(2, wanted: 15, inUse: 0).HoldUntil.ShouldBe(Start.AddMinutes(1));
        world.Lane = world.Lane with { Mode = LaneMode.Paused };
        world.Beat(2, wanted: 15, inUse: 0).Mode.ShouldBe(LaneMode.Paused);
    }

    [Fact]
    public void Never_more_held_than_there_is_whoever_comes_goes_or_is_turned_away() => Prop.ForAll(
        Gen.Choose(1, 20).ToArbitrary(),
        (from node in Gen.Choose(1, 4) from wanted in Gen.Choose(0, 20) from use in Gen.Choose(0, 100) from away in Gen.Choose(0, 9) select (node, wanted, use, away))
            .ListOf(80).ToArbitrary(),
        (slots, beats) =>
        {
            var world = new World(slots, 60);
            return beats.All(beat =>
            {
                world.Beat(beat.node, beat.wanted, world.Held(beat.node) * beat.use / 100, turnedAway: beat.away == 0 ? 1 : 0);
                return world.AllHeld <= slots;
            });
        }).Check(Often);

    [Fact]
    public void All_programs_together_begin_no_more_calls_than_the_rate() => Prop.ForAll(
        Gen.Choose(1, 600).ToArbitrary(),
        (from node in Gen.Choose(1, 3) from spent in Gen.Choose(0, 100) select (node, spent)).ListOf(240).ToArbitrary(),
        (rate, beats) =>
        {
            var world = new World(10, rate);
            var spent = 0;
            foreach (var (node, share) in beats) // a quarter of a second each: a minute
            {
                var calls = world.Tokens(node) * share / 100;
                spent += calls;
                world.Beat(node, wanted: 10, inUse: 0, requests: calls);
            }
            return spent <= rate + Math.Max(1m, rate / 6m) + 1;
        }).Check(Often);

    private sealed class World(int slots, int? calls)
    {
        private readonly Dictionary<int, NodeSlots> _nodes = [];
        private DateTimeOffset _now = Start;

        public SharedLane Lane { get; set; } = LaneSteering.New(slots, calls, Start);

        public int AllHeld => _nodes.Values.Sum(node => node.Held);

        public int Held(int node) => _nodes.TryGetValue(node, out var held) ? held.Held : 0;

        public int Tokens(int node) => _nodes.TryGetValue(node, out var held) ? held.Tokens : 0;

        public LaneGrant Beat(int node, int wanted, int inUse, int turnedAway = 0, int requests = 0, DateTimeOffset? hold = null)
        {
            _now += TimeSpan.FromMilliseconds(250);
            var report = new LaneReport(node, wanted, inUse, 5, turnedAway, hold ?? DateTimeOffset.MinValue, 0, TimeSpan.Zero, requests);
            var (lane, mine, grant) = LaneSteering.After(
                Lane, [.. _nodes.Values.Where(other => other.Node != node)], _nodes.GetValueOrDefault(node), report, slots, calls, _now);
            (Lane, _nodes[node]) = (lane, mine);
            return grant;
        }
    }
}
