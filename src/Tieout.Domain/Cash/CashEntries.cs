using Tieout.Domain.Ledger;

namespace Tieout.Domain.Cash;

/// <summary>A line of an entry of cash.</summary>
/// <param name="Amount">Debit positive, credit negative.</param>
/// <param name="Settles">The invoice or credit memo it is about.</param>
public sealed record CashLine(string Account, decimal Amount, Guid? Settles = null)
{
    /// <summary>The invoice that began at the rate which a line in a foreign currency goes by, though it does not settle it; null for none.</summary>
    public Guid? RateOf { get; init; }

    /// <summary>What it is for; mostly empty.</summary>
    public string Text { get; init; } = "";
}

/// <summary>
/// The entries of cash: balanced lines, debits first, none of zero. Money lies on cash-clearing, or where the caller says: on the account of a
/// further bank account, or, what a payment gateway holds for us, on gateway-clearing. What was granted beside money, a discount for paying early or
/// a small difference, settles the invoice like money, and is debited to its own accounts; where the money is taken off again that is turned round.
/// </summary>
public static class CashEntries
{
    /// <summary>Money received: cash, less what the bank kept, against the pools it goes into.</summary>
    public static IReadOnlyList<CashLine> Received(decimal amount, decimal fee, IReadOnlyList<CashShare> shares, string clearing = LedgerAccount.CashClearing) =>
        Whole([new(clearing, amount - fee), new(LedgerAccount.BankFees, fee), .. Granted(shares), .. Into(shares)]);

    /// <summary>Money moved from pool to pool: shares taken out are negative.</summary>
    public static IReadOnlyList<CashLine> Moved(IReadOnlyList<CashShare> shares) =>
        Whole([.. Into(shares).Concat(Granted(shares)).OrderByDescending(line => line.Amount)]);

    /// <summary>Money paid back out of pools. What settled an invoice is owed again.</summary>
    /// <param name="taken">Positive.</param>
    public static IReadOnlyList<CashLine> PaidBack(IReadOnlyList<CashShare> taken, string clearing = LedgerAccount.CashClearing)
    {
        var back = CashPools.Opposite(taken);
        return [.. Into(back), .. Granted(back), new(clearing, -CashPools.Sum(taken))];
    }

    /// <summary>Money paid back that a credit memo left to the customer: with what was granted beside it, it uses up that much of the credit.</summary>
    /// <param name="taken">Off the invoice that the memo is about; positive.</param>
    public static IReadOnlyList<CashLine> PaidBack(Guid memo, IReadOnlyList<CashShare> taken, string clearing = LedgerAccount.CashClearing) =>
        [new(LedgerAccount.Receivable, CashPools.Whole(taken), memo), .. Granted(CashPools.Opposite(taken)), new(clearing, -CashPools.Sum(taken))];

    /// <summary>What an invoice asks for is disputed: it asks for less until that is decided.</summary>
    public static IReadOnlyList<CashLine> Disputed(Guid invoice, decimal amount) =>
        [new(LedgerAccount.DisputedReceivable, amount), new(LedgerAccount.Receivable, -amount, invoice)];

    /// <summary>The bank took the money of a payment back: it is disputed, and so is what was granted beside it.</summary>
    /// <param name="taken">Positive.</param>
    public static IReadOnlyList<CashLine> ChargedBack(IReadOnlyList<CashShare> taken, string clearing = LedgerAccount.CashClearing) =>
        [new(LedgerAccount.DisputedReceivable, CashPools.Whole(taken)), .. Granted(CashPools.Opposite(taken)), new(clearing, -CashPools.Sum(taken))];

    /// <summary>Won: everything as it was before the dispute.</summary>
    /// <param name="opening">The lines of its opening.</param>
    /// <param name="charged">What was taken out of the pools, positive; empty for a disputed invoice.</param>
    public static IReadOnlyList<CashLine> Won(IReadOnlyList<CashLine> opening, IReadOnlyList<CashShare> charged)
    {
        var granted = Granted(charged).ToList();
        // What was granted comes back at the rate of its invoice, which the lines of the opening do not say.
        return [.. opening.Where(line => granted.Count == 0 || line.Account == LedgerAccount.DisputedReceivable || IsMoney(line.Account))
            .Select(line => line with { Amount = -line.Amount }).Concat(granted).OrderByDescending(line => line.Amount)];
    }

    /// <summary>Lost and given up. What was never applied is no debt: we owe it no longer.</summary>
    /// <param name="amount">Of a disputed invoice; of a charge-back it is what was charged.</param>
    /// <param name="charged">What was taken out of the pools, positive; empty for a disputed invoice.</param>
    public static IReadOnlyList<CashLine> Lost(decimal amount, IReadOnlyList<CashShare> charged, LostTo to)
    {
        var whole = charged.Count > 0 ? CashPools.Whole(charged) : amount;
        if (to == LostTo.OwedAgain) return [.. Into(CashPools.Opposite(charged)), new(LedgerAccount.DisputedReceivable, -whole)];
        var unapplied = charged.Where(share => share.Pool is CashPool.Unapplied).Sum(share => share.Amount);
        return Whole(
            [new(LedgerAccount.BadDebt, whole - unapplied), new(LedgerAccount.UnappliedCash, unapplied), new(LedgerAccount.DisputedReceivable, -whole)]);
    }

    // A pool is a credit: more in it is a credit, less a debit. The ledger knows pools, no layers.
    private static IEnumerable<CashLine> Into(IEnumerable<CashShare> shares) => shares.GroupBy(share => (share.Pool.Account, share.Pool.Settles))
        .Select(place => new CashLine(place.Key.Account, -CashPools.Whole(place), place.Key.Settles));

    // The other side of what is granted: it costs us something, and the tax in it is owed no longer.
    private static IEnumerable<CashLine> Granted(IEnumerable<CashShare> shares) => shares.GroupBy(share => share.Pool)
        .Where(pool => pool.Key is CashPool.Granted).Select(pool => ((CashPool.Granted)pool.Key, Amount: CashPools.Whole(pool)))
        .Select(one => new CashLine(one.Item1.Against, one.Amount) { RateOf = one.Item1.Invoice, Text = one.Item1.Text });

    private static bool IsMoney(string account) => LedgerAccount.IsCash(account) || account == LedgerAccount.GatewayClearing;

    private static IReadOnlyList<CashLine> Whole(IEnumerable<CashLine> lines) => [.. lines.Where(line => line.Amount != 0)];
}
