using System.Buffers;
using System.Data;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Dapper;
using Npgsql;
using Tieout.Application.Database.Embedded;

namespace Tieout.Application.Database;

/// <summary>
/// The whole database in one zip file: every table as it was at one instant, in PostgreSQL's binary COPY form, with a
/// manifest that lets <see cref="Restore"/> prove nothing is missing or altered. Work goes on while it is written.
/// </summary>
public static class Backup
{
    private const int BufferSize = 128 * 1024;

    /// <summary>Writes a backup. The file appears under its name only when complete, readable by its owner alone.</summary>
    /// <exception cref="DatabaseTroubleException">The file cannot be written.</exception>
    public static async Task<BackupManifest> Write(NpgsqlDataSource database, string file, CancellationToken cancel)
    {
        var unfinished = file + ".part";
        try
        {
            File.Delete(unfinished);
            BackupManifest manifest;
            await using (var stream = FileModes.CreateSecret(unfinished))
            {
                manifest = await WriteTo(stream, database, cancel);
                stream.Flush(flushToDisk: true);
            }

            File.Move(unfinished, file, overwrite: true);
            return manifest;
        }
        catch (Exception trouble) when (trouble is UnauthorizedAccessException or IOException && trouble is not NpgsqlException)
        {
            throw new DatabaseTroubleException($"The backup {file} cannot be written: {trouble.Message}", trouble);
        }
        finally
        {
            if (File.Exists(unfinished)) File.Delete(unfinished);
        }
    }

    private static async Task<BackupManifest> WriteTo(Stream stream, NpgsqlDataSource database, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        // Before the snapshot, so that no migration changes a table between the first and the last.
        await connection.ExecuteAsync(new CommandDefinition(
            "select pg_advisory_lock_shared(@LockKey)", new { Migrations.LockKey }, commandTimeout: 0, cancellationToken: cancel));
        try
        {
            await using var snapshot = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancel);
            await connection.ExecuteAsync("set transaction read only");
            await using var zip = await ZipArchive.CreateAsync(
                stream, ZipArchiveMode.Create, leaveOpen: true, entryNameEncoding: null, cancel);
            var manifest = await WriteTables(zip, connection, cancel);
            await WriteEntry(zip, BackupManifest.Entry, manifest.ToBytes(), cancel);
            var hash = Encoding.ASCII.GetBytes(BackupManifest.Sha256Of(manifest.ToBytes()));
            await WriteEntry(zip, BackupManifest.HashEntry, hash, cancel);
            return manifest;
        }
        finally
        {
            // The lock goes with the session at the latest; a connection back in its pool must not keep it.
            if (connection.State == ConnectionState.Open) await connection.ExecuteAsync("select pg_advisory_unlock_all()");
        }
    }

    private static async Task<BackupManifest> WriteTables(ZipArchive zip, NpgsqlConnection connection, CancellationToken cancel)
    {
        var takenAt = await connection.ExecuteScalarAsync<DateTime>(new CommandDefinition("select now()", cancellationToken: cancel));
        var tables = new List<BackupManifest.Table>();
        foreach (var table in await TableCatalog.Tables(connection, cancel))
        {
            tables.Add(await WriteTable(zip, table, $"tables/{tables.Count + 1:0000}.copy", connection, cancel));
        }

        // Sequences stand outside the snapshot and only move forward: read after the rows, they are never behind them.
        var sequences = new List<BackupManifest.Sequence>();
        foreach (var (schema, name) in await TableCatalog.Sequences(connection, cancel))
        {
            sequences.Add(await connection.QuerySingleAsync<BackupManifest.Sequence>(new CommandDefinition(
                $"""
                select @schema as Schema, @name as Name, last_value as LastValue, is_called as IsCalled
                from {TableCatalog.Quote(schema, name)}
                """, new { schema, name }, cancellationToken: cancel)));
        }

        return new BackupManifest(
            BackupManifest.PresentFormat, ProductVersion.Text, new DateTimeOffset(takenAt), await Steps(connection, cancel), tables, sequences);
    }

    private static async Task<BackupManifest.Table> WriteTable(
        ZipArchive zip, TableCatalog.Table table, string entry, NpgsqlConnection connection, CancellationToken cancel)
    {
        var columns = string.Join(", ", table.Columns.Select(TableCatalog.Quote));
        long bytes;
        string sha256;
        await using (var target = await zip.CreateEntry(entry, CompressionLevel.Fastest).OpenAsync(cancel))
        // A query, because COPY of a bare partitioned table is refused before PostgreSQL 18.
        await using (var source = await connection.BeginRawBinaryCopyAsync(
            $"copy (select {columns} from {table.Quoted}) to stdout (format binary)", cancel))
        {
            (bytes, sha256) = await Transfer(source, target, long.MaxValue, cancel);
        }

        var rows = await connection.ExecuteScalarAsync<long>(new CommandDefinition(
            $"select count(*) from {table.Quoted}", commandTimeout: 0, cancellationToken: cancel));
        return new BackupManifest.Table(table.Schema, table.Name, table.Columns, entry, rows, bytes, sha256);
    }

    /// <summary>Copies and hashes, in bounded memory.</summary>
    /// <exception cref="InvalidDataException">More than <paramref name="limit"/> bytes came.</exception>
    internal static async Task<(long Bytes, string Sha256)> Transfer(Stream source, Stream target, long limit, CancellationToken cancel)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            long total = 0;
            int read;
            while ((read = await source.ReadAsync(buffer, cancel)) > 0)
            {
                total += read;
                if (total > limit) throw new InvalidDataException("The entry is longer than the manifest says.");
                hash.AppendData(buffer, 0, read);
                await target.WriteAsync(buffer.AsMemory(0, read), cancel);
            }

            return (total, Convert.ToHexStringLower(hash.GetHashAndReset()));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static async Task<IReadOnlyList<BackupManifest.Step>> Steps(NpgsqlConnection connection, CancellationToken cancel)
    {
        var exists = await connection.ExecuteScalarAsync<bool>(new CommandDefinition(
            "select to_regclass('tieout.migration') is not null", cancellationToken: cancel));
        if (!exists) throw new DatabaseTroubleException("This database has no Tieout schema: there is nothing to back up.");
        var steps = await connection.QueryAsync<BackupManifest.Step>(new CommandDefinition(
            """
            select number as Number, name as Name, sha256 as Sha256
            from tieout.migration
            order by number
            """, cancellationToken: cancel));
        return steps.AsList();
    }

    private static async Task WriteEntry(ZipArchive zip, string name, byte[] content, CancellationToken cancel)
    {
        await using var stream = await zip.CreateEntry(name, CompressionLevel.Fastest).OpenAsync(cancel);
        await stream.WriteAsync(content, cancel);
    }
}
