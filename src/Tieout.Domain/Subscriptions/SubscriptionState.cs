namespace Tieout.Domain.Subscriptions;

/// <summary>Where a subscription's life stands.</summary>
public enum SubscriptionState
{
    /// <summary>Prepared; nothing of it is in force or charged before it is activated.</summary>
    Draft,

    /// <summary>In force and not yet paid for.</summary>
    Trialing,

    /// <summary>In force.</summary>
    Active,

    /// <summary>Rests; days are credited or the end moves.</summary>
    Paused,

    /// <summary>Ended because somebody said so.</summary>
    Cancelled,

    /// <summary>Ended by itself: its term, or a trial that was not to go on.</summary>
    Expired,
}
