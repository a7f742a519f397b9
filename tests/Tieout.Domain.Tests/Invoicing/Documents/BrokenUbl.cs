using System.Globalization;
using System.Xml.Linq;
using Tieout.Domain.Invoicing.Documents;
using Tieout.Domain.Invoicing.Documents.Ubl;
using Tieout.Domain.Tax;
using static Tieout.Domain.Tests.Invoicing.Documents.Samples;

namespace Tieout.Domain.Tests.Invoicing.Documents;

/// <summary>
/// For each rule of EN 16931 that we check, documents that break it: one of ours with something changed. A row is the rule, the
/// document, and the changes. <c>path = text</c> sets, <c>path@name = text</c> sets an attribute, <c>path -</c> removes, <c>path x2</c>
/// doubles, <c>path + xml</c> adds inside (without the prefixes), <c>path =* text</c> sets all; a path is the end of one (<c>.</c> the root), <c>[2]</c> behind
/// it the second such element. Changes stand apart by <c>;</c>; an indented row goes on.
/// </summary>
internal static class BrokenUbl
{
    private static readonly XNamespace Cac = "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2";
    private static readonly XNamespace Cbc = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2";

    private const string ByHand =
        """
        BR-01 | full | CustomizationID -
        BR-02 | full | Invoice/ID -
        BR-03 | full | Invoice/IssueDate -
        BR-04 | full | InvoiceTypeCode -
        BR-04 | credit | CreditNoteTypeCode -
        BR-05 | full | DocumentCurrencyCode -
        BR-06 | full | AccountingSupplierParty/Party/PartyLegalEntity/RegistrationName -
        BR-07 | full | AccountingCustomerParty/Party/PartyLegalEntity/RegistrationName -
        BR-08 | full | AccountingSupplierParty/Party/PostalAddress -
        BR-09 | full | AccountingSupplierParty/Party/PostalAddress/Country -
        BR-10 | full | AccountingCustomerParty/Party/PostalAddress -
        BR-11 | full | AccountingCustomerParty/Party/PostalAddress/Country -
        BR-12 | full | LegalMonetaryTotal/LineExtensionAmount -
        BR-13 | full | TaxExclusiveAmount -
        BR-14 | full | TaxInclusiveAmount -
        BR-15 | full | PayableAmount -
        BR-16 | full | InvoiceLine -*
        BR-17 | full | . + <PayeeParty/>
        BR-17 | full | AccountingSupplierParty/Party + <PartyName><Name>M</Name></PartyName> ; . + <PayeeParty><PartyName><Name>M</Name></PartyName></PayeeParty>
        BR-18 | full | . + <TaxRepresentativeParty/>
        BR-19 | full | . + <TaxRepresentativeParty/>
        BR-20 | full | . + <TaxRepresentativeParty><PostalAddress/></TaxRepresentativeParty>
        BR-21 | full | InvoiceLine/ID -
        BR-22 | full | InvoicedQuantity -
        BR-23 | full | InvoicedQuantity@unitCode -
        BR-24 | full | InvoiceLine/LineExtensionAmount -
        BR-25 | full | Item/Name -
        BR-26 | full | PriceAmount -
        BR-27 | full | PriceAmount = -1
        BR-28 | full | Price + <AllowanceCharge><ChargeIndicator>false</ChargeIndicator><Amount currencyID="EUR">1</Amount>
            <BaseAmount currencyID="EUR">-1</BaseAmount></AllowanceCharge>
        BR-29 | full | Invoice/InvoicePeriod/EndDate = 2026-09-01
        BR-30 | full | InvoiceLine/InvoicePeriod/EndDate = 2026-09-01
        BR-31 | full | Invoice/AllowanceCharge/Amount -
        BR-32 | full | Invoice/AllowanceCharge/TaxCategory -
        BR-33 | full | Invoice/AllowanceCharge/AllowanceChargeReason -
        BR-36 | full | Invoice/AllowanceCharge/Amount[2] -
        BR-37 | full | Invoice/AllowanceCharge/TaxCategory[2] -
        BR-38 | full | Invoice/AllowanceCharge/AllowanceChargeReason[2] -
        BR-41 | full | InvoiceLine/AllowanceCharge/Amount -
        BR-42 | full | InvoiceLine/AllowanceCharge/AllowanceChargeReason -
        BR-43 | full | InvoiceLine/AllowanceCharge/ChargeIndicator = true ; InvoiceLine/AllowanceCharge/Amount -
        BR-44 | full | InvoiceLine/AllowanceCharge/ChargeIndicator = true ; InvoiceLine/AllowanceCharge/AllowanceChargeReason -
        BR-45 | full | TaxableAmount -
        BR-46 | full | TaxSubtotal/TaxAmount -
        BR-47 | full | TaxSubtotal/TaxCategory/ID -
        BR-48 | full | TaxSubtotal/TaxCategory/Percent -
        BR-49 | full | PaymentMeansCode -
        BR-50 | full | PayeeFinancialAccount/ID = 
        BR-52 | full | . + <AdditionalDocumentReference/>
        BR-53 | full | Invoice/TaxTotal[2] -
        BR-54 | full | Item + <AdditionalItemProperty><Name>colour</Name></AdditionalItemProperty>
        BR-55 | full | BillingReference/InvoiceDocumentReference/ID -
        BR-56 | full | . + <TaxRepresentativeParty/>
        BR-57 | full | Delivery + <DeliveryLocation><Address/></DeliveryLocation>
        BR-61 | full | PayeeFinancialAccount -
        BR-62 | full | AccountingSupplierParty/Party/EndpointID@schemeID -
        BR-63 | full | AccountingCustomerParty/Party/EndpointID@schemeID -
        BR-64 | full | Item + <StandardItemIdentification><ID>4006381333931</ID></StandardItemIdentification>
        BR-65 | full | Item + <CommodityClassification><ItemClassificationCode>72</ItemClassificationCode></CommodityClassification>
        BR-B-01 | full | ClassifiedTaxCategory/ID = B
        BR-B-02 | full | ClassifiedTaxCategory/ID = B
        BR-CO-03 | full | Invoice/InvoicePeriod + <DescriptionCode>35</DescriptionCode>
        BR-CO-04 | full | ClassifiedTaxCategory/ID -
        BR-CO-09 | full | AccountingSupplierParty/Party/PartyTaxScheme/CompanyID = 136695976
        BR-CO-09 | full | AccountingCustomerParty/Party/PartyTaxScheme/CompanyID = QQ1
        BR-CO-10 | full | LegalMonetaryTotal/LineExtensionAmount = 3512.21
        BR-CO-11 | full | AllowanceTotalAmount = 99
        BR-CO-11 | full | AllowanceTotalAmount -
        BR-CO-12 | full | ChargeTotalAmount = 5
        BR-CO-13 | full | TaxExclusiveAmount = 3417.11
        BR-CO-14 | full | Invoice/TaxTotal/TaxAmount = 639.71
        BR-CO-15 | full | TaxInclusiveAmount = 4056.81
        BR-CO-16 | full | PayableAmount = 3556.81
        BR-CO-17 | full | TaxSubtotal/TaxAmount = 700.00
        BR-CO-17 | full | TaxSubtotal/TaxCategory/Percent = 0.4
        BR-CO-18 | full | TaxSubtotal -*
        BR-CO-19 | full | Invoice/InvoicePeriod/StartDate - ; Invoice/InvoicePeriod/EndDate -
        BR-CO-20 | full | InvoiceLine/InvoicePeriod/StartDate - ; InvoiceLine/InvoicePeriod/EndDate -
        BR-CO-21 | full | Invoice/AllowanceCharge/AllowanceChargeReason -
        BR-CO-22 | full | Invoice/AllowanceCharge/AllowanceChargeReason[2] -
        BR-CO-23 | full | InvoiceLine/AllowanceCharge/AllowanceChargeReason -
        BR-CO-24 | full | InvoiceLine/AllowanceCharge/ChargeIndicator = true ; InvoiceLine/AllowanceCharge/AllowanceChargeReason -
        BR-CO-26 | full | AccountingSupplierParty/Party/PartyTaxScheme - ; AccountingSupplierParty/Party/PartyLegalEntity/CompanyID -
        BR-DEC-01 | full | Invoice/AllowanceCharge/Amount = 100.000
        BR-DEC-02 | full | Invoice/AllowanceCharge + <BaseAmount currencyID="EUR">1.005</BaseAmount>
        BR-DEC-05 | full | Invoice/AllowanceCharge/Amount[2] = 4.900
        BR-DEC-06 | full | Invoice/AllowanceCharge[2] + <BaseAmount currencyID="EUR">1.005</BaseAmount>
        BR-DEC-09 | full | LegalMonetaryTotal/LineExtensionAmount = 3512.200
        BR-DEC-10 | full | AllowanceTotalAmount = 100.000
        BR-DEC-11 | full | ChargeTotalAmount = 4.900
        BR-DEC-12 | full | TaxExclusiveAmount = 3417.100
        BR-DEC-13 | full | Invoice/TaxTotal/TaxAmount = 639.700
        BR-DEC-14 | full | TaxInclusiveAmount = 4056.800
        BR-DEC-15 | full | Invoice/TaxTotal/TaxAmount[2] = 700.001
        BR-DEC-16 | full | PrepaidAmount = 500.000
        BR-DEC-17 | full | LegalMonetaryTotal + <PayableRoundingAmount currencyID="EUR">0.000</PayableRoundingAmount>
        BR-DEC-18 | full | PayableAmount = 3556.800
        BR-DEC-19 | full | TaxableAmount = 3337.500
        BR-DEC-20 | full | TaxSubtotal/TaxAmount = 634.130
        BR-DEC-23 | full | InvoiceLine/LineExtensionAmount = 1390.000
        BR-DEC-24 | full | InvoiceLine/AllowanceCharge/Amount = 109.200
        BR-DEC-25 | full | InvoiceLine/AllowanceCharge/BaseAmount = 2184.000
        BR-DEC-27 | full | InvoiceLine/AllowanceCharge/ChargeIndicator = true ; InvoiceLine/AllowanceCharge/Amount = 109.200
        BR-DEC-28 | full | InvoiceLine/AllowanceCharge/ChargeIndicator = true ; InvoiceLine/AllowanceCharge/BaseAmount = 2184.000
        BR-CL-01 | full | InvoiceTypeCode = 381
        BR-CL-01 | credit | CreditNoteTypeCode = 380
        BR-CL-03 | full | PriceAmount@currencyID = EURO
        BR-CL-04 | full | DocumentCurrencyCode = BGN
        BR-CL-05 | full | TaxCurrencyCode = usd
        BR-CL-06 | full | TaxPointDate - ; Invoice/InvoicePeriod + <DescriptionCode>4</DescriptionCode>
        BR-CL-07 | full | . + <AdditionalDocumentReference><ID schemeID="QQQ">1</ID><DocumentTypeCode>130</DocumentTypeCode></AdditionalDocumentReference>
        BR-CL-08 | full | Invoice/Note = Goods of order #4-7# are late
        BR-CL-08 | full | Invoice/Note[2] = #AAH#General
        BR-CL-10 | full | AccountingCustomerParty/Party + <PartyIdentification><ID schemeID="SEPA">1</ID></PartyIdentification>
        BR-CL-11 | full | AccountingSupplierParty/Party/PartyLegalEntity/CompanyID@schemeID = 0092
        BR-CL-13 | full | Item + <CommodityClassification><ItemClassificationCode listID="CPV">72</ItemClassificationCode></CommodityClassification>
        BR-CL-14 | full | AccountingSupplierParty/Party/PostalAddress/Country/IdentificationCode = Germany
        BR-CL-14 | full | AccountingCustomerParty/Party/PostalAddress/Country/IdentificationCode = EL
        BR-CL-14 | K | Delivery/DeliveryLocation/Address/Country/IdentificationCode = UK
        BR-CL-15 | full | Item + <OriginCountry><IdentificationCode>XX</IdentificationCode></OriginCountry>
        BR-CL-16 | full | PaymentMeansCode = 71
        BR-CL-17 | full | TaxSubtotal/TaxCategory/ID = AA
        BR-CL-18 | full | ClassifiedTaxCategory/ID = Q
        BR-CL-19 | full | Invoice/AllowanceCharge + <AllowanceChargeReasonCode>FC</AllowanceChargeReasonCode>
        BR-CL-20 | full | Invoice/AllowanceCharge[2] + <AllowanceChargeReasonCode>95</AllowanceChargeReasonCode>
        BR-CL-21 | full | Item + <StandardItemIdentification><ID schemeID="GTIN">4006381333931</ID></StandardItemIdentification>
        BR-CL-22 | AE | TaxExemptionReasonCode = VATEX-EU-XX
        BR-CL-23 | full | InvoicedQuantity@unitCode = pieces
        BR-CL-23 | full | BaseQuantity@unitCode = QQ
        BR-CL-24 | full | . + <AdditionalDocumentReference><ID>1</ID><Attachment>
            <EmbeddedDocumentBinaryObject mimeCode="text/html" filename="a">YQ==</EmbeddedDocumentBinaryObject></Attachment></AdditionalDocumentReference>
        BR-CL-25 | full | AccountingCustomerParty/Party/EndpointID@schemeID = 9900
        BR-CL-26 | K | Delivery/DeliveryLocation + <ID schemeID="GLN">1</ID>
        BR-IC-11 | K | Delivery/ActualDeliveryDate - ; Invoice/InvoicePeriod -
        BR-IC-12 | K | Delivery/DeliveryLocation -
        BR-O-11 | O | TaxTotal + <TaxSubtotal><TaxableAmount currencyID="EUR">0</TaxableAmount><TaxAmount currencyID="EUR">0</TaxAmount><TaxCategory><ID>Z</ID>
            <Percent>0</Percent><TaxScheme><ID>VAT</ID></TaxScheme></TaxCategory></TaxSubtotal>
        BR-O-12 | O | ClassifiedTaxCategory/ID = Z
        BR-O-13 | O | Invoice/AllowanceCharge/TaxCategory/ID = Z
        BR-O-14 | O | Invoice/AllowanceCharge/TaxCategory/ID[2] = Z
        BR-AE-02 | AE | AccountingCustomerParty/Party/PartyTaxScheme - ; AccountingCustomerParty/Party/PartyLegalEntity/CompanyID -
        BR-AE-03 | AE | AccountingCustomerParty/Party/PartyTaxScheme - ; AccountingCustomerParty/Party/PartyLegalEntity/CompanyID -
        BR-AE-04 | AE | AccountingCustomerParty/Party/PartyTaxScheme - ; AccountingCustomerParty/Party/PartyLegalEntity/CompanyID -
        BR-IC-02 | K | AccountingCustomerParty/Party/PartyTaxScheme -
        BR-IC-03 | K | AccountingCustomerParty/Party/PartyTaxScheme -
        BR-IC-04 | K | AccountingCustomerParty/Party/PartyTaxScheme -
        UBL-SR-01 | full | . + <ContractDocumentReference><ID>1</ID></ContractDocumentReference> ; ContractDocumentReference x2
        UBL-SR-02 | full | . + <ReceiptDocumentReference><ID>1</ID></ReceiptDocumentReference> ; ReceiptDocumentReference x2
        UBL-SR-03 | full | . + <DespatchDocumentReference><ID>1</ID></DespatchDocumentReference> ; DespatchDocumentReference x2
        UBL-SR-04 | full | . + <AdditionalDocumentReference><ID>1</ID><DocumentTypeCode>130</DocumentTypeCode></AdditionalDocumentReference>
            ; AdditionalDocumentReference x2
        UBL-SR-05 | full | PaymentTerms x2
        UBL-SR-06 | full | BillingReference/InvoiceDocumentReference x2
        UBL-SR-07 | full | BillingReference/InvoiceDocumentReference/ID -
        UBL-SR-08 | full | Invoice/InvoicePeriod x2
        UBL-SR-09 | full | AccountingSupplierParty/Party/PartyLegalEntity/RegistrationName x2
        UBL-SR-10 | full | AccountingSupplierParty/Party + <PartyName><Name>M</Name></PartyName> ; PartyName x2
        UBL-SR-11 | full | AccountingSupplierParty/Party/PartyLegalEntity/CompanyID x2
        UBL-SR-12 | full | AccountingSupplierParty/Party/PartyTaxScheme x2
        UBL-SR-13 | full | AccountingSupplierParty/Party/PartyTaxScheme/TaxScheme/ID = FC ; AccountingSupplierParty/Party/PartyTaxScheme x2
        UBL-SR-14 | full | AccountingSupplierParty/Party/PartyLegalEntity + <CompanyLegalForm>GmbH</CompanyLegalForm> ; CompanyLegalForm x2
        UBL-SR-15 | full | AccountingCustomerParty/Party/PartyLegalEntity/RegistrationName x2
        UBL-SR-16 | full | AccountingCustomerParty/Party + <PartyIdentification><ID>1</ID></PartyIdentification> ; PartyIdentification x2
        UBL-SR-17 | full | AccountingCustomerParty/Party/PartyLegalEntity/CompanyID x2
        UBL-SR-18 | full | AccountingCustomerParty/Party/PartyTaxScheme x2
        UBL-SR-19 | full | . + <PayeeParty><PartyName><Name>Meridian Cloud GmbH</Name></PartyName></PayeeParty>
        UBL-SR-20 | full | . + <PayeeParty><PartyName><Name>P</Name></PartyName><PartyIdentification><ID schemeID="0088">1</ID></PartyIdentification>
            </PayeeParty> ; PartyIdentification x2
        UBL-SR-21 | full | . + <PayeeParty><PartyName><Name>P</Name></PartyName><PartyLegalEntity><CompanyID>1</CompanyID></PartyLegalEntity></PayeeParty>
            ; PayeeParty/PartyLegalEntity x2
        UBL-SR-22 | full | . + <TaxRepresentativeParty><PartyName><Name>R</Name></PartyName></TaxRepresentativeParty> ; PartyName x2
        UBL-SR-23 | full | . + <TaxRepresentativeParty><PartyTaxScheme><CompanyID>DE1</CompanyID></PartyTaxScheme></TaxRepresentativeParty>
            ; TaxRepresentativeParty/PartyTaxScheme x2
        UBL-SR-24 | full | Delivery x2
        UBL-SR-25 | full | Delivery + <DeliveryParty><PartyName><Name>R</Name></PartyName></DeliveryParty> ; PartyName x2
        UBL-SR-26 | full | PaymentID x2
        UBL-SR-27 | full | PaymentMeansCode x2
        UBL-SR-28 | full | PaymentMeans + <PaymentMandate><ID>1</ID></PaymentMandate> ; PaymentMandate/ID x2
        UBL-SR-29 | full | AccountingSupplierParty/Party + <PartyIdentification><ID schemeID="SEPA">1</ID></PartyIdentification> ; PartyIdentification x2
        UBL-SR-30 | full | Invoice/AllowanceCharge/AllowanceChargeReason x2
        UBL-SR-31 | full | Invoice/AllowanceCharge/AllowanceChargeReason[2] x2
        UBL-SR-32 | AE | TaxExemptionReason x2
        UBL-SR-33 | full | . + <AdditionalDocumentReference><ID>1</ID><DocumentDescription>d</DocumentDescription></AdditionalDocumentReference>
            ; DocumentDescription x2
        UBL-SR-34 | full | InvoiceLine/Note x2
        UBL-SR-35 | full | InvoiceLine + <OrderLineReference><LineID>1</LineID></OrderLineReference> ; OrderLineReference x2
        UBL-SR-36 | full | InvoiceLine/InvoicePeriod x2
        UBL-SR-37 | full | Price + <AllowanceCharge><ChargeIndicator>false</ChargeIndicator><Amount currencyID="EUR">1</Amount></AllowanceCharge>
            ; Price/AllowanceCharge x2
        UBL-SR-39 | full | . + <ProjectReference><ID>1</ID></ProjectReference> ; ProjectReference x2
        UBL-SR-40 | full | AccountingCustomerParty/Party + <PartyName><Name>L</Name></PartyName> ; PartyName x2
        UBL-SR-42 | full | AccountingSupplierParty/Party/PartyTaxScheme x2 ; AccountingSupplierParty/Party/PartyTaxScheme x2
        UBL-SR-43 | full | . + <AdditionalDocumentReference><ID>1</ID><DocumentTypeCode>50</DocumentTypeCode></AdditionalDocumentReference>
        UBL-SR-44 | full | PaymentMeans x2 ; PaymentID = another
        UBL-SR-45 | full | PaymentMeans + <PaymentDueDate>2026-12-01</PaymentDueDate> ; PaymentMeans x2
        UBL-SR-46 | full | PaymentMeansCode@name = transfer ; PaymentMeans x2
        UBL-SR-47 | full | PaymentMeans x2 ; PaymentMeansCode = 30
        UBL-SR-48 | full | ClassifiedTaxCategory x2
        UBL-SR-49 | full | TaxPointDate - ; Invoice/InvoicePeriod + <DescriptionCode>35</DescriptionCode> ; DescriptionCode x2
        UBL-SR-50 | full | Item/Description x2
        UBL-SR-51 | full | AccountingSupplierParty/Party/PostalAddress + <AddressLine/> ; AddressLine x2
        UBL-SR-51 | K | Delivery/DeliveryLocation/Address + <AddressLine/> ; AddressLine x2
        UBL-SR-52 | full | InvoiceLine + <DocumentReference><ID>1</ID></DocumentReference> ; DocumentReference x2
        UBL-SR-53 | full | AccountingCustomerParty/Party/PartyTaxScheme/CompanyID -
        UBL-SR-54 | full | PaymentMeans + <CardAccount/> ; CardAccount x2
        UBL-SR-55 | full | PaymentMeans + <PaymentMandate/> ; PaymentMandate x2
        UBL-SR-56 | full | . + <OriginatorDocumentReference><ID>1</ID></OriginatorDocumentReference> ; OriginatorDocumentReference x2
        UBL-CR-666 | full | . + <AdditionalDocumentReference><ID>1</ID><DocumentTypeCode>130</DocumentTypeCode><Attachment/></AdditionalDocumentReference>
        UBL-CR-673 | full | . + <AdditionalDocumentReference><ID>1</ID><DocumentTypeCode>130</DocumentTypeCode><DocumentDescription>d</DocumentDescription>
            </AdditionalDocumentReference>
        UBL-DT-01 | full | TaxableAmount = 3337.500
        UBL-DT-06 | full | . + <AdditionalDocumentReference><ID>1</ID><Attachment>
            <EmbeddedDocumentBinaryObject filename="a">YQ==</EmbeddedDocumentBinaryObject></Attachment></AdditionalDocumentReference>
        UBL-DT-07 | full | . + <AdditionalDocumentReference><ID>1</ID><Attachment>
            <EmbeddedDocumentBinaryObject mimeCode="text/csv">YQ==</EmbeddedDocumentBinaryObject></Attachment></AdditionalDocumentReference>
        """;

