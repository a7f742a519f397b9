using System.Collections.Frozen;
using System.Xml.Linq;
using Tieout.Domain.Invoicing.Documents.Ubl.Codes;
using static Tieout.Domain.Invoicing.Documents.Ubl.UblView;

namespace Tieout.Domain.Invoicing.Documents.Ubl;

/// <summary>Codes (BR-CL): each is held to its published list, of which <c>Codes/</c> has all words.</summary>
internal static class CodeRules
{
    private const string Vatex = "VATEX-";
    private const string Iso4217 = "Write three capital letters that ISO 4217 still lists, such as EUR.";
    private const string Iso3166 = "Write two capital letters, such as DE.";
    private const string Iso6523 = "Use four digits of ISO/IEC 6523, such as 0088.";
    private const string Uncl5305 = "Use S, Z, E, AE, K, G or O.";

    // These sums' currencies are codes; other amounts of UBL are none that the standard knows.
    private static readonly string[] Amounts =
    [
        "Amount", "BaseAmount", "PriceAmount", "TaxAmount", "TaxableAmount", "LineExtensionAmount", "TaxExclusiveAmount", "TaxInclusiveAmount",
        "AllowanceTotalAmount", "ChargeTotalAmount", "PrepaidAmount", "PayableRoundingAmount", "PayableAmount",
    ];

    public static IReadOnlyList<Rule> All { get; } =
    [
        Texts("BR-CL-01", "kind", "The type of document is none of UNTDID 1001 for an invoice.", "Use 380.", "cbc:InvoiceTypeCode", DocumentCodes.Invoices),
        Texts("BR-CL-01", "kind", "The type of document is none of UNTDID 1001 for a credit note.", "Use 381.", "cbc:CreditNoteTypeCode",
            DocumentCodes.CreditNotes),
        Rule.Each("BR-CL-03", "currency", "An amount's currency is none of ISO 4217.", Iso4217,
            view => Amounts.SelectMany(name => view.Anywhere("cbc:" + name)),
            amount => DocumentCodes.Currencies.Contains(amount.Attribute("currencyID")?.Value.Trim() ?? "")),
        Texts("BR-CL-04", "currency", "The currency is none of ISO 4217.", Iso4217, "cbc:DocumentCurrencyCode", DocumentCodes.Currencies),
        Texts("BR-CL-05", "tax-currency", "The tax currency is none of ISO 4217.", Iso4217, "cbc:TaxCurrencyCode", DocumentCodes.Currencies),
        Texts("BR-CL-06", "tax-point", "The code of the tax point is none of UNTDID 2005.", "Use 3, 35 or 432.", "cac:InvoicePeriod/cbc:DescriptionCode",
            DocumentCodes.TaxPoints),
        Rule.Each("BR-CL-07", "object", "The number of the invoiced object has a scheme that is none of UNTDID 1153.", "Leave the scheme out, or use AAK.",
            view => view.Anywhere("cac:AdditionalDocumentReference").Concat(view.Anywhere("cac:DocumentReference"))
                .Where(reference => Text(reference, "cbc:DocumentTypeCode") == "130").SelectMany(reference => UblView.All(reference, "cbc:ID")),
            number => Fits(number.Attribute("schemeID"), TextCodes.Objects)),
        Rule.Each("BR-CL-08", "notes", "A note begins with a subject between two # that is none of UNTDID 4451.",
            "Write #AAI# for general information, or put other than three characters between two #.",
            view => UblView.All(view.Root, "cbc:Note"), note => HasSubject(note.Value)),
        Rule.Each("BR-CL-10", "identification", "A party's number has a scheme that is none of ISO/IEC 6523.", Iso6523,
            view => view.Anywhere("cac:PartyIdentification/cbc:ID"), IsIdentified),
        Attributes("BR-CL-11", "registration", "A registration has a scheme that is none of ISO/IEC 6523.", Iso6523,
            "cac:PartyLegalEntity/cbc:CompanyID", "schemeID", PartyCodes.Registers),
        Attributes("BR-CL-13", "item.class", "An item is classed by a catalogue that is none of UNTDID 7143.", "Use a code such as STI (CPV) or TST (UNSPSC).",
            "cac:CommodityClassification/cbc:ItemClassificationCode", "listID", TextCodes.Catalogues),
        Country("BR-CL-14", "seller.country", "The seller's country is none of ISO 3166.", code => Holder(code) == "AccountingSupplierParty"),
        Country("BR-CL-14", "buyer.country", "The customer's country is none of ISO 3166.", code => Holder(code) == "AccountingCustomerParty"),
        Country("BR-CL-14", "country", "A country is none of ISO 3166.", code => Holder(code) is not ("AccountingSupplierParty" or "AccountingCustomerParty")),
        Texts("BR-CL-15", "item.origin", "A country of origin is none of ISO 3166.", Iso3166, "cac:OriginCountry/cbc:IdentificationCode", PartyCodes.Countries),
        Texts("BR-CL-16", "payment.code", "The means of payment is none of UNTDID 4461.", "Use 30 for a transfer, 58 for a SEPA transfer.",
            "cac:PaymentMeans/cbc:PaymentMeansCode", DocumentCodes.Means),
        Texts("BR-CL-17", "taxes.category", "A tax category is none of UNTDID 5305.", Uncl5305, "cac:TaxCategory/cbc:ID", DocumentCodes.Categories),
        Rule.Line("BR-CL-18", "category", "The tax category is none of UNTDID 5305.", Uncl5305,
            line => UblView.All(line, "cac:Item/cac:ClassifiedTaxCategory/cbc:ID").All(code => Fits(code, DocumentCodes.Categories))),
        Reasons("BR-CL-19", charge: false, "discount", "A discount's reason is none of UNTDID 5189.", DocumentCodes.Discounts),
        Reasons("BR-CL-20", charge: true, "surcharge", "A surcharge's reason is none of UNTDID 7161.", DocumentCodes.Surcharges),
        Attributes("BR-CL-21", "item.number", "An item's number has a scheme that is none of ISO/IEC 6523.", "Use 0160 for a GTIN.",
            "cac:StandardItemIdentification/cbc:ID", "schemeID", PartyCodes.Registers),
        Rule.Each("BR-CL-22", "taxes.reason-code", "The reason's code is none of the VATEX list.", "Use a code such as VATEX-EU-AE, or words alone.",
            view => view.Anywhere("cbc:TaxExemptionReasonCode"), code => IsGround(code.Value.Trim().ToUpperInvariant())),
        Rule.Line("BR-CL-23", "unit", "The unit is no code of UN/ECE recommendation 20.", "Use C62 for a count, MON for months, HUR for hours.",
            line => LineRules.Quantities(line).All(quantity => quantity.Attribute("unitCode") is not { } unit || UnitCodes.Contains(unit.Value.Trim()))),
        Attributes("BR-CL-24", "attachment", "An attached file is of a kind that cannot be attached.", "Attach PDF, PNG, JPEG, CSV, XLSX or ODS.",
            "cbc:EmbeddedDocumentBinaryObject", "mimeCode", TextCodes.Files),
        Attributes("BR-CL-25", "electronic-scheme", "An electronic address has a scheme that is none of the EAS list.",
            "Use four digits of the list, such as 9930, or EM for email.", "cbc:EndpointID", "schemeID", PartyCodes.ElectronicAddresses),
        Attributes("BR-CL-26", "delivery.location", "A place of delivery has a scheme that is none of ISO/IEC 6523.", Iso6523,
            "cac:DeliveryLocation/cbc:ID", "schemeID", PartyCodes.Registers),
    ];

