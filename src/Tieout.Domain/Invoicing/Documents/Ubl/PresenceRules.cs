using static Tieout.Domain.Invoicing.Documents.Ubl.UblView;

namespace Tieout.Domain.Invoicing.Documents.Ubl;

/// <summary>What every document has to say (BR-01 to BR-16) and what its parts have to (BR-29 to BR-63).</summary>
internal static class PresenceRules
{
    private const string OurFault = "This is a fault of the program; report it with the invoice's number.";
    private const string BooksFile = "Give the legal entity its data in the books file (docs/invoices.md).";
    private const string Customer = "Give the customer its data by an import (docs/import.md).";

    public static IReadOnlyList<Rule> All { get; } =
    [
        Has("BR-01", "cbc:CustomizationID", "profile", "The specification it keeps is not named.", OurFault),
        Has("BR-02", "cbc:ID", "number", "The document has no number.", "Only a numbered document is handed out."),
        Has("BR-03", "cbc:IssueDate", "issue-date", "The issue date is missing.", OurFault),
        Rule.One("BR-04", "kind", "The type of document is missing.", OurFault,
            view => Text(view.Root, "cbc:InvoiceTypeCode").Length + Text(view.Root, "cbc:CreditNoteTypeCode").Length > 0),
        Has("BR-05", "cbc:DocumentCurrencyCode", "currency", "The currency is missing.", OurFault),
        Has("BR-06", "cac:AccountingSupplierParty/cac:Party/cac:PartyLegalEntity/cbc:RegistrationName", "seller.name", "The seller has no name.", BooksFile),
        Has("BR-07", "cac:AccountingCustomerParty/cac:Party/cac:PartyLegalEntity/cbc:RegistrationName", "buyer.name", "The customer has no name.", Customer),
        Exists("BR-08", "cac:AccountingSupplierParty/cac:Party/cac:PostalAddress", "seller.address", "The seller has no address.", BooksFile),
        Has("BR-09", "cac:AccountingSupplierParty/cac:Party/cac:PostalAddress/cac:Country/cbc:IdentificationCode", "seller.country",
            "The seller's country is missing.", BooksFile),
        Exists("BR-10", "cac:AccountingCustomerParty/cac:Party/cac:PostalAddress", "buyer.address", "The customer has no address.", Customer),
        Has("BR-11", "cac:AccountingCustomerParty/cac:Party/cac:PostalAddress/cac:Country/cbc:IdentificationCode", "buyer.country",
            "The customer's country is missing.", Customer),
        Has("BR-12", "cac:LegalMonetaryTotal/cbc:LineExtensionAmount", "totals.lines", "The sum of the lines is missing.", OurFault),
        Has("BR-13", "cac:LegalMonetaryTotal/cbc:TaxExclusiveAmount", "totals.net", "The net total is missing.", OurFault),
        Has("BR-14", "cac:LegalMonetaryTotal/cbc:TaxInclusiveAmount", "totals.total", "The total with tax is missing.", OurFault),
        Has("BR-15", "cac:LegalMonetaryTotal/cbc:PayableAmount", "totals.due", "The amount due is missing.", OurFault),
        Rule.One("BR-16", "lines", "There is no line.", OurFault, view => view.Lines.Count > 0),
        Rule.One("BR-29", "period", "The billing period ends before it begins.", OurFault, view => InOrder(view.Root)),
        .. Adjustments(),
        Each("BR-45", "taxes", "cbc:TaxableAmount", "A tax entry has no base.", OurFault),
        Each("BR-46", "taxes", "cbc:TaxAmount", "A tax entry has no tax.", OurFault),
        Rule.One("BR-47", "taxes", "A tax entry has no category.", OurFault, view => view.Subtotals.All(tax => CategoryOf(tax, "cac:TaxCategory").Length > 0)),
        Rule.One("BR-48", "taxes", "A tax entry has no rate.", OurFault,
            view => view.Subtotals.All(tax => CategoryOf(tax, "cac:TaxCategory") == "O" || RateOf(tax) is not null)),
        Rule.One("BR-49", "payment", "The means of payment has no code.", OurFault,
            view => UblView.All(view.Root, "cac:PaymentMeans").All(means => Text(means, "cbc:PaymentMeansCode").Length > 0)),
        Rule.One("BR-50", "payment.iban", "The account to pay to has no number.", BooksFile,
            view => UblView.All(view.Root, "cac:PaymentMeans/cac:PayeeFinancialAccount").All(account => Text(account, "cbc:ID").Length > 0)),
        Rule.One("BR-53", "tax-currency", "The tax in the seller's currency is missing.", "Import the exchange rate of the day.",
            view => UblView.All(view.Root, "cbc:TaxCurrencyCode").All(code => view.Tax(code.Value) is not null)),
        Rule.One("BR-55", "preceding", "An invoice that is credited has no number.", OurFault,
            view => UblView.All(view.Root, "cac:BillingReference").All(invoice => Text(invoice, "cac:InvoiceDocumentReference/cbc:ID").Length > 0)),
        Rule.Each("BR-57", "delivery.country", "The place of delivery has no country.", Customer,
            view => view.Anywhere("cac:Delivery/cac:DeliveryLocation/cac:Address"),
            address => UblView.All(address, "cac:Country/cbc:IdentificationCode").Any()),
        Rule.One("BR-61", "payment.iban", "A transfer needs an account to pay to.", BooksFile,
            view => UblView.All(view.Root, "cac:PaymentMeans").All(means => Text(means, "cbc:PaymentMeansCode") is not ("30" or "58")
                || Text(means, "cac:PayeeFinancialAccount/cbc:ID").Length > 0)),
    ];

    private static IEnumerable<Rule> Adjustments()
    {
        foreach (var (charge, amount, category, reason, also) in new[]
            { (false, "BR-31", "BR-32", "BR-33", "BR-CO-21"), (true, "BR-36", "BR-37", "BR-38", "BR-CO-22") })
        {
            var name = charge ? "surcharge" : "discount";
            yield return Rule.Adjustment(amount, charge, "amount", $"A {name} has no amount.", OurFault, item => Amount(item, "cbc:Amount") is not null);
            yield return Rule.Adjustment(category, charge, "category", $"A {name} has no tax category.", OurFault,
                item => CategoryOf(item, "cac:TaxCategory").Length > 0);
            foreach (var id in new[] { reason, also })
                yield return Rule.Adjustment(id, charge, "reason", $"A {name} has no reason.", "Say in words what it is for.", HasReason);
        }
    }

    internal static bool HasReason(System.Xml.Linq.XElement item) =>
        Text(item, "cbc:AllowanceChargeReason").Length + Text(item, "cbc:AllowanceChargeReasonCode").Length > 0;

    /// <summary>Days of a period as text compare like days.</summary>
    internal static bool InOrder(System.Xml.Linq.XElement holder) =>
        (Text(holder, "cac:InvoicePeriod/cbc:StartDate"), Text(holder, "cac:InvoicePeriod/cbc:EndDate")) is var (start, end)
        && (start.Length == 0 || end.Length == 0 || string.CompareOrdinal(start, end) <= 0);

    private static Rule Has(string id, string path, string field, string reason, string remedy) =>
        Rule.One(id, field, reason, remedy, view => Text(view.Root, path).Length > 0);

    private static Rule Exists(string id, string path, string field, string reason, string remedy) =>
        Rule.One(id, field, reason, remedy, view => UblView.All(view.Root, path).Any());

    private static Rule Each(string id, string field, string path, string reason, string remedy) =>
        Rule.One(id, field, reason, remedy, view => view.Subtotals.All(tax => Text(tax, path).Length > 0));
}
