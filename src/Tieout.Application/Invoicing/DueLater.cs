using Tieout.Domain.Catalog;
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
    /// Without what falls due later, where that is all new and hangs on nothing else. Where a later line is to be corrected, prepaid
    /// credit is drawn by all of them together, or a discount is spread over one of them and one that is due by the day, a part of the
    /// difference would be wrong by itself: then all of the account waits.
    /// </summary>
    public static AccountDifference PutOff(AccountDifference difference, DateOnly through)
    {
        if (!difference.Lines.Exists(line => line.Line.DueOn > through)) return difference;
        var apart = difference.Account.Grants.Count == 0 && difference.Lines.TrueForAll(line => line.Line.DueOn <= through || line.Origin is null)
            && !ShareDiscount(difference, through);
        return apart
            ? difference with { Lines = difference.Lines.FindAll(line => line.Line.DueOn <= through), Later = true }
            : difference with { Lines = [], Wanted = new WantedCharges([], []), Later = true };
    }

    // An amount off a whole subscription or account is spread over all whose billing period falls due on one day.
    private static bool ShareDiscount(AccountDifference difference, DateOnly through)
    {
        if (!difference.Account.Discounts.Exists(given => given.Discount is { Kind: DiscountKind.Amount, Scope: not DiscountScope.Component })) return false;
        // Of a line that is taken back only its own day is known.
        var now = difference.Lines.Where(line => line.Line.DueOn <= through).SelectMany(line => new[] { line.Line.PeriodDueOn, line.Line.DueOn }).ToHashSet();
        return difference.Lines.Exists(line => line.Line.DueOn > through && now.Contains(line.Line.PeriodDueOn));
    }
}
