using Tieout.Domain.Catalog;
using Tieout.Domain.Invoicing;
using Tieout.Domain.Invoicing.Documents;
using static Tieout.Domain.Tests.Invoicing.Documents.Samples;

namespace Tieout.Domain.Tests.Invoicing.Documents;

public class LineArithmeticTests
{
    private static readonly ChargeModel Tiers = new ChargeModel.Graduated([new Tier(100, 0.10m), new Tier(null, 0.08m)]);
    private static readonly ChargeModel Matrix = new ChargeModel.Matrix(["region"], [], null);

    public static TheoryData<ChargeModel?, decimal, decimal, string, decimal, string> Table => new()
    {
        // Quantity times price says it.
        { new ChargeModel.PerUnit(10), 3, 10, "whole period", 30, "" },
        { null, 2, 50, "once", 100, "" },
        // Shares of the period; what was agreed on the line counts, not the catalogue.
        { new ChargeModel.Flat(10), 1, 10.04m, "10 of 30 days, actual days", 3.35m, "10.04 × 10 of 30 days, actual days" },
        { new ChargeModel.PerUnit(10), 6, 11.75m, "20 of 30 days, months of 30 days", 47, "6 × 11.75 × 20 of 30 days, months of 30 days" },
        // Tiers, and what they come to before rounding.
        { Tiers, 150, 0, "whole period", 14, "100 units at 0.10 in tier 1 of 2 = 10.00; 50 units at 0.08 in tier 2 of 2 = 4.00" },
        { Tiers, 0.55m, 0, "whole period", 0.06m, "0.55 units at 0.10 in tier 1 of 2 = 0.055; together 0.055, rounded" },
        { Tiers, 150, 0, "15 of 30 days, actual days", 7,
            "100 units at 0.10 in tier 1 of 2 = 10.00; 50 units at 0.08 in tier 2 of 2 = 4.00; share of the period: 15 of 30 = -7.00; 15 of 30 days, actual days" },
        // What was taken off stands behind.
        { new ChargeModel.Flat(10), 1, 10, "whole period; less 1.50 of discount SPRING", 8.50m, "10.00; less 1.50 of discount SPRING" },
        { new ChargeModel.PerUnit(10), 3, 10, "whole period; less 1.50 of discount SPRING", 28.50m, "3 × 10.00; less 1.50 of discount SPRING" },
        // It does not come to the amount, as with a percentage off: no arithmetic, but the convention.
        { new ChargeModel.Flat(10), 1, 10, "10 of 30 days, actual days", 3, "10 of 30 days, actual days" },
        { new ChargeModel.Flat(10), 1, 10, "whole period", 9, "" },
        { Tiers, 150, 0, "whole period; less 1.00 of discount SPRING", 12, "less 1.00 of discount SPRING" },
        { Matrix, 5, 0, "whole period", 9, "" },
        { null, 1, 0, "100.00 EUR less charges of the month", 12, "100.00 EUR less charges of the month" },
    };

    [Theory]
    [MemberData(nameof(Table))]
    public void Says_how_an_amount_came_about_or_nothing(
        ChargeModel? model, decimal quantity, decimal unitPrice, string convention, decimal amount, string expected) =>
        LineArithmetic.Of(
            model is null ? null : new Price("p", "c", model, Eur, Recognition.Immediate, "x"), quantity, unitPrice, convention, M(amount)).ShouldBe(expected);

    // Amount, standing, billed: what the line says of itself on an invoice.
    [Theory]
    [InlineData(120, 120, 120, null, "12 × 10 = 120", "")]
    [InlineData(-120, 0, 0, "I-1", "-12 × 10 = -120", "Billed before 120.00, now 0.00")]
    [InlineData(-40, 120, 120, "I-1", "-1 × 40 = -40", "Billed before 160.00, now 120.00: 12 × 10.00")]
    [InlineData(-40, 108, 108, "I-1", "-1 × 40 = -40", "Billed before 148.00, now 108.00")] // a tenth off, which 12 × 10.00 does not say
    [InlineData(-40, 120, 80, "I-1", "-1 × 40 = -40", "Billed before 120.00, now 80.00")]
    [InlineData(2, 120, 2, null, "1 × 2 = 2", "Billed before 0.00, now 2.00")]
    public void A_difference_is_one_piece_unless_quantity_times_price_is_it(
        int amount, int standing, int billed, string? corrects, string counted, string arithmetic)
    {
        var charge = new BookedCharge(
            1, "Corrected: Seats (invoice I-1, line 3)", November, 12, 10, M(amount), "whole period", standing, billed, new LineTax("DE-19", "S", 0.19m, November.Start))
        {
            Corrects = corrects is null ? null : new CorrectedLine(corrects, 3),
            Price = new Price("p", "c", new ChargeModel.PerUnit(10), Eur, Recognition.Immediate, "x"),
        };
        var line = charge.On(DocumentKind.Invoice);
        FormattableString.Invariant($"{line.Quantity:0} × {line.UnitPrice:0} = {line.Net.Amount:0}").ShouldBe(counted);
        line.Arithmetic.ShouldBe(arithmetic);
        line.Description.ShouldBe(corrects is null ? "Corrected: Seats (invoice I-1, line 3)" : "Corrected: Seats");
        charge.On(DocumentKind.CreditMemo).Net.ShouldBe(M(-amount));
        charge.On(DocumentKind.CreditMemo).Quantity.ShouldBe(-line.Quantity);
    }

    [Fact]
    public void What_is_billed_anew_and_what_is_corrected_at_one_rate_and_code_is_one_tax()
    {
        DocumentTax[] booked =
        [
            new(null, "DE-19", "S", 0.19m, M(100), M(19), ""), new(new InvoiceId(Guid.Empty), "DE-19", "S", 0.19m, M(-20), M(-3.80m), ""),
            new(null, "RC", "AE", 0, M(5), M(0), ""),
        ];
        BookedTaxes.On(DocumentKind.Invoice, booked).Select(tax => (tax.Code, tax.Base.Amount, tax.Tax.Amount))
            .ShouldBe([("DE-19", 80m, 15.20m), ("RC", 5m, 0m)]);
        var credit = BookedTaxes.On(DocumentKind.CreditMemo, booked);
        credit.Sum(tax => tax.Tax.Amount).ShouldBe(-15.20m);
        credit[1].Reason.ShouldStartWith("Reverse charge");
    }
}
