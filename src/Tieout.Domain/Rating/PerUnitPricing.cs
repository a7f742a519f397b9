namespace Tieout.Domain.Rating;

/// <summary>Per-unit pricing: each unit costs the price. Zero units cost nothing; fractions of a unit cost their fraction.</summary>
public static class PerUnitPricing
{
    /// <summary>The exact amount of a full month.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A negative quantity: returns are credit memos, not negative units.</exception>
    public static decimal Rate(decimal unitPrice, decimal quantity)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(quantity);
        return unitPrice * quantity;
    }
}
