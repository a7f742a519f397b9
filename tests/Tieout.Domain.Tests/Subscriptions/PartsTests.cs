using Tieout.Domain.Catalog;
using Tieout.Domain.Subscriptions;
using static Tieout.Domain.Tests.Amounts;
using static Tieout.Domain.Tests.Subscriptions.Sample;

namespace Tieout.Domain.Tests.Subscriptions;

public class PartsTests
{
    private static readonly PriceTerms Calendar = PriceTerms.Default;
    private static readonly PriceTerms Anniversary = new() { Anchoring = Anchoring.Anniversary };

    [Fact]
    public void In_advance_by_the_calendar_the_first_and_last_period_are_cut_short() =>
        All(With(Calendar, "2026-01-15", "2026-03-11")).Select(Told).ShouldBe([
            "2026-01-15..2026-02-01 17/31 due 2026-01-15",
            "2026-02-01..2026-03-01 1/1 due 2026-02-01",
            "2026-03-01..2026-03-11 10/31 due 2026-03-01",
        ]);

    [Fact]
    public void In_arrears_a_period_is_due_after_it_and_an_end_inside_on_that_day() =>
        All(With(Calendar with { Timing = BillingTiming.Arrears }, "2026-01-15", "2026-03-11")).Select(Told).ShouldBe([
            "2026-01-15..2026-02-01 17/31 due 2026-02-01",
            "2026-02-01..2026-03-01 1/1 due 2026-03-01",
            "2026-03-01..2026-03-11 10/31 due 2026-03-11",
        ]);

    [Fact]
    public void By_anniversary_periods_are_whole_and_month_ends_come_back() =>
        All(With(Anniversary, "2026-01-31", "2026-05-10")).Select(Told).ShouldBe([
            "2026-01-31..2026-02-28 1/1 due 2026-01-31",
            "2026-02-28..2026-03-31 1/1 due 2026-02-28",
            "2026-03-31..2026-04-30 1/1 due 2026-03-31",
            "2026-04-30..2026-05-10 10/31 due 2026-04-30",
        ]);

    [Fact]
    public void A_change_closes_one_part_and_opens_the_next()
    {
        var parts = All(With(Calendar, "2026-03-01", "2026-04-01", ("2026-03-01", "2026-03-16"), ("2026-03-16", null)));
        parts.Select(Told).ShouldBe(["2026-03-01..2026-03-16 15/31 due 2026-03-01", "2026-03-16..2026-04-01 16/31 due 2026-03-16"]);
        parts.Select(part => part.Convention).ShouldBe(["15 of 31 days, actual days", "16 of 31 days, actual days"]);
        parts.ShouldAllBe(part => part.Period == new ServicePeriod(Day("2026-03-01"), Day("2026-04-01")));
    }

    [Fact]
    public void Only_what_falls_due_in_the_window_is_given()
    {
        var subscription = With(Calendar, "2026-01-15");
        Parts.Of(subscription, Day("2026-01-15"), Day("2026-03-01")).Select(Told).ShouldBe([
            "2026-02-01..2026-03-01 1/1 due 2026-02-01", "2026-03-01..2026-04-01 1/1 due 2026-03-01"]);
        Parts.Of(subscription, Day("2026-01-14"), Day("2026-01-15")).Select(Told).ShouldBe(["2026-01-15..2026-02-01 17/31 due 2026-01-15"]);
        Parts.Of(subscription, Day("2026-02-01"), Day("2026-02-28")).ShouldBeEmpty();
        Parts.Of(subscription, Day("2026-02-01"), Day("2026-02-01")).ShouldBeEmpty();
    }

