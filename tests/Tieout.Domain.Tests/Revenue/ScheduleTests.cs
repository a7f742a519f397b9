using Tieout.Domain.Revenue;
using static Tieout.Domain.Tests.Amounts;
using static Tieout.Domain.Tests.Revenue.Contracts;

namespace Tieout.Domain.Tests.Revenue;

public class ScheduleTests
{
    [Theory]
    [InlineData(Satisfaction.RatableDaily, "2026-01-01", "2026-04-01", "90", "2026-01 31.00, 2026-02 28.00, 2026-03 31.00")]
    [InlineData(Satisfaction.RatableDaily, "2028-01-01", "2028-04-01", "91", "2028-01 31.00, 2028-02 29.00, 2028-03 31.00")]          // leap year
    [InlineData(Satisfaction.RatableDaily, "2026-01-31", "2026-03-01", "29", "2026-01 1.00, 2026-02 28.00")]                          // one day of January
    [InlineData(Satisfaction.RatableDaily, "2026-02-28", "2026-03-01", "7.77", "2026-02 7.77")]                                       // one day
    [InlineData(Satisfaction.RatableDaily, "2028-02-29", "2028-03-01", "0.01", "2028-02 0.01")]
    [InlineData(Satisfaction.RatableDaily, "2026-12-31", "2027-01-02", "1", "2026-12 0.50, 2027-01 0.50")]
    [InlineData(Satisfaction.RatableMonthly, "2026-01-01", "2026-04-01", "90", "2026-01 30.00, 2026-02 30.00, 2026-03 30.00")]
    [InlineData(Satisfaction.RatableMonthly, "2028-01-01", "2028-04-01", "90", "2028-01 30.00, 2028-02 30.00, 2028-03 30.00")]
    [InlineData(Satisfaction.RatableMonthly, "2026-04-16", "2026-06-16", "60", "2026-04 15.00, 2026-05 30.48, 2026-06 14.52")]        // 15 of 30; 15 of 30 and 16 of 31; 15 of 31
    [InlineData(Satisfaction.RatableMonthly, "2026-01-31", "2026-03-31", "56", "2026-01 1.00, 2026-02 27.90, 2026-03 27.10")]         // 28 days to 28 Feb, 31 from there
    public void Time_goes_by_days_or_by_even_months(Satisfaction how, string start, string end, string price, string months) =>
        ByMonth(Recognised(Contract(price, Promise("A", how, start, end, "1")))).ShouldBe(months);

    [Theory]
    [InlineData("USD", "100", ScheduleRounding.Cumulative, "2026-01 33.33, 2026-02 33.34, 2026-03 33.33")]
    [InlineData("USD", "100", ScheduleRounding.ResidualLast, "2026-01 33.33, 2026-02 33.33, 2026-03 33.34")]
    [InlineData("USD", "200", ScheduleRounding.Cumulative, "2026-01 66.67, 2026-02 66.66, 2026-03 66.67")]
    [InlineData("USD", "200", ScheduleRounding.ResidualLast, "2026-01 66.67, 2026-02 66.67, 2026-03 66.66")]
    [InlineData("JPY", "100", ScheduleRounding.Cumulative, "2026-01 33.00, 2026-02 34.00, 2026-03 33.00")]
    [InlineData("JPY", "100", ScheduleRounding.ResidualLast, "2026-01 33.00, 2026-02 33.00, 2026-03 34.00")]
    [InlineData("KWD", "100", ScheduleRounding.Cumulative, "2026-01 33.333, 2026-02 33.334, 2026-03 33.333")]
    [InlineData("KWD", "100", ScheduleRounding.ResidualLast, "2026-01 33.333, 2026-02 33.333, 2026-03 33.334")]
    [InlineData("USD", "0.02", ScheduleRounding.ResidualLast, "2026-01 0.01, 2026-02 0.01")]                                          // 0.0067 each, never past the total
    public void What_rounding_leaves_over_goes_where_the_contract_says(string currency, string price, ScheduleRounding rounding, string months)
    {
        var contract = Contract(price, Promise("A", Satisfaction.RatableMonthly, "2026-01-01", "2026-04-01", "1")) with { Currency = Currency.Of(currency), Rounding = rounding };
        ByMonth(Recognised(contract)).ShouldBe(months);
    }

