using Tieout.Domain.Catalog;

namespace Tieout.Domain.Subscriptions;

/// <summary>
/// The billing periods of a price: without gap or overlap, in both directions from the anchor. Where they begin is said by
/// <see cref="PriceTerms.Interval"/> and <see cref="PriceTerms.Anchoring"/>; docs/dates.md has the table.
/// </summary>
public static class BillingCalendar
{
    /// <summary>All periods with a day in <paramref name="from"/> to before <paramref name="until"/>, whole, in order; made as they are read.</summary>
    public static IEnumerable<ServicePeriod> Periods(PriceTerms terms, DateOnly anchor, DateOnly from, DateOnly until)
    {
        if (until <= from) yield break;
        var grid = BillingGrid.Of(terms, anchor);
        var index = grid.IndexOf(from);
        for (var start = grid.Start(index); start < until;)
        {
            var end = grid.Start(++index);
            yield return new ServicePeriod(start, end);
            start = end;
        }
    }

    /// <summary>The period a day lies in.</summary>
    public static ServicePeriod Containing(PriceTerms terms, DateOnly anchor, DateOnly day)
    {
        var grid = BillingGrid.Of(terms, anchor);
        var index = grid.IndexOf(day);
        return new ServicePeriod(grid.Start(index), grid.Start(index + 1));
    }
}
