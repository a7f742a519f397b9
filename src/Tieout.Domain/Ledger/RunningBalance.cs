namespace Tieout.Domain.Ledger;

/// <summary>A balance after each of a row of lines.</summary>
public static class RunningBalance
{
    /// <summary>What the account comes to after each amount, beginning with what it came to before them.</summary>
    public static IEnumerable<Money> After(Money opening, IEnumerable<Money> amounts)
    {
        var balance = opening;
        foreach (var amount in amounts) yield return balance += amount;
    }
}