    [Fact]
    public void Free_months_and_ramps_are_invoiced_unevenly_and_recognised_evenly()
    {
        // A year for 1,100 with January free: nothing is invoiced in it, and it earns like the others.
        var answer = Recognised(Contract("1100", Promise("A", Satisfaction.RatableMonthly, "2026-01-01", "2027-01-01", "1200")) with { Unbilled = UnbilledKind.Receivable },
            [.. Enumerable.Range(2, 11).Select(month => Invoice($"2026-{month:00}-01", "100"))]);
        // 1,100 / 12 = 91.67 of January is not invoiced: only time has to pass.
        answer.Balances[0].ShouldBe(new MonthBalance(Month("2026-01"), 0m, 0m, 91.67m, -91.67m, 0m, 0m, 91.67m, 91.67m));
        // 1,100 x 6 / 12 = 550 against 500 invoiced.
        Deferred(answer, "2026-06").ShouldBe(-50m);
        answer.Balances[^1].Deferred.ShouldBe(0m);
    }

    [Fact]
    public void Milestones_weigh_and_unbilled_work_is_a_contract_asset()
    {
        var build = Promise("build", Satisfaction.Milestone, "2026-01-01", "2026-07-01", "1") with { Milestones = [new("design", 1m), new("pilot", 2m), new("live", 3m)] };
        var answer = Recognised(Contract("1000", build), new RevenueEvent.Reached(Day("2026-01-31"), "build", "design"),
            new RevenueEvent.Reached(Day("2026-03-01"), "build", "pilot"), Invoice("2026-04-01", "1000"));
        // 1/6 and 3/6 of 1,000.
        ByMonth(answer).ShouldBe("2026-01 166.67, 2026-03 333.33");
        answer.Balances[0].ContractAsset.ShouldBe(166.67m);
        answer.Balances.Single(end => end.Month == Month("2026-04")).ContractLiability.ShouldBe(500m);
    }

    [Fact]
    public void Units_are_recognised_as_used_and_the_rest_when_it_lapses()
    {
        var calls = Promise("calls", Satisfaction.Usage, "2026-01-01", "2026-04-01", "1") with { Quantity = 300m };
        RevenueEvent[] events = [Use("2026-01-31", "calls", "100"), Use("2026-02-01", "calls", "50"), new RevenueEvent.UsageFee(Day("2026-02-10"), "calls", 12.5m)];
        // 1/3, 1/6 and a fee beside; the other half lapses with March, or stays deferred.
        ByMonth(Recognised(Contract("600", calls with { Lapses = true }), events)).ShouldBe("2026-01 200.00, 2026-02 112.50, 2026-03 300.00");
        ByMonth(Recognised(Contract("600", calls), events)).ShouldBe("2026-01 200.00, 2026-02 112.50");
    }

    [Fact]
    public void A_delivery_that_happened_goes_before_the_one_planned()
    {
        var license = Promise("license", Satisfaction.PointInTime, "2026-01-01", "2026-07-01", "1") with { On = Day("2026-02-01") };
        ByMonth(Recognised(Contract("10", license))).ShouldBe("2026-02 10.00");
        ByMonth(Recognised(Contract("10", license), Delivery("2026-03-31", "license"))).ShouldBe("2026-03 10.00");
        ByMonth(Recognised(Contract("10", license with { On = null }))).ShouldBe("");
    }

