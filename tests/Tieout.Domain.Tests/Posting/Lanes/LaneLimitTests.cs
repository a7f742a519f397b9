using FsCheck;
using FsCheck.Fluent;
using Tieout.Domain.Posting;
using Tieout.Domain.Posting.Lanes;
using static Tieout.Domain.Tests.Amounts;

namespace Tieout.Domain.Tests.Posting.Lanes;

/// <summary>How much an ERP takes at once, in a minute, and after trouble.</summary>
public class LaneLimitTests
{
    private static readonly Config Often = Config.QuickThrowOnFailure.WithMaxTest(500).WithQuietOnSuccess(true);
    private static readonly DateTimeOffset Start = new(2026, 11, 20, 9, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("15", 0, 1, 15, "11.25", 11)]   // a quarter fewer
    [InlineData("15", 0, 9, 15, "11.25", 11)]   // turned away together: one sign
    [InlineData("1.2", 0, 1, 15, "1", 1)]       // never below one
    [InlineData("10", 100, 0, 15, "11", 11)]    // ten rounds of ten: one more
    [InlineData("10", 50, 0, 15, "10.5", 10)]
    [InlineData("14.95", 100, 0, 15, "15", 15)] // never above what is configured
    [InlineData("15", 10, 0, 4, "4", 4)]        // configured to fewer since
    [InlineData("10", 500, 1, 15, "7.5", 7)]    // answers beside the refusal do not count
    public void Slots_grow_by_one_every_ten_rounds_and_shrink_by_a_quarter(string now, int answered, int turnedAway, int most, string then, int slots)
    {
        var after = new SlotLimit(D(now), DateTimeOffset.MinValue).After(answered, turnedAway, most, Start);
        after.Now.ShouldBe(D(then));
        after.Slots(most).ShouldBe(slots);
    }

    [Fact]
    public void Slots_shrink_once_a_second_at_most()
    {
        var first = SlotLimit.Unlimited(16).After(0, 1, 16, Start);
        first.After(0, 5, 16, Start.AddMilliseconds(999)).Slots(16).ShouldBe(12);
        first.After(0, 5, 16, Start.AddSeconds(1)).Slots(16).ShouldBe(9);
    }

    [Fact]
    public void Less_than_one_slot_is_refused() => Should.Throw<ArgumentOutOfRangeException>(() => SlotLimit.Unlimited(0));

    [Fact]
    public void Slots_stay_between_one_and_what_is_configured() => Prop.ForAll(
        Gen.Choose(1, 64).ToArbitrary(), Gen.Choose(-3, 400).ListOf().ToArbitrary(), (most, answers) =>
        {
            var (limit, now) = (SlotLimit.Unlimited(most), Start);
            return answers.All(answered =>
            {
                limit = limit.After(Math.Max(0, answered), answered < 0 ? 1 : 0, most, now += TimeSpan.FromMilliseconds(500));
                return limit.Slots(most) >= 1 && limit.Slots(most) <= most;
            });
        }).Check(Often);

    [Theory]
    [InlineData(15, "8,8", "8,7")]
    [InlineData(15, "15,15,15", "5,5,5")]
    [InlineData(16, "15,15,15", "6,5,5")] // what does not divide goes to the lowest number
    [InlineData(15, "2,15", "2,13")]      // what one leaves the other gets
    [InlineData(15, "0,1,99", "0,1,14")]
    [InlineData(2, "9,9,9", "1,1,0")]
    [InlineData(0, "9,9", "0,0")]
    [InlineData(5, "", "")]
    public void Slots_are_shared_equally_and_nobody_gets_more_than_it_wants(int slots, string wanted, string shares) =>
        string.Join(',', SlotShares.Of(slots, Wishes(Numbers(wanted))).OrderBy(share => share.Key).Select(share => share.Value)).ShouldBe(shares);

    [Fact]
    public void Shares_add_up_to_what_there_is_or_what_is_wanted_and_differ_by_one_at_most() => Prop.ForAll(
        Gen.Choose(0, 64).ToArbitrary(), Gen.Choose(0, 20).ListOf().ToArbitrary(), (slots, wanted) =>
        {
            var shares = SlotShares.Of(slots, Wishes([.. wanted]));
            var unsatisfied = shares.Where(share => share.Value < wanted[share.Key]).Select(share => share.Value).ToList();
            return shares.Values.Sum() == Math.Min(slots, wanted.Sum())
                && shares.All(share => share.Value <= wanted[share.Key])
                && (unsatisfied.Count == 0 || shares.Values.Max() - unsatisfied.Min() <= 1);
        }).Check(Often);

    [Theory]
    [InlineData(60, 0, 10, 10)]    // ten seconds' worth is saved, no more
    [InlineData(60, 3600, 10, 10)]
    [InlineData(60, 5, 0, 5)]
    [InlineData(60, 1, -3, 0)]     // what is owed is paid first
    [InlineData(1, 59, 0, 0)]
    [InlineData(1, 60, 0, 1)]
    public void Calls_drip_in(int perMinute, int seconds, int tokens, int granted) =>
        new TokenBucket(tokens, Start).Until(Start.AddSeconds(seconds), perMinute).Take(1).Granted.ShouldBe(granted);

