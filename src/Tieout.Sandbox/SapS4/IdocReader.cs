using System.Globalization;
using System.Xml;
using System.Xml.Linq;
using System.Xml.Schema;

namespace Tieout.Sandbox.SapS4;

/// <summary>Reads a file of ACC_DOCUMENT05 and holds it against the schema.</summary>
internal static class IdocReader
{
    private static readonly XmlReaderSettings Validating = new()
    {
        ValidationType = ValidationType.Schema,
        Schemas = Load(),
        DtdProcessing = DtdProcessing.Prohibit,
    };

    // Fields that are account assignments, by what the books call them.
    private static readonly (string Field, string Name)[] Assignments =
        [("COSTCENTER", "CostCenter"), ("PROFIT_CTR", "ProfitCenter"), ("WBS_ELEMENT", "WBSElement"), ("SEGMENT", "Segment"), ("FUNC_AREA", "FunctionalArea")];

    /// <summary>The documents of a file, each with the number its sender gave it.</summary>
    /// <exception cref="XmlException">Not XML.</exception>
    /// <exception cref="XmlSchemaValidationException">Against the schema.</exception>
    public static IReadOnlyList<SapRequest> Read(Stream file)
    {
        using var reader = XmlReader.Create(file, Validating);
        return [.. XElement.Load(reader).Elements("IDOC").Select(idoc => new SapRequest(Text(idoc.Element("EDI_DC40")!, "DOCNUM"), Document(idoc)))];
    }

    private static SapDocument Document(XElement idoc)
    {
        var head = idoc.Element("E1BPACHE09")!;
        ILookup<string, XElement> Amounts(string type) => idoc.Elements("E1BPACCR09").Where(amount => Text(amount, "CURR_TYPE") == type)
            .ToLookup(amount => Text(amount, "ITEMNO_ACC"), StringComparer.Ordinal);
        var (amounts, inCompany) = (Amounts("00"), Amounts("10"));
        SapItem[] items =
        [
            .. idoc.Elements().Where(segment => segment.Name.LocalName is "E1BPACGL09" or "E1BPACAR09" or "E1BPACTX09")
                .Select(segment => Item(
                    segment, amounts[Text(segment, "ITEMNO_ACC")].FirstOrDefault(), inCompany[Text(segment, "ITEMNO_ACC")].FirstOrDefault())),
        ];
        return new SapDocument(
            Text(head, "COMP_CODE"), Text(head, "DOC_TYPE"), Text(head, "REF_DOC_NO"), "", Text(head, "HEADER_TXT"),
            Day(Text(head, "DOC_DATE")), Day(Text(head, "PSTNG_DATE")), items);
    }

    // An item without its amount moves nothing: the document will not balance.
    private static SapItem Item(XElement segment, XElement? amount, XElement? inCompany) => new(
        segment.Name.LocalName switch { "E1BPACAR09" => 'D', "E1BPACTX09" => 'T', _ => 'S' },
        Text(segment, "GL_ACCOUNT"), Text(segment, "CUSTOMER"), amount is null ? "" : Text(amount, "CURRENCY"), Amount(amount, "AMT_DOCCUR"),
        Text(segment, "TAX_CODE"), Amount(amount, "AMT_BASE"), Text(segment, "ITEM_TEXT"), Text(segment, "ALLOC_NMBR"),
        string.Join(' ', Assignments.Where(one => Text(segment, one.Field).Length > 0).Select(one => $"{one.Name}={Text(segment, one.Field)}")))
    {
        InCompany = inCompany is null ? null : Amount(inCompany, "AMT_DOCCUR"),
        CompanyCurrency = inCompany is null ? "" : Text(inCompany, "CURRENCY"),
    };

    private static decimal Amount(XElement? segment, string field) =>
        segment?.Element(field) is { } value ? decimal.Parse(value.Value, NumberStyles.Number, CultureInfo.InvariantCulture) : 0m;

    private static string Text(XElement segment, string field) => segment.Element(field)?.Value ?? "";

    private static DateOnly Day(string text) => DateOnly.ParseExact(text, "yyyyMMdd", CultureInfo.InvariantCulture);

    private static XmlSchemaSet Load()
    {
        using var resource = typeof(IdocReader).Assembly.GetManifestResourceStream("sap-s4hana/acc-document05.xsd")!;
        using var reader = XmlReader.Create(resource);
        var schemas = new XmlSchemaSet();
        schemas.Add("", reader);
        schemas.Compile();
        return schemas;
    }
}
