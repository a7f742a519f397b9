using System.Xml.Linq;
using Tieout.Domain.Customers;
using Tieout.Domain.Invoicing.Documents;
using Tieout.Domain.Invoicing.Documents.Ubl;
using Tieout.Domain.Tax;
using static Tieout.Domain.Tests.Invoicing.Documents.Samples;

namespace Tieout.Domain.Tests.Invoicing.Documents;

public class En16931Tests
{
    private static readonly XNamespace Cac = "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2";
    private static readonly XNamespace Cbc = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2";
    private static readonly DocumentParty Bare = new("Nobody", "", PartyDetails.None);

    public static TheoryData<string, InvoiceDocument> Satisfying => [.. UblKinds.All.Select(kind => new TheoryDataRow<string, InvoiceDocument>(kind.Name, kind.Document))];

    [Theory]
    [MemberData(nameof(Satisfying))]
    public void A_complete_document_breaks_no_rule_of_the_standard(string name, InvoiceDocument document) =>
        En16931.Check(document, UblProfile.En16931).ShouldBeEmpty(name);

    public static TheoryData<string, InvoiceDocument> SatisfyingPeppol => [.. UblKinds.Plain.Select(kind => new TheoryDataRow<string, InvoiceDocument>(kind.Name, kind.Document))];

    [Theory]
    [MemberData(nameof(SatisfyingPeppol))]
    public void With_purchase_order_and_electronic_addresses_it_breaks_none_of_peppol_either(string name, InvoiceDocument document) =>
        En16931.Check(document, UblProfile.Peppol).ShouldBeEmpty(name);

    public static TheoryData<string, string, InvoiceDocument> Lacking => new()
    {
        { "BR-08", "seller.address", Normal with { Seller = Bare } },
        { "BR-09", "seller.country", Normal with { Seller = Gmbh with { Country = "" } } },
        { "BR-11", "buyer.country", Normal with { Buyer = Buyer with { Country = "" } } },
        { "BR-CL-14", "buyer.country", Normal with { Buyer = Buyer with { Country = "QQ" } } },
        { "BR-CO-09", "seller.vat-number", Normal with { Seller = Gmbh with { Details = Gmbh.Details with { VatNumber = "136695976" } } } },
        { "BR-CO-26", "seller.registration", Normal with { Seller = Bare } },
        { "BR-S-02", "seller.vat-number", Normal with { Seller = Gmbh with { Details = Gmbh.Details with { VatNumber = "" } } } },
        { "BR-Z-02", "seller.vat-number", Zero(Normal with { Seller = Bare }, TaxCategory.ZeroRated) },
        { "BR-E-02", "seller.vat-number", Zero(Normal with { Seller = Bare }, TaxCategory.Exempt) },
        { "BR-G-02", "seller.vat-number", Zero(Normal with { Seller = Bare }, TaxCategory.Export) },
        { "BR-AE-02", "buyer.vat-number", Zero(Normal with { Buyer = Bare }, TaxCategory.ReverseCharge) },
        { "BR-IC-02", "buyer.vat-number", Zero(Normal with { Buyer = Bare }, TaxCategory.IntraCommunity) },
        { "BR-IC-12", "buyer.country", Zero(Normal with { Buyer = Bare }, TaxCategory.IntraCommunity) },
        { "BR-62", "seller.electronic-scheme", Normal with { Seller = Gmbh with { Details = Gmbh.Details with { ElectronicScheme = "" } } } },
        { "BR-CL-25", "electronic-scheme", Normal with { Buyer = Buyer with { Details = Buyer.Details with { ElectronicScheme = "DE:VAT" } } } },
        { "BR-DEC-23", "lines[1].net", In("KWD", 1.505m) },
        { "BR-CL-04", "currency", In("BGN", 10m) },
        { "BR-CL-08", "notes", Normal with { Notes = ["Part #12x# of two."] } },
        { "BR-CL-23", "lines[1].unit", Of(Line(1, "Seats", 1, 1m, 1m, "") with { UnitCode = "PCS" }) },
        { "BR-CL-25", "electronic-scheme", Normal with { Buyer = Buyer with { Details = Buyer.Details with { ElectronicScheme = "9958" } } } },
        { "BR-CL-22", "taxes.reason-code", Normal with { Taxes = [Normal.Taxes[0] with { ReasonCode = "VATEX-EU-99" }] } },
        { "PEPPOL-EN16931-R003", "purchase-order", Normal with { PurchaseOrder = "" } },
        { "PEPPOL-EN16931-R010", "buyer.electronic-address", Normal with { Buyer = Bare } },
        { "PEPPOL-EN16931-R020", "seller.electronic-address", Normal with { Seller = Bare } },
        { "FINAL", "status", Normal with { Mark = DocumentMark.Void } },
    };

