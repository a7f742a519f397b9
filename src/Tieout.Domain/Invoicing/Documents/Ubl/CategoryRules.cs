using System.Xml.Linq;
using static Tieout.Domain.Invoicing.Documents.Ubl.UblView;

namespace Tieout.Domain.Invoicing.Documents.Ubl;

/// <summary>
/// The families of rules of the tax categories: BR-S, BR-Z, BR-E, BR-AE, BR-IC (category K), BR-G, BR-O. They differ in who has to
/// name which number, in the rate, and in whether a reason is needed or forbidden.
/// </summary>
internal static class CategoryRules
{
    private const string OurFault = "This is a fault of the program; report it with the invoice's number.";
    private const string SellerNumber = "Give the legal entity a vat-number in the books file.";

    public static IReadOnlyList<Rule> All { get; } =
    [
        .. Family("S", "S", taxed: true, reason: false),
        .. Family("Z", "Z", taxed: false, reason: false),
        .. Family("E", "E", taxed: false, reason: true),
        .. Family("AE", "AE", taxed: false, reason: true),
        .. Family("IC", "K", taxed: false, reason: true),
        .. Family("G", "G", taxed: false, reason: true),
        .. Family("O", "O", taxed: false, reason: true),
        .. Numbers(),
        Rule.One("BR-IC-11", "supply-date", "A supply to another member state needs its day or period.", "Give the invoice a billing period.",
            view => !Entries(view, "K").Any() || Text(view.Root, "cac:Delivery/cbc:ActualDeliveryDate").Length > 0
                || UblView.All(view.Root, "cac:InvoicePeriod").Any()),
        Rule.One("BR-IC-12", "buyer.country", "A supply to another member state needs the country it goes to.", "Give the customer its country.",
            view => !Entries(view, "K").Any()
                || Text(view.Root, "cac:Delivery/cac:DeliveryLocation/cac:Address/cac:Country/cbc:IdentificationCode").Length > 0),
        Rule.One("BR-O-11", "taxes", "What is not subject to VAT cannot stand beside what is.", "Bill the two on invoices of their own.",
            view => !Entries(view, "O").Any() || view.Subtotals.Count == 1),
        Rule.One("BR-O-12", "lines", "What is not subject to VAT cannot stand beside what is.", "Bill the two on invoices of their own.",
            view => !Entries(view, "O").Any() || view.Lines.All(line => OfLine(line) == "O")),
    ];

    private static IEnumerable<Rule> Family(string family, string letter, bool taxed, bool reason)
    {
        yield return Rule.One($"BR-{family}-01", "taxes", $"Category {letter} of the lines and of the tax entries do not agree.", OurFault,
            view => Bearers(view, letter).Any() == Entries(view, letter).Any() && (taxed || Entries(view, letter).Count() <= 1));
        yield return Rule.Line($"BR-{family}-05", "rate", RateReason(letter, taxed), "Correct the rate of the tax code.",
            line => OfLine(line) != letter || RateFits(line, "cac:Item/cac:ClassifiedTaxCategory", letter, taxed));
        yield return Rule.Adjustment($"BR-{family}-06", charge: false, "rate", RateReason(letter, taxed), OurFault,
            item => CategoryOf(item, "cac:TaxCategory") != letter || RateFits(item, "cac:TaxCategory", letter, taxed));
        yield return Rule.Adjustment($"BR-{family}-07", charge: true, "rate", RateReason(letter, taxed), OurFault,
            item => CategoryOf(item, "cac:TaxCategory") != letter || RateFits(item, "cac:TaxCategory", letter, taxed));
        yield return Rule.One($"BR-{family}-08", "taxes.base", $"The base of category {letter} is not the sum of its lines.", OurFault,
            view => Entries(view, letter).All(tax => Amount(tax, "cbc:TaxableAmount") == BaseOf(view, letter, taxed ? Rate(tax, "cac:TaxCategory") : null)));
        yield return Rule.One($"BR-{family}-09", "taxes.tax", $"The tax of category {letter} is not right.", OurFault,
            view => Entries(view, letter).All(tax => taxed ? SumRules.TaxFits(tax) : Amount(tax, "cbc:TaxAmount") == 0));
        yield return Rule.One($"BR-{family}-10", "taxes.reason",
            reason ? $"Category {letter} needs a reason why there is no tax." : $"Category {letter} has no reason for no tax.",
            reason ? "Give the tax code a legal ground." : OurFault,
            view => Entries(view, letter).All(tax => HasReason(tax) == reason));
    }

