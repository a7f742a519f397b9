using Tieout.Application.Posting.Lanes;
using Tieout.Domain.Posting.Lanes;

namespace Tieout.Simulation.Store;

/// <summary>A lane as the books keep it.</summary>
/// <param name="Lane">What all programs know.</param>
/// <param name="Shares">What each holds.</param>
/// <param name="Told">What people said, the oldest first.</param>
internal sealed record LaneBook(SharedLane Lane, IReadOnlyList<LaneShareRow> Shares, IReadOnlyList<LaneTold> Told)
{
    /// <summary>What was said last.</summary>
    public LaneTold? Last => Told.Count > 0 ? Told[^1] : null;
}

/// <summary>What a program holds, and until when.</summary>
internal sealed record LaneShareRow(NodeSlots Held, DateTimeOffset Until);

/// <summary>What somebody said.</summary>
internal sealed record LaneTold(LaneOrder Order, DateTimeOffset At);
