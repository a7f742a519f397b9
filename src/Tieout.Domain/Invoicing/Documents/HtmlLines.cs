using System.Globalization;
using Tieout.Domain.Tax;

namespace Tieout.Domain.Invoicing.Documents;

/// <summary>The table of lines with the totals at its end.</summary>
internal static class HtmlLines
{
    // This many of the last lines stay on one page with the totals, which would look lost without them.
    private const int KeptWithTotals = 2;

    private const string Columns = "6";

    public static void Write(Sheet sheet)
    {
        var (html, document, words, _) = sheet;
        html.Raw("<table class=\"lines\"><thead><tr><th scope=\"col\" class=\"no\">No.</th><th scope=\"col\">Description</th>")
            .Raw("<th scope=\"col\" class=\"num\">Quantity</th><th scope=\"col\" class=\"num\">Unit price</th><th scope=\"col\" class=\"num\">")
            .Text(document.TaxName).Raw("</th><th scope=\"col\" class=\"num\">")
            .Text($"{words.AmountLabel} {document.Currency.Code}").Raw("</th></tr></thead>\n<tbody>\n");
        var group = "";
        for (var index = 0; index < document.Lines.Count; index++)
        {
            var line = document.Lines[index];
            if (index > 0 && index == document.Lines.Count - KeptWithTotals) html.Raw("</tbody>\n<tbody class=\"end\">\n");
            if (line.Group != group) Heading(sheet, group = line.Group);
            Row(sheet, line);
        }
        Totals(sheet);
        html.Raw("</tbody></table>\n");
    }

    private static void Heading(Sheet sheet, string group)
    {
        if (group.Length == 0) return;
        sheet.Html.Raw($"<tr class=\"group\"><th scope=\"rowgroup\" colspan=\"{Columns}\" dir=\"auto\">").Text(group).Raw("</th></tr>\n");
    }

    private static void Row(Sheet sheet, DocumentLine line)
    {
        var (html, _, _, format) = sheet;
        html.Raw("<tr><td class=\"no\">").Text(line.Number.ToString(CultureInfo.InvariantCulture)).Raw("</td><td class=\"what\">")
            .Line("p", line.Description, "name");
        Details(sheet, line);
        html.Raw("</td><td class=\"num\">").Text(DocumentWords.Quantity(line, format))
            .Raw("</td><td class=\"num\">").Text(DocumentWords.UnitPrice(line, format))
            .Raw("</td><td class=\"num\">").Text(TaxOf(line, format))
            .Raw("</td><td class=\"num amount\">").Text(format.Amount(line.Net)).Raw("</td></tr>\n");
    }

    private static void Details(Sheet sheet, DocumentLine line)
    {
        var (html, _, _, format) = sheet;
        if (line.Period is { } period) html.Line("p", format.Days(period), "sub");
        html.Line("p", line.Arithmetic, "sub");
        foreach (var item in line.Adjustments)
            html.Line("p", $"{item.Reason}: {(item.IsCharge ? "+" : "-")}{format.Amount(item.Amount)}", "sub");
        html.Line("p", DocumentWords.Correction(line), "sub");
        html.Line("p", line.TaxNote, "sub");
    }

    // Not "0 %" alone: why there is no tax is what a reader asks.
    private static string TaxOf(DocumentLine line, DocumentFormat format) => line.Category switch
    {
        TaxCategory.Standard or TaxCategory.ZeroRated => DocumentWords.Percent(line.Rate, format),
        TaxCategory.ReverseCharge => "RC",
        TaxCategory.Exempt => "exempt",
        _ => "none",
    };

    private static void Totals(Sheet sheet)
    {
        var (_, document, words, _) = sheet;
        var first = true;
        if (document.Adjustments.Count > 0)
        {
            Total("Sum of lines", document.LineNet, "");
            foreach (var item in document.Adjustments) Total(Reason(item, sheet.Format), item.IsCharge ? item.Amount : -item.Amount, "");
        }
        Total(words.NetLabel, document.Net, "");
        foreach (var tax in document.Taxes) Total(Label(tax, sheet), tax.Tax, "");
        Total($"{words.TotalLabel} {document.Currency.Code}", document.Total, document.Prepaid is null ? "grand" : "sum");
        if (document.Prepaid is not { } prepaid) return;
        Total("Paid already", -prepaid, "");
        Total($"{words.DueLabel} {document.Currency.Code}", document.Due, "grand");

        void Total(string label, Money amount, string kind)
        {
            var classes = $"total {kind}{(first ? " first" : "")}".TrimEnd();
            first = false;
            sheet.Html.Raw($"<tr class=\"{classes}\"><td colspan=\"2\"></td><th scope=\"row\" colspan=\"3\" dir=\"auto\">").Text(label)
                .Raw("</th><td class=\"num amount\">").Text(sheet.Format.Amount(amount)).Raw("</td></tr>\n");
        }
    }

    private static string Label(PrintedTax tax, Sheet sheet) =>
        $"{sheet.Document.TaxName} {DocumentWords.Percent(tax.Rate, sheet.Format)}{tax.Category.Suffix()}"
        + (tax.Base == sheet.Document.Net ? "" : $" on {sheet.Format.Amount(tax.Base)}");

    private static string Reason(DocumentAdjustment item, DocumentFormat format) => item is { Percent: { } percent, Basis: { } basis }
        ? $"{item.Reason} ({DocumentWords.Percent(percent, format)} of {format.Amount(basis)})"
        : item.Reason;
}
