using System.Diagnostics;
using System.Globalization;
using Tieout.Application.Database;
using Tieout.Application.Database.Embedded;

namespace Tieout.Shell.Tests.Database;

public sealed class EmbeddedPostgresTests(PostgresFixture postgres) : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Starts_from_an_empty_folder_and_finds_its_rows_and_port_again()
    {
        int port;
        var bare = Options() with { BinariesFolder = null };
        await using (var first = await EmbeddedPostgres.Start(bare, CancellationToken.None))
        {
            Assert.True(first.IsOwner);
            port = first.Port;
            await Sql.Scalar(first.ConnectionString("postgres"), "create table kept as select 42 as answer");
        }

        Assert.False(File.Exists(PidFile));
        await using var again = await EmbeddedPostgres.Start(bare, CancellationToken.None);
        Assert.Equal(port, again.Port);
        Assert.Equal(42, await Sql.Scalar(again.ConnectionString("postgres"), "select answer from kept"));
    }

    [Fact]
    public async Task Runs_safe_settings_on_loopback_only()
    {
        await using var server = await Start();
        var target = server.ConnectionString("postgres");
        Assert.Equal("127.0.0.1", await Sql.Scalar(target, "show listen_addresses"));
        Assert.Equal("on", await Sql.Scalar(target, "show fsync"));
        Assert.Equal("on", await Sql.Scalar(target, "show synchronous_commit"));
        Assert.Equal("on", await Sql.Scalar(target, "show data_checksums"));
        Assert.Equal("UTF8", await Sql.Scalar(target, "show server_encoding"));
        var password = Path.Combine(folder.Path, "postgres", "password");
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(password));
        await Assert.ThrowsAsync<Npgsql.PostgresException>(() => Sql.Scalar($"{target};Password=guess", "select 1"));
    }

    [Fact]
    public async Task Comes_back_on_the_same_port_when_its_server_is_killed()
    {
        await using var server = await Start();
        var target = server.ConnectionString("postgres");
        await Sql.Scalar(target, "create table kept as select generate_series(1, 10000) as n");
        var killed = Postmaster();
        await Kill("KILL", killed);
        Assert.Equal(10_000L, await Eventually.Scalar<long>(target, "select count(*) from kept"));
        Assert.NotEqual(killed, Postmaster());
    }

    [Fact]
    public async Task Comes_back_when_the_watchdog_between_them_is_killed()
    {
        await using var server = await Start();
        var orphan = Postmaster();
        await Kill("KILL", ParentOf(orphan));
        await Eventually.True(() => Task.FromResult(PostmasterIfAny() is { } running && running != orphan), "another postmaster runs");
        Assert.Equal(1, await Eventually.Scalar<int>(server.ConnectionString("postgres"), "select 1"));
        Assert.False(IsRunning(orphan));
    }

    [Fact]
    public async Task An_attached_process_takes_over_when_the_owner_is_killed()
    {
        var (hub, role) = await HubProcess.Start(folder.Path);
        using (hub)
        {
            await using var attached = await Start();
            Assert.Equal($"owner {attached.Port}", role);
            Assert.False(attached.IsOwner);
            var target = attached.ConnectionString("postgres");
            await Sql.Scalar(target, "create table kept as select 42 as answer");

            await hub.KillHard();
            await Eventually.True(() => Task.FromResult(attached.IsOwner), "the attached process owns the server");
            Assert.Equal(42, await Eventually.Scalar<int>(target, "select answer from kept"));
        }
    }

    [Fact]
    public async Task The_server_stops_when_its_only_owner_is_killed()
    {
        var (hub, _) = await HubProcess.Start(folder.Path);
        using (hub)
        {
            var postmaster = Postmaster();
            await hub.KillHard();
            await Eventually.True(() => Task.FromResult(!IsRunning(postmaster)), "the postmaster is gone");
            Assert.False(File.Exists(PidFile));
        }
    }

    [Fact]
    public async Task An_attached_process_takes_over_when_the_owner_leaves()
    {
        var owner = await Start();
        await using var attached = await Start();
        Assert.False(attached.IsOwner);
        await owner.DisposeAsync();
        Assert.Equal(1, await Eventually.Scalar<int>(attached.ConnectionString("postgres"), "select 1"));
        Assert.True(attached.IsOwner);
    }

    [Fact]
    public async Task Two_starts_at_once_on_an_empty_folder_share_one_server()
    {
        var servers = await Task.WhenAll(Start(), Start());
        Assert.Single(servers, server => server.IsOwner);
        Assert.Equal(servers[0].ConnectionString("postgres"), servers[1].ConnectionString("postgres"));
        foreach (var server in servers.OrderBy(server => server.IsOwner)) await server.DisposeAsync();
    }

    [Fact]
    public async Task A_pid_file_that_names_a_stranger_does_not_stop_the_start()
    {
        string left;
        await using (await Start()) left = await File.ReadAllTextAsync(PidFile);

        // Of the server's own account: PostgreSQL takes such a process for its predecessor.
        var account = await ServerAccount.ForThisProcess(CancellationToken.None);
        string[] words = [.. account.CommandPrefix, "sleep", "600"];
        using var stranger = Process.Start(words[0], words[1..]);
        try
        {
            var id = stranger.Id.ToString(CultureInfo.InvariantCulture);
            await File.WriteAllTextAsync(PidFile, id + left[left.IndexOf('\n', StringComparison.Ordinal)..]);
            await account.TakeOwnership(PidFile, CancellationToken.None);
            await using var server = await Start();
            Assert.Equal(1, await Sql.Scalar(server.ConnectionString("postgres"), "select 1"));
            Assert.False(stranger.HasExited);
        }
        finally
        {
            stranger.Kill();
        }
    }

    [Fact]
    public async Task A_folder_the_server_cannot_enter_is_named()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Only root runs the server under another account.");
        var closed = Directory.CreateDirectory(folder["closed"]);
        if (!OperatingSystem.IsWindows()) closed.UnixFileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        var trouble = await Assert.ThrowsAsync<DatabaseTroubleException>(
            () => EmbeddedPostgres.Start(Options() with { DataFolder = Path.Combine(closed.FullName, "data") }, CancellationToken.None));
        Assert.Contains($"cannot enter {closed.FullName}", trouble.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_package_is_told_with_its_remedy()
    {
        var trouble = await Assert.ThrowsAsync<DatabaseTroubleException>(
            () => EmbeddedPostgres.Start(Options() with { PackageFolder = folder.Path, BinariesFolder = null }, CancellationToken.None));
        Assert.Contains("npm ci", trouble.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failed_start_shows_the_end_of_the_log_and_frees_the_folder()
    {
        var wrong = Options() with { Settings = new Dictionary<string, string>(StringComparer.Ordinal) { ["shared_buffers"] = "plenty" } };
        var trouble = await Assert.ThrowsAsync<DatabaseTroubleException>(() => EmbeddedPostgres.Start(wrong, CancellationToken.None));
        Assert.Contains("invalid value for parameter \"shared_buffers\"", trouble.Message, StringComparison.Ordinal);
        await using var server = await Start();
        Assert.True(server.IsOwner);
    }

    [Fact]
    public async Task Data_of_another_major_version_is_refused()
    {
        await using (await Start())
        {
        }

        await File.WriteAllTextAsync(Path.Combine(folder.Path, "postgres", "data", "PG_VERSION"), "17\n");
        var trouble = await Assert.ThrowsAsync<DatabaseTroubleException>(Start);
        Assert.Contains("made by PostgreSQL 17", trouble.Message, StringComparison.Ordinal);
    }

    private string PidFile => Path.Combine(folder.Path, "postgres", "data", "postmaster.pid");

    private EmbeddedPostgresOptions Options() => EmbeddedPostgresOptions.FromEnvironment() with
    {
        DataFolder = folder.Path,
        BinariesFolder = postgres.BinariesFolder,
    };

    private Task<EmbeddedPostgres> Start() => EmbeddedPostgres.Start(Options(), CancellationToken.None);

    private int Postmaster() => PostmasterIfAny() ?? throw new InvalidOperationException("No postmaster has written its file.");

    // A postmaster that is just going or coming leaves no file, or one that is still empty.
    private int? PostmasterIfAny()
    {
        try
        {
            return File.ReadLines(PidFile).FirstOrDefault() is { } line ? int.Parse(line, CultureInfo.InvariantCulture) : null;
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>A process that ended but was not waited for is a zombie, and runs no more.</summary>
    private static bool IsRunning(int process) => Status(process, "State:") is { } state && !state.StartsWith('Z');

    private static int ParentOf(int process) => int.Parse(Status(process, "PPid:")!, CultureInfo.InvariantCulture);

    private static string? Status(int process, string field)
    {
        try
        {
            return File.ReadLines($"/proc/{process}/status").First(text => text.StartsWith(field, StringComparison.Ordinal))[field.Length..].Trim();
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static Task Kill(string signal, int process) =>
        Command.Run("sh", ["-c", $"kill -{signal} {process.ToString(CultureInfo.InvariantCulture)}"], CancellationToken.None);
}
