using Tieout.Domain.Catalog;
using Tieout.Domain.Customers;
using Tieout.Domain.Invoicing;

namespace Tieout.Domain.Tests.Invoicing;

/// <summary>Documents whose tax an engine computed, line by line.</summary>
public sealed class QuotedDocumentTests
{
    private static readonly Currency Usd = Currency.Of("USD");
    private static readonly BillingAccount Account = new(
        new BillingAccountId(Guid.Empty), new CustomerId(Guid.Empty), new LegalEntityId(Guid.Empty), Usd, "US-CA", 30, new CorrelationId(Guid.Empty));

    [Fact]
    public void The_tax_of_a_code_is_the_sum_of_what_was_quoted_for_its_lines()
    {
        // Rounded once, 20.02 at 8.5 % would be 1.70.
        var invoice = Draw(Line("a", 10.01m, 0.086m + 0.774m), Line("b", 10.01m, 0.86m), Line("c", 5m, 0m, "US-CA-untaxed", 0m));
        invoice.Taxes.Select(tax => (tax.Code, tax.Base.Amount, tax.Tax.Amount)).ShouldBe([("US-CA", 20.02m, 1.72m), ("US-CA-untaxed", 5m, 0m)]);
        DocumentTaxes.OtherThanQuoted(invoice).ShouldBeNull();
    }

    [Fact]
    public void A_line_without_a_quote_beside_others_is_not_issued() =>
        DocumentTaxes.OtherThanQuoted(Draw(Line("a", 10m, 0.86m), Line("b", 10m, 0.85m) with { Quote = null })).ShouldNotBeNull();

    [Theory]
    [InlineData("-10.01", "-0.86")] // all of it
    [InlineData("-4.00", "-0.34")]
    [InlineData("-0.01", "0.00")]
    public void A_credit_takes_its_part_of_the_quoted_tax(string amount, string tax)
    {
        var about = new InvoiceId(Guid.CreateVersion7());
        var line = Line("a", decimal.Parse(amount, System.Globalization.CultureInfo.InvariantCulture), 0m);
        var credit = line with { Quote = null, Line = line.Line with { Origin = new LineOrigin(about, "US-2026-0000001", 1) } };
        var memo = Invoice.Draw(Account, new DateOnly(2026, 12, 1), [credit], [new StandingTax(about, "US-CA", 0.085m, 10.01m, 0.86m)]);
        memo.Tax.Amount.ShouldBe(decimal.Parse(tax, System.Globalization.CultureInfo.InvariantCulture));
    }

    private static Invoice Draw(params TaxedLine[] lines) => Invoice.Draw(Account, new DateOnly(2026, 11, 1), lines, []);

    private static TaxedLine Line(string component, decimal amount, decimal tax, string code = "US-CA", decimal rate = 0.085m)
    {
        var day = new DateOnly(2026, 11, 1);
        var charge = new ChargeLine(
            new LineKey(new SubscriptionId(Guid.Empty), component, day), new CorrelationId(Guid.Empty), new Money(amount, Usd),
            new ServicePeriod(day, day.AddMonths(1)), 1, amount, Recognition.Immediate, component);
        return new TaxedLine(new LineToBook(charge, 1, amount, amount, null, null), new LineTax(code, rate > 0 ? "S" : "Z", rate, day))
        {
            Quote = new LineQuote(Guid.Empty, tax, ""),
        };
    }
}