    private static IEnumerable<Rule> Numbers()
    {
        foreach (var (family, letter) in new[] { ("S", "S"), ("Z", "Z"), ("E", "E"), ("AE", "AE"), ("IC", "K"), ("G", "G") })
            yield return Numbered($"BR-{family}-02", "seller.vat-number", $"Category {letter} needs the seller's VAT number.", SellerNumber,
                letter, view => view.SellerVat.Length > 0 || HasTaxNumber(view, letter));
        yield return Numbered("BR-AE-02", "buyer.vat-number", "Reverse charge needs the customer's VAT number or registration.",
            "Give the customer a VAT number, or bill with tax.", "AE", view => view.BuyerVat.Length + view.BuyerRegistration.Length > 0);
        yield return Numbered("BR-IC-02", "buyer.vat-number", "A supply to another member state needs the customer's VAT number.",
            "Give the customer a VAT number, or bill with tax.", "K", view => view.BuyerVat.Length > 0);
        yield return Numbered("BR-O-02", "seller.vat-number", "What is not subject to VAT names no VAT number.", OurFault,
            "O", view => view.SellerVat.Length + view.BuyerVat.Length == 0);
    }

    private static Rule Numbered(string id, string field, string reason, string remedy, string letter, Func<UblView, bool> holds) =>
        Rule.One(id, field, reason, remedy, view => !Bearers(view, letter).Any() || holds(view));

    // A tax registration that is no VAT number (BT-32) will do, but for what leaves the country (G, K).
    private static bool HasTaxNumber(UblView view, string letter) => letter is not ("G" or "K") && view.Seller is { } seller
        && UblView.All(seller, "cac:PartyTaxScheme").Any(scheme => Text(scheme, "cac:TaxScheme/cbc:ID") != "VAT" && Text(scheme, "cbc:CompanyID").Length > 0);

    private static IEnumerable<XElement> Bearers(UblView view, string letter) =>
        view.Lines.Where(line => OfLine(line) == letter).Concat(view.Adjustments.Where(item => CategoryOf(item, "cac:TaxCategory") == letter));

    private static IEnumerable<XElement> Entries(UblView view, string letter) =>
        view.Subtotals.Where(tax => CategoryOf(tax, "cac:TaxCategory") == letter);

    private static string OfLine(XElement line) => CategoryOf(line, "cac:Item/cac:ClassifiedTaxCategory");

    private static decimal? Rate(XElement holder, string path) => Amount(holder, path + "/cbc:Percent");

    private static decimal BaseOf(UblView view, string letter, decimal? rate)
    {
        var lines = view.Lines.Where(line => OfLine(line) == letter && (rate is null || Rate(line, "cac:Item/cac:ClassifiedTaxCategory") == rate))
            .Sum(line => Amount(line, "cbc:LineExtensionAmount") ?? 0);
        return lines + view.Adjustments
            .Where(item => CategoryOf(item, "cac:TaxCategory") == letter && (rate is null || Rate(item, "cac:TaxCategory") == rate))
            .Sum(item => (IsCharge(item) ? 1 : -1) * (Amount(item, "cbc:Amount") ?? 0));
    }

    private static bool RateFits(XElement holder, string path, string letter, bool taxed) => (letter, Rate(holder, path)) switch
    {
        ("O", var rate) => rate is null,
        (_, { } rate) => taxed ? rate > 0 : rate == 0,
        _ => false,
    };

    private static string RateReason(string letter, bool taxed) => letter == "O"
        ? "What is not subject to VAT has no rate."
        : taxed ? $"Category {letter} has a rate above zero." : $"Category {letter} has the rate zero.";

    private static bool HasReason(XElement tax) => Text(tax, "cac:TaxCategory/cbc:TaxExemptionReason").Length
        + Text(tax, "cac:TaxCategory/cbc:TaxExemptionReasonCode").Length > 0;
}
