using Tieout.Domain.Catalog;
using Tieout.Domain.Subscriptions;
using static Tieout.Domain.Tests.Amounts;

namespace Tieout.Domain.Tests.Subscriptions;

public class BillingCalendarTests
{
    /// <summary>Periods from the anchor on, told by their first days.</summary>
    [Theory]
    [InlineData(1, IntervalUnit.Month, Anchoring.Anniversary, "2026-01-31", "2026-01-31 2026-02-28 2026-03-31 2026-04-30 2026-05-31")] // clamps without drift
    [InlineData(1, IntervalUnit.Month, Anchoring.Anniversary, "2028-01-30", "2028-01-30 2028-02-29 2028-03-30")]
    [InlineData(1, IntervalUnit.Month, Anchoring.Anniversary, "2027-11-29", "2027-11-29 2027-12-29 2028-01-29 2028-02-29 2028-03-29")] // a leap year clamps nothing
    [InlineData(1, IntervalUnit.Month, Anchoring.Anniversary, "2026-11-15", "2026-11-15 2026-12-15 2027-01-15")]
    [InlineData(3, IntervalUnit.Month, Anchoring.Anniversary, "2025-11-30", "2025-11-30 2026-02-28 2026-05-30 2026-08-30 2026-11-30")]
    [InlineData(6, IntervalUnit.Month, Anchoring.Anniversary, "2027-08-31", "2027-08-31 2028-02-29 2028-08-31 2029-02-28")]
    [InlineData(1, IntervalUnit.Year, Anchoring.Anniversary, "2024-02-29", "2024-02-29 2025-02-28 2026-02-28 2027-02-28 2028-02-29")]
    [InlineData(4, IntervalUnit.Week, Anchoring.Anniversary, "2026-01-01", "2026-01-01 2026-01-29 2026-02-26")]
    [InlineData(10, IntervalUnit.Day, Anchoring.Anniversary, "2026-02-20", "2026-02-20 2026-03-02 2026-03-12")]
    [InlineData(1, IntervalUnit.Month, Anchoring.Calendar, "2026-01-31", "2026-01-01 2026-02-01 2026-03-01")]
    [InlineData(3, IntervalUnit.Month, Anchoring.Calendar, "2026-05-20", "2026-04-01 2026-07-01 2026-10-01 2027-01-01")]
    [InlineData(6, IntervalUnit.Month, Anchoring.Calendar, "2026-12-31", "2026-07-01 2027-01-01 2027-07-01")]
    [InlineData(5, IntervalUnit.Month, Anchoring.Calendar, "2026-05-20", "2026-05-01 2026-10-01 2027-03-01")] // five months are no part of a year
    [InlineData(1, IntervalUnit.Year, Anchoring.Calendar, "2026-05-20", "2026-01-01 2027-01-01")]
    [InlineData(2, IntervalUnit.Year, Anchoring.Calendar, "2026-05-20", "2026-01-01 2028-01-01")]
    [InlineData(1, IntervalUnit.Week, Anchoring.Calendar, "2026-01-01", "2025-12-29 2026-01-05 2026-01-12")] // Mondays
    [InlineData(4, IntervalUnit.Week, Anchoring.Calendar, "2026-01-04", "2025-12-29 2026-01-26")]
    [InlineData(10, IntervalUnit.Day, Anchoring.Calendar, "2026-02-20", "2026-02-20 2026-03-02")] // days have no calendar
    public void Periods_begin_where_the_terms_say(int count, IntervalUnit unit, Anchoring anchoring, string anchor, string starts)
    {
        var terms = new PriceTerms { Interval = new BillingInterval(count, unit), Anchoring = anchoring };
        var days = starts.Split(' ').Select(Day).ToList();
        var periods = BillingCalendar.Periods(terms, Day(anchor), Day(anchor), days[^1]).ToList();
        periods.Select(period => period.Start).ShouldBe(days.SkipLast(1));
        periods.Select(period => period.End).ShouldBe(days.Skip(1));
    }

    [Theory]
    [InlineData(1, IntervalUnit.Month, Anchoring.Anniversary)]
    [InlineData(3, IntervalUnit.Month, Anchoring.Anniversary)]
    [InlineData(7, IntervalUnit.Month, Anchoring.Calendar)]
    [InlineData(1, IntervalUnit.Year, Anchoring.Anniversary)]
    [InlineData(1, IntervalUnit.Year, Anchoring.Calendar)]
    [InlineData(4, IntervalUnit.Week, Anchoring.Calendar)]
    [InlineData(10, IntervalUnit.Day, Anchoring.Anniversary)]
    public void Every_day_of_ten_years_before_and_after_lies_in_exactly_one_period(int count, IntervalUnit unit, Anchoring anchoring)
    {
        var terms = new PriceTerms { Interval = new BillingInterval(count, unit), Anchoring = anchoring };
        foreach (var anchor in new[] { Day("2026-01-31"), Day("2024-02-29"), Day("2026-06-15") })
        {
            var before = BillingCalendar.Containing(terms, anchor, Day("2016-01-01"));
            for (var day = Day("2016-01-01"); day < Day("2036-01-01"); day = day.AddDays(1))
            {
                var period = BillingCalendar.Containing(terms, anchor, day);
                (period.Start <= day && day < period.End).ShouldBeTrue($"{day} in {period}");
                (period == before || period.Start == before.End).ShouldBeTrue($"{period} after {before}");
                before = period;
            }
        }
    }

    [Fact]
    public void Nothing_lies_between_a_day_and_itself() =>
        BillingCalendar.Periods(PriceTerms.Default, Day("2026-01-01"), Day("2026-01-01"), Day("2026-01-01")).ShouldBeEmpty();

    [Fact]
    public void The_calendar_ends_with_the_year_9999() =>
        BillingCalendar.Periods(PriceTerms.Default, Day("2026-01-01"), Day("9999-11-15"), DateOnly.MaxValue).Count().ShouldBe(2);
}
