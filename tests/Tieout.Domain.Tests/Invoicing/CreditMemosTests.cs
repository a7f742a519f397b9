using FsCheck;
using FsCheck.Fluent;
using Tieout.Domain.Catalog;
using Tieout.Domain.Customers;
using Tieout.Domain.Invoicing;
using static Tieout.Domain.Tests.Amounts;

namespace Tieout.Domain.Tests.Invoicing;

public class CreditMemosTests
{
    private static readonly InvoiceId Invoiced = new(Guid.Parse("00000000-0000-0000-0000-0000000000c1"));
    private static readonly LineTax Tax = new("DE-19", "S", 0.19m, Day("2026-03-31"));

    private static readonly BillingAccount Account = new(
        new BillingAccountId(Guid.Empty), new CustomerId(Guid.Empty), new LegalEntityId(Guid.Empty), Eur, "DE-19", 14, new CorrelationId(Guid.Empty));

    [Fact]
    public void The_whole_invoice_is_credited_line_by_line_and_stays_wanted()
    {
        var given = CreditMemos.Whole([Line(1, 100), Line(2, 49.99m)], "Goodwill").ShouldBeOfType<CreditDecision.Given>();
        given.Lines.Select(line => (line.Amount.Amount, line.Standing, line.Billed)).ShouldBe([(-100m, 100m, 0m), (-49.99m, 49.99m, 0m)]);
        given.Lines[0].Line.Description.ShouldBe("Goodwill: Line 1 (invoice DE-2026-0000007, line 1)");
    }

    [Theory]
    [InlineData("0.01", "0.01", null)]
    [InlineData("100.00", "66.67", "33.33")]
    [InlineData("0.02", "0.01", "0.01")]   // cut to 0.01 and 0.00, the cent left over to the larger remainder
    public void An_amount_is_spread_over_the_lines_to_the_cent(string amount, string first, string? second)
    {
        var given = CreditMemos.ByAmount([Line(1, 200), Line(2, 100)], new Money(D(amount), Eur), "Goodwill").ShouldBeOfType<CreditDecision.Given>();
        given.Lines.Select(line => -line.Amount.Amount).ShouldBe(second is null ? [D(first)] : [D(first), D(second)]);
    }

    [Theory]
    [InlineData(1, "100.01", "more-than-billed")]
    [InlineData(1, "0", "bad-amount")]
    [InlineData(1, "-1", "bad-amount")]
    [InlineData(1, "0.001", "bad-amount")]
    [InlineData(9, "1", "line-unknown")]
    public void A_credit_that_cannot_be_given_says_why(int lineNo, string amount, string code) =>
        CreditMemos.Of([Line(1, 100)], [new LineCredit(lineNo, D(amount))], "Goodwill").ShouldBeOfType<CreditDecision.Refused>().Code.ShouldBe(code);

    [Fact]
    public void What_was_credited_before_is_not_credited_again()
    {
        CreditMemos.Of([Line(1, 100, billed: 30)], [new LineCredit(1, 30.01m)], "Goodwill").ShouldBeOfType<CreditDecision.Refused>().Reason.ShouldContain("30");
        CreditMemos.Whole([Line(1, 100, billed: 0)], "Goodwill").ShouldBeOfType<CreditDecision.Refused>().Code.ShouldBe("nothing-left");
    }

    [Fact]
    public void Lines_below_zero_lower_what_can_be_credited()
    {
        var lines = new[] { Line(1, 100), Line(2, -20, billed: 40, revision: 2) };
        CreditMemos.ByAmount(lines, new Money(80.01m, Eur), "Goodwill").ShouldBeOfType<CreditDecision.Refused>().Code.ShouldBe("more-than-billed");
        CreditMemos.Whole(lines, "Goodwill").ShouldBeOfType<CreditDecision.Given>().Lines.ShouldHaveSingleItem().Amount.Amount.ShouldBe(-80m);
    }

