namespace Tieout.Domain.Posting;

/// <summary>How patient delivery is. One per target; every value has a default that suits an ERP of unknown temper.</summary>
/// <param name="Attempts">Tries that certainly did not book anything before a person is asked.</param>
/// <param name="FirstPause">Pause after the first such try; doubles each time up to <paramref name="LongestPause"/>.</param>
/// <param name="LongestPause">The longest pause between tries and between look-ups.</param>
/// <param name="AbsenceProof">
/// How long after the last sending a document must stay absent before absence counts as proof. An ERP may commit after our
/// time-out; choose it longer than the ERP lets a request run.
/// </param>
public sealed record PostingPolicy(int Attempts, TimeSpan FirstPause, TimeSpan LongestPause, TimeSpan AbsenceProof)
{
    /// <summary>12 tries from 1 second up to 5 minutes; absence is believed after 10 minutes.</summary>
    public static PostingPolicy Default { get; } =
        new(12, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(10));

    /// <summary>The pause after a number of tries; doubling, capped, and spread by <paramref name="jitter"/> (0 to 1) over ±25 %.</summary>
    public TimeSpan Pause(int tries, decimal jitter)
    {
        var doubled = FirstPause.Ticks * (decimal)(1L << Math.Clamp(tries - 1, 0, 30));
        var capped = Math.Min(doubled, LongestPause.Ticks);
        return TimeSpan.FromTicks((long)(capped * (0.75m + jitter / 2)));
    }
}