    /// <summary>Half a period from the 16th on, for each interval, anchoring and day count.</summary>
    [Theory]
    [InlineData(1, IntervalUnit.Month, Anchoring.Calendar, DayCount.ActualDays, "2026-02-16", "2026-02-16..2026-03-01 13/28")]
    [InlineData(1, IntervalUnit.Month, Anchoring.Calendar, DayCount.Fixed30, "2026-02-16", "2026-02-16..2026-03-01 15/30")]
    [InlineData(1, IntervalUnit.Month, Anchoring.Calendar, DayCount.Fixed30, "2026-01-16", "2026-01-16..2026-02-01 15/30")]
    [InlineData(1, IntervalUnit.Month, Anchoring.Calendar, DayCount.Fixed30, "2026-01-31", "2026-01-31..2026-02-01 0/30")] // the 31st adds none
    [InlineData(1, IntervalUnit.Month, Anchoring.Calendar, DayCount.Fixed30, "2026-01-30", "2026-01-30..2026-02-01 1/30")]
    [InlineData(1, IntervalUnit.Month, Anchoring.Calendar, DayCount.Fixed30, "2026-02-28", "2026-02-28..2026-03-01 3/30")] // February is filled up by its end
    [InlineData(1, IntervalUnit.Month, Anchoring.Calendar, DayCount.Seconds, "2026-02-16", "2026-02-16..2026-03-01 1123200/2419200")]
    [InlineData(3, IntervalUnit.Month, Anchoring.Calendar, DayCount.ActualDays, "2026-02-16", "2026-02-16..2026-04-01 44/90")]
    [InlineData(3, IntervalUnit.Month, Anchoring.Calendar, DayCount.Fixed30, "2026-02-16", "2026-02-16..2026-04-01 45/90")]
    [InlineData(3, IntervalUnit.Month, Anchoring.Calendar, DayCount.Seconds, "2026-02-16", "2026-02-16..2026-04-01 3801600/7776000")]
    [InlineData(1, IntervalUnit.Year, Anchoring.Calendar, DayCount.ActualDays, "2028-03-01", "2028-03-01..2029-01-01 306/366")] // leap year
    [InlineData(1, IntervalUnit.Year, Anchoring.Calendar, DayCount.Fixed30, "2028-03-01", "2028-03-01..2029-01-01 300/360")]
    [InlineData(1, IntervalUnit.Year, Anchoring.Calendar, DayCount.Seconds, "2028-03-01", "2028-03-01..2029-01-01 26438400/31622400")]
    [InlineData(4, IntervalUnit.Week, Anchoring.Calendar, DayCount.ActualDays, "2026-01-08", "2026-01-08..2026-02-02 25/28")]
    [InlineData(4, IntervalUnit.Week, Anchoring.Calendar, DayCount.Fixed30, "2026-01-08", "2026-01-08..2026-02-02 25/28")] // weeks have no months
    [InlineData(10, IntervalUnit.Day, Anchoring.Calendar, DayCount.ActualDays, "2026-01-08", "2026-01-08..2026-01-18 1/1")]
    [InlineData(1, IntervalUnit.Month, Anchoring.Anniversary, DayCount.ActualDays, "2026-02-16", "2026-02-16..2026-03-16 1/1")]
    [InlineData(6, IntervalUnit.Month, Anchoring.Anniversary, DayCount.Fixed30, "2026-02-16", "2026-02-16..2026-08-16 1/1")]
    [InlineData(1, IntervalUnit.Year, Anchoring.Anniversary, DayCount.Seconds, "2026-02-16", "2026-02-16..2027-02-16 1/1")]
    public void The_first_part_of_each_convention(int count, IntervalUnit unit, Anchoring anchoring, DayCount dayCount, string start, string expected)
    {
        var terms = new PriceTerms { Interval = new BillingInterval(count, unit), Anchoring = anchoring, DayCount = dayCount };
        Told(All(With(terms, start)).First()).ShouldBe($"{expected} due {start}");
    }

    [Theory]
    [InlineData("2026-01-31", "2026-02-10", "10/30", "20/30")] // 31 Jan to 28 Feb: what it lacks is added by its end
    [InlineData("2026-02-28", "2026-03-15", "15/30", "15/30")]
    [InlineData("2026-03-31", "2026-04-30", "1/1", null)]
    public void Months_of_thirty_days_sum_to_thirty_by_anniversary_too(string start, string change, string first, string? second)
    {
        var subscription = With(Anniversary with { DayCount = DayCount.Fixed30 }, start, null, (start, change), (change, null)) with { Anchor = Day("2026-01-31") };
        var period = BillingCalendar.Containing(Anniversary, Day("2026-01-31"), Day(start));
        All(subscription).Where(part => part.Period == period).Select(part => $"{part.ActiveShare}/{part.WholeShare}")
            .ShouldBe(second is null ? [first] : [first, second]);
    }

