using System.Xml.Linq;
using static Tieout.Domain.Invoicing.Documents.Ubl.UblView;

namespace Tieout.Domain.Invoicing.Documents.Ubl;

/// <summary>That it adds up (BR-CO-10 to BR-CO-18) and has no more than two decimals (BR-DEC). Sums hold to the cent.</summary>
internal static class SumRules
{
    private const string OurFault = "This is a fault of the program; report it with the invoice's number.";
    private const string ThreeDecimals = "EN 16931 has room for two decimals; print the HTML for a currency with three.";

    public static IReadOnlyList<Rule> All { get; } =
    [
        Rule.One("BR-CO-03", "tax-point", "Both a day and a code of the tax point are given.", OurFault,
            view => Text(view.Root, "cbc:TaxPointDate").Length == 0 || Text(view.Root, "cac:InvoicePeriod/cbc:DescriptionCode").Length == 0),
        Rule.One("BR-CO-10", "totals.lines", "The sum of the lines is not the lines' sum.", OurFault,
            view => view.Total("LineExtensionAmount") == view.Lines.Sum(line => Amount(line, "cbc:LineExtensionAmount"))),
        Rule.One("BR-CO-11", "totals.discounts", "The discounts do not add up.", OurFault,
            view => (view.Total("AllowanceTotalAmount") ?? 0) == Sum(view, charge: false)),
        Rule.One("BR-CO-12", "totals.surcharges", "The surcharges do not add up.", OurFault,
            view => (view.Total("ChargeTotalAmount") ?? 0) == Sum(view, charge: true)),
        Rule.One("BR-CO-13", "totals.net", "The net total is not lines less discounts plus surcharges.", OurFault,
            view => view.Total("TaxExclusiveAmount")
                == view.Total("LineExtensionAmount") - (view.Total("AllowanceTotalAmount") ?? 0) + (view.Total("ChargeTotalAmount") ?? 0)),
        Rule.One("BR-CO-14", "totals.tax", "The tax is not the sum of the tax entries.", OurFault,
            view => view.Tax(view.Currency) == view.Subtotals.Sum(tax => Amount(tax, "cbc:TaxAmount"))),
        Rule.One("BR-CO-15", "totals.total", "The total is not net plus tax.", OurFault,
            view => view.Total("TaxInclusiveAmount") == view.Total("TaxExclusiveAmount") + view.Tax(view.Currency)),
        Rule.One("BR-CO-16", "totals.due", "The amount due is not the total less what was paid.", OurFault,
            view => view.Total("PayableAmount")
                == view.Total("TaxInclusiveAmount") - (view.Total("PrepaidAmount") ?? 0) + (view.Total("PayableRoundingAmount") ?? 0)),
        Rule.One("BR-CO-17", "taxes", "A tax is not its base times its rate.", OurFault, view => view.Subtotals.All(TaxFits)),
        Rule.One("BR-CO-18", "taxes", "There is no tax entry.", OurFault, view => view.Subtotals.Count > 0),
        Rule.One("BR-CO-19", "period", "The billing period has neither beginning nor end.", OurFault, view => HasDay(view.Root)),
        Rule.Line("BR-CO-20", "period", "The line's period has neither beginning nor end.", OurFault, HasDay),
        .. Decimals(),
    ];

    /// <summary>
    /// The tax of an entry against base times rate. The published rule lets a difference below one unit pass, for whoever rounds per line;
    /// ours is rounded once and proved at checkpoint 2, so the same tolerance is right here.
    /// </summary>
    internal static bool TaxFits(XElement tax)
    {
        var rate = Amount(tax, "cac:TaxCategory/cbc:Percent") ?? 0;
        return Amount(tax, "cbc:TaxableAmount") is not { } basis || Amount(tax, "cbc:TaxAmount") is not { } stated
            || Math.Abs(Rounding.HalfAwayFromZero(basis * rate / 100, 2) - stated) < 1;
    }

    private static decimal Sum(UblView view, bool charge) =>
        view.Adjustments.Where(item => IsCharge(item) == charge).Sum(item => Amount(item, "cbc:Amount") ?? 0);

    private static bool HasDay(XElement holder) => UblView.All(holder, "cac:InvoicePeriod").All(period =>
        Text(period, "cbc:StartDate").Length + Text(period, "cbc:EndDate").Length > 0 || Text(period, "cbc:DescriptionCode").Length > 0);

    private static IEnumerable<Rule> Decimals()
    {
        foreach (var (id, field, path) in new[]
            {
                ("BR-DEC-09", "totals.lines", "cac:LegalMonetaryTotal/cbc:LineExtensionAmount"),
                ("BR-DEC-10", "totals.discounts", "cac:LegalMonetaryTotal/cbc:AllowanceTotalAmount"),
                ("BR-DEC-11", "totals.surcharges", "cac:LegalMonetaryTotal/cbc:ChargeTotalAmount"),
                ("BR-DEC-12", "totals.net", "cac:LegalMonetaryTotal/cbc:TaxExclusiveAmount"),
                ("BR-DEC-13", "totals.tax", "cac:TaxTotal/cbc:TaxAmount"),
                ("BR-DEC-14", "totals.total", "cac:LegalMonetaryTotal/cbc:TaxInclusiveAmount"),
                ("BR-DEC-16", "totals.paid", "cac:LegalMonetaryTotal/cbc:PrepaidAmount"),
                ("BR-DEC-18", "totals.due", "cac:LegalMonetaryTotal/cbc:PayableAmount"),
                ("BR-DEC-19", "taxes.base", "cac:TaxTotal/cac:TaxSubtotal/cbc:TaxableAmount"),
                ("BR-DEC-20", "taxes.tax", "cac:TaxTotal/cac:TaxSubtotal/cbc:TaxAmount"),
            })
            yield return Rule.One(id, field, "An amount has more than two decimals.", ThreeDecimals,
                view => UblView.All(view.Root, path).All(TwoDecimals));
        yield return Rule.Adjustment("BR-DEC-01", charge: false, "amount", "A discount has more than two decimals.", ThreeDecimals, Short);
        yield return Rule.Adjustment("BR-DEC-05", charge: true, "amount", "A surcharge has more than two decimals.", ThreeDecimals, Short);
        yield return Rule.Line("BR-DEC-23", "net", "The line's amount has more than two decimals.", ThreeDecimals,
            line => UblView.All(line, "cbc:LineExtensionAmount").All(TwoDecimals));
        yield return Rule.Line("BR-DEC-24", "discount", "A discount on the line has more than two decimals.", ThreeDecimals,
            line => LineRules.Adjustments(line, false).All(Short));
        yield return Rule.Line("BR-DEC-27", "surcharge", "A surcharge on the line has more than two decimals.", ThreeDecimals,
            line => LineRules.Adjustments(line, true).All(Short));
    }

    private static bool Short(XElement adjustment) => UblView.All(adjustment, "cbc:Amount").All(TwoDecimals);

    // Digits as they are written: 1.500 has three decimals though it needs but one.
    private static bool TwoDecimals(XElement amount) =>
        amount.Value.Trim() is var text && text.IndexOf('.', StringComparison.Ordinal) is var point && (point < 0 || text.Length - point - 1 <= 2);
}