    [Theory]
    [MemberData(nameof(Lacking))]
    public void What_a_document_lacks_is_told_with_rule_field_and_remedy(string rule, string field, InvoiceDocument document)
    {
        var finding = En16931.Check(document, UblProfile.Peppol).Where(found => found.Rule == rule && found.Field == field).ShouldHaveSingleItem();
        finding.Reason.ShouldNotBeEmpty();
        finding.Remedy.ShouldNotBeEmpty();
    }

    // What somebody else's document, or a fault of ours, could look like: one change, and the rule that sees it.
    [Theory]
    [InlineData("BR-01", "CustomizationID", null)]
    [InlineData("BR-02", "ID", null)]
    [InlineData("BR-03", "IssueDate", null)]
    [InlineData("BR-04", "InvoiceTypeCode", null)]
    [InlineData("BR-05", "DocumentCurrencyCode", null)]
    [InlineData("BR-06", "RegistrationName", null)]
    [InlineData("BR-12", "LineExtensionAmount", null)]
    [InlineData("BR-13", "TaxExclusiveAmount", null)]
    [InlineData("BR-14", "TaxInclusiveAmount", null)]
    [InlineData("BR-15", "PayableAmount", null)]
    [InlineData("BR-22", "InvoicedQuantity", null)]
    [InlineData("BR-25", "Name@Item", null)]
    [InlineData("BR-26", "PriceAmount", null)]
    [InlineData("BR-27", "PriceAmount", "-1")]
    [InlineData("BR-29", "EndDate", "2026-09-01")]
    [InlineData("BR-31", "Amount", null)]
    [InlineData("BR-33", "AllowanceChargeReason", null)]
    [InlineData("BR-45", "TaxableAmount", null)]
    [InlineData("BR-49", "PaymentMeansCode", null)]
    [InlineData("BR-50", "ID@PayeeFinancialAccount", null)]
    [InlineData("BR-61", "ID@PayeeFinancialAccount", null)]
    [InlineData("BR-CO-04", "ID@ClassifiedTaxCategory", null)]
    [InlineData("BR-CO-10", "LineExtensionAmount", "3512.21")]
    [InlineData("BR-CO-11", "AllowanceTotalAmount", "99")]
    [InlineData("BR-CO-12", "ChargeTotalAmount", "5")]
    [InlineData("BR-CO-13", "TaxExclusiveAmount", "3417.11")]
    [InlineData("BR-CO-14", "TaxAmount", "639.71")]
    [InlineData("BR-CO-15", "TaxInclusiveAmount", "4056.81")]
    [InlineData("BR-CO-16", "PayableAmount", "3556.81")]
    [InlineData("BR-CO-17", "TaxAmount@TaxSubtotal", "700.00")]
    [InlineData("BR-S-09", "TaxAmount@TaxSubtotal", "700.00")]
    [InlineData("BR-S-08", "TaxableAmount", "3337.51")]
    [InlineData("BR-S-05", "Percent@ClassifiedTaxCategory", "0")]
    [InlineData("BR-DEC-18", "PayableAmount", "3556.800")]
    [InlineData("BR-CL-01", "InvoiceTypeCode", "invoice")]
    [InlineData("BR-CL-04", "DocumentCurrencyCode", "EURO")]
    [InlineData("BR-CL-14", "IdentificationCode", "Germany")]
    [InlineData("BR-CL-16", "PaymentMeansCode", "71")]
    [InlineData("BR-CL-18", "ID@ClassifiedTaxCategory", "Q")]
    [InlineData("BR-CL-23", "InvoicedQuantity#unitCode", "pieces")]
    [InlineData("UBL-SR-53", "CompanyID@PartyTaxScheme", null)]
    [InlineData("PEPPOL-EN16931-R001", "ProfileID", null)]
    [InlineData("PEPPOL-EN16931-R004", "CustomizationID", "urn:cen.eu:en16931:2017")]
    [InlineData("PEPPOL-EN16931-R008", "StreetName", "")]
    [InlineData("PEPPOL-EN16931-R051", "PayableAmount#currencyID", "USD")]
    [InlineData("PEPPOL-EN16931-R110", "StartDate@InvoicePeriod", "2026-11-20")]
    [InlineData("PEPPOL-EN16931-R120", "PriceAmount", "1391")]
    [InlineData("PEPPOL-EN16931-R121", "BaseQuantity", "0")]
    [InlineData("PEPPOL-EN16931-R130", "BaseQuantity#unitCode", "HUR")]
    public void One_change_is_seen_by_its_rule(string rule, string place, string? value)
    {
        var document = UblInvoice.Write(Rich, UblProfile.Peppol);
        En16931.Check(document, UblProfile.Peppol).ShouldBeEmpty();
        Change(document, place, value);
        En16931.Check(document, UblProfile.Peppol).Select(finding => finding.Rule).ShouldContain(rule);
    }

