namespace Tieout.Domain.Ledger;

/// <summary>One line of an entry.</summary>
/// <param name="Account">One of <see cref="LedgerAccount"/>.</param>
/// <param name="Amount">Debit is positive, credit negative; in minor units. Zero only where <paramref name="Functional"/> is not.</param>
/// <param name="Functional">
/// The same in the currency of the legal entity's books, in its minor units; null where the line is in that currency already. A gain or a
/// loss of exchange is a line of zero with an amount here.
/// </param>
public sealed record JournalLine(string Account, Money Amount, Money? Functional = null)
{
    /// <summary>What it is sorted by beside its account; nothing on most lines.</summary>
    public LineDimensions Dimensions { get; init; } = LineDimensions.None;

    /// <summary>What it comes to in the currency of the books.</summary>
    public Money InBooks => Functional ?? Amount;
}
