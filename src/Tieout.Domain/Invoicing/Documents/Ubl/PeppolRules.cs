using System.Xml.Linq;
using static Tieout.Domain.Invoicing.Documents.Ubl.UblView;

namespace Tieout.Domain.Invoicing.Documents.Ubl;

/// <summary>What Peppol BIS Billing 3 adds, in our words. National rules are not among them.</summary>
internal static class PeppolRules
{
    private const string OurFault = "This is a fault of the program; report it with the invoice's number.";

    private const string Percentage = "State amount, percentage and basis that fit, or the amount alone.";
    private const string ProcessStart = "urn:fdc:peppol.eu:2017:poacc:billing:";

    // Line amounts are held to their price within this; the published rule says 0.02.
    private const decimal PriceTolerance = 0.02m;

    private static readonly (string Id, string Code, string Letter)[] Grounds =
    [
        ("PEPPOL-EN16931-P0104", "G", "G"), ("PEPPOL-EN16931-P0105", "O", "O"), ("PEPPOL-EN16931-P0106", "IC", "K"), ("PEPPOL-EN16931-P0107", "AE", "AE"),
        ("PEPPOL-EN16931-P0108", "D", "E"), ("PEPPOL-EN16931-P0109", "F", "E"), ("PEPPOL-EN16931-P0110", "I", "E"), ("PEPPOL-EN16931-P0111", "J", "E"),
    ];

    public static IReadOnlyList<Rule> All { get; } =
    [
        Rule.One("PEPPOL-EN16931-R001", "profile", "The business process is missing.", OurFault, view => Text(view.Root, "cbc:ProfileID").Length > 0),
        Rule.One("PEPPOL-EN16931-R002", "notes", "More than one note.", OurFault, view => UblView.All(view.Root, "cbc:Note").Count() <= 1),
        Rule.One("PEPPOL-EN16931-R003", "purchase-order", "Neither a buyer reference nor an order is named.",
            "Give the billing account the customer's purchase order.",
            view => Text(view.Root, "cbc:BuyerReference").Length + Text(view.Root, "cac:OrderReference/cbc:ID").Length > 0),
        Rule.One("PEPPOL-EN16931-R004", "profile", "The specification is not Peppol's.", OurFault,
            view => Text(view.Root, "cbc:CustomizationID").StartsWith(UblProfile.Peppol.CustomizationId, StringComparison.Ordinal)),
        Rule.One("PEPPOL-EN16931-R005", "tax-currency", "The tax currency is the document's own.", OurFault,
            view => Text(view.Root, "cbc:TaxCurrencyCode") is var code && (code.Length == 0 || code != view.Currency)),
        Rule.One("PEPPOL-EN16931-R007", "profile", "The business process is none of Peppol's.", OurFault,
            view => Text(view.Root, "cbc:ProfileID") is var profile && (profile.Length == 0 || IsProcess(profile))),
        Rule.One("PEPPOL-EN16931-R008", "document", "An element is empty.", OurFault,
            view => !view.Root.DescendantsAndSelf().Any(element => !element.HasElements && string.IsNullOrWhiteSpace(element.Value))),
        Rule.One("PEPPOL-EN16931-R010", "buyer.electronic-address", "The customer has no electronic address.",
            "Give the customer an electronic address and its scheme, such as its VAT number under 9930.", view => HasEndpoint(view.Buyer)),
        Rule.One("PEPPOL-EN16931-R020", "seller.electronic-address", "The seller has no electronic address.",
            "Give the legal entity electronic-address and electronic-scheme in the books file.", view => HasEndpoint(view.Seller)),
        Rule.Each("PEPPOL-EN16931-R040", "adjustments.amount", "A discount or surcharge is not its percentage of its basis.", Percentage, Adjustments, PercentFits),
        Rule.Each("PEPPOL-EN16931-R041", "adjustments.basis", "A discount or surcharge has a percentage and no basis.", Percentage, Adjustments,
            item => !Has(item, "cbc:MultiplierFactorNumeric") || Has(item, "cbc:BaseAmount")),
        Rule.Each("PEPPOL-EN16931-R042", "adjustments.percent", "A discount or surcharge has a basis and no percentage.", Percentage, Adjustments,
            item => !Has(item, "cbc:BaseAmount") || Has(item, "cbc:MultiplierFactorNumeric")),
        Rule.Each("PEPPOL-EN16931-R043", "adjustments", "It is not said whether it is a discount or a surcharge.", OurFault,
            view => view.Anywhere("cac:AllowanceCharge/cbc:ChargeIndicator"), indicator => indicator.Value.Trim() is "true" or "false"),
        Rule.One("PEPPOL-EN16931-R051", "currency", "An amount is in another currency than the document.", OurFault, SameCurrency),
        Rule.One("PEPPOL-EN16931-R053", "taxes", "There is not one tax total with its parts.", OurFault,
            view => UblView.All(view.Root, "cac:TaxTotal").Count(total => UblView.All(total, "cac:TaxSubtotal").Any()) == 1),
        Rule.One("PEPPOL-EN16931-R054", "taxes", "There is not one tax total in the tax currency, or there is one without a tax currency.", OurFault,
            view => UblView.All(view.Root, "cac:TaxTotal").Count(total => !UblView.All(total, "cac:TaxSubtotal").Any())
                == (Text(view.Root, "cbc:TaxCurrencyCode").Length > 0 ? 1 : 0)),
        Rule.One("PEPPOL-EN16931-R055", "tax-currency", "The tax has another sign in the other currency.", OurFault,
            view => Text(view.Root, "cbc:TaxCurrencyCode") is not { Length: > 0 } code
                || view.Tax(code) is not { } other || view.Tax(view.Currency) is not { } tax || other * tax >= 0),
        new("PEPPOL-EN16931-R110", "The line begins before the billing period.", OurFault, view => Outside(view, "StartDate", (line, whole) => line < whole)),
        new("PEPPOL-EN16931-R111", "The line ends after the billing period.", OurFault, view => Outside(view, "EndDate", (line, whole) => line > whole)),
        Rule.Line("PEPPOL-EN16931-R120", "net", "The line's amount is not quantity times price.", OurFault, PriceFits),
        Rule.Line("PEPPOL-EN16931-R121", "quantity", "The base quantity of the price is not above zero.", OurFault,
            line => Amount(line, "cac:Price/cbc:BaseQuantity") is not <= 0),
        Rule.Line("PEPPOL-EN16931-R130", "unit", "The price is for another unit than the quantity.", OurFault,
            line => UblView.All(line, "cac:Price/cbc:BaseQuantity").All(basis =>
                basis.Attribute("unitCode") is null || basis.Attribute("unitCode")!.Value == LineRules.Quantity(line)?.Attribute("unitCode")?.Value)),
        .. Grounds.Select(ground => Rule.One(
            ground.Id, "taxes.reason-code", $"The ground VATEX-EU-{ground.Code} is for category {ground.Letter} only.", "Correct the ground of the tax code.",
            view => view.Subtotals.All(tax => !HasGround(tax, ground.Code) || CategoryOf(tax, "cac:TaxCategory") == ground.Letter))),
        .. PeppolNumbers.All,
    ];

