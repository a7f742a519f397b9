using Tieout.Domain.Revenue;
using static Tieout.Domain.Tests.Amounts;
using static Tieout.Domain.Tests.Revenue.Contracts;

namespace Tieout.Domain.Tests.Revenue;

/// <summary>
/// Illustrative examples published with IFRS 15 and ASC 606, told in our own words with dates of our own, where they give none. The
/// standards show whole units; cents are ours, and the arithmetic stands beside each.
/// </summary>
public class StandardExampleTests
{
    private const string Start = "2026-01-01";
    private const string End = "2027-01-01";

    [Fact]
    public void Example_5_case_A_more_products_at_their_price_alone_are_a_separate_contract()
    {
        // 120 products at 100; 60 delivered; 30 more at 95, which is what they cost alone by then.
        var answer = Recognised(Contract("12000", Products("P", "120", "100")),
            Use("2026-02-10", "P", "60"), Change("2026-03-01", "2850", Products("P2", "30", "95")), Use("2026-03-10", "P", "60"), Use("2026-04-10", "P2", "30"));
        answer.Modifications.Single().Treatment.ShouldBe(Treatment.SeparateContract);
        answer.Modifications.Single().Rule.ShouldBe("ASC 606-10-25-12, IFRS 15.20");
        // 60 x 100, 60 x 100, 30 x 95.
        ByMonth(answer).ShouldBe("2026-02 6000.00, 2026-03 6000.00, 2026-04 2850.00");
    }

    [Fact]
    public void Example_5_case_B_more_products_at_another_price_share_what_is_left()
    {
        // 30 more at 80, not their price alone; 15 off each of the 60 delivered, because they had defects: 900 at once.
        var answer = Recognised(Contract("12000", Products("P", "120", "100")), Use("2026-02-10", "P", "60"),
            new RevenueEvent.PriceChanged(Day("2026-03-01"), -900m, "P", AtOnce: true, "defects of what was delivered"),
            Change("2026-03-01", "2400", Products("P2", "30", "100")), Use("2026-04-10", "P", "60"), Use("2026-05-10", "P2", "30"));
        answer.Modifications.Single().Treatment.ShouldBe(Treatment.Prospective);
        // Left: 60 x 100 + 30 x 80 = 8,400 for 90 products, 93.33 each: 60 of them 5,600, 30 of them 2,800.
        ByMonth(answer).ShouldBe("2026-02 6000.00, 2026-03 -900.00, 2026-04 5600.00, 2026-05 2800.00");
    }

    [Fact]
    public void Example_6_a_later_estimate_goes_partly_to_what_was_given_before_the_modification()
    {
        // X and Y cost the same alone; 1,000 and an estimate of 200. X is given at once. Then Z comes in for 300, below its price, and
        // later the estimate rises to 240.
        var contract = Contract("1000", Thing("X", "600"), Thing("Y", "600")) with
        {
            Price = new TransactionPrice(1000m) { Variable = [new VariablePart("bonus", EstimateMethod.MostLikelyAmount, [new Outcome(200m, 1m)], null, [], "")] },
        };
        var answer = Recognised(contract, Delivery("2026-01-05", "X"), Change("2026-02-01", "300", Thing("Z", "600")),
            new RevenueEvent.PriceChanged(Day("2026-03-01"), 40m, null, AtOnce: false, "estimate 240") { PromisedBefore = true }, Delivery("2026-04-05", "Y"), Delivery("2026-05-05", "Z"));
        // X 600; left 600 + 300 = 900, 450 each. Of 40: 20 belong to X and come at once, 20 to what was left, 10 each.
        Shares(answer).ShouldBe("X 600.00, Y 600.00");
        ByMonth(answer).ShouldBe("2026-01 600.00, 2026-03 20.00, 2026-04 460.00, 2026-05 460.00");
    }

    [Fact]
    public void Example_7_a_service_blended_and_extended_goes_on_at_the_price_of_what_is_left()
    {
        // Three years at 100,000. After two: the third for 80,000 and three more for 200,000, when a year costs 80,000 alone.
        var service = new Obligation { Code = "cleaning", Satisfaction = Satisfaction.RatableMonthly, Period = Days("2024-01-01", "2027-01-01") };
        var more = service with { Code = "cleaning-2", Product = "cleaning", Period = Days("2027-01-01", "2030-01-01") };
        var contract = Contract("300000", service) with
        {
            Book =
            [
                new BookedPrice("cleaning", 1, Day("2024-01-01"), new SellingPrice(100_000m, null, null, PerTime.Year)),
                new BookedPrice("cleaning", 2, Day("2026-01-01"), new SellingPrice(80_000m, null, null, PerTime.Year)),
            ],
        };
        var answer = Recognised(contract, Change("2026-01-01", "180000", more));
        answer.Modifications.Single().Treatment.ShouldBe(Treatment.Prospective);
        // (100,000 - 20,000 + 200,000) / 4 = 70,000 a year.
        ByYear(answer).ShouldBe("2024 100000.00, 2025 100000.00, 2026 70000.00, 2027 70000.00, 2028 70000.00, 2029 70000.00");
    }

