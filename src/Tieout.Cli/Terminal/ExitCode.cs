namespace Tieout.Cli.Terminal;

/// <summary>What a script can tell from how a verb ended.</summary>
internal static class ExitCode
{
    /// <summary>Done, and all is well.</summary>
    public const int Done = 0;

    /// <summary>The call or a file it names is wrong; nothing was begun.</summary>
    public const int Usage = 1;

    /// <summary>It could not be done: no database, a bug. The message says why.</summary>
    public const int Failed = 2;

    /// <summary>Done, and a person has something to look at: refused rows, parked documents, breaks.</summary>
    public const int Findings = 3;

    /// <summary>Not all is done, and what is left goes on by itself next time: an ERP out of reach, documents in doubt.</summary>
    public const int Waiting = 4;

    /// <summary>Stopped by Ctrl-C; what was finished stays.</summary>
    public const int Stopped = 130;
}
