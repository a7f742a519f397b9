using Tieout.Domain.Rating;
using Tieout.Domain.Subscriptions;
using Tieout.Domain.Usage;
using Measured = Tieout.Domain.Rating.Measured;

namespace Tieout.Domain.Invoicing;

/// <summary>What a meter counted in the days of a part.</summary>
internal static class MeasuredUsage
{
    /// <summary>
    /// The quantity over all groups is their sum, whatever the aggregation: groups are counted apart. Groups are given too, for a
    /// matrix; transactions in the order of time, for prices that look at single ones. Usage is counted by days, and a day on which
    /// the component changes belongs to what came last on it: a part that only that day's beginning is left of has none.
    /// </summary>
    public static Measured Of(BillableSubscription subscription, Part part) => Of(subscription, part, OwnDays(subscription, part));

    /// <summary>
    /// What a part without a share of its own is rated by: what was measured in the parts before it and in itself, as one, with what
    /// was measured before beside it.
    /// </summary>
    public static Measured Together(BillableSubscription subscription, Part part, PartsBefore before) =>
        Of(subscription, part, [.. before.Days, .. OwnDays(subscription, part)]) with { Earlier = Of(subscription, part, before.Days) };

    private static Measured Of(BillableSubscription subscription, Part part, IReadOnlyList<ServicePeriod> days)
    {
        var meter = part.Component.Terms.Meter;
        var zone = TimeZoneInfo.FindSystemTimeZoneById(subscription.Subscription.Zone);
        var quantity = 0m;
        List<MeasuredGroup>? groups = null;
        List<UsageTransaction>? transactions = null;
        foreach (var usage in subscription.Usage)
        {
            if (days.Count == 0 || !string.Equals(usage.Meter, meter, StringComparison.Ordinal)) continue;
            var counted = UsageOfPeriod.Combine(usage, days, zone);
            quantity += counted;
            if (usage.GroupKey.Length > 0) (groups ??= []).Add(new MeasuredGroup(GroupKey.Values(usage.GroupKey), counted));
            foreach (var transaction in usage.Transactions)
                if (UsageOfPeriod.IsIn(days, transaction.Day)) (transactions ??= []).Add(transaction);
        }
        // Nothing came: then it is known that there is no group and no transaction.
        if (quantity == 0 && groups is null && transactions is null) return new Measured(0) { Groups = [], Transactions = [] };
        return new Measured(quantity)
        {
            Groups = groups,
            Transactions = transactions?.OrderBy(one => one.At).ThenBy(one => one.Source, StringComparer.Ordinal)
                .ThenBy(one => one.EventId, StringComparer.Ordinal).Select(one => one.Amount).ToList(),
        };
    }

    private static ServicePeriod[] OwnDays(BillableSubscription subscription, Part part) =>
        GivesItsDayAway(subscription.Subscription, part) ? [] : [part.Days];

    private static bool GivesItsDayAway(Subscription subscription, Part part)
    {
        if (part.Days.Days > 1) return false;
        var day = part.Days.Start;
        var from = part.Component.From == day ? part.Component.FromTime : default;
        foreach (var next in subscription.Components)
            if (next.From == day && next.FromTime > from && string.Equals(next.Component, part.Component.Component, StringComparison.Ordinal)) return true;
        return false;
    }
}