    [Fact]
    public void A_right_that_is_exercised_is_recognised_then()
    {
        var right = new Obligation
        {
            Code = "renewal",
            Satisfaction = Satisfaction.PointInTime,
            Period = Days("2026-01-01", "2027-01-01"),
            Option = new OptionValue(100m, 0.5m, 0.5m),
            Lapses = true,
        };
        var contract = Contract("100", Promise("A", Satisfaction.PointInTime, "2026-01-01", "2026-02-01", "75") with { On = Day("2026-01-01") }, right);
        // 100 x 50 % x 50 % = 25 beside 75.
        ByMonth(Recognised(contract)).ShouldBe("2026-01 75.00, 2026-12 25.00");
        ByMonth(Recognised(contract, Delivery("2026-06-30", "renewal"))).ShouldBe("2026-01 75.00, 2026-06 25.00");
    }

    [Fact]
    public void Closed_months_stay_and_the_first_open_one_catches_up()
    {
        var contract = Contract("1200", Promise("A", Satisfaction.RatableMonthly, "2026-01-01", "2027-01-01", "1"));
        RevenueEvent late = new RevenueEvent.PriceChanged(Day("2026-02-01"), -120m, null, AtOnce: false, "concession");
        var answer = Recognised(contract, Invoice("2026-01-01", "1200"), Close("2026-03"), late, Credit("2026-02-01", "120"));
        // Three months at 100 stay; 90 was right, so April takes 90 - 30.
        ByMonth(answer).ShouldStartWith("2026-01 100.00, 2026-02 100.00, 2026-03 100.00, 2026-04 60.00, 2026-05 90.00, ");
        answer.CatchUps.Single().ShouldBe(new CaughtUp(Month("2026-04"), "A", -30m, "the months up to 2026-03 were closed before this was known; they stay as they are"));
        // The credit memo counts where it became known.
        answer.Balances.Select(end => end.Credited).Take(4).ShouldBe([0m, 0m, 0m, 120m]);
        // Known in time, it counts in its month.
        ByMonth(Recognised(contract, late, Close("2026-03"))).ShouldStartWith("2026-01 100.00, 2026-02 80.00, 2026-03 90.00, 2026-04 90.00, ");
    }

    [Fact]
    public void Months_closed_one_after_another_keep_what_each_was_closed_with()
    {
        var contract = Contract("1200", Promise("A", Satisfaction.RatableMonthly, "2026-01-01", "2027-01-01", "1"));
        var answer = Recognised(contract, Close("2026-01"), new RevenueEvent.PriceChanged(Day("2026-01-01"), 120m, null, AtOnce: false, "more"), Close("2026-02"),
            new RevenueEvent.PriceChanged(Day("2026-01-01"), 120m, null, AtOnce: false, "more still"));
        // 100; 110 and 10 of January; 120, and 10 of each of the two.
        ByMonth(answer).ShouldStartWith("2026-01 100.00, 2026-02 120.00, 2026-03 140.00, 2026-04 120.00, ");
        answer.CatchUps.Select(caught => (caught.Month, caught.Amount)).ShouldBe([(Month("2026-02"), 10m), (Month("2026-03"), 20m)]);
    }

    [Fact]
    public void A_modification_dated_into_closed_months_is_caught_up()
    {
        var contract = Contract("3650", Promise("A", Satisfaction.RatableDaily, "2026-01-01", "2027-01-01", "3650"));
        var change = Change("2026-02-14", "321");
        // From day 45: 3,531 over 321 days, 11.00 a day. February was closed with 280; 15 days lack 1.00 each.
        ByMonth(Recognised(contract, Close("2026-02"), change)).ShouldStartWith("2026-01 310.00, 2026-02 280.00, 2026-03 356.00, 2026-04 330.00, ");
        ByMonth(Recognised(contract, change, Close("2026-02"))).ShouldStartWith("2026-01 310.00, 2026-02 295.00, 2026-03 341.00, 2026-04 330.00, ");
    }
}
