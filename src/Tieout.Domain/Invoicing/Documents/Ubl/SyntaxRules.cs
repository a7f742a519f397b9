using System.Xml.Linq;
using static Tieout.Domain.Invoicing.Documents.Ubl.UblView;

namespace Tieout.Domain.Invoicing.Documents.Ubl;

/// <summary>
/// How the standard sits in UBL (UBL-SR, UBL-DT, and the two UBL-CR that are fatal): the schema lets most parts stand more than once,
/// the standard lets them stand once.
/// </summary>
internal static class SyntaxRules
{
    private const string OurFault = "This is a fault of the program; report it with the invoice's number.";
    private const string Seller = "cac:AccountingSupplierParty/cac:Party/";
    private const string Buyer = "cac:AccountingCustomerParty/cac:Party/";

    // Paths from the document's root that may lead to one element at most.
    private static readonly (string Id, string Field, string Path)[] OnceOnADocument =
    [
        ("UBL-SR-01", "contract", "cac:ContractDocumentReference/cbc:ID"),
        ("UBL-SR-02", "receipt", "cac:ReceiptDocumentReference/cbc:ID"),
        ("UBL-SR-03", "despatch", "cac:DespatchDocumentReference/cbc:ID"),
        ("UBL-SR-05", "payment.terms", "cac:PaymentTerms/cbc:Note"),
        ("UBL-SR-08", "period", "cac:InvoicePeriod"),
        ("UBL-SR-09", "seller.name", Seller + "cac:PartyLegalEntity/cbc:RegistrationName"),
        ("UBL-SR-10", "seller.trading-name", Seller + "cac:PartyName/cbc:Name"),
        ("UBL-SR-11", "seller.registration", Seller + "cac:PartyLegalEntity/cbc:CompanyID"),
        ("UBL-SR-14", "seller.legal-form", Seller + "cac:PartyLegalEntity/cbc:CompanyLegalForm"),
        ("UBL-SR-15", "buyer.name", Buyer + "cac:PartyLegalEntity/cbc:RegistrationName"),
        ("UBL-SR-16", "buyer.identification", Buyer + "cac:PartyIdentification/cbc:ID"),
        ("UBL-SR-17", "buyer.registration", Buyer + "cac:PartyLegalEntity/cbc:CompanyID"),
        ("UBL-SR-24", "delivery", "cac:Delivery"),
        ("UBL-SR-39", "project", "cac:ProjectReference/cbc:ID"),
        ("UBL-SR-40", "buyer.trading-name", Buyer + "cac:PartyName/cbc:Name"),
        ("UBL-SR-45", "payment.due-date", "cac:PaymentMeans/cbc:PaymentDueDate"),
        ("UBL-SR-49", "tax-point", "cac:InvoicePeriod/cbc:DescriptionCode"),
        ("UBL-SR-54", "payment.card", "cac:PaymentMeans/cac:CardAccount"),
        ("UBL-SR-55", "payment.mandate", "cac:PaymentMeans/cac:PaymentMandate"),
        ("UBL-SR-56", "originator", "cac:OriginatorDocumentReference/cbc:ID"),
    ];

    // The same within each element of a kind, wherever it stands.
    private static readonly (string Id, string Field, string Within, string Path)[] OnceWithin =
    [
        ("UBL-SR-06", "preceding", "cac:BillingReference", "cac:InvoiceDocumentReference"),
        ("UBL-SR-22", "representative.name", "cac:TaxRepresentativeParty", "cac:PartyName/cbc:Name"),
        ("UBL-SR-23", "representative.vat-number", "cac:TaxRepresentativeParty", "cac:PartyTaxScheme/cbc:CompanyID"),
        ("UBL-SR-25", "delivery.name", "cac:Delivery", "cac:DeliveryParty/cac:PartyName/cbc:Name"),
        ("UBL-SR-26", "payment.reference", "cac:PaymentMeans", "cbc:PaymentID"),
        ("UBL-SR-27", "payment.code", "cac:PaymentMeans", "cbc:PaymentMeansCode"),
        ("UBL-SR-28", "payment.mandate", "cac:PaymentMeans", "cac:PaymentMandate/cbc:ID"),
        ("UBL-SR-32", "taxes.reason", "cac:TaxSubtotal", "cac:TaxCategory/cbc:TaxExemptionReason"),
        ("UBL-SR-33", "attachment", "cac:AdditionalDocumentReference", "cbc:DocumentDescription"),
        ("UBL-SR-51", "address", "cac:PostalAddress", "cac:AddressLine"),
        ("UBL-SR-51", "address", "cac:Address", "cac:AddressLine"),
    ];