    [Theory]
    [InlineData("Europe/Berlin", "2026-03-16T14:00", "1346400/2674800", "1328400/2674800")] // March lacks an hour there
    [InlineData("America/New_York", "2026-03-16T14:00", "1342800/2674800", "1332000/2674800")] // it is lacking before the 16th
    [InlineData("UTC", "2026-03-16T14:00", "1346400/2678400", "1332000/2678400")]
    public void To_the_second_shares_follow_the_clocks(string zone, string change, string first, string second)
    {
        var subscription = With(Calendar with { DayCount = DayCount.Seconds }, "2026-03-01", "2026-04-01", ("2026-03-01", change), (change, null)) with { Zone = zone };
        var parts = All(subscription);
        parts.Select(part => $"{part.ActiveShare}/{part.WholeShare}").ShouldBe([first, second]);
        parts.Select(part => part.Detail).ShouldBe(["", "T14:00"]);
        parts[1].Convention.ShouldEndWith($" seconds, {zone}");
    }

    [Fact]
    public void Two_changes_on_one_day_are_three_parts_told_apart_by_their_time()
    {
        var terms = Calendar with { DayCount = DayCount.Seconds };
        var changes = new (string, string?)[] { ("2026-04-01", "2026-04-10T10:00"), ("2026-04-10T10:00", "2026-04-10T14:00"), ("2026-04-10T14:00", null) };
        All(With(terms, "2026-04-01", "2026-05-01", changes)).Select(Told).ShouldBe([
            "2026-04-01..2026-04-10 813600/2592000 due 2026-04-01",
            "2026-04-10T10:00..2026-04-11 14400/2592000 due 2026-04-10",
            "2026-04-10T14:00..2026-05-01 1764000/2592000 due 2026-04-10",
        ]);
        // Counted by days, the day belongs to what came last on it.
        All(With(Calendar, "2026-04-01", "2026-05-01", changes)).Select(Told).ShouldBe([
            "2026-04-01..2026-04-10 9/30 due 2026-04-01", "2026-04-10..2026-05-01 21/30 due 2026-04-10"]);
    }

    [Fact]
    public void A_month_in_which_a_zone_left_a_day_out_is_counted_without_it()
    {
        var subscription = With(Calendar with { DayCount = DayCount.Seconds }, "2011-12-01", "2012-01-01", ("2011-12-01", "2011-12-16"), ("2011-12-16", null));
        All(subscription with { Zone = "Pacific/Apia" }).Select(part => $"{part.ActiveShare / 86400}/{part.WholeShare / 86400}").ShouldBe(["15/30", "15/30"]);
    }

    [Fact]
    public void Not_prorated_a_period_begun_costs_the_whole_once()
    {
        var terms = Calendar with { Prorated = false };
        All(With(terms, "2026-01-15", "2026-03-11", ("2026-01-15", "2026-02-10"), ("2026-02-10", null))).Select(Told).ShouldBe([
            "2026-01-15..2026-02-01 1/1 due 2026-01-15",
            "2026-02-01..2026-02-10 1/1 due 2026-02-01",
            "2026-02-10..2026-03-01 0/1 due 2026-02-10",
            "2026-03-01..2026-03-11 1/1 due 2026-03-01",
        ]);
    }

    [Fact]
    public void A_trial_is_not_paid_for_and_moves_nothing_else()
    {
        var subscription = With(Calendar, "2026-01-10") with { TrialEnd = Day("2026-01-24") };
        Told(All(subscription).First()).ShouldBe("2026-01-24..2026-02-01 8/31 due 2026-01-24");
        All(subscription with { End = Day("2026-01-20") }).ShouldBeEmpty();
    }

    [Fact]
    public void Credited_days_of_a_pause_belong_to_no_part() =>
        All(With(Calendar, "2026-04-01", "2026-06-01") with { Pauses = [new Pause(Day("2026-04-11"), Day("2026-05-06"), PauseMode.CreditDays, 2)] })
            .Select(Told).ShouldBe(["2026-04-01..2026-04-11 10/30 due 2026-04-01", "2026-05-06..2026-06-01 26/31 due 2026-05-01"]);

    [Fact]
    public void A_pause_that_moves_the_end_cuts_but_credits_nothing() =>
        All(With(Anniversary, "2026-04-01", "2026-06-11") with { Pauses = [new Pause(Day("2026-04-11"), Day("2026-04-21"), PauseMode.MoveEnd, 2)] })
            .Select(part => $"{Told(part)} of {part.Period}").ShouldBe([
                "2026-04-01..2026-04-11 10/30 due 2026-04-01 of 2026-04-01 to 2026-05-10",
                "2026-04-21..2026-05-11 20/30 due 2026-04-01 of 2026-04-01 to 2026-05-10",
                "2026-05-11..2026-06-11 1/1 due 2026-05-11 of 2026-05-11 to 2026-06-10",
            ]);

