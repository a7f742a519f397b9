using System.Globalization;
using Tieout.Domain.Posting.Lanes;

namespace Tieout.Domain.Tests.Posting.Lanes;

public class LaneHoursTests
{
    private const string Nights = "mon-fri 18:00-06:00";

    [Theory]
    [InlineData("mon-fri 18:00-06:00", "2026-11-20T17:59:59Z", false)] // a Friday
    [InlineData("mon-fri 18:00-06:00", "2026-11-20T18:00:00Z", true)]
    [InlineData("mon-fri 18:00-06:00", "2026-11-21T05:59:59Z", true)]  // Friday's night goes on
    [InlineData("mon-fri 18:00-06:00", "2026-11-21T06:00:00Z", false)]
    [InlineData("mon-fri 18:00-06:00", "2026-11-21T18:00:00Z", false)] // Saturday has none
    [InlineData("sun 22:00-02:00", "2026-11-23T01:59:00Z", true)]      // over the end of the week
    [InlineData("sat,sun 00:00-24:00", "2026-11-22T23:59:59Z", true)]
    [InlineData("sat,sun 00:00-24:00", "2026-11-23T00:00:00Z", false)]
    [InlineData("fri-mon 12:00-13:00", "2026-11-23T12:30:00Z", true)]  // round the corner: fri, sat, sun, mon
    [InlineData("fri-mon 12:00-13:00", "2026-11-24T12:30:00Z", false)]
    [InlineData("daily 00:00-00:01", "2026-11-24T00:00:59Z", true)]
    [InlineData("daily 00:00-00:01", "2026-11-24T00:01:00Z", false)]
    public void Is_open_in_its_windows_half_open(string window, string at, bool open) =>
        new LaneHours(TimeZoneInfo.Utc, [WeeklyWindow.Parse(window)], []).IsOpen(At(at)).ShouldBe(open);

    [Theory]
    [InlineData("2026-11-20T01:30:00Z", false)] // 02:30 in Berlin
    [InlineData("2026-11-20T02:00:00Z", true)]
    [InlineData("2026-03-29T00:59:00Z", true)]  // 01:59, and a minute later it is 03:00: the hour does not come
    [InlineData("2026-03-29T01:00:00Z", true)]
    [InlineData("2026-10-25T00:30:00Z", false)] // 02:30 for the first time
    [InlineData("2026-10-25T01:30:00Z", false)] // and for the second
    [InlineData("2026-10-25T02:00:00Z", true)]
    public void Maintenance_goes_by_the_clock_on_the_wall(string at, bool open) => Berlin([], "daily 02:00-03:00").IsOpen(At(at)).ShouldBe(open);

    [Theory]
    [InlineData("2026-11-20T17:00:00Z", "2026-11-20T18:00:00Z")]
    [InlineData("2026-11-20T18:30:00Z", "2026-11-20T18:30:00Z")] // it is open
    [InlineData("2026-11-21T06:00:00Z", "2026-11-23T18:00:00Z")] // over the weekend
    public void Says_when_it_opens(string at, string opens) => Utc(Nights).NextOpen(At(at)).ShouldBe(At(opens));

    [Fact]
    public void Says_when_it_closes_and_that_it_never_does()
    {
        Utc(Nights).NextClose(At("2026-11-20T18:30:00Z")).ShouldBe(At("2026-11-21T06:00:00Z"));
        Utc(Nights).NextClose(At("2026-11-20T12:00:00Z")).ShouldBeNull();
        LaneHours.Always.NextClose(At("2026-11-20T12:00:00Z")).ShouldBeNull();
        Utc("mon-sun 00:00-24:00").NextClose(At("2026-11-20T12:00:00Z")).ShouldBeNull();
    }

    [Theory]
    [InlineData("2026-11-20T18:00:00Z", 60, "2026-11-20T19:00:00Z")]
    [InlineData("2026-11-20T12:00:00Z", 60, "2026-11-20T19:00:00Z")]        // first it has to open
    [InlineData("2026-11-21T05:30:00Z", 30, "2026-11-21T06:00:00Z")]        // done as it closes
    [InlineData("2026-11-21T05:30:00Z", 31, "2026-11-23T18:01:00Z")]        // the last minute is Monday's
    [InlineData("2026-11-20T18:00:00Z", 3_000_000, null)]                   // not within sixty days
    [InlineData("2026-11-20T18:00:30Z", 0, "2026-11-20T18:00:30Z")]
    public void Counts_open_time_only(string at, int minutes, string? done) =>
        Utc(Nights).After(At(at), TimeSpan.FromMinutes(minutes)).ShouldBe(done is null ? null : At(done));

    [Theory]
    [InlineData("")]
    [InlineData("18:00-06:00")]
    [InlineData("mon 18:00")]
    [InlineData("mon 25:00-26:00")]
    [InlineData("mon 24:00-06:00")]
    [InlineData("Mon 18:00-06:00")]
    [InlineData("mon-tue-wed 18:00-06:00")]
    [InlineData("mon, tue 18:00-06:00")]
    [InlineData("mon 18.00-06.00")]
    [InlineData("noday 18:00-06:00")]
    public void What_cannot_be_read_is_refused_with_how_it_is_written(string window) =>
        Should.Throw<FormatException>(() => WeeklyWindow.Parse(window)).Message.ShouldContain("mon-fri 18:00-06:00");

    [Fact]
    public void A_window_without_length_is_refused() => Should.Throw<FormatException>(() => WeeklyWindow.Parse("mon 18:00-18:00")).Message.ShouldContain("no length");

    [Theory]
    [InlineData("mon 18:00-19:00", "daily 18:00-20:00")]
    [InlineData(null, "daily 00:00-24:00")]
    [InlineData("sun 23:00-01:00", "sun,mon 00:00-24:00")]
    public void A_lane_that_never_opens_is_refused(string? open, string maintenance) => Should.Throw<ArgumentException>(
        () => new LaneHours(TimeZoneInfo.Utc, open is null ? [] : [WeeklyWindow.Parse(open)], [WeeklyWindow.Parse(maintenance)])).Message.ShouldContain("never opens");

    [Fact]
    public void An_unknown_zone_is_none() => LaneHours.TryZone("Mars/Olympus", out _).ShouldBeFalse();

    private static LaneHours Utc(string window) => new(TimeZoneInfo.Utc, [WeeklyWindow.Parse(window)], []);

    private static LaneHours Berlin(IReadOnlyList<WeeklyWindow> open, string maintenance) =>
        new(TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin"), open, [WeeklyWindow.Parse(maintenance)]);

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
