namespace Tieout.Application.Documents;

/// <summary>Finds the browser that prints.</summary>
public static class ChromiumProgram
{
    /// <summary>Names the program where it is not on the path, or another one than would be found.</summary>
    public const string Setting = "TIEOUT_CHROMIUM";

    private static readonly string[] Names =
        ["chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge"];

    private static readonly string[] Elsewhere =
        ["/Applications/Google Chrome.app/Contents/MacOS/Google Chrome", "/Applications/Chromium.app/Contents/MacOS/Chromium"];

    /// <summary>The program, or null and what to do about it.</summary>
    /// <param name="setting">The value of <see cref="Setting"/>; when given, nothing else is looked for.</param>
    /// <param name="path">Folders, as in PATH.</param>
    public static (string? Program, string Problem) Find(string? setting, string? path)
    {
        if (OperatingSystem.IsWindows()) return (null, "PDF is made on Linux and macOS only. Print the HTML from your browser.");
        if (!string.IsNullOrWhiteSpace(setting))
            return File.Exists(setting)
                ? (setting, "")
                : (null, $"{Setting} names '{setting}', and there is no such file. Correct it, or print the HTML from your browser.");
        var found = (path ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .SelectMany(folder => Names.Select(name => Path.Combine(folder, name)))
            .Concat(Elsewhere)
            .FirstOrDefault(File.Exists);
        return found is not null
            ? (found, "")
            : (null, $"No Chromium is installed on this machine. Print the HTML from your browser, or install Chromium (on Debian: apt-get install chromium), "
                + $"or name it by {Setting}.");
    }
}