    [Fact]
    public void While_nobody_resumes_the_period_under_way_stands_as_billed_and_none_begins()
    {
        var advance = With(Anniversary, "2026-04-01") with { Pauses = [new Pause(Day("2026-04-11"), null, PauseMode.MoveEnd, 2)] };
        All(advance).Select(Told).ShouldBe(["2026-04-01..2026-05-01 1/1 due 2026-04-01"]);
        var arrears = With(Anniversary with { Timing = BillingTiming.Arrears }, "2026-03-01") with { Pauses = advance.Pauses };
        All(arrears).Select(Told).ShouldBe(["2026-03-01..2026-04-01 1/1 due 2026-04-01"]);
    }

    [Fact]
    public void A_pause_between_two_periods_lies_in_neither() =>
        All(With(Anniversary, "2026-04-01", "2026-06-11") with { Pauses = [new Pause(Day("2026-05-01"), Day("2026-05-11"), PauseMode.MoveEnd, 2)] })
            .Select(Told).ShouldBe(["2026-04-01..2026-05-01 1/1 due 2026-04-01", "2026-05-11..2026-06-11 1/1 due 2026-05-11"]);

    [Fact]
    public void A_ramp_changes_the_model_from_its_day_by_date_or_by_months()
    {
        var terms = Calendar with
        {
            Ramp = [new RampStep(Day("2026-02-15"), null, new ChargeModel.Flat(20m)), new RampStep(null, 2, new ChargeModel.Flat(30m))],
        };
        All(With(terms, "2026-01-01", "2026-04-01")).Select(part => $"{Told(part)} {((ChargeModel.Flat)part.Model).Amount}").ShouldBe([
            "2026-01-01..2026-02-01 1/1 due 2026-01-01 10",
            "2026-02-01..2026-02-15 14/28 due 2026-02-01 10",
            "2026-02-15..2026-03-01 14/28 due 2026-02-01 20",
            "2026-03-01..2026-04-01 1/1 due 2026-03-01 30",
        ]);
    }

    [Fact]
    public void An_agreed_price_is_not_raised_by_the_catalogues_ramp()
    {
        var subscription = With(Calendar with { Ramp = [new RampStep(null, 0, new ChargeModel.Flat(20m))] }, "2026-01-01", "2026-02-01");
        var agreed = subscription.Components[0] with { Agreed = new ChargeModel.Flat(7m) };
        All(subscription with { Components = [agreed] }).Single().Model.ShouldBe(agreed.Agreed);
    }

    [Theory]
    [InlineData(false, true, "2026-03-01..2026-03-11 10/31")]
    [InlineData(true, true, "2026-03-01..2026-03-12 11/31")]
    [InlineData(true, false, "2026-03-01..2026-03-11 10/31")] // the end of a term is no cancellation
    public void The_cancellation_day_is_billed_where_the_terms_say_so(bool billed, bool cancelled, string expected) =>
        Told(All(With(Calendar with { CancellationDayBilled = billed }, "2026-03-01", "2026-03-11") with { EndIsCancellation = cancelled }).Single())
            .ShouldBe($"{expected} due 2026-03-01");

    [Theory]
    [InlineData(null, null, "2026-01-10..2026-01-11 1/1 due 2026-01-10")]
    [InlineData("2026-01-24", null, "2026-01-24..2026-01-25 1/1 due 2026-01-24")]
    [InlineData("2026-01-24", "2026-01-20", null)] // given up on trial: it never fell due
    [InlineData(null, "2026-01-11", "2026-01-10..2026-01-11 1/1 due 2026-01-10")]
    public void What_is_sold_once_is_due_once_on_the_first_paid_day(string? trialEnd, string? end, string? expected)
    {
        var subscription = With(Calendar with { Kind = PriceKind.OneOff }, "2026-01-10", end) with { TrialEnd = trialEnd is null ? null : Day(trialEnd) };
        All(subscription).Select(Told).ShouldBe(expected is null ? [] : [expected]);
    }

    [Fact]
    public void Usage_is_always_due_after_its_period() =>
        All(With(Calendar with { Kind = PriceKind.Usage, Timing = BillingTiming.Advance, Meter = "calls" }, "2026-01-01", "2026-02-01")).Select(Told)
            .ShouldBe(["2026-01-01..2026-02-01 1/1 due 2026-02-01"]);

    [Fact]
    public void A_draft_has_no_parts() => All(With(Calendar, "2026-01-01") with { State = SubscriptionState.Draft }).ShouldBeEmpty();
}