    private static readonly (string Id, string Field, string Path)[] OnceOnALine =
    [
        ("UBL-SR-34", "note", "cbc:Note"),
        ("UBL-SR-35", "order-line", "cac:OrderLineReference/cbc:LineID"),
        ("UBL-SR-36", "period", "cac:InvoicePeriod"),
        ("UBL-SR-37", "price.discount", "cac:Price/cac:AllowanceCharge/cbc:Amount"),
        ("UBL-SR-50", "item.description", "cac:Item/cbc:Description"),
        ("UBL-SR-52", "object", "cac:DocumentReference"),
    ];

    public static IReadOnlyList<Rule> All { get; } =
    [
        .. OnceOnADocument.Select(rule => Once(rule.Id, rule.Field, view => UblView.All(view.Root, rule.Path))),
        .. OnceWithin.Select(rule => Rule.Each(
            rule.Id, rule.Field, Twice, OurFault, view => view.Anywhere(rule.Within), part => AtMostOne(UblView.All(part, rule.Path)))),
        .. OnceOnALine.Select(rule => Rule.Line(rule.Id, rule.Field, Twice, OurFault, line => AtMostOne(UblView.All(line, rule.Path)))),
        .. Parties(), .. Documents(), .. Adjustments(), .. Types(),
        Rule.Line("UBL-SR-48", "category", "The line does not have one tax category.", OurFault,
            line => UblView.All(line, "cac:Item/cac:ClassifiedTaxCategory").Take(2).Count() == 1),
        // Several means of payment are alternatives of one kind under one reference.
        Once("UBL-SR-44", "payment.reference", view => view.Anywhere("cbc:PaymentID").DistinctBy(reference => reference.Value)),
        Once("UBL-SR-47", "payment.code", view => view.Anywhere("cbc:PaymentMeansCode").DistinctBy(code => code.Value)),
        Once("UBL-SR-46", "payment.name", view => UblView.All(view.Root, "cac:PaymentMeans/cbc:PaymentMeansCode").Where(code => code.Attribute("name") is not null)),
    ];

    private const string Twice = "What may stand once stands twice.";

    private static IEnumerable<Rule> Parties()
    {
        yield return Once("UBL-SR-12", "seller.vat-number", view => Numbers(view, Seller, vat: true));
        yield return Once("UBL-SR-13", "seller.tax-number", view => Numbers(view, Seller, vat: false));
        yield return Once("UBL-SR-18", "buyer.vat-number", view => Numbers(view, Buyer, vat: true));
        yield return Once("UBL-SR-29", "seller.creditor", view => view.Anywhere("cac:PartyIdentification/cbc:ID")
            .Where(number => string.Equals(number.Attribute("schemeID")?.Value, "SEPA", StringComparison.OrdinalIgnoreCase)));
        yield return Rule.One("UBL-SR-42", "seller.tax-number", "The seller has more than a VAT number and a tax number.", OurFault,
            view => UblView.All(view.Root, Seller + "cac:PartyTaxScheme").Take(3).Count() <= 2);
        foreach (var (id, field, numbers) in new (string, string, Func<XElement, IEnumerable<XElement>>)[]
            {
                ("UBL-SR-19", "payee.name", payee => UblView.All(payee, "cac:PartyName/cbc:Name")),
                ("UBL-SR-20", "payee.identification", payee => UblView.All(payee, "cac:PartyIdentification/cbc:ID")
                    .Where(number => number.Attribute("schemeID") is { } scheme && !string.Equals(scheme.Value, "SEPA", StringComparison.OrdinalIgnoreCase))),
                ("UBL-SR-21", "payee.registration", payee => UblView.All(payee, "cac:PartyLegalEntity/cbc:CompanyID")),
            })
            yield return Rule.Each(id, field, "The payee is named twice, or is the seller.", OurFault,
                view => view.Anywhere("cac:PayeeParty"), payee => AtMostOne(numbers(payee)) && IsAnother(payee));
    }