    [Fact]
    public void Example_8_a_building_in_the_making_is_caught_up()
    {
        // 1,000,000 and a bonus of 200,000 that is not certain enough. 420,000 of costs of 700,000 after a year: 60 %. Then the plan
        // changes: 150,000 more, costs of 820,000 in all, the bonus now certain enough. 420,000 of 820,000 is 51.2 %.
        var building = Promise("building", Satisfaction.Measured, "2025-01-01", "2027-01-01", "1000000");
        var contract = Contract("1000000", building) with
        {
            Price = new TransactionPrice(1_000_000m)
            {
                Variable = [new VariablePart("bonus", EstimateMethod.MostLikelyAmount, [new Outcome(200_000m, 0.6m), new Outcome(0m, 0.4m)], 0m, [], "no experience, weather")],
            },
        };
        var answer = Recognised(contract, new RevenueEvent.Progressed(Day("2025-12-31"), "building", 0.6m), Change("2026-03-01", "150000"),
            new RevenueEvent.PriceChanged(Day("2026-03-01"), 200_000m, null, AtOnce: false, "the bonus is certain enough"),
            new RevenueEvent.Progressed(Day("2026-03-01"), "building", 0.512m));
        answer.Modifications.Single().Treatment.ShouldBe(Treatment.CumulativeCatchUp);
        // 1,350,000 x 51.2 % = 691,200, of which 600,000 stand.
        ByMonth(answer).ShouldBe("2025-12 600000.00, 2026-03 91200.00");
        answer.CatchUps.Single().Amount.ShouldBe(91_200m);
    }

    [Fact]
    public void Example_33_three_products_share_by_their_prices_alone()
    {
        // 50 + 25 + 75 = 150 for 100: a third off everything.
        var answer = Recognised(Contract("100", Thing("A", "50"), Thing("B", "25"), Thing("C", "75")));
        Shares(answer).ShouldBe("A 33.33, B 16.67, C 50.00");
    }

    [Fact]
    public void Example_34_case_A_a_discount_of_two_products_is_theirs_alone()
    {
        // 40 + 55 + 45 = 140 for 100; B and C are regularly sold together for 60. B: 60 x 55 / 100, C: 60 x 45 / 100.
        var answer = Recognised(Discounted("100", Thing("A", "40"), Thing("B", "55"), Thing("C", "45")));
        Shares(answer).ShouldBe("A 40.00, B 33.00, C 27.00");
    }

    [Fact]
    public void Example_34_case_B_the_discount_comes_before_the_residual()
    {
        // D sells for 15 to 45. 130 - 40 - 60 = 30 for D.
        var answer = Recognised(Discounted("130", Thing("A", "40"), Thing("B", "55"), Thing("C", "45"), Residual("D")));
        Shares(answer).ShouldBe("A 40.00, B 33.00, C 27.00, D 30.00");
        answer.Steps.ShouldContain(step => step.Rule == "ASC 606-10-32-34(c), IFRS 15.79(c)" && step.Amount == 30m);
    }

    [Fact]
    public void Example_34_case_C_a_residual_that_is_no_price_is_refused() =>
        // 105 - 40 - 60 = 5, and D never sells below 15.
        Refused(Discounted("105", Thing("A", "40"), Thing("B", "55"), Thing("C", "45"), Residual("D"))).ShouldBe("obligations[3].residual residual-outside-range");

    [Fact]
    public void Example_35_case_B_royalties_are_shared_and_wait_for_the_license_they_belong_to()
    {
        // Licenses X (800 alone) and Y (1,000): 300 fixed and royalties. Y is given at once, X after three months; 200 of royalties come in
        // the first month. Fixed: 300 x 800 / 1,800 = 133.33 and 166.67; royalties 88.89 and 111.11.
        var answer = Recognised(Contract("300", Thing("X", "800"), Thing("Y", "1000")), Invoice("2026-01-31", "500"), Delivery("2026-01-01", "Y"),
            new RevenueEvent.UsageFee(Day("2026-01-31"), null, 200m), Delivery("2026-04-01", "X"));
        ByMonth(answer, "Y").ShouldBe("2026-01 277.78");
        ByMonth(answer, "X").ShouldBe("2026-04 222.22");
        Deferred(answer, "2026-03").ShouldBe(222.22m);
    }