    [Fact]
    public void A_clock_set_back_takes_no_calls_away() => new TokenBucket(3, Start).Until(Start.AddHours(-1), 60).Tokens.ShouldBe(3m);

    [Fact]
    public void No_minute_sees_more_calls_than_the_rate_and_what_was_saved() => Prop.ForAll(
        Gen.Choose(1, 600).ToArbitrary(), Gen.Choose(1, 4).ToArbitrary(), Gen.Choose(0, 40).ListOf(120).ToArbitrary(), (rate, programs, wishes) =>
        {
            var (bucket, now, spent, granted) = (TokenBucket.Full(rate, Start), Start, 0, 0);
            foreach (var wish in wishes) // one beat after the other, each program using what it likes of what it has
            {
                bucket = bucket.Settled(granted, Math.Min(wish, granted)).Until(now += TimeSpan.FromMilliseconds(500), rate);
                spent += Math.Min(wish, granted);
                (bucket, granted) = bucket.Take(programs);
            }
            return spent <= rate + Math.Max(1m, rate / 6m) + 1;
        }).Check(Often);

    [Theory]
    [InlineData(0, null, false, 1)]   // first trouble: a second
    [InlineData(3, null, false, 8)]   // doubling
    [InlineData(30, null, false, 60)] // up to the longest
    [InlineData(0, 45, true, 45)]     // Retry-After is obeyed
    [InlineData(7, 45, true, 45)]
    [InlineData(0, null, true, 0)]    // turned away once: that only costs slots
    [InlineData(1, null, true, 1)]    // again without an answer in between: it waits
    public void The_circuit_opens_for_longer_with_every_failure(int failures, int? retryAfter, bool turnedAway, int seconds)
    {
        var circuit = new CircuitBreaker(failures, DateTimeOffset.MinValue)
            .AfterTrouble(retryAfter is { } wait ? TimeSpan.FromSeconds(wait) : null, turnedAway, Start, Policy, 0.5m);
        circuit.Failures.ShouldBe(failures + 1);
        circuit.IsOpen(Start).ShouldBe(seconds > 0);
        if (seconds == 0) return;
        circuit.OpenUntil.ShouldBe(Start.AddSeconds(seconds));
        circuit.IsHalfOpen(Start.AddSeconds(seconds)).ShouldBeTrue();
    }

    [Fact]
    public void Trouble_met_together_is_one_failure_but_the_longest_wish_to_wait_counts()
    {
        var once = CircuitBreaker.Closed.AfterTrouble(null, false, Start, Policy, 0.5m);
        once.AfterTrouble(null, false, Start, Policy, 0.5m).ShouldBe(once);
        once.AfterTrouble(TimeSpan.FromMinutes(2), true, Start, Policy, 0.5m).ShouldBe(new CircuitBreaker(1, Start.AddMinutes(2)));
    }

    [Fact]
    public void An_answer_closes_it_unless_it_was_on_its_way_before()
    {
        var open = CircuitBreaker.Closed.AfterTrouble(null, false, Start, Policy, 0.5m);
        open.AfterAnswer(Start).ShouldBe(open);
        open.AfterAnswer(open.OpenUntil).ShouldBe(CircuitBreaker.Closed);
    }

    [Theory]
    [InlineData(LaneMode.Running, LaneCommand.Pause, LaneMode.Paused)]
    [InlineData(LaneMode.Running, LaneCommand.Drain, LaneMode.Draining)]
    [InlineData(LaneMode.Running, LaneCommand.Resume, null)]
    [InlineData(LaneMode.Draining, LaneCommand.Pause, LaneMode.Paused)]
    [InlineData(LaneMode.Draining, LaneCommand.Drain, null)]
    [InlineData(LaneMode.Draining, LaneCommand.Resume, LaneMode.Running)]
    [InlineData(LaneMode.Paused, LaneCommand.Pause, null)]
    [InlineData(LaneMode.Paused, LaneCommand.Drain, LaneMode.Draining)]
    [InlineData(LaneMode.Paused, LaneCommand.Resume, LaneMode.Running)]
    public void A_command_leads_to_its_mode_or_changes_nothing(LaneMode from, LaneCommand command, LaneMode? to) => LaneCommands.After(from, command, held: false).ShouldBe(to);

    [Fact]
    public void Only_resuming_lifts_what_the_erp_asked_to_wait_and_may_be_said_of_a_running_lane_then()
    {
        LaneCommands.After(LaneMode.Running, LaneCommand.Resume, held: true).ShouldBe(LaneMode.Running);
        LaneCommands.After(LaneMode.Paused, LaneCommand.Pause, held: true).ShouldBeNull();
        LaneCommands.After(LaneMode.Draining, LaneCommand.Drain, held: true).ShouldBeNull();
    }

    private static PostingPolicy Policy => new(12, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(10));

    private static List<SlotWish> Wishes(IReadOnlyList<int> wanted) => [.. wanted.Select((want, node) => new SlotWish(node, want))];

    private static List<int> Numbers(string text) =>
        [.. text.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(one => int.Parse(one, System.Globalization.CultureInfo.InvariantCulture))];
}
