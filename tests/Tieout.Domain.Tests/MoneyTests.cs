using FsCheck;
using FsCheck.Fluent;
using static Tieout.Domain.Tests.Amounts;

namespace Tieout.Domain.Tests;

public class MoneyTests
{
    [Fact]
    public void Two_currencies_are_never_added() =>
        Should.Throw<InvalidOperationException>(() => new Money(1, Usd) + new Money(1, Eur)).Message.ShouldContain("USD and EUR");

    [Theory]
    [InlineData("2.345", "2.35")]
    [InlineData("2.344", "2.34")]
    [InlineData("-2.345", "-2.35")]     // half away from zero, on both sides
    [InlineData("0.005", "0.01")]
    public void A_charge_line_is_rounded_half_away_from_zero(string exact, string rounded) =>
        Rounding.ChargeLine(new Money(D(exact), Usd)).Amount.ShouldBe(D(rounded));

    [Theory]
    [InlineData("JPY", "10.5", "11")]
    [InlineData("KWD", "1.0005", "1.001")]
    [InlineData("CLF", "1.00005", "1.0001")]
    public void Rounding_follows_the_decimals_of_the_currency(string currency, string exact, string rounded) =>
        Rounding.TaxLine(new Money(D(exact), Currency.Of(currency))).Amount.ShouldBe(D(rounded));

    [Theory]
    [InlineData("1234.5", "USD", "1234.50 USD")]
    [InlineData("1234.5000", "USD", "1234.50 USD")]
    [InlineData("0.12345", "USD", "0.12345 USD")]
    [InlineData("100", "JPY", "100 JPY")]
    public void An_amount_prints_with_the_decimals_of_its_currency_and_never_hides_more(string amount, string currency, string text) =>
        new Money(D(amount), Currency.Of(currency)).ToString().ShouldBe(text);

    [Theory]
    [InlineData("usd")]
    [InlineData("XXX")]
    [InlineData("EURO")]
    [InlineData("")]
    public void A_code_outside_the_standard_is_refused(string code) =>
        Should.Throw<ArgumentException>(() => Currency.Of(code)).Message.ShouldContain("ISO 4217");

    [Fact]
    public void Parts_of_a_split_add_up_to_the_whole() =>
        Prop.ForAll(
            ArbMap.Default.ArbFor<int>(), ArbMap.Default.ArbFor<NonEmptyArray<PositiveInt>>(),
            (cents, weights) =>
            {
                var parts = new Money(cents / 100m, Usd).Split([.. weights.Item.Select(weight => (decimal)weight.Item)]);
                return parts.Sum(part => part.Amount) == cents / 100m && parts.All(part => part.IsWhole);
            }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000).WithQuietOnSuccess(true));

    [Fact]
    public void What_rounding_leaves_over_goes_to_the_largest_remainders() =>
        new Money(D("100.00"), Usd).Split([1, 1, 1]).Select(part => part.Amount).ShouldBe([D("33.34"), D("33.33"), D("33.33")]);
}
