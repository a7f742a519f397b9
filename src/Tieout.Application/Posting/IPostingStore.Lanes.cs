using Tieout.Application.Posting.Lanes;
using Tieout.Domain.Posting.Lanes;

namespace Tieout.Application.Posting;

internal partial interface IPostingStore
{
    /// <summary>Keeps how the lanes of the targets are configured; what was found out and said about them stays.</summary>
    Task RememberLanes(IReadOnlyList<DeliveryTarget> targets, CancellationToken cancel);

    /// <summary>What was said and found out about the lanes of these targets; nothing about one that nobody ever worked for.</summary>
    Task<IReadOnlyList<LaneStanding>> Lanes(IReadOnlyList<DeliveryTarget> targets, CancellationToken cancel);

    /// <summary>
    /// A program tells how it fares and is told what it may do (<see cref="LaneSteering"/>), one program after the other. What it is
    /// given it holds for <see cref="LaneShare.Lease"/>, or until it dies or tells again.
    /// </summary>
    /// <param name="target">Whose lane.</param>
    /// <param name="report">How it fares.</param>
    /// <param name="trouble">Why it cannot reach the ERP; empty while it can.</param>
    /// <param name="circuitUntil">Until when it does not try; null while it does.</param>
    /// <param name="cancel">Gives up.</param>
    Task<LaneGrant> Steer(DeliveryTarget target, LaneReport report, string trouble, DateTimeOffset? circuitUntil, CancellationToken cancel);

    /// <summary>Somebody tells a lane something: its mode and the history change together.</summary>
    Task<LaneOutcome> Command(LaneOrder order, CancellationToken cancel);

    /// <summary>Whether something of these targets is to be asked for now, or was left on the wire; whatever is only to be sent does not count.</summary>
    Task<bool> DoubtIsDue(IReadOnlyList<DeliveryTarget> targets, CancellationToken cancel);
}
