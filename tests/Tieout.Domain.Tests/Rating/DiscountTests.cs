using FsCheck;
using FsCheck.Fluent;
using Tieout.Domain.Catalog;
using Tieout.Domain.Rating;
using static Tieout.Domain.Tests.Amounts;

namespace Tieout.Domain.Tests.Rating;

public class DiscountTests
{
    [Theory]
    [InlineData("100", "p0.1", "90")]
    [InlineData("100", "p0.1 p0.2", "72")]               // each of what is left
    [InlineData("100", "p0.2 p0.1", "72")]
    [InlineData("100", "a10 p0.1", "80")]                // percents first, whatever the order given
    [InlineData("100", "a10 a20", "70")]
    [InlineData("15", "a10 a20", "0")]                   // never below zero
    [InlineData("15", "p1 a20", "0")]
    [InlineData("0", "p0.1 a20", "0")]
    [InlineData("-50", "p0.1 a20", "-50")]               // nothing is taken off a credit
    public void Percents_come_before_amounts_and_nothing_falls_below_zero(string amount, string discounts, string left) =>
        Discounts.Of(D(amount), Given(discounts), Share.Full).ShouldBe(D(left));

    [Theory]
    [InlineData("a10", "95")]
    [InlineData("p0.1", "90")]
    public void An_amount_is_for_a_full_period_and_a_percent_for_any(string discounts, string left) =>
        Discounts.Of(100m, Given(discounts), new Share(15m, 30m)).ShouldBe(D(left));

    [Fact]
    public void Discounts_never_make_a_charge_negative_or_larger() =>
        Prop.ForAll(
            Gen.Choose(0, 1_000_000).ToArbitrary(), Gen.Choose(1, 1000).ListOf().ToArbitrary(), Gen.Choose(1, 500_000).ListOf().ToArbitrary(),
            (amount, percents, amounts) =>
            {
                GivenDiscount[] discounts =
                [
                    .. amounts.Select(value => new GivenDiscount("a", DiscountKind.Amount, value / 100m)),
                    .. percents.Select(value => new GivenDiscount("p", DiscountKind.Percent, value / 1000m)),
                ];
                var left = Discounts.Of(amount / 100m, discounts, Share.Full);
                var sorted = Discounts.Of(amount / 100m, [.. discounts.OrderBy(discount => discount.Kind)], Share.Full);
                return left >= 0m && left <= amount / 100m && left == sorted;
            }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000).WithQuietOnSuccess(true));

    [Theory]
    [InlineData("10 10 10", "10", "3.34 3.33 3.33")]
    [InlineData("0.01 0.01", "0.01", "0.01 0.00")]
    [InlineData("5 -3 5", "6", "3 0 3")]                 // a credit among the lines gets none
    [InlineData("5 5", "20", "5 5")]                     // no more than the lines
    [InlineData("5 5", "10", "5 5")]
    [InlineData("-5 0", "3", "0 0")]
    [InlineData("", "3", "")]
    [InlineData("0 -5", "0", "0 0")]                     // nothing off nothing
    [InlineData("5 5", "0", "0 0")]
    public void A_discount_of_a_whole_subscription_is_spread_over_its_lines(string lines, string amount, string cuts) =>
        Discounts.Spread([.. List(lines)], D(amount), Usd).ShouldBe(List(cuts));

    [Fact]
    public void Nothing_is_spread_below_zero() => Should.Throw<ArgumentOutOfRangeException>(() => Discounts.Spread([1m], -1m, Usd));

    [Fact]
    public void A_lines_minimum_is_exact() => Minimums.OfLine(1m, 10m, new Share(1m, 4m)).ShouldBe(1.5m);

    [Theory]
    [InlineData(null, "0.1")]
    [InlineData("silver", "0.1")]                        // a level it does not list
    [InlineData("gold", "0.2")]
    public void A_level_of_the_customer_picks_the_value(string? level, string value) =>
        new Discount("SPRING", DiscountKind.Percent, 0.1m, null) { Levels = [new("gold", 0.2m)] }.ValueFor(level).ShouldBe(D(value));

    [Theory]
    [InlineData("2026-01-31", false)]
    [InlineData("2026-02-01", true)]
    [InlineData("2026-02-28", true)]
    [InlineData("2026-03-01", false)]                    // the end is the first day it is no longer given
    public void A_discount_stands_from_its_first_day_until_before_its_end(string day, bool stands) =>
        new Discount("SPRING", DiscountKind.Percent, 0.1m, null) { From = Day("2026-02-01"), Until = Day("2026-03-01") }.StandsOn(Day(day)).ShouldBe(stands);

    [Fact]
    public void A_discount_without_days_stands_always() =>
        new Discount("SPRING", DiscountKind.Percent, 1m, null).StandsOn(Day("1999-01-01")).ShouldBeTrue();

    [Fact]
    public void A_discount_that_cannot_be_meant_is_refused()
    {
        Should.Throw<ArgumentException>(() => new Discount("X", DiscountKind.Percent, 0m, null));
        Should.Throw<ArgumentException>(() => new Discount("X", DiscountKind.Percent, 1.01m, null));
        Should.Throw<ArgumentException>(() => new Discount("X", DiscountKind.Percent, 0.1m, Usd));
        Should.Throw<ArgumentException>(() => new Discount("X", DiscountKind.Amount, 5m, null));
        new Discount("X", DiscountKind.Amount, 5m, Usd).Value.ShouldBe(5m);
    }

    private static IReadOnlyList<GivenDiscount> Given(string texts) => [.. texts.Split(' ').Select(text =>
        new GivenDiscount(text, text[0] == 'p' ? DiscountKind.Percent : DiscountKind.Amount, D(text[1..])))];

    private static IEnumerable<decimal> List(string texts) => texts.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(D);
}