    /// <summary>A country of ISO 3166, EL for Greece, XI for Northern Ireland, 1A for Kosovo.</summary>
    internal static bool IsVatPrefix(string letters) => PartyCodes.Countries.Contains(letters) || letters is "EL";

    /// <summary>The part of the document an element stands in, such as <c>AccountingSupplierParty</c>.</summary>
    internal static string Holder(XElement element) => element.AncestorsAndSelf().Reverse().Skip(1).FirstOrDefault()?.Name.LocalName ?? "";

    /// <summary>
    /// Whether a note has a listed subject, or none: only what stands between the first two signs, and only where it is three characters
    /// long, is read as one.
    /// </summary>
    internal static bool HasSubject(string note) => note.Split('#') is not [_, { Length: 3 } subject, _, ..] || TextCodes.Subjects.Contains(subject);

    private static Rule Texts(string id, string field, string reason, string remedy, string path, FrozenSet<string> codes) =>
        Rule.Each(id, field, reason, remedy, view => view.Anywhere(path), code => Fits(code, codes));

    private static Rule Attributes(string id, string field, string reason, string remedy, string path, string attribute, FrozenSet<string> codes) =>
        Rule.Each(id, field, reason, remedy, view => view.Anywhere(path), element => Fits(element.Attribute(attribute), codes));

    private static Rule Country(string id, string field, string reason, Func<XElement, bool> ours) => Rule.Each(
        id, field, reason, Iso3166, view => view.Anywhere("cac:Country/cbc:IdentificationCode").Where(ours), code => Fits(code, PartyCodes.Countries));

    private static Rule Reasons(string id, bool charge, string field, string reason, FrozenSet<string> codes) => Rule.Each(
        id, field, reason, "Use a code of the list, or words alone.",
        view => view.Anywhere("cac:AllowanceCharge").Where(item => IsCharge(item) == charge).SelectMany(item => UblView.All(item, "cbc:AllowanceChargeReasonCode")),
        code => Fits(code, codes));

    private static bool Fits(XElement code, FrozenSet<string> codes) => codes.Contains(code.Value.Trim());

    private static bool Fits(XAttribute? code, FrozenSet<string> codes) => code is null || codes.Contains(code.Value.Trim());

    private static bool IsGround(string code) =>
        code.StartsWith(Vatex, StringComparison.Ordinal) && DocumentCodes.Grounds.Contains(code[Vatex.Length..]);

    // SEPA is a creditor's number, so it belongs to whoever is paid.
    private static bool IsIdentified(XElement number) => Fits(number.Attribute("schemeID"), PartyCodes.Registers)
        || (number.Attribute("schemeID")?.Value.Trim() == "SEPA"
            && number.Ancestors().Any(party => party.Name.LocalName is "AccountingSupplierParty" or "PayeeParty"));
}
