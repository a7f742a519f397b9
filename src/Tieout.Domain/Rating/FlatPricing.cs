namespace Tieout.Domain.Rating;

/// <summary>Flat pricing: a full month costs the price, however many units are used, none included.</summary>
public static class FlatPricing
{
    /// <summary>The exact amount of a full month.</summary>
    public static decimal Rate(decimal price) => price;
}
