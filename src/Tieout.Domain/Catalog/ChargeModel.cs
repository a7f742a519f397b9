namespace Tieout.Domain.Catalog;

/// <summary>How a price and a quantity become an amount.</summary>
public enum ChargeModel
{
    /// <summary>The price is the amount of a full period; the quantity plays no part.</summary>
    Flat,

    /// <summary>The price is for one unit of a full period.</summary>
    PerUnit,
}
