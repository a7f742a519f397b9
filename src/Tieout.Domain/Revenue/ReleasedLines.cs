using Tieout.Domain.Ledger;

namespace Tieout.Domain.Revenue;

/// <summary>What the lines of revenue entries come to in the currency of the books, one after the other; see <see cref="ReleasedInBooks.Lines"/>.</summary>
public sealed class ReleasedLines
{
    private readonly Dictionary<AccountingMonth, (decimal Whole, decimal Functional)> _months;
    private readonly Dictionary<AccountingMonth, (decimal Amount, decimal Functional)> _told = [];
    private readonly Currency _books;

    internal ReleasedLines(
        IReadOnlyDictionary<AccountingMonth, decimal> values, IReadOnlyDictionary<AccountingMonth, decimal> months, decimal exchanged, Currency books)
    {
        _books = books;
        _months = months.ToDictionary(month => month.Key, month => (month.Value, values.GetValueOrDefault(month.Key)));
        Left = exchanged + values.Where(month => !months.ContainsKey(month.Key)).Sum(month => month.Value);
    }

    /// <summary>
    /// What leaves deferred revenue beside all lines, in the currency of the books and above zero for a gain: what a document that gave something
    /// back went by other than what it gave back; and what a month without lines comes to, in which documents of different rates come to nothing.
    /// </summary>
    public decimal Left { get; }

    /// <summary>The debit of deferred revenue and the credit of revenue of the next line of a month, with what they come to.</summary>
    /// <param name="month">In which it is served; one of those with lines.</param>
    /// <param name="amount">In the currency of the documents; not zero.</param>
    public IReadOnlyList<JournalLine> Next(AccountingMonth month, Money amount)
    {
        var ((whole, functional), told) = (_months[month], _told.GetValueOrDefault(month));
        var reached = told.Amount + amount.Amount;
        // Lines that come to nothing together have no share: the first takes all.
        var upTo = whole == 0 || reached == whole ? functional : Rounding.JournalLine(new Money(functional * reached / whole, _books)).Amount;
        _told[month] = (reached, upTo);
        var own = new Money(upTo - told.Functional, _books);
        return [.. RevenueBooking.Pair(amount).Select(line => line with { Functional = line.Account == LedgerAccount.DeferredRevenue ? own : -own })];
    }
}
