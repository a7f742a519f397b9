using Tieout.Domain.Revenue;
using static Tieout.Domain.Tests.Amounts;
using static Tieout.Domain.Tests.Revenue.Contracts;

namespace Tieout.Domain.Tests.Revenue;

/// <summary>A year of 3,650.00, 10.00 a day: what a change makes of it.</summary>
public class ModificationTests
{
    // Day 45 of 2026 is 14 February: 44 days before it, 321 from it on.
    private const string Day45 = "2026-02-14";
    private const string End = "2027-01-01";

    private static readonly Obligation Seats = Year("seats", "3650");

    [Theory]
    [InlineData("3210", Treatment.SeparateContract)]     // 10.00 a day alone for 321 days
    [InlineData("3000", Treatment.Prospective)]
    [InlineData("3500", Treatment.Prospective)]
    public void Seats_added_on_day_45_are_judged_by_their_price(string price, Treatment treatment)
    {
        var answer = Recognised(Contract("3650", Seats), Change(Day45, price, From(Day45, "more", "3210")));
        var judged = answer.Modifications.Single();
        judged.Treatment.ShouldBe(treatment);
        judged.Reasons.ShouldContain("more is distinct");
        judged.Reasons.ShouldContain("agreed");
        answer.Schedule.Sum(line => line.Amount).ShouldBe(3650m + D(price));
        ByMonth(answer).ShouldStartWith("2026-01 310.00, ");
    }

    [Fact]
    public void Seats_at_another_price_share_what_is_left_by_their_prices()
    {
        var answer = Recognised(Contract("3650", Seats), Change(Day45, "2890", From(Day45, "more", "3210")));
        // Left 3,650 - 440 + 2,890 = 6,100, 3,050 for each. January 310; February 13 x 10 and twice 3,050 x 15 / 321 = 142.52.
        ByMonth(answer).ShouldStartWith("2026-01 310.00, 2026-02 415.04, ");
        answer.Schedule.Where(line => line.Obligation == "more").Sum(line => line.Amount).ShouldBe(3050m);
        answer.CatchUps.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("95", "5", Treatment.SeparateContract)]
    [InlineData("95", "0", Treatment.Prospective)]
    [InlineData("110", "0", Treatment.SeparateContract)]  // inside the range 100 to 120
    [InlineData("121", "0", Treatment.Prospective)]
    public void Costs_that_are_spared_and_ranges_count_in_the_price_alone(string price, string spared, Treatment treatment)
    {
        var ranged = From(Day45, "more", "0") with { Ssp = new SellingPrice(null, 100m, 120m) };
        Recognised(Contract("3650", Seats), Change(Day45, price, ranged) with { SparedCosts = D(spared) }).Modifications.Single().Treatment.ShouldBe(treatment);
    }

    [Fact]
    public void A_downgrade_shares_what_is_left_with_what_stays()
    {
        // 3,650 - 440 = 3,210 left for 321 days; half of it is given up, the rest is for the smaller promise.
        var answer = Recognised(Contract("3650", Seats), Change(Day45, "-1605", From(Day45, "fewer", "1605")) with { End = ["seats"], Change = "downgrade" });
        answer.Modifications.Single().Treatment.ShouldBe(Treatment.Prospective);
        answer.Modifications.Single().Reasons[0].ShouldBe("seats is taken out, so the first agreement does not stay as it was");
        // 440 before, 1,605 / 321 = 5.00 a day from then on: 13 x 10 + 15 x 5 in February.
        ByMonth(answer).ShouldStartWith("2026-01 310.00, 2026-02 205.00, 2026-03 155.00, ");
    }

    [Fact]
    public void Early_renewal_blends_the_old_rest_with_the_new_year()
    {
        var next = Promise("seats-2", Satisfaction.RatableDaily, End, "2028-01-01", "3650") with { Product = "seats" };
        var answer = Recognised(Contract("3650", Seats), Change("2026-07-02", "2738", next) with { Change = "renewal" });
        // 182 days given: 1,820. Left 1,830 + 2,738 = 4,568 over 183 + 365 days: 8.3358 a day, against 10.00 before.
        answer.Schedule.Where(line => line.Month.FirstDay.Year == 2027).Sum(line => line.Amount).ShouldBe(3042.55m);
        // 4,568 x 1,830 / 5,480 = 1,525.45.
        ByYear(answer).ShouldBe("2026 3345.45, 2027 3042.55");
    }

