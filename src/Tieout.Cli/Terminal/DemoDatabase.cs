using Dapper;
using Npgsql;
using Tieout.Application.Database;
using Tieout.Application.Database.Embedded;

namespace Tieout.Cli.Terminal;

/// <summary>
/// Where the demo keeps its books: a database of its own, made anew by each demo, on the private server or beside the one
/// that is given. Nobody's real books are touched.
/// </summary>
internal static class DemoDatabase
{
    public const string Name = "tieout_demo";

    /// <summary>The same server, the demo's database.</summary>
    public static string On(string connectionString)
    {
        var server = ConnectionText.Parse(connectionString);
        server.Database = Name;
        return server.ConnectionString;
    }

    /// <summary>Makes it empty.</summary>
    /// <exception cref="UsageException">Another demo works in it right now.</exception>
    public static async Task<TieoutDatabase> Anew(string? connectionString, CancellationToken cancel)
    {
        // On the private server "postgres" is always there; on a given one the database it names is.
        await using (var server = await TieoutDatabase.OpenAsItIs(connectionString, "postgres", EmbeddedPostgresOptions.FromEnvironment(), cancel))
        {
            await using var connection = await server.Source.OpenConnectionAsync(cancel);
            try
            {
                await connection.ExecuteAsync($"drop database if exists {Name}");
                await connection.ExecuteAsync($"create database {Name}");
            }
            catch (PostgresException busy) when (busy.SqlState == PostgresErrorCodes.ObjectInUse)
            {
                throw new UsageException("Another demo is open right now; end it with Ctrl-C first.", busy);
            }
        }
        return await TieoutDatabase.Open(string.IsNullOrWhiteSpace(connectionString) ? null : On(connectionString), Name, cancel);
    }
}
