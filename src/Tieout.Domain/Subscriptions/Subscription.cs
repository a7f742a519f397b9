namespace Tieout.Domain.Subscriptions;

/// <summary>A plan somebody subscribed to.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Correlation">Born with the source row that brought it in.</param>
/// <param name="Start">The first day it is in force.</param>
/// <param name="End">The first day it no longer is; null while open-ended.</param>
/// <param name="Components">What is charged for it, and on which days.</param>
public sealed record Subscription(
    SubscriptionId Id,
    CorrelationId Correlation,
    DateOnly Start,
    DateOnly? End,
    IReadOnlyList<SubscribedComponent> Components)
{
    /// <summary>The day billing periods are anchored to: the start, or the first paid day after a trial, unless agreed otherwise.</summary>
    public DateOnly Anchor { get; init; } = Start;

    /// <summary>The first day that is paid for; null without a trial.</summary>
    public DateOnly? TrialEnd { get; init; }

    /// <summary>Days it rests, in order, none overlapping another.</summary>
    public IReadOnlyList<Pause> Pauses { get; init; } = [];

    /// <summary>The billing account's time zone (IANA): its midnights bound its days.</summary>
    public string Zone { get; init; } = "UTC";

    /// <summary>The days of <paramref name="period"/> on which it is in force, or null when there are none.</summary>
    public ServicePeriod? ActiveIn(ServicePeriod period)
    {
        var start = Start > period.Start ? Start : period.Start;
        var end = End is { } last && last < period.End ? last : period.End;
        return end > start ? new ServicePeriod(start, end) : null;
    }
}
