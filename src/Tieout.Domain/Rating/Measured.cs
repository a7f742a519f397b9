namespace Tieout.Domain.Rating;

/// <summary>What was subscribed to or measured in a full period. Nothing in it may be negative.</summary>
/// <param name="Quantity">Units, or money moved for the percentage models; 0 to 10^16 with up to 12 decimals.</param>
public sealed record Measured(decimal Quantity)
{
    /// <summary>The money of each transaction, in the order they happened; for percentages that look at single transactions.</summary>
    public IReadOnlyList<decimal>? Transactions { get; init; }

    /// <summary>The quantity of each combination of dimension values, each combination once; for a matrix.</summary>
    public IReadOnlyList<MeasuredGroup>? Groups { get; init; }

    /// <summary>Prepaid grants that may be drawn from, as they stand now, all money ones in the price's currency.</summary>
    public IReadOnlyList<CreditGrant>? Grants { get; init; }

    /// <summary>
    /// For a part that has no share of its own: what the parts of the period before it measured, which is in all other members too. It
    /// is paid for: the part costs what is above it, and takes no credit for it.
    /// </summary>
    public Measured? Earlier { get; init; }

    /// <summary>The day grants are drawn on; needed with <see cref="Grants"/>, as some may have expired.</summary>
    public DateOnly? AsOf { get; init; }
}

/// <summary>A quantity of one combination of dimension values, in the order of the matrix's dimensions.</summary>
public sealed record MeasuredGroup(IReadOnlyList<string> Values, decimal Quantity);

/// <summary>The settings of a price that change its arithmetic.</summary>
/// <param name="ZeroUnitsEnterFirstTier">Whether zero units cost the first tier's flat amount.</param>
public readonly record struct RatingRules(bool ZeroUnitsEnterFirstTier);
