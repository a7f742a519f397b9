namespace Tieout.Domain.Subscriptions;

/// <summary>When an amendment is to count, before it is known on which day that is.</summary>
public abstract record Effective
{
    private Effective() { }

    /// <summary>Today, in the account's zone; for a subscription yet to start or ended already, the first day it can count.</summary>
    public sealed record Now : Effective;

    /// <summary>On a day, past or future.</summary>
    public sealed record On(DateOnly Day) : Effective;

    /// <summary>When the billing period under way is over.</summary>
    public sealed record AtPeriodEnd : Effective;

    /// <summary>When the term under way is over.</summary>
    public sealed record AtTermEnd : Effective;

    /// <summary>The day, or null when there is no such period or term.</summary>
    /// <param name="timeline">The subscription.</param>
    /// <param name="kind">A reactivation of what has not ended yet takes its end back.</param>
    /// <param name="today">In the account's zone.</param>
    public DateOnly? DayFor(Timeline timeline, AmendmentKind kind, DateOnly today)
    {
        var subscription = timeline.Subscription;
        var day = today < subscription.Start ? subscription.Start : today;
        return this switch
        {
            On on => on.Day,
            AtPeriodEnd => timeline.PeriodEnd(day),
            AtTermEnd => timeline.Term?.EndFor(day),
            _ when kind == AmendmentKind.Reactivate && subscription.End > day => subscription.End,
            _ => day,
        };
    }
}
