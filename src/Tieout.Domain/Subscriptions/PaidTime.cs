using Tieout.Domain.Catalog;

namespace Tieout.Domain.Subscriptions;

/// <summary>
/// When a component is paid for, pauses aside, in running time: ticks of the running day's midnight and the time of day. Times of
/// day count for prices prorated to the second only; for all others the whole day belongs to what comes last on it.
/// </summary>
internal readonly record struct PaidTime(long From, long Until)
{
    private const long Open = long.MaxValue;

    /// <summary>Nothing of it is paid for.</summary>
    public bool IsEmpty => Until <= From;

    /// <summary>It has no end yet.</summary>
    public bool IsOpen => Until == Open;

    /// <summary>The running day of its first moment.</summary>
    public DateOnly FirstDay => DayOf(From);

    public static PaidTime Of(Subscription subscription, SubscribedComponent component, RunningDays running)
    {
        var terms = component.Terms;
        var timed = terms.DayCount == DayCount.Seconds;
        var from = At(running.Of(component.From), timed ? component.FromTime : default);
        from = Math.Max(from, At(running.Of(subscription.Start), default));
        if (subscription.TrialEnd is { } trial) from = Math.Max(from, At(running.Of(trial), default));
        var until = component.Until is { } last ? At(running.Of(last), timed ? component.UntilTime : default) : Open;
        if (subscription.End is not { } end) return new PaidTime(from, until);
        // The cancellation day is billed whole where it is billed at all.
        var ended = terms.CancellationDayBilled && subscription.EndIsCancellation
            ? At(running.Of(end.AddDays(1)), default)
            : At(running.Of(end), timed ? subscription.EndTime : default);
        return new PaidTime(from, Math.Min(until, ended));
    }

    public static long At(DateOnly day, TimeOnly time) => (day.DayNumber * TimeSpan.TicksPerDay) + time.Ticks;

    public static DateOnly DayOf(long moment) => DateOnly.FromDayNumber((int)(moment / TimeSpan.TicksPerDay));

    public static TimeOnly TimeOf(long moment) => new(moment % TimeSpan.TicksPerDay);

    /// <summary>The first running day after a time that ends at a moment; in mid-day, that day itself: it belongs to what comes next.</summary>
    public static DateOnly DayAfter(long from, long until)
    {
        var (first, last) = (DayOf(from), DayOf(until));
        return last > first ? last : first.AddDays(1);
    }
}
