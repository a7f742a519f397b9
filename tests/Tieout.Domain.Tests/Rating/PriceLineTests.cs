using Tieout.Domain.Catalog;
using Tieout.Domain.Rating;
using static Tieout.Domain.Tests.Amounts;

namespace Tieout.Domain.Tests.Rating;

public class PriceLineTests
{
    private static readonly PriceTerms Usage = new() { Kind = PriceKind.Usage, Timing = BillingTiming.Arrears, Meter = "calls" };

    [Fact]
    public void A_line_is_rated_prorated_raised_to_its_minimum_discounted_and_rounded_in_this_order()
    {
        var line = Line(new ChargeModel.Flat(90m), PriceTerms.Default with { Minimum = 100m }, 10, 30) with
        {
            Discounts = [new("TEN", DiscountKind.Amount, 10m), new("HALF", DiscountKind.Percent, 0.5m)],
        };
        var priced = Explain(line);
        priced.Steps.Select(step => (step.Words, Rounding.HalfAwayFromZero(step.Amount, 4))).ShouldBe(
        [
            ("flat amount of 90.00", 90m),
            ("share of the period: 10 of 30", -60m),
            ("true-up to the minimum of 33.333333333333", 3.3333m),
            ("discount HALF: 50 % off", -16.6667m),
            ("discount TEN: 10.00 off", -3.3333m),                // a third of it: the amount is for a full period
        ]);
        priced.Rounded.ToString().ShouldBe("13.33 USD");
        priced.Steps.Select(step => (step.Quantity, step.UnitPrice)).ShouldBe([(null, null), (null, null), (null, null), (null, 0.5m), (null, null)]);
    }

    [Theory]
    [InlineData("recurring", true, "50")]
    [InlineData("recurring", false, "100")]       // a period begun costs the whole
    [InlineData("one-off", true, "100")]
    [InlineData("one-off", false, "100")]
    public void What_is_prorated_is_a_matter_of_the_price(string kind, bool prorated, string expected) =>
        Explain(Line(new ChargeModel.Flat(100m), new PriceTerms { Kind = Domain.Words.Parse<PriceKind>(kind), Prorated = prorated }, 15, 30))
            .Exact.ShouldBe(D(expected));

    [Theory]
    [InlineData("recurring", "0")]
    [InlineData("one-off", "100")]                // has no parts
    public void What_another_part_of_the_period_has_paid_for_costs_nothing(string kind, string expected) =>
        Explain(Line(new ChargeModel.Flat(100m), new PriceTerms { Kind = Domain.Words.Parse<PriceKind>(kind), Prorated = false, Minimum = 40m }, 0, 1))
            .Exact.ShouldBe(D(expected));

    [Fact]
    public void Usage_is_not_prorated_but_its_fees_and_minimums_are()
    {
        Explain(Line(new ChargeModel.PerUnit(1m), Usage, 15, 30)).Exact.ShouldBe(40m);
        Explain(Line(new ChargeModel.Flat(100m), Usage, 15, 30)).Exact.ShouldBe(50m);
        Explain(Line(new ChargeModel.Commitment(100m, new ChargeModel.PerUnit(1m)), Usage, 15, 30)).Exact.ShouldBe(50m);
        Explain(Line(new ChargeModel.PerUnit(1m), Usage with { Minimum = 100m }, 15, 30)).Exact.ShouldBe(50m);
        Explain(Line(new ChargeModel.PerUnit(1m), Usage with { Minimum = 100m, Prorated = false }, 15, 30)).Exact.ShouldBe(100m);
        // Half the period has half the fee and half the units included: 25 + (40 - 10) x 2.
        Explain(Line(new ChargeModel.Included(50m, 20m, 2m, null), Usage, 15, 30)).Exact.ShouldBe(85m);
        Explain(Line(new ChargeModel.Included(50m, 20m, null, 1m), Usage, 15, 30)).Exact.ShouldBe(100m);
    }

