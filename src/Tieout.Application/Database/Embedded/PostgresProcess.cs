using System.Diagnostics;

namespace Tieout.Application.Database.Embedded;

/// <summary>
/// The running server, tied to our life: a watchdog shell holds the read end of a pipe, and when our end closes, by a
/// stop or by any kind of death, it asks PostgreSQL for a fast shutdown.
/// </summary>
internal sealed class PostgresProcess : IDisposable
{
    // SIGINT is PostgreSQL's fast shutdown; SIGTERM would wait for every session to leave by itself.
    private const string Watchdog =
        """
        exec 3<&0 >>"$1" 2>&1 </dev/null
        shift
        "$@" 3<&- & p=$!
        (read -r _; kill -INT "$p") <&3 & w=$!
        wait "$p"; r=$?
        kill "$w" 2>/dev/null
        exit "$r"
        """;

    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(60);

    private readonly Process shell;

    private PostgresProcess(Process shell) => this.shell = shell;

    public bool HasExited => shell.HasExited;

    public int ExitCode => shell.ExitCode;

    public static PostgresProcess Start(
        PostgresFolder folder, PostgresBinaries binaries, ServerAccount account, IReadOnlyDictionary<string, string> settings)
    {
        string[] server =
        [
            .. account.CommandPrefix, binaries.Postgres, "-D", folder.Data,
            .. settings.SelectMany(setting => new[] { "-c", $"{setting.Key}={setting.Value}" }),
        ];

        // A session of its own, so that Ctrl-C in our terminal reaches us alone and we stop the server in our own time.
        string[] session = OperatingSystem.IsLinux() ? ["setsid"] : ["perl", "-MPOSIX", "-e", "POSIX::setsid(); exec @ARGV"];
        string[] words = [.. session, "sh", "-c", Watchdog, "sh", folder.Log, .. server];
        var start = new ProcessStartInfo(Command.PathOf(words[0]), words[1..])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            WorkingDirectory = folder.Root,
        };
        start.Environment["LC_ALL"] = "C";
        return new PostgresProcess(Command.Start(start));
    }

    public Task WaitForExit(CancellationToken cancel) => shell.WaitForExitAsync(cancel);

    /// <summary>Fast shutdown: sessions are ended, everything committed is on disk. Returns when the server is gone.</summary>
    public async Task Stop()
    {
        shell.StandardInput.Close();
        using var patience = new CancellationTokenSource(StopPatience);
        try
        {
            await shell.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            // Safe for the data: the next start recovers from the write-ahead log.
            shell.Kill(entireProcessTree: true);
            await shell.WaitForExitAsync(CancellationToken.None);
        }
    }

    public void Dispose() => shell.Dispose();
}
