namespace Tieout.Domain.Posting.Lanes;

/// <summary>
/// How fast documents get into a target, measured: what was settled while documents were in hand, over the time of the slots that were ours
/// meanwhile (<see cref="SlotTime"/>). Half an hour of one slot's time is remembered (two minutes of fifteen); time in which nothing was
/// in hand does not count, so a quiet night does not slow it down.
/// </summary>
/// <param name="Documents">Settled.</param>
/// <param name="BusySeconds">Of all slots together.</param>
/// <param name="Requests">Sent for them.</param>
public sealed record Pace(decimal Documents, decimal BusySeconds, decimal Requests)
{
    private const decimal Memory = 1800m;

    /// <summary>Nothing is known.</summary>
    public static Pace Unknown { get; } = new(0, 0, 0);

    /// <summary>Documents one slot settles in a second; null while that is not known.</summary>
    public decimal? PerSlotSecond => Documents > 0 && BusySeconds > 0 ? Documents / BusySeconds : null;

    /// <summary>Documents in a second; null while that is not known.</summary>
    /// <param name="slots">Calls at once.</param>
    /// <param name="callsPerMinute">Rate; null for none.</param>
    public decimal? PerSecond(int slots, int? callsPerMinute) =>
        PerSlotSecond is not { } perSlot ? null
        : callsPerMinute is { } calls && Requests > 0 ? Math.Min(perSlot * slots, calls / 60m * Documents / Requests)
        : perSlot * slots;

    /// <summary>With what was done since.</summary>
    public Pace After(int documents, TimeSpan busy, int requests)
    {
        var seconds = (decimal)busy.Ticks / TimeSpan.TicksPerSecond;
        var kept = Math.Max(0m, 1m - seconds / Memory);
        return new Pace(Rounded(Documents * kept + documents), Rounded(BusySeconds * kept + seconds), Rounded(Requests * kept + requests));
    }

    // Kept with four places; a figure to estimate with, no money.
    private static decimal Rounded(decimal value) => Math.Round(value, 4, MidpointRounding.AwayFromZero);
}