    /// <summary>Rule, document and changes.</summary>
    public static IReadOnlyList<(string Rule, string Document, string Changes)> Rows { get; } =
    [
        .. ByHand.Replace("\n    ", " ", StringComparison.Ordinal).Split('\n').Select(row => row.Split(" | ", 3))
            .Select(row => (row[0].Trim(), row[1].Trim(), row[2].Trim())),
        .. Family("S", "S"), .. Family("Z", "Z"), .. Family("E", "E"), .. Family("AE", "AE"), .. Family("IC", "K"), .. Family("G", "G"), .. Family("O", "O"),
        .. Family("AF", "L"), .. Family("AG", "M"),
    ];

    /// <summary>A document of ours, or one like it in a category that we never write, with nothing changed yet.</summary>
    public static XDocument Start(string document) => document switch
    {
        "full" => UblInvoice.Write(Full, UblProfile.En16931),
        "credit" => UblInvoice.Write(CreditMemo, UblProfile.En16931),
        "L" or "M" => Changed(Start("S"), $"ClassifiedTaxCategory/ID =* {document} ; TaxCategory/ID =* {document}"),
        _ => UblInvoice.Write(Adjusted(TaxCategories.OfLetter(document)!.Value), UblProfile.En16931),
    };

    /// <summary>The document of a row.</summary>
    public static XDocument Of(string document, string changes) => Changed(Start(document), changes);