    private static bool HasGround(XElement tax, string code) => string.Equals(
        Text(tax, "cac:TaxCategory/cbc:TaxExemptionReasonCode"), "VATEX-EU-" + code, StringComparison.OrdinalIgnoreCase);

    // urn:fdc:peppol.eu:2017:poacc:billing:NN:1.0
    private static bool IsProcess(string profile) => profile.StartsWith(ProcessStart, StringComparison.Ordinal)
        && profile[ProcessStart.Length..] is [var tens, var ones, ':', '1', '.', '0'] && char.IsAsciiDigit(tens) && char.IsAsciiDigit(ones);

    private static IEnumerable<XElement> Adjustments(UblView view) =>
        view.Adjustments.Concat(view.Lines.SelectMany(line => UblView.All(line, "cac:AllowanceCharge")));

    private static bool Has(XElement item, string path) => Text(item, path).Length > 0;

    private static bool PercentFits(XElement item) => Amount(item, "cbc:MultiplierFactorNumeric") is not { } percent
        || Amount(item, "cbc:BaseAmount") is not { } basis || Amount(item, "cbc:Amount") is not { } amount
        || Math.Abs(Rounding.HalfAwayFromZero(basis * percent / 100, 2) - amount) <= PriceTolerance;

    private static bool HasEndpoint(XElement? party) => party is not null && Text(party, "cbc:EndpointID").Length > 0;

    private static bool SameCurrency(UblView view) => view.Root.Descendants()
        .Where(element => element.Attribute("currencyID") is { } code && code.Value != view.Currency)
        .All(element => element.Parent!.Name == UblNames.Cac + "TaxTotal");

    private static IEnumerable<string> Outside(UblView view, string name, Func<DateOnly, DateOnly, bool> beyond)
    {
        if (!DateOnly.TryParse(Text(view.Root, "cac:InvoicePeriod/cbc:" + name), System.Globalization.CultureInfo.InvariantCulture, out var whole)) yield break;
        foreach (var line in view.Lines)
            if (DateOnly.TryParse(Text(line, "cac:InvoicePeriod/cbc:" + name), System.Globalization.CultureInfo.InvariantCulture, out var day) && beyond(day, whole))
                yield return $"lines[{Text(line, "cbc:ID")}].period";
    }

    private static bool PriceFits(XElement line)
    {
        if (LineRules.Quantity(line) is not { } element || Decimal(element.Value) is not { } quantity) return true;
        if (Amount(line, "cac:Price/cbc:PriceAmount") is not { } price || Amount(line, "cbc:LineExtensionAmount") is not { } net) return true;
        var basis = Amount(line, "cac:Price/cbc:BaseQuantity") ?? 1;
        if (basis <= 0) return true;
        var adjusted = LineRules.Adjustments(line, charge: true).Sum(item => Amount(item, "cbc:Amount") ?? 0)
            - LineRules.Adjustments(line, charge: false).Sum(item => Amount(item, "cbc:Amount") ?? 0);
        return Math.Abs(Rounding.HalfAwayFromZero(quantity * price / basis, 2) + adjusted - net) <= PriceTolerance;
    }
}
