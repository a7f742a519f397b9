using Tieout.Domain.Catalog;
using Tieout.Domain.Rating;
using static Tieout.Domain.Tests.Amounts;

namespace Tieout.Domain.Tests.Rating;

public class TieredTests
{
    private static readonly Tier[] Tiers = [Rate.Tier("100", "0.10", "5"), Rate.Tier("1000", "0.08"), Rate.Tier(null, "0.05", "2")];

    [Theory]
    [InlineData("0", false, "0")]
    [InlineData("0", true, "5")]                          // the first tier's flat amount, where the price says so
    [InlineData("0.5", false, "5.05")]                    // a fraction of a unit enters the tier
    [InlineData("100", false, "15")]                      // exactly the limit stays in the first tier
    [InlineData("100.000000000001", false, "15.00000000000008")]
    [InlineData("101", false, "15.08")]
    [InlineData("1000", false, "87")]                     // and does not enter the third
    [InlineData("1500", false, "114")]                    // 15 + 72 + 2 + 25
    [InlineData("1000000000000000", false, "50000000000039")]
    public void Graduated_charges_each_unit_at_the_price_of_its_own_tier(string quantity, bool zeroEnters, string expected) =>
        Rate.Of(new ChargeModel.Graduated(Tiers), quantity, zeroEnters).ShouldBe(D(expected));

    [Theory]
    [InlineData("0", false, "0")]
    [InlineData("0", true, "5")]
    [InlineData("0.5", false, "5.05")]
    [InlineData("100", false, "15")]                      // exactly the limit: the first tier's price for all
    [InlineData("100.5", false, "8.04")]                  // the cliff: all units cost the second tier's price
    [InlineData("101", false, "8.08")]
    [InlineData("1000", false, "80")]
    [InlineData("1001", false, "52.05")]
    [InlineData("1000000000000000", false, "50000000000002")]
    public void Volume_charges_all_units_at_the_price_of_the_tier_of_the_whole(string quantity, bool zeroEnters, string expected) =>
        Rate.Of(new ChargeModel.Volume(Tiers), quantity, zeroEnters).ShouldBe(D(expected));

    [Theory]
    [InlineData("0", false, "0")]
    [InlineData("0", true, "1")]
    [InlineData("1000", false, "30")]                     // 29 and the flat 1
    [InlineData("1000.01", false, "30.0002")]
    [InlineData("5000", false, "110")]
    [InlineData("1000000000000000", false, "20000000000010")]
    public void Graduated_percentage_charges_the_money_of_each_tier(string money, bool zeroEnters, string expected) =>
        Rate.Of(
            new ChargeModel.GraduatedPercentage([new(1000m, 0.029m, 1m), new(null, 0.02m)]), money, zeroEnters).ShouldBe(D(expected));

    [Fact]
    public void Graduated_percentage_adds_up_its_transactions() =>
        Rate.Of(new ChargeModel.GraduatedPercentage([new(1000m, 0.029m), new(null, 0.02m)]), new Measured(7m) { Transactions = [600m, 600m] })
            .Exact.ShouldBe(33m);

    [Fact]
    public void Zero_units_enter_no_tier_that_has_no_flat_amount() =>
        Rate.Of(new ChargeModel.Graduated([Rate.Tier(null, "1")]), "0", zeroEnters: true).ShouldBe(0m);

    [Fact]
    public void Tiers_that_hold_no_such_quantity_are_refused_and_never_charged_at_nothing()
    {
        foreach (var quantity in new[] { "0", "1" })
        {
            Rate.Refusal(new ChargeModel.Graduated([]), quantity).ShouldBe("no-tier");
            Rate.Refusal(new ChargeModel.Volume([]), quantity).ShouldBe("no-tier");
            Rate.Refusal(new ChargeModel.Capacity([]), quantity).ShouldBe("no-tier");
            Rate.Refusal(new ChargeModel.GraduatedPackage([], PackageRounding.Up), quantity).ShouldBe("no-tier");
            Rate.Refusal(new ChargeModel.VolumePackage([], PackageRounding.Up), quantity).ShouldBe("no-tier");
            Rate.Refusal(new ChargeModel.GraduatedPercentage([]), quantity).ShouldBe("no-tier");
        }
        Rate.Refusal(new ChargeModel.Graduated([Rate.Tier("10", "1")]), "10.5").ShouldBe("no-tier");
        Rate.Refusal(new ChargeModel.Volume([Rate.Tier("10", "1")]), "11").ShouldBe("no-tier");
        Rate.Refusal(new ChargeModel.Capacity([Rate.Tier("10", "1")]), "11").ShouldBe("no-tier");
        Rate.Refusal(new ChargeModel.GraduatedPackage([new(10m, 1m, 1m)], PackageRounding.Up), "11").ShouldBe("no-tier");
        Rate.Refusal(new ChargeModel.VolumePackage([new(10m, 1m, 1m)], PackageRounding.Up), "11").ShouldBe("no-tier");
        Rate.Refusal(new ChargeModel.GraduatedPercentage([new(10m, 0.1m)]), "11").ShouldBe("no-tier");
        Rate.Of(new ChargeModel.Graduated([Rate.Tier("10", "1")]), "10").ShouldBe(10m);
        Rate.Of(new ChargeModel.Volume([Rate.Tier("10", "1")]), "10").ShouldBe(10m);
        Rate.Of(new ChargeModel.GraduatedPackage([new(10m, 1m, 1m)], PackageRounding.Up), "10").ShouldBe(10m);
        Rate.Of(new ChargeModel.GraduatedPercentage([new(10m, 0.1m)]), "10").ShouldBe(1m);
    }