    [Fact]
    public void What_is_not_distinct_is_caught_up()
    {
        var one = Seats with { RemainderDistinct = false };
        var answer = Recognised(Contract("3650", one), Change("2026-07-02", "365"));
        answer.Modifications.Single().Treatment.ShouldBe(Treatment.CumulativeCatchUp);
        // 182 of 365 days of 365.00 at once.
        answer.CatchUps.ShouldBe([new CaughtUp(Month("2026-07"), "seats", 182m, "the change of 2026-07-02, recognised on its day")]);
        // July: the first at 10.00, 182.00 caught up, 30 days at 11.00.
        ByMonth(answer).ShouldContain("2026-06 300.00, 2026-07 522.00, 2026-08 341.00");
    }

    [Fact]
    public void A_part_that_is_not_distinct_joins_what_is_in_the_making_and_the_rest_goes_on()
    {
        var building = Promise("building", Satisfaction.Measured, "2026-01-01", End, "1000");
        var wing = Promise("wing", Satisfaction.Measured, "2026-01-01", End, "100") with { Into = "building" };
        var answer = Recognised(Contract("4650", Seats, building), new RevenueEvent.Progressed(Day("2026-03-31"), "building", 0.5m),
            Change("2026-04-11", "300", wing, From("2026-04-11", "more", "200")));
        answer.Modifications.Single().Treatment.ShouldBe(Treatment.Mixed);
        answer.Modifications.Single().Rule.ShouldBe("ASC 606-10-25-13(c), IFRS 15.21(c)");
        // 300 goes 100 : 200; half of the building's 100 is caught up.
        answer.CatchUps.Single().ShouldBe(new CaughtUp(Month("2026-04"), "building", 50m, "the change of 2026-04-11, recognised on its day"));
        answer.Schedule.Where(line => line.Obligation != "building").Sum(line => line.Amount).ShouldBe(3850m);
    }

    [Fact]
    public void A_concession_after_a_modification_belongs_to_what_it_left()
    {
        // Left 3,650 - 440 + 2,890 = 6,100 in two halves for 321 days; 60 off on 16 March, 30 days later: 30 / 321 of it at once.
        var answer = Recognised(Contract("3650", Seats), Change(Day45, "2890", From(Day45, "more", "3210")),
            new RevenueEvent.PriceChanged(Day("2026-03-16"), -60m, null, AtOnce: false, "outage"));
        // 3,050 x 30 / 321 = 285.05; 3,020 x 30 / 321 = 282.24: 2.81 less for each.
        answer.CatchUps.Select(caught => (caught.Obligation, caught.Amount)).ShouldBe([("seats", -2.81m), ("more", -2.81m)]);
        answer.Steps.ShouldContain(step => step.Rule == "ASC 606-10-32-45, IFRS 15.90" && step.Amount == -60m);
        answer.Schedule.Sum(line => line.Amount).ShouldBe(6480m);
    }

    [Fact]
    public void A_cancellation_without_refund_recognises_what_stays_invoiced()
    {
        var answer = Recognised(Contract("3650", Seats), Invoice("2026-01-01", "3650"), new RevenueEvent.Cancelled(Day("2026-04-11"), 2, "left", 0m));
        ByMonth(answer).ShouldBe("2026-01 310.00, 2026-02 280.00, 2026-03 310.00, 2026-04 2750.00");
        answer.CatchUps.Single().Amount.ShouldBe(2650m);
        Deferred(answer, "2026-04").ShouldBe(0m);
    }

    [Fact]
    public void A_cancellation_with_refund_of_the_rest_recognises_nothing_more()
    {
        var answer = Recognised(Contract("3650", Seats), Invoice("2026-01-01", "3650"), new RevenueEvent.Cancelled(Day("2026-04-11"), 2, "left", 2650m));
        ByMonth(answer).ShouldBe("2026-01 310.00, 2026-02 280.00, 2026-03 310.00, 2026-04 100.00");
        answer.Balances[^1].ShouldBe(new MonthBalance(Month("2026-04"), 3650m, 2650m, 1000m, 0m, 0m, 0m, 0m, 100m));
    }

    [Theory]
    [InlineData("")]
    [InlineData("2026-04-11 2650")]
    [InlineData("2026-04-11 650, 2026-05-02 2000")]
    [InlineData("2026-04-30 1000")]
    public void A_refund_that_was_announced_counts_once_however_it_is_given(string memos)
    {
        var given = memos.Split(", ", StringSplitOptions.RemoveEmptyEntries).Select((memo, no) =>
            (RevenueEvent)new RevenueEvent.Credited(Day(memo[..10]), $"CM-{no}", decimal.Parse(memo[11..], System.Globalization.CultureInfo.InvariantCulture)));
        var answer = Recognised(
            Contract("3650", Seats), [Invoice("2026-01-01", "3650"), new RevenueEvent.Cancelled(Day("2026-04-11"), 2, "left", 2650m), .. given]);
        ByMonth(answer).ShouldBe("2026-01 310.00, 2026-02 280.00, 2026-03 310.00, 2026-04 100.00");
        answer.Balances[^1].Deferred.ShouldBe(0m);
        answer.Balances[^1].Recognised.ShouldBe(1000m);
    }

