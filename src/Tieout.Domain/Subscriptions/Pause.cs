namespace Tieout.Domain.Subscriptions;

/// <summary>What a pause does to the money.</summary>
public enum PauseMode
{
    /// <summary>Periods stay where they are; paused days are not charged, those billed already are credited.</summary>
    CreditDays,

    /// <summary>Nothing is credited: the period under way, and all after it, end later by the paused days.</summary>
    MoveEnd,
}

/// <summary>Days on which a subscription rests.</summary>
/// <param name="From">The first paused day.</param>
/// <param name="Until">The first day it runs again; null while nobody resumed it.</param>
/// <param name="Mode">What it does to the money.</param>
/// <param name="Version">The amendment that paused it.</param>
public sealed record Pause(DateOnly From, DateOnly? Until, PauseMode Mode, int Version);
