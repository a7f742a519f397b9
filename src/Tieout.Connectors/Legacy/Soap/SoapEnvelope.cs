using System.Globalization;
using System.Xml;
using System.Xml.Linq;
using System.Xml.Schema;

namespace Tieout.Connectors.Legacy.Soap;

/// <summary>SOAP 1.1 around our messages: writing, and reading against the schema. Pure.</summary>
internal static class SoapEnvelope
{
    /// <summary>Namespace of the service's messages.</summary>
    public static readonly XNamespace Erp = "urn:tieout:legacy-erp:1";

    private static readonly XNamespace Soap = "http://schemas.xmlsoap.org/soap/envelope/";
    private static readonly XmlSchemaSet Schemas = Load();

    /// <summary>The bytes of a call.</summary>
    public static byte[] Write(XElement message)
    {
        using var bytes = new MemoryStream();
        var envelope = new XElement(Soap + "Envelope", new XAttribute(XNamespace.Xmlns + "soap", Soap.NamespaceName), new XElement(Soap + "Body", message));
        using (var xml = XmlWriter.Create(bytes, new XmlWriterSettings { Encoding = new System.Text.UTF8Encoding(encoderShouldEmitUTF8Identifier: false) }))
            envelope.Save(xml);
        return bytes.ToArray();
    }

    /// <summary>What an answer says.</summary>
    /// <param name="status">HTTP status.</param>
    /// <param name="body">Byte for byte.</param>
    /// <param name="expected">Name of the message that answers the call.</param>
    public static SoapReply Read(int status, byte[] body, string expected)
    {
        XElement? message;
        try
        {
            using var reader = XmlReader.Create(new MemoryStream(body, writable: false), new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit });
            var envelope = XDocument.Load(reader).Root!;
            message = envelope.Name == Soap + "Envelope" ? envelope.Element(Soap + "Body")?.Elements().FirstOrDefault() : null;
        }
        catch (XmlException broken)
        {
            return new SoapReply.Silent($"The answer (HTTP {status.ToString(CultureInfo.InvariantCulture)}) cannot be read: {broken.Message}");
        }
        if (message?.Name == Soap + "Fault") return Fault(message);
        if (status != 200 || message?.Name != Erp + expected)
            return new SoapReply.Silent($"HTTP {status.ToString(CultureInfo.InvariantCulture)} without the answer to the call.");
        if (Violation(message) is { } problem) return new SoapReply.Silent($"The answer is not as the service describes it: {problem}");
        return message.Element(Erp + "Error") is { } error ? Failed(error) : new SoapReply.Answered(message);
    }

    /// <summary>Why a message does not follow the schema; null when it does.</summary>
    public static string? Violation(XElement message)
    {
        string? found = null;
        new XDocument(message).Validate(Schemas, (_, problem) => found ??= problem.Message);
        return found;
    }

    // A fault that blames the service says nothing about what it had done before.
    private static SoapReply Fault(XElement fault)
    {
        var text = fault.Element("faultstring")?.Value ?? "";
        return (fault.Element("faultcode")?.Value ?? "").EndsWith("Client", StringComparison.Ordinal)
            ? new SoapReply.Faulted(text)
            : new SoapReply.Silent($"The service failed: {text}");
    }

    private static SoapReply Failed(XElement error)
    {
        var reason = $"The ERP says {error.Element(Erp + "Code")!.Value}: {error.Element(Erp + "Text")!.Value}";
        if (error.Element(Erp + "Code")!.Value == "INTERNAL") return new SoapReply.Silent(reason);
        return new SoapReply.NotNow(reason, (int?)error.Element(Erp + "RetryAfterSeconds") is { } seconds ? TimeSpan.FromSeconds(seconds) : null);
    }

    private static XmlSchemaSet Load()
    {
        using var resource = typeof(SoapEnvelope).Assembly.GetManifestResourceStream("legacy/legacy-erp.xsd")!;
        using var reader = XmlReader.Create(resource);
        var schemas = new XmlSchemaSet();
        schemas.Add(Erp.NamespaceName, reader);
        schemas.Compile();
        return schemas;
    }
}
