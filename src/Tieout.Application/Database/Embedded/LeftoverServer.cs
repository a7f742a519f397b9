using System.Diagnostics;
using System.Globalization;

namespace Tieout.Application.Database.Embedded;

/// <summary>
/// What an earlier server left behind: processes that still work on the data, or a postmaster.pid that now names a
/// stranger. PostgreSQL refuses to start over either; only the first refusal is right.
/// </summary>
internal static class LeftoverServer
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Ends every server process still working on <paramref name="data"/>, waits until it is gone, then removes the pid
    /// file. Call only as the owner. Two containers that share one folder do not see each other's processes: they must
    /// not share one.
    /// </summary>
    public static async Task ClearAway(string data, Action<string> tell, CancellationToken cancel)
    {
        if (!Directory.Exists(data)) return;
        var pidFile = Path.Combine(data, "postmaster.pid");
        var left = await ProcessesOn(data, pidFile, cancel);
        if (left.Count > 0)
        {
            tell("An earlier PostgreSQL still works on the data; waiting for it to stop.");
            await End(left, pidFile, () => ProcessesOn(data, pidFile, cancel), cancel);
        }

        File.Delete(pidFile);
    }

    private static async Task End(List<int> left, string pidFile, Func<Task<List<int>>> look, CancellationToken cancel)
    {
        // A postmaster is asked for a fast shutdown. Without one its children are on their own: they are told to quit,
        // because a backend deep in a query notices the loss late, and a new server must not meet it.
        if (RecordedPid(pidFile) is { } postmaster && left.Contains(postmaster)) await Signal("INT", [postmaster], cancel);
        else await Signal("TERM", left, cancel);

        var since = Stopwatch.StartNew();
        while (left.Count > 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), cancel);
            if (since.Elapsed > Patience) await Signal("KILL", left, cancel);
            left = await look();
        }
    }

    private static Task<Command> Signal(string signal, IReadOnlyList<int> processes, CancellationToken cancel)
    {
        var ids = processes.Select(id => id.ToString(CultureInfo.InvariantCulture));
        // One may be gone already; what counts is looked at afterwards.
        return Command.Run("sh", ["-c", "for p; do kill -" + signal + " \"$p\"; done", "sh", .. ids], cancel);
    }

    private static async Task<List<int>> ProcessesOn(string data, string pidFile, CancellationToken cancel)
    {
        if (Directory.Exists("/proc/self")) return [.. ProcessesIn(data)];
        // macOS tells no working directory without extra tools, but keeps the command line with the data folder in it.
        if (RecordedPid(pidFile) is not { } pid) return [];
        var listed = await Command.Run("ps", ["-o", "command=", "-p", pid.ToString(CultureInfo.InvariantCulture)], cancel);
        return listed.Output.Contains(data, StringComparison.Ordinal) ? [pid] : [];
    }

    /// <summary>PostgreSQL processes, postmaster and children alike, work inside their data folder.</summary>
    private static IEnumerable<int> ProcessesIn(string data)
    {
        foreach (var process in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(process), NumberStyles.None, CultureInfo.InvariantCulture, out var pid)
                && IsPostgresIn(process, data))
            {
                yield return pid;
            }
        }
    }

    private static bool IsPostgresIn(string process, string data)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, "comm")).TrimEnd() == "postgres"
                && new FileInfo(Path.Combine(process, "cwd")).LinkTarget == data;
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            // It ended while we looked, or it is somebody else's, and then not on our data.
            return false;
        }
    }

    private static int? RecordedPid(string pidFile)
    {
        if (!File.Exists(pidFile)) return null;
        var first = File.ReadLines(pidFile).FirstOrDefault();
        return int.TryParse(first, NumberStyles.None, CultureInfo.InvariantCulture, out var pid) ? pid : null;
    }
}
