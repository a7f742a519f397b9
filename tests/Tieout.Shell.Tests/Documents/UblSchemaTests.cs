using System.Xml;
using System.Xml.Schema;
using Tieout.Domain.Invoicing.Documents;
using Tieout.Domain.Invoicing.Documents.Ubl;
using Tieout.Domain.Tests.Invoicing.Documents;

namespace Tieout.Shell.Tests.Documents;

/// <summary>Our UBL under the schema of OASIS, which is not ours to ship: it is looked for in <c>../shared</c> beside the checkout.</summary>
public sealed class UblSchemaTests
{
    public static TheoryData<string, InvoiceDocument> Documents =>
        [.. UblKinds.All.Select(kind => new TheoryDataRow<string, InvoiceDocument>(kind.Name, kind.Document))];

    [Theory]
    [MemberData(nameof(Documents))]
    public void Every_document_is_valid(string name, InvoiceDocument document)
    {
        List<string> problems = [];
        foreach (var profile in UblProfile.All)
            UblInvoice.Write(document, profile).Validate(Schemas(), (_, problem) => problems.Add(problem.Message));
        problems.ShouldBeEmpty(name);
    }

    [Fact]
    public void The_order_that_is_tested_without_the_schemas_is_theirs()
    {
        var elements = Schemas().GlobalElements.Values.Cast<XmlSchemaElement>().ToLookup(element => element.QualifiedName.Name, StringComparer.Ordinal);
        foreach (var (holder, words) in UblOrder.Children)
        {
            var ours = words.Split(' ').Select(word => word.TrimEnd('!', '*')).ToHashSet(StringComparer.Ordinal);
            var sequence = (XmlSchemaSequence)((XmlSchemaComplexType)elements[holder].Single().ElementSchemaType!).ContentTypeParticle;
            var theirs = sequence.Items.Cast<XmlSchemaElement>().Where(part => ours.Contains(part.QualifiedName.Name))
                .Select(part => part.QualifiedName.Name + (part.MinOccurs > 0 ? "!" : "") + (part.MaxOccurs > 1 ? "*" : ""));
            string.Join(' ', theirs).ShouldBe(words, holder);
        }
    }

    // Both documents' schemas, compiled once.
    private static XmlSchemaSet Schemas()
    {
        var folder = Folder();
        Assert.SkipWhen(folder is null, "The schemas of UBL 2.1 do not lie in ../shared/contracts beside the checkout.");
        return Compiled ??= Compile(folder!);
    }

    private static XmlSchemaSet? Compiled;

    private static XmlSchemaSet Compile(string folder)
    {
        var schemas = new XmlSchemaSet { XmlResolver = new XmlUrlResolver() };
        foreach (var file in new[] { "UBL-Invoice-2.1.xsd", "UBL-CreditNote-2.1.xsd" })
        {
            using var reader = XmlReader.Create(
                Path.Combine(folder, "maindoc", file), new XmlReaderSettings { DtdProcessing = DtdProcessing.Parse, XmlResolver = new XmlUrlResolver() });
            schemas.Add(null, reader);
        }
        schemas.Compile();
        return schemas;
    }

    private static string? Folder()
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
            if (File.Exists(Path.Combine(folder, "Tieout.slnx")))
                return Path.GetFullPath(Path.Combine(folder, "../shared/contracts/specs/einvoice/ubl-2.1")) is var full && Directory.Exists(full) ? full : null;
        return null;
    }
}
