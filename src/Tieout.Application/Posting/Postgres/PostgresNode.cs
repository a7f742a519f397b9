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
    /// <summary>
    /// What a session that holds a lock also asks for: that the server find out within a minute when the machine at this end is
    /// gone without a word, and not after two hours, as TCP would have it.
    /// </summary>
    public const string Watched =
        "set_config('tcp_keepalives_idle', '30', false), set_config('tcp_keepalives_interval', '10', false), set_config('tcp_keepalives_count', '3', false)";

    private readonly NpgsqlConnection _connection;
    private readonly Action<DateTimeOffset> _told;
    private readonly Func<ValueTask> _left;
    private int _gone;

    private PostgresNode(NpgsqlConnection connection, int number, Action<DateTimeOffset> told, Func<ValueTask> left) =>
        (_connection, Number, _told, _left) = (connection, number, told, left);

    public int Number { get; }

    /// <summary>Joins under a number of its own.</summary>
    /// <param name="database">The books.</param>
    /// <param name="told">Hears what time it is in the database, now and with every <see cref="Prove"/>.</param>
    /// <param name="left">Is called once it has left.</param>
    /// <param name="cancel">Gives up.</param>
    public static async Task<PostgresNode> Join(
        NpgsqlDataSource database, Action<DateTimeOffset> told, Func<ValueTask> left, CancellationToken cancel)
    {
        var connection = await database.OpenConnectionAsync(cancel);
        try
        {
            while (true)
            {
                var number = await connection.QuerySingleAsync<int>("insert into posting.node default values returning number");
                var (mine, now) = await connection.QuerySingleAsync<(bool, DateTime)>(
                    "select pg_try_advisory_lock(731, @number), clock_timestamp(), " + Watched, new { number });
                // After a restore from a backup, numbers come again; one whose owner lives on is left to it.
                if (!mine) continue;
                told(Instant(now));
                return new PostgresNode(connection, number, told, left);
            }
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    public async Task Prove(CancellationToken cancel)
    {
        if (_connection.State != ConnectionState.Open) throw new NpgsqlException("The session that held the node's lock is gone.");
        _told(Instant(await _connection.QuerySingleAsync<DateTime>(new CommandDefinition("select clock_timestamp()", cancellationToken: cancel))));
    }

    // The lock belongs to the session: it goes with the connection, however this process ends.
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _gone, 1) == 1) return;
        try
        {
            await Prove(CancellationToken.None);
            await _connection.ExecuteAsync("select pg_advisory_unlock(731, @Number)", new { Number });
        }
        catch (NpgsqlException)
        {
            // The session is gone, and the lock with it.
        }
        finally
        {
            await _left();
        }
        await _connection.DisposeAsync();
    }

    private static DateTimeOffset Instant(DateTime utc) => new(utc, TimeSpan.Zero);
}
