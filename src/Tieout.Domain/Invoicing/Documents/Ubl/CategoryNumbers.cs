using System.Xml.Linq;
using static Tieout.Domain.Invoicing.Documents.Ubl.UblView;

namespace Tieout.Domain.Invoicing.Documents.Ubl;

/// <summary>
/// Which numbers of the parties a tax category asks for: each family has the rule three times, for the lines (-02), for the document's
/// discounts (-03) and for its surcharges (-04).
/// </summary>
internal static class CategoryNumbers
{
    private const string Representative = "cac:TaxRepresentativeParty/cac:PartyTaxScheme";

    private static readonly (string Family, string Letter)[] NumberOfSeller =
        [("S", "S"), ("Z", "Z"), ("E", "E"), ("AE", "AE"), ("IC", "K"), ("G", "G"), ("AF", "L"), ("AG", "M")];

    public static IEnumerable<Rule> All =>
    [
        .. NumberOfSeller.SelectMany(family => Three(
            family.Family, family.Letter, "seller.vat-number", $"Category {family.Letter} needs the seller's VAT number.",
            "Give the legal entity a vat-number in the books file.", view => SellerIsKnown(view, family.Letter))),
        .. Three("AE", "AE", "buyer.vat-number", "Reverse charge needs the customer's VAT number or registration.",
            "Give the customer a VAT number, or bill with tax.", view => view.BuyerVat.Length + view.BuyerRegistration.Length > 0),
        .. Three("IC", "K", "buyer.vat-number", "A supply to another member state needs the customer's VAT number.",
            "Give the customer a VAT number, or bill with tax.", view => view.BuyerVat.Length > 0),
        .. Three("O", "O", "seller.vat-number", "What is not subject to VAT names no VAT number.",
            "Bill it on an invoice of its own, without VAT numbers.", view => view.SellerVat.Length + view.BuyerVat.Length == 0 && !HasRepresentative(view)),
    ];

    private static IEnumerable<Rule> Three(string family, string letter, string field, string reason, string remedy, Func<UblView, bool> holds) =>
    [
        Rule.One($"BR-{family}-02", field, reason, remedy, view => holds(view) || view.Lines.All(line => CategoryRules.OfLine(line) != letter)),
        Rule.One($"BR-{family}-03", field, reason, remedy,
            view => holds(view) || !CategoryRules.OfAdjustments(view, charge: false).Contains(letter, StringComparer.Ordinal)),
        Rule.One($"BR-{family}-04", field, reason, remedy,
            view => holds(view) || !CategoryRules.OfAdjustments(view, charge: true).Contains(letter, StringComparer.Ordinal)),
    ];

    // A tax registration that is no VAT number (BT-32) will do, but for what leaves the country (G, K).
    private static bool SellerIsKnown(UblView view, string letter) => view.SellerVat.Length > 0 || HasRepresentative(view)
        || (letter is not ("G" or "K") && view.Seller is { } seller && UblView.All(seller, "cac:PartyTaxScheme").Any(IsNamed));

    private static bool HasRepresentative(UblView view) => view.Anywhere(Representative).Any(scheme => IsVat(scheme) && IsNamed(scheme));

    private static bool IsNamed(XElement scheme) => Text(scheme, "cbc:CompanyID").Length > 0;
}
