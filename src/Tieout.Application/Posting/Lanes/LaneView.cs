using Tieout.Domain.Posting.Lanes;

namespace Tieout.Application.Posting.Lanes;

/// <summary>A lane as people see it.</summary>
/// <param name="Target">The ERP tenant.</param>
/// <param name="State">
/// <c>running</c>, <c>closed</c> (outside its hours), <c>held</c> (the ERP asked to wait), <c>out-of-reach</c>, <c>draining</c>, <c>drained</c> or <c>paused</c>.
/// </param>
/// <param name="Why">The state in words; empty when there is nothing to say.</param>
/// <param name="Until">Until when, where that is known.</param>
/// <param name="Slots">What it may and does use.</param>
/// <param name="CallsPerMinute">Rate; null for none.</param>
/// <param name="BatchSize">Documents in one call.</param>
/// <param name="Hours">When it takes documents.</param>
/// <param name="Kinds">Kinds that go first within an accounting month.</param>
/// <param name="LegalEntities">Whose documents.</param>
/// <param name="Waiting">What waits, by state.</param>
/// <param name="DeadLetters">Documents given up after all their tries; they wait for a person.</param>
/// <param name="TurnedAway">Calls that the ERP has turned away (429) so far.</param>
/// <param name="DocumentsPerHour">As measured, at the slots of now; null while unknown.</param>
/// <param name="Forecast">When it will be done.</param>
/// <param name="LastCommand">What it was told last; null when it was never told anything.</param>
public sealed record LaneView(
    string Target, string State, string Why, DateTimeOffset? Until, LaneSlots Slots, int? CallsPerMinute, int BatchSize, LaneHoursView Hours,
    IReadOnlyList<string> Kinds, IReadOnlyList<string> LegalEntities, LaneWaiting Waiting, long DeadLetters, long TurnedAway, long? DocumentsPerHour,
    LaneForecast Forecast, LaneCommandView? LastCommand);

/// <summary>Calls at once.</summary>
/// <param name="Most">As configured.</param>
/// <param name="Now">What the ERP takes now, found by trying.</param>
/// <param name="Held">Held by running programs.</param>
/// <param name="Busy">With a call on them.</param>
/// <param name="Programs">Running programs that work for it.</param>
public sealed record LaneSlots(int Most, int Now, int Held, int Busy, int Programs);

/// <summary>When a lane takes documents.</summary>
public sealed record LaneHoursView(string Zone, IReadOnlyList<string> Open, IReadOnlyList<string> Maintenance);

/// <summary>Documents that are not settled.</summary>
public sealed record LaneWaiting(long Staged, long Ready, long Sending, long InDoubt)
{
    /// <summary>All of them.</summary>
    public long Documents => Staged + Ready + Sending + InDoubt;
}

/// <summary>What somebody told a lane.</summary>
public sealed record LaneCommandView(string Command, string Actor, string Reason, DateTimeOffset At);

/// <summary>A lane with all it was ever told, the newest first.</summary>
public sealed record LaneDetail(LaneView Lane, IReadOnlyList<LaneCommandView> Commands);