    [Fact]
    public void Example_49_a_voucher_that_others_do_not_get_is_a_promise_of_its_own()
    {
        // A sells for 100 with a voucher of 40 % for purchases of 50; everybody gets 10 %; 80 % will use it. 50 x 30 % x 80 % = 12.
        var voucher = new Obligation
        {
            Code = "voucher",
            Satisfaction = Satisfaction.PointInTime,
            Period = Days("2026-01-01", "2026-01-31"),
            Option = new OptionValue(50m, 0.3m, 0.8m),
            Lapses = true,
        };
        var answer = Recognised(Contract("100", Thing("A", "100") with { On = Day("2026-01-01") }, voucher));
        // 100 x 100 / 112 = 89.29; 100 x 12 / 112 = 10.71, recognised when it lapses.
        Shares(answer).ShouldBe("A 89.29, voucher 10.71");
        answer.Steps.ShouldContain(step => step.Amount == 12m && step.Rule.Contains("55-42"));
        ByMonth(answer, "voucher").ShouldBe("2026-01 10.71");
    }

    [Fact]
    public void Example_52_points_are_recognised_as_they_are_redeemed_of_those_expected()
    {
        // 100,000 of products with 10,000 points worth 0.95 each: 9,500. 100,000 x 100,000 / 109,500 = 91,324.20 and 8,675.80.
        var points = Promise("points", Satisfaction.Usage, "2026-01-01", "2029-01-01", "1") with { Quantity = 9_500m };
        var answer = Recognised(Contract("100000", Thing("products", "100000") with { On = Day(Start) }, points), Use("2026-12-31", "points", "4500"),
            Use("2027-12-31", "points", "4000"), new RevenueEvent.Expected(Day("2027-12-31"), "points", 9_700m));
        Shares(answer).ShouldBe("products 91324.20, points 8675.80");
        // 8,675.80 x 4,500 / 9,500 = 4,109.59; x 8,500 / 9,700 = 7,602.51 in all, 3,492.92 more.
        ByMonth(answer, "points").ShouldBe("2026-12 4109.59, 2027-12 3492.92");
    }

    [Fact]
    public void Example_53_a_fee_at_the_start_for_nothing_distinct_is_revenue_of_the_service()
    {
        // 120 for the set-up beside 1,200 for a year of service: 1,320 by even months, 110 each. The set-up takes no share.
        var setUp = Thing("set-up", "120") with { Into = "service" };
        var answer = Recognised(Contract("1320", Promise("service", Satisfaction.RatableMonthly, Start, End, "1200"), setUp));
        Shares(answer).ShouldBe("service 1320.00");
        answer.Schedule.Select(line => line.Amount).Distinct().ShouldBe([110m]);
    }

    [Fact]
    public void A_fee_at_the_start_that_spares_later_ones_goes_beyond_the_contract()
    {
        // Customers stay three years and renewals cost no set-up: 360 over 36 months of days, 1,200 over the year.
        var contract = Contract("1200", Promise("service", Satisfaction.RatableMonthly, Start, End, "1200")) with
        {
            Price = new TransactionPrice(1200m) { Upfront = new UpfrontFee(1096m, Days(Start, "2029-01-01"), "renewals do not cost it again") },
        };
        var answer = Recognised(contract, Invoice(Start, "2296"));
        answer.Price.ShouldBe(2296m);
        // 1,096 days from 2026 to 2028 (2028 has 366): 1.00 a day.
        ByYear(answer).ShouldBe("2026 1565.00, 2027 365.00, 2028 366.00");
        Deferred(answer, "2026-12").ShouldBe(731m);
    }

    private static Obligation Thing(string code, string ssp) => Promise(code, Satisfaction.PointInTime, Start, End, ssp);

    private static Obligation Products(string code, string quantity, string ssp) =>
        Promise(code, Satisfaction.Usage, Start, "2026-07-01", ssp) with { Quantity = D(quantity), Product = "product" };

    private static Obligation Residual(string code) => Thing(code, "1") with { Ssp = null, Residual = new ResidualApproach(ResidualReason.HighlyVariable, 15m, 45m) };

    private static RevenueContract Discounted(string price, params Obligation[] promises) => Contract(price, promises) with
    {
        Price = new TransactionPrice(D(price)) { Discount = new DiscountToSome(["B", "C"], 60m, "sold together to most customers") },
    };
}
