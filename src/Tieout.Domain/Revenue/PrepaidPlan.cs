using Tieout.Domain.Ledger;

namespace Tieout.Domain.Revenue;

/// <summary>What goes from prepaid credit to revenue in a month of the books, for one use of one grant.</summary>
/// <param name="Month">Of the books.</param>
/// <param name="Amount">In the currency of the grant; below zero for what goes back.</param>
/// <param name="Functional">The same in the currency of the books; means nothing where that is the grant's own.</param>
public sealed record PrepaidRelease(AccountingMonth Month, PrepaidKey Key, decimal Amount, decimal Functional);

/// <summary>What different rates of a sale and its credit memos left of a grant of which nothing is left, in the currency of the books.</summary>
/// <param name="Month">Of the books.</param>
/// <param name="Functional">Above zero for a gain.</param>
public sealed record PrepaidDifference(AccountingMonth Month, decimal Functional);

/// <summary>What is to be booked of a grant.</summary>
/// <param name="Releases">From prepaid credit to revenue.</param>
/// <param name="Differences">From prepaid credit to exchange gains and losses.</param>
public sealed record PrepaidChanges(IReadOnlyList<PrepaidRelease> Releases, IReadOnlyList<PrepaidDifference> Differences);

/// <summary>
/// When what was paid for prepaid credit becomes revenue: each unit that is drawn or lapses takes its share of the price with it
/// whatever it is worth to the customer. Breakage is not estimated: it is earned once the right has lapsed (ASC 606-10-55-46 to 55-49; IFRS 15.B44
/// to B47).
/// </summary>
public static class PrepaidPlan
{
    /// <summary>
    /// The share of the price that belongs to what was used: of a grant of 120 for 100.00, 30 used are 25.00. Rounded to minor units half away
    /// from zero, multiplied before divided; all that was granted is exactly all that was paid.
    /// </summary>
    /// <param name="paid">Zero or more.</param>
    /// <param name="granted">Above zero.</param>
    /// <param name="used">Of what was granted: from nothing to all.</param>
    /// <exception cref="ArgumentOutOfRangeException">More was used than granted, or less than nothing; nothing was granted; less than nothing paid.</exception>
    public static decimal Share(decimal paid, decimal granted, decimal used, Currency currency)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(paid);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(granted);
        ArgumentOutOfRangeException.ThrowIfNegative(used);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(used, granted);
        return used == granted ? paid : Rounding.JournalLine(new Money(paid * used / granted, currency)).Amount;
    }

    /// <summary>
    /// What should have become revenue at the end of a month, by what it was used for. Uses stand one after the other by month, and each has
    /// what the share up to and with it is more than the share before it: so what comes later changes nothing of what was, unless the price does.
    /// </summary>
    public static IReadOnlyDictionary<PrepaidKey, decimal> Wanted(PaidGrant grant, AccountingMonth end)
    {
        // Below zero where a credit memo is dated before its invoice's month: nothing is earned of that.
        var paid = Math.Max(0m, Paid(grant, end).Amount);
        Dictionary<PrepaidKey, decimal> wanted = [];
        var (used, before) = (0m, 0m);
        foreach (var use in InOrder(grant.Used.Where(use => use.Key.Month <= end), use => use.Key))
        {
            used += use.Credit;
            var share = Share(paid, grant.Granted, used, grant.Currency);
            wanted.Add(use.Key, share - before);
            before = share;
        }
        return wanted;
    }

    /// <summary>What still lies there at the end of a month: paid and not yet earned.</summary>
    public static decimal Left(PaidGrant grant, AccountingMonth end) => Paid(grant, end).Amount - Wanted(grant, end).Values.Sum();

    /// <summary>
    /// The same in the currency of the books: what was released counts at what it was booked at, as long as it is what should be; where something is
    /// still to be released, or nothing is left, what is left counts at what was paid.
    /// </summary>
    /// <param name="books">The currency of the books.</param>
    public static decimal LeftInBooks(PaidGrant grant, AccountingMonth end, Currency books)
    {
        var (paid, wanted) = (Paid(grant, end), Wanted(grant, end).Values.Sum());
        var released = default(Carried);
        foreach (var (month, _, amount) in grant.Released)
            if (month <= end) released += amount;
        return released.Amount == wanted && wanted != paid.Amount ? paid.Functional - released.Functional : paid.Functional - paid.Of(wanted, books);
    }

    /// <summary>
    /// Month after month what should have become revenue less what did, with all that the months before move now. What closed months lack comes
    /// in the first open one. In the books it leaves at what it was invoiced at, the last part with all that is left; where nothing is left of what was
    /// paid, what different rates left is won or lost (IAS 21.28): so of a grant that is used up, lapsed or credited whole nothing stands there
    /// in either currency. With the same again nothing.
    /// </summary>
    /// <param name="first">The first month that may still be changed.</param>
    /// <param name="last">The last one to look at.</param>
    /// <param name="books">The currency of the books.</param>
    public static PrepaidChanges Of(PaidGrant grant, AccountingMonth first, AccountingMonth last, Currency books)
    {
        List<PrepaidRelease> releases = [];
        List<PrepaidDifference> differences = [];
        foreach (var month in Months(grant, first, last))
        {
            var stands = Standing(grant, releases, month);
            var wanted = Wanted(grant, month);
            List<(PrepaidKey Key, decimal Amount)> missing =
            [
                .. from key in InOrder(wanted.Keys.Union(stands.Keys), key => key)
                   let amount = wanted.GetValueOrDefault(key) - stands.GetValueOrDefault(key).Amount
                   where amount != 0m
                   select (key, amount),
            ];
            var released = stands.Values.Sum(one => one.Functional);
            if (Left(Paid(grant, month), wanted, missing.Count == 0 ? released : null) is var left and not 0m)
            {
                differences.Add(new PrepaidDifference(month, left));
                grant = grant with { Exchanged = [.. grant.Exchanged, (month, left)] };
            }
            releases.AddRange(Valued(month, missing, Paid(grant, month).Of(wanted.Values.Sum(), books) - released, wanted, books));
        }
        return new PrepaidChanges(releases, differences);
    }

    // What is won or lost: all that lies there where nothing is left that was paid; of what is used up and does not move any more, what was released
    // at other rates than it is paid at now.
    private static decimal Left(Carried paid, IReadOnlyDictionary<PrepaidKey, decimal> wanted, decimal? released) =>
        paid.Amount == 0m ? paid.Functional
        : released is { } stands && wanted.Values.Sum() == paid.Amount ? paid.Functional - stands
        : 0m;

    private static IEnumerable<T> InOrder<T>(IEnumerable<T> all, Func<T, PrepaidKey> key) => all
        .OrderBy(one => key(one).Month).ThenBy(one => key(one).Use).ThenBy(one => key(one).Subscription).ThenBy(one => key(one).Component, StringComparer.Ordinal);

    private static Carried Paid(PaidGrant grant, AccountingMonth end)
    {
        var paid = default(Carried);
        foreach (var (month, amount) in grant.Paid)
            if (month <= end) paid += amount;
        foreach (var (month, functional) in grant.Exchanged)
            if (month <= end) paid += new Carried(0m, -functional);
        return paid;
    }

    // Months in which something happened that counts now.
    private static SortedSet<AccountingMonth> Months(PaidGrant grant, AccountingMonth first, AccountingMonth last) =>
    [
        .. grant.Paid.Select(one => one.Month).Concat(grant.Used.Select(use => use.Key.Month)).Concat(grant.Released.Select(one => one.Month))
            .Concat(grant.Exchanged.Select(one => one.Month))
            .Where(month => month <= last).Select(month => month < first ? first : month).Where(month => month <= last),
    ];

    private static Dictionary<PrepaidKey, Carried> Standing(PaidGrant grant, List<PrepaidRelease> now, AccountingMonth end)
    {
        Dictionary<PrepaidKey, Carried> stands = [];
        foreach (var (month, key, amount) in grant.Released)
            if (month <= end) stands[key] = stands.GetValueOrDefault(key) + amount;
        foreach (var release in now) stands[release.Key] = stands.GetValueOrDefault(release.Key) + new Carried(release.Amount, release.Functional);
        return stands;
    }

    // Shared cumulatively, so that the last takes all that is left; what comes to nothing together has no share, and the first takes all.
    private static IEnumerable<PrepaidRelease> Valued(
        AccountingMonth month, List<(PrepaidKey Key, decimal Amount)> missing, decimal functional, IReadOnlyDictionary<PrepaidKey, decimal> wanted, Currency books)
    {
        if (missing.Count == 0 && functional != 0m && wanted.Count > 0) missing = [(wanted.Keys.MaxBy(key => key.Month), 0m)];
        var whole = missing.Sum(one => one.Amount);
        var (reached, told) = (0m, 0m);
        for (var index = 0; index < missing.Count; index++)
        {
            reached += missing[index].Amount;
            var upTo = whole == 0m || index == missing.Count - 1 ? functional : Rounding.JournalLine(new Money(functional * reached / whole, books)).Amount;
            yield return new PrepaidRelease(month, missing[index].Key, missing[index].Amount, upTo - told);
            told = upTo;
        }
    }
}
