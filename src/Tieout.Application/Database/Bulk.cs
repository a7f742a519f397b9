using Npgsql;

namespace Tieout.Application.Database;

/// <summary>Binary COPY: the only way many rows go in.</summary>
internal static class Bulk
{
    /// <summary>
    /// Bytes that a connection gathers before it sends them. With Npgsql's own 8,192 every few rows of a COPY wake the server, which on a
    /// machine that both share cost a billing run one fifteenth of its CPU time.
    /// </summary>
    public const int WriteBufferSize = 65_536;

    // Sent as soon as so much is gathered: twice fits in a connection's buffer, and no buffer grows into those that are collected rarely.
    private const int Chunk = 32_000;
    private const int FirstBuffer = 4_096;

    /// <summary>Copies all rows; returns how many. Takes part in the connection's transaction.</summary>
    /// <param name="columns">The table with the columns that <paramref name="write"/> writes, in that order.</param>
    /// <exception cref="PostgresException">The database refuses a row; nothing of the COPY stands.</exception>
    public static async Task<ulong> Copy<T>(
        NpgsqlConnection connection, string columns, IEnumerable<T> rows, Action<BinaryRows, T> write, CancellationToken cancel)
    {
        var stream = await connection.BeginRawBinaryCopyAsync($"copy {columns} from stdin (format binary)", cancel);
        ulong count;
        try
        {
            count = await CopyRows(stream, rows, write, cancel);
        }
        catch
        {
            await TakeBack(stream);
            throw;
        }
        await stream.DisposeAsync();
        return count;
    }

    // To leave a COPY without a word would be to say that this was all.
    private static async Task TakeBack(NpgsqlRawCopyStream stream)
    {
        try
        {
            await stream.CancelAsync();
            await stream.DisposeAsync();
        }
        catch (Exception gone) when (gone is NpgsqlException or IOException or ObjectDisposedException or InvalidOperationException)
        {
            // The connection went, and the COPY with it; what broke it is what the caller hears.
        }
    }

    // An await only for what is sent: one per value would cost more than the value. What is sent is sent whole: a connection that was
    // cancelled in the middle could not be told that nothing of it counts.
    private static async Task<ulong> CopyRows<T>(Stream stream, IEnumerable<T> rows, Action<BinaryRows, T> write, CancellationToken cancel)
    {
        var binary = new BinaryRows(FirstBuffer);
        var count = 0UL;
        binary.Begin();
        foreach (var row in rows)
        {
            cancel.ThrowIfCancellationRequested();
            binary.Row();
            write(binary, row);
            count++;
            if (binary.Written.Length < Chunk) continue;
            await stream.WriteAsync(binary.Written, CancellationToken.None);
            binary.Forget();
        }
        binary.End();
        await stream.WriteAsync(binary.Written, CancellationToken.None);
        return count;
    }
}
