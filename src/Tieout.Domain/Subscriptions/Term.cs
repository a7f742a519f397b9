using Tieout.Domain.Catalog;

namespace Tieout.Domain.Subscriptions;

/// <summary>What was agreed to run at least.</summary>
/// <param name="Start">Its first day.</param>
/// <param name="End">The first day after it; moves with pauses that move the end.</param>
/// <param name="Length">As agreed; null where only the end was.</param>
/// <param name="Ending">What happens at its end.</param>
public sealed record Term(DateOnly Start, DateOnly End, BillingInterval? Length, TermEnding Ending)
{
    /// <summary>A term of some length.</summary>
    public static Term From(DateOnly start, BillingInterval length, TermEnding ending) =>
        new(start, BillingGrid.Every(length, start).Start(1), length, ending);

    /// <summary>The end of the term a day lies in, with those that renewed by themselves.</summary>
    public DateOnly EndFor(DateOnly day)
    {
        if (day < End || Ending == TermEnding.Expire || Length is not { } length) return End;
        // From the first term's start where nothing moved, so that a clamped month end comes back.
        var first = BillingGrid.Every(length, Start);
        var grid = first.Start(1) == End ? first : BillingGrid.Every(length, End);
        return grid.Start(grid.IndexOf(day) + 1);
    }
}
