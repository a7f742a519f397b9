using Tieout.Domain.Posting.Lanes;

namespace Tieout.Application.Posting.Lanes;

/// <summary>How far a worker is.</summary>
internal enum HandState
{
    /// <summary>It looks for something to do.</summary>
    Looking,

    /// <summary>It has something in hand.</summary>
    Found,

    /// <summary>What it has is on the wire, or answered and being recorded.</summary>
    Sent,
}

/// <summary>One step of a worker in a lane.</summary>
/// <param name="began">The slot time when it began to look.</param>
internal sealed class LaneHand(SlotTime began)
{
    /// <summary>The slot time when it began to look.</summary>
    public SlotTime Began => began;

    /// <summary>The claim it works on; null while it has none.</summary>
    public Guid? Claim { get; set; }

    /// <summary>How far it is; <see cref="LaneGate"/> says so.</summary>
    public HandState State { get; set; }
}
