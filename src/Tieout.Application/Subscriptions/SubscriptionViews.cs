using System.Text.Json;
using Tieout.Application.Catalog;
using Tieout.Domain;
using Tieout.Domain.Catalog;
using Tieout.Domain.Invoicing;
using Tieout.Domain.Rating;
using Tieout.Domain.Subscriptions;

namespace Tieout.Application.Subscriptions;

/// <summary>A subscription as it stands, and how it came to.</summary>
/// <param name="Code">Its code.</param>
/// <param name="Account">Code of the billing account.</param>
/// <param name="Zone">The account's time zone: its days are days there.</param>
/// <param name="Version">Of its last amendment.</param>
/// <param name="State">On <paramref name="AsOf"/>, with what time has done.</param>
/// <param name="AsOf">Today in the account's zone.</param>
/// <param name="Timeline">What is charged, and what was and will be.</param>
/// <param name="Amendments">In the order they take effect.</param>
public sealed record SubscriptionDetail(
    string Code, string Account, string Zone, int Version, SubscriptionState State, DateOnly AsOf, TimelineRow Timeline,
    IReadOnlyList<AmendmentRow> Amendments);

/// <summary>What all amendments make of a subscription.</summary>
/// <param name="Plan">Code of the plan it ends up with.</param>
/// <param name="Start">The first day it is in force.</param>
/// <param name="End">The first day it no longer is; null while open-ended.</param>
/// <param name="Anchor">The day billing periods are anchored to.</param>
/// <param name="TrialEnd">The first day that is paid for; null without a trial.</param>
/// <param name="TermEnd">The first day after the newest term; null when open-ended.</param>
/// <param name="TermEnding">What happens at its end.</param>
public sealed record TimelineRow(
    string Plan, DateOnly Start, DateOnly? End, DateOnly Anchor, DateOnly? TrialEnd, DateOnly? TermEnd, TermEnding? TermEnding,
    IReadOnlyList<ComponentSpan> Components, IReadOnlyList<PauseRow> Pauses)
{
    internal static TimelineRow Of(Timeline timeline)
    {
        var subscription = timeline.Subscription;
        return new TimelineRow(
            timeline.Plan, subscription.Start, subscription.End, subscription.Anchor, subscription.TrialEnd, timeline.Term?.End, timeline.Term?.Ending,
            [.. subscription.Components.Select(component => ComponentSpan.Of(subscription, component))],
            [.. subscription.Pauses.Select(pause => new PauseRow(pause.From, pause.Until, pause.Mode, pause.Version))]);
    }
}

/// <summary>One component over the days nothing about it changed.</summary>
/// <param name="From">The first day it stands so, with a local time of day for prices prorated to the second.</param>
/// <param name="Until">The first day it no longer does; null while open.</param>
/// <param name="UnitPrice">The one figure of its price, agreed or the catalogue's; null where it takes more to say it.</param>
/// <param name="Agreed">Whether the price was agreed for this subscription.</param>
/// <param name="OpenedBy">Version of the amendment that opened it.</param>
/// <param name="ClosedBy">Version of the amendment that closed it; null while none did.</param>
/// <param name="Words">What opened it, as an invoice line says; empty for the creation.</param>
public sealed record ComponentSpan(
    string Component, string Plan, decimal Quantity, decimal? UnitPrice, bool Agreed, DateOnly From, TimeOnly FromTime, DateOnly? Until, TimeOnly UntilTime,
    int OpenedBy, int? ClosedBy, string Words)
{
    /// <summary>The whole price that was agreed, as in the catalogue; null for the catalogue's own and for one figure.</summary>
    public JsonElement? AgreedPrice { get; init; }

    internal static ComponentSpan Of(Subscription subscription, SubscribedComponent component) => new(
        component.Component, component.Price.PlanCode, component.Quantity,
        component.Model switch { ChargeModel.Flat flat => flat.Amount, ChargeModel.PerUnit perUnit => perUnit.UnitPrice, _ => null },
        component.Agreed is not null, component.From, component.FromTime, component.Until, component.UntilTime, component.OpenedBy, component.ClosedBy,
        AmendmentWords.Opening(subscription, component))
    {
        AgreedPrice = component.Agreed is { } model && AgreedModel.Figure(component) is null
            ? JsonSerializer.SerializeToElement(AgreedPriceJson.Node(model, component.AgreedTerms)) : null,
    };
}

/// <summary>Days it rests.</summary>
/// <param name="Until">The first day it runs again; null while nobody resumed it.</param>
/// <param name="Version">Of the amendment that paused it.</param>
public sealed record PauseRow(DateOnly From, DateOnly? Until, PauseMode Mode, int Version);

/// <summary>One amendment.</summary>
/// <param name="State">What it left the subscription in.</param>
/// <param name="Words">What it does, with what stands before it today.</param>
public sealed record AmendmentRow(
    int Version, AmendmentKind Kind, DateOnly EffectiveOn, TimeOnly EffectiveTime, SubscriptionState State, string Words, string Reason, string Actor,
    DateTimeOffset RecordedAt);

/// <summary>What would fall due.</summary>
/// <param name="From">The first of its days.</param>
/// <param name="Until">The first day that is not.</param>
/// <param name="PeriodFrom">The first day of the billing period.</param>
/// <param name="PeriodUntil">The first day after the billing period.</param>
/// <param name="ActiveShare">Numerator of the share of a full period's amount.</param>
/// <param name="WholeShare">Denominator of it.</param>
/// <param name="Convention">How the share was counted.</param>
/// <param name="Words">The amendments that opened and closed it, where it begins or ends with them; else empty.</param>
/// <param name="Amount">Before tax, rounded, discounts taken off; null for usage, which is not known ahead.</param>
/// <param name="Steps">How the amount comes about.</param>
public sealed record PartRow(
    string Component, decimal Quantity, DateOnly DueOn, DateOnly From, DateOnly Until, DateOnly PeriodFrom, DateOnly PeriodUntil,
    decimal ActiveShare, decimal WholeShare, string Convention, string Words, Money? Amount, IReadOnlyList<RatingStep> Steps)
{
    internal static IReadOnlyList<PartRow> Of(Timeline timeline, BillableAccount account, DateOnly dueAfter, DateOnly dueThrough)
    {
        var subscription = timeline.Subscription;
        var amounts = PartAmounts.Of(account, subscription, dueAfter, dueThrough);
        return [.. Parts.Of(subscription, dueAfter, dueThrough).Select(part => Row(
            part, AmendmentWords.Of(subscription, part),
            amounts.GetValueOrDefault(new LineKey(subscription.Id, part.Component.Component, part.Days.Start, part.Detail))))
            .OrderBy(part => part.DueOn).ThenBy(part => part.Component, StringComparer.Ordinal).ThenBy(part => part.From)];
    }

    private static PartRow Row(Part part, string words, PartAmount? amount) => new(
        part.Component.Component, part.Component.Quantity, part.DueOn, part.Days.Start, part.Days.End, part.Period.Start, part.Period.End,
        part.ActiveShare, part.WholeShare, part.Convention, words, amount?.Amount, amount?.Steps ?? []);
}
