namespace Tieout.Cli.Terminal;

/// <summary>For verbs that run until somebody ends them.</summary>
internal static class Waiting
{
    /// <summary>Returns when Ctrl-C or the system asks for the end.</summary>
    public static Task ForTheEnd(CancellationToken cancel)
    {
        var ended = new TaskCompletionSource();
        cancel.Register(ended.SetResult);
        return ended.Task;
    }
}
