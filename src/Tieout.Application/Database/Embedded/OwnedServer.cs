using System.Diagnostics;

namespace Tieout.Application.Database.Embedded;

/// <summary>Starting and stopping the server, for the one process that holds the owner lock.</summary>
internal sealed class OwnedServer(EmbeddedPostgresOptions options, PostgresFolder folder, ServerAccount account)
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LongestLookInterval = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan PortPatience = TimeSpan.FromSeconds(5);

    private PostgresProcess? process;

    /// <summary>Brings the server up, from an empty folder if need be. Returns when it answers queries.</summary>
    /// <param name="keepPort">The port that is in connection strings already and must be used; null leaves the choice here.</param>
    /// <param name="cancel">Gives up; a server half started is stopped again.</param>
    /// <exception cref="DatabaseTroubleException">It does not come up; the message holds the end of its log.</exception>
    public async Task<(int Port, string Password)> Start(int? keepPort, CancellationToken cancel)
    {
        await Stop();
        var binariesFolder = Directory.CreateDirectory(options.BinariesFolder ?? folder.Root).FullName;
        account.DemandReachable(binariesFolder);
        var binaries = await PostgresBinaries.Provide(binariesFolder, options.PackageFolder, cancel);
        await LeftoverServer.ClearAway(folder.Data, options.Tell, cancel);
        await PostgresCluster.Provide(folder, binaries, account, cancel);
        var port = await ChoosePort(keepPort, cancel);
        folder.RememberPort(port);
        var access = folder.Access() ?? throw new DatabaseTroubleException(
            $"The password of the PostgreSQL in {folder.Root} is lost: its file `password` is missing.");

        folder.TurnLogOver();
        var logStart = folder.LogLength;
        var settings = ServerSettings.ForThisMachine(port, folder.Root);
        foreach (var (name, value) in options.Settings) settings[name] = value;
        process = PostgresProcess.Start(folder, binaries, account, settings);
        try
        {
            await WaitUntilReady(access, logStart, cancel);
        }
        catch
        {
            await Stop();
            throw;
        }

        return access;
    }

    /// <summary>Returns when the server has ended, with its exit code; at once, with null, when none was started.</summary>
    public async Task<int?> WaitForExit(CancellationToken cancel)
    {
        if (process is null) return null;
        await process.WaitForExit(cancel);
        return process.ExitCode;
    }

    public async Task Stop()
    {
        if (process is null) return;
        await process.Stop();
        process.Dispose();
        process = null;
    }

    private async Task<int> ChoosePort(int? keepPort, CancellationToken cancel)
    {
        if ((keepPort ?? folder.Access()?.Port) is not { } wanted) return LoopbackPort.Pick();

        var waiting = Stopwatch.StartNew();
        while (!LoopbackPort.IsFree(wanted))
        {
            if (waiting.Elapsed > PortPatience)
            {
                // Somebody holds our port. Others may have it in their connection strings only after a takeover or restart.
                if (keepPort is not null) throw new DatabaseTroubleException($"Port {wanted} is used by another program.");
                options.Tell($"Port {wanted} is used by another program; choosing another.");
                return LoopbackPort.Pick();
            }

            await Task.Delay(LookInterval, cancel);
        }

        return wanted;
    }

    private async Task WaitUntilReady((int Port, string Password) access, long logStart, CancellationToken cancel)
    {
        var silent = Stopwatch.StartNew();
        var pause = LookInterval;
        while (true)
        {
            var answer = await ServerProbe.Ask(access.Port, access.Password, cancel);
            if (answer == ServerAnswer.Ready) return;
            if (answer == ServerAnswer.StartingUp) silent.Restart();
            if (process!.HasExited) throw Failed($"ended with exit code {process.ExitCode}", logStart);
            if (silent.Elapsed > options.StartLimit) throw Failed($"did not answer in {options.StartLimit.TotalSeconds:0} s", logStart);
            await Task.Delay(pause, cancel);
            // Each look while it recovers is a line in its log, and a long recovery needs few.
            pause = pause * 1.5 < LongestLookInterval ? pause * 1.5 : LongestLookInterval;
        }
    }

    private DatabaseTroubleException Failed(string how, long logStart) =>
        new($"PostgreSQL {how}. Its log ({folder.Log}) ends:\n{folder.LogTail(logStart)}");
}
