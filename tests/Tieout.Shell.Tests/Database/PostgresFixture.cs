using Npgsql;
using Tieout.Application.Database;
using Tieout.Application.Database.Embedded;
using Tieout.Shell.Tests.Database;

[assembly: AssemblyFixture(typeof(PostgresFixture))]

namespace Tieout.Shell.Tests.Database;

/// <summary>
/// One private PostgreSQL for the whole test run, started when the first test asks for a database and removed at the
/// end. Take it as a constructor parameter: <c>public sealed class LedgerTests(PostgresFixture postgres)</c>, then
/// <c>await using var database = await postgres.CreateDatabase()</c>.
/// </summary>
public sealed class PostgresFixture : IAsyncLifetime
{
    private const string Template = "template_tieout";

    private readonly TemporaryFolder folder = new();
    private readonly Lazy<Task<EmbeddedPostgres>> server;

    public PostgresFixture() => server = new Lazy<Task<EmbeddedPostgres>>(Start);

    /// <summary>A runnable copy of PostgreSQL, for tests that start a server of their own without copying it again.</summary>
    internal string BinariesFolder => Path.Combine(folder.Path, "binaries");

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        // A start that failed has told every test why, and left nothing running.
        if (server is { IsValueCreated: true, Value.IsCompletedSuccessfully: true }) await (await server.Value).DisposeAsync();
        folder.Dispose();
    }

    /// <summary>A fresh database with the shipped schema, dropped when disposed. Costs a file copy, not a migration.</summary>
    public Task<TestDatabase> CreateDatabase() => Create(Template);

    /// <summary>A fresh database without any schema.</summary>
    public Task<TestDatabase> CreateEmptyDatabase() => Create("template0");

    private async Task<TestDatabase> Create(string template)
    {
        var postgres = await server.Value;
        var name = $"test_{Guid.CreateVersion7():N}";
        await Execute(postgres, $"create database {name} template {template}");
        return new TestDatabase(name, postgres.ConnectionString(name), () => Execute(postgres, $"drop database {name} with (force)"));
    }

    private async Task<EmbeddedPostgres> Start()
    {
        var postgres = await EmbeddedPostgres.Start(
            EmbeddedPostgresOptions.FromEnvironment() with
            {
                DataFolder = folder.Path,
                BinariesFolder = BinariesFolder,
                Settings = new Dictionary<string, string>(StringComparer.Ordinal)
                {
                    // The data is thrown away: no test here depends on surviving a power cut.
                    ["fsync"] = "off",
                    ["full_page_writes"] = "off",
                    ["shared_buffers"] = "256MB",
                    ["max_connections"] = "400",
                },
            },
            CancellationToken.None);
        await Execute(postgres, $"create database {Template}");
        await using (var source = NpgsqlDataSource.Create(postgres.ConnectionString(Template)))
        {
            await Migrations.Shipped.Run(source, CancellationToken.None);
        }

        return postgres;
    }

    private static async Task Execute(EmbeddedPostgres postgres, string sql)
    {
        var target = new NpgsqlConnectionStringBuilder(postgres.ConnectionString("postgres")) { Pooling = false };
        await using var connection = new NpgsqlConnection(target.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
