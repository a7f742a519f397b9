using Tieout.Domain.Catalog;
using Tieout.Domain.Rating;
using static Tieout.Domain.Tests.Amounts;

namespace Tieout.Domain.Tests.Rating;

public class SimpleModelTests
{
    [Theory]
    [InlineData("0", "99")]                     // zero units cost the amount too
    [InlineData("1", "99")]
    [InlineData("1000000000000000", "99")]
    public void Flat_costs_the_amount_whatever_is_used(string quantity, string expected) =>
        Rate.Of(new ChargeModel.Flat(99m), quantity).ShouldBe(D(expected));

    [Theory]
    [InlineData("0.10", "0", "0")]
    [InlineData("0.10", "2.5", "0.25")]
    [InlineData("0.10", "1000000000000000", "100000000000000")]                              // 10^15 units
    [InlineData("0.123456789012", "1000000000000000", "123456789012000")]                    // twelve decimals of them
    [InlineData("0.000000000001", "0.5", "0.0000000000005")]
    [InlineData("0", "7", "0")]
    public void Per_unit_costs_price_times_units(string price, string quantity, string expected) =>
        Rate.Of(new ChargeModel.PerUnit(D(price)), quantity).ShouldBe(D(expected));

    [Theory]
    [InlineData("0", "50")]
    [InlineData("999", "50")]
    [InlineData("1000", "50")]                  // exactly the included units
    [InlineData("1000.5", "50.01")]             // half a unit above
    [InlineData("1001", "50.02")]
    [InlineData("1000000000000000", "20000000000030")]
    public void Included_units_cost_the_fee_and_units_above_the_overage_price(string quantity, string expected) =>
        Rate.Of(new ChargeModel.Included(50m, 1000m, 0.02m, null), quantity).ShouldBe(D(expected));

    [Theory]
    [InlineData("0", "100")]                    // the fee
    [InlineData("30", "100")]
    [InlineData("30.5", "102.5")]
    [InlineData("31", "105")]                   // 100 x 1.5 x 1 / 30
    [InlineData("60", "250")]
    [InlineData("1000000000000000", "4999999999999950")]
    public void A_factor_multiplies_the_fee_per_included_unit(string quantity, string expected) =>
        Rate.Of(new ChargeModel.Included(100m, 30m, null, 1.5m), quantity).ShouldBe(D(expected));

    [Fact]
    public void Overage_by_factor_multiplies_before_it_divides() =>
        // 100 / 30 rounded first would make 3,000,000 units a fraction of a cent short.
        Rate.Of(new ChargeModel.Included(100m, 30m, null, 1m), "3000030").ShouldBe(10_000_100m);

    [Fact]
    public void Steps_say_what_is_included_and_what_is_above_it()
    {
        var byPrice = Rate.Of(new ChargeModel.Included(50m, 1000m, 0.02m, null), new Measured(1001m)).Steps;
        byPrice.Select(step => step.Words).ShouldBe(["fee of 50.00 with 1,000 units included", "1 unit above the included 1,000 at 0.02"]);
        byPrice.Select(step => (step.Tier, step.Quantity, step.UnitPrice)).ShouldBe([(null, 1000m, null), (null, 1m, 0.02m)]);
        var byFactor = Rate.Of(new ChargeModel.Included(100m, 40m, null, 1.5m), new Measured(42m)).Steps;
        byFactor.Select(step => step.Words).ShouldBe(
            ["fee of 100.00 with 40 units included", "2 units above the included 40 at 3.75, a multiple of the fee per unit"]);
        byFactor.Select(step => (step.Tier, step.Quantity, step.UnitPrice)).ShouldBe([(null, 40m, null), (null, 2m, 3.75m)]);
    }

    [Fact]
    public void Overage_that_is_said_twice_or_not_at_all_is_refused()
    {
        Rate.Refusal(new ChargeModel.Included(1m, 1m, 1m, 1m), "1").ShouldBe("bad-model");
        Rate.Refusal(new ChargeModel.Included(1m, 1m, null, null), "1").ShouldBe("bad-model");
        Rate.Refusal(new ChargeModel.Included(1m, 0m, null, 1m), "1").ShouldBe("bad-model");
        Rate.Of(new ChargeModel.Included(1m, 0m, null, 1m), "0").ShouldBe(1m);
    }

