namespace Tieout.Domain.Closing;

/// <summary>What may be booked in a month of a legal entity. <see cref="Words"/> spells it outside the program.</summary>
public enum MonthState
{
    /// <summary>Everything.</summary>
    Open,

    /// <summary>Journals and what takes an entry back; no documents any more.</summary>
    SoftClosed,

    /// <summary>Nothing.</summary>
    Closed,
}

/// <summary>How far the books of a legal entity are closed. Months close in order: all before a closed one are closed.</summary>
/// <param name="ClosedThrough">Last day of the last closed month; null while all are open.</param>
/// <param name="SoftClosedThrough">Last day of the last month that takes journals only; null for none. Closed months may lie behind it.</param>
public sealed record BooksCalendar(DateOnly? ClosedThrough, DateOnly? SoftClosedThrough)
{
    /// <summary>Through this day no document is booked.</summary>
    public DateOnly? ShutThrough => ClosedThrough is null || SoftClosedThrough > ClosedThrough ? SoftClosedThrough : ClosedThrough;

    /// <summary>The first day on which any document is booked again; null while all days are open.</summary>
    public DateOnly? FirstOpenDay => ShutThrough?.AddDays(1);

    /// <summary>What a month is.</summary>
    public MonthState StateOf(AccountingMonth month) =>
        month.FirstDay <= ClosedThrough ? MonthState.Closed
        : month.FirstDay <= SoftClosedThrough ? MonthState.SoftClosed
        : MonthState.Open;

    /// <summary>The books with a month, and all after it, open again. What lies before stays as it is.</summary>
    public BooksCalendar Reopened(AccountingMonth month)
    {
        var before = month.FirstDay.AddDays(-1);
        return new BooksCalendar(
            ClosedThrough > before ? before : ClosedThrough,
            SoftClosedThrough > before ? before : SoftClosedThrough);
    }
}
