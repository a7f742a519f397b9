using Dapper;
using Npgsql;

namespace Tieout.Application.Database;

/// <summary>
/// Puts a backup into a database, all of it or nothing: dropping what was there, building the schema of the backup's
/// version, filling it and proving counts and hashes happen in one transaction. Afterwards the schema is brought up to
/// this program's version.
/// </summary>
public static class Restore
{
    /// <summary>Restores <paramref name="file"/> into <paramref name="database"/>.</summary>
    /// <param name="database">An empty database, or any with <paramref name="replace"/>.</param>
    /// <param name="file">What <see cref="Backup.Write"/> has written.</param>
    /// <param name="replace">Whether rows that are in the database may be lost.</param>
    /// <param name="migrations">The steps this program knows; they must include those of the backup, unaltered.</param>
    /// <param name="cancel">Gives up; the database stays as it was.</param>
    /// <exception cref="DatabaseTroubleException">
    /// The file is damaged or from a newer program, the database is not empty, or it is in use; the message says which.
    /// </exception>
    public static async Task<BackupManifest> Run(
        NpgsqlDataSource database, string file, bool replace, Migrations migrations, CancellationToken cancel)
    {
        await using var backup = await BackupFile.Open(file, cancel);
        DemandKnownSchema(backup, migrations);
        await using (var connection = await database.OpenConnectionAsync(cancel))
        {
            Migrations.DemandServerVersion(connection);
            await InOneTransaction(connection, backup, replace, migrations, cancel);
        }

        await migrations.Run(database, cancel);
        await using var analyze = database.CreateCommand("analyze");
        analyze.CommandTimeout = 0;
        await analyze.ExecuteNonQueryAsync(cancel);
        return backup.Manifest;
    }

    private static void DemandKnownSchema(BackupFile backup, Migrations migrations)
    {
        var manifest = backup.Manifest;
        if (manifest.MigrationNumber > migrations.Newest)
        {
            throw new DatabaseTroubleException(
                $"The backup {backup.Path} was written by version {manifest.ProductVersion} with migration "
                + $"{manifest.Migrations[^1].Name}, which this program does not know. Use that version or a newer one.");
        }

        foreach (var (theirs, ours) in manifest.Migrations.Zip(migrations.First(manifest.MigrationNumber)))
        {
            if (theirs.Sha256 == ours.Sha256) continue;
            throw new DatabaseTroubleException(
                $"The backup {backup.Path} has migration {theirs.Name} with another text than this program's {ours.Name}: "
                + $"restore it with version {manifest.ProductVersion}.");
        }
    }

