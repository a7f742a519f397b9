namespace Tieout.Domain.Invoicing.Documents;

/// <summary>
/// Draws a document as one HTML page that needs nothing from anywhere: no script, no picture, no font, no request. Printed, it is
/// a sheet with the address where a window envelope shows it, a table whose head comes again on every page, totals that never
/// stand alone, and page numbers.
/// </summary>
public static class InvoiceHtml
{
    // Even a reader that would fetch something is told not to.
    private const string ContentPolicy = "default-src 'none'; style-src 'unsafe-inline'";

    /// <summary>The page.</summary>
    /// <param name="document">What it shows.</param>
    /// <param name="format">How figures and days look; plain when null.</param>
    /// <param name="paper">The sheet; the one usual in the seller's country when null.</param>
    /// <exception cref="ArgumentException">The document contradicts itself; such a one is never shown to anybody.</exception>
    public static string Render(InvoiceDocument document, DocumentFormat? format = null, Paper? paper = null)
    {
        var contradictions = document.Contradictions();
        if (contradictions.Count > 0) throw new ArgumentException(string.Join(' ', contradictions), nameof(document));
        var words = new DocumentWords(document);
        var sheet = new Sheet(new HtmlText(), document, words, format ?? DocumentFormat.Plain);
        sheet.Html
            .Raw("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">")
            .Raw($"<meta http-equiv=\"Content-Security-Policy\" content=\"{ContentPolicy}\">")
            .Raw("<meta name=\"viewport\" content=\"width=device-width\"><meta name=\"robots\" content=\"noindex\"><title>")
            .Text(words.TitleWithNumber)
            .Raw("</title><style>")
            .Raw(InvoiceStyle.Of(document.Seller.Name, words.TitleWithNumber, paper ?? DocumentFormat.PaperOf(document.Seller.Country)))
            .Raw("</style></head><body>\n");
        if (document.Mark != DocumentMark.None)
            sheet.Html.Raw("<div class=\"mark\" aria-hidden=\"true\">").Text(words.Mark).Raw("</div>\n");
        sheet.Html.Raw("<main>\n");
        HtmlHead.Write(sheet);
        HtmlLines.Write(sheet);
        HtmlClosing.Write(sheet);
        return sheet.Html.Raw("</main>\n</body></html>\n").ToString();
    }
}

/// <summary>What the parts of a page share.</summary>
internal sealed record Sheet(HtmlText Html, InvoiceDocument Document, DocumentWords Words, DocumentFormat Format)
{
    /// <summary>An amount with its currency, for places where no column head names it.</summary>
    public string Money(Money money) => $"{Format.Amount(money)}\u00a0{money.Currency.Code}";
}
