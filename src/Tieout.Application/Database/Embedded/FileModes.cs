namespace Tieout.Application.Database.Embedded;

/// <summary>Unix permissions, where the system has them.</summary>
internal static class FileModes
{
    private const UnixFileMode Everybody = UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    public const UnixFileMode Readable = Everybody | UnixFileMode.UserWrite;

    public const UnixFileMode Runnable = Readable | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    public static void Set(string path, UnixFileMode mode)
    {
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, mode);
    }

    /// <summary>Lets everybody pass through a folder whose name they know, without listing it.</summary>
    public static void LetPass(string folder)
    {
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(folder, File.GetUnixFileMode(folder) | UnixFileMode.OtherExecute);
    }

    /// <summary>Opens a new file that nobody but its owner may read, from its first byte on.</summary>
    /// <exception cref="IOException">The file exists.</exception>
    public static FileStream CreateSecret(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Options = FileOptions.Asynchronous };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return new FileStream(path, options);
    }
}
