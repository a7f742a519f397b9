using Tieout.Domain.Ledger;

namespace Tieout.Domain.Revenue;

/// <summary>A month of a batch of schedules that is earned and not booked.</summary>
/// <param name="Batch">Its number.</param>
/// <param name="Month">In which it is earned.</param>
/// <param name="Amount">Sum of its lines; may be zero or negative.</param>
/// <param name="Lines">How many lines.</param>
public sealed record DueMonth(int Batch, AccountingMonth Month, Money Amount, int Lines);

/// <summary>What a revenue run books at once: months of batches that come into one month of the books, in one currency.</summary>
/// <param name="Month">Of the books.</param>
/// <param name="Due">What it is the sum of.</param>
public sealed record RevenueBooking(AccountingMonth Month, IReadOnlyList<DueMonth> Due)
{
    /// <summary>What goes from deferred revenue to revenue; below zero for what goes back.</summary>
    public Money Amount { get; } = Due.Aggregate(Money.Zero(Due[0].Amount.Currency), (sum, due) => sum + due.Amount);

    /// <summary>Lines of schedules in all.</summary>
    public long Lines { get; } = Due.Sum(due => (long)due.Lines);

    /// <summary>
    /// What each month that is served comes to, the earliest first: a pair of lines of its entry (<see cref="Pair"/>), those of closed months
    /// told as catch-up (<see cref="TextOf"/>). A month that comes to zero has none.
    /// </summary>
    public IReadOnlyList<(AccountingMonth Month, Money Amount)> Served =>
    [
        .. from due in Due
           group due.Amount.Amount by due.Month into served
           orderby served.Key
           let amount = Amount with { Amount = served.Sum() }
           where !amount.IsZero
           select (served.Key, amount),
    ];

    /// <summary>The debit of deferred revenue and the credit of revenue, each turned round for what goes back.</summary>
    public static IReadOnlyList<JournalLine> Pair(Money amount) =>
        [new JournalLine(LedgerAccount.DeferredRevenue, amount), new JournalLine(LedgerAccount.Revenue, -amount)];

    /// <summary>What a line of its entries says of the month that is served.</summary>
    public string TextOf(AccountingMonth served) => served == Month ? $"Earned in {Month}" : $"Catch-up: earned in {served}, which is closed";
}

/// <summary>Into which month of the books goes what is earned and not booked.</summary>
public static class ReleasePlan
{
    /// <summary>
    /// A month that is open takes its own; what closed months lack comes in the first open one. By currency and month, in that order.
    /// </summary>
    /// <param name="due">What is due by the last month that is to be booked, each month of a batch once.</param>
    /// <param name="closedThrough">The last closed day of the legal entity; null while none is.</param>
    public static IReadOnlyList<RevenueBooking> Of(IEnumerable<DueMonth> due, DateOnly? closedThrough)
    {
        AccountingMonth? firstOpen = closedThrough is { } closed ? AccountingMonth.Of(closed.AddDays(1)) : null;
        return
        [
            .. due.GroupBy(month => (month.Amount.Currency.Code, Month: firstOpen is { } open && month.Month < open ? open : month.Month))
                .OrderBy(booking => booking.Key.Code, StringComparer.Ordinal).ThenBy(booking => booking.Key.Month)
                .Select(booking => new RevenueBooking(booking.Key.Month, [.. booking.OrderBy(month => month.Month).ThenBy(month => month.Batch)])),
        ];
    }
}
