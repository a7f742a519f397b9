using System.Globalization;
using Tieout.Domain.Catalog;

namespace Tieout.Domain.Cash;

/// <summary>What came of taking money out.</summary>
public abstract record TakeDecision
{
    private TakeDecision() { }

    /// <summary>It is taken out of these, with what was granted beside it; amounts above zero.</summary>
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
    /// <summary>What shares come to in money.</summary>
    public static decimal Sum(IEnumerable<CashShare> shares) => shares.Where(share => share.Pool.IsMoney).Sum(share => share.Amount);

    /// <summary>What they come to with all that was granted beside the money.</summary>
    public static decimal Whole(IEnumerable<CashShare> shares) => shares.Sum(share => share.Amount);

    /// <summary>
    /// Takes an amount: first what is not applied, then from the invoice it was applied to last; what came after a write-off, or was kept, last.
    /// Within a pool it is money that lay there on the day, as long as there is some; the newest first. Money is never taken on a day
    /// before it came there, or on which it was elsewhere. What was granted beside it goes with it in proportion.
    /// </summary>
    /// <param name="held">In any order.</param>
    /// <param name="amount">Of money.</param>
    /// <param name="on">The day of the entry.</param>
    public static TakeDecision Take(IReadOnlyList<CashLayer> held, decimal amount, DateOnly on, Currency currency)
    {
        List<CashShare> taken = [];
        CashLayer? newest = null;
        var left = amount;
        foreach (var layer in InOrder([.. held.Where(layer => layer.Pool.IsMoney)], on))
        {
            var part = Math.Min(layer.Amount, left);
            if (part <= 0) break;
            taken.Add(new CashShare(layer.Pool, part, layer.Movement));
            taken.AddRange(Beside(held, layer, part, currency));
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

    // Of the whole rounded once, then divided: with the last of the money goes all that is left of each part.
    private static IEnumerable<CashShare> Beside(IReadOnlyList<CashLayer> held, CashLayer money, decimal part, Currency currency)
    {
        if (money.Pool is not CashPool.OnInvoice on) return [];
        var granted = held.Where(layer => layer.Movement == money.Movement && layer.Pool is CashPool.Granted beside && beside.Invoice == on.Invoice).ToList();
        if (granted.Count == 0) return [];
        var all = granted.Sum(layer => layer.Amount);
        var goes = part == money.Amount ? all : Rounding.JournalLine(new Money(all * part / money.Amount, currency)).Amount;
        var parts = Allocation.ByLargestRemainder(goes, [.. granted.Select(layer => layer.Amount)], currency.MinorUnits);
        return granted.Zip(parts, (layer, amount) => new CashShare(layer.Pool, amount, layer.Movement)).Where(share => share.Amount != 0);
    }

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
