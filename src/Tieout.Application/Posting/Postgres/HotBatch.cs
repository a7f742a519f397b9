using Npgsql;
using NpgsqlTypes;

namespace Tieout.Application.Posting.Postgres;

/// <summary>
/// Statements that delivery runs for every batch: prepared once a connection, sent together, planned once. All of them look by index,
/// whatever the planner believes of tables that were empty when it planned.
/// </summary>
internal static class HotBatch
{
    private const string Plans =
        """
        set jit = off; set plan_cache_mode = force_generic_plan; set enable_seqscan = off; set enable_bitmapscan = off; set enable_hashjoin = off;
        set enable_mergejoin = off;
        """;

    /// <summary>Settings of a connection: its commits wait for the disk, and it waits for rows that somebody holds as long as a command may take.</summary>
    public const string Patient = Plans + "set lock_timeout = 0;";

    /// <summary>The same, but it gives up soon on rows that somebody holds.</summary>
    public const string Impatient = Plans + "set lock_timeout = '200ms';";

    /// <summary>
    /// First in a batch: the commit of this transaction does not wait for the disk. Never said of a connection: one that comes back to the pool
    /// must not keep it, whatever the pool does.
    /// </summary>
    public const string Hasty = "select set_config('synchronous_commit', 'off', true)";

    /// <summary>Statements sent together.</summary>
    /// <param name="connection">With one of the settings; in a transaction, or the batch is one by itself.</param>
    /// <param name="statements">In this order.</param>
    public static NpgsqlBatch Of(NpgsqlConnection connection, params ReadOnlySpan<NpgsqlBatchCommand> statements)
    {
        var batch = new NpgsqlBatch(connection);
        foreach (var statement in statements) batch.BatchCommands.Add(statement);
        return batch;
    }

    /// <summary>A statement with its parameters in order.</summary>
    public static NpgsqlBatchCommand Statement(string sql, params ReadOnlySpan<object?> values)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in values)
            command.Parameters.Add(value as NpgsqlParameter ?? new NpgsqlParameter { Value = value ?? DBNull.Value });
        return command;
    }

    /// <summary>A parameter whose type its value does not tell.</summary>
    public static NpgsqlParameter Typed(object? value, NpgsqlDbType type) => new() { Value = value ?? DBNull.Value, NpgsqlDbType = type };

    /// <summary>Prepares, where this connection has not yet, and runs.</summary>
    public static async Task<NpgsqlDataReader> Read(NpgsqlBatch batch, CancellationToken cancel)
    {
        await batch.PrepareAsync(cancel);
        return await batch.ExecuteReaderAsync(cancel);
    }

    /// <summary>The same; answers how many rows the last statement changed.</summary>
    public static async Task Run(NpgsqlBatch batch)
    {
        await batch.PrepareAsync(CancellationToken.None);
        await batch.ExecuteNonQueryAsync(CancellationToken.None);
    }
}
