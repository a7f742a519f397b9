namespace Tieout.Sandbox;

/// <summary>Closes a period while a call is worked on, where a fault says so, and opens it again where it says for how long.</summary>
internal sealed class PeriodCloser(TimeProvider clock, CancellationToken stopping)
{
    /// <summary>To be called before each document of a call, and after the last.</summary>
    /// <param name="fault">Of the call.</param>
    /// <param name="done">Documents worked on so far.</param>
    /// <param name="of">Documents of the call.</param>
    /// <param name="close">Closes the period.</param>
    /// <param name="open">Opens it.</param>
    public void Passing(Fault? fault, int done, int of, Action close, Action open)
    {
        if (fault?.Kind != Faults.PeriodCloses || done != Math.Min(fault.After ?? (of + 1) / 2, of)) return;
        close();
        if (fault.Seconds is { } seconds) _ = Later(TimeSpan.FromSeconds(seconds), open);
    }

    private async Task Later(TimeSpan pause, Action open)
    {
        try
        {
            await Task.Delay(pause, clock, stopping);
            open();
        }
        catch (OperationCanceledException)
        {
            // The sandbox stops; nobody will post any more.
        }
    }
}