    [Fact]
    public void Tiers_that_do_not_rise_are_refused_instead_of_taking_units_back()
    {
        Rate.Refusal(new ChargeModel.Graduated([Rate.Tier("10", "1"), Rate.Tier("10", "1"), Rate.Tier(null, "1")]), "11").ShouldBe("tiers-not-rising");
        Rate.Refusal(new ChargeModel.Graduated([Rate.Tier("10", "1"), Rate.Tier("5", "1"), Rate.Tier(null, "1")]), "11").ShouldBe("tiers-not-rising");
        Rate.Refusal(new ChargeModel.GraduatedPackage([new(10m, 1m, 1m), new(10m, 1m, 1m)], PackageRounding.Up), "11").ShouldBe("tiers-not-rising");
        Rate.Refusal(new ChargeModel.GraduatedPercentage([new(10m, 0.1m), new(10m, 0.1m)]), "11").ShouldBe("tiers-not-rising");
        Should.Throw<RatingException>(() => RateCharge.Amount(new ChargeModel.Graduated([Rate.Tier("0", "1")]), new Measured(1m), default))
            .Message.ShouldStartWith("Tier 1 ends");
    }

    [Fact]
    public void Steps_say_units_price_and_tier()
    {
        Rate.Words(new ChargeModel.Graduated(Tiers), "183").ShouldBe(
            ["100 units at 0.10 in tier 1 of 3", "flat amount of 5.00 in tier 1 of 3", "83 units at 0.08 in tier 2 of 3"]);
        var step = Rate.Of(new ChargeModel.Graduated(Tiers), new Measured(183m)).Steps[2];
        (step.Tier, step.Quantity, step.UnitPrice, step.Amount).ShouldBe((2, 83m, 0.08m, 6.64m));
        Rate.Words(new ChargeModel.Volume(Tiers), "1").ShouldBe(["1 unit at 0.10 in tier 1 of 3", "flat amount of 5.00 in tier 1 of 3"]);
        Rate.Of(new ChargeModel.Volume(Tiers), new Measured(1500m)).Steps.Select(found => (found.Tier, found.Quantity, found.UnitPrice))
            .ShouldBe([(3, 1500m, 0.05m), (3, null, null)]);
        Rate.Words(new ChargeModel.Graduated(Tiers), "0").ShouldBe(["nothing is charged"]);
        Rate.Words(new ChargeModel.GraduatedPercentage([new(1000m, 0.029m, 1m), new(null, 0.02m)]), "1500.5").ShouldBe(
            ["1,000.00 at 2.9 % in tier 1 of 2", "flat amount of 1.00 in tier 1 of 2", "500.50 at 2 % in tier 2 of 2"]);
        Rate.Of(new ChargeModel.GraduatedPercentage([new(1000m, 0.029m, 1m), new(null, 0.02m)]), new Measured(1500m)).Steps
            .Select(found => (found.Tier, found.Quantity, found.UnitPrice)).ShouldBe([(1, 1000m, 0.029m), (1, null, null), (2, 500m, 0.02m)]);
        Rate.Words(new ChargeModel.Capacity([Rate.Tier("10", "0", "100"), Rate.Tier(null, "4", "180")]), "12").ShouldBe(
            ["price of the period for a maximum of 12 units in tier 2 of 2", "2 units above 10 at 4.00 in tier 2 of 2"]);
        Rate.Of(new ChargeModel.Capacity([Rate.Tier("10", "0", "100"), Rate.Tier(null, "4", "180")]), new Measured(12m)).Steps
            .Select(found => (found.Tier, found.Quantity, found.UnitPrice)).ShouldBe([(2, 12m, null), (2, 2m, 4m)]);
        Rate.Words(new ChargeModel.Capacity([Rate.Tier(null, "0", "100")]), "12").Count().ShouldBe(1);
    }

    [Theory]
    [InlineData("JPY", "5", "5 units at 12.5 in tier 1 of 1")]
    [InlineData("USD", "5", "5 units at 12.50 in tier 1 of 1")]
    [InlineData("KWD", "1234567.25", "1,234,567.25 units at 12.500 in tier 1 of 1")]
    public void Prices_are_said_with_at_least_the_decimals_of_the_currency(string currency, string quantity, string words) =>
        Rate.Of(new ChargeModel.Graduated([Rate.Tier(null, "12.5")]), new Measured(D(quantity)), currency: Currency.Of(currency))
            .Steps[0].Words.ShouldBe(words);
}
