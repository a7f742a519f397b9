namespace Tieout.Domain.Subscriptions;

/// <summary>A subscription as its amendments made it, with the story of how.</summary>
/// <param name="Subscription">What is billed.</param>
/// <param name="Plan">Code of the plan it ends up with.</param>
/// <param name="Currency">The billing account's currency.</param>
/// <param name="Term">The newest term; null when it is open-ended.</param>
/// <param name="Steps">Its amendments in the order they take effect.</param>
public sealed record Timeline(Subscription Subscription, string Plan, Currency Currency, Term? Term, IReadOnlyList<TimelineStep> Steps)
{
    /// <summary>
    /// Folds amendments, recorded in any order, by effective day, time and version. A backdated one so cuts anew what lies after
    /// it; those after it must still be possible.
    /// </summary>
    public static Folded Fold(SubscriptionId id, CorrelationId correlation, IEnumerable<Amendment> amendments)
    {
        var folding = new Folding(id, correlation);
        foreach (var amendment in amendments.OrderBy(Order))
            if (folding.Apply(amendment) is { } refusal) return new Folded.Refused(refusal with { Version = amendment.Version });
        return new Folded.Done(folding.Timeline());
    }

    /// <summary>Folds one more amendment in. Where it makes one that stands already impossible, that one is named as in the way.</summary>
    public static Folded With(SubscriptionId id, CorrelationId correlation, IReadOnlyList<Amendment> standing, Amendment added)
    {
        var folded = Fold(id, correlation, [.. standing, added]);
        return folded is Folded.Refused { Refusal: var refusal } && refusal.Version != added.Version
            ? new Folded.Refused(InTheWay(refusal, standing.First(other => other.Version == refusal.Version)))
            : folded;
    }

    /// <summary>
    /// What stands in a moment, by the amendments that take effect until then: what is recorded to come later has not happened yet.
    /// </summary>
    /// <param name="standing">All that are recorded, which can be folded.</param>
    /// <param name="day">The day, and <paramref name="time"/> the time of day.</param>
    public static Timeline On(SubscriptionId id, CorrelationId correlation, IReadOnlyList<Amendment> standing, DateOnly day, TimeOnly time) =>
        Fold(id, correlation, standing.Where(other =>
            other.Version == 1 || other.EffectiveOn < day || (other.EffectiveOn == day && other.EffectiveTime <= time))) switch
        {
            Folded.Done done => done.Timeline,
            Folded.Refused refused => throw new InvalidOperationException($"Amendment {refused.Refusal.Version} cannot be: {refused.Refusal.Reason}"),
            var other => throw new InvalidOperationException($"Unknown outcome {other}."),
        };

    /// <summary>
    /// The first day of the earliest billing period that an amendment effective on a day can change anything of. Parts of that
    /// period fall due on it or later.
    /// </summary>
    public DateOnly TouchedFrom(DateOnly effectiveOn)
    {
        var running = RunningDays.Of(Subscription.Pauses);
        var day = running.Of(effectiveOn);
        var touched = effectiveOn;
        foreach (var component in Subscription.Components)
        {
            if (component.Until < effectiveOn) continue;
            var start = running.Actual(BillingCalendar.Containing(component.Terms, Subscription.Anchor, day).Start);
            if (start < touched) touched = start;
        }
        return touched < Subscription.Start ? Subscription.Start : touched;
    }

    /// <summary>
    /// The end of the billing period under way on a day; of several components, the one that ends last, so that nothing paid for is
    /// lost. What is sold once has none, what begins later none yet; null when nothing recurs.
    /// </summary>
    public DateOnly? PeriodEnd(DateOnly day)
    {
        var running = RunningDays.Of(Subscription.Pauses);
        DateOnly? last = null;
        foreach (var component in Subscription.Components)
        {
            if (component.From > day || component.Until <= day || component.Terms.Kind == Catalog.PriceKind.OneOff) continue;
            var end = running.ActualEnd(BillingCalendar.Containing(component.Terms, Subscription.Anchor, running.Of(day)).End);
            if (last is not { } latest || end > latest) last = end;
        }
        return last;
    }

    // The creation comes first whatever day it has, so that what lies before it is told as that.
    private static (bool Later, DateOnly Day, TimeOnly Time, int Version) Order(Amendment amendment) =>
        (amendment.Version > 1, amendment.EffectiveOn, amendment.EffectiveTime, amendment.Version);

    private static AmendmentRefusal InTheWay(AmendmentRefusal refusal, Amendment other) => new(
        AmendmentRefusalCode.InTheWay, "effective",
        $"Amendment {AmendmentWords.Number(other.Version)} ({Words.Of(other.Change.Kind)} from {AmendmentWords.Day(other.EffectiveOn, other.EffectiveTime)}) "
        + $"stands in the way: {refusal.Reason}",
        "Choose a day after it, or record an amendment that undoes it first.")
    { Version = other.Version };
}

/// <summary>One amendment in the order it takes effect.</summary>
/// <param name="Amendment">As it was recorded.</param>
/// <param name="State">What it left the subscription in.</param>
/// <param name="Words">What it did, such as <c>Seats: 5 -> 8 from 2026-03-16 (amendment 3)</c>.</param>
public sealed record TimelineStep(Amendment Amendment, SubscriptionState State, string Words);

/// <summary>What came of folding.</summary>
public abstract record Folded
{
    private Folded() { }

    /// <summary>All of them are possible.</summary>
    public sealed record Done(Timeline Timeline) : Folded;

    /// <summary>One is not; its version is in the refusal.</summary>
    public sealed record Refused(AmendmentRefusal Refusal) : Folded;
}
