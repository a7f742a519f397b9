using Tieout.Domain.Invoicing.Documents.Ubl;

namespace Tieout.Domain.Tests.Invoicing.Documents;

/// <summary>Each rule of Peppol that we check is broken on purpose; changes are written as <see cref="BrokenUbl"/> says.</summary>
public class PeppolTests
{
    private const string Endpoint = "AccountingCustomerParty/Party/EndpointID";

    public static TheoryData<string, string> Rows => new()
    {
        { "PEPPOL-EN16931-R001", "ProfileID -" },
        { "PEPPOL-EN16931-R002", "Invoice/Note x2" },
        { "PEPPOL-EN16931-R003", "OrderReference - ; BuyerReference -" },
        { "PEPPOL-EN16931-R004", "CustomizationID = urn:cen.eu:en16931:2017" },
        { "PEPPOL-EN16931-R005", "TaxCurrencyCode = EUR" },
        { "PEPPOL-EN16931-R007", "ProfileID = urn:fdc:peppol.eu:2017:poacc:billing:1" },
        { "PEPPOL-EN16931-R008", "StreetName = " },
        { "PEPPOL-EN16931-R010", $"{Endpoint} -" },
        { "PEPPOL-EN16931-R020", "AccountingSupplierParty/Party/EndpointID -" },
        { "PEPPOL-EN16931-R040", "InvoiceLine/AllowanceCharge/MultiplierFactorNumeric = 6" },
        { "PEPPOL-EN16931-R041", "InvoiceLine/AllowanceCharge/BaseAmount -" },
        { "PEPPOL-EN16931-R042", "InvoiceLine/AllowanceCharge/MultiplierFactorNumeric -" },
        { "PEPPOL-EN16931-R043", "ChargeIndicator = 1" },
        { "PEPPOL-EN16931-R051", "PayableAmount@currencyID = USD" },
        { "PEPPOL-EN16931-R053", "TaxSubtotal -*" },
        { "PEPPOL-EN16931-R054", "Invoice/TaxTotal[2] -" },
        { "PEPPOL-EN16931-R054", "TaxCurrencyCode -" },
        { "PEPPOL-EN16931-R055", "Invoice/TaxTotal/TaxAmount[2] = -700" },
        { "PEPPOL-EN16931-R110", "Invoice/InvoicePeriod/StartDate = 2026-11-20" },
        { "PEPPOL-EN16931-R111", "Invoice/InvoicePeriod/EndDate = 2026-11-20" },
        { "PEPPOL-EN16931-R120", "PriceAmount = 1391" },
        { "PEPPOL-EN16931-R121", "BaseQuantity = 0" },
        { "PEPPOL-EN16931-R130", "BaseQuantity@unitCode = HUR" },
        { "PEPPOL-EN16931-P0104", Ground("G") }, { "PEPPOL-EN16931-P0105", Ground("O") }, { "PEPPOL-EN16931-P0106", Ground("IC") },
        { "PEPPOL-EN16931-P0107", Ground("AE") }, { "PEPPOL-EN16931-P0108", Ground("D") }, { "PEPPOL-EN16931-P0109", Ground("F") },
        { "PEPPOL-EN16931-P0110", Ground("I") }, { "PEPPOL-EN16931-P0111", Ground("J") },
        { "PEPPOL-COMMON-R040", Number("0088", "4006381333932") },
        { "PEPPOL-COMMON-R040", Number("0088", "DE136695976") },
        { "PEPPOL-COMMON-R041", Number("0192", "923609017") },
        { "PEPPOL-COMMON-R043", Number("0208", "0403019262") },
        { "PEPPOL-COMMON-R049", Number("0007", "5560360794") },
        { "PEPPOL-COMMON-R050", Number("0151", "51824753557") },
    };

    [Theory]
    [MemberData(nameof(Rows))]
    public void A_broken_rule_is_seen(string rule, string changes)
    {
        var document = UblInvoice.Write(BrokenUbl.Full, UblProfile.Peppol);
        En16931.Check(document, UblProfile.Peppol).ShouldBeEmpty();
        En16931.Check(BrokenUbl.Changed(document, changes), UblProfile.Peppol).Select(finding => finding.Rule).ShouldContain(rule);
    }

    [Theory]
    [InlineData("0088", "4006381333931")]
    [InlineData("0192", "923609016")]
    [InlineData("0208", "0403019261")]
    [InlineData("0007", "5560360793")]
    [InlineData("0151", "51824753556")]
    public void A_number_with_the_right_check_digit_passes(string scheme, string number) =>
        En16931.Check(BrokenUbl.Changed(UblInvoice.Write(BrokenUbl.Full, UblProfile.Peppol), Number(scheme, number)), UblProfile.Peppol).ShouldBeEmpty();

    [Fact]
    public void Every_rule_of_peppol_that_we_check_is_broken_here() =>
        En16931.PeppolIds.Except(Rows.Select(row => row.Data.Item1), StringComparer.Ordinal).ShouldBeEmpty();

    private static string Number(string scheme, string number) => $"{Endpoint}@schemeID = {scheme} ; {Endpoint} = {number}";

    private static string Ground(string code) => $"TaxSubtotal/TaxCategory + <TaxExemptionReasonCode>VATEX-EU-{code}</TaxExemptionReasonCode>";
}
