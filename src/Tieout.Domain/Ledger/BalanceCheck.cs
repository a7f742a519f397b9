namespace Tieout.Domain.Ledger;

/// <summary>How a balance that is kept differs from its lines.</summary>
public enum BalanceTrouble
{
    /// <summary>Lines are booked, and no balance is kept of them.</summary>
    NotKept,

    /// <summary>A balance is kept of what no line says.</summary>
    NotBooked,

    /// <summary>Both are there, with other figures.</summary>
    Differs,

    /// <summary>The lines of a legal entity's month do not come to zero in a currency.</summary>
    OutOfBalance,

    /// <summary>The lines of a legal entity's month do not come to zero in the currency of its books, all currencies together.</summary>
    OutOfBalanceInBooks,
}

/// <summary>A balance that is not what its lines say.</summary>
/// <param name="Account">Empty where the whole month is meant.</param>
/// <param name="Kept">What the balance says.</param>
/// <param name="Booked">What the lines come to.</param>
public sealed record BalanceFinding(
    BalanceTrouble Trouble, string Entity, AccountingMonth Month, string Account, Currency Currency, Turnover Kept, Turnover Booked);

/// <summary>Proves balances that are kept against the sums of the lines.</summary>
public static class BalanceCheck
{
    /// <summary>Every difference, in the order of entity, month, currency and account; none when the books hold.</summary>
    /// <param name="kept">What is kept; rows of one key are added up.</param>
    /// <param name="booked">The sums of the lines, read in the same moment.</param>
    /// <param name="books">The currency of the books by code of the legal entity; of one that is not there it is not looked at.</param>
    public static IReadOnlyList<BalanceFinding> Compare(
        IEnumerable<KeyValuePair<AccountMonth, Turnover>> kept, IEnumerable<KeyValuePair<AccountMonth, Turnover>> booked,
        IReadOnlyDictionary<string, Currency>? books = null)
    {
        var (left, right) = (Summed(kept), Summed(booked));
        List<BalanceFinding> findings = [];
        foreach (var key in left.Keys.Union(right.Keys))
        {
            var (isKept, isBooked) = (left.TryGetValue(key, out var before), right.TryGetValue(key, out var after));
            if (before == after) continue;
            var trouble = !isKept ? BalanceTrouble.NotKept : !isBooked ? BalanceTrouble.NotBooked : BalanceTrouble.Differs;
            findings.Add(new BalanceFinding(trouble, key.Entity, key.Month, key.Account, key.Currency, before, after));
        }
        foreach (var month in right.GroupBy(row => (row.Key.Entity, row.Key.Month, row.Key.Currency)))
        {
            var sum = month.Aggregate(default(Turnover), (total, row) => total + row.Value);
            if (sum.Amount != 0)
                findings.Add(new BalanceFinding(BalanceTrouble.OutOfBalance, month.Key.Entity, month.Key.Month, "", month.Key.Currency, default, sum));
        }
        findings.AddRange(OffInBooks(right, books));
        return [.. findings
            .OrderBy(finding => finding.Entity, StringComparer.Ordinal).ThenBy(finding => finding.Month)
            .ThenBy(finding => finding.Currency.Code, StringComparer.Ordinal).ThenBy(finding => finding.Account, StringComparer.Ordinal)];
    }

    private static IEnumerable<BalanceFinding> OffInBooks(Dictionary<AccountMonth, Turnover> booked, IReadOnlyDictionary<string, Currency>? books)
    {
        foreach (var month in booked.GroupBy(row => (row.Key.Entity, row.Key.Month)))
        {
            var sum = month.Aggregate(default(Turnover), (total, row) => total + row.Value);
            if (sum.Functional == 0 || books is null || !books.TryGetValue(month.Key.Entity, out var currency)) continue;
            yield return new BalanceFinding(
                BalanceTrouble.OutOfBalanceInBooks, month.Key.Entity, month.Key.Month, "", currency, default,
                new Turnover(sum.FunctionalDebit, sum.FunctionalCredit, sum.Lines));
        }
    }

    private static Dictionary<AccountMonth, Turnover> Summed(IEnumerable<KeyValuePair<AccountMonth, Turnover>> rows)
    {
        Dictionary<AccountMonth, Turnover> sums = [];
        foreach (var (key, turnover) in rows) sums[key] = sums.GetValueOrDefault(key) + turnover;
        return sums;
    }
}
