using System.Text;
using Tieout.Domain.Invoicing.Documents;
using Tieout.Domain.Invoicing.Documents.Ubl;

namespace Tieout.Application.Documents;

/// <summary>What an invoice can be drawn as.</summary>
public enum DocumentShape
{
    /// <summary>A page to look at or to print.</summary>
    Html,

    /// <summary>That page, printed.</summary>
    Pdf,

    /// <summary>UBL 2.1 for machines.</summary>
    Ubl,
}

/// <summary>How it is to look; null is the usual.</summary>
/// <param name="Format">Figures and days.</param>
/// <param name="Paper">The sheet; null for the seller's country's.</param>
/// <param name="Profile">What an electronic invoice keeps.</param>
public sealed record DrawingWishes(DocumentFormat? Format = null, Paper? Paper = null, UblProfile? Profile = null);

/// <summary>Loads an invoice and draws it.</summary>
public sealed class DrawInvoice(LoadInvoiceDocument load, PdfPrinter printer)
{
    /// <summary>Draws one invoice, by its id or its number.</summary>
    public async Task<DrawnInvoice> Run(string idOrNumber, DocumentShape shape, DrawingWishes wishes, CancellationToken cancel)
    {
        if (await load.Run(idOrNumber, cancel) is not { } document) return new DrawnInvoice.NotFound();
        return shape == DocumentShape.Ubl ? Ubl(document, wishes) : await Page(document, shape, wishes, cancel);
    }

    private async Task<DrawnInvoice> Page(InvoiceDocument document, DocumentShape shape, DrawingWishes wishes, CancellationToken cancel)
    {
        var html = InvoiceHtml.Render(document, wishes.Format, wishes.Paper);
        if (shape == DocumentShape.Html) return new DrawnInvoice.Drawn(Encoding.UTF8.GetBytes(html), "text/html; charset=utf-8", document.Number + ".html");
        return await printer.Print(html, cancel) switch
        {
            PrintOutcome.Printed printed => new DrawnInvoice.Drawn(printed.Pdf, "application/pdf", document.Number + ".pdf"),
            PrintOutcome.Unavailable unavailable => new DrawnInvoice.NoPrinter(unavailable.Reason),
            var other => throw new InvalidOperationException($"Unknown outcome {other}."),
        };
    }

    private static DrawnInvoice Ubl(InvoiceDocument document, DrawingWishes wishes)
    {
        var profile = wishes.Profile ?? UblProfile.En16931;
        var xml = UblInvoice.Write(document, profile);
        var findings = En16931.Check(xml, profile);
        return findings.Count > 0
            ? new DrawnInvoice.BreaksRules(document.Number, findings)
            : new DrawnInvoice.Drawn(UblInvoice.Bytes(xml), "application/xml; charset=utf-8", document.Number + ".xml");
    }
}

/// <summary>What came of drawing an invoice.</summary>
public abstract record DrawnInvoice
{
    private DrawnInvoice() { }

    /// <summary>The file.</summary>
    public sealed record Drawn(byte[] Content, string ContentType, string FileName) : DrawnInvoice;

    /// <summary>There is no such invoice.</summary>
    public sealed record NotFound : DrawnInvoice;

    /// <summary>No PDF can be made here; the reason says what to do.</summary>
    public sealed record NoPrinter(string Reason) : DrawnInvoice;

    /// <summary>The invoice cannot satisfy the standard yet; no file is better than a bad one.</summary>
    public sealed record BreaksRules(string Number, IReadOnlyList<RuleFinding> Findings) : DrawnInvoice;
}
