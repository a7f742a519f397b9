using System.Globalization;
using Tieout.Domain.Usage;
using static Tieout.Domain.Tests.Amounts;
using static Tieout.Domain.Tests.Usage.Metering;

namespace Tieout.Domain.Tests.Usage;

public class EventPlaceTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("UTC", "2026-11-19T23:30:00Z", "2026-11-19")]
    [InlineData("Europe/Berlin", "2026-11-19T23:30:00Z", "2026-11-20")]
    [InlineData("America/New_York", "2026-11-20T04:30:00Z", "2026-11-19")]
    [InlineData("Pacific/Kiritimati", "2026-11-19T10:00:00Z", "2026-11-20")]
    public void An_event_falls_on_the_local_day_of_its_account(string zone, string at, string day) =>
        Place(zone, at).Day.ShouldBe(Day(day));

    [Theory]
    [InlineData("2026-03-01T00:00:00Z", null)]
    [InlineData("2026-02-28T23:59:59.999999Z", "outside-contract")]   // before the first day
    [InlineData("2026-10-31T23:59:59.999999Z", null)]
    [InlineData("2026-11-01T00:00:00Z", "outside-contract")]          // the end is the first day out
    public void Usage_lies_within_the_contract(string at, string? code) =>
        (EventPlace.Of(Event(at), Subject("UTC") with { Start = Day("2026-03-01"), End = Day("2026-11-01") }, Now).Refusal?.Code).ShouldBe(code);

    [Theory]
    [InlineData("2026-11-20T13:00:00Z", null)]          // an hour ahead, as the meter allows
    [InlineData("2026-11-20T13:00:00.000001Z", "far-future")]
    [InlineData("2027-11-20T13:00:00Z", "far-future")]
    public void Usage_lies_no_further_ahead_than_the_meter_allows(string at, string? code) =>
        (Place("UTC", at).Refusal?.Code).ShouldBe(code);

    [Fact]
    public void A_subject_is_a_subscription() =>
        EventPlace.Of(Event("2026-11-20T10:00:00Z"), null, Now).Refusal.ShouldNotBeNull().Code.ShouldBe(UsageCode.UnknownSubject);

    [Fact]
    public void An_account_whose_zone_nobody_knows_has_no_days() =>
        EventPlace.Of(Event("2026-11-20T10:00:00Z"), Subject("UTC") with { Zone = null }, Now).Refusal.ShouldNotBeNull().Code.ShouldBe(UsageCode.UnknownZone);

    [Fact]
    public void Usage_of_an_ended_contract_can_still_be_taken_back()
    {
        var voids = Read(Json(changes: [("voids", "\"e-0\""), ("time", "\"2026-11-20T10:00:00Z\"")])).Event!;
        EventPlace.Of(voids, Subject("UTC") with { End = Day("2026-06-01") }, Now).Refusal.ShouldBeNull();
    }

    [Theory]
    [InlineData("Europe/Berlin", true)]
    [InlineData("UTC", true)]
    [InlineData("Europe/Berln", false)]
    [InlineData("Pacific Standard Time", false)]   // another vendor's name
    [InlineData("../etc/localtime", false)]
    [InlineData("/etc/localtime", false)]
    [InlineData("CET", false)]                     // old names without a place are ambiguous
    [InlineData("", false)]
    public void A_zone_is_a_name_of_the_tz_database(string name, bool known) => LocalDays.TryZone(name, out _).ShouldBe(known);

    [Theory]
    [InlineData("Europe/Berlin", "2026-03-29", "2026-03-28T23:00:00Z")]
    [InlineData("America/Santiago", "2026-09-06", "2026-09-06T04:00:00Z")]   // midnight is leapt over: the day begins at one
    [InlineData("America/Havana", "2026-11-01", "2026-11-01T04:00:00Z")]     // midnight comes twice: it begins with the first
    public void A_day_begins_at_its_first_instant(string zone, string day, string instant) =>
        LocalDays.StartOf(Day(day), Zone(zone)).ShouldBe(DateTimeOffset.Parse(instant, CultureInfo.InvariantCulture));

    private static (DateOnly Day, Tieout.Domain.Intake.Refusal? Refusal) Place(string zone, string at) => EventPlace.Of(Event(at), Subject(zone), Now);

    private static IncomingEvent Event(string at) => Read(Json(changes: ("time", $"\"{at}\""))).Event.ShouldNotBeNull();

    private static UsageSubject Subject(string zone) =>
        new("S-1", new SubscriptionId(Guid.Empty), new BillingAccountId(Guid.Empty), Day("2020-01-01"), null, Zone(zone));

    private static TimeZoneInfo Zone(string name) => LocalDays.TryZone(name, out var zone) ? zone : throw new TimeZoneNotFoundException(name);
}
