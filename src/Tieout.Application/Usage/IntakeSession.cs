using System.Data;
using Npgsql;
using NpgsqlTypes;
using Tieout.Application.Database;

namespace Tieout.Application.Usage;

/// <summary>
/// A connection that stays open with its staging table and its prepared statements: given back to the pool between two requests,
/// it would lose both.
/// </summary>
internal sealed class IntakeSession : IAsyncDisposable
{
    private IntakeSession(NpgsqlConnection connection, NpgsqlCommand insert, NpgsqlCommand finish) =>
        (Connection, Insert, Finish) = (connection, insert, finish);

    public NpgsqlConnection Connection { get; }

    /// <summary>From staging into the ledger; its parameter is the batch.</summary>
    public NpgsqlCommand Insert { get; }

    /// <summary>The batch's row.</summary>
    public NpgsqlCommand Finish { get; }

    public BinaryRows Rows { get; } = new(256 * 1024);

    public bool IsUsable => Connection.State == ConnectionState.Open;

    public static async Task<IntakeSession> Open(NpgsqlDataSource database, CancellationToken cancel)
    {
        var connection = await database.OpenConnectionAsync(cancel);
        try
        {
            await using (var staging = new NpgsqlCommand(EventCopy.Staging, connection)) await staging.ExecuteNonQueryAsync(cancel);
            var insert = new NpgsqlCommand(EventCopy.Insert, connection) { Parameters = { new() { NpgsqlDbType = NpgsqlDbType.Bigint } } };
            var finish = new NpgsqlCommand(
                """
                insert into usage.batch (no, via, actor, received, accepted, duplicate, refused, received_at, summarised_at)
                values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
                """, connection);
            foreach (var type in new[]
                     {
                         NpgsqlDbType.Bigint, NpgsqlDbType.Text, NpgsqlDbType.Text, NpgsqlDbType.Integer, NpgsqlDbType.Integer,
                         NpgsqlDbType.Integer, NpgsqlDbType.Integer, NpgsqlDbType.TimestampTz, NpgsqlDbType.TimestampTz,
                     })
                finish.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = type });
            await insert.PrepareAsync(cancel);
            await finish.PrepareAsync(cancel);
            return new IntakeSession(connection, insert, finish);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Insert.DisposeAsync();
        await Finish.DisposeAsync();
        await Connection.DisposeAsync();
    }
}