    [Fact]
    public void A_void_takes_everything_back_so_that_it_is_billed_anew()
    {
        var given = CreditMemos.Void([Line(1, 100), Line(2, 50)], "Void").ShouldBeOfType<CreditDecision.Given>();
        given.Lines.Select(line => (line.Amount.Amount, line.Standing, line.Billed)).ShouldBe([(-100m, 0m, 0m), (-50m, 0m, 0m)]);
    }

    [Fact]
    public void An_invoice_that_was_corrected_since_cannot_be_voided() =>
        CreditMemos.Void([Line(1, 100, billed: 60, nowRevision: 2)], "Void").ShouldBeOfType<CreditDecision.Refused>().Code.ShouldBe("corrected-since");

    [Fact]
    public void However_an_invoice_is_credited_piece_by_piece_its_tax_goes_with_it_to_the_cent() => PieceByPiece(engine: false);

    [Fact]
    public void So_does_the_tax_that_an_engine_rounded_in_its_own_way() => PieceByPiece(engine: true);

    private static void PieceByPiece(bool engine) =>
        Prop.ForAll(Gen.Choose(1, 99_999).Two().ToArbitrary(), Gen.Choose(1, 99).ListOf().ToArbitrary(), (cents, shares) =>
        {
            var amounts = new[] { cents.Item1 / 100m, cents.Item2 / 100m };
            // 7, 7 and 5 %, each rounded by itself.
            LineQuote? Quote(decimal amount) => engine
                ? new LineQuote(Guid.Empty, (2 * Rounding.HalfAwayFromZero(amount * 0.07m, 2)) + Rounding.HalfAwayFromZero(amount * 0.05m, 2), "")
                : null;
            var invoice = Invoice.Draw(
                Account, Day("2026-03-01"), [.. amounts.Select((amount, index) => new TaxedLine(First(index + 1, amount), Tax) { Quote = Quote(amount) })], []);
            var stands = new StandingTax(Invoiced, "DE-19", 0.19m, invoice.Net.Amount, invoice.Tax.Amount);
            var left = amounts.ToArray();
            foreach (var share in shares.Append(100))
            {
                var lines = left.Select((billed, index) => Line(index + 1, amounts[index], billed)).ToList();
                var open = left.Sum();
                if (open == 0) break;
                var amount = Math.Max(0.01m, Rounding.HalfAwayFromZero(open * share / 100, 2));
                var given = (CreditDecision.Given)CreditMemos.ByAmount(lines, new Money(amount, Eur), "Goodwill");
                var memo = Invoice.Draw(Account, Day("2026-04-01"), [.. given.Lines.Select(line => new TaxedLine(line, line.Tax!))], [stands]);
                foreach (var line in given.Lines) left[int.Parse(line.Line.Key.Component, System.Globalization.CultureInfo.InvariantCulture) - 1] = line.Billed;
                stands = stands with { Base = stands.Base + memo.Net.Amount, Tax = stands.Tax + memo.Tax.Amount };
                if (memo.Kind != DocumentKind.CreditMemo || left.Any(value => value < 0)) return false;
            }
            return stands.Base == 0 && stands.Tax == 0;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500).WithQuietOnSuccess(true));

    private static LineToBook First(int no, decimal amount) => new(Charge(no, amount), 1, amount, amount, null, null);

    private static ChargeLine Charge(int no, decimal amount) => new(
        new LineKey(new SubscriptionId(Guid.Empty), no.ToString(System.Globalization.CultureInfo.InvariantCulture), Day("2026-03-01")),
        new CorrelationId(Guid.Empty), new Money(amount, Eur), new ServicePeriod(Day("2026-03-01"), Day("2026-04-01")), 1, amount,
        Recognition.Immediate, $"Line {no}");

    private static CreditableLine Line(int no, decimal amount, decimal? billed = null, int revision = 1, int? nowRevision = null) => new(
        no, revision, amount, $"Line {no}",
        new BookedLine(
            Charge(no, amount), nowRevision ?? revision, Math.Max(amount, billed ?? 0), billed ?? amount, new LineOrigin(Invoiced, "DE-2026-0000007", no), Tax));
}
