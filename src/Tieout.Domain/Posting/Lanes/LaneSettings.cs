namespace Tieout.Domain.Posting.Lanes;

/// <summary>What a target's lane is configured to, besides slots and batch size.</summary>
/// <param name="CallsPerMinute">All programs together; null for no rate.</param>
/// <param name="Hours">When it takes documents.</param>
/// <param name="Kinds">Which kinds go first within a month.</param>
public sealed record LaneSettings(int? CallsPerMinute, LaneHours Hours, KindOrder Kinds)
{
    /// <summary>No rate, always open, all kinds alike.</summary>
    public static LaneSettings Default { get; } = new(null, LaneHours.Always, KindOrder.None);
}
