using System.Globalization;
using System.Xml.Linq;
using static Tieout.Domain.Invoicing.Documents.Ubl.UblNames;

namespace Tieout.Domain.Invoicing.Documents.Ubl;

/// <summary>Lines (BG-25).</summary>
internal static class UblLines
{
    public static XElement? Of(DocumentLine line, bool credit)
    {
        var price = UblPrice.Of(line);
        return Group(credit ? "CreditNoteLine" : "InvoiceLine",
            Value("ID", line.Number.ToString(CultureInfo.InvariantCulture)),
            Value("Note", string.Join(". ", new[] { DocumentWords.Correction(line), line.TaxNote }.Where(text => text.Length > 0))),
            Value(credit ? "CreditedQuantity" : "InvoicedQuantity", Number(price.Quantity), ("unitCode", line.UnitCode)),
            Amount("LineExtensionAmount", line.Net),
            Period(line.Period),
            line.Adjustments.Select(item => UblTotals.Adjustment(item, withTax: false)),
            Group("Item",
                Value("Description", string.Join("; ", new[] { line.Group, line.Arithmetic }.Where(text => text.Length > 0))),
                Value("Name", line.Description),
                UblTotals.Category("ClassifiedTaxCategory", line.Category, line.Rate)),
            Group("Price",
                Value("PriceAmount", Number(price.Price), ("currencyID", line.Net.Currency.Code)),
                Value("BaseQuantity", Number(price.Base), ("unitCode", line.UnitCode))));
    }
}

/// <summary>
/// Quantity and price as EN 16931 wants them: quantity times price through base quantity gives the line's amount, and the price is
/// never negative. Where proration, tiers or a minimum made the amount another one, the whole amount becomes the price of the whole
/// quantity, which is exact; where the amount is negative, the quantity is (BR-27).
/// </summary>
/// <param name="Quantity">Signed as the amount is.</param>
/// <param name="Price">Zero or more, of <paramref name="Base"/> units.</param>
/// <param name="Base">Above zero.</param>
internal readonly record struct UblPrice(decimal Quantity, decimal Price, decimal Base)
{
    public static UblPrice Of(DocumentLine line)
    {
        var gross = line.Adjustments.Aggregate(line.Net, (sum, item) => item.IsCharge ? sum - item.Amount : sum + item.Amount);
        if (line.UnitPrice >= 0 && Rounding.ChargeLine(gross with { Amount = line.Quantity * line.UnitPrice }) == gross)
            return new UblPrice(line.Quantity, line.UnitPrice, 1);
        var sign = gross.Amount < 0 ? -1 : 1;
        return line.Quantity == 0
            ? new UblPrice(sign, Math.Abs(gross.Amount), 1)
            : new UblPrice(sign * Math.Abs(line.Quantity), Math.Abs(gross.Amount), Math.Abs(line.Quantity));
    }
}