    /// <summary>An invoice with everything we write.</summary>
    public static InvoiceDocument Full => Rich with
    {
        TaxPoint = new(2026, 11, 1),
        SupplyDate = new(2026, 11, 30),
        Preceding = [new("DE-2026-0000007", new(2026, 10, 1))],
        TaxInSellersCurrency = new(new Money(700m, Currency.Of("USD")), 1.09m, new(2026, 10, 30), "ECB"),
    };

    /// <summary>An invoice of one category throughout, with a discount and a surcharge.</summary>
    public static InvoiceDocument Adjusted(TaxCategory category)
    {
        var rate = category == TaxCategory.Standard ? 0.19m : 0m;
        var document = (category == TaxCategory.Standard ? Normal : Zero(Normal, category)) with
        {
            Buyer = FrenchBuyer,
            Adjustments = [new(false, M(10m), "Discount", category, rate), new(true, M(4.62m), "Shipping", category, rate)],
        };
        var tax = document.Taxes[0] with { Base = document.Net, Tax = Rounding.TaxLine(M(document.Net.Amount * rate)) };
        return document with { Taxes = [tax] };
    }

    private static IEnumerable<(string Rule, string Document, string Changes)> Family(string family, string letter)
    {
        const string Seller = "AccountingSupplierParty/Party";
        var numbers = letter == "O"
            ? $"{Seller} + <PartyTaxScheme><CompanyID>DE136695976</CompanyID><TaxScheme><ID>VAT</ID></TaxScheme></PartyTaxScheme>"
            : $"{Seller}/PartyTaxScheme -";
        yield return ($"BR-{family}-01", letter, $"TaxSubtotal/TaxCategory/ID = {(letter == "Z" ? "E" : "Z")}");
        foreach (var number in new[] { "02", "03", "04" }) yield return ($"BR-{family}-{number}", letter, numbers);
        foreach (var (number, place, which) in new[]
            { ("05", "ClassifiedTaxCategory", ""), ("06", "Invoice/AllowanceCharge/TaxCategory", ""), ("07", "Invoice/AllowanceCharge/TaxCategory", "[2]") })
            yield return ($"BR-{family}-{number}", letter, letter switch
            {
                "O" => $"{place}{which} + <Percent>0</Percent>",
                "S" => $"{place}/Percent{which} = 0",
                "L" or "M" => $"{place}/Percent{which} = -1",
                _ => $"{place}/Percent{which} = 7",
            });
        yield return ($"BR-{family}-08", letter, "TaxSubtotal/TaxableAmount = 1.00");
        yield return ($"BR-{family}-09", letter, "TaxSubtotal/TaxAmount = 500.00");
        yield return ($"BR-{family}-10", letter, letter is "S" or "Z" or "L" or "M"
            ? "TaxSubtotal/TaxCategory + <TaxExemptionReason>because</TaxExemptionReason>"
            : "TaxExemptionReason -" + (letter == "E" ? "" : " ; TaxExemptionReasonCode -"));
    }

