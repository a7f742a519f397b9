namespace Tieout.Domain.Invoicing.Documents;

/// <summary>The upper part of the first page: who, to whom, when, and how much.</summary>
internal static class HtmlHead
{
    public static void Write(Sheet sheet)
    {
        var (html, document, words) = (sheet.Html, sheet.Document, sheet.Words);
        html.Raw("<header class=\"top\">").Line("p", document.Seller.Name, "brand").Raw("<h1>").Text(words.Title).Raw("</h1></header>\n");
        if (words.MarkSentence.Length > 0) html.Line("p", words.MarkSentence, "standing");
        html.Raw("<div class=\"opening\">");
        Window(sheet);
        Facts(sheet);
        html.Raw("</div>\n");
        Summary(sheet);
    }

    private static void Window(Sheet sheet)
    {
        var (html, seller, buyer) = (sheet.Html, sheet.Document.Seller, sheet.Document.Buyer);
        // The sender's line above the address, small, so that a letter that cannot be delivered comes back.
        html.Raw("<section class=\"window\" aria-label=\"Bill to\">")
            .Line("p", Sender(seller, buyer), "sender")
            .Raw("<address>").Line("p", buyer.Name, "name").Line("p", buyer.Contact);
        foreach (var line in DocumentWords.Address(buyer)) html.Line("p", line);
        html.Raw("</address></section>\n");
    }

    // The country only on a letter that leaves it.
    private static string Sender(DocumentParty seller, DocumentParty buyer)
    {
        var lines = DocumentWords.Address(seller).Prepend(seller.Name);
        return string.Join(" · ", seller.Country.Length > 0 && seller.Country == buyer.Country ? lines.SkipLast(1) : lines);
    }

    private static void Facts(Sheet sheet)
    {
        var (html, document, words, format) = sheet;
        html.Raw("<dl class=\"facts\">")
            .Fact(words.NumberLabel, document.Number)
            .Fact(words.DateLabel, format.Day(document.IssueDate))
            .Fact("Due date", document is { Kind: DocumentKind.Invoice, DueDate: { } due } ? format.Day(due) : "")
            .Fact("Billing period", document.Period is { } period ? format.Days(period) : "")
            .Fact("Date of supply", document.SupplyDate is { } supply ? format.Day(supply) : "")
            .Fact("Tax point", document.TaxPoint is { } point ? format.Day(point) : "")
            .Fact("Purchase order", document.PurchaseOrder)
            .Fact("Your reference", document.BuyerReference)
            .Fact("Account", document.AccountCode)
            .Fact($"Your {NumberName(document.TaxName)}", document.Buyer.Details.VatNumber);
        // On an invoice each line that corrects one names it.
        foreach (var preceding in document.Kind == DocumentKind.CreditMemo ? document.Preceding : [])
            html.Fact("Credits invoice", $"{preceding.Number} of {format.Day(preceding.IssueDate)}");
        html.Raw("</dl>");
    }

    private static string NumberName(string taxName) => taxName is "VAT" or "GST" ? $"{taxName} number" : "tax number";

    private static void Summary(Sheet sheet)
    {
        var (html, document, words, format) = sheet;
        html.Raw("<section class=\"summary\"><p><span>").Text(words.Headline).Raw("</span><strong>").Text(sheet.Money(document.Due)).Raw("</strong></p>");
        if (document is { Kind: DocumentKind.Invoice, DueDate: { } due, Mark: DocumentMark.None } && document.Due.Amount > 0)
            html.Raw("<p><span>Please pay by</span><strong>").Text(format.Day(due)).Raw("</strong></p>");
        html.Raw("</section>\n");
    }
}
