using System.Globalization;
using Tieout.Domain.Catalog;

namespace Tieout.Domain.Subscriptions;

/// <summary>Amendments in words, for timelines and invoice lines.</summary>
public static class AmendmentWords
{
    /// <summary>
    /// What an invoice line says besides its price: the amendment that opened the component where the part begins with it, the one
    /// that closed it, paused it or cancelled all of it where the part ends with that. Empty for the periods in between.
    /// </summary>
    public static string Of(Subscription subscription, Part part)
    {
        var component = part.Component;
        var opens = part.Days.Start == component.From;
        var opening = opens ? Opening(subscription, component) : "";
        var closing = Closes(part) ? Closing(subscription, component) : Cut(subscription, part);
        return opening.Length > 0 && closing.Length > 0 ? $"{opening}; {closing}" : opening + closing;
    }

    /// <summary>
    /// The short form for an invoice line, such as <c>until 2026-03-15 (amendment 3)</c> and, on the line after it, <c>from 2026-03-16
    /// (amendment 3)</c>. It looks at no other component: a billing run loads those of its window alone. Empty for the periods in between.
    /// </summary>
    public static string OnLine(Subscription subscription, Part part)
    {
        var component = part.Component;
        var opening = component.OpenedBy > 1 && part.Days.Start == component.From
            ? $"from {Day(component.From, component.FromTime)} (amendment {Number(component.OpenedBy)})" : "";
        var closing = Closes(part) && component is { ClosedBy: { } version, Until: { } until }
            ? $"until {Last(until, component.UntilTime)} (amendment {Number(version)})" : Cut(subscription, part);
        return opening.Length > 0 && closing.Length > 0 ? $"{opening}; {closing}" : opening + closing;
    }

    // What cut the part short besides its own component: a pause, or the subscription's end.
    private static string Cut(Subscription subscription, Part part)
    {
        foreach (var pause in subscription.Pauses)
        {
            if (part.Days.End == pause.From) return $"Paused from {Day(pause.From, default)} (amendment {Number(pause.Version)})";
            if (part.Days.Start == pause.Until) return $"Paused until {Day(part.Days.Start.AddDays(-1), default)} (amendment {Number(pause.Version)})";
        }
        if ((subscription.EndedBy ?? part.Component.ClosedBy) is not { } version || subscription.End is not { } end || part.Days.End == part.Period.End) return "";
        return part.Days.End >= end ? $"Cancelled from {Day(end, subscription.EndTime)} (amendment {Number(version)})" : "";
    }

    /// <summary>
    /// What opened a component, such as <c>Seats: 5 -> 8 from 2026-03-16 (amendment 3)</c>; empty when it stands as the subscription
    /// was created.
    /// </summary>
    public static string Opening(Subscription subscription, SubscribedComponent component)
    {
        if (component.OpenedBy == 1) return "";
        var before = Before(subscription, component);
        return $"{Between(before, component)} from {Day(component.From, component.FromTime)} (amendment {Number(component.OpenedBy)})";
    }

    /// <summary>What closed a component, such as <c>Seats: 5 until 2026-03-15, then 8 (amendment 3)</c>; empty while no amendment did.</summary>
    public static string Closing(Subscription subscription, SubscribedComponent component)
    {
        if (component.ClosedBy is not { } version || component.Until is not { } until) return "";
        var after = After(subscription, component);
        var last = Last(until, component.UntilTime);
        var then = after is null ? "then removed" : after.Quantity != component.Quantity ? $"then {Plain(after.Quantity)}" : "then changed";
        return $"{Name(component.Component)}: {Plain(component.Quantity)} until {last}, {then} (amendment {Number(version)})";
    }

    /// <summary>The whole sentence of an amendment.</summary>
    internal static string Sentence(string what, Amendment amendment) =>
        $"{what} from {Day(amendment.EffectiveOn, amendment.EffectiveTime)} (amendment {Number(amendment.Version)})";

    /// <summary>What is different of a component; it is new when there was none before.</summary>
    internal static string Between(SubscribedComponent? before, SubscribedComponent after)
    {
        var name = Name(after.Component);
        if (before is null) return $"{name}: added, {Plain(after.Quantity)}";
        if (before.Price.PlanCode != after.Price.PlanCode) return $"{name}: {before.Price.PlanCode} -> {after.Price.PlanCode}, {Plain(after.Quantity)}";
        if (before.Quantity != after.Quantity) return $"{name}: {Plain(before.Quantity)} -> {Plain(after.Quantity)}";
        return Price(before.Model) is { } old && Price(after.Model) is { } agreed && old != agreed && before.Terms == after.Terms
            ? $"{name}: price {old} -> {agreed}"
            : before.Model == after.Model && before.Terms == after.Terms ? $"{name}: goes on" : $"{name}: another price";
    }

    internal static string Name(string component) =>
        component.Length == 0 ? component : char.ToUpperInvariant(component[0]) + component[1..];

    internal static string Day(DateOnly day, TimeOnly time) =>
        day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)
        + (time == default ? "" : time.ToString(time.Second == 0 ? " HH:mm" : " HH:mm:ss", CultureInfo.InvariantCulture));

    // A day on which it changes in mid-day belongs to what came last.
    private static bool Closes(Part part) => part.Component.Until is { } until
        && (part.Days.End == until || (part.Component.UntilTime != default && part.Days.End == until.AddDays(1)));

    private static string Last(DateOnly until, TimeOnly time) => time == default ? Day(until.AddDays(-1), default) : Day(until, time);

    internal static string Number(int version) => version.ToString(CultureInfo.InvariantCulture);

    internal static string Plain(decimal value) => value.ToString("0.############", CultureInfo.InvariantCulture);

    private static string? Price(ChargeModel model) => model switch
    {
        ChargeModel.Flat flat => Plain(flat.Amount),
        ChargeModel.PerUnit perUnit => Plain(perUnit.UnitPrice),
        _ => null,
    };

    private static SubscribedComponent? Before(Subscription subscription, SubscribedComponent component)
    {
        foreach (var other in subscription.Components)
        {
            if (other.Component == component.Component && other.Until == component.From && other.UntilTime == component.FromTime) return other;
        }
        return null;
    }

    private static SubscribedComponent? After(Subscription subscription, SubscribedComponent component)
    {
        foreach (var other in subscription.Components)
            if (other.Component == component.Component && other.From == component.Until && other.FromTime == component.UntilTime) return other;
        return null;
    }
}
