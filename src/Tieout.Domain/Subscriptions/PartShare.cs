using System.Globalization;
using Tieout.Domain.Catalog;

namespace Tieout.Domain.Subscriptions;

/// <summary>
/// The share of one billing period that a part of it costs, and how it was counted. Shares of all parts of a period that is paid
/// whole sum to one. Days that an end-moving pause takes count neither as active nor as whole.
/// </summary>
internal readonly struct PartShare(
    Subscription subscription, SubscribedComponent component, RunningDays running, BillingGrid grid, DuePeriod period)
{
    public (decimal Active, decimal Whole, string Convention) Of(long from, long until)
    {
        var terms = component.Terms;
        if (from <= PaidTime.At(period.Start, default) && until >= PaidTime.At(period.End, default)) return (1m, 1m, "whole period");
        if (!terms.Prorated)
            return PaidBefore(from)
                ? (0m, 1m, terms.Kind == PriceKind.Usage ? "not prorated, rated with the part before" : "not prorated, paid by the part before")
                : (1m, 1m, "whole period, not prorated");
        return terms.DayCount switch
        {
            DayCount.Seconds => BySeconds(from, until),
            DayCount.Fixed30 when grid.Months > 0 => ByThirtyDayMonths(from, until),
            _ => ByDays(from, until),
        };
    }

    /// <summary>
    /// The parts of the period before a moment, of whatever counts the same under this name; for usage in a part that has no share of
    /// its own. What is not prorated was paid whole by the first of them.
    /// </summary>
    public PartsBefore Before(long from)
    {
        var (active, days) = (0m, new List<ServicePeriod>());
        var day = running.Actual(PaidTime.DayOf(from));
        foreach (var other in subscription.Components)
        {
            if (other.Component != component.Component || other.Terms.Prorated != component.Terms.Prorated || other.Terms.Meter != component.Terms.Meter) continue;
            foreach (var segment in PartCut.Segments(subscription, other, running, PartCut.Clipped(PaidTime.Of(subscription, other, running), period)))
            {
                if (segment.From >= from) continue;
                active += Of(segment.From, segment.Until).Active;
                var own = PartCut.Days(running, segment.From, segment.Until);
                // A day on which the component changes belongs to what came last on it.
                if (own.End <= day) days.Add(own);
            }
        }
        return new PartsBefore(component.Terms.Prorated ? active : 1m, days);
    }

    private (decimal Active, decimal Whole, string Convention) ByDays(long from, long until)
    {
        var active = PaidTime.DayAfter(from, until).DayNumber - PaidTime.DayOf(from).DayNumber;
        var whole = period.End.DayNumber - period.Start.DayNumber;
        return (active, whole, string.Create(CultureInfo.InvariantCulture, $"{active} of {whole} days, actual days"));
    }

    private (decimal Active, decimal Whole, string Convention) ByThirtyDayMonths(long from, long until)
    {
        var active = grid.ThirtyDayMonths(period.Index, PaidTime.DayAfter(from, until)) - grid.ThirtyDayMonths(period.Index, PaidTime.DayOf(from));
        var whole = grid.Months * 30;
        return (active, whole, string.Create(CultureInfo.InvariantCulture, $"{active} of {whole} days, months of 30 days"));
    }

    private (decimal Active, decimal Whole, string Convention) BySeconds(long from, long until)
    {
        var active = Seconds(from, until);
        var whole = Seconds(PaidTime.At(period.Start, default), PaidTime.At(period.End, default));
        // A zone that moved across the date line may lack a day altogether; a period of nothing costs nothing.
        if (whole == 0) (active, whole) = (0, 1);
        return (active, whole, string.Create(CultureInfo.InvariantCulture, $"{active} of {whole} seconds, {subscription.Zone}"));
    }

    // By instants, so that days of 23 and 25 hours count as they are; days inside an end-moving pause do not run.
    private long Seconds(long from, long until)
    {
        var begin = running.Actual(PaidTime.DayOf(from)).ToDateTime(PaidTime.TimeOf(from));
        var midnight = until % TimeSpan.TicksPerDay == 0;
        var day = PaidTime.DayOf(until);
        var end = (midnight ? running.ActualEnd(day) : running.Actual(day)).ToDateTime(PaidTime.TimeOf(until));
        var seconds = ZoneTime.Seconds(subscription.Zone, begin, end);
        if (running.Same) return seconds;
        foreach (var pause in subscription.Pauses)
        {
            if (pause.Mode != PauseMode.MoveEnd || pause.Until is not { } resumed) continue;
            var rest = Latest(pause.From.ToDateTime(default), begin);
            var on = Earliest(resumed.ToDateTime(default), end);
            if (on > rest) seconds -= ZoneTime.Seconds(subscription.Zone, rest, on);
        }
        return seconds;
    }

    private static DateTime Latest(DateTime one, DateTime other) => one > other ? one : other;

    private static DateTime Earliest(DateTime one, DateTime other) => one < other ? one : other;

    // A period begun costs the whole, once: whatever of this name is in force first in the period pays it.
    private bool PaidBefore(long from)
    {
        foreach (var other in subscription.Components)
        {
            if (other.Component != component.Component || other.Terms.Prorated) continue;
            var paid = PartCut.Clipped(PaidTime.Of(subscription, other, running), period);
            foreach (var segment in PartCut.Segments(subscription, other, running, paid))
                if (segment.From < from) return true;
        }
        return false;
    }
}
