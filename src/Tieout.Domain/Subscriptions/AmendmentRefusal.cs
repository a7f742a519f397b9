namespace Tieout.Domain.Subscriptions;

/// <summary>Why an amendment cannot be.</summary>
/// <param name="Code">Stable; one of <see cref="AmendmentRefusalCode"/>.</param>
/// <param name="Field">What of it is wrong, as the API calls it.</param>
/// <param name="Reason">In words.</param>
/// <param name="Remedy">What to do about it.</param>
public sealed record AmendmentRefusal(string Code, string Field, string Reason, string Remedy)
{
    /// <summary>The version of the amendment that is in the way, or that was refused itself.</summary>
    public int Version { get; init; }
}

/// <summary>The codes an amendment can be refused with.</summary>
public static class AmendmentRefusalCode
{
    /// <summary>Effective before the subscription starts.</summary>
    public const string BeforeStart = "before-start";

    /// <summary>Effective after it ended.</summary>
    public const string AfterEnd = "after-end";

    /// <summary>Its state does not take this kind of amendment.</summary>
    public const string WrongState = "wrong-state";

    /// <summary>It rests already on some of these days.</summary>
    public const string OverlappingPause = "overlapping-pause";

    /// <summary>There is no pause to resume from.</summary>
    public const string NotPaused = "not-paused";

    /// <summary>No component of this name stands on that day.</summary>
    public const string UnknownComponent = "unknown-component";

    /// <summary>A component of this name stands already.</summary>
    public const string ComponentTwice = "component-twice";

    /// <summary>A subscription without components is a cancelled one.</summary>
    public const string NoComponents = "no-components";

    /// <summary>Below zero.</summary>
    public const string NegativeQuantity = "negative-quantity";

    /// <summary>Bought once, done.</summary>
    public const string BoughtOnce = "bought-once";

    /// <summary>The zone is not in the time zone database.</summary>
    public const string UnknownZone = "unknown-zone";

    /// <summary>A price in another currency than the account's.</summary>
    public const string WrongCurrency = "wrong-currency";

    /// <summary>A price of another plan.</summary>
    public const string WrongPlan = "wrong-plan";

    /// <summary>It would change nothing.</summary>
    public const string NothingChanges = "nothing-changes";

    /// <summary>An end on or before its beginning.</summary>
    public const string BadEnd = "bad-end";

    /// <summary>There is no term whose end or length could be taken.</summary>
    public const string NoTerm = "no-term";

    /// <summary>The first amendment is not a creation, or a later one is.</summary>
    public const string NotFirst = "not-first";

    /// <summary>A later amendment that stands already could no longer be.</summary>
    public const string InTheWay = "in-the-way";
}
