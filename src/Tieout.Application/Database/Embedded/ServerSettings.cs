using System.Globalization;

namespace Tieout.Application.Database.Embedded;

/// <summary>
/// The settings of the private server: safe first (fsync and synchronous commit stay on), then sized to the machine.
/// They are given on the command line at each start, so a new version of Tieout brings its own without editing files.
/// </summary>
internal static class ServerSettings
{
    private const long Megabyte = 1 << 20;

    /// <summary>The settings that suit a machine.</summary>
    /// <param name="port">Loopback port.</param>
    /// <param name="memory">Bytes of memory this machine or container has.</param>
    /// <param name="freeDisk">Bytes free where the data lies.</param>
    /// <param name="sharedMemory">Bytes free in /dev/shm, or null where there is none.</param>
    public static Dictionary<string, string> For(int port, long memory, long freeDisk, long? sharedMemory)
    {
        var settings = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["listen_addresses"] = "127.0.0.1",
            ["port"] = port.ToString(CultureInfo.InvariantCulture),
            ["unix_socket_directories"] = "",
            ["max_connections"] = "100",
            ["shared_buffers"] = Megabytes(Math.Clamp(memory / 8, 32 * Megabyte, 512 * Megabyte)),
            ["maintenance_work_mem"] = Megabytes(Math.Clamp(memory / 8, 32 * Megabyte, 512 * Megabyte)),
            ["work_mem"] = Megabytes(Math.Clamp(memory / 64, 4 * Megabyte, 64 * Megabyte)),
            ["wal_buffers"] = "64MB",
            // Log that outgrows a small disk would stop the server.
            ["max_wal_size"] = Megabytes(Math.Clamp(freeDisk / 4, 256 * Megabyte, 8192 * Megabyte)),
            ["checkpoint_timeout"] = "15min",
            ["random_page_cost"] = "1.1",
            ["fsync"] = "on",
            ["synchronous_commit"] = "on",
            ["timezone"] = "UTC",
            ["log_timezone"] = "UTC",
        };

        // Containers often have 64 MB of /dev/shm, which one parallel join outgrows ("could not resize shared memory segment").
        if (sharedMemory < 512 * Megabyte) settings["dynamic_shared_memory_type"] = "mmap";
        return settings;
    }

    /// <summary>As <see cref="For"/>, with what this machine has at the moment.</summary>
    public static Dictionary<string, string> ForThisMachine(int port, string dataFolder)
    {
        var memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        long? sharedMemory = Directory.Exists("/dev/shm") ? new DriveInfo("/dev/shm").AvailableFreeSpace : null;
        return For(port, memory, new DriveInfo(dataFolder).AvailableFreeSpace, sharedMemory);
    }

    private static string Megabytes(long bytes) => (bytes / Megabyte).ToString(CultureInfo.InvariantCulture) + "MB";
}
