using System.Globalization;
using System.Xml;
using System.Xml.Linq;
using System.Xml.Schema;
using Microsoft.AspNetCore.Http;

namespace Tieout.Sandbox.Legacy;

/// <summary>The service's messages as the stand-in reads and writes them.</summary>
internal static class LegacyMessages
{
    public static readonly XNamespace Erp = "urn:tieout:legacy-erp:1";
    private static readonly XNamespace Soap = "http://schemas.xmlsoap.org/soap/envelope/";
    private static readonly XmlSchemaSet Schemas = Load();

    /// <summary>The schema or the description, byte for byte.</summary>
    public static byte[] Resource(string kind)
    {
        using var resource = typeof(LegacyMessages).Assembly.GetManifestResourceStream("legacy/legacy-erp." + kind)!;
        using var bytes = new MemoryStream();
        resource.CopyTo(bytes);
        return bytes.ToArray();
    }

    /// <summary>The message of a call; null with what is wrong with it.</summary>
    public static async Task<(XElement? Message, string Problem)> Read(HttpRequest request)
    {
        if (!(request.ContentType ?? "").StartsWith("text/xml", StringComparison.Ordinal)) return (null, "The content type of SOAP 1.1 is text/xml");
        try
        {
            using var reader = XmlReader.Create(request.Body, new XmlReaderSettings { Async = true, DtdProcessing = DtdProcessing.Prohibit });
            var envelope = (await XDocument.LoadAsync(reader, LoadOptions.None, request.HttpContext.RequestAborted)).Root!;
            if (envelope.Name != Soap + "Envelope" || envelope.Element(Soap + "Body")?.Elements().ToList() is not [var message])
                return (null, "This is no SOAP 1.1 message");
            if (request.Headers["SOAPAction"] != $"\"{Erp.NamespaceName}/{message.Name.LocalName}\"") return (null, "SOAPAction is not that of the message");
            if (message.Name.Namespace != Erp || message.Name.LocalName.EndsWith("Response", StringComparison.Ordinal))
                return (null, $"No operation takes {message.Name}");
            string? violation = null;
            new XDocument(message).Validate(Schemas, (_, found) => violation ??= found.Message);
            return violation is null ? (message, "") : (null, violation);
        }
        catch (XmlException broken)
        {
            return (null, broken.Message);
        }
    }

    /// <summary>Answers.</summary>
    public static Task Write(HttpContext http, int status, XElement message)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "text/xml; charset=utf-8";
        return http.Response.Body.WriteAsync(Bytes(message)).AsTask();
    }

    /// <summary>A message in its envelope.</summary>
    public static byte[] Bytes(XElement message)
    {
        using var bytes = new MemoryStream();
        new XDocument(new XElement(Soap + "Envelope", new XElement(Soap + "Body", message))).Save(bytes, SaveOptions.DisableFormatting);
        return bytes.ToArray();
    }

    /// <summary>A SOAP 1.1 fault; <paramref name="code"/> is Client or Server.</summary>
    public static XElement Fault(string code, string text) =>
        new(Soap + "Fault", new XElement("faultcode", new XAttribute(XNamespace.Xmlns + "s", Soap.NamespaceName), "s:" + code), new XElement("faultstring", text));

    /// <summary>An error inside an answer of HTTP 200.</summary>
    public static XElement Error(string operation, string code, string text, int? wait = null) => Answer(
        operation, new XElement(
            Erp + "Error", Field("Code", code), new XElement(Erp + "Text", text), wait is { } seconds ? new XElement(Erp + "RetryAfterSeconds", seconds) : null));

    /// <summary>What came of each document or customer.</summary>
    public static XElement Results(string operation, IEnumerable<LegacyResult> results) => Answer(operation, results.Select(result => new XElement(
        Erp + "Result", Field("Key", result.Key), Field("State", result.Booked ? "booked" : "refused"), Field("Number", result.Number), Field("Code", result.Code),
        Field("Text", result.Text))));

    /// <summary>Documents, and where the next page begins.</summary>
    public static XElement Documents(string operation, IReadOnlyList<LegacyPosting> postings, string next) =>
        Answer(operation, new XElement(Erp + "Count", postings.Count), postings.Select(Document), Field("Next", next));

    /// <summary>The document a caller wants booked.</summary>
    public static LegacyPosting Posting(XElement told) => new(
        Of(told, "Key"), Of(told, "Kind"), Of(told, "Currency"), Day(told, "Date")!.Value, [.. told.Elements(Erp + "Line").Select(Line)])
    {
        Due = Day(told, "DueDate"),
        RefersTo = Of(told, "RefersTo"),
        Text = Of(told, "Text"),
        CustomerReference = Of(told, "CustomerReference"),
    };

    /// <summary>An element's text; empty when it is not there.</summary>
    public static string Of(XElement told, string name) => told.Element(Erp + name)?.Value ?? "";

    private static XElement Answer(string operation, params object?[] content) => new(Erp + (operation + "Response"), content);

    private static LegacyPostingLine Line(XElement told) => new(Of(told, "Type"), Of(told, "Account"), Number(told, "Amount"))
    {
        TaxCode = Of(told, "TaxCode"),
        TaxBase = Number(told, "TaxBase"),
        Customer = Of(told, "Customer"),
        Settles = Of(told, "Settles"),
        Due = Day(told, "DueDate"),
        Dimensions = [Of(told, "Dimension1"), Of(told, "Dimension2"), Of(told, "Dimension3")],
        Text = Of(told, "Text"),
    };

    private static XElement Document(LegacyPosting posting) => new(
        Erp + "Document", Field("Key", posting.Key), Field("Kind", posting.Kind), Field("Number", posting.Number), Field("Currency", posting.Currency),
        Field("Date", Day(posting.Date)), Field("DueDate", Day(posting.Due)), Field("RefersTo", posting.RefersTo), Field("Text", posting.Text),
        Field("CustomerReference", posting.CustomerReference), posting.Lines.Select(line => new XElement(
            Erp + "Line", Field("Type", line.Type), Field("Account", line.Account), new XElement(Erp + "Amount", line.Amount), Field("TaxCode", line.TaxCode),
            line.Type == "T" ? new XElement(Erp + "TaxBase", line.TaxBase) : null, Field("Customer", line.Customer), Field("CustomerCode", line.CustomerCode),
            Field("Settles", line.Settles), Field("DueDate", Day(line.Due)), Field("Dimension1", line.Dimensions[0]), Field("Dimension2", line.Dimensions[1]),
            Field("Dimension3", line.Dimensions[2]), Field("Text", line.Text))));

    private static XElement? Field(string name, string value) => value.Length > 0 ? new XElement(Erp + name, value) : null;

    private static decimal Number(XElement told, string name) => Of(told, name) is { Length: > 0 } text ? decimal.Parse(text, CultureInfo.InvariantCulture) : 0m;

    private static string Day(DateOnly? day) => day?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) ?? "";

    private static DateOnly? Day(XElement told, string name) =>
        Of(told, name) is { Length: > 0 } text ? DateOnly.ParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture) : null;

    private static XmlSchemaSet Load()
    {
        using var reader = XmlReader.Create(new MemoryStream(Resource("xsd")));
        var schemas = new XmlSchemaSet();
        schemas.Add(Erp.NamespaceName, reader);
        schemas.Compile();
        return schemas;
    }
}
