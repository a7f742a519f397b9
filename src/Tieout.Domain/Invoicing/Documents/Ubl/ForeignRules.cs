using System.Xml.Linq;
using static Tieout.Domain.Invoicing.Documents.Ubl.UblView;

namespace Tieout.Domain.Invoicing.Documents.Ubl;

/// <summary>
/// Rules about what the standard knows and our own documents never say: payees, tax representatives, attachments, properties and
/// classes of items, discounts inside a price, Italy's split payment. They are for documents of others.
/// </summary>
internal static class ForeignRules
{
    private const string Sender = "Ask whoever wrote the document for another one.";
    private const string Vat = "cac:PartyTaxScheme";

    public static IReadOnlyList<Rule> All { get; } =
    [
        Rule.Each("BR-17", "payee.name", "The payee has no name, or is the seller.", Sender, view => view.Anywhere("cac:PayeeParty"), IsAnother),
        Of("BR-18", "representative.name", "cac:TaxRepresentativeParty", party => Text(party, "cac:PartyName/cbc:Name").Length > 0),
        Of("BR-19", "representative.address", "cac:TaxRepresentativeParty", party => UblView.All(party, "cac:PostalAddress").Any()),
        Of("BR-20", "representative.country", "cac:TaxRepresentativeParty/cac:PostalAddress",
            address => Text(address, "cac:Country/cbc:IdentificationCode").Length > 0),
        Of("BR-56", "representative.vat-number", "cac:TaxRepresentativeParty",
            party => UblView.All(party, Vat).Any(scheme => IsVat(scheme) && Text(scheme, "cbc:CompanyID").Length > 0)),
        Rule.Line("BR-28", "price", "The price before its discount is negative.", Sender,
            line => UblView.All(line, "cac:Price/cac:AllowanceCharge/cbc:BaseAmount").All(amount => Decimal(amount.Value) >= 0)),
        Of("BR-52", "attachment", "cac:AdditionalDocumentReference", reference => Text(reference, "cbc:ID").Length > 0),
        Of("BR-54", "item.property", "cac:AdditionalItemProperty",
            property => UblView.All(property, "cbc:Name").Any() && UblView.All(property, "cbc:Value").Any()),
        Of("BR-64", "item.number", "cac:Item/cac:StandardItemIdentification/cbc:ID", number => number.Attribute("schemeID") is not null),
        Of("BR-65", "item.class", "cac:Item/cac:CommodityClassification/cbc:ItemClassificationCode", code => code.Attribute("listID") is not null),
        Rule.One("BR-B-01", "taxes.category", "Split payment (B) is for documents inside Italy.", Sender,
            view => !Has(view, "B") || view.Anywhere("cbc:IdentificationCode").All(code => code.Value == "IT")),
        Rule.One("BR-B-02", "taxes.category", "Split payment (B) cannot stand beside standard rate (S).", Sender, view => !Has(view, "B") || !Has(view, "S")),
    ];

    private static Rule Of(string id, string field, string path, Func<XElement, bool> holds) =>
        Rule.Each(id, field, "A part of the document lacks what it cannot be without.", Sender, view => view.Anywhere(path), holds);

    private static bool Has(UblView view, string letter) =>
        view.Anywhere("cac:TaxCategory/cbc:ID").Concat(view.Anywhere("cac:ClassifiedTaxCategory/cbc:ID")).Any(code => code.Value == letter);

    private static bool IsAnother(XElement payee)
    {
        if (!UblView.All(payee, "cac:PartyName/cbc:Name").Any() || payee.Parent is not { } root) return false;
        return !Shares("cac:PartyName/cbc:Name") && !Shares("cac:PartyIdentification/cbc:ID");

        bool Shares(string path) => UblView.All(payee, path).Select(element => element.Value)
            .Intersect(UblView.All(root, "cac:AccountingSupplierParty/cac:Party/" + path).Select(element => element.Value), StringComparer.Ordinal).Any();
    }
}
