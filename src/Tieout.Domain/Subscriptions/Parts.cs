using Tieout.Domain.Catalog;

namespace Tieout.Domain.Subscriptions;

/// <summary>
/// Cuts what is subscribed to into what is billed. Parts of one component never overlap, and over all time they are exactly its
/// paid days: from its own first day, the subscription's start or the end of the trial, to its own or the subscription's end,
/// without paused days. docs/subscriptions.md has the rules one by one.
/// </summary>
public static class Parts
{
    /// <summary>
    /// Every part with <paramref name="dueAfter"/> &lt; due day ≤ <paramref name="dueThrough"/>, by component and day; made as they are read.
    /// <list type="bullet">
    /// <item>In advance: due on the first day of the billing period, or the component's own when it begins inside.</item>
    /// <item>In arrears, and always for usage: due on the first day after the billing period, or after the component's own end.</item>
    /// <item>Once: due on the component's first paid day.</item>
    /// </list>
    /// A pause that moves the end and nobody has resumed from: the period under way stays as it was billed (in advance) or waits
    /// for its end (in arrears), and none begins.
    /// </summary>
    public static IEnumerable<Part> Of(Subscription subscription, DateOnly dueAfter, DateOnly dueThrough)
    {
        if (subscription.State == SubscriptionState.Draft || dueThrough <= dueAfter) yield break;
        var running = RunningDays.Of(subscription.Pauses);
        var components = subscription.Components;
        for (var index = 0; index < components.Count; index++)
        {
            var terms = components[index].Terms;
            var paid = PaidTime.Of(subscription, components[index], running);
            if (paid.IsEmpty) continue;
            if (terms.Kind == PriceKind.OneOff)
            {
                var once = Once(subscription, components[index]);
                if (once.DueOn > dueAfter && once.DueOn <= dueThrough) yield return once;
                continue;
            }
            var cut = new PartCut(subscription, components[index], running, paid);
            for (var period = cut.First(dueAfter); cut.Includes(period, dueThrough); period = cut.Next(period))
            {
                if (period.DueOn <= dueAfter) continue;
                if (cut.IsPlain(period)) yield return cut.Plain(period);
                else
                    foreach (var part in cut.Pieces(period)) yield return part;
            }
        }
    }

    // What is sold once is due however its days are counted later; a trial that is given up before costs nothing.
    private static Part Once(Subscription subscription, SubscribedComponent component)
    {
        var day = component.From > subscription.Start ? component.From : subscription.Start;
        if (subscription.TrialEnd is { } trial && trial > day) day = trial;
        var days = new ServicePeriod(day, day.AddDays(1));
        return new Part(component, days, days, 1m, 1m, day, "once", component.Model, "");
    }
}
