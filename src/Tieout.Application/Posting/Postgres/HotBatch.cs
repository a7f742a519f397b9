using Npgsql;
using NpgsqlTypes;

namespace Tieout.Application.Posting.Postgres;

/// <summary>
/// Statements that delivery runs for every batch: prepared once a connection, sent together, planned once. All of them look by index,
/// whatever the planner believes of tables that were empty when it planned.
/// </summary>
internal static class HotBatch
{
    private const string Settings =
        """
        select set_config('jit', 'off', true), set_config('plan_cache_mode', 'force_generic_plan', true), set_config('enable_seqscan', 'off', true),
               set_config('enable_bitmapscan', 'off', true), set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true),
               set_config('synchronous_commit', case when $1 then current_setting('synchronous_commit') else 'off' end, true),
               set_config('lock_timeout', $2, true)
        """;

    private const string SoonEnough = "200ms";

    /// <summary>A batch that begins with the settings for its transaction; the first result is theirs.</summary>
    /// <param name="connection">In a transaction, or the batch is one by itself.</param>
    /// <param name="durable">Whether the commit waits for the disk.</param>
    /// <param name="patient">Whether to wait for rows that somebody holds as long as a command may take.</param>
    /// <param name="statements">In this order.</param>
    public static NpgsqlBatch Of(NpgsqlConnection connection, bool durable, bool patient, params ReadOnlySpan<NpgsqlBatchCommand> statements)
    {
        var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(Statement(Settings, durable, patient ? "0" : SoonEnough));
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
