using Tieout.Domain.Ledger;

namespace Tieout.Domain.Revenue;

/// <summary>What the lines of revenue entries come to in the currency of the books, one after the other; see <see cref="ReleasedInBooks.Lines"/>.</summary>
public sealed class ReleasedLines
{
    private readonly Dictionary<AccountingMonth, (decimal Whole, decimal Functional)> _months;
    private readonly Dictionary<AccountingMonth, (decimal Amount, decimal Functional)> _told = [];
    private readonly Currency _books;
    private decimal _rest;

    internal ReleasedLines(IReadOnlyDictionary<AccountingMonth, decimal> values, IReadOnlyDictionary<AccountingMonth, decimal> months, Currency books)
    {
        _books = books;
        _months = months.ToDictionary(month => month.Key, month => (month.Value, values.GetValueOrDefault(month.Key)));
        _rest = values.Where(month => !months.ContainsKey(month.Key)).Sum(month => month.Value);
    }

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
        var own = new Money(upTo - told.Functional + _rest, _books);
        _rest = 0m;
        return [.. RevenueBooking.Pair(amount).Select(line => line with { Functional = line.Account == LedgerAccount.DeferredRevenue ? own : -own })];
    }
}
