namespace Tieout.Domain.Subscriptions;

/// <summary>A plan somebody subscribed to.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Correlation">Born with the source row that brought it in.</param>
/// <param name="Start">The first day it is in force.</param>
/// <param name="End">The first day it no longer is; null while open-ended.</param>
/// <param name="Components">What is charged for it every month.</param>
public sealed record Subscription(
    SubscriptionId Id,
    CorrelationId Correlation,
    DateOnly Start,
    DateOnly? End,
    IReadOnlyList<SubscribedComponent> Components)
{
    /// <summary>The days of <paramref name="period"/> on which it is in force, or null when there are none.</summary>
    public ServicePeriod? ActiveIn(ServicePeriod period)
    {
        var start = Start > period.Start ? Start : period.Start;
        var end = End is { } last && last < period.End ? last : period.End;
        return end > start ? new ServicePeriod(start, end) : null;
    }
}
