using System.Xml.Linq;
using static Tieout.Domain.Invoicing.Documents.Ubl.UblView;

namespace Tieout.Domain.Invoicing.Documents.Ubl;

/// <summary>That it adds up (BR-CO-10 to BR-CO-18) and has no more than two decimals (BR-DEC). Sums hold to the cent.</summary>
internal static class SumRules
{
    private const string OurFault = "This is a fault of the program; report it with the invoice's number.";
    internal const string ThreeDecimals = "EN 16931 has room for two decimals; print the HTML for a currency with three.";

    public static IReadOnlyList<Rule> All { get; } =
    [
        Rule.One("BR-CO-03", "tax-point", "Both a day and a code of the tax point are given.", OurFault,
            view => Text(view.Root, "cbc:TaxPointDate").Length == 0 || Text(view.Root, "cac:InvoicePeriod/cbc:DescriptionCode").Length == 0),
        Rule.One("BR-CO-10", "totals.lines", "The sum of the lines is not the lines' sum.", OurFault,
            view => view.Total("LineExtensionAmount") == view.Lines.Sum(line => Amount(line, "cbc:LineExtensionAmount"))),
        Rule.One("BR-CO-11", "totals.discounts", "The discounts do not add up.", OurFault,
            view => SumFits(view, "AllowanceTotalAmount", charge: false)),
        Rule.One("BR-CO-12", "totals.surcharges", "The surcharges do not add up.", OurFault,
            view => SumFits(view, "ChargeTotalAmount", charge: true)),
        Rule.One("BR-CO-13", "totals.net", "The net total is not lines less discounts plus surcharges.", OurFault,
            view => view.Total("TaxExclusiveAmount")
                == view.Total("LineExtensionAmount") - (view.Total("AllowanceTotalAmount") ?? 0) + (view.Total("ChargeTotalAmount") ?? 0)),
        Rule.Each("BR-CO-14", "totals.tax", "The tax is not the sum of the tax entries.", OurFault,
            view => UblView.All(view.Root, "cac:TaxTotal").Where(total => UblView.All(total, "cac:TaxSubtotal").Any()),
            total => Amount(total, "cbc:TaxAmount") == UblView.All(total, "cac:TaxSubtotal").Sum(tax => Amount(tax, "cbc:TaxAmount"))),
        Rule.One("BR-CO-15", "totals.total", "The total is not net plus tax.", OurFault,
            view => view.Total("TaxInclusiveAmount") is { } total && total == view.Total("TaxExclusiveAmount") + view.Tax(view.Currency)),
        Rule.One("BR-CO-16", "totals.due", "The amount due is not the total less what was paid.", OurFault,
            view => view.Total("PayableAmount")
                == view.Total("TaxInclusiveAmount") - (view.Total("PrepaidAmount") ?? 0) + (view.Total("PayableRoundingAmount") ?? 0)),
        Rule.One("BR-CO-17", "taxes", "A tax is not its base times its rate.", OurFault, view => view.Subtotals.All(TaxOrNoneFits)),
        Rule.One("BR-CO-18", "taxes", "There is no tax entry.", OurFault, view => view.Subtotals.Count > 0),
        Rule.One("BR-CO-19", "period", "The billing period has neither beginning nor end.", OurFault, view => HasDay(view.Root)),
        Rule.Line("BR-CO-20", "period", "The line's period has neither beginning nor end.", OurFault, HasDay),
        .. Decimals(),
    ];

    /// <summary>
    /// The tax of an entry against base times rate. The published rule lets a difference below one unit pass, for whoever rounds per line;
    /// ours is rounded once and proved at checkpoint 2, so the same tolerance is right here. What is missing does not fit.
    /// </summary>
    internal static bool TaxFits(XElement tax) =>
        RateOf(tax) is { } rate && Amount(tax, "cbc:TaxableAmount") is { } basis && Amount(tax, "cbc:TaxAmount") is { } stated
        && Math.Abs(Math.Abs(stated) - Rounding.HalfAwayFromZero(Math.Abs(basis) * rate / 100, 2)) < 1;

