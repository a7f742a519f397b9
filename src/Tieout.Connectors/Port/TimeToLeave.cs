namespace Tieout.Connectors.Port;

/// <summary>
/// Runs from before the permission to send was asked for. What passes until the request leaves is lost to the proof of absence, which counts from the
/// permission: whoever was stopped in between for longer must not send at all.
/// </summary>
/// <param name="clock">This machine's.</param>
public sealed class TimeToLeave(TimeProvider clock)
{
    private static readonly TimeSpan Most = TimeSpan.FromSeconds(30);

    private readonly long _steady = clock.GetTimestamp();
    private readonly DateTimeOffset _wall = clock.GetUtcNow();

    /// <summary>
    /// More than 30 s have passed. A suspended machine's steady clock may have stood still; its wall clock is set when it wakes up, forward or back.
    /// </summary>
    public bool IsOver => clock.GetElapsedTime(_steady) > Most || (clock.GetUtcNow() - _wall).Duration() > Most;
}
