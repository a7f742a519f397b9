using Tieout.Domain.Invoicing;

namespace Tieout.Application.Invoicing;

/// <summary>
/// A run of an earlier day than the last one looks at everything through that last one, so that it takes nothing back; but it books
/// only what falls due through its own day. A charge of March is not put on an invoice of January, nor its revenue into January's
/// books: it waits for a run of its day or later.
/// </summary>
internal static class DueLater
{
    /// <summary>
    /// Without what falls due later, where that is all new and hangs on nothing else. Where a later line is to be corrected, or prepaid
    /// credit is drawn by all of them together, a part of the difference would be wrong by itself: then all of the account waits.
    /// </summary>
    public static AccountDifference PutOff(AccountDifference difference, DateOnly through)
    {
        if (!difference.Lines.Exists(line => line.Line.DueOn > through)) return difference;
        var apart = difference.Account.Grants.Count == 0 && difference.Lines.TrueForAll(line => line.Line.DueOn <= through || line.Origin is null);
        return apart
            ? difference with { Lines = difference.Lines.FindAll(line => line.Line.DueOn <= through), Later = true }
            : difference with { Lines = [], Wanted = new WantedCharges([], []), Later = true };
    }
}
