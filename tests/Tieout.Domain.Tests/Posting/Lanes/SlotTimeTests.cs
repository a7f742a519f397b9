using Tieout.Domain.Posting.Lanes;

namespace Tieout.Domain.Tests.Posting.Lanes;

public class SlotTimeTests
{
    [Fact]
    public void While_something_in_hand_is_not_sent_every_slot_counts()
    {
        var began = Ten(at: 0);
        var found = began.Found(began, S(2));
        found.Total.ShouldBe(S(20)); // claiming it took two seconds, in which nothing went
        found.Until(S(3)).Total.ShouldBe(S(30));
    }

    [Fact]
    public void While_all_in_hand_is_sent_each_call_counts_for_itself_until_it_is_recorded()
    {
        var one = Ten(at: 0).Found(Ten(at: 0), S(0)).Sends(S(0));
        one.Until(S(60)).Total.ShouldBe(S(60)); // one slow call is no slow lane
        one.Until(S(60)).Done(sent: true, S(60)).Until(S(9_000)).Total.ShouldBe(S(60));
    }

    [Fact]
    public void A_quiet_night_and_looking_in_vain_count_nothing()
    {
        var quiet = Ten(at: 0).Until(S(30_000));
        quiet.Total.ShouldBe(TimeSpan.Zero);
        var after = quiet.Found(quiet, S(30_001)).Done(sent: false, S(30_002));
        after.Total.ShouldBe(S(20));
        after.Until(S(90_000)).Total.ShouldBe(S(20));
    }

    [Fact]
    public void One_that_sees_nothing_while_another_prepares_what_waits_makes_no_lane_faster()
    {
        // Customers are introduced for 60 seconds; the others send what there is in a call of a tenth of a second every second.
        var time = Ten(at: 0);
        var introducing = time.Found(time, S(0));
        var pace = Pace.Unknown;
        for (var second = 1; second <= 60; second++)
        {
            var looking = introducing.Until(S(second) - S(0.2m));
            introducing = looking.Found(looking, S(second) - S(0.1m)).Sends(S(second) - S(0.1m)).Done(sent: true, S(second));
            pace = Pace.Unknown.After(second * 50, introducing.Total, second);
        }
        introducing.Total.ShouldBe(S(600));
        pace.PerSecond(10, null).ShouldBe(50m); // what finance sees
    }

    [Fact]
    public void What_was_counted_while_it_looked_is_not_counted_twice()
    {
        var time = Ten(at: 0).Found(Ten(at: 0), S(0)).Sends(S(0)); // one call on the wire
        var looking = time.Until(S(1));
        looking.Found(looking, S(3)).Total.ShouldBe(S(21));        // a second of one slot, two of all ten
        var sent = looking.Found(looking, S(3)).Sends(S(3)).Until(S(4));
        sent.Total.ShouldBe(S(23));                                // and one of two
        sent.Found(looking, S(5)).Total.ShouldBe(S(41));           // another that had looked since the first second
        looking.Found(looking, S(3)).Found(looking, S(4)).Until(S(5)).Total.ShouldBe(S(41)); // both at once: there are ten, not twenty
    }

    [Fact]
    public void Only_slots_that_are_ours_count_and_of_many_hands_no_more_than_there_are()
    {
        var time = Enumerable.Range(0, 25).Aggregate(Ten(at: 0), (before, _) => before.Found(before, S(0)).Sends(S(0)));
        time.Until(S(1)).Total.ShouldBe(S(10));
        time.With(4, S(1)).Until(S(2)).Total.ShouldBe(S(14));
        time.With(0, S(1)).Until(S(2)).Total.ShouldBe(S(10));
        time.Until(S(1)).Until(S(0)).ShouldBe(time.Until(S(1))); // clocks of several processors
    }

    [Fact]
    public void Programs_that_share_a_lane_add_up_to_its_pace()
    {
        // Two programs with seven and eight of fifteen slots, busy for a minute: 210 and 240 documents.
        var (few, many) = (Busy(7), Busy(8));
        var pace = Pace.Unknown.After(210, few, 210).After(240, many, 240);
        pace.PerSecond(15, null)!.Value.ShouldBeInRange(7.3m, 7.7m); // 450 a minute, all but what was forgotten
        pace.PerSecond(15, 60).ShouldBe(1m); // a call a second, a document a call
        Pace.Unknown.PerSecond(15, 60).ShouldBeNull();

        static TimeSpan Busy(int slots)
        {
            var time = SlotTime.None.With(slots, TimeSpan.Zero);
            return time.Found(time, TimeSpan.Zero).Until(TimeSpan.FromMinutes(1)).Total;
        }
    }

    private static SlotTime Ten(int at) => SlotTime.None.With(10, S(at));

    private static TimeSpan S(decimal seconds) => TimeSpan.FromTicks((long)(seconds * TimeSpan.TicksPerSecond));
}
