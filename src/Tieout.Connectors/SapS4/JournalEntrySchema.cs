using System.Xml;
using System.Xml.Linq;
using System.Xml.Schema;

namespace Tieout.Connectors.SapS4;

/// <summary>
/// The content model of the posting service, compiled once. Every request is held against it before it leaves, because SAP
/// ignores misplaced elements instead of refusing them. Answers are not: real ones hold an element the schema does not know.
/// </summary>
internal static class JournalEntrySchema
{
    private static readonly XmlSchemaSet Schemas = Load();

    /// <summary>All violations, in the order of the request; none when it is valid.</summary>
    public static IReadOnlyList<SchemaViolation> Check(byte[] request)
    {
        List<SchemaViolation> found = [];
        var entry = -1;
        var settings = new XmlReaderSettings
        {
            ValidationType = ValidationType.Schema,
            Schemas = Schemas,
            DtdProcessing = DtdProcessing.Prohibit,
        };
        settings.ValidationEventHandler += (_, problem) => found.Add(new SchemaViolation(entry, problem.Message));
        using var reader = XmlReader.Create(new MemoryStream(request, writable: false), settings);
        while (reader.Read())
            if (reader.NodeType == XmlNodeType.Element && reader.Depth == 1 && reader.LocalName == "JournalEntryCreateRequest")
                entry++;
        return found;
    }

    /// <summary>The first place where a confirmation breaks the schema; null when there is none.</summary>
    public static string? Problem(XElement confirmation)
    {
        string? found = null;
        new XDocument(confirmation).Validate(Schemas, (_, problem) => found ??= problem.Message);
        return found;
    }

    private static XmlSchemaSet Load()
    {
        using var resource = typeof(JournalEntrySchema).Assembly.GetManifestResourceStream("sap-s4hana/journal-entry-post-sync.xsd")!;
        using var reader = XmlReader.Create(resource);
        var schemas = new XmlSchemaSet();
        schemas.Add(JournalEntryMap.Namespace, reader);
        schemas.Compile();
        return schemas;
    }
}

/// <summary>A place where a request breaks its schema.</summary>
/// <param name="Entry">Which document of the request, from 0; -1 when it is none of them.</param>
/// <param name="Message">What the schema says.</param>
internal readonly record struct SchemaViolation(int Entry, string Message);
