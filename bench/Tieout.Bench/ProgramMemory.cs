namespace Tieout.Bench;

/// <summary>Memory of this process, as the system counts it.</summary>
internal static class ProgramMemory
{
    /// <summary>
    /// The peak is counted anew from here, on Linux: what was measured before, and the rows that wait for a floor, are not what the
    /// next run needed.
    /// </summary>
    public static void ForgetPeak()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        if (File.Exists("/proc/self/clear_refs")) File.WriteAllText("/proc/self/clear_refs", "5");
    }
}
