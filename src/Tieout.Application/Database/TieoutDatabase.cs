using System.Net.Sockets;
using Dapper;
using Npgsql;
using Tieout.Application.Database.Embedded;

namespace Tieout.Application.Database;

/// <summary>
/// The program's database, ready to use: on a given server, or on the private one that is started for it. The schema is
/// up to date when <see cref="Open(string?, string, CancellationToken)"/> returns.
/// </summary>
public sealed class TieoutDatabase : IAsyncDisposable
{
    private TieoutDatabase(NpgsqlDataSource source, EmbeddedPostgres? embedded)
    {
        Source = source;
        Embedded = embedded;
    }

    /// <summary>Where connections come from.</summary>
    public NpgsqlDataSource Source { get; }

    /// <summary>The private server, or null on a server that was given.</summary>
    public EmbeddedPostgres? Embedded { get; }

    /// <summary>The steps that <see cref="Open(string?, string, CancellationToken)"/> applied to the schema.</summary>
    public IReadOnlyList<Migration> Applied { get; private set; } = [];

    /// <summary>Opens the database and brings its schema up to date.</summary>
    /// <param name="connectionString">A server of the user's, as URL or as Npgsql keywords; null or empty for the private one.</param>
    /// <param name="databaseName">The database's name where the connection string has none. Created on the private server.</param>
    /// <param name="cancel">Gives up; a private server that was started is stopped again.</param>
    /// <exception cref="DatabaseTroubleException">The server, the database or its schema is not usable; the message says why.</exception>
    public static async Task<TieoutDatabase> Open(string? connectionString, string databaseName, CancellationToken cancel)
    {
        var database = await OpenAsItIs(connectionString, databaseName, EmbeddedPostgresOptions.FromEnvironment(), cancel);
        try
        {
            database.Applied = await Migrations.Shipped.Run(database.Source, cancel);
            return database;
        }
        catch
        {
            await database.DisposeAsync();
            throw;
        }
    }

    /// <summary>Opens the database without touching its schema, for a restore and for looking at what is wrong.</summary>
    public static async Task<TieoutDatabase> OpenAsItIs(
        string? connectionString, string databaseName, EmbeddedPostgresOptions embeddedOptions, CancellationToken cancel)
    {
        if (!string.IsNullOrWhiteSpace(connectionString))
        {
            var given = ConnectionText.Parse(connectionString);
            given.Database ??= databaseName;
            given.ApplicationName ??= "tieout";
            return await Reached(new TieoutDatabase(NpgsqlDataSource.Create(given), embedded: null), given, cancel);
        }

        var server = await EmbeddedPostgres.Start(embeddedOptions, cancel);
        try
        {
            await CreateIfMissing(server, databaseName, cancel);
            return new TieoutDatabase(NpgsqlDataSource.Create(server.ConnectionString(databaseName)), server);
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Closes the connections, then lets go of the private server.</summary>
    public async ValueTask DisposeAsync()
    {
        await Source.DisposeAsync();
        if (Embedded is not null) await Embedded.DisposeAsync();
    }

    /// <summary>Creates a database on the private server unless it exists. Two processes may ask for it together.</summary>
    internal static async Task CreateIfMissing(EmbeddedPostgres server, string databaseName, CancellationToken cancel)
    {
        await using var source = NpgsqlDataSource.Create(server.ConnectionString("postgres"));
        await using var connection = await source.OpenConnectionAsync(cancel);
        var exists = await connection.ExecuteScalarAsync<bool>(new CommandDefinition(
            "select exists (select from pg_database where datname = @databaseName)", new { databaseName }, cancellationToken: cancel));
        if (exists) return;
        try
        {
            var quoted = new NpgsqlCommandBuilder().QuoteIdentifier(databaseName);
            await connection.ExecuteAsync(new CommandDefinition($"create database {quoted}", cancellationToken: cancel));
        }
        catch (PostgresException other) when (other.SqlState is PostgresErrorCodes.DuplicateDatabase or PostgresErrorCodes.UniqueViolation)
        {
            // Another process was first; the database is there, which is all we want.
        }
    }

    private static async Task<TieoutDatabase> Reached(TieoutDatabase database, NpgsqlConnectionStringBuilder target, CancellationToken cancel)
    {
        try
        {
            await using var connection = await database.Source.OpenConnectionAsync(cancel);
            Migrations.DemandServerVersion(connection);
            return database;
        }
        catch (Exception trouble) when (trouble is NpgsqlException or SocketException or TimeoutException or DatabaseTroubleException)
        {
            await database.DisposeAsync();
            throw trouble as DatabaseTroubleException ?? Explained(trouble, target);
        }
    }

    private static DatabaseTroubleException Explained(Exception trouble, NpgsqlConnectionStringBuilder target)
    {
        var server = $"{target.Host}:{target.Port}";
        return (trouble as PostgresException)?.SqlState switch
        {
            PostgresErrorCodes.InvalidCatalogName => new DatabaseTroubleException(
                $"The server {server} has no database \"{target.Database}\": create it, or name another in the connection string.", trouble),
            PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification => new DatabaseTroubleException(
                $"The server {server} refuses user \"{target.Username}\": check name and password in the connection string.", trouble),
            _ => new DatabaseTroubleException($"The database server {server} cannot be used: {trouble.Message}", trouble),
        };
    }
}
