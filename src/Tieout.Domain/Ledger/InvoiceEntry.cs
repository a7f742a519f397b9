using Tieout.Domain.Catalog;
using Tieout.Domain.Exchange;
using Tieout.Domain.Invoicing;

namespace Tieout.Domain.Ledger;

/// <summary>The entry of an invoice: the customer owes the total; revenue, deferred revenue or prepaid credit, and the tax, are credited.</summary>
public static class InvoiceEntry
{
    /// <summary>The account a charge is credited to.</summary>
    public static string CreditAccount(Recognition recognition) => recognition switch
    {
        Recognition.Immediate => LedgerAccount.Revenue,
        Recognition.Deferred => LedgerAccount.DeferredRevenue,
        Recognition.Prepaid => LedgerAccount.PrepaidCredit,
        _ => throw new ArgumentOutOfRangeException(nameof(recognition), recognition, "No account is known for it."),
    };

    /// <summary>
    /// Lines of zero are left out: an exempt invoice has no tax line. In a foreign currency each line has what it comes to in the books at
    /// the invoice's own rate: the receivable is the invoice's total there, the tax its tax, and what was charged the rest, of which
    /// rounding goes to the largest line.
    /// </summary>
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
            new(CreditAccount(Recognition.Prepaid), Credited(Recognition.Prepaid)),
            new(LedgerAccount.Tax, -invoice.Tax),
        ];
        if (invoice.InBooks is { } books) lines = InBooks(lines, books);
        return new JournalEntry(invoice.Month, invoice.IssueDate, [.. lines.Where(line => !line.Amount.IsZero || !line.InBooks.IsZero)]);
    }

    /// <summary>
    /// The entry of a credit memo that leaves an invoice with nothing: what that still carries, because it was made at another rate, is won
    /// or lost.
    /// </summary>
    /// <param name="left">What the invoice carries after the memo, in the currency of the books.</param>
    public static JournalEntry Emptying(JournalEntry memo, Money left)
    {
        if (left.IsZero) return memo;
        var zero = Money.Zero(memo.Lines[0].Amount.Currency);
        return new JournalEntry(
            memo.Month, memo.Date,
            [.. memo.Lines, new JournalLine(LedgerAccount.Receivable, zero, -left), new JournalLine(LedgerAccount.FxGainLoss, zero, left)]);
    }

    private static JournalLine[] InBooks(JournalLine[] lines, BooksAmounts books)
    {
        var charged = lines[1..^1];
        var functional = charged.Select(line => Conversion.Of(line.Amount, books.Rate).Converted).ToArray();
        // The first of several that are as large.
        var largest = 0;
        for (var index = 1; index < charged.Length; index++)
            if (Math.Abs(charged[index].Amount.Amount) > Math.Abs(charged[largest].Amount.Amount)) largest = index;
        functional[largest] += functional.Aggregate(-books.Net, (left, one) => left - one);
        return
        [
            lines[0] with { Functional = books.Total }, .. charged.Select((line, index) => line with { Functional = functional[index] }),
            lines[^1] with { Functional = -books.Tax },
        ];
    }
}
