using System.Diagnostics;

namespace Tieout.Application.Database.Embedded;

/// <summary>
/// A private PostgreSQL on 127.0.0.1, shared by every Tieout process that uses the same data folder. The first one owns
/// the server; the others attach, and one of them takes over when the owner goes. The port stays the same through
/// restarts and takeovers, so a connection string stays good as long as this object lives; connections that were open
/// at that moment break and must be opened again.
/// </summary>
public sealed class EmbeddedPostgres : IAsyncDisposable
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan OwnerCheckInterval = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    private readonly EmbeddedPostgresOptions options;
    private readonly OwnedServer server;
    private readonly PostgresFolder folder;
    private readonly CancellationTokenSource stopping = new();
    private FileLock? ownerLock;
    private Task supervision = Task.CompletedTask;
    private (int Port, string Password) access;
    private bool disposed;

    private EmbeddedPostgres(EmbeddedPostgresOptions options, PostgresFolder folder, ServerAccount account)
    {
        this.options = options;
        this.folder = folder;
        server = new OwnedServer(options, folder, account);
    }

    /// <summary>Whether this process runs the server. False while attached to another process's server.</summary>
    public bool IsOwner => ownerLock is not null;

    /// <summary>The loopback port. Never changes during this object's life.</summary>
    public int Port => access.Port;

    /// <summary>
    /// Starts the server, or attaches to one that another process owns. Returns when it answers queries.
    /// </summary>
    /// <exception cref="DatabaseTroubleException">It does not come up; the message holds the end of its log.</exception>
    public static async Task<EmbeddedPostgres> Start(EmbeddedPostgresOptions options, CancellationToken cancel)
    {
        var account = await ServerAccount.ForThisProcess(cancel);
        var postgres = new EmbeddedPostgres(options, PostgresFolder.Prepare(options.DataFolder, account), account);
        try
        {
            await postgres.OwnOrAttach(cancel);
        }
        catch
        {
            await postgres.DisposeAsync();
            throw;
        }

        postgres.supervision = Task.Run(() => postgres.Supervise(postgres.stopping.Token), CancellationToken.None);
        return postgres;
    }

    /// <summary>How to reach <paramref name="database"/>, as the server's superuser. Contains the password: never log it.</summary>
    public string ConnectionString(string database) =>
        ServerProbe.Target(access.Port, access.Password, database).ConnectionString;

    /// <summary>
    /// Lets go of the server. As its owner this stops it, once everything committed is on disk; a process that was
    /// attached starts it again.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        if (disposed) return;
        disposed = true;
        await stopping.CancelAsync();
        await supervision;
        await server.Stop();
        ownerLock?.Dispose();
        stopping.Dispose();
    }

    private async Task OwnOrAttach(CancellationToken cancel)
    {
        var waiting = Stopwatch.StartNew();
        while (true)
        {
            ownerLock = FileLock.Try(folder.OwnerLock);
            if (ownerLock is not null)
            {
                access = await server.Start(keepPort: null, cancel);
                return;
            }

            if (folder.Access() is { } found && await ServerProbe.Ask(found.Port, found.Password, cancel) == ServerAnswer.Ready)
            {
                access = found;
                return;
            }

            if (waiting.Elapsed > options.StartLimit)
            {
                throw new DatabaseTroubleException(
                    $"Another process owns the PostgreSQL in {folder.Root}, but it does not answer. Its log ends:\n{folder.LogTail(0)}");
            }

            await Task.Delay(LookInterval, cancel);
        }
    }

    /// <summary>Keeps the server up: restarts it as its owner, takes it over when the owner is gone.</summary>
    private async Task Supervise(CancellationToken cancel)
    {
        var pause = TimeSpan.Zero;
        while (!cancel.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(pause, cancel);
                await WaitUntilNeeded(cancel);
                access = await server.Start(keepPort: access.Port, cancel);
                options.Tell($"PostgreSQL is up again on port {access.Port}.");
                pause = TimeSpan.Zero;
            }
            catch (OperationCanceledException) when (cancel.IsCancellationRequested)
            {
                return;
            }
            catch (Exception trouble) when (trouble is DatabaseTroubleException or IOException or UnauthorizedAccessException)
            {
                options.Tell($"PostgreSQL did not start: {trouble.Message} Trying again.");
                pause = pause * 2 < LongestPause ? pause * 2 + LookInterval : LongestPause;
            }
        }
    }

    private async Task WaitUntilNeeded(CancellationToken cancel)
    {
        while (ownerLock is null)
        {
            await Task.Delay(OwnerCheckInterval, cancel);
            ownerLock = FileLock.Try(folder.OwnerLock);
            if (ownerLock is null) continue;
            options.Tell("The process that ran PostgreSQL has gone; taking over.");
            return;
        }

        if (await server.WaitForExit(cancel) is { } code) options.Tell($"PostgreSQL ended unasked (exit code {code}); starting it again.");
    }
}
