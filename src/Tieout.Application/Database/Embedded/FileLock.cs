namespace Tieout.Application.Database.Embedded;

/// <summary>
/// A lock between processes, held as long as this object lives. The kernel frees it however the holder dies, so there
/// is nothing to clean up.
/// </summary>
internal sealed class FileLock : IDisposable
{
    private readonly FileStream held;

    private FileLock(FileStream held) => this.held = held;

    /// <summary>The lock, or null while another process (or another holder in this one) has it.</summary>
    public static FileLock? Try(string path)
    {
        try
        {
            return new FileLock(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException taken) when (taken is not (DirectoryNotFoundException or FileNotFoundException or PathTooLongException))
        {
            return null;
        }
    }

    public static async Task<FileLock> Wait(string path, CancellationToken cancel)
    {
        while (true)
        {
            if (Try(path) is { } got) return got;
            await Task.Delay(TimeSpan.FromMilliseconds(20), cancel);
        }
    }

    public void Dispose() => held.Dispose();
}
