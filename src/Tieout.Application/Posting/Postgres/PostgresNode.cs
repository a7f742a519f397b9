using System.Data;
using Dapper;
using Npgsql;

namespace Tieout.Application.Posting.Postgres;

/// <summary>
/// This running program among its like. It holds an advisory lock under its number for as long as it lives, so that
/// others see at once, without waiting for a lease to end, that what it had claimed is nobody's any more.
/// </summary>
internal sealed class PostgresNode : IPostingNode
{
    private readonly NpgsqlConnection _connection;

    private PostgresNode(NpgsqlConnection connection, int number) => (_connection, Number) = (connection, number);

    public int Number { get; }

    public static async Task<PostgresNode> Join(NpgsqlDataSource database, CancellationToken cancel)
    {
        var connection = await database.OpenConnectionAsync(cancel);
        var number = await connection.QuerySingleAsync<int>("insert into posting.node default values returning number");
        await connection.ExecuteAsync("select pg_advisory_lock(731, @number)", new { number });
        return new PostgresNode(connection, number);
    }

    /// <summary>Throws when the session with the lock is gone: to the others this node is dead then, and it has to join anew.</summary>
    public async Task Prove(CancellationToken cancel)
    {
        if (_connection.State != ConnectionState.Open) throw new NpgsqlException("The session that held the node's lock is gone.");
        await _connection.ExecuteAsync(new CommandDefinition("select 1", cancellationToken: cancel));
    }

    // The lock belongs to the session: it goes with the connection, however this process ends.
    public async ValueTask DisposeAsync()
    {
        try
        {
            await Prove(CancellationToken.None);
            await _connection.ExecuteAsync("select pg_advisory_unlock(731, @Number)", new { Number });
        }
        catch (NpgsqlException)
        {
            // The session is gone, and the lock with it.
        }
        await _connection.DisposeAsync();
    }
}
