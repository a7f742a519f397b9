using System.Globalization;
using Tieout.Domain.Subscriptions;
using static Tieout.Domain.Tests.Amounts;

namespace Tieout.Domain.Tests.Subscriptions;

public class ZoneTimeTests
{
    [Theory]
    [InlineData("UTC", "2026-03-29", 24)]
    [InlineData("Europe/Berlin", "2026-03-29", 23)]
    [InlineData("Europe/Berlin", "2026-10-25", 25)]
    [InlineData("Europe/Berlin", "2026-10-26", 24)]
    [InlineData("America/New_York", "2026-03-08", 23)]
    [InlineData("America/New_York", "2026-11-01", 25)]
    [InlineData("Pacific/Apia", "2011-12-29", 24)]
    [InlineData("Pacific/Apia", "2011-12-30", 0)]   // Samoa left this day out
    [InlineData("Pacific/Apia", "2011-12-31", 24)]
    [InlineData("Africa/Cairo", "2024-04-26", 23)]  // midnight itself is skipped
    [InlineData("Asia/Beirut", "2024-03-31", 23)]
    [InlineData("Australia/Lord_Howe", "2026-04-05", 24.5)] // half an hour of summer
    [InlineData("America/Havana", "2025-11-02", 25)] // midnight comes twice: the day begins with the first
    public void A_day_has_the_hours_that_its_clocks_show(string zone, string day, decimal hours) =>
        (ZoneTime.Instant(zone, Day(day).AddDays(1), default) - ZoneTime.Instant(zone, Day(day), default)).Ticks
            .ShouldBe((long)(hours * TimeSpan.TicksPerHour));

    [Theory]
    [InlineData("Europe/Berlin", "2026-01-01", "00:00", "2025-12-31T23:00:00Z")]
    [InlineData("Europe/Berlin", "2026-03-29", "02:30", "2026-03-29T01:00:00Z")]  // skipped: the first instant after the gap
    [InlineData("Europe/Berlin", "2026-10-25", "02:30", "2026-10-25T00:30:00Z")]  // shown twice: the first
    [InlineData("America/New_York", "2026-07-01", "14:00", "2026-07-01T18:00:00Z")]
    [InlineData("Pacific/Apia", "2011-12-30", "12:00", "2011-12-30T10:00:00Z")]
    [InlineData("Pacific/Apia", "2011-12-31", "00:00", "2011-12-30T10:00:00Z")]
    [InlineData("Asia/Kathmandu", "2026-01-01", "00:00", "2025-12-31T18:15:00Z")]
    public void A_local_time_is_one_instant(string zone, string day, string time, string instant) =>
        ZoneTime.Instant(zone, Day(day), TimeOnly.Parse(time, CultureInfo.InvariantCulture))
            .ShouldBe(DateTimeOffset.Parse(instant, CultureInfo.InvariantCulture));

    [Theory]
    [InlineData("Pacific/Apia", "2026-01-02")]
    [InlineData("UTC", "2026-01-01")]
    [InlineData("America/New_York", "2026-01-01")]
    public void Today_is_the_zones_own_day(string zone, string day) =>
        ZoneTime.Today(zone, new DateTimeOffset(2026, 1, 1, 12, 0, 0, TimeSpan.Zero)).ShouldBe(Day(day));

    [Theory]
    [InlineData("Europe/Berlin", true)]
    [InlineData("UTC", true)]
    [InlineData("Europe/Atlantis", false)]
    [InlineData("", false)]
    public void A_zone_is_known_by_its_iana_name(string zone, bool known) => ZoneTime.IsKnown(zone).ShouldBe(known);
}
