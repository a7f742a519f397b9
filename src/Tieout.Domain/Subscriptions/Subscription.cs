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

    /// <summary>What its amendments made of it. A draft has no parts; trials and terms that end by themselves: <see cref="StateOn"/>.</summary>
    public SubscriptionState State { get; init; } = SubscriptionState.Active;

    /// <summary>Time of day of <see cref="End"/>; only prices prorated to the second look at it.</summary>
    public TimeOnly EndTime { get; init; }

    /// <summary>
    /// True when <see cref="End"/> is the very day somebody cancelled on, not the end of a period or term: prices that bill the
    /// cancellation day bill it.
    /// </summary>
    public bool EndIsCancellation { get; init; }

    /// <summary>Version of the amendment that ended it; null while none did.</summary>
    public int? EndedBy { get; init; }

    /// <summary>The pause nobody has resumed from yet.</summary>
    public Pause? OpenPause => Pauses.Count > 0 && Pauses[^1].Until is null ? Pauses[^1] : null;

    /// <summary>Its state on a day, with what time has done by then; before the start, the state it will start in.</summary>
    public SubscriptionState StateOn(DateOnly day)
    {
        if (State == SubscriptionState.Draft) return State;
        // A term does not run out while its end is moving.
        var moving = OpenPause is { Mode: PauseMode.MoveEnd };
        if (End <= day && !moving) return State == SubscriptionState.Cancelled ? State : SubscriptionState.Expired;
        foreach (var pause in Pauses)
            if (pause.From <= day && (pause.Until is not { } until || until > day)) return SubscriptionState.Paused;
        return TrialEnd > day ? SubscriptionState.Trialing : SubscriptionState.Active;
    }
}
