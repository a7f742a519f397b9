using Tieout.Domain.Catalog;

namespace Tieout.Domain.Subscriptions;

/// <summary>
/// The first days of all billing periods of a price, as whole steps from one origin: a step counts from the origin and never
/// from the period before, so that a month end which clamps (31 Jan, 28 Feb) comes back (31 Mar).
/// </summary>
internal readonly record struct BillingGrid
{
    private const int LastMonth = (9999 * 12) + 11;

    private readonly DateOnly _origin;
    private readonly int _step;
    private readonly bool _months;

    private BillingGrid(DateOnly origin, int step, bool months) => (_origin, _step, _months) = (origin, step, months);

    /// <summary>Months of a period; 0 where its length is told in days.</summary>
    public int Months => _months ? _step : 0;

    /// <summary>
    /// By the calendar: months that divide a year begin with January, other numbers of months with the anchor's month, years with
    /// the anchor's year, weeks on Mondays; days have no calendar and begin on the anchor. By anniversary: on the anchor.
    /// </summary>
    public static BillingGrid Of(PriceTerms terms, DateOnly anchor)
    {
        var (count, unit) = (terms.Interval.Count, terms.Interval.Unit);
        var calendar = terms.Anchoring == Anchoring.Calendar;
        return unit switch
        {
            IntervalUnit.Day => new BillingGrid(anchor, count, months: false),
            IntervalUnit.Week => new BillingGrid(calendar ? Monday(anchor) : anchor, count * 7, months: false),
            IntervalUnit.Year => new BillingGrid(calendar ? new DateOnly(anchor.Year, 1, 1) : anchor, count * 12, months: true),
            _ when !calendar => new BillingGrid(anchor, count, months: true),
            _ => new BillingGrid(new DateOnly(anchor.Year, 12 % count == 0 ? 1 : anchor.Month, 1), count, months: true),
        };
    }

    /// <summary>Every so often from a day on, whatever a calendar says.</summary>
    public static BillingGrid Every(BillingInterval interval, DateOnly from) =>
        Of(PriceTerms.Default with { Interval = interval, Anchoring = Anchoring.Anniversary }, from);

    /// <summary>The first day of a period; 0 begins on the origin. Days beyond the calendar are its first or last one.</summary>
    public DateOnly Start(int index) => _months ? AddMonths((long)index * _step) : AddDays((long)index * _step);

    /// <summary>The period that holds a day.</summary>
    public int IndexOf(DateOnly day)
    {
        var units = _months ? ((day.Year - _origin.Year) * 12) + day.Month - _origin.Month : day.DayNumber - _origin.DayNumber;
        var index = units >= 0 ? units / _step : -((-units + _step - 1) / _step);
        // Within a month the day decides: the 15th may lie before the month's own boundary.
        return Start(index) > day ? index - 1 : index;
    }

    /// <summary>
    /// Where every month has 30 days: how many of them lie between the period's start and a day of it. A day beyond the month's
    /// thirtieth adds none; what a short month lacks is added by its end.
    /// </summary>
    public int ThirtyDayMonths(int index, DateOnly day)
    {
        var months = 0;
        var first = (long)index * _step;
        while (months < _step && AddMonths(first + months + 1) <= day) months++;
        var begun = months == _step ? 0 : Math.Min(30, day.DayNumber - AddMonths(first + months).DayNumber);
        return (months * 30) + begun;
    }

    private static DateOnly Monday(DateOnly day) => day.AddDays(-(((int)day.DayOfWeek + 6) % 7));

    private DateOnly AddDays(long days)
    {
        var number = _origin.DayNumber + days;
        return number <= 0 ? DateOnly.MinValue : number >= DateOnly.MaxValue.DayNumber ? DateOnly.MaxValue : DateOnly.FromDayNumber((int)number);
    }

    private DateOnly AddMonths(long months)
    {
        var month = (_origin.Year * 12L) + _origin.Month - 1 + months;
        return month > LastMonth ? DateOnly.MaxValue : month < 12 ? DateOnly.MinValue : _origin.AddMonths((int)months);
    }
}
