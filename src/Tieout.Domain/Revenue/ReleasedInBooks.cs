using Tieout.Domain.Ledger;

namespace Tieout.Domain.Revenue;

/// <summary>
/// What goes from deferred revenue to revenue in the currency of the books: it leaves at what it was invoiced at, for a service that was paid
/// or promised at that rate is no debt of money (IAS 21.23). Rounded cumulatively, so that the last part takes all that is left.
/// </summary>
/// <param name="books">The currency of the books.</param>
public sealed class ReleasedInBooks(Currency books)
{
    private readonly SortedDictionary<AccountingMonth, decimal> _months = [];
    private Guid _document;
    private decimal _released;
    private decimal _functional;

    /// <summary>By the month in which it was served, positive for what was earned.</summary>
    public IReadOnlyDictionary<AccountingMonth, decimal> Months => _months;

    /// <summary>
    /// A part of a document that is released, documents one after the other, of each first what was booked before, then by month.
    /// </summary>
    /// <param name="whole">All that the document deferred; both positive for an invoice, both negative for a credit memo.</param>
    /// <param name="rate">Of the document, for one whose lines come to nothing in all.</param>
    /// <param name="due">False: booked before.</param>
    public void Add(Guid document, Carried whole, decimal rate, AccountingMonth month, decimal amount, bool due)
    {
        if (document != _document) (_document, _released, _functional) = (document, 0m, 0m);
        _released += amount;
        var functional = Released(whole, rate, _released, books);
        if (due) Take(month, functional - _functional);
        _functional = functional;
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

    /// <summary>What a part of a document stands at, from the first unit on.</summary>
    public static decimal Released(Carried whole, decimal rate, decimal released, Currency books) => whole.Amount != 0
        ? whole.Of(released, books)
        : Rounding.JournalLine(new Money(released * rate, books)).Amount;

    /// <summary>
    /// Shares what each month comes to among its lines, of one entry or of many, in the order in which they are asked for: cumulatively, so that
    /// the last takes all that is left. What a month without lines comes to is in the first of all.
    /// </summary>
    /// <param name="months">Months that have lines, each with the sum of those.</param>
    public ReleasedLines Lines(IReadOnlyDictionary<AccountingMonth, decimal> months) => new(_months, months, books);

    private void Take(AccountingMonth month, decimal functional) => _months[month] = _months.GetValueOrDefault(month) + functional;
}
