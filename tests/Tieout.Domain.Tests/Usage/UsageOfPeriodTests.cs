using FsCheck;
using FsCheck.Fluent;
using Tieout.Domain.Usage;
using static Tieout.Domain.Tests.Amounts;

namespace Tieout.Domain.Tests.Usage;

public class UsageOfPeriodTests
{
    private static readonly ServicePeriod November = new(Day("2026-11-01"), Day("2026-12-01"));
    private static readonly TimeZoneInfo Berlin = Zone("Europe/Berlin");

    [Theory]
    [InlineData(Aggregation.Count, "30")]
    [InlineData(Aggregation.Sum, "30")]
    [InlineData(Aggregation.Max, "20")]
    [InlineData(Aggregation.Latest, "7")]     // of the last day, whatever its size
    public void Days_come_to_a_quantity(Aggregation aggregation, string quantity) =>
        Combine(Usage(aggregation, Of("2026-11-02", 3), Of("2026-11-01", 20), Of("2026-11-30", 7))).ShouldBe(D(quantity));

    [Theory]
    [InlineData(Aggregation.Count)]
    [InlineData(Aggregation.Sum)]
    [InlineData(Aggregation.Max)]
    [InlineData(Aggregation.Latest)]
    [InlineData(Aggregation.UniqueCount)]
    [InlineData(Aggregation.TimeWeighted)]
    [InlineData(Aggregation.UnitHours)]
    public void Nothing_comes_to_zero(Aggregation aggregation) => Combine(Usage(aggregation)).ShouldBe(0m);

    [Theory]
    [InlineData("2026-10-31", "0")]           // the day before the period
    [InlineData("2026-11-01", "5")]           // its first
    [InlineData("2026-11-30", "5")]           // its last
    [InlineData("2026-12-01", "0")]           // half-open
    public void A_day_counts_when_it_lies_in_the_period(string day, string quantity) =>
        Combine(Usage(Aggregation.Sum, Of(day, 5))).ShouldBe(D(quantity));

    [Theory]
    [InlineData(Aggregation.Max, "-2")]       // the largest of what counts, not zero
    [InlineData(Aggregation.Latest, "-2")]
    public void A_day_whose_events_were_all_taken_back_is_as_if_it_had_none(Aggregation aggregation, string quantity) =>
        Combine(Usage(aggregation, Of("2026-11-03", -2), Of("2026-11-04", 0) with { Events = 0 })).ShouldBe(D(quantity));

    [Fact]
    public void A_value_of_several_days_is_counted_once()
    {
        Guid one = new(1, 0, 0, new byte[8]), two = new(2, 0, 0, new byte[8]);
        var usage = Usage(Aggregation.UniqueCount, Of("2026-11-01", 2), Of("2026-11-02", 1)) with
        {
            UniqueKeys = [new(Day("2026-11-01"), one), new(Day("2026-11-01"), two), new(Day("2026-11-02"), one), new(Day("2026-12-01"), new Guid(3, 0, 0, new byte[8]))],
        };
        Combine(usage).ShouldBe(2m);
    }

    [Theory]
    [InlineData(0, "15", "10800")]            // 30 from noon of the 16th, the middle of the month
    [InlineData(10, "20", "14400")]           // 10 until then
    public void A_level_is_carried_in_and_weighted_by_its_time(int carriedIn, string average, string unitHours)
    {
        var day = Level("2026-11-16", 30, "2026-11-16T00:00:00Z", "2026-11-16T00:00:00Z", 0);
        Combine(Usage(Aggregation.TimeWeighted, day) with { CarriedIn = carriedIn }).ShouldBe(D(average));
        Combine(Usage(Aggregation.UnitHours, day) with { CarriedIn = carriedIn }).ShouldBe(D(unitHours));
    }

