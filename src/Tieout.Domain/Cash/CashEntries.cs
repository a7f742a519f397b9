using Tieout.Domain.Ledger;

namespace Tieout.Domain.Cash;

/// <summary>A line of an entry of cash.</summary>
/// <param name="Amount">Debit positive, credit negative.</param>
/// <param name="Settles">The invoice or credit memo it is about.</param>
public sealed record CashLine(string Account, decimal Amount, Guid? Settles = null);

/// <summary>
/// The entries of cash: balanced lines, debits first, none of zero. Money lies on cash-clearing, or where the caller says: on the account of a
/// further bank account, or, what a payment gateway holds for us, on gateway-clearing.
/// </summary>
public static class CashEntries
{
    /// <summary>Money received: cash, less what the bank kept, against the pools it goes into.</summary>
    public static IReadOnlyList<CashLine> Received(decimal amount, decimal fee, IReadOnlyList<CashShare> shares, string clearing = LedgerAccount.CashClearing) =>
        Whole([new(clearing, amount - fee), new(LedgerAccount.BankFees, fee), .. Into(shares)]);

    /// <summary>Money moved from pool to pool: shares taken out are negative.</summary>
    public static IReadOnlyList<CashLine> Moved(IReadOnlyList<CashShare> shares) => Whole([.. Into(shares).OrderByDescending(line => line.Amount)]);

    /// <summary>Money paid back out of pools. What settled an invoice is owed again.</summary>
    /// <param name="taken">Positive.</param>
    public static IReadOnlyList<CashLine> PaidBack(IReadOnlyList<CashShare> taken, string clearing = LedgerAccount.CashClearing) => OutOf(taken, clearing);

    /// <summary>Money paid back that a credit memo left to the customer.</summary>
    public static IReadOnlyList<CashLine> PaidBack(Guid memo, decimal amount, string clearing = LedgerAccount.CashClearing) =>
        [new(LedgerAccount.Receivable, amount, memo), new(clearing, -amount)];

    /// <summary>What an invoice asks for is disputed: it asks for less until that is decided.</summary>
    public static IReadOnlyList<CashLine> Disputed(Guid invoice, decimal amount) =>
        [new(LedgerAccount.DisputedReceivable, amount), new(LedgerAccount.Receivable, -amount, invoice)];

    /// <summary>The bank took the money of a payment back.</summary>
    public static IReadOnlyList<CashLine> ChargedBack(decimal amount, string clearing = LedgerAccount.CashClearing) =>
        [new(LedgerAccount.DisputedReceivable, amount), new(clearing, -amount)];

    /// <summary>Won: everything as it was before the dispute.</summary>
    public static IReadOnlyList<CashLine> Opposite(IEnumerable<CashLine> lines) =>
        [.. lines.Select(line => line with { Amount = -line.Amount }).OrderByDescending(line => line.Amount)];

    /// <summary>Lost and given up. What was never applied is no debt: we owe it no longer.</summary>
    /// <param name="charged">What was taken out of the pools, positive; empty for a disputed invoice.</param>
    public static IReadOnlyList<CashLine> Lost(decimal amount, IReadOnlyList<CashShare> charged, LostTo to)
    {
        if (to == LostTo.OwedAgain) return OutOf(charged, LedgerAccount.DisputedReceivable);
        var unapplied = charged.Where(share => share.Pool is CashPool.Unapplied).Sum(share => share.Amount);
        return Whole(
            [new(LedgerAccount.BadDebt, amount - unapplied), new(LedgerAccount.UnappliedCash, unapplied), new(LedgerAccount.DisputedReceivable, -amount)]);
    }

    private static IReadOnlyList<CashLine> OutOf(IReadOnlyList<CashShare> taken, string account) =>
        [.. Into(CashPools.Opposite(taken)), new(account, -CashPools.Sum(taken))];

    // A pool is a credit: more in it is a credit, less a debit. The ledger knows pools, no layers.
    private static IEnumerable<CashLine> Into(IEnumerable<CashShare> shares) => shares.GroupBy(share => share.Pool).Select(pool =>
        new CashLine(pool.Key.Account, -CashPools.Sum(pool), pool.Key is CashPool.OnInvoice on ? on.Invoice : null));

    private static IReadOnlyList<CashLine> Whole(IEnumerable<CashLine> lines) => [.. lines.Where(line => line.Amount != 0)];
}
