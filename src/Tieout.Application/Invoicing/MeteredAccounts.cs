using Npgsql;
using Tieout.Application.Usage;
using Tieout.Domain.Catalog;
using Tieout.Domain.Invoicing;

namespace Tieout.Application.Invoicing;

/// <summary>Reads what meters counted for the usage that falls due, as far back as each subscription is looked at.</summary>
internal static class MeteredAccounts
{
    public static async Task AddTo(
        NpgsqlConnection connection, List<BillableAccount> accounts, Guid first, Guid last, BillingWindow window, CancellationToken cancel)
    {
        var metered = accounts.SelectMany(account => account.Subscriptions, (account, item) => (account, item))
            .Where(pair => HasUsage(pair.item)).ToList();
        if (metered.Count == 0) return;
        var since = metered.Where(pair => !pair.item.Touched).Select(pair => Days(pair.account, pair.item, window)).ToList();
        var bySubscription = metered.ToDictionary(pair => pair.item.Subscription.Id, pair => pair.item);
        if (since.Exists(days => days is not null))
        {
            var from = since.Min(days => days?.From ?? DateOnly.MaxValue);
            var until = since.Max(days => days?.Until ?? DateOnly.MinValue);
            foreach (var usage in await UsageForBilling.Load(connection, first, last, from, until, cancel))
                if (bySubscription.TryGetValue(usage.Subscription, out var item) && !item.Touched) item.Usage.Add(usage);
        }
        var whole = metered.Where(pair => pair.item.Touched).ToList();
        if (whole.Count == 0) return;
        var reach = whole.ConvertAll(pair => Days(pair.account, pair.item, window));
        if (reach.TrueForAll(days => days is null)) return;
        var ids = whole.Select(pair => pair.account.Account.Id.Value).Distinct().ToArray();
        foreach (var usage in await UsageForBilling.Load(
            connection, ids, reach.Min(days => days?.From ?? DateOnly.MaxValue), reach.Max(days => days?.Until ?? DateOnly.MinValue), cancel))
            if (bySubscription.TryGetValue(usage.Subscription, out var item) && item.Touched) item.Usage.Add(usage);
    }

    /// <summary>Looks at one account; what goes wrong in computing is kept with it, and stops it alone.</summary>
    public static void Alone(BillableAccount account, Action look)
    {
        try
        {
            look();
        }
        catch (Exception bug) when (Booking.IsOfOneAccount(bug))
        {
            account.Fault ??= bug;
        }
    }

    private static bool HasUsage(BillableSubscription item)
    {
        foreach (var component in item.Subscription.Components)
            if (component.Terms.Kind == PriceKind.Usage) return true;
        return false;
    }

    private static (DateOnly From, DateOnly Until)? Days(BillableAccount account, BillableSubscription item, BillingWindow window)
    {
        (DateOnly From, DateOnly Until)? days = null;
        Alone(account, () => days = Days(item, window));
        return days;
    }

    private static (DateOnly From, DateOnly Until)? Days(BillableSubscription item, BillingWindow window)
    {
        (DateOnly From, DateOnly Until)? days = null;
        // Looked at whole, some of what fell due before billing began may be ours.
        foreach (var part in item.Touched ? window.Before(item.Subscription).Concat(window.Parts(item)) : window.Parts(item))
        {
            if (part.Component.Terms.Kind != PriceKind.Usage) continue;
            var from = part.Before is { Days: [var before, ..] } ? before.Start : part.Days.Start;
            days = days is not { } known ? (from, part.Days.End)
                : (from < known.From ? from : known.From, part.Days.End > known.Until ? part.Days.End : known.Until);
        }
        return days;
    }
}
