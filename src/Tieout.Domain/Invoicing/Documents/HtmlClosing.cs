using Tieout.Domain.Customers;

namespace Tieout.Domain.Invoicing.Documents;

/// <summary>What stands below the totals: the taxes' grounds, how to pay, remarks, and who we are.</summary>
internal static class HtmlClosing
{
    public static void Write(Sheet sheet)
    {
        Taxes(sheet);
        Payment(sheet);
        Notes(sheet);
        Imprint(sheet);
    }

    // Only what the totals do not say already: grounds, several rates, another currency.
    private static void Taxes(Sheet sheet)
    {
        var (html, document, _, format) = sheet;
        var converted = document.TaxInSellersCurrency;
        if (document.Taxes.Count < 2 && document.Taxes.All(tax => tax.Reason.Length == 0) && converted is null) return;
        html.Raw("<section class=\"taxes\"><h2>").Text(document.TaxName).Raw("</h2>");
        if (document.Taxes.Count > 1) Breakdown(sheet);
        foreach (var reason in document.Taxes.Select(tax => tax.Reason).Where(reason => reason.Length > 0).Distinct(StringComparer.Ordinal))
            html.Line("p", Sentence(reason), "reason");
        if (converted is not null)
            html.Line("p",
                $"{document.TaxName} in {converted.Tax.Currency.Code}: {format.Amount(converted.Tax)}, at {format.Number(converted.Rate, 4)} "
                + $"{converted.Tax.Currency.Code} for 1 {document.Currency.Code} ({converted.Source}, {format.Day(converted.RateDate)}).");
        html.Raw("</section>\n");
    }

    private static void Breakdown(Sheet sheet)
    {
        var (html, document, _, format) = sheet;
        html.Raw("<table><thead><tr><th scope=\"col\">Rate</th><th scope=\"col\" class=\"num\">On</th><th scope=\"col\" class=\"num\">")
            .Text(document.TaxName).Raw("</th><th scope=\"col\" class=\"num\">With tax</th></tr></thead><tbody>");
        foreach (var tax in document.Taxes)
            html.Raw("<tr><td>").Text(DocumentWords.Percent(tax.Rate, format) + tax.Category.Suffix())
                .Raw("</td><td class=\"num\">").Text(format.Amount(tax.Base)).Raw("</td><td class=\"num\">").Text(format.Amount(tax.Tax))
                .Raw("</td><td class=\"num\">").Text(format.Amount(tax.Base + tax.Tax)).Raw("</td></tr>");
        html.Raw("</tbody></table>");
    }

    private static void Payment(Sheet sheet)
    {
        var (html, document, _, format) = sheet;
        if (document.Mark == DocumentMark.Void) return;
        if (document.Kind == DocumentKind.CreditMemo)
        {
            if (document.Mark == DocumentMark.None)
                html.Raw("<section class=\"payment\"><h2>Settlement</h2>")
                    .Line("p", "Nothing is to be paid. The amount is set off against what is open on your account, or paid back to you.").Raw("</section>\n");
            return;
        }
        if (document.Terms is null && document.PayTo is null) return;
        html.Raw("<section class=\"payment\"><h2>Payment</h2>");
        if (document.Terms is { } terms)
            html.Line("p", document.DueDate is { } due && document.Mark == DocumentMark.None ? $"{terms.Text}: due {format.Day(due)}." : $"{terms.Text}.");
        if (document is { Terms.Early: { } early, Mark: DocumentMark.None })
            html.Line("p", $"{format.Number(early.Percent, 2)} % if paid by {format.Day(early.Until)}: {format.Amount(early.Pay)}.");
        if (document.PayTo is { } account)
            html.Raw("<dl class=\"bank\">")
                .Fact("Account name", account.AccountName)
                .Fact("IBAN", Iban.TryParse(account.Bank.Iban, out var iban, out _) ? iban.Grouped : account.Bank.Iban)
                .Fact("BIC", account.Bank.Bic)
                .Fact("Bank", account.Bank.Bank)
                .Fact("Payment reference", document.Number)
                .Raw("</dl>");
        html.Raw("</section>\n");
    }

    private static void Notes(Sheet sheet)
    {
        var (html, document, _, _) = sheet;
        if (document.Notes.Count == 0) return;
        html.Raw("<section class=\"notes\"><h2>Notes</h2>");
        foreach (var note in document.Notes) html.Line("p", note);
        html.Raw("</section>\n");
    }

    private static void Imprint(Sheet sheet)
    {
        var (html, document, _, _) = sheet;
        var (seller, details) = (document.Seller, document.Seller.Details);
        html.Raw("<footer class=\"imprint\"><div>").Line("p", seller.Name, "name");
        foreach (var line in DocumentWords.Address(seller)) html.Line("p", line);
        html.Raw("</div><div>").Line("p", seller.Contact).Line("p", details.Email)
            .Line("p", details.VatNumber.Length > 0 ? $"{document.TaxName} number {details.VatNumber}" : "")
            .Line("p", details.Registration.Length > 0 ? $"Registered: {details.Registration}" : "")
            .Raw("</div><div>").Line("p", document.CorrelationId.Length > 0 ? "Our reference" : "").Line("p", document.CorrelationId, "reference")
            .Raw("</div></footer>\n");
    }

    private static string Sentence(string reason) => reason.EndsWith('.') ? reason : reason + ".";
}
