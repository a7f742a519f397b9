using System.Globalization;
using Tieout.Domain.Posting.Lanes;
using static Tieout.Domain.Tests.Amounts;

namespace Tieout.Domain.Tests.Posting.Lanes;

public class LaneForecastTests
{
    private static readonly DateTimeOffset Now = At("2026-11-20T22:00:00Z");

    /// <summary>A slot settles five documents a second unless another pace is given.</summary>
    [Theory]
    [InlineData(0, "1", 15, null, "nothing waits")]
    [InlineData(4210, "0.016708", 15, null, "4,210 documents, at 15 slots done by 2026-11-21 02:40 UTC")]
    [InlineData(75, "5", 15, null, "75 documents, at 15 slots done by 22:01 UTC")]    // rounded up to the minute
    [InlineData(1, "5", 1, null, "1 document, at 1 slot done by 22:01 UTC")]
    [InlineData(600, "5", 15, 60, "600 documents, at 15 slots done by 22:10 UTC")]    // a call a second, a document a call
    [InlineData(9_000_000_000, "0.0001", 1, null, "9,000,000,000 documents, at 1 slot not done within sixty days")]
    public void Reckons_with_what_was_measured(long documents, string perSlot, int slots, int? calls, string words) =>
        LaneForecast.Of(documents, LaneMode.Running, new Pace(D(perSlot) * 1000, 1000, D(perSlot) * 1000), slots, calls, LaneHours.Always, Now, Now).Words.ShouldBe(words);

    [Fact]
    public void Says_what_it_does_not_know()
    {
        var pace = new Pace(10, 10, 10);
        LaneForecast.Of(7, LaneMode.Running, Pace.Unknown, 15, null, LaneHours.Always, Now, Now).ShouldBe(new LaneForecast(7, 15, null, "7 documents, not measured yet"));
        LaneForecast.Of(7, LaneMode.Paused, pace, 15, null, LaneHours.Always, Now, Now).Words.ShouldBe("7 documents, not before it is resumed");
        LaneForecast.Of(7, LaneMode.Draining, pace, 15, null, LaneHours.Always, Now, Now).DoneAt.ShouldBeNull();
    }

    [Fact]
    public void Reckons_with_the_hours_and_with_what_the_erp_asked_to_wait_on_the_targets_own_clock()
    {
        var berlin = new LaneHours(TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin"), [], [WeeklyWindow.Parse("daily 23:30-01:00")]);
        var pace = new Pace(1, 1, 1);
        // 23:00 in Berlin: half an hour till it closes, the other half after one o'clock.
        LaneForecast.Of(3600, LaneMode.Running, pace, 1, null, berlin, Now, Now).Words.ShouldBe("3,600 documents, at 1 slot done by 2026-11-21 01:30 Europe/Berlin");
        LaneForecast.Of(60, LaneMode.Running, pace, 1, null, LaneHours.Always, Now.AddMinutes(30), Now).Words.ShouldBe("60 documents, at 1 slot done by 22:31 UTC");
    }

    [Fact]
    public void The_pace_forgets_what_was_long_ago_and_not_what_was_quiet()
    {
        var slow = Pace.Unknown.After(60, TimeSpan.FromSeconds(60), 60);
        slow.PerSlotSecond.ShouldBe(1m);
        slow.After(0, TimeSpan.Zero, 0).ShouldBe(slow);
        var fast = Enumerable.Range(0, 200).Aggregate(slow, (pace, _) => pace.After(300, TimeSpan.FromSeconds(30), 300));
        fast.PerSlotSecond!.Value.ShouldBeInRange(9.8m, 10m);
        slow.After(5, TimeSpan.FromDays(30), 5).Documents.ShouldBe(5m); // all that was before is forgotten
        Pace.Unknown.PerSlotSecond.ShouldBeNull();
    }

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
