using System.Globalization;
using Tieout.Domain.Catalog;

namespace Tieout.Domain.Subscriptions;

/// <summary>One billing period of a component in running days, with the day it falls due.</summary>
internal readonly record struct DuePeriod(int Index, DateOnly Start, DateOnly End, DateOnly DueOn);

/// <summary>Cuts one component of a subscription by its billing periods.</summary>
internal readonly struct PartCut
{
    private const string WholePeriod = "whole period";

    private readonly Subscription _subscription;
    private readonly SubscribedComponent _component;
    private readonly RunningDays _running;
    private readonly PaidTime _paid;
    private readonly BillingGrid _grid;
    private readonly bool _arrears;
    private readonly bool _cuts;

    public PartCut(Subscription subscription, SubscribedComponent component, RunningDays running, PaidTime paid)
    {
        var terms = component.Terms;
        (_subscription, _component, _running, _paid) = (subscription, component, running, paid);
        _grid = BillingGrid.Of(terms, subscription.Anchor);
        _arrears = terms.Timing == BillingTiming.Arrears || terms.Kind == PriceKind.Usage;
        _cuts = subscription.Pauses.Count > 0 || component.Ramp.Count > 0;
    }

    /// <summary>The first period that can fall due after a day.</summary>
    public DuePeriod First(DateOnly dueAfter)
    {
        var (first, after) = (_paid.FirstDay, _running.Of(dueAfter));
        return Period(_grid.IndexOf(after > first ? after : first));
    }

    public DuePeriod Next(DuePeriod period) => Period(period.Index + 1);

    /// <summary>Whether a period has a paid day and is due by a day; none after it is, if it is not.</summary>
    public bool Includes(DuePeriod period, DateOnly dueThrough)
    {
        if (period.DueOn > dueThrough || PaidTime.At(period.Start, default) >= _paid.Until || period.End <= period.Start) return false;
        if (_subscription.OpenPause is not { Mode: PauseMode.MoveEnd } open) return true;
        var stopped = _running.Of(open.From);
        // In arrears the period under way is due once its end is known.
        return _arrears ? period.End <= stopped || _paid.Until <= PaidTime.At(stopped, default) : period.Start < stopped;
    }

    /// <summary>Nothing cuts the period: all of it is one part.</summary>
    public bool IsPlain(DuePeriod period) =>
        !_cuts && PaidTime.At(period.Start, default) >= _paid.From && PaidTime.At(period.End, default) <= _paid.Until;

    /// <summary>The part of a plain period.</summary>
    public Part Plain(DuePeriod period)
    {
        var days = new ServicePeriod(period.Start, period.End);
        return new Part(_component, days, days, 1m, 1m, period.DueOn, WholePeriod, _component.Model, "");
    }

    /// <summary>The parts of any other period, in order.</summary>
    public IEnumerable<Part> Pieces(DuePeriod period)
    {
        var share = new PartShare(_subscription, _component, _running, _grid, period);
        foreach (var (from, until) in Segments(_subscription, _component, _running, Clipped(_paid, period)))
        {
            var (active, whole, convention) = share.Of(from, until);
            var days = Days(_running, from, until);
            var actual = new ServicePeriod(_running.Actual(period.Start), _running.ActualEnd(period.End));
            yield return new Part(_component, days, actual, active, whole, period.DueOn, convention, ModelOn(days.Start), DetailOf(from))
            {
                Before = active == 0m && _component.Terms.Kind == PriceKind.Usage ? share.Before(from) : null,
            };
        }
    }

    /// <summary>The days of a piece of running time.</summary>
    internal static ServicePeriod Days(RunningDays running, long from, long until) =>
        new(running.Actual(PaidTime.DayOf(from)), running.ActualEnd(PaidTime.DayAfter(from, until)));

    /// <summary>The paid time of a period.</summary>
    internal static PaidTime Clipped(PaidTime paid, DuePeriod period) => new(
        Math.Max(paid.From, PaidTime.At(period.Start, default)), Math.Min(paid.Until, PaidTime.At(period.End, default)));

    /// <summary>Cuts paid time where a pause lies or began, and where a ramp steps; credited days are left out.</summary>
    internal static IEnumerable<(long From, long Until)> Segments(
        Subscription subscription, SubscribedComponent component, RunningDays running, PaidTime paid)
    {
        var from = paid.From;
        while (from < paid.Until)
        {
            var until = paid.Until;
            var rests = false;
            foreach (var pause in subscription.Pauses)
            {
                var begins = PaidTime.At(running.Of(pause.From), default);
                var ends = pause.Until is not { } last ? long.MaxValue : PaidTime.At(running.Of(last), default);
                if (begins > from) until = Math.Min(until, pause.Mode == PauseMode.MoveEnd && pause.Until is null ? until : begins);
                else if (pause.Mode == PauseMode.CreditDays && ends > from) (until, rests) = (Math.Min(until, ends), true);
            }
            foreach (var step in component.Ramp)
            {
                var begins = PaidTime.At(running.Of(step.FirstDay(subscription.Start)), default);
                if (begins > from && !rests) until = Math.Min(until, begins);
            }
            if (!rests) yield return (from, until);
            from = until;
        }
    }

    private DuePeriod Period(int index)
    {
        var (start, end) = (_grid.Start(index), _grid.Start(index + 1));
        return new DuePeriod(index, start, end, DueOn(start, end));
    }

    private DateOnly DueOn(DateOnly start, DateOnly end)
    {
        if (!_arrears)
        {
            var own = _paid.FirstDay;
            return _running.Actual(own > start ? own : start);
        }
        var last = _paid.IsOpen ? end : PaidTime.DayAfter(_paid.From, _paid.Until);
        return _running.ActualEnd(last < end ? last : end);
    }

    private ChargeModel ModelOn(DateOnly day)
    {
        var model = _component.Model;
        foreach (var step in _component.Ramp)
            if (step.FirstDay(_subscription.Start) <= day) model = step.Model;
        return model;
    }

    private static string DetailOf(long from)
    {
        var time = PaidTime.TimeOf(from);
        return time == default ? "" : time.ToString(time.Second == 0 ? "'T'HH:mm" : "'T'HH:mm:ss", CultureInfo.InvariantCulture);
    }
}
