using System.Xml;
using System.Xml.Linq;
using System.Xml.Schema;

namespace Tieout.Connectors.SapS4.Idoc;

/// <summary>Our own schemas of the IDocs that go out and come in, compiled once.</summary>
internal static class IdocSchemas
{
    private static readonly XmlSchemaSet Documents = Load("acc-document05.xsd");
    private static readonly XmlSchemaSet Statuses = Load("aleaud01.xsd");

    /// <summary>All places where a file breaks the schema, in its order.</summary>
    public static IReadOnlyList<SchemaViolation> Check(byte[] file)
    {
        List<SchemaViolation> found = [];
        var idoc = -1;
        var settings = new XmlReaderSettings { ValidationType = ValidationType.Schema, Schemas = Documents, DtdProcessing = DtdProcessing.Prohibit };
        settings.ValidationEventHandler += (_, problem) => found.Add(new SchemaViolation(idoc, problem.Message));
        using var reader = XmlReader.Create(new MemoryStream(file, writable: false), settings);
        while (reader.Read())
            if (reader is { NodeType: XmlNodeType.Element, Depth: 1 }) idoc++;
        return found;
    }

    /// <summary>The first place where a status message breaks the schema; null when there is none.</summary>
    public static string? Problem(XDocument status)
    {
        string? found = null;
        status.Validate(Statuses, (_, problem) => found ??= problem.Message);
        return found;
    }

    private static XmlSchemaSet Load(string name)
    {
        using var resource = typeof(IdocSchemas).Assembly.GetManifestResourceStream("sap-s4hana/" + name)!;
        using var reader = XmlReader.Create(resource);
        var schemas = new XmlSchemaSet();
        schemas.Add("", reader);
        schemas.Compile();
        return schemas;
    }
}
