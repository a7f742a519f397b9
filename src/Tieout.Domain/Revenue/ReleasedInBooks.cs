using Tieout.Domain.Ledger;

namespace Tieout.Domain.Revenue;

/// <summary>
/// What goes from deferred revenue to revenue in the currency of the books: it leaves at what it was invoiced at, for a service that was paid
/// or promised at that rate is no debt of money (IAS 21.23). Rounded cumulatively line by line, so that the last part takes all that is left.
/// </summary>
/// <param name="books">The currency of the books.</param>
public sealed class ReleasedInBooks(Currency books)
{
    private readonly SortedDictionary<AccountingMonth, decimal> _months = [];
    private (int Batch, int No) _line;
    private decimal _released;
    private decimal _carried;
    private decimal _earned;
    private decimal _exchanged;

    /// <summary>By the month in which it was served, positive for what was earned.</summary>
    public IReadOnlyDictionary<AccountingMonth, decimal> Months => _months;

    /// <summary>
    /// A part of a document's line that is released, lines one after the other, of each first what was booked before, then by month.
    /// </summary>
    /// <param name="line">The line's schedule.</param>
    /// <param name="carries">What its document put into deferred revenue for it: all of it leaves.</param>
    /// <param name="earns">At what it is earned (<see cref="ChargeInBooks"/>); what that differs by is won or lost.</param>
    /// <param name="month">In which it is served; null for what was booked before.</param>
    /// <param name="amount">In the document's currency, below zero for what is given back.</param>
    public void Add((int Batch, int No) line, CarriedLine carries, CarriedLine earns, AccountingMonth? month, decimal amount)
    {
        if (line != _line) (_line, _released, _carried, _earned) = (line, 0m, 0m, 0m);
        _released += amount;
        var (carried, earned) = (carries.UpTo(_released, books), earns.UpTo(_released, books));
        if (month is { } due)
        {
            Take(due, earned - _earned);
            _exchanged += carried - _carried - (earned - _earned);
        }
        (_carried, _earned) = (carried, earned);
    }

    /// <summary>A part of a given contract, month by month.</summary>
    /// <param name="stands">What its documents deferred less what was released of it before.</param>
    /// <param name="began">What its documents deferred in all: what is earned before it is invoiced goes by their rate.</param>
    /// <returns>What stands after it.</returns>
    public Carried Add(Carried stands, Carried began, AccountingMonth month, decimal amount)
    {
        var within = stands.Amount != 0 && Math.Sign(amount) == Math.Sign(stands.Amount)
            ? Math.Sign(amount) * Math.Min(Math.Abs(amount), Math.Abs(stands.Amount)) : 0m;
        var functional = within == 0 ? 0m : stands.Of(within, books);
        if (amount != within) functional += began.Of(amount - within, books);
        Take(month, functional);
        return stands + new Carried(-amount, -functional);
    }

    /// <summary>
    /// Shares what each month comes to among its lines, of one entry or of many, in the order in which they are asked for: cumulatively, so that
    /// the last takes all that is left.
    /// </summary>
    /// <param name="months">Months that have lines, each with the sum of those.</param>
    public ReleasedLines Lines(IReadOnlyDictionary<AccountingMonth, decimal> months) => new(_months, months, _exchanged, books);

    private void Take(AccountingMonth month, decimal functional) => _months[month] = _months.GetValueOrDefault(month) + functional;
}
