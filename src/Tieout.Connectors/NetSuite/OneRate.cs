using Tieout.Domain;

namespace Tieout.Connectors.NetSuite;

/// <summary>The one rate of exchange a journal of NetSuite has, for lines whose amounts in the books came from their own. Pure.</summary>
internal static class OneRate
{
    private const int Decimals = 12;

    /// <summary>
    /// A rate by which every line comes to exactly its amount in the books, where there is one; else the one by which all of them together do, and a
    /// line may be off by what it was rounded by.
    /// </summary>
    /// <param name="lines">Amounts in the journal's currency, none of them zero, with what they come to in the books.</param>
    public static decimal Of(IReadOnlyList<(decimal Amount, decimal InBooks)> lines, Currency books)
    {
        var half = 0.5m;
        for (var digit = 0; digit < books.MinorUnits; digit++) half /= 10m;
        var (least, most) = (decimal.MinValue, decimal.MaxValue);
        foreach (var (amount, inBooks) in lines)
        {
            // What rounds to the amount, whatever is made of exactly half a unit.
            var (from, to) = ((Math.Abs(inBooks) - half) / Math.Abs(amount), (Math.Abs(inBooks) + half) / Math.Abs(amount));
            (least, most) = (Math.Max(least, from), Math.Min(most, to));
        }
        var whole = lines.Sum(line => Math.Abs(line.Amount));
        var together = Rounding.HalfAwayFromZero(lines.Sum(line => Math.Abs(line.InBooks)) / whole, Decimals);
        var inside = Rounding.HalfAwayFromZero(least + ((most - least) / 2m), Decimals);
        return (together > least && together < most) || inside <= least || inside >= most ? together : inside;
    }
}
