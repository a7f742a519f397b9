namespace Tieout.Domain.Rating;

/// <summary>A charge with the arithmetic that led to it.</summary>
/// <param name="Exact">Not rounded; always the sum of the steps.</param>
/// <param name="Steps">In the order they were computed.</param>
public sealed record Rated(decimal Exact, IReadOnlyList<RatingStep> Steps)
{
    /// <summary>What was drawn from prepaid grants, in order; empty for all other models.</summary>
    public IReadOnlyList<CreditDraw> Draws { get; init; } = [];
}

/// <summary>One step of the arithmetic.</summary>
/// <param name="Words">For people: <c>83 units at 0.10 in tier 2 of 3</c>.</param>
/// <param name="Tier">The tier from 1; null outside of tiers.</param>
/// <param name="Quantity">Units, packages or money it is about; null where there are none.</param>
/// <param name="UnitPrice">Price of one of them, a fraction for percentages; null where there is none.</param>
/// <param name="Amount">What the step adds; below zero for what is taken off.</param>
public sealed record RatingStep(string Words, int? Tier, decimal? Quantity, decimal? UnitPrice, decimal Amount);
