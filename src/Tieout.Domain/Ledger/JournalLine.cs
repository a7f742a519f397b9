namespace Tieout.Domain.Ledger;

/// <summary>One line of an entry.</summary>
/// <param name="Account">One of <see cref="LedgerAccount"/>.</param>
/// <param name="Amount">Debit is positive, credit negative; in minor units, never zero.</param>
public sealed record JournalLine(string Account, Money Amount);