    private static IEnumerable<Rule> Documents()
    {
        yield return Rule.Each("UBL-SR-07", "preceding", "An invoice that is credited has no number.", OurFault,
            view => view.Anywhere("cac:BillingReference"), reference => UblView.All(reference, "cac:InvoiceDocumentReference/cbc:ID").Any());
        yield return Once("UBL-SR-04", "object", view => Objects(view).Where(reference => reference.Parent == view.Root)
            .SelectMany(reference => UblView.All(reference, "cbc:ID")));
        yield return Rule.Each("UBL-SR-43", "attachment", "A document is referred to by a type that no invoice refers to.", OurFault,
            view => view.Anywhere("cac:AdditionalDocumentReference"), IsReferable);
        yield return Rule.Each("UBL-CR-666", "object", "An invoiced object has a file.", OurFault, Objects,
            reference => !UblView.All(reference, "cac:Attachment").Any());
        yield return Rule.Each("UBL-CR-673", "object", "An invoiced object has a description.", OurFault, Objects,
            reference => !UblView.All(reference, "cbc:DocumentDescription").Any());
    }

    private static IEnumerable<Rule> Adjustments()
    {
        foreach (var (id, charge) in new[] { ("UBL-SR-30", false), ("UBL-SR-31", true) })
            yield return Rule.Each(id, "reason", "A discount or surcharge has two reasons.", OurFault,
                view => view.Anywhere("cac:AllowanceCharge").Where(item => IsCharge(item) == charge),
                item => AtMostOne(UblView.All(item, "cbc:AllowanceChargeReason")));
    }

    private static IEnumerable<Rule> Types()
    {
        // Prices, and what leads from one to the other, may have as many decimals as they need.
        yield return Rule.Each("UBL-DT-01", "amounts", "An amount has more than two decimals.", SumRules.ThreeDecimals,
            view => view.Root.Descendants().Where(amount => amount.Name.LocalName.EndsWith("Amount", StringComparison.Ordinal)
                && !amount.Name.LocalName.EndsWith("PriceAmount", StringComparison.Ordinal) && !IsOfPrice(amount)), SumRules.TwoDecimals);
        foreach (var (id, attribute) in new[] { ("UBL-DT-06", "mimeCode"), ("UBL-DT-07", "filename") })
            yield return Rule.Each(id, "attachment", $"An attached file has no {attribute}.", OurFault,
                view => view.Root.Descendants().Where(file => file.Name.LocalName.EndsWith("BinaryObject", StringComparison.Ordinal)),
                file => file.Attribute(attribute) is not null);
    }

    private static Rule Once(string id, string field, Func<UblView, IEnumerable<XElement>> which) =>
        Rule.One(id, field, Twice, OurFault, view => AtMostOne(which(view)));

    private static bool AtMostOne(IEnumerable<XElement> elements) => elements.Take(2).Count() < 2;

    private static IEnumerable<XElement> Numbers(UblView view, string party, bool vat) => UblView.All(view.Root, party + "cac:PartyTaxScheme")
        .Where(scheme => UblView.All(scheme, "cac:TaxScheme/cbc:ID").Any() && IsVat(scheme) == vat).SelectMany(scheme => UblView.All(scheme, "cbc:CompanyID"));

    // UNTDID 1001: 130 is data about an object that is billed, 50 a project on a credit note.
    private static IEnumerable<XElement> Objects(UblView view) =>
        view.Anywhere("cac:AdditionalDocumentReference").Where(reference => Text(reference, "cbc:DocumentTypeCode") == "130");

    private static bool IsReferable(XElement reference) => Text(reference, "cbc:DocumentTypeCode") switch
    {
        "130" => true,
        "50" => reference.Document?.Root?.Name.LocalName == "CreditNote",
        var type => type.Length == 0 && UblView.All(reference, "cbc:ID").All(number => number.Attribute("schemeID") is null),
    };

    private static bool IsAnother(XElement payee) => payee.Parent is { } root
        && Text(payee, "cac:PartyName/cbc:Name") is { Length: > 0 } name
        && Text(root, Seller + "cac:PartyLegalEntity/cbc:RegistrationName") is { Length: > 0 } seller && name != seller;

    private static bool IsOfPrice(XElement amount) =>
        amount.Ancestors(UblNames.Cac + "AllowanceCharge").Any(item => item.Parent?.Name == UblNames.Cac + "Price");
}