    [Theory]
    [InlineData("0", false, "0")]
    [InlineData("0", true, "100")]              // the first tier's price of the period
    [InlineData("1", false, "100")]
    [InlineData("10", false, "100")]            // exactly the limit stays in the first tier
    [InlineData("10.5", false, "180")]          // the second replaces the first
    [InlineData("50", false, "180")]
    [InlineData("51", false, "184")]            // 180 and one unit above 50 at 4
    [InlineData("150", false, "580")]
    [InlineData("1000000000000000", false, "3999999999999980")]
    public void Capacity_costs_the_tier_of_the_maximum(string maximum, bool zeroEnters, string expected) =>
        Rate.Of(
            new ChargeModel.Capacity([Rate.Tier("10", "0", "100"), Rate.Tier("50", "0", "180"), Rate.Tier(null, "4", "180")]),
            maximum, zeroEnters).ShouldBe(D(expected));

    [Fact]
    public void The_first_tier_of_a_capacity_counts_its_units_from_zero() =>
        Rate.Of(new ChargeModel.Capacity([Rate.Tier("10", "2", "5"), Rate.Tier(null, "3", "30")]), "4").ShouldBe(13m);

    [Theory]
    [InlineData("0", "1000")]
    [InlineData("4999", "1000")]                // 499.90 used, 500.10 missing
    [InlineData("9999.9", "1000")]
    [InlineData("10000", "1000")]               // exactly the minimum
    [InlineData("10000.5", "1000.05")]
    [InlineData("10001", "1000.1")]
    [InlineData("1000000000000000", "100000000000000")]
    public void A_commitment_costs_at_least_its_minimum(string quantity, string expected) =>
        Rate.Of(new ChargeModel.Commitment(1000m, new ChargeModel.PerUnit(0.1m)), quantity).ShouldBe(D(expected));

    [Fact]
    public void A_true_up_is_a_step_of_its_own()
    {
        var model = new ChargeModel.Commitment(1000m, new ChargeModel.PerUnit(0.1m));
        Rate.Words(model, "4000").ShouldBe(["4,000 units at 0.10", "true-up to the commitment of 1,000.00"]);
        Rate.Of(model, new Measured(4000m)).Steps[1].Amount.ShouldBe(600m);
        Rate.Words(model, "10000").ShouldBe(["10,000 units at 0.10"]);
    }

    [Fact]
    public void A_commitment_counts_only_what_is_its_own() =>
        // Two cells, each with its commitment: the first one's amount must not count for the second.
        Rate.Of(
            new ChargeModel.Matrix(["region"], [], new ChargeModel.Commitment(10m, new ChargeModel.PerUnit(1m))),
            new Measured(0m) { Groups = [new(["eu"], 25m), new(["us"], 3m)] }).Exact.ShouldBe(35m);

    [Fact]
    public void Negative_quantities_are_refused_everywhere()
    {
        Rate.Refusal(new ChargeModel.Flat(1m), "-0.000000000001").ShouldBe("negative-quantity");
        Rate.Refusal(new ChargeModel.Flat(1m), new Measured(1m) { Transactions = [1m, -1m] }).ShouldBe("negative-quantity");
        Rate.Refusal(new ChargeModel.Flat(1m), new Measured(1m) { Groups = [new(["a"], -1m)] }).ShouldBe("negative-quantity");
    }

    [Fact]
    public void An_amount_beyond_28_digits_is_an_error_and_does_not_wrap()
    {
        var largest = new Measured(decimal.MaxValue);
        Rate.Refusal(new ChargeModel.PerUnit(1.1m), largest).ShouldBe("overflow");
        Rate.Refusal(new ChargeModel.Graduated([Rate.Tier("1", "2"), Rate.Tier(null, "2")]), largest).ShouldBe("overflow");
        Rate.Refusal(new ChargeModel.Package(0.1m, 1m, PackageRounding.Up, 0m), largest).ShouldBe("overflow");
    }

    [Fact]
    public void A_model_without_a_rule_is_a_bug() =>
        Should.Throw<ArgumentOutOfRangeException>(() => RateCharge.Amount(null!, new Measured(1m), default));
}