    [Fact]
    public void Within_a_day_the_day_itself_says_what_was_between_its_first_and_last_event()
    {
        // From 6:00 10, from 12:00 4, from 18:00 0: 6 h of 10 and 6 h of 4.
        var day = Level("2026-11-01", 0, "2026-11-01T06:00:00Z", "2026-11-01T18:00:00Z", (10 + 4) * 6 * 3600);
        Combine(Usage(Aggregation.UnitHours, day)).ShouldBe(84m);
    }

    [Theory]
    [InlineData("2026-03-29", "23")]          // the clock leaps ahead
    [InlineData("2026-10-25", "25")]          // and back
    [InlineData("2026-11-20", "24")]
    public void A_day_has_the_hours_that_its_zone_gives_it(string day, string hours)
    {
        var period = new ServicePeriod(Day(day), Day(day).AddDays(1));
        UsageOfPeriod.Combine(Usage(Aggregation.UnitHours) with { CarriedIn = 1 }, period, Berlin).ShouldBe(D(hours));
        UsageOfPeriod.Combine(Usage(Aggregation.TimeWeighted) with { CarriedIn = 1 }, period, Berlin).ShouldBe(1m);
    }

    [Fact]
    public void Splitting_a_period_loses_and_adds_nothing() =>
        Prop.ForAll(Gen.ArrayOf(Gen.Choose(0, 2_000_000)).ToArbitrary(), Gen.Choose(1, 29).ToArbitrary(), (seeds, cut) =>
        {
            var middle = Day("2026-11-01").AddDays(cut);
            var days = seeds.Select(seed => (Day: seed % 30, Level: seed / 30 % 1000, Hour: seed % 24)).DistinctBy(one => one.Day)
                .Select(one => Stood(Day("2026-11-01").AddDays(one.Day), one.Level, one.Hour)).ToArray();
            return new[] { Aggregation.Sum, Aggregation.UnitHours }.All(aggregation =>
            {
                var usage = Usage(aggregation, days) with { CarriedIn = 3 };
                var parts = UsageOfPeriod.Combine(usage, new ServicePeriod(November.Start, middle), TimeZoneInfo.Utc)
                    + UsageOfPeriod.Combine(usage, new ServicePeriod(middle, November.End), TimeZoneInfo.Utc);
                return parts == Combine(usage);
            });
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500).WithQuietOnSuccess(true));

    [Fact]
    public void The_order_in_which_days_are_given_does_not_matter() =>
        Prop.ForAll(Gen.Shuffle(Enumerable.Range(0, 20).ToArray()).ToArbitrary(), order =>
            Enum.GetValues<Aggregation>().All(aggregation =>
            {
                var days = Enumerable.Range(0, 20).Select(index => Stood(Day("2026-11-01").AddDays(index), index * 7 % 11, index)).ToArray();
                return Combine(Usage(aggregation, days)) == Combine(Usage(aggregation, [.. order.Select(index => days[index])]));
            })).Check(Config.QuickThrowOnFailure.WithMaxTest(200).WithQuietOnSuccess(true));

    private static decimal Combine(MeteredUsage usage) => UsageOfPeriod.Combine(usage, November, TimeZoneInfo.Utc);

    private static MeteredUsage Usage(Aggregation aggregation, params UsageDay[] days) =>
        new(new SubscriptionId(Guid.Empty), "meter", aggregation, "", days, 0, [], []);

    private static UsageDay Of(string day, decimal value) => new(Day(day), value, 1);

    // One event at an hour of the day sets the level.
    private static UsageDay Stood(DateOnly day, int level, int hour)
    {
        var at = new DateTimeOffset(day, new TimeOnly(hour, 0), TimeSpan.Zero);
        return new UsageDay(day, 0, 1, level, at, at);
    }

    private static UsageDay Level(string day, decimal closing, string first, string last, decimal seconds) =>
        new(Day(day), seconds, 1, closing, DateTimeOffset.Parse(first, null), DateTimeOffset.Parse(last, null));

    private static TimeZoneInfo Zone(string name) => LocalDays.TryZone(name, out var zone) ? zone : throw new TimeZoneNotFoundException(name);
}
