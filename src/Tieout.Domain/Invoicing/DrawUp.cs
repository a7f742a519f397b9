using Tieout.Domain.Customers;

namespace Tieout.Domain.Invoicing;

/// <summary>Draws up the documents of an account from its lines.</summary>
public static class DrawUp
{
    /// <summary>
    /// One document per group, in the order of the lines. A document that comes to nothing is left out: its lines wait, still
    /// wanted and not booked, for the next.
    /// </summary>
    public static IReadOnlyList<Invoice> Of(
        BillingAccount account, DateOnly issueDate, IReadOnlyList<TaxedLine> lines, IReadOnlyList<StandingTax> standing)
    {
        if (lines.Count == 0) return [];
        if (account.Grouping == InvoiceGrouping.Account) return Booked([Invoice.Draw(account, issueDate, lines, standing)]);
        List<Invoice> documents = [];
        var stands = standing.ToList();
        foreach (var group in lines.GroupBy(line => line.Line.Line.Key.Subscription))
        {
            var document = Invoice.Draw(account, issueDate, [.. group], stands);
            if (document.ComesToNothing) continue;
            documents.Add(document);
            stands = [.. stands.Select(item => After(item, document))];
        }
        return documents;
    }

    private static IReadOnlyList<Invoice> Booked(IReadOnlyList<Invoice> documents) => documents[0].ComesToNothing ? [] : documents;

    // Two documents of one day may correct the same invoice: the second starts from what the first leaves.
    private static StandingTax After(StandingTax item, Invoice document)
    {
        var corrections = document.Taxes.Where(tax =>
            tax.About == item.About && tax.Rate == item.Rate && string.Equals(tax.Code, item.Code, StringComparison.Ordinal)).ToList();
        return item with
        {
            Base = item.Base + corrections.Sum(tax => tax.Base.Amount),
            Tax = item.Tax + corrections.Sum(tax => tax.Tax.Amount),
        };
    }
}
