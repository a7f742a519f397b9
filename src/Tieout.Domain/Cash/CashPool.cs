using System.Globalization;
using Tieout.Domain.Catalog;
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
/// <param name="Layer">The movement that put this money there; null where it is put there now.</param>
public sealed record CashShare(CashPool Pool, decimal Amount, Guid? Layer = null);

/// <summary>What is left in a pool of the money that one movement put there.</summary>
/// <param name="Movement">That movement.</param>
/// <param name="Amount">Above zero.</param>
/// <param name="Since">The day of the newest entry that put it there, or put some of it back.</param>
/// <param name="By">Number of that entry.</param>
/// <param name="No">Its place among what that movement put anywhere: a payment settles several invoices one after the other.</param>
public sealed record CashLayer(Guid Movement, CashPool Pool, decimal Amount, DateOnly Since, string By, int No = 0);

/// <summary>What came of taking money out.</summary>
public abstract record TakeDecision
{
    private TakeDecision() { }

    /// <summary>It is taken out of these; amounts above zero.</summary>
    public sealed record Taken(IReadOnlyList<CashShare> Shares) : TakeDecision;

    /// <summary>There is less; <paramref name="Held"/> is all.</summary>
    public sealed record TooMuch(decimal Held) : TakeDecision;

    /// <summary>It did not lie there yet on that day.</summary>
    public sealed record TooEarly(CashLayer Newest) : TakeDecision
    {
        /// <summary>In words, with the day from which it can be taken.</summary>
        public PriceProblem Problem => new(
            "on", "before-money", string.Create(CultureInfo.InvariantCulture, $"{Newest.By} put there on {Newest.Since:yyyy-MM-dd} what it would take"),
            "Take that day or a later one.");
    }
}

/// <summary>Takes money of a payment out of its pools.</summary>
public static class CashPools
{
    /// <summary>What shares come to in all.</summary>
    public static decimal Sum(IEnumerable<CashShare> shares) => shares.Sum(share => share.Amount);

    /// <summary>
    /// Takes an amount: first what is not applied, then from the invoice it was applied to last; what came after a write-off last.
    /// Within a pool it is money that lay there on the day, as long as there is some; the newest first. Money is never taken on a day
    /// before it came there, or on which it was elsewhere.
    /// </summary>
    /// <param name="held">In any order.</param>
    /// <param name="on">The day of the entry.</param>
    public static TakeDecision Take(IReadOnlyList<CashLayer> held, decimal amount, DateOnly on)
    {
        List<CashShare> taken = [];
        CashLayer? newest = null;
        var left = amount;
        foreach (var layer in InOrder(held, on))
        {
            var part = Math.Min(layer.Amount, left);
            if (part <= 0) break;
            taken.Add(new CashShare(layer.Pool, part, layer.Movement));
            if (newest is null || layer.Since > newest.Since) newest = layer;
            left -= part;
        }
        return left > 0 ? new TakeDecision.TooMuch(amount - left)
            : newest is not null && on < newest.Since ? new TakeDecision.TooEarly(newest)
            : new TakeDecision.Taken(taken);
    }

    /// <summary>The same amounts out of the pools instead of into them, or back.</summary>
    public static IReadOnlyList<CashShare> Opposite(IEnumerable<CashShare> shares) => [.. shares.Select(share => share with { Amount = -share.Amount })];

    /// <summary>The same amounts, put there anew.</summary>
    public static IReadOnlyList<CashShare> Anew(IEnumerable<CashShare> shares) => [.. shares.Select(share => share with { Layer = null })];

    private static IEnumerable<CashLayer> InOrder(IReadOnlyList<CashLayer> held, DateOnly on)
    {
        var newest = held.GroupBy(layer => layer.Pool).ToDictionary(pool => pool.Key, pool => pool.Max(layer => (layer.Since, layer.Movement, layer.No)));
        return held
            .OrderBy(layer => layer.Pool is CashPool.Unapplied ? 0 : layer.Pool is CashPool.OnInvoice ? 1 : 2)
            .ThenByDescending(layer => newest[layer.Pool])
            .ThenBy(layer => layer.Since <= on ? 0 : 1)
            .ThenByDescending(layer => (layer.Since, layer.Movement));
    }
}
