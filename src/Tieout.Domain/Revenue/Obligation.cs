namespace Tieout.Domain.Revenue;

/// <summary>A promise of a contract: what is given, how, when, and what it would cost alone.</summary>
public sealed record Obligation
{
    /// <summary>Unique in the contract and its modifications.</summary>
    public required string Code { get; init; }

    /// <summary>For people.</summary>
    public string Description { get; init; } = "";

    /// <summary>What it is in the book of standalone selling prices; the code itself where nothing else is said.</summary>
    public string Product { get => field ?? Code; init; }

    /// <summary>How it is satisfied.</summary>
    public required Satisfaction Satisfaction { get; init; }

    /// <summary>Half-open: when it is satisfied, or may be.</summary>
    public required ServicePeriod Period { get; init; }

    /// <summary>Units: seats, products, or for usage the units expected.</summary>
    public decimal Quantity { get; init; } = 1m;

    /// <summary>What the contract states as its price; picks the standalone selling price inside a range. Null where none is stated.</summary>
    public decimal? Stated { get; init; }

    /// <summary>The standalone selling price where the contract carries its own; null to look into the book.</summary>
    public SellingPrice? Ssp { get; init; }

    /// <summary>Set for an option that gives a material right; its price follows from it.</summary>
    public OptionValue? Option { get; init; }

    /// <summary>Why its price is what the others leave (the residual approach); null where it is not.</summary>
    public ResidualApproach? Residual { get; init; }

    /// <summary>The day of a delivery that is planned; a delivery that happened goes before it.</summary>
    public DateOnly? On { get; init; }

    /// <summary>For <see cref="Satisfaction.Milestone"/>.</summary>
    public IReadOnlyList<Milestone> Milestones { get; init; } = [];

    /// <summary>
    /// True when what is still to come is distinct from what was given, as with a series of days: a modification then works from its
    /// day on. False where it is one thing in the making: the modification is caught up.
    /// </summary>
    public bool RemainderDistinct { get; init; } = true;

    /// <summary>True when what is not taken by the period's end lapses and is recognised then.</summary>
    public bool Lapses { get; init; }

    /// <summary>The promise it is a part of, where it is not distinct; null for a promise of its own.</summary>
    public string? Into { get; init; }
}

/// <summary>A part of a promise that is reached at once.</summary>
/// <param name="Code">Unique in the promise.</param>
/// <param name="Weight">Its part of the promise, compared with the weights of the others.</param>
public sealed record Milestone(string Code, decimal Weight);

/// <summary>A standalone selling price, or the range it lies in.</summary>
/// <param name="Price">One price; null where only a range is known.</param>
/// <param name="Low">The range's lower end; null for none.</param>
/// <param name="High">The range's upper end; null for none.</param>
/// <param name="Per">What it is for.</param>
public sealed record SellingPrice(decimal? Price, decimal? Low, decimal? High, PerTime Per = PerTime.Term);

/// <summary>What an option to buy more is worth: units bought × price × discount nobody else gets × likelihood.</summary>
/// <param name="Purchases">What the customer is expected to buy with it, at its usual price.</param>
/// <param name="Discount">The fraction off that others do not get.</param>
/// <param name="Likelihood">From 0 to 1.</param>
public sealed record OptionValue(decimal Purchases, decimal Discount, decimal Likelihood);

/// <summary>The residual approach and why it may be used.</summary>
/// <param name="Why">One of the two reasons the standards know.</param>
/// <param name="Low">The lowest price it is sold at alone; null where unknown.</param>
/// <param name="High">The highest; null where unknown.</param>
public sealed record ResidualApproach(ResidualReason Why, decimal? Low, decimal? High);

/// <summary>When the residual approach is open.</summary>
public enum ResidualReason
{
    /// <summary>Sold to different customers, at or near the same time, at prices far apart.</summary>
    HighlyVariable,

    /// <summary>Never sold alone, and no price was set yet.</summary>
    NotYetEstablished,
}
