using Tieout.Domain.Subscriptions;

namespace Tieout.Domain.Invoicing;

/// <summary>Which days of falling due a billing run looks at.</summary>
/// <param name="BillsFrom">What fell due before this day was billed elsewhere and is none of ours.</param>
/// <param name="BilledThrough">Through this day everything was billed by an earlier run; null before the first one ended.</param>
/// <param name="Through">Through this day the run bills.</param>
public sealed record BillingWindow(DateOnly BillsFrom, DateOnly? BilledThrough, DateOnly Through)
{
    /// <summary>The day it is when this is asked: what comes to pass by itself has done so until then only.</summary>
    public DateOnly Today { get; init; } = DateOnly.MaxValue;

    /// <summary>The day after which whatever falls due was never billed.</summary>
    public DateOnly After => BilledThrough is { } billed && billed >= BillsFrom ? billed : BillsFrom.AddDays(-1);

    /// <summary>The last day looked at: an earlier month run again must not take back what a later one billed.</summary>
    public DateOnly Last => BilledThrough is { } billed && billed > Through ? billed : Through;

    /// <summary>The same, but reaching at least to a day: through it an account was billed by itself, ahead of the others.</summary>
    public BillingWindow Reaching(DateOnly? day) => day is { } through && through > Last ? this with { Through = through } : this;

    /// <summary>
    /// The parts to bill of a subscription. Nothing changed in it: those that fell due since. Something did: all of them since
    /// billing began, with no horizon, so that the difference reaches every period it touches.
    /// </summary>
    public IEnumerable<Part> Parts(BillableSubscription subscription) =>
        Subscriptions.Parts.Of(subscription.Subscription, subscription.Touched ? BillsFrom.AddDays(-1) : After, Last);

    /// <summary>
    /// Parts that fell due before billing began, of billing periods that were under way on the day before it or begun since the first
    /// of them began: some were cut out of a period that fell due since, some reach into months of ours.
    /// </summary>
    public IEnumerable<Part> Before(Subscription subscription)
    {
        if (subscription.Start >= BillsFrom) return [];
        var (last, first) = (BillsFrom.AddDays(-1), BillsFrom);
        var running = RunningDays.Of(subscription.Pauses);
        foreach (var component in subscription.Components)
        {
            if (component.Terms.Kind == Catalog.PriceKind.OneOff || component.From > last) continue;
            var start = running.Actual(BillingCalendar.Containing(component.Terms, subscription.Anchor, running.Of(last)).Start);
            if (start < first) first = start;
        }
        return Subscriptions.Parts.Of(subscription, first.AddDays(-1), last);
    }

    /// <summary>
    /// Whether usage that changed from a day on was billed already: then its whole subscription is looked at again.
    /// </summary>
    public bool ReachesBilled(Subscription subscription, DateOnly changedFrom)
    {
        if (BilledThrough is not { } billed || changedFrom >= billed) return false;
        foreach (var part in Subscriptions.Parts.Of(subscription, BillsFrom.AddDays(-1), billed))
            if (part.Component.Terms.Kind == Catalog.PriceKind.Usage && part.Days.End > changedFrom) return true;
        return false;
    }
}
