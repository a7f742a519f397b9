using System.Globalization;

namespace Tieout.Bench;

/// <summary>CPU time of a PostgreSQL server on Linux: of the postmaster, of its connections, and of those that have ended.</summary>
internal static class ServerCpu
{
    // Places behind the program's name in /proc/PID/stat; USER_HZ is 100 on every Linux.
    private const int Parent = 1;
    private const int UserTime = 11;
    private const int TicksPerSecond = 100;

    /// <summary>So far; zero where there is no /proc.</summary>
    public static TimeSpan Of(string dataFolder)
    {
        if (!Directory.Exists("/proc/self")) return TimeSpan.Zero;
        var postmaster = File.ReadLines(Path.Combine(dataFolder, "postmaster.pid")).First();
        var ticks = Stat(postmaster) is { } own ? Sum(own, 4) : 0;
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
            if (char.IsAsciiDigit(Path.GetFileName(folder)[0]) && Stat(Path.GetFileName(folder)) is { } stat && stat[Parent] == postmaster) ticks += Sum(stat, 2);
        return TimeSpan.FromSeconds((double)ticks / TicksPerSecond);
    }

    private static long Sum(string[] stat, int columns) =>
        stat.Skip(UserTime).Take(columns).Sum(text => long.Parse(text, CultureInfo.InvariantCulture));

    private static string[]? Stat(string process)
    {
        try
        {
            var line = File.ReadAllText($"/proc/{process}/stat");
            return line[(line.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (IOException)
        {
            return null; // It has ended meanwhile.
        }
    }
}
