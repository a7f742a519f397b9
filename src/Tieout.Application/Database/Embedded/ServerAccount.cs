namespace Tieout.Application.Database.Embedded;

/// <summary>
/// The system account PostgreSQL's programs run under. PostgreSQL refuses to run as root, so root's hub runs them as
/// <c>nobody</c> by setpriv; everybody else runs them as themselves.
/// </summary>
/// <param name="CommandPrefix">Words put before each PostgreSQL command. Empty when the account is our own.</param>
internal sealed record ServerAccount(IReadOnlyList<string> CommandPrefix)
{
    private const string Unprivileged = "nobody";

    public bool IsOther => CommandPrefix.Count > 0;

    public static async Task<ServerAccount> ForThisProcess(CancellationToken cancel)
    {
        if (!Environment.IsPrivilegedProcess) return new ServerAccount([]);
        if (!OperatingSystem.IsLinux())
        {
            throw new DatabaseTroubleException(
                "PostgreSQL does not run as root. Start Tieout as an ordinary user, or give it a server by TIEOUT_DATABASE.");
        }

        // The group's name differs between distributions (nogroup, nobody): its number is what they agree to tell.
        var group = (await Command.Run("id", ["-g", Unprivileged], cancel)).OutputOf("finding the account nobody").Trim();
        return new ServerAccount(["setpriv", $"--reuid={Unprivileged}", $"--regid={group}", "--clear-groups", "--no-new-privs"]);
    }

    /// <summary>Gives a file or an empty folder to this account.</summary>
    public async Task TakeOwnership(string path, CancellationToken cancel)
    {
        if (!IsOther) return;
        (await Command.Run("chown", [$"{Unprivileged}:", path], cancel)).OutputOf($"giving {path} to {Unprivileged}");
    }

    /// <summary>Runs one of PostgreSQL's programs to its end under this account.</summary>
    public Task<Command> Run(string program, IReadOnlyList<string> arguments, CancellationToken cancel)
    {
        string[] words = [.. CommandPrefix, program, .. arguments];
        return Command.Run(words[0], words[1..], cancel);
    }

    /// <summary>
    /// Refuses a folder this account cannot reach. Without this check PostgreSQL fails later with messages that name
    /// a missing library or a folder that exists.
    /// </summary>
    public void DemandReachable(string folder)
    {
        if (!IsOther) return;
        for (var at = new DirectoryInfo(folder); at is not null; at = at.Parent)
        {
            if (at.UnixFileMode.HasFlag(UnixFileMode.OtherExecute)) continue;
            throw new DatabaseTroubleException(
                $"PostgreSQL does not run as root, so it runs as {Unprivileged}, and {Unprivileged} cannot enter {at.FullName}. "
                + $"Choose another folder by TIEOUT_DATA, allow it by `chmod o+x {at.FullName}`, or start Tieout as an ordinary user.");
        }
    }
}
