using System.Collections.Concurrent;
using Npgsql;

namespace Tieout.Application.Posting.Postgres;

/// <summary>
/// Connections that delivery holds while a node of this program lives: taken from the pool and given back to it each time, they would
/// be reset each time, and set up again. With no node they come from the pool.
/// </summary>
/// <param name="database">The books.</param>
/// <param name="settings">What each of them is set up with, once.</param>
internal sealed class HotLines(NpgsqlDataSource database, string settings)
{
    // More are needed for a moment at most, when many have to be answered one by one.
    private const int MostKept = 8;

    private readonly ConcurrentStack<NpgsqlConnection> _kept = new();
    private int _nodes;

    /// <summary>A node lives: connections are held from now on.</summary>
    public void Joined() => Interlocked.Increment(ref _nodes);

    /// <summary>It does not any more; after the last one all are given back.</summary>
    public async ValueTask Left()
    {
        if (Interlocked.Decrement(ref _nodes) == 0) await GiveBack();
    }

    /// <summary>Lends a connection, outside of any transaction, to one who leaves none open; one that something went wrong on is not held.</summary>
    public async Task<T> Use<T>(Func<NpgsqlConnection, Task<T>> work)
    {
        var connection = await Open();
        T result;
        try
        {
            result = await work(connection);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
        if (_kept.Count < MostKept) _kept.Push(connection);
        else await connection.DisposeAsync();
        // The last node may have left meanwhile.
        if (Volatile.Read(ref _nodes) == 0) await GiveBack();
        return result;
    }

    private async Task<NpgsqlConnection> Open()
    {
        while (_kept.TryPop(out var kept))
        {
            if (kept.State == System.Data.ConnectionState.Open) return kept;
            await kept.DisposeAsync();
        }
        return await Open(database, settings);
    }

    /// <summary>A connection with settings that end when it goes back to the pool.</summary>
    public static async Task<NpgsqlConnection> Open(NpgsqlDataSource database, string settings)
    {
        var connection = await database.OpenConnectionAsync(CancellationToken.None);
        try
        {
            await using var set = new NpgsqlCommand(settings, connection);
            await set.ExecuteNonQueryAsync(CancellationToken.None);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    private async Task GiveBack()
    {
        while (_kept.TryPop(out var kept)) await kept.DisposeAsync();
    }
}
