using System.Text;
using System.Xml;
using System.Xml.Linq;
using Tieout.Domain.Tax;
using static Tieout.Domain.Invoicing.Documents.Ubl.UblNames;

namespace Tieout.Domain.Invoicing.Documents.Ubl;

/// <summary>
/// Writes a document as UBL 2.1, Invoice or CreditNote, in the terms of EN 16931. The order of the elements is the schema's. What a
/// document does not have is left out; whether what is left satisfies the standard is for <see cref="En16931"/> to say.
/// </summary>
public static class UblInvoice
{
    // UNTDID 1001.
    private const string CommercialInvoice = "380";
    private const string CreditNoteCode = "381";

    // UNTDID 4451, as EN 16931 writes it.
    private const string GeneralInformation = "#AAI#";

    /// <summary>The document as XML.</summary>
    /// <exception cref="ArgumentException">It contradicts itself.</exception>
    public static XDocument Write(InvoiceDocument document, UblProfile profile)
    {
        var contradictions = document.Contradictions();
        if (contradictions.Count > 0) throw new ArgumentException(string.Join(' ', contradictions), nameof(document));
        var credit = document.Kind == DocumentKind.CreditMemo;
        var root = new XElement(
            credit ? CreditNote + "CreditNote" : UblNames.Invoice + "Invoice",
            new XAttribute(XNamespace.Xmlns + "cac", Cac.NamespaceName), new XAttribute(XNamespace.Xmlns + "cbc", Cbc.NamespaceName),
            Head(document, profile, credit),
            References(document),
            UblParties.Of(document),
            Delivery(document),
            Payment(document),
            document.Adjustments.Select(item => UblTotals.Adjustment(item, withTax: true)),
            UblTotals.Taxes(document),
            UblTotals.Sums(document),
            document.Lines.Select(line => UblLines.Of(line, credit)));
        return new XDocument(new XDeclaration("1.0", "UTF-8", standalone: null), root);
    }

    /// <summary>The XML as a file: UTF-8 without a mark, indented.</summary>
    public static byte[] Bytes(XDocument document)
    {
        using var file = new MemoryStream();
        using (var writer = XmlWriter.Create(file, new XmlWriterSettings { Encoding = new UTF8Encoding(false), Indent = true }))
            document.Save(writer);
        return file.ToArray();
    }

    private static object?[] Head(InvoiceDocument document, UblProfile profile, bool credit)
    {
        var type = Value(credit ? "CreditNoteTypeCode" : "InvoiceTypeCode", credit ? CreditNoteCode : CommercialInvoice);
        var taxPoint = Day("TaxPointDate", document.TaxPoint);
        // Peppol takes one note only.
        IEnumerable<XElement?> notes = profile.IsPeppol
            ? [Note(string.Join('\n', document.Notes))]
            : document.Notes.Select(Note);
        return
        [
            Value("CustomizationID", profile.CustomizationId),
            Value("ProfileID", profile.ProfileId),
            Value("ID", document.Number),
            Day("IssueDate", document.IssueDate),
            // A credit note has no due date, and its tax point stands before its type.
            credit ? taxPoint : Day("DueDate", document.DueDate),
            type,
            notes,
            credit ? null : taxPoint,
            Value("DocumentCurrencyCode", document.Currency.Code),
            Value("TaxCurrencyCode", document.TaxInSellersCurrency?.Tax.Currency.Code ?? ""),
            Value("BuyerReference", document.BuyerReference),
            Period(WholePeriod(document)),
        ];
    }

    // A text that would be read as having a subject it never meant (part #12x# of two) is said to be general information (BR-CL-08).
    private static XElement? Note(string text) => Value("Note", CodeRules.HasSubject(text) ? text : GeneralInformation + text);

    private static IEnumerable<XElement?> References(InvoiceDocument document)
    {
        yield return Group("OrderReference", Value("ID", document.PurchaseOrder));
        foreach (var invoice in document.Preceding)
            yield return Group("BillingReference", Group(
                "InvoiceDocumentReference", Value("ID", invoice.Number), Day("IssueDate", invoice.IssueDate)));
    }

    // Peppol wants every line's days inside the document's, and a line that corrects an earlier month lies before it.
    private static ServicePeriod? WholePeriod(InvoiceDocument document)
    {
        List<ServicePeriod> periods = [.. document.Lines.Select(line => line.Period).Append(document.Period).OfType<ServicePeriod>()];
        return periods.Count == 0 ? null : new ServicePeriod(periods.Min(period => period.Start), periods.Max(period => period.End));
    }

    private static XElement? Delivery(InvoiceDocument document)
    {
        var toAnotherState = document.Taxes.Any(tax => tax.Category == TaxCategory.IntraCommunity);
        return Group("Delivery",
            Day("ActualDeliveryDate", document.SupplyDate),
            toAnotherState
                ? Group("DeliveryLocation", Group("Address", Group("Country", Value("IdentificationCode", UblParties.CountryOf(document.Buyer)))))
                : null);
    }

    private static IEnumerable<XElement?> Payment(InvoiceDocument document)
    {
        if (document.Kind == DocumentKind.Invoice && document.PayTo is { Bank.Iban.Length: > 0 } account)
            yield return Group("PaymentMeans",
                // UNCL 4461: 58 is a SEPA transfer, which moves euros only; 30 is any transfer.
                Value("PaymentMeansCode", document.Currency.Code == "EUR" ? "58" : "30"),
                Value("PaymentID", document.Number),
                Group("PayeeFinancialAccount",
                    Value("ID", account.Bank.Iban), Value("Name", account.AccountName),
                    Group("FinancialInstitutionBranch", Value("ID", account.Bank.Bic))));
        yield return Group("PaymentTerms", Value("Note", document.Terms?.Whole ?? ""));
    }
}
