using System.Xml.Linq;
using Tieout.Domain.Tax;
using static Tieout.Domain.Invoicing.Documents.Ubl.UblNames;

namespace Tieout.Domain.Invoicing.Documents.Ubl;

/// <summary>Discounts and surcharges (BG-20, 21, 27, 28), taxes (BG-23) and sums (BG-22).</summary>
internal static class UblTotals
{
    public static XElement? Adjustment(DocumentAdjustment item, bool withTax) => Group("AllowanceCharge",
        Value("ChargeIndicator", item.IsCharge ? "true" : "false"),
        Value("AllowanceChargeReason", item.Reason),
        item is { Percent: { } percent, Basis: not null } ? Value("MultiplierFactorNumeric", Number(percent * 100)) : null,
        Amount("Amount", item.Amount),
        item is { Percent: not null, Basis: { } basis } ? Amount("BaseAmount", basis) : null,
        withTax ? Category("TaxCategory", item.Category, item.Rate) : null);

    public static IEnumerable<XElement?> Taxes(InvoiceDocument document)
    {
        // Two of our tax codes may share category and rate; there they are one.
        var groups = document.Taxes.GroupBy(tax => (tax.Category, tax.Rate)).Select(group => Subtotal(document, [.. group]));
        yield return Group("TaxTotal", Amount("TaxAmount", document.Tax), groups);
        if (document.TaxInSellersCurrency is { } converted) yield return Group("TaxTotal", Amount("TaxAmount", converted.Tax));
    }

    public static XElement? Sums(InvoiceDocument document) => Group("LegalMonetaryTotal",
        Amount("LineExtensionAmount", document.LineNet),
        Amount("TaxExclusiveAmount", document.Net),
        Amount("TaxInclusiveAmount", document.Total),
        // A sum stands wherever there is something to add up, even where it comes to zero (BR-CO-11, BR-CO-12).
        document.Adjustments.Any(item => !item.IsCharge) ? Amount("AllowanceTotalAmount", document.Allowances) : null,
        document.Adjustments.Any(item => item.IsCharge) ? Amount("ChargeTotalAmount", document.Charges) : null,
        document.Prepaid is { IsZero: false } prepaid ? Amount("PrepaidAmount", prepaid) : null,
        Amount("PayableAmount", document.Due));

    public static XElement? Category(string name, TaxCategory category, decimal rate, string reasonCode = "", string reason = "") => Group(name,
        Value("ID", category.Letter()),
        // What is not subject to the tax has no rate, not even zero (BR-O-05).
        category == TaxCategory.NotSubject ? null : Value("Percent", Number(rate * 100)),
        Value("TaxExemptionReasonCode", reasonCode),
        Value("TaxExemptionReason", reason),
        Scheme());

    public static XElement? Scheme() => Group("TaxScheme", Value("ID", "VAT"));

    private static XElement? Subtotal(InvoiceDocument document, IReadOnlyList<PrintedTax> group)
    {
        var (first, zero) = (group[0], Money.Zero(document.Currency));
        var reason = string.Join("; ", group.Select(tax => tax.Reason).Where(text => text.Length > 0).Distinct(StringComparer.Ordinal));
        return Group("TaxSubtotal",
            Amount("TaxableAmount", group.Aggregate(zero, (sum, tax) => sum + tax.Base)),
            Amount("TaxAmount", group.Aggregate(zero, (sum, tax) => sum + tax.Tax)),
            Category("TaxCategory", first.Category, first.Rate, first.ReasonCode, reason));
    }
}
