using Tieout.Domain.Revenue;
using static Tieout.Domain.Tests.Amounts;
using static Tieout.Domain.Tests.Revenue.Contracts;

namespace Tieout.Domain.Tests.Revenue;

public class SellingPriceTests
{
    private const string Start = "2026-01-01";
    private const string End = "2027-01-01";

    [Theory]
    [InlineData("90", OutsideRange.Nearest, "90")]
    [InlineData("80", OutsideRange.Nearest, "80")]
    [InlineData("100", OutsideRange.Midpoint, "100")]
    [InlineData("79.99", OutsideRange.Nearest, "80")]
    [InlineData("120", OutsideRange.Nearest, "100")]
    [InlineData("79.99", OutsideRange.Midpoint, "90")]
    [InlineData("120", OutsideRange.Midpoint, "90")]
    [InlineData(null, OutsideRange.Nearest, "90")]
    public void Inside_a_range_the_stated_price_counts_outside_an_end_or_the_middle(string? stated, OutsideRange setting, string expected)
    {
        var promise = Promise("A", Satisfaction.PointInTime, Start, End, "0") with { Ssp = new SellingPrice(null, 80m, 100m), Stated = stated is null ? null : D(stated) };
        Recognised(Contract("1", promise) with { OutsideRange = setting }).Allocation.Single().Ssp.ShouldBe(D(expected));
    }

    [Theory]
    [InlineData("2025-12-31", "100")]
    [InlineData("2026-01-01", "110")]     // of two versions of one day the higher
    [InlineData("2026-12-31", "110")]
    [InlineData("2027-01-01", "120")]
    public void The_version_in_force_on_the_first_day_counts(string start, string expected)
    {
        var promise = Promise("A", Satisfaction.PointInTime, start, "2028-01-01", "0") with { Ssp = null, Product = "P" };
        var contract = Contract("1", promise) with { Book = [Booked(3, "2026-01-01", 110m), Booked(1, "2025-01-01", 100m), Booked(4, "2027-01-01", 120m), Booked(2, "2026-01-01", 105m)] };
        Recognised(contract).Allocation.Single().Ssp.ShouldBe(D(expected));
    }

    [Theory]
    [InlineData(PerTime.Term, "30")]
    [InlineData(PerTime.Month, "45")]     // 1.5 months
    [InlineData(PerTime.Year, "3.75")]    // an eighth of a year
    public void A_price_for_a_time_is_multiplied_by_the_time(PerTime per, string expected)
    {
        // May, and 15 of the 30 days of June.
        var promise = Promise("A", Satisfaction.RatableDaily, "2026-05-01", "2026-06-16", "0") with { Quantity = 3m, Ssp = new SellingPrice(10m, null, null, per) };
        Recognised(Contract("1", promise)).Allocation.Single().Ssp.ShouldBe(D(expected));
    }

    [Fact]
    public void Variable_parts_are_estimated_constrained_and_given_to_those_they_belong_to()
    {
        var contract = Contract("100", Thing("A", "50"), Thing("B", "50")) with
        {
            Price = new TransactionPrice(100m)
            {
                Variable =
                [
                    new VariablePart("bonus", EstimateMethod.ExpectedValue, [new Outcome(100m, 0.75m), new Outcome(0m, 0.25m)], null, [], ""),
                    new VariablePart("early", EstimateMethod.MostLikelyAmount, [new Outcome(30m, 0.6m), new Outcome(0m, 0.4m)], 20m, ["B"], "only B can be early"),
                ],
            },
        };
        var answer = Recognised(contract);
        // 100 + 100 x 75 % = 175 for both; 20 of the 30 for B alone.
        Shares(answer).ShouldBe("A 87.50, B 107.50");
        answer.Price.ShouldBe(195m);
    }

    [Fact]
    public void What_is_wrong_is_told_all_at_once_by_field()
    {
        Refused(Contract("100.001", Thing("A", "1"), Thing("A", "1") with { Quantity = 0m }, Thing("B", "1") with { Ssp = null }))
            .ShouldBe("obligations[0].code duplicate, obligations[1].code duplicate, obligations[1].quantity not-positive, obligations[2].ssp ssp-missing, price.fixed wrong-scale");
        var year = Promise("Y1", Satisfaction.RatableDaily, Start, End, "1") with { Product = "Y" };
        Refused(Contract("1", year, Promise("Y2", Satisfaction.RatableDaily, "2026-12-31", "2027-12-31", "1") with { Product = "Y" })).ShouldBe("obligations[1].period overlap");
        Recognised(Contract("1", year, Promise("Y2", Satisfaction.RatableDaily, End, "2028-01-01", "1") with { Product = "Y" })).Price.ShouldBe(1m);
        Refused(Contract("1", Thing("A", "1") with { Ssp = new SellingPrice(5m, 6m, 7m) })).ShouldBe("obligations[0].ssp bad-range");
        Refused(Contract("1", Thing("A", "0"))).ShouldBe("obligations ssp-zero");
        Refused(Contract("1", Thing("A", "1"), Thing("B", "1") with { Ssp = null, Residual = new ResidualApproach(ResidualReason.NotYetEstablished, null, null) }))
            .ShouldBe("obligations[1].residual residual-nothing");
        Refused(Contract("1", Thing("A", "1")) with { Price = new TransactionPrice(1m) { Discount = new DiscountToSome(["A"], 1m, "x") } })
            .ShouldBe("price.discount.obligations too-few");
        Refused(Contract("90", Thing("A", "50"), Thing("B", "50"), Thing("C", "50")) with { Price = new TransactionPrice(120m) { Discount = new DiscountToSome(["A", "B"], 80m, "x") } })
            .ShouldBe("price.discount.bundle-price discount-not-the-bundles");
        Refused(Contract("1", Thing("A", "1")), Use("2026-02-01", "A", "1"), Delivery("2025-12-31", "A"), Use("2026-02-01", "Z", "1"), Invoice(Start, "1.005"))
            .ShouldBe("events[0].obligation wrong-satisfaction, events[1].on before-start, events[2].obligation unknown-obligation, events[3].amount wrong-scale");
        Refused(Contract("1", Thing("A", "1")), Invoice(Start, "1"), Invoice(Start, "1"), Delivery("2026-02-01", "A"), Delivery("2026-03-01", "A"))
            .ShouldBe("events[1].id duplicate, events[3].obligation duplicate");
    }

    [Fact]
    public void Figures_too_large_to_be_kept_exactly_are_refused() =>
        Refused(Contract("9999999999999999", Thing("A", "9999999999999999"), Thing("B", "9999999999999999"))).ShouldBe("(document) overflow");

    [Fact]
    public void Quantities_too_large_to_be_multiplied_are_refused() =>
        Refused(Contract("1", Thing("A", "9999999999999999") with { Quantity = 9_999_999_999_999_999m })).ShouldBe("(document) overflow");

    [Fact]
    public void A_bundle_of_what_has_no_price_is_refused() =>
        Refused(Contract("1", Thing("A", "1"), Thing("B", "0"), Thing("C", "0")) with { Price = new TransactionPrice(1m) { Discount = new DiscountToSome(["B", "C"], 0m, "x") } })
            .ShouldBe("price.discount.obligations ssp-zero");

    private static BookedPrice Booked(int version, string from, decimal price) => new("P", version, Day(from), new SellingPrice(price, null, null));

    private static Obligation Thing(string code, string ssp) => Promise(code, Satisfaction.PointInTime, Start, End, ssp);
}
