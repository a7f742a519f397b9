using System.Xml;
using System.Xml.Schema;
using Tieout.Domain.Invoicing;
using Tieout.Domain.Invoicing.Documents;
using Tieout.Domain.Invoicing.Documents.Ubl;
using Tieout.Domain.Tax;
using Tieout.Domain.Tests.Invoicing.Documents;

namespace Tieout.Shell.Tests.Documents;

/// <summary>Our UBL under the schema of OASIS, which is not ours to ship: it is looked for in <c>../shared</c> beside the checkout.</summary>
public sealed class UblSchemaTests
{
    public static TheoryData<string, InvoiceDocument> Documents => new()
    {
        { "normal", Samples.Normal }, { "rich", Samples.Rich }, { "reverse charge", Samples.ReverseCharge }, { "scripts", Samples.Scripts },
        { "credit memo", Samples.CreditMemo with { TaxPoint = new(2026, 11, 1) } }, { "yen", Samples.In("JPY", 1_234m) },
        { "K", Samples.Zero(Samples.Normal with { Buyer = Samples.FrenchBuyer }, TaxCategory.IntraCommunity) },
        { "O", Samples.Zero(Samples.Normal, TaxCategory.NotSubject) },
        {
            "two currencies", Samples.In("USD", 100m) with
            {
                TaxPoint = new(2026, 11, 1), SupplyDate = new(2026, 11, 30),
                TaxInSellersCurrency = new(Samples.M(70.16m), 0.9231m, new(2026, 10, 30), "ECB"),
            }
        },
    };

    [Theory]
    [MemberData(nameof(Documents))]
    public void Every_document_is_valid(string name, InvoiceDocument document)
    {
        var folder = Schemas();
        Assert.SkipWhen(folder is null, "The schemas of UBL 2.1 do not lie in ../shared/contracts beside the checkout.");
        var schemas = new XmlSchemaSet { XmlResolver = new XmlUrlResolver() };
        var file = Path.Combine(folder!, "maindoc", document.Kind == DocumentKind.Invoice ? "UBL-Invoice-2.1.xsd" : "UBL-CreditNote-2.1.xsd");
        using (var reader = XmlReader.Create(file, new XmlReaderSettings { DtdProcessing = DtdProcessing.Parse, XmlResolver = new XmlUrlResolver() }))
            schemas.Add(null, reader);
        List<string> problems = [];
        UblInvoice.Write(document, UblProfile.Peppol).Validate(schemas, (_, problem) => problems.Add(problem.Message));
        problems.ShouldBeEmpty(name);
    }

    private static string? Schemas()
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
            if (File.Exists(Path.Combine(folder, "Tieout.slnx")))
                return Path.GetFullPath(Path.Combine(folder, "../shared/contracts/specs/einvoice/ubl-2.1")) is var full && Directory.Exists(full) ? full : null;
        return null;
    }
}
