using Npgsql;
using NpgsqlTypes;

namespace Tieout.Application.Database;

/// <summary>Binary COPY: the only way many rows go in.</summary>
internal static class Bulk
{
    /// <summary>
    /// Bytes that a connection gathers before it sends them. With Npgsql's own 8,192 every few rows of a COPY wake the server, which on a
    /// machine that both share cost a billing run one fifteenth of its CPU time.
    /// </summary>
    public const int WriteBufferSize = 65_536;

    /// <summary>Copies all rows; returns how many. Takes part in the connection's transaction.</summary>
    public static async Task<ulong> Copy<T>(
        NpgsqlConnection connection, string columns, IEnumerable<T> rows, Action<NpgsqlBinaryImporter, T> write, CancellationToken cancel)
    {
        await using var writer = await connection.BeginBinaryImportAsync($"copy {columns} from stdin (format binary)", cancel);
        CopyRows(writer, rows, write, cancel);
        return await writer.CompleteAsync(cancel);
    }

    // Not async: an await per value costs more than the value. Npgsql flushes its buffer underneath.
    private static void CopyRows<T>(NpgsqlBinaryImporter writer, IEnumerable<T> rows, Action<NpgsqlBinaryImporter, T> write, CancellationToken cancel)
    {
        foreach (var row in rows)
        {
            cancel.ThrowIfCancellationRequested();
            writer.StartRow();
            write(writer, row);
        }
    }

    public static NpgsqlBinaryImporter Uuid(this NpgsqlBinaryImporter writer, Guid value)
    {
        writer.Write(value, NpgsqlDbType.Uuid);
        return writer;
    }

    public static NpgsqlBinaryImporter Text(this NpgsqlBinaryImporter writer, string value)
    {
        writer.Write(value, NpgsqlDbType.Text);
        return writer;
    }

    public static NpgsqlBinaryImporter Date(this NpgsqlBinaryImporter writer, DateOnly value)
    {
        writer.Write(value, NpgsqlDbType.Date);
        return writer;
    }

    public static NpgsqlBinaryImporter Number(this NpgsqlBinaryImporter writer, decimal value)
    {
        writer.Write(value, NpgsqlDbType.Numeric);
        return writer;
    }

    public static NpgsqlBinaryImporter Int(this NpgsqlBinaryImporter writer, int value)
    {
        writer.Write(value, NpgsqlDbType.Integer);
        return writer;
    }

    public static NpgsqlBinaryImporter Long(this NpgsqlBinaryImporter writer, long value)
    {
        writer.Write(value, NpgsqlDbType.Bigint);
        return writer;
    }

    public static NpgsqlBinaryImporter Instant(this NpgsqlBinaryImporter writer, DateTimeOffset value)
    {
        writer.Write(value.ToUniversalTime(), NpgsqlDbType.TimestampTz);
        return writer;
    }
}
