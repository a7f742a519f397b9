namespace Tieout.Domain.Posting.Lanes;

/// <summary>
/// Whether an ERP may be called. Closed: yes. After trouble that concerns the ERP as a whole it is open for a while that grows with
/// every failure in a row; then half open: one call tries it, and its answer closes the circuit or opens it for longer.
/// </summary>
/// <param name="Failures">In a row; 0 while it is closed.</param>
/// <param name="OpenUntil">No call before this instant.</param>
public sealed record CircuitBreaker(int Failures, DateTimeOffset OpenUntil)
{
    /// <summary>All is well.</summary>
    public static CircuitBreaker Closed { get; } = new(0, DateTimeOffset.MinValue);

    /// <summary>Whether no call may begin.</summary>
    public bool IsOpen(DateTimeOffset now) => OpenUntil > now;

    /// <summary>Whether one call, and only one, may try.</summary>
    public bool IsHalfOpen(DateTimeOffset now) => OpenUntil > DateTimeOffset.MinValue && !IsOpen(now);

    /// <summary>After trouble. Several calls that meet the same trouble at once are one failure.</summary>
    /// <param name="retryAfter">What the ERP asks us to wait; obeyed. The lane has cut it to <see cref="LaneSteering.LongestHold"/>.</param>
    /// <param name="turnedAway">
    /// It answered that it takes no more calls now (429). The first such answer in a row only costs slots (<see cref="SlotLimit"/>):
    /// the other calls are none the worse.
    /// </param>
    /// <param name="now">Instant.</param>
    /// <param name="policy">Its pauses.</param>
    /// <param name="jitter">From 0 to 1, spreads the pause.</param>
    public CircuitBreaker AfterTrouble(TimeSpan? retryAfter, bool turnedAway, DateTimeOffset now, PostingPolicy policy, decimal jitter)
    {
        if (IsOpen(now)) return retryAfter is { } longer && now + longer > OpenUntil ? this with { OpenUntil = now + longer } : this;
        var failures = Failures + 1;
        if (retryAfter is { } wait) return new CircuitBreaker(failures, now + wait);
        if (!turnedAway) return new CircuitBreaker(failures, now + policy.Pause(failures, jitter));
        return failures == 1 ? this with { Failures = 1 } : new CircuitBreaker(failures, now + policy.Pause(failures - 1, jitter));
    }

    /// <summary>After an answer. One that was on its way when another call met trouble says nothing new.</summary>
    public CircuitBreaker AfterAnswer(DateTimeOffset now) => IsOpen(now) ? this : Closed;
}
