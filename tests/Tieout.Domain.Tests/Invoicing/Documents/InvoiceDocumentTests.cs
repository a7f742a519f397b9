using FsCheck;
using FsCheck.Fluent;
using Tieout.Domain.Invoicing.Documents;
using Tieout.Domain.Tax;
using static Tieout.Domain.Tests.Invoicing.Documents.Samples;

namespace Tieout.Domain.Tests.Invoicing.Documents;

public class InvoiceDocumentTests
{
    public static TheoryData<string, InvoiceDocument> Good => new()
    {
        { "normal", Normal }, { "rich", Rich }, { "reverse charge", ReverseCharge }, { "credit memo", CreditMemo }, { "scripts", Scripts },
        { "long", Long(60) }, { "yen", In("JPY", 1_234_567m) }, { "dinar", In("KWD", 1_234.505m) },
    };

    [Theory]
    [MemberData(nameof(Good))]
    public void A_document_that_fits_together_has_no_contradictions(string name, InvoiceDocument document) =>
        document.Contradictions().ShouldBeEmpty(name);

    [Fact]
    public void Totals_follow_from_lines_adjustments_taxes_and_what_was_paid()
    {
        var rich = Rich;
        (rich.LineNet, rich.Allowances, rich.Charges, rich.Net).ShouldBe((M(3512.20m), M(100m), M(4.90m), M(3417.10m)));
        (rich.Tax, rich.Total, rich.Due).ShouldBe((M(639.70m), M(4056.80m), M(3556.80m)));
    }

    public static TheoryData<InvoiceDocument, string> Wrong => new()
    {
        { Normal with { Lines = [] }, "no lines" },
        { Normal with { Number = "" }, "without a number" },
        { Normal with { Taxes = [] }, "no tax entry" },
        { Normal with { Taxes = [Normal.Taxes[0] with { Base = M(470.37m) }] }, "its lines come to 470.38 EUR" },
        { Normal with { Taxes = [.. Normal.Taxes, new(TaxCategory.Standard, 0.07m, "DE-7", M(0m), M(0m))] }, "has no line" },
        { Normal with { Adjustments = [new(false, M(1m), "Discount", TaxCategory.Standard, 0.19m)] }, "its lines come to 469.38 EUR" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void A_document_that_contradicts_itself_is_never_drawn(InvoiceDocument document, string contradiction)
    {
        document.Contradictions().ShouldContain(found => found.Contains(contradiction, StringComparison.Ordinal));
        Should.Throw<ArgumentException>(() => InvoiceHtml.Render(document));
        Should.Throw<ArgumentException>(() => Domain.Invoicing.Documents.Ubl.UblInvoice.Write(document, Domain.Invoicing.Documents.Ubl.UblProfile.En16931));
    }

    [Fact]
    public void Two_currencies_on_one_document_are_a_bug() =>
        Should.Throw<InvalidOperationException>(() => (Normal with { Prepaid = new Money(1, Currency.Of("USD")) }).Due);

    [Fact]
    public void Lines_of_one_rate_give_the_documents_net_whatever_their_amounts() =>
        Prop.ForAll(ArbMap.Default.ArbFor<int[]>(), cents =>
        {
            if (cents.Length == 0) return true;
            var lines = cents.Select((amount, index) => Line(index + 1, "x", 1, amount / 100m, amount / 100m, "")).ToArray();
            var document = Of(lines);
            return document.Contradictions().Count == 0 && document.Net.Amount == cents.Sum(amount => (decimal)amount) / 100m
                && document.Total == document.Net + document.Tax;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300).WithQuietOnSuccess(true));
}