    private static async Task InOneTransaction(
        NpgsqlConnection connection, BackupFile backup, bool replace, Migrations migrations, CancellationToken cancel)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        // The same lock that migrations take: no other process builds the schema while we do.
        await connection.ExecuteAsync(new CommandDefinition(
            "select pg_advisory_xact_lock(@LockKey)", new { Migrations.LockKey }, commandTimeout: 0, cancellationToken: cancel));
        if (!replace) await DemandEmpty(connection, cancel);
        try
        {
            var silenced = await BuildSchema(connection, backup.Manifest, migrations, cancel);
            foreach (var table in backup.Manifest.Tables) await Fill(connection, backup, table, cancel);
            await SetSequences(connection, backup.Manifest, cancel);
            await silenced.End(connection, cancel);
            await MarkRestored(connection, cancel);
            await transaction.CommitAsync(cancel);
        }
        catch (PostgresException refused) when (refused.SqlState == PostgresErrorCodes.LockNotAvailable)
        {
            throw new DatabaseTroubleException("The database is in use: stop the other Tieout processes and restore again.", refused);
        }
        catch (PostgresException refused)
        {
            throw new DatabaseTroubleException($"Nothing was restored: {refused.MessageText} ({refused.SqlState})", refused);
        }
        catch (InvalidDataException broken)
        {
            throw BackupFile.Damaged(backup.Path, broken);
        }
    }

    private static async Task DemandEmpty(NpgsqlConnection connection, CancellationToken cancel)
    {
        foreach (var table in await TableCatalog.Tables(connection, cancel))
        {
            var any = await connection.ExecuteScalarAsync<bool>(new CommandDefinition(
                $"select exists (select from {table.Quoted})", cancellationToken: cancel));
            if (!any) continue;
            throw new DatabaseTroubleException(
                $"The database is not empty: {table.Schema}.{table.Name} has rows. Restore into an empty one, or say --replace to lose what is there.");
        }
    }

    private static async Task<SilencedTriggers> BuildSchema(
        NpgsqlConnection connection, BackupManifest manifest, Migrations migrations, CancellationToken cancel)
    {
        await connection.ExecuteAsync(new CommandDefinition("set local lock_timeout = '20s'", cancellationToken: cancel));
        await TableCatalog.DropEverything(connection, cancel);
        await migrations.ApplyFirst(manifest.MigrationNumber, connection, cancel);
        var silenced = await SilencedTriggers.Begin(connection, cancel);

        // Migrations may bring rows of their own; the backup has them too, as they were.
        var tables = await TableCatalog.Tables(connection, cancel);
        if (tables.Count == 0) return silenced;
        await connection.ExecuteAsync(new CommandDefinition(
            $"truncate {string.Join(", ", tables.Select(table => table.Quoted))} cascade", cancellationToken: cancel));
        return silenced;
    }

    private static async Task Fill(NpgsqlConnection connection, BackupFile backup, BackupManifest.Table table, CancellationToken cancel)
    {
        var quoted = TableCatalog.Quote(table.Schema, table.Name);
        var columns = string.Join(", ", table.Columns.Select(TableCatalog.Quote));
        try
        {
            await using var source = await backup.OpenTable(table, cancel);
            await using var target = await connection.BeginRawBinaryCopyAsync($"copy {quoted} ({columns}) from stdin (format binary)", cancel);
            try
            {
                var (bytes, sha256) = await Backup.Transfer(source, target, table.Bytes, cancel);
                if (bytes != table.Bytes || sha256 != table.Sha256) throw new InvalidDataException("the rows do not have the manifest's hash.");
            }
            catch
            {
                await target.CancelAsync();
                throw;
            }
        }
        catch (Exception wrong) when (wrong is InvalidDataException || IsUnreadable(wrong as PostgresException))
        {
            throw new InvalidDataException($"table {table.Schema}.{table.Name}: {(wrong as PostgresException)?.MessageText ?? wrong.Message}", wrong);
        }

        var rows = await connection.ExecuteScalarAsync<long>(new CommandDefinition(
            $"select count(*) from {quoted}", commandTimeout: 0, cancellationToken: cancel));
        if (rows != table.Rows) throw new InvalidDataException($"table {table.Schema}.{table.Name} came to {rows} rows, not {table.Rows}.");
    }

    /// <summary>Data exceptions (class 22) and broken constraints (class 23): what altered bytes look like to PostgreSQL.</summary>
    private static bool IsUnreadable(PostgresException? refused) => refused?.SqlState[..2] is "22" or "23";

    private static async Task SetSequences(NpgsqlConnection connection, BackupManifest manifest, CancellationToken cancel)
    {
        foreach (var sequence in manifest.Sequences)
        {
            await connection.ExecuteAsync(new CommandDefinition(
                "select setval(format('%I.%I', @Schema, @Name)::regclass, @LastValue, @IsCalled)", sequence, cancellationToken: cancel));
        }
    }

    // In the same moment as the rows: what was posted since the backup must never be sent by books that do not know of it. The
    // same table as in migration 0021, which an older backup has not had yet.
    private static Task MarkRestored(NpgsqlConnection connection, CancellationToken cancel) => connection.ExecuteAsync(new CommandDefinition(
        """
        do $$ begin
          if to_regclass('posting.posting') is not null then
            create table if not exists posting.restored (
              tenant int not null default 1, at timestamptz not null default clock_timestamp(), primary key (tenant, at));
            insert into posting.restored default values;
          end if;
        end $$
        """, cancellationToken: cancel));
}
