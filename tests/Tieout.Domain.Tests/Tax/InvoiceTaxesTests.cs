using FsCheck;
using FsCheck.Fluent;
using Tieout.Domain.Tax;
using static Tieout.Domain.Tests.Amounts;

namespace Tieout.Domain.Tests.Tax;

public class InvoiceTaxesTests
{
    private static readonly TaxDecision Full = Decision("DE-standard", TaxCategory.Standard, "0.19");
    private static readonly TaxDecision Reduced = Decision("DE-reduced", TaxCategory.Standard, "0.07");
    private static readonly TaxDecision Reverse = Decision("DE-reverse-charge", TaxCategory.ReverseCharge, "0", "Art. 196");
    private static readonly TaxDecision[] All = [Full, Reduced, Reverse];

    [Fact]
    public void Lines_of_one_rate_are_summed_and_their_tax_is_rounded_once()
    {
        // 3 × 0.13 at 19 %: each line alone is 0.02, the sum is 0.07.
        var taxes = Of((D("0.13"), Full), (D("0.13"), Full), (D("0.13"), Full), (D("10.00"), Reduced), (D("5.00"), Reverse));
        taxes.Lines.Select(line => (line.Code, line.Base.Amount, line.Tax.Amount)).ShouldBe(
            [("DE-standard", D("0.39"), D("0.07")), ("DE-reduced", D("10.00"), D("0.70")), ("DE-reverse-charge", D("5.00"), 0m)]);
        taxes.Lines[2].Ground.ShouldBe("Art. 196");
        (taxes.Net.Amount, taxes.Tax.Amount, taxes.Total.Amount).ShouldBe((D("15.39"), D("0.77"), D("16.16")));
    }

    [Theory]
    [InlineData("EUR", "2.50", "0.05", "0.13")]     // 0.125
    [InlineData("EUR", "-2.50", "0.05", "-0.13")]
    [InlineData("JPY", "105", "0.10", "11")]
    [InlineData("KWD", "0.010", "0.05", "0.001")]
    public void Tax_is_rounded_half_away_from_zero_to_the_currency(string currency, string basis, string rate, string tax) =>
        InvoiceTaxes.Of([(new Money(D(basis), Currency.Of(currency)), Decision("X", TaxCategory.Standard, rate))]).Tax.Amount.ShouldBe(D(tax));

    [Fact]
    public void An_invoice_without_lines_or_in_two_currencies_is_a_bug()
    {
        Should.Throw<ArgumentException>(() => InvoiceTaxes.Of([]));
        Should.Throw<InvalidOperationException>(() => InvoiceTaxes.Of([(new Money(1, Eur), Full), (new Money(1, Usd), Full)]));
    }

    [Fact]
    public void Bases_sum_to_the_lines_and_the_proof_agrees_whatever_the_lines_are() =>
        Prop.ForAll(ArbMap.Default.ArbFor<NonEmptyArray<(int Cents, byte Kind)>>(), lines =>
        {
            List<(Money Net, TaxDecision Decision)> given = [.. lines.Item.Select(line => (new Money(line.Cents / 100m, Eur), All[line.Kind % All.Length]))];
            var taxes = InvoiceTaxes.Of(given);
            return taxes.Lines.Sum(line => line.Base.Amount) == given.Sum(line => line.Net.Amount)
                && taxes.Net.Amount == given.Sum(line => line.Net.Amount)
                && taxes.Lines.All(line => line.Tax.IsWhole)
                && TaxProof.Check([.. given.Select(Proof)], [.. taxes.Lines.Select(Proof)]).Count == 0;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000).WithQuietOnSuccess(true));

    [Theory]
    [InlineData("tax-amount-differs", "DE-standard", "0.19", "100.00", "19.01")]
    [InlineData("tax-base-differs", "DE-standard", "0.19", "100.01", "19.00")]
    [InlineData("tax-line-unexpected", "DE-reduced", "0.07", "100.00", "7.00")]
    [InlineData("tax-line-missing", "DE-reduced", "0.07", "100.00", "7.00")]
    [InlineData("tax-line-unexpected", "DE-standard", "0.16", "100.00", "16.00")]    // the code with another rate is another row
    [InlineData("tax-far-from-lines", "DE-standard", "0.19", "100.00", "29.00")]
    public void A_breakdown_that_is_wrong_is_found(string finding, string code, string rate, string basis, string tax) =>
        TaxProof.Check([new("DE-standard", D("0.19"), new Money(D("100.00"), Eur))], [new(code, D(rate), new Money(D(basis), Eur), new Money(D(tax), Eur))])
            .Select(found => found.Code).ShouldContain(finding);

    [Fact]
    public void A_row_that_stands_twice_is_found()
    {
        var row = new ProofTax("DE-standard", D("0.19"), new Money(100, Eur), new Money(19, Eur));
        TaxProof.Check([new("DE-standard", D("0.19"), new Money(100, Eur))], [row, row]).ShouldHaveSingleItem().Code.ShouldBe("tax-line-twice");
    }

    [Fact]
    public void Two_currencies_no_lines_and_fractions_of_a_cent_prove_nothing()
    {
        var row = new ProofTax("X", D("0.1"), new Money(1, Eur), new Money(D("0.10"), Eur));
        TaxProof.Check([new("X", D("0.1"), new Money(1, Usd))], [row]).ShouldHaveSingleItem().Code.ShouldBe("tax-currency-differs");
        TaxProof.Check([], [row]).ShouldHaveSingleItem().Code.ShouldBe("tax-without-lines");
        TaxProof.Check([new("X", D("0.1"), new Money(D("1.001"), Eur))], [row]).ShouldHaveSingleItem().Code.ShouldBe("tax-not-provable");
    }

    [Fact]
    public void The_legal_moves_of_a_commitment_never_lead_from_doubt_to_sending()
    {
        CommitmentMoves.Allowed(CommitmentState.InDoubt, CommitmentState.Sending).ShouldBeFalse();
        CommitmentMoves.Allowed(CommitmentState.Committed, CommitmentState.Waiting).ShouldBeFalse();
    }

    private static InvoiceTaxes Of(params (decimal Net, TaxDecision Decision)[] lines) => InvoiceTaxes.Of([.. lines.Select(line => (new Money(line.Net, Eur), line.Decision))]);

    private static TaxDecision Decision(string code, TaxCategory category, string rate, string ground = "") => new(code, category, D(rate), ground, Day("2026-11-30"), "");

    private static ProofLine Proof((Money Net, TaxDecision Decision) line) => new(line.Decision.Code, line.Decision.Rate, line.Net);

    private static ProofTax Proof(TaxLine line) => new(line.Code, line.Rate, line.Base, line.Tax);
}
