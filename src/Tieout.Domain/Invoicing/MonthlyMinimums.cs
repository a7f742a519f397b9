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
    /// Adds the true-ups of a subscription; a month it was in force in part has its share, and days of a pause ask for nothing. After a
    /// change of plan each day counts with its own plan's minimum, the highest where several are in force.
    /// </summary>
    public static void OfSubscription(
        List<ChargeLine> lines, BillingAccount account, BillableSubscription subscription, BillingWindow window)
    {
        var own = lines.FindAll(line => line.Key.Subscription == subscription.Subscription.Id);
        var start = subscription.Subscription.TrialEnd is { } trial && trial > subscription.Subscription.Start ? trial : subscription.Subscription.Start;
        // Given up on trial, or before it began: no day of it was ever paid for.
        if (subscription.Subscription.End <= start) return;
        foreach (var month in Months(window, start, subscription.Subscription.End))
        {
            var days = month.Overlap(new ServicePeriod(start, subscription.Subscription.End ?? DateOnly.MaxValue))!.Value;
            var key = new LineKey(subscription.Subscription.Id, "minimum", days.Start);
            Add(lines, own, days, Least(subscription, days, month), account.Currency, key, subscription.Subscription.Correlation,
                $"Minimum of {subscription.Code}");
        }
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

    /// <summary>Adds the true-ups of the whole account, from the month of its first charge on.</summary>
    public static void OfAccount(List<ChargeLine> lines, BillableAccount account, BillingWindow window)
    {
        if (account.Subscriptions.Count == 0) return;
        var own = lines.ToList();
        var start = account.Subscriptions.Min(item => item.Subscription.Start);
        var open = account.Subscriptions.Exists(item => item.Subscription.End is null);
        foreach (var month in Months(window, start, open ? null : account.Subscriptions.Max(item => item.Subscription.End)))
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
            Convention = $"{new Money(least, currency)} less charges of the month",
        });
    }
}
