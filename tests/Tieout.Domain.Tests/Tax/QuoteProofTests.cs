using FsCheck;
using FsCheck.Fluent;
using Tieout.Domain.Tax;

namespace Tieout.Domain.Tests.Tax;

public sealed class QuoteProofTests
{
    private static readonly Currency Usd = Currency.Of("USD");
    private static readonly (string Name, decimal Rate)[] California = [("CALIFORNIA", 0.06m), ("LOS ANGELES", 0.0025m), ("LA COUNTY DISTRICT", 0.0225m)];

    [Theory]
    [InlineData("10.01", "0.86")]   // 0.60 + 0.03 + 0.23, each jurisdiction rounded by itself
    [InlineData("10.01", "0.85")]   // rounded once
    [InlineData("-10.01", "-0.86")]
    [InlineData("0", "0")]
    [InlineData("0.01", "0.00")]
    public void A_tax_that_rounding_explains_is_believed(string amount, string tax) => Check(Money(amount), Line("1", Number(amount), Number(tax))).ShouldBeEmpty();

    [Theory]
    [InlineData("10.01", "0.88", "the tax is 0.88, and its rates come to 0.85085")]
    [InlineData("10.01", "0.83", "the tax is 0.83, and its rates come to 0.85085")]
    [InlineData("10.01", "-0.86", "the tax is -0.86")]
    [InlineData("10.01", "0.855", "finer than USD keeps")]
    public void A_tax_that_rounding_does_not_explain_is_not(string amount, string tax, string words) =>
        Check(Money(amount), Line("1", Number(amount), Number(tax))).ShouldHaveSingleItem().Cause.ShouldContain(words);

    [Theory]
    [InlineData("80.00", "5.00", "0.05")]      // four fifths at 6.25 %
    [InlineData("100.00", "6.25", "0.0625")]
    [InlineData("0.00", "0.00", "0")]
    public void A_line_taxed_in_part_has_the_rate_of_the_whole(string taxable, string tax, string rate)
    {
        var line = new QuotedLine("1", Number(tax), [new QuotedTax("TEXAS", "State", 0.0625m, Number(taxable), Number(tax))]);
        QuoteProof.Check([new AskedLine("1", Money("100.00"))], new TaxQuote([line])).ShouldBeEmpty();
        QuotedRate.Of(100m, line.Parts).ShouldBe(Number(rate));
    }

    [Theory]
    [InlineData("100.01", "0.0625", "taxes 100.01 of 100.00 USD")]
    [InlineData("-1.00", "0.0625", "taxes -1.00 of 100.00 USD")]
    [InlineData("100.00", "1.5", "taxes at a rate of 1.5")]
    [InlineData("100.00", "-0.1", "taxes at a rate of -0.1")]
    public void Nobody_taxes_more_than_the_line_nor_beyond_all_of_it(string taxable, string rate, string words)
    {
        var line = new QuotedLine("1", 6.25m, [new QuotedTax("TEXAS", "State", Number(rate), Number(taxable), 6.25m)]);
        QuoteProof.Check([new AskedLine("1", Money("100.00"))], new TaxQuote([line]))[0].Cause.ShouldContain(words);
    }

    [Fact]
    public void A_tax_without_a_jurisdiction_that_takes_it_is_not_believed()
    {
        Check(Money("100.00"), new QuotedLine("1", 0.01m, [])).ShouldHaveSingleItem();
        Check(Money("100.00"), new QuotedLine("1", 0.01m, [new QuotedTax("TEXAS", "State", 0.0625m, 0m, 0.01m), new QuotedTax("AUSTIN", "City", 0.01m, 0m, 0m)]))
            .ShouldHaveSingleItem().Cause.ShouldContain("no jurisdiction taxes it");
    }

    [Fact]
    public void Every_line_is_answered_once_and_no_other()
    {
        AskedLine[] asked = [new("1", Money("10.00")), new("2", Money("20.00"))];
        var (one, two) = (Line("1", 10m, 0.86m), Line("2", 20m, 1.70m));
        QuoteProof.Check(asked, new TaxQuote([two, one])).ShouldBeEmpty(); // in whatever order
        QuoteProof.Check(asked, new TaxQuote([one])).ShouldHaveSingleItem().Cause.ShouldContain("line 2 was answered 0 times");
        QuoteProof.Check(asked, new TaxQuote([one, two, two])).ShouldHaveSingleItem().Cause.ShouldContain("line 2 was answered 2 times");
        QuoteProof.Check(asked, new TaxQuote([one, two, Line("3", 1m, 0.09m)])).ShouldHaveSingleItem().Cause.ShouldContain("line 3 was answered and not asked for");
    }

    [Fact]
    public void The_lines_come_to_the_tax_of_the_document()
    {
        AskedLine[] asked = [new("1", Money("10.00"))];
        QuoteProof.Check(asked, new TaxQuote([Line("1", 10m, 0.86m)]) { Told = 0.86m }).ShouldBeEmpty();
        QuoteProof.Check(asked, new TaxQuote([Line("1", 10m, 0.86m)]) { Told = 0.85m }).ShouldHaveSingleItem().Cause
            .ShouldContain("its lines come to a tax of 0.86, and it says 0.85");
    }

    [Fact]
    public void However_jurisdictions_round_and_whatever_part_they_tax_an_honest_answer_is_believed() =>
        Prop.ForAll(Gen.Choose(-99_999_99, 99_999_99).ToArbitrary(), Gen.Choose(20, 100).ToArbitrary(), Gen.Choose(100, 99_999).NonEmptyListOf().ToArbitrary(), (cents, percent, rates) =>
        {
            var amount = cents / 100m;
            var taxable = Rounding.HalfAwayFromZero(amount * percent / 100, 2);
            List<QuotedTax> parts = [.. rates.Take(6).Select((rate, index) => new QuotedTax(
                $"J{index}", "City", rate / 1_000_000m, taxable, Rounding.HalfAwayFromZero(taxable * rate / 1_000_000m, 2)))];
            var line = new QuotedLine("1", parts.Sum(part => part.Tax), parts);
            return QuoteProof.Check([new AskedLine("1", new Money(amount, Usd))], new TaxQuote([line]) { Told = line.Tax }).Count == 0;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1_000).WithQuietOnSuccess(true));

    private static IReadOnlyList<Exceptions.Finding> Check(Money net, QuotedLine line) => QuoteProof.Check([new AskedLine("1", net)], new TaxQuote([line]));

    private static QuotedLine Line(string number, decimal amount, decimal tax) =>
        new(number, tax, [.. California.Select(place => new QuotedTax(place.Name, "State", place.Rate, amount, amount * place.Rate))]);

    private static Money Money(string amount) => new(Number(amount), Usd);

    private static decimal Number(string text) => decimal.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
