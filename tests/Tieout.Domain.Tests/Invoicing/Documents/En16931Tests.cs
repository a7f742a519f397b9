using System.Xml.Linq;
using Tieout.Domain.Customers;
using Tieout.Domain.Invoicing.Documents;
using Tieout.Domain.Invoicing.Documents.Ubl;
using Tieout.Domain.Tax;
using static Tieout.Domain.Tests.Invoicing.Documents.Samples;

namespace Tieout.Domain.Tests.Invoicing.Documents;

public class En16931Tests
{
    private static readonly DocumentParty Bare = new("Nobody", "", PartyDetails.None);

    public static TheoryData<string, InvoiceDocument> Satisfying =>
        [.. UblKinds.All.Select(kind => new TheoryDataRow<string, InvoiceDocument>(kind.Name, kind.Document))];

    [Theory]
    [MemberData(nameof(Satisfying))]
    public void A_complete_document_breaks_no_rule_of_the_standard(string name, InvoiceDocument document) =>
        En16931.Check(document, UblProfile.En16931).ShouldBeEmpty(name);

    public static TheoryData<string, InvoiceDocument> SatisfyingPeppol =>
        [.. UblKinds.Plain.Select(kind => new TheoryDataRow<string, InvoiceDocument>(kind.Name, kind.Document))];

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
}