    [Fact]
    public void What_was_credited_before_a_cancellation_is_no_part_of_its_refund() =>
        Recognised(
            Contract("3650", Seats), Invoice("2026-01-01", "3650"), new RevenueEvent.Credited(Day("2026-04-10"), "CM-1", 650m),
            new RevenueEvent.Cancelled(Day("2026-04-11"), 2, "left", 2000m)).Balances[^1].Recognised.ShouldBe(1000m);

    [Fact]
    public void A_cancellation_takes_back_what_will_never_be_invoiced()
    {
        var answer = Recognised(Contract("3650", Seats), Invoice("2026-01-01", "600"), new RevenueEvent.Cancelled(Day("2026-04-11"), 2, "insolvent", 0m));
        answer.CatchUps.Single().Amount.ShouldBe(-400m);
        Deferred(answer, "2026-03").ShouldBe(-300m);
        answer.Balances[^1].Deferred.ShouldBe(0m);
    }

    [Fact]
    public void Amendments_count_by_their_day_and_not_by_their_place_in_the_list()
    {
        RevenueEvent first = Change(Day45, "2890", From(Day45, "more", "3210"));
        RevenueEvent second = Change("2026-03-01", "500", From("2026-03-01", "third", "900")) with { Version = 3 };
        var (one, other) = (Recognised(Contract("3650", Seats), first, second), Recognised(Contract("3650", Seats), second, first));
        other.Balances.ShouldBe(one.Balances);
        other.Modifications.Select(judged => judged.Version).ShouldBe([2, 3]);
    }

    [Theory]
    [InlineData("2025-12-31", "events[0].on before-start")]
    [InlineData("2027-01-01", "events[0].on after-end")]
    [InlineData("2030-01-01", "events[0].on after-end")]
    public void A_modification_outside_of_the_contract_is_refused(string on, string refused) =>
        Refused(Contract("3650", Seats), Change(on, "100")).ShouldBe(refused);

    [Theory]
    [InlineData("2026-01-01")]
    [InlineData("2026-12-31")]
    public void The_first_and_the_last_day_belong_to_the_contract(string on) =>
        Recognised(Contract("3650", Seats), Change(on, "100")).Schedule.Sum(line => line.Amount).ShouldBe(3750m);

    [Fact]
    public void After_a_renewal_the_contract_ends_later() =>
        Recognised(Contract("3650", Seats), Change("2026-07-02", "100", Promise("next", Satisfaction.RatableDaily, End, "2028-01-01", "3650")),
            Change("2027-06-01", "50") with { Version = 3 }).Schedule.Sum(line => line.Amount).ShouldBe(3800m);

    [Fact]
    public void What_makes_no_sense_is_refused_with_its_field()
    {
        Refused(Contract("3650", Seats), Change(Day45, "-3300")).ShouldBe("events[0].price below-recognised");
        Refused(Contract("3650", Seats), Change(Day45, "0") with { End = ["seats"] }).ShouldBe("events[0].end nothing-left");
        Refused(Contract("3650", Seats), Change(Day45, "0") with { End = ["chairs"] }).ShouldBe("events[0].end[0] unknown-obligation");
        Refused(Contract("3650", Seats), Change(Day45, "10", From(Day45, "more", "1") with { Ssp = null })).ShouldBe("events[0].add[0].ssp ssp-missing");
        Refused(Contract("3650", Seats), Change(Day45, "10", Seats)).ShouldContain("events[0].add[0].code duplicate");
        Refused(Contract("3650", Seats), Change(Day45, "10"), Change("2026-03-01", "10")).ShouldBe("events[1].version duplicate");
        Refused(Contract("3650", Seats), Invoice("2026-01-01", "10"), new RevenueEvent.Cancelled(Day(Day45), 2, "left", 11m)).ShouldBe("events[1].refund more-than-invoiced");
        Refused(Contract("3650", Seats), new RevenueEvent.Cancelled(Day(Day45), 2, "left", 0m), Change("2026-03-01", "10") with { Version = 3 })
            .ShouldBe("events[1].on after-cancellation");
    }

    private static Obligation Year(string code, string ssp) => Promise(code, Satisfaction.RatableDaily, "2026-01-01", End, ssp);

    private static Obligation From(string start, string code, string ssp) => Promise(code, Satisfaction.RatableDaily, start, End, ssp);
}
