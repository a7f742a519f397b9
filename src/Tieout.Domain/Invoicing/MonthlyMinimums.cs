using Tieout.Domain.Catalog;
using Tieout.Domain.Customers;
using Tieout.Domain.Subscriptions;

namespace Tieout.Domain.Invoicing;

/// <summary>
/// What is missing to the minimum of a calendar month, due on the first day after it. A month's charges are those for its days:
/// a line for a year counts with the month's share of its days, whenever it was billed.
/// </summary>
internal static class MonthlyMinimums
{
    /// <summary>
    /// Adds the true-ups of all subscriptions; a month one was in force in part has its share, and days of a pause ask for nothing. After
    /// a change of plan each day counts with its own plan's minimum, the highest where several are in force.
    /// </summary>
    /// <param name="lines">What is charged for their parts.</param>
    /// <param name="elsewhere">What was billed before billing began, for days since.</param>
    /// <param name="account">Whose they are.</param>
    /// <param name="window">Which months are looked at.</param>
    public static void OfSubscriptions(List<ChargeLine> lines, List<ChargeLine> elsewhere, BillableAccount account, BillingWindow window)
    {
        if (!account.Subscriptions.Exists(item => item.Minimums.Count > 0)) return;
        var charged = lines.Concat(elsewhere).ToLookup(line => line.Key.Subscription);
        foreach (var subscription in account.Subscriptions)
            if (subscription.Minimums.Count > 0)
                OfSubscription(lines, [.. charged[subscription.Subscription.Id]], account.Account, subscription, window);
    }

    private static void OfSubscription(
        List<ChargeLine> lines, List<ChargeLine> own, BillingAccount account, BillableSubscription subscription, BillingWindow window)
    {
        if (FirstPaidDay(subscription) is not { } start) return;
        foreach (var month in Months(window, start, subscription.Subscription.End))
        {
            var days = month.Overlap(new ServicePeriod(start, subscription.Subscription.End ?? DateOnly.MaxValue))!.Value;
            var key = new LineKey(subscription.Subscription.Id, "minimum", days.Start);
            Add(lines, own, days, Least(subscription, days, month), account.Currency, key, subscription.Subscription.Correlation,
                $"Minimum of {subscription.Code}");
        }
    }

    // None where it ended before it began, or was given up on trial: no day of it was ever paid for.
    private static DateOnly? FirstPaidDay(BillableSubscription item)
    {
        var subscription = item.Subscription;
        var start = subscription.TrialEnd is { } trial && trial > subscription.Start ? trial : subscription.Start;
        return subscription.End <= start ? null : start;
    }

    private static decimal Least(BillableSubscription subscription, ServicePeriod days, ServicePeriod month)
    {
        var sum = 0m;
        for (var day = days.Start; day < days.End; day = day.AddDays(1))
        {
            if (Rests(subscription.Subscription.Pauses, day)) continue;
            var least = 0m;
            foreach (var minimum in subscription.Minimums)
                if (minimum.Counts(day)) least = Math.Max(least, minimum.Amount);
            sum += least;
        }
        return sum / month.Days;
    }

    private static bool Rests(IReadOnlyList<Pause> pauses, DateOnly day)
    {
        foreach (var pause in pauses)
            if (day >= pause.From && !(day >= pause.Until)) return true;
        return false;
    }

    /// <summary>Adds the true-ups of the whole account, from the month of its first paid day on.</summary>
    /// <param name="lines">All that is charged.</param>
    /// <param name="elsewhere">What was billed before billing began, for days since.</param>
    /// <param name="account">Whose they are.</param>
    /// <param name="window">Which months are looked at.</param>
    public static void OfAccount(List<ChargeLine> lines, List<ChargeLine> elsewhere, BillableAccount account, BillingWindow window)
    {
        var paid = account.Subscriptions.FindAll(item => FirstPaidDay(item) is not null);
        if (paid.Count == 0) return;
        List<ChargeLine> own = [.. lines, .. elsewhere];
        var start = paid.Min(item => FirstPaidDay(item)!.Value);
        var open = paid.Exists(item => item.Subscription.End is null);
        foreach (var month in Months(window, start, open ? null : paid.Max(item => item.Subscription.End)))
            Add(lines, own, month, account.MinimumOf(month.Start), account.Account.Currency,
                new LineKey(new SubscriptionId(Guid.Empty), "minimum", month.Start), account.Account.Correlation, $"Minimum of account {account.Code}");
    }

    private static IEnumerable<ServicePeriod> Months(BillingWindow window, DateOnly start, DateOnly? end)
    {
        // The month before billing began was billed elsewhere, its minimum too.
        var from = AccountingMonth.Of(start > window.BillsFrom ? start : window.BillsFrom).Period;
        for (var month = from; month.End <= window.Last && (end is not { } last || month.Start < last); month = new ServicePeriod(month.End, month.End.AddMonths(1)))
            yield return month;
    }

    private static void Add(
        List<ChargeLine> lines, List<ChargeLine> charged, ServicePeriod days, decimal least, Currency currency, LineKey key,
        CorrelationId correlation, string description)
    {
        var exact = charged.Sum(line => line.Period.Overlap(days) is { } shared ? line.Amount.Amount * shared.Days / line.Period.Days : 0m);
        var missing = Rounding.ChargeLine(new Money(Math.Max(0m, least - exact), currency));
        if (missing.IsZero) return;
        lines.Add(new ChargeLine(key, correlation, missing, days, 1, missing.Amount, Recognition.Immediate, description)
        {
            DueOn = AccountingMonth.Of(days.Start).Period.End,
            // The words hold what the arithmetic of all lines shows: twelve decimals. The figure itself is not rounded.
            Convention = $"{new Money(Rounding.HalfAwayFromZero(least, 12), currency)} less charges of the month",
        });
    }
}
