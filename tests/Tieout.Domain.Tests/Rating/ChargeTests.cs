using FsCheck;
using FsCheck.Fluent;
using Tieout.Domain.Catalog;
using Tieout.Domain.Rating;
using static Tieout.Domain.Tests.Amounts;

namespace Tieout.Domain.Tests.Rating;

public class ChargeTests
{
    private static readonly ServicePeriod November = Month("2026-11").Period;

    [Theory]
    [InlineData("flat", "29.85", "7", "29.85")]         // the quantity plays no part
    [InlineData("per-unit", "12.00", "5", "60.00")]
    [InlineData("per-unit", "12.00", "0", "0.00")]
    [InlineData("per-unit", "0.000123", "1234567", "151.85")]
    [InlineData("per-unit", "0.10", "2.5", "0.25")]
    public void A_full_month_costs_price_times_units(string model, string price, string quantity, string expected) =>
        Of(Model(model, D(price)), D(quantity), November, November).Amount.ShouldBe(D(expected));

    [Theory]
    [InlineData("30.00", "2026-11-01", "2026-11-02", "1.00")]     // one day of thirty
    [InlineData("30.00", "2026-11-16", "2026-12-01", "15.00")]    // the last fifteen
    [InlineData("10.00", "2026-11-01", "2026-11-21", "6.67")]     // 6.666… rounded once
    [InlineData("0.01", "2026-11-01", "2026-11-15", "0.00")]      // 14 of 30 days of a cent is nothing
    [InlineData("0.01", "2026-11-01", "2026-11-16", "0.01")]      // exactly half a cent goes up
    [InlineData("100000.00", "2026-11-01", "2026-11-18", "56666.67")]
    public void Part_of_a_month_costs_its_days(string price, string start, string end, string expected) =>
        Of(Model("flat", D(price)), 1, new ServicePeriod(Day(start), Day(end)), November).Amount.ShouldBe(D(expected));

    [Fact]
    public void Multiplying_comes_before_dividing()
    {
        // 68 of 366 days of 100,000.00: rounding the ratio first gives 18,579.24.
        var year = new ServicePeriod(Day("2024-01-01"), Day("2025-01-01"));
        var used = new ServicePeriod(Day("2024-01-01"), Day("2024-03-09"));
        Of(Model("flat", 100000m), 1, used, year).Amount.ShouldBe(D("18579.23"));
    }

    [Fact]
    public void Two_halves_of_a_month_never_differ_from_the_whole_by_more_than_a_cent() =>
        Prop.ForAll(
            Gen.Choose(1, 1_000_000).ToArbitrary(), Gen.Choose(1, 29).ToArbitrary(),
            (cents, day) =>
            {
                var model = Model("flat", cents / 100m);
                var cut = November.Start.AddDays(day);
                var parts = Of(model, 1, new ServicePeriod(November.Start, cut), November)
                    + Of(model, 1, new ServicePeriod(cut, November.End), November);
                return Math.Abs(parts.Amount - cents / 100m) <= 0.01m;
            }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000).WithQuietOnSuccess(true));

    [Fact]
    public void Days_outside_the_period_are_refused() =>
        Should.Throw<ArgumentException>(() => Proration.Of(1, Month("2026-12").Period, November)).Message.ShouldContain("does not lie within");

    [Fact]
    public void Negative_units_are_refused() => Should.Throw<RatingException>(() => RateCharge.Amount(new ChargeModel.PerUnit(1), new Measured(-1), default)).Code.ShouldBe("negative-quantity");

    private static Money Of(ChargeModel model, decimal quantity, ServicePeriod used, ServicePeriod whole) =>
        PriceLine.Amount(new LineToPrice(model, PriceTerms.Default, new Measured(quantity), Share.Of(used, whole)), Usd);

    private static ChargeModel Model(string word, decimal price) => word == "flat" ? new ChargeModel.Flat(price) : new ChargeModel.PerUnit(price);
}
