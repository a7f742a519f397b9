using System.Globalization;
using System.Xml.Linq;
using Tieout.Domain;
using static Tieout.Connectors.Legacy.Soap.SoapEnvelope;

namespace Tieout.Connectors.Legacy.Soap;

/// <summary>The messages of the service, to and from records. Pure.</summary>
internal static class SoapMessages
{
    /// <summary>Asks for documents to be booked.</summary>
    public static XElement Post(string company, IEnumerable<LegacyDocument> documents) => Message("PostDocuments", company, documents.Select(Document));

    /// <summary>Asks what stands under keys.</summary>
    public static XElement Status(string company, IEnumerable<string> keys) => Message("GetDocumentStatus", company, keys.Select(key => Field("Key", key)!));

    /// <summary>Asks for a page of a month's documents.</summary>
    public static XElement List(string company, AccountingMonth month, string after, int size) => Message(
        "ListDocuments", company,
        [
            Field("Month", month.FirstDay.ToString("yyyy-MM", CultureInfo.InvariantCulture)), Field("After", after),
            Field("Size", size.ToString(CultureInfo.InvariantCulture)),
        ]);

    /// <summary>Asks for customers to be found or created.</summary>
    public static XElement Customers(string company, IEnumerable<(string Code, string Name, string Country, string Currency)> customers) => Message(
        "PutCustomers", company, customers.Select(customer => new XElement(
            Erp + "Customer", Field("Code", customer.Code), new XElement(Erp + "Name", customer.Name),
            Field("Country", customer.Country), Field("Currency", customer.Currency))));

    /// <summary>The results of a message, by key or code. One that stands twice with different words is left out: it says nothing.</summary>
    public static IReadOnlyDictionary<string, (bool Booked, string Number, string Code, string Text)> Results(XElement message) =>
        message.Elements(Erp + "Result").Select(result => (
                Key: Text(result, "Key"),
                Value: (Booked: Text(result, "State") == "booked", Number: Text(result, "Number"), Code: Text(result, "Code"), Text: Text(result, "Text"))))
            .GroupBy(result => result.Key, StringComparer.Ordinal).Where(group => group.Distinct().Count() == 1)
            .ToDictionary(group => group.Key, group => group.First().Value, StringComparer.Ordinal);

    /// <summary>The documents of a message; null when they are not as many as it says.</summary>
    public static IReadOnlyList<LegacyDocument>? Documents(XElement message)
    {
        List<LegacyDocument> documents = [.. message.Elements(Erp + "Document").Select(Document)];
        return (int)message.Element(Erp + "Count")! == documents.Count ? documents : null;
    }

    /// <summary>Where the next page begins; empty behind the last.</summary>
    public static string Next(XElement message) => Text(message, "Next");

    private static XElement Message(string name, string company, IEnumerable<XElement?> parts) => new(Erp + name, Field("Company", company), parts);

    private static XElement Document(LegacyDocument document) => new(
        Erp + "Document", Field("Key", document.Key), Field("Kind", document.Kind), Field("Currency", document.Currency), Field("Date", Day(document.Date)),
        Field("DueDate", Day(document.Due)), Field("RefersTo", document.RefersTo), Field("Text", document.Text),
        Field("CustomerReference", document.CustomerReference), document.Lines.Select(Line));

    private static XElement Line(LegacyLine line) => new(
        Erp + "Line", Field("Type", line.Type.ToString()), Field("Account", line.Account), Field("Amount", Amount(line.Amount)), Field("TaxCode", line.TaxCode),
        Field("TaxBase", line.Type == LegacyLine.OfTax ? Amount(line.TaxBase) : ""), Field("Customer", line.Customer), Field("Settles", line.Settles),
        Field("DueDate", Day(line.Due)), Field("Dimension1", line.Dimensions[0]), Field("Dimension2", line.Dimensions[1]),
        Field("Dimension3", line.Dimensions[2]), Field("Text", line.Text));

    private static LegacyDocument Document(XElement told) => new(
        Text(told, "Key"), Text(told, "Kind"), Text(told, "Currency"), Day(told, "Date")!.Value, Text(told, "Text"), [.. told.Elements(Erp + "Line").Select(Line)])
    {
        Number = Text(told, "Number"),
        Due = Day(told, "DueDate"),
        RefersTo = Text(told, "RefersTo"),
        CustomerReference = Text(told, "CustomerReference"),
    };

    private static LegacyLine Line(XElement told) => new(Text(told, "Type")[0], Text(told, "Account"), Amount(told, "Amount"), Text(told, "Text"))
    {
        TaxCode = Text(told, "TaxCode"),
        TaxBase = Amount(told, "TaxBase"),
        Customer = Text(told, "Customer"),
        CustomerCode = Text(told, "CustomerCode"),
        Settles = Text(told, "Settles"),
        Due = Day(told, "DueDate"),
        Dimensions = [Text(told, "Dimension1"), Text(told, "Dimension2"), Text(told, "Dimension3")],
    };

    // What is empty is left out: the schema knows no empty elements.
    private static XElement? Field(string name, string value) => value.Length > 0 ? new XElement(Erp + name, value) : null;

    private static string Amount(decimal amount) => amount.ToString("0.00##", CultureInfo.InvariantCulture);

    private static decimal Amount(XElement told, string name) =>
        told.Element(Erp + name) is { } amount ? decimal.Parse(amount.Value, CultureInfo.InvariantCulture) : 0m;

    private static string Day(DateOnly? day) => day?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) ?? "";

    private static DateOnly? Day(XElement told, string name) =>
        told.Element(Erp + name) is { } day ? DateOnly.ParseExact(day.Value, "yyyy-MM-dd", CultureInfo.InvariantCulture) : null;

    private static string Text(XElement told, string name) => told.Element(Erp + name)?.Value ?? "";
}
