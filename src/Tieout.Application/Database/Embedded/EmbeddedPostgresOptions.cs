namespace Tieout.Application.Database.Embedded;

/// <summary>Where the private PostgreSQL lives and how it is to be run.</summary>
public sealed record EmbeddedPostgresOptions
{
    /// <summary>Folder for everything Tieout keeps on this machine. PostgreSQL takes its subfolder <c>postgres</c>.</summary>
    public required string DataFolder { get; init; }

    /// <summary>The checkout's <c>embedded</c> folder, in which npm has installed PostgreSQL's own files.</summary>
    public required string PackageFolder { get; init; }

    /// <summary>Where the runnable copy of PostgreSQL is put; several data folders may share one. Default: beside the data.</summary>
    public string? BinariesFolder { get; init; }

    /// <summary>Server settings that replace or add to <see cref="ServerSettings"/>, by PostgreSQL's own names.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>How long one start may take without progress. Crash recovery counts as progress and may take longer.</summary>
    public TimeSpan StartLimit { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Receives one line for each thing worth knowing: a takeover, a restart, a failed attempt.</summary>
    public Action<string> Tell { get; init; } = static _ => { };

    /// <summary>
    /// The options of a normal run. <c>TIEOUT_DATA</c> names the data folder, else it is /var/lib/tieout for root and
    /// $XDG_DATA_HOME/tieout for everybody else. <c>TIEOUT_HOME</c> names the checkout, else the nearest folder above
    /// the running program that has one's shape.
    /// </summary>
    public static EmbeddedPostgresOptions FromEnvironment() => new()
    {
        DataFolder = Path.GetFullPath(Variable("TIEOUT_DATA") ?? UsualDataFolder()),
        PackageFolder = Path.Combine(Variable("TIEOUT_HOME") ?? NearestCheckout() ?? AppContext.BaseDirectory, "embedded"),
    };

    private static string UsualDataFolder()
    {
        if (Environment.IsPrivilegedProcess) return "/var/lib/tieout";
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        return Path.Combine(Variable("XDG_DATA_HOME") ?? Path.Combine(home, ".local", "share"), "tieout");
    }

    private static string? NearestCheckout()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "embedded", "package-lock.json"))) return folder.FullName;
        }

        return null;
    }

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
