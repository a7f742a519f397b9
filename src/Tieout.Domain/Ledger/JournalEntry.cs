namespace Tieout.Domain.Ledger;

/// <summary>Balanced lines. Never changed once written, only reversed or added to.</summary>
public sealed record JournalEntry
{
    /// <summary>An entry whose lines sum to zero in each currency.</summary>
    /// <exception cref="ArgumentException">
    /// Fewer than two lines, a line of zero or with more decimals than its currency keeps, or lines that do not balance.
    /// </exception>
    public JournalEntry(AccountingMonth month, DateOnly date, IReadOnlyList<JournalLine> lines)
    {
        if (lines.Count < 2) throw new ArgumentException("An entry has at least two lines.", nameof(lines));
        foreach (var line in lines)
        {
            if (line.Amount.IsZero || !line.Amount.IsWhole)
                throw new ArgumentException("Lines hold whole minor units and are never zero.", nameof(lines));
            var left = 0m;
            foreach (var other in lines)
                if (ReferenceEquals(other.Amount.Currency, line.Amount.Currency)) left += other.Amount.Amount;
            if (left != 0) throw new ArgumentException($"The entry is out of balance by {new Money(left, line.Amount.Currency)}.", nameof(lines));
        }
        (Month, Date, Lines) = (month, date, lines);
    }

    /// <summary>The month it counts in.</summary>
    public AccountingMonth Month { get; }

    /// <summary>The day it is dated.</summary>
    public DateOnly Date { get; }

    /// <summary>The lines, in the order they are read: debits first.</summary>
    public IReadOnlyList<JournalLine> Lines { get; }
}
