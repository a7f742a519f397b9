using Tieout.Domain.Catalog;
using Tieout.Domain.Invoicing;

namespace Tieout.Domain.Ledger;

/// <summary>The entry of an invoice: the customer owes the total; revenue or deferred revenue, and the tax, are credited.</summary>
public static class InvoiceEntry
{
    /// <summary>The account a charge is credited to.</summary>
    public static string CreditAccount(Recognition recognition) =>
        recognition == Recognition.Deferred ? LedgerAccount.DeferredRevenue : LedgerAccount.Revenue;

    /// <summary>Lines of zero are left out: an exempt invoice has no tax line.</summary>
    public static JournalEntry Of(Invoice invoice)
    {
        var zero = Money.Zero(invoice.Account.Currency);
        Money Credited(Recognition recognition)
        {
            var sum = zero;
            foreach (var line in invoice.Lines)
                if (line.Line.Line.Recognition == recognition) sum -= line.Amount;
            return sum;
        }

        JournalLine[] lines =
        [
            new(LedgerAccount.Receivable, invoice.Total),
            new(CreditAccount(Recognition.Immediate), Credited(Recognition.Immediate)),
            new(CreditAccount(Recognition.Deferred), Credited(Recognition.Deferred)),
            new(LedgerAccount.Tax, -invoice.Tax),
        ];
        return new JournalEntry(invoice.Month, invoice.IssueDate, [.. lines.Where(line => !line.Amount.IsZero)]);
    }
}
