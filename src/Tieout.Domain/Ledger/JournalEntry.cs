namespace Tieout.Domain.Ledger;

/// <summary>Balanced lines. Never changed once written, only reversed or added to.</summary>
public sealed record JournalEntry
{
    /// <summary>An entry whose lines sum to zero in each currency, and in the currency of the books.</summary>
    /// <exception cref="ArgumentException">
    /// Fewer than two lines, a line of zero or with more decimals than its currency keeps, lines that do not balance, or of which only
    /// some say what they come to in the books.
    /// </exception>
    public JournalEntry(AccountingMonth month, DateOnly date, IReadOnlyList<JournalLine> lines)
    {
        if (lines.Count < 2) throw new ArgumentException("An entry has at least two lines.", nameof(lines));
        foreach (var line in lines)
        {
            if (line.Amount.IsZero && line.InBooks.IsZero || !line.Amount.IsWhole || line.Functional is { IsWhole: false })
                throw new ArgumentException("Lines hold whole minor units and are never zero.", nameof(lines));
            var left = 0m;
            foreach (var other in lines)
                if (ReferenceEquals(other.Amount.Currency, line.Amount.Currency)) left += other.Amount.Amount;
            if (left != 0) throw new ArgumentException($"The entry is out of balance by {new Money(left, line.Amount.Currency)}.", nameof(lines));
        }
        if (InBooksProblem(lines) is { } problem) throw new ArgumentException(problem, nameof(lines));
        (Month, Date, Lines) = (month, date, lines);
    }

    private static string? InBooksProblem(IReadOnlyList<JournalLine> lines)
    {
        if (lines.All(line => line.Functional is null)) return null;
        var left = Money.Zero(lines[0].InBooks.Currency);
        foreach (var line in lines)
        {
            if (line.Functional is not { } functional || !ReferenceEquals(functional.Currency, left.Currency))
                return "Either all lines say what they come to in the books, in one currency, or none.";
            left += functional;
        }
        return left.IsZero ? null : $"The entry is out of balance by {left} of the books.";
    }

    /// <summary>The month it counts in.</summary>
    public AccountingMonth Month { get; }

    /// <summary>The day it is dated.</summary>
    public DateOnly Date { get; }

    /// <summary>The lines, in the order they are read: debits first.</summary>
    public IReadOnlyList<JournalLine> Lines { get; }
}
