namespace Tieout.Domain.Closing;

/// <summary>What is known of a legal entity's months through one, at one moment, before they are closed.</summary>
/// <param name="Today">In UTC.</param>
/// <param name="BilledThrough">The last day its billing runs have reached; null while there were none.</param>
/// <param name="Bills">Whether it has billing accounts at all.</param>
/// <param name="Waiting">Documents of these months that are neither in their ERP nor cancelled, parked and in doubt left out.</param>
/// <param name="InDoubt">Documents of which nobody knows yet whether the ERP has them.</param>
/// <param name="Parked">Documents that wait for a person.</param>
/// <param name="Stopped">Open cases of accounts that could not be billed in these months.</param>
/// <param name="Undecided">Payments of bank statements of these months that nobody has decided on.</param>
/// <param name="Asked">Requests to open one of these months again that are not answered.</param>
/// <param name="Unbooked">Months of a currency whose revenue is earned and not booked whole.</param>
/// <param name="Unaligned">
/// Lines whose invoice moved and whose schedule did not, or the reverse; amendments that have not reached billing, revenue and posting;
/// balances of deferred revenue that nothing explains.
/// </param>
/// <param name="Unapplied">Money received and not applied to an invoice, by currency, at the month's end.</param>
/// <param name="TieOuts">One for each month, target and currency in which something was posted.</param>
/// <param name="SignedAt">When somebody last signed the month; null for never.</param>
/// <param name="UnbookedCash">What gateways and banks told of these months and is not booked, or is missing, also where nobody knows whose it is.</param>
/// <param name="Unrevalued">Balances in foreign currencies at the month's end that are not revalued at the rate of its last day.</param>
public sealed record CloseFacts(
    AccountingMonth Month, DateOnly Today, BooksCalendar Calendar, DateOnly? BilledThrough, bool Bills, long Waiting, long InDoubt, long Parked,
    long Stopped, long Undecided, long Asked, long Unbooked, long Unaligned,
    IReadOnlyList<Money> Unapplied, IReadOnlyList<TieOutFact> TieOuts, DateTimeOffset? SignedAt,
    long Unrevalued = 0, long UnbookedCash = 0);

/// <summary>How a month of one target and currency stands against its ERP.</summary>
/// <param name="ChangedAt">When the last of its postings changed.</param>
/// <param name="Verdict">The last tie-out's: reconciled, reconciled-with-warnings, breaks or incomplete; empty when there was none.</param>
/// <param name="ComparedAt">When that was; null when there was none.</param>
public sealed record TieOutFact(AccountingMonth Month, string Target, string Currency, DateTimeOffset ChangedAt, string Verdict, DateTimeOffset? ComparedAt)
{
    /// <summary>Tied out, and nothing moved since.</summary>
    public bool Holds => Verdict is "reconciled" or "reconciled-with-warnings" && ComparedAt >= ChangedAt;
}
