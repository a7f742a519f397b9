using Tieout.Domain.Ledger;

namespace Tieout.Domain.Cash;

/// <summary>Where money of a payment lies. Each is one place of the ledger.</summary>
public abstract record CashPool
{
    private CashPool() { }

    /// <summary>The account that is credited when money comes into it.</summary>
    public abstract string Account { get; }

    /// <summary>Owed to the customer until it is applied.</summary>
    public sealed record Unapplied : CashPool
    {
        /// <inheritdoc/>
        public override string Account => LedgerAccount.UnappliedCash;
    }

    /// <summary>It settles an invoice.</summary>
    /// <param name="Invoice">Its id.</param>
    public sealed record OnInvoice(Guid Invoice) : CashPool
    {
        /// <inheritdoc/>
        public override string Account => LedgerAccount.Receivable;
    }

    /// <summary>It came for a debt that was given up before.</summary>
    public sealed record Recovered : CashPool
    {
        /// <inheritdoc/>
        public override string Account => LedgerAccount.BadDebt;
    }
}

/// <summary>An amount in a pool; negative where it is taken out.</summary>
public sealed record CashShare(CashPool Pool, decimal Amount);

/// <summary>Takes money of a payment out of its pools.</summary>
public static class CashPools
{
    /// <summary>What the pools hold in all.</summary>
    public static decimal Sum(IEnumerable<CashShare> shares) => shares.Sum(share => share.Amount);

    /// <summary>
    /// Takes an amount: first what is not applied, then from the invoice it was applied to last; what came after a write-off last.
    /// The answer is positive; null where the pools hold less.
    /// </summary>
    /// <param name="held">In the order in which they were filled.</param>
    public static IReadOnlyList<CashShare>? Take(IReadOnlyList<CashShare> held, decimal amount)
    {
        List<CashShare> taken = [];
        foreach (var share in held.Reverse().OrderBy(share => share.Pool is CashPool.Unapplied ? 0 : share.Pool is CashPool.OnInvoice ? 1 : 2))
        {
            var part = Math.Min(share.Amount, amount);
            if (part <= 0) continue;
            taken.Add(share with { Amount = part });
            amount -= part;
        }
        return amount > 0 ? null : taken;
    }

    /// <summary>The same amounts out of the pools instead of into them, or back.</summary>
    public static IReadOnlyList<CashShare> Opposite(IEnumerable<CashShare> shares) => [.. shares.Select(share => share with { Amount = -share.Amount })];
}