    /// <summary>The document itself, changed.</summary>
    public static XDocument Changed(XDocument document, string changes)
    {
        foreach (var change in changes.Split(" ; ").Select(text => text.Trim())) Change(document, change);
        return document;
    }

    private static void Change(XDocument document, string change)
    {
        var words = (change + " ").Split(' ', 3);
        var (place, text) = (words[0], words[2].Trim());
        var attribute = place.Split('@') is [_, var name] ? name : "";
        var all = Found(document, place.Split('@')[0]);
        foreach (var element in words[1].EndsWith('*') ? all : all[..1])
            switch (words[1].TrimEnd('*'))
            {
                case "=" when attribute.Length > 0: element.SetAttributeValue(attribute, text); break;
                case "-" when attribute.Length > 0: element.SetAttributeValue(attribute, null); break;
                case "=": element.Value = text; break;
                case "-": element.Remove(); break;
                case "x2": element.AddAfterSelf(new XElement(element)); break;
                case "+": element.Add(XElement.Parse($"<x>{text}</x>").Elements().Select(Named)); break;
                default: throw new ArgumentException($"'{change}' is no change.", nameof(change));
            }
    }

    // What holds text is a basic component, whatever else there is an aggregate.
    private static XElement Named(XElement plain) => new(
        (plain.HasElements || plain.Value.Length == 0 ? Cac : Cbc) + plain.Name.LocalName, plain.Attributes(),
        plain.HasElements ? plain.Elements().Select(Named) : plain.Value.Length > 0 ? plain.Value : null);

    private static XElement[] Found(XDocument document, string path)
    {
        if (path == ".") return [document.Root!];
        var place = path.Split('[') is [_, var number] ? int.Parse(number.TrimEnd(']'), CultureInfo.InvariantCulture) - 1 : 0;
        var steps = path.Split('[')[0].Split('/').Reverse().ToArray();
        var found = document.Descendants().Where(element => steps.Index().All(
            step => element.AncestorsAndSelf().ElementAtOrDefault(step.Index)?.Name.LocalName == step.Item)).Skip(place).ToArray();
        return found.Length > 0 ? found : throw new ArgumentException($"Nothing is found at '{path}'.", nameof(path));
    }
}
