using Dapper;
using Npgsql;
using Tieout.Application.Database;
using Tieout.Application.Database.Embedded;

namespace Tieout.Bench;

/// <summary>A private PostgreSQL with the settings a user gets, in a folder that goes when the bench ends.</summary>
internal sealed class BenchDatabase : IAsyncDisposable
{
    private readonly EmbeddedPostgres _server;
    private readonly string _folder;

    private BenchDatabase(EmbeddedPostgres server, string folder) => (_server, _folder) = (server, folder);

    public static async Task<BenchDatabase> Start()
    {
        var folder = Directory.CreateTempSubdirectory("tieout-bench-").FullName;
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        var server = await EmbeddedPostgres.Start(EmbeddedPostgresOptions.FromEnvironment() with { DataFolder = folder }, CancellationToken.None);
        return new BenchDatabase(server, folder);
    }

    /// <summary>An empty database with the schema.</summary>
    public async Task<NpgsqlDataSource> Create(string name)
    {
        await using (var admin = NpgsqlDataSource.Create(_server.ConnectionString("postgres")))
        await using (var connection = await admin.OpenConnectionAsync())
            await connection.ExecuteAsync($"create database {name}");
        var source = NpgsqlDataSource.Create(_server.ConnectionString(name) + ";Command Timeout=0");
        await Migrations.Shipped.Run(source, CancellationToken.None);
        return source;
    }

    /// <summary>CPU time of the server and of all its connections so far.</summary>
    public TimeSpan CpuUsed() => ServerCpu.Of(Path.Combine(_folder, "postgres", "data"));

    public async ValueTask DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        await _server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
