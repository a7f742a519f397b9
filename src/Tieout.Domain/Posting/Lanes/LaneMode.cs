namespace Tieout.Domain.Posting.Lanes;

/// <summary>What people have said a lane shall do.</summary>
public enum LaneMode
{
    /// <summary>Documents go.</summary>
    Running,

    /// <summary>Nothing new is sent; what is on the wire is finished, and what is in doubt is asked for until every outcome is known.</summary>
    Draining,

    /// <summary>No call begins, not even a question; what is on the wire is finished.</summary>
    Paused,
}

/// <summary>What somebody can tell a lane.</summary>
public enum LaneCommand
{
    /// <summary>To <see cref="LaneMode.Paused"/>.</summary>
    Pause,

    /// <summary>To <see cref="LaneMode.Draining"/>.</summary>
    Drain,

    /// <summary>To <see cref="LaneMode.Running"/>.</summary>
    Resume,
}

/// <summary>Which command leads where.</summary>
public static class LaneCommands
{
    /// <summary>The mode after a command; null when the lane is in it already, so that nothing changes and nobody's name is put over another's.</summary>
    /// <param name="mode">Of now.</param>
    /// <param name="command">What it is told.</param>
    /// <param name="held">Whether it waits because its ERP asked to: then also a running lane is resumed.</param>
    public static LaneMode? After(LaneMode mode, LaneCommand command, bool held)
    {
        var wanted = command switch
        {
            LaneCommand.Pause => LaneMode.Paused,
            LaneCommand.Drain => LaneMode.Draining,
            LaneCommand.Resume => LaneMode.Running,
            _ => throw new ArgumentOutOfRangeException(nameof(command), command, "Unknown command."),
        };
        return wanted == mode && !(held && command == LaneCommand.Resume) ? null : wanted;
    }
}
