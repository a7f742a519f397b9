using System.Xml.Linq;
using Tieout.Domain.Tax;
using static Tieout.Domain.Invoicing.Documents.Ubl.UblNames;

namespace Tieout.Domain.Invoicing.Documents.Ubl;

/// <summary>Seller (BG-4) and buyer (BG-7).</summary>
internal static class UblParties
{
    public static IEnumerable<XElement?> Of(InvoiceDocument document)
    {
        // Where nothing is subject to VAT, no VAT number may be named (BR-O-02).
        var vat = document.Taxes.All(tax => tax.Category != TaxCategory.NotSubject);
        yield return Group("AccountingSupplierParty", Party(document.Seller, vat));
        yield return Group("AccountingCustomerParty", Party(document.Buyer, vat));
    }

    /// <summary>As the standard writes it. Kosovo has no code of ISO 3166-1: we keep XK as most do, the code list of EN 16931 (BR-CL-14) has 1A.</summary>
    public static string CountryOf(DocumentParty party) => party.Country == "XK" ? "1A" : party.Country;

    private static XElement? Party(DocumentParty party, bool vat)
    {
        var details = party.Details;
        return Group("Party",
            Value("EndpointID", details.ElectronicAddress, ("schemeID", details.ElectronicScheme)),
            Group("PostalAddress",
                Value("StreetName", details.Street), Value("CityName", details.City), Value("PostalZone", details.Postcode),
                Value("CountrySubentity", details.Region), Group("Country", Value("IdentificationCode", CountryOf(party)))),
            vat && details.VatNumber.Length > 0
                ? Group("PartyTaxScheme", Value("CompanyID", details.VatNumber), UblTotals.Scheme())
                : null,
            Group("PartyLegalEntity", Value("RegistrationName", party.Name), Value("CompanyID", details.Registration)),
            Group("Contact", Value("Name", party.Contact), Value("ElectronicMail", details.Email)));
    }
}