    // A rate below a half, or none, is zero to the published rule, and its tax has to come to zero as well.
    private static bool TaxOrNoneFits(XElement tax) => RateOf(tax) is { } rate && WholeOf(rate) != 0
        ? TaxFits(tax)
        : Amount(tax, "cbc:TaxAmount") is { } stated && WholeOf(stated) == 0;

    // XPath rounds halves up, also below zero.
    private static decimal WholeOf(decimal value) => decimal.Floor(value + 0.5m);

    // No sum may be stated where there is nothing to add up, and it must be where there is, even of zero.
    private static bool SumFits(UblView view, string total, bool charge)
    {
        var items = view.Adjustments.Where(item => IsCharge(item) == charge).ToList();
        return view.Total(total) is { } stated ? stated == items.Sum(item => Amount(item, "cbc:Amount") ?? 0) : items.Count == 0;
    }

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
                ("BR-DEC-14", "totals.total", "cac:LegalMonetaryTotal/cbc:TaxInclusiveAmount"),
                ("BR-DEC-16", "totals.paid", "cac:LegalMonetaryTotal/cbc:PrepaidAmount"),
                ("BR-DEC-17", "totals.rounding", "cac:LegalMonetaryTotal/cbc:PayableRoundingAmount"),
                ("BR-DEC-18", "totals.due", "cac:LegalMonetaryTotal/cbc:PayableAmount"),
                ("BR-DEC-19", "taxes.base", "cac:TaxTotal/cac:TaxSubtotal/cbc:TaxableAmount"),
                ("BR-DEC-20", "taxes.tax", "cac:TaxTotal/cac:TaxSubtotal/cbc:TaxAmount"),
            })
            yield return Rule.One(id, field, "An amount has more than two decimals.", ThreeDecimals,
                view => UblView.All(view.Root, path).All(TwoDecimals));
        yield return Total("BR-DEC-13", "totals.tax", view => view.Currency);
        yield return Total("BR-DEC-15", "tax-currency", view => Text(view.Root, "cbc:TaxCurrencyCode"));
        foreach (var (id, charge, path, field) in new[]
            {
                ("BR-DEC-01", false, "cbc:Amount", "amount"), ("BR-DEC-02", false, "cbc:BaseAmount", "basis"),
                ("BR-DEC-05", true, "cbc:Amount", "amount"), ("BR-DEC-06", true, "cbc:BaseAmount", "basis"),
            })
            yield return Rule.Adjustment(id, charge, field, "A discount or surcharge has more than two decimals.", ThreeDecimals,
                item => UblView.All(item, path).All(TwoDecimals));
        yield return Rule.Line("BR-DEC-23", "net", "The line's amount has more than two decimals.", ThreeDecimals,
            line => UblView.All(line, "cbc:LineExtensionAmount").All(TwoDecimals));
        foreach (var (id, charge, path, field) in new[]
            {
                ("BR-DEC-24", false, "cbc:Amount", "discount"), ("BR-DEC-25", false, "cbc:BaseAmount", "discount.basis"),
                ("BR-DEC-27", true, "cbc:Amount", "surcharge"), ("BR-DEC-28", true, "cbc:BaseAmount", "surcharge.basis"),
            })
            yield return Rule.Line(id, field, "A discount or surcharge on the line has more than two decimals.", ThreeDecimals,
                line => LineRules.Adjustments(line, charge).SelectMany(item => UblView.All(item, path)).All(TwoDecimals));
    }

    private static Rule Total(string id, string field, Func<UblView, string> currency) => Rule.Each(
        id, field, "The tax has more than two decimals.", ThreeDecimals,
        view => UblView.All(view.Root, "cac:TaxTotal/cbc:TaxAmount").Where(tax => tax.Attribute("currencyID")?.Value == currency(view)), TwoDecimals);

    // Digits as they are written: 1.500 has three decimals though it needs but one.
    internal static bool TwoDecimals(XElement amount) =>
        amount.Value.Trim() is var text && text.IndexOf('.', StringComparison.Ordinal) is var point && (point < 0 || text.Length - point - 1 <= 2);
}
