using Tieout.Domain.Catalog;

namespace Tieout.Domain.Subscriptions;

/// <summary>
/// One change to a subscription, from a day on. Never changed and never removed: a mistake is put right by another one. What a
/// subscription is on any day follows from all its amendments, in order of effective day, time and version.
/// </summary>
/// <param name="Version">Counts from 1, the creation, in the order they were recorded.</param>
/// <param name="EffectiveOn">The first day it counts; may lie before the day it was recorded, or after.</param>
/// <param name="Change">What changes.</param>
public sealed record Amendment(int Version, DateOnly EffectiveOn, Change Change)
{
    /// <summary>Local time of day; only prices prorated to the second look at it.</summary>
    public TimeOnly EffectiveTime { get; init; }

    /// <summary>Why, in somebody's words.</summary>
    public string Reason { get; init; } = "";

    /// <summary>Who recorded it.</summary>
    public string Actor { get; init; } = "";
}

/// <summary>What an amendment changes; a closed list.</summary>
public abstract record Change
{
    private Change() { }

    /// <summary>The word for it.</summary>
    public abstract AmendmentKind Kind { get; }

    /// <summary>Begins the subscription on the effective day.</summary>
    /// <param name="Plan">Code of the plan.</param>
    /// <param name="Currency">The billing account's.</param>
    /// <param name="Zone">The billing account's time zone (IANA).</param>
    /// <param name="Components">At least one.</param>
    public sealed record Create(string Plan, Currency Currency, string Zone, IReadOnlyList<ComponentOrder> Components) : Change
    {
        /// <inheritdoc/>
        public override AmendmentKind Kind => AmendmentKind.Create;

        /// <summary>Not in force before it is activated or put on trial.</summary>
        public bool Draft { get; init; }

        /// <summary>The first day after a trial; null without one.</summary>
        public DateOnly? TrialEnd { get; init; }

        /// <summary>Whether it goes on, paid, after the trial; if not, it expires.</summary>
        public bool TrialConverts { get; init; } = true;

        /// <summary>Another anchor of billing periods than the first paid day.</summary>
        public DateOnly? Anchor { get; init; }

        /// <summary>The first day it is no longer in force, where that is agreed from the start; not together with a term.</summary>
        public DateOnly? End { get; init; }

        /// <summary>Length of its terms; null when it is open-ended.</summary>
        public BillingInterval? TermLength { get; init; }

        /// <summary>What happens at the end of a term.</summary>
        public TermEnding TermEnding { get; init; } = TermEnding.Renew;
    }

    /// <summary>In force from the effective day; a trial ends on it.</summary>
    public sealed record Activate : Change
    {
        /// <inheritdoc/>
        public override AmendmentKind Kind => AmendmentKind.Activate;
    }

    /// <summary>A draft goes on trial on the effective day; a trial under way gets another end.</summary>
    /// <param name="Until">The first day after it.</param>
    /// <param name="Converts">Whether it goes on, paid, by itself.</param>
    public sealed record Trial(DateOnly Until, bool Converts) : Change
    {
        /// <inheritdoc/>
        public override AmendmentKind Kind => AmendmentKind.Trial;
    }

    /// <summary>Another plan: all that stands is closed and the plan's components opened; what is the same in both goes on.</summary>
    /// <param name="Plan">Code of the new plan.</param>
    /// <param name="Up">An upgrade; if not, a downgrade. It changes the words, not the money.</param>
    /// <param name="Components">All of them; one without a quantity keeps what stands under its name, or is one.</param>
    public sealed record ToPlan(string Plan, bool Up, IReadOnlyList<ComponentOrder> Components) : Change
    {
        /// <inheritdoc/>
        public override AmendmentKind Kind => Up ? AmendmentKind.Upgrade : AmendmentKind.Downgrade;
    }

    /// <summary>As many units from now on.</summary>
    public sealed record Quantity(string Component, decimal Units) : Change
    {
        /// <inheritdoc/>
        public override AmendmentKind Kind => AmendmentKind.ChangeQuantity;
    }

    /// <summary>One component more.</summary>
    public sealed record Add(ComponentOrder Component) : Change
    {
        /// <inheritdoc/>
        public override AmendmentKind Kind => AmendmentKind.AddComponent;
    }

    /// <summary>One component less; the last one is not removed but the subscription cancelled.</summary>
    public sealed record Remove(string Component) : Change
    {
        /// <inheritdoc/>
        public override AmendmentKind Kind => AmendmentKind.RemoveComponent;
    }

    /// <summary>An agreed price; null for the catalogue's again. In the future it is a scheduled step.</summary>
    public sealed record AgreedPrice(string Component, ChargeModel? Agreed) : Change
    {
        /// <summary>Agreed instead of the catalogue's terms; null for the catalogue's.</summary>
        public PriceTerms? Terms { get; init; }

        /// <inheritdoc/>
        public override AmendmentKind Kind => AmendmentKind.ChangePrice;
    }

    /// <summary>A new term from the effective day, early or on time. The anchor of billing periods stays.</summary>
    /// <param name="Length">Null for the length of the term before.</param>
    /// <param name="Ending">Null for what was agreed before.</param>
    public sealed record Renew(BillingInterval? Length, TermEnding? Ending) : Change
    {
        /// <inheritdoc/>
        public override AmendmentKind Kind => AmendmentKind.Renew;
    }

    /// <summary>Rests from the effective day.</summary>
    /// <param name="Mode">What it does to the money.</param>
    /// <param name="Until">The first day it runs again; null until somebody resumes it.</param>
    public sealed record Rest(PauseMode Mode, DateOnly? Until) : Change
    {
        /// <inheritdoc/>
        public override AmendmentKind Kind => AmendmentKind.Pause;
    }

    /// <summary>Runs again on the effective day.</summary>
    public sealed record Resume : Change
    {
        /// <inheritdoc/>
        public override AmendmentKind Kind => AmendmentKind.Resume;
    }

    /// <summary>Ends: the effective day is the first it is no longer in force.</summary>
    /// <param name="DayCounts">
    /// The effective day is the day of the cancellation itself, not the end of a period or term: prices that bill the cancellation
    /// day bill it.
    /// </param>
    public sealed record Cancel(bool DayCounts) : Change
    {
        /// <inheritdoc/>
        public override AmendmentKind Kind => AmendmentKind.Cancel;
    }

    /// <summary>Goes on from the effective day with what stood at its end; days in between are not charged.</summary>
    public sealed record Reactivate : Change
    {
        /// <inheritdoc/>
        public override AmendmentKind Kind => AmendmentKind.Reactivate;
    }
}

/// <summary>One component as it is ordered.</summary>
/// <param name="Component">Its name.</param>
/// <param name="Price">The catalogue's price, of the subscription's plan and currency.</param>
/// <param name="Quantity">Units; null for one, or in a change of plan for what stands.</param>
/// <param name="Agreed">Agreed instead of the catalogue's model.</param>
public sealed record ComponentOrder(string Component, Price Price, decimal? Quantity, ChargeModel? Agreed)
{
    /// <summary>Agreed instead of the catalogue's terms; null for the catalogue's.</summary>
    public PriceTerms? Terms { get; init; }
}

/// <summary>What happens when a term ends.</summary>
public enum TermEnding
{
    /// <summary>Another term of the same length begins by itself.</summary>
    Renew,

    /// <summary>The subscription expires.</summary>
    Expire,
}
