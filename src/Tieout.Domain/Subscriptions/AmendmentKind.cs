namespace Tieout.Domain.Subscriptions;

/// <summary>What an amendment does.</summary>
public enum AmendmentKind
{
    /// <summary>Begins the subscription; always its first amendment.</summary>
    Create,

    /// <summary>Puts a draft in force, or ends a trial by paying from now on.</summary>
    Activate,

    /// <summary>Puts a draft on trial, or gives a trial another end.</summary>
    Trial,

    /// <summary>Another plan, a larger one.</summary>
    Upgrade,

    /// <summary>Another plan, a smaller one.</summary>
    Downgrade,

    /// <summary>More or fewer units of a component.</summary>
    ChangeQuantity,

    /// <summary>Something more, an add-on.</summary>
    AddComponent,

    /// <summary>Something less.</summary>
    RemoveComponent,

    /// <summary>A price agreed for this subscription, or the catalogue's again.</summary>
    ChangePrice,

    /// <summary>A new term.</summary>
    Renew,

    /// <summary>It rests.</summary>
    Pause,

    /// <summary>It goes on.</summary>
    Resume,

    /// <summary>It ends.</summary>
    Cancel,

    /// <summary>It goes on after it ended.</summary>
    Reactivate,
}
