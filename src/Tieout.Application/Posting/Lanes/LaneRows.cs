using Tieout.Domain.Posting.Lanes;

namespace Tieout.Application.Posting.Lanes;

/// <summary>What was said and found out about a lane.</summary>
/// <param name="Target">Whose lane.</param>
/// <param name="Mode">What people said.</param>
/// <param name="HoldUntil">Until when the ERP asked to wait.</param>
/// <param name="Actor">Who spoke last; empty when nobody did.</param>
/// <param name="Reason">Why.</param>
internal sealed record LaneStanding(string Target, LaneMode Mode, DateTimeOffset HoldUntil, string Actor, string Reason);

/// <summary>What somebody tells a lane.</summary>
internal sealed record LaneOrder(string Target, LaneCommand Command, string Actor, string Reason);

/// <summary>What came of it.</summary>
public abstract record LaneOutcome
{
    private LaneOutcome() { }

    /// <summary>It is in this mode now.</summary>
    public sealed record Done(LaneMode Mode) : LaneOutcome;

    /// <summary>There is no such lane; these there are.</summary>
    public sealed record NotFound(IReadOnlyList<string> Targets) : LaneOutcome;

    /// <summary>It was in that mode already: nothing was changed. Who said so; empty when it was never told anything.</summary>
    public sealed record AlreadySo(LaneMode Mode, string Actor, string Reason, DateTimeOffset? At) : LaneOutcome;

    /// <summary>A field of the request is wrong.</summary>
    public sealed record Unreadable(IReadOnlyDictionary<string, string[]> Errors) : LaneOutcome;
}

/// <summary>What a program holds of a lane.</summary>
internal static class LaneShare
{
    /// <summary>
    /// How long without telling again. Longer than most programs stand still; one that stood still longer finds its claims gone, too.
    /// </summary>
    public static readonly TimeSpan Lease = TimeSpan.FromMinutes(2);
}