    [Theory]
    [InlineData(TaxCategory.ReverseCharge, "BR-AE-10")]
    [InlineData(TaxCategory.Exempt, "BR-E-10")]
    [InlineData(TaxCategory.IntraCommunity, "BR-IC-10")]
    [InlineData(TaxCategory.Export, "BR-G-10")]
    [InlineData(TaxCategory.NotSubject, "BR-O-10")]
    public void No_tax_needs_a_reason(TaxCategory category, string rule)
    {
        var document = Zero(Normal with { Buyer = FrenchBuyer }, category);
        var silent = document with { Taxes = [document.Taxes[0] with { Reason = "", ReasonCode = "" }] };
        En16931.Check(silent, UblProfile.En16931).Select(finding => finding.Rule).ShouldBe([rule]);
    }

    [Theory]
    [InlineData(TaxCategory.Standard, "BR-S-10")]
    [InlineData(TaxCategory.ZeroRated, "BR-Z-10")]
    public void Tax_has_no_reason_for_none(TaxCategory category, string rule)
    {
        var document = category == TaxCategory.ZeroRated ? Zero(Normal, category) : Normal;
        var talking = document with { Taxes = [document.Taxes[0] with { Reason = "because" }] };
        En16931.Check(talking, UblProfile.En16931).Select(finding => finding.Rule).ShouldBe([rule]);
    }

    [Fact]
    public void What_is_not_subject_stands_alone()
    {
        var mixed = Normal with
        {
            Lines = [Normal.Lines[0], Normal.Lines[1] with { Category = TaxCategory.NotSubject, Rate = 0 }],
            Taxes = [Normal.Taxes[0] with { Base = M(92m), Tax = M(17.48m) }, new(TaxCategory.NotSubject, 0, "X", M(282m), M(0m), "Not subject")],
        };
        En16931.Check(mixed, UblProfile.En16931).Select(finding => finding.Rule).ShouldBe(["BR-S-02", "BR-O-11", "BR-O-12"], ignoreOrder: true);
    }

    [Fact]
    public void What_is_no_ubl_is_told() =>
        En16931.Check(new XDocument(new XElement("Order")), UblProfile.En16931).ShouldHaveSingleItem().Rule.ShouldBe("UBL");

    [Theory]
    [InlineData("S", TaxCategory.Standard)]
    [InlineData("AE", TaxCategory.ReverseCharge)]
    [InlineData("K", TaxCategory.IntraCommunity)]
    public void Letters_lead_to_their_category_and_back(string letter, TaxCategory category)
    {
        TaxCategories.OfLetter(letter).ShouldBe(category);
        category.Letter().ShouldBe(letter);
        TaxCategories.OfLetter("XX").ShouldBeNull();
    }

    // "Name", "Name@Parent" or "Name#attribute": the first such element or attribute; no value removes it.
    private static void Change(XDocument document, string place, string? value)
    {
        var name = place.Split('@', '#')[0];
        var element = document.Descendants(Cbc + name).First(found => !place.Contains('@', StringComparison.Ordinal) || found.Parent!.Name == Cac + place.Split('@')[1]);
        if (place.Contains('#', StringComparison.Ordinal)) element.SetAttributeValue(place.Split('#')[1], value);
        else if (value is null) element.Remove();
        else element.Value = value;
    }
}