    [Fact]
    public void Fees_shrink_within_models_too_and_prices_of_units_do_not()
    {
        var half = new Share(15m, 30m);
        Proration.Fees(new ChargeModel.Prepaid("c", new ChargeModel.Flat(10m)), half)
            .ShouldBe(new ChargeModel.Prepaid("c", new ChargeModel.Flat(5m)));
        var matrix = (ChargeModel.Matrix)Proration.Fees(
            new ChargeModel.Matrix(["a"], [new(["x"], new ChargeModel.Flat(10m))], new ChargeModel.Flat(4m)), half);
        (matrix.Cells[0].Model, matrix.Otherwise).ShouldBe((new ChargeModel.Flat(5m), new ChargeModel.Flat(2m)));
        ((ChargeModel.Matrix)Proration.Fees(new ChargeModel.Matrix(["a"], [], null), half)).Otherwise.ShouldBeNull();
        ((ChargeModel.Capacity)Proration.Fees(new ChargeModel.Capacity([new(10m, 2m, 100m)]), half)).Tiers.ShouldBe([new Tier(10m, 1m, 50m)]);
        var graduated = new ChargeModel.Graduated([new(null, 1m, 10m)]);
        Proration.Fees(graduated, half).ShouldBeSameAs(graduated);
        var commitment = new ChargeModel.Commitment(10m, new ChargeModel.Flat(4m));
        Proration.Fees(commitment, half).ShouldBe(new ChargeModel.Commitment(5m, new ChargeModel.Flat(2m)));
        Proration.Fees(commitment, Share.Full).ShouldBeSameAs(commitment);
    }

    [Fact]
    public void A_whole_period_has_no_step_of_proration_and_a_line_above_its_minimum_none_of_it()
    {
        Explain(Line(new ChargeModel.Flat(100m), PriceTerms.Default with { Minimum = 100m }, 30, 30)).Steps.Count.ShouldBe(1);
        Explain(Line(new ChargeModel.Flat(100m), PriceTerms.Default with { Minimum = 100.01m }, 30, 30)).Rounded.Amount.ShouldBe(100.01m);
    }

    [Fact]
    public void Nothing_is_taken_off_nothing_and_no_step_says_so() =>
        Explain(Line(new ChargeModel.Flat(0m), PriceTerms.Default, 30, 30) with
        {
            Discounts = [new("P", DiscountKind.Percent, 0.1m), new("A", DiscountKind.Amount, 5m)],
        }).Steps.Select(step => step.Words).ShouldBe(["flat amount of 0.00"]);

    [Theory]
    [InlineData("JPY", "100.5", "101")]
    [InlineData("USD", "0.005", "0.01")]
    [InlineData("USD", "0.0049", "0.00")]
    [InlineData("KWD", "1.2345", "1.235")]
    [InlineData("CLF", "1.23455", "1.2346")]
    public void Rounding_is_half_away_from_zero_to_the_currencys_decimals(string currency, string amount, string rounded)
    {
        var line = Line(new ChargeModel.Flat(D(amount)), PriceTerms.Default, 1, 1);
        PriceLine.Amount(line, Currency.Of(currency)).ToPlain().ShouldBe(rounded);
        PriceLine.Explain(line, Currency.Of(currency)).Exact.ShouldBe(D(amount));
    }

    [Fact]
    public void Settings_of_the_price_reach_the_rating() =>
        Explain(new LineToPrice(
            new ChargeModel.Graduated([new(null, 1m, 7m)]), new PriceTerms { ZeroUnitsEnterFirstTier = true }, new Measured(0m), Share.Full)).Exact.ShouldBe(7m);

    [Fact]
    public void Draws_are_told_with_the_line()
    {
        var grant = new CreditGrant(new(new Guid(1, 0, 0, [0, 0, 0, 0, 0, 0, 0, 0])), "c", 3m);
        Explain(new LineToPrice(
            new ChargeModel.Prepaid("c", new ChargeModel.PerUnit(1m)), Usage, new Measured(10m) { Grants = [grant], AsOf = Day("2026-11-20") }, Share.Full))
            .Draws.ShouldHaveSingleItem().Amount.ShouldBe(3m);
    }

    [Fact]
    public void Overflow_on_the_way_is_refused() =>
        Should.Throw<RatingException>(() => PriceLine.Amount(Line(new ChargeModel.Flat(decimal.MaxValue), PriceTerms.Default, 15, 30), Usd))
            .Code.ShouldBe("overflow");

    private static LineToPrice Line(ChargeModel model, PriceTerms terms, int active, int whole) => new(model, terms, new Measured(40m), new Share(active, whole));

    private static PricedLine Explain(LineToPrice line)
    {
        var priced = PriceLine.Explain(line, Usd);
        priced.Rounded.ShouldBe(PriceLine.Amount(line, Usd));
        priced.Steps.Sum(step => step.Amount).ShouldBe(priced.Exact);
        return priced;
    }
}
