namespace Tieout.Domain;

/// <summary>Divides a whole into parts that add up to it again.</summary>
public static class Allocation
{
    /// <summary>
    /// Parts of <paramref name="whole"/> in proportion to <paramref name="weights"/>, each with at most
    /// <paramref name="decimals"/> decimals. Every part is first cut towards zero; the smallest units left over go, one
    /// each, to the largest remainders (the earlier part first when two are equal), so that the parts sum to the whole.
    /// </summary>
    /// <exception cref="ArgumentException">
    /// No weights, a negative one, all zero, or a whole with more decimals than the parts may have.
    /// </exception>
    public static IReadOnlyList<decimal> ByLargestRemainder(decimal whole, IReadOnlyList<decimal> weights, int decimals)
    {
        var total = weights.Sum();
        if (weights.Count == 0 || weights.Any(weight => weight < 0) || total == 0)
            throw new ArgumentException("Weights must be zero or more, and one of them above zero.", nameof(weights));
        if (Rounding.HalfAwayFromZero(whole, decimals) != whole)
            throw new ArgumentException($"The whole has more than {decimals} decimals.", nameof(whole));

        var unit = new decimal(1, 0, 0, whole < 0, (byte)decimals);
        // Multiply before dividing: a rounded ratio times a large whole is off by more than one unit.
        var exact = weights.Select(weight => whole * weight / total).ToArray();
        var parts = exact.Select(value => Cut(value, unit)).ToArray();
        var left = (int)((whole - parts.Sum()) / unit);
        var byRemainder = Enumerable.Range(0, parts.Length)
            .OrderByDescending(index => Math.Abs(exact[index] - parts[index]))
            .ThenBy(index => index);
        foreach (var index in byRemainder.Take(left)) parts[index] += unit;
        return parts;
    }

    private static decimal Cut(decimal value, decimal unit) => decimal.Truncate(value / unit) * unit;
}
