using FsCheck;
using FsCheck.Fluent;
using Tieout.Domain.Intake;

namespace Tieout.Domain.Tests.Intake;

public class FieldRulesTests
{
    [Theory]
    [InlineData("0", "0")]
    [InlineData("29.85", "29.85")]
    [InlineData("+29.850", "29.85")]
    [InlineData("007", "7")]
    [InlineData("0.123456789012", "0.123456789012")]
    [InlineData("1.5000000000000000000000", "1.5")]                     // zeros at the end say nothing
    [InlineData("9999999999999999.999999999999", "9999999999999999.999999999999")]
    public void Reads_a_plain_number(string text, string expected)
    {
        FieldRules.OfNumber(text, '.', out var number).ShouldBeNull();
        number.ShouldBe(decimal.Parse(expected, System.Globalization.CultureInfo.InvariantCulture));
    }

    [Fact]
    public void Reads_a_decimal_comma_when_the_file_has_one()
    {
        FieldRules.OfNumber("1234,50", ',', out var number).ShouldBeNull();
        number.ShouldBe(1234.50m);
        FieldRules.OfNumber("1234.50", ',', out _).ShouldNotBeNull();
    }

    [Theory]
    [InlineData("-1", "below zero")]
    [InlineData("-0.01", "below zero")]
    [InlineData("NaN", "not a plain number")]
    [InlineData("Infinity", "not a plain number")]
    [InlineData("∞", "not a plain number")]
    [InlineData("1e9", "not a plain number")]
    [InlineData("0x10", "not a plain number")]
    [InlineData("1,234.50", "not a plain number")]
    [InlineData("$12", "not a plain number")]
    [InlineData("12 USD", "not a plain number")]
    [InlineData(".", "not a plain number")]
    [InlineData(".5", "not a plain number")]
    [InlineData("5.", "not a plain number")]
    [InlineData("1.2.3", "not a plain number")]
    [InlineData("--1", "not a plain number")]
    [InlineData("١٢", "not a plain number")]
    [InlineData("0.1234567890123", "13 decimals")]
    [InlineData("12345678901234567", "too large")]
    [InlineData("99999999999999999999999999999999999999999", "too large")]
    public void Refuses_anything_else(string text, string reason)
    {
        var refusal = FieldRules.OfNumber(text, '.', out _).ShouldNotBeNull();
        refusal.Code.ShouldBe(RefusalCode.BadNumber);
        refusal.Reason.ShouldContain(reason);
        refusal.Remedy.ShouldNotBeEmpty();
    }

    [Fact]
    public void Every_amount_in_cents_is_read_as_written() =>
        Prop.ForAll(ArbMap.Default.ArbFor<uint>(), cents =>
        {
            var amount = cents / 100m;
            var text = amount.ToString(System.Globalization.CultureInfo.InvariantCulture);
            return FieldRules.OfNumber(text, '.', out var number) is null && number == amount;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2_000).WithQuietOnSuccess(true));

    [Theory]
    [InlineData("line\nbreak", "line break")]
    [InlineData("a\tb", "U+0009")]
    [InlineData("a\u0000b", "U+0000")]
    [InlineData("a\u0085b", "U+0085")]
    [InlineData("a\u202eb", "U+202E")]                                   // turns the text around
    public void Refuses_what_nobody_sees(string text, string reason)
    {
        var refusal = FieldRules.OfText(text).ShouldNotBeNull();
        refusal.Code.ShouldBe(RefusalCode.ControlCharacter);
        refusal.Reason.ShouldContain(reason);
    }

    [Theory]
    [InlineData("Żółć & Söhne GmbH")]
    [InlineData("株式会社青葉電機")]
    [InlineData("O'Brien \"Bob\" 👩‍🚀 Ltd.")]
    public void Takes_any_visible_text(string text) => FieldRules.OfText(text).ShouldBeNull();

    [Fact]
    public void Takes_200_characters_and_not_one_more()
    {
        FieldRules.OfText(new string('x', 200)).ShouldBeNull();
        FieldRules.OfText(new string('x', 201)).ShouldNotBeNull().Code.ShouldBe(RefusalCode.TooLong);
    }

    [Theory]
    [InlineData("2026-02-28", null)]
    [InlineData("2024-02-29", null)]
    [InlineData("2026-02-29", "not a date")]
    [InlineData("2026-13-01", "not a date")]
    [InlineData("26-01-01", "not a date")]
    [InlineData("2026-1-1", "not a date")]
    [InlineData("01.01.2026", "not a date")]
    [InlineData("2026-01-01T00:00:00", "not a date")]
    [InlineData("tomorrow", "not a date")]
    [InlineData("0026-01-01", "no contract has")]
    [InlineData("9999-12-31", "no contract has")]
    public void Reads_a_day_exactly(string text, string? reason)
    {
        var refusal = FieldRules.OfDate(text, "yyyy-MM-dd", out _);
        if (reason is null) refusal.ShouldBeNull();
        else refusal.ShouldNotBeNull().Reason.ShouldContain(reason);
    }

    [Theory]
    [InlineData("US", true)]
    [InlineData("us", false)]
    [InlineData("USA", false)]
    [InlineData("U", false)]
    [InlineData("XX", false)]
    [InlineData("UK", false)]
    [InlineData("EU", false)]
    [InlineData("XI", true)]
    [InlineData("XK", true)]
    public void Reads_a_country_code(string text, bool good) => (FieldRules.OfCountry(text) is null).ShouldBe(good);
}
