using Tieout.Domain.Catalog;

namespace Tieout.Domain.Subscriptions;

/// <summary>The day a ramp steps for one subscription.</summary>
public static class RampDays
{
    /// <summary>The step's own day, or its months after the subscription's start, clamped to a short month's last day.</summary>
    public static DateOnly FirstDay(this RampStep step, DateOnly start) =>
        step.From ?? start.AddMonths(step.MonthsIn ?? 0);
}
