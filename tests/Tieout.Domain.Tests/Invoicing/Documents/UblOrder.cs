using System.Xml.Linq;

namespace Tieout.Domain.Tests.Invoicing.Documents;

/// <summary>
/// What stands in what, and in which order, of all that we write: the published order of UBL 2.1 without what we do not write. A
/// <c>!</c> must be there, a <c>*</c> may be there more than once; what is not listed here is not ours to write.
/// </summary>
internal static class UblOrder
{
    private const string Head = "DocumentCurrencyCode TaxCurrencyCode BuyerReference InvoicePeriod* OrderReference BillingReference* "
        + "AccountingSupplierParty! AccountingCustomerParty! Delivery* ";

    private const string Sums = "PaymentTerms* AllowanceCharge* TaxTotal* LegalMonetaryTotal! ";

    /// <summary>By the holder's name.</summary>
    public static IReadOnlyDictionary<string, string> Children { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["Invoice"] = $"CustomizationID ProfileID ID! IssueDate! DueDate InvoiceTypeCode Note* TaxPointDate {Head}PaymentMeans* {Sums}InvoiceLine!*",
        ["CreditNote"] = $"CustomizationID ProfileID ID! IssueDate! TaxPointDate CreditNoteTypeCode Note* {Head}{Sums}CreditNoteLine!*",
        ["InvoicePeriod"] = "StartDate EndDate",
        ["OrderReference"] = "ID!",
        ["BillingReference"] = "InvoiceDocumentReference",
        ["InvoiceDocumentReference"] = "ID! IssueDate",
        ["AccountingSupplierParty"] = "Party",
        ["AccountingCustomerParty"] = "Party",
        ["Party"] = "EndpointID PostalAddress PartyTaxScheme* PartyLegalEntity* Contact",
        ["PostalAddress"] = "StreetName CityName PostalZone CountrySubentity Country",
        ["Address"] = "Country",
        ["Country"] = "IdentificationCode",
        ["PartyTaxScheme"] = "CompanyID TaxScheme!",
        ["TaxScheme"] = "ID",
        ["PartyLegalEntity"] = "RegistrationName CompanyID",
        ["Contact"] = "Name ElectronicMail",
        ["Delivery"] = "ActualDeliveryDate DeliveryLocation",
        ["DeliveryLocation"] = "Address",
        ["PaymentMeans"] = "PaymentMeansCode! PaymentID* PayeeFinancialAccount",
        ["PayeeFinancialAccount"] = "ID Name FinancialInstitutionBranch",
        ["FinancialInstitutionBranch"] = "ID",
        ["PaymentTerms"] = "Note*",
        ["AllowanceCharge"] = "ChargeIndicator! AllowanceChargeReason* MultiplierFactorNumeric Amount! BaseAmount TaxCategory*",
        ["TaxTotal"] = "TaxAmount! TaxSubtotal*",
        ["TaxSubtotal"] = "TaxableAmount TaxAmount! TaxCategory!",
        ["TaxCategory"] = "ID Percent TaxExemptionReasonCode TaxExemptionReason* TaxScheme!",
        ["ClassifiedTaxCategory"] = "ID Percent TaxScheme!",
        ["LegalMonetaryTotal"] = "LineExtensionAmount TaxExclusiveAmount TaxInclusiveAmount AllowanceTotalAmount ChargeTotalAmount PrepaidAmount PayableAmount!",
        ["InvoiceLine"] = "ID! Note* InvoicedQuantity LineExtensionAmount! InvoicePeriod* AllowanceCharge* Item! Price",
        ["CreditNoteLine"] = "ID! Note* CreditedQuantity LineExtensionAmount InvoicePeriod* AllowanceCharge* Item Price",
        ["Item"] = "Description* Name ClassifiedTaxCategory*",
        ["Price"] = "PriceAmount! BaseQuantity",
    };

    /// <summary>Where a document departs from the table; none for a good one.</summary>
    public static IReadOnlyList<string> Problems(XElement holder)
    {
        if (!holder.HasElements) return Children.ContainsKey(holder.Name.LocalName) ? [$"{holder.Name.LocalName} is empty"] : [];
        if (!Children.TryGetValue(holder.Name.LocalName, out var words)) return [$"{holder.Name.LocalName} holds something"];
        var (order, written) = (words.Split(' '), holder.Elements().Select(child => child.Name.LocalName).ToList());
        var names = order.Select(word => word.TrimEnd('!', '*')).ToList();
        List<string> found =
        [
            .. written.Where(name => !names.Contains(name)).Select(name => $"{holder.Name.LocalName} has {name}"),
            .. order.Where(word => word.Contains('!', StringComparison.Ordinal) && !written.Contains(word.TrimEnd('!', '*')))
                .Select(word => $"{holder.Name.LocalName} lacks {word}"),
            .. names.Zip(order).Where(pair => !pair.Second.EndsWith('*') && written.Count(name => name == pair.First) > 1)
                .Select(pair => $"{holder.Name.LocalName} has {pair.First} twice"),
        ];
        var places = written.Select(name => names.IndexOf(name)).ToList();
        if (!places.SequenceEqual(places.Order()))
            found.Add($"{holder.Name.LocalName} has its parts in another order: {string.Join(' ', written)}");
        return [.. found, .. holder.Elements().SelectMany(Problems)];
    }
}
