using Dapper;
using Npgsql;

namespace Tieout.Application.Statements;

/// <summary>
/// Some thousand rows are found among any number of others by their keys. Where most of a table is new it looks small to PostgreSQL, which then
/// reads all of it for each thousand.
/// </summary>
internal static class ByIndex
{
    /// <summary>To the end of the transaction nothing is looked for in any other way, as far as there is an index.</summary>
    public static Task Only(NpgsqlConnection connection, CancellationToken cancel) => connection.ExecuteAsync(new CommandDefinition(
        "set local enable_seqscan = off; set local enable_hashjoin = off; set local enable_mergejoin = off", cancellationToken: cancel));
}
