using System.Xml.Linq;
using static Tieout.Domain.Invoicing.Documents.Ubl.UblView;

namespace Tieout.Domain.Invoicing.Documents.Ubl;

/// <summary>How the parties are told apart and reached (BR-CO-09, BR-CO-26, BR-62, BR-63).</summary>
internal static class PartyRulesOfUbl
{
    public static IReadOnlyList<Rule> All { get; } =
    [
        Rule.One("BR-CO-09", "seller.vat-number", "The seller's VAT number does not begin with a country.",
            "Write it with its prefix in the books file, such as DE136695976.", view => HasCountry(view.SellerVat)),
        Rule.One("BR-CO-09", "buyer.vat-number", "The customer's VAT number does not begin with a country.",
            "Write it with its prefix, such as FR40303265045.", view => HasCountry(view.BuyerVat)),
        Rule.Each("BR-CO-09", "vat-number", "A VAT number does not begin with a country.", "Write it with its prefix.",
            view => view.Anywhere("cac:TaxRepresentativeParty/cac:PartyTaxScheme").Where(IsVat), scheme => HasCountry(Text(scheme, "cbc:CompanyID"))),
        Rule.One("BR-CO-26", "seller.registration", "Nothing but its name tells who the seller is.",
            "Give the legal entity a vat-number or a registration in the books file.",
            view => view.Seller is { } seller && (view.SellerVat.Length > 0 || Text(seller, "cac:PartyLegalEntity/cbc:CompanyID").Length > 0
                || Text(seller, "cac:PartyIdentification/cbc:ID").Length > 0)),
        Rule.One("UBL-SR-53", "vat-number", "A party's tax scheme has no number.", "Give the number, or leave the scheme out.",
            view => view.Anywhere("cac:PartyTaxScheme").All(scheme => Text(scheme, "cbc:CompanyID").Length > 0 && Text(scheme, "cac:TaxScheme/cbc:ID").Length > 0)),
        Rule.One("BR-62", "seller.electronic-scheme", "The seller's electronic address has no scheme.",
            "Give both electronic-address and electronic-scheme in the books file.", view => HasScheme(view.Seller)),
        Rule.One("BR-63", "buyer.electronic-scheme", "The customer's electronic address has no scheme.",
            "Give both the electronic address and its scheme.", view => HasScheme(view.Buyer)),
    ];

    private static bool HasCountry(string vat) => vat.Length == 0 || (vat.Length > 2 && CodeRules.IsVatPrefix(vat[..2]));

    private static bool HasScheme(XElement? party) => party is null
        || UblView.All(party, "cbc:EndpointID").All(endpoint => endpoint.Attribute("schemeID")?.Value is { Length: > 0 });
}
