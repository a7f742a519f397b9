using System.Globalization;
using System.Reflection;
using System.Text;
using Dapper;
using Npgsql;

namespace Tieout.Application.Database;

/// <summary>
/// Brings a database's schema forward to this program's. Forward only: each step runs in a transaction of its own
/// together with its check, and is recorded in <c>tieout.migration</c> with the fingerprint of its text.
/// </summary>
public sealed class Migrations
{
    private const int OldestServer = 15;

    // Any constant serves; this one is "tieout" in ASCII. Backups take it shared, so that no step runs meanwhile.
    internal const long LockKey = 0x7469_656f_7574;

    private static readonly Lazy<Migrations> FromResources = new(ReadResources);

    private readonly IReadOnlyList<Migration> steps;
    private readonly string version;

    /// <summary>A list of steps for one program.</summary>
    /// <param name="steps">All steps in order.</param>
    /// <param name="version">The program's version, recorded with each step it applies.</param>
    /// <exception cref="DatabaseTroubleException">The numbers have a gap, a repetition or another order.</exception>
    public Migrations(IReadOnlyList<Migration> steps, string version)
    {
        this.steps = steps;
        this.version = version;
        foreach (var (index, step) in steps.Index())
        {
            if (step.Number == index + 1) continue;
            throw new DatabaseTroubleException($"Migration {step.Name} stands where number {index + 1:0000} is expected: numbers run without gaps.");
        }
    }

    /// <summary>The steps built into this program from db/migrations.</summary>
    public static Migrations Shipped => FromResources.Value;

    /// <summary>The number of the newest step, 0 when there is none.</summary>
    public int Newest => steps.Count;

    /// <summary>Applies what is missing; nothing when the database is up to date. Processes that start together take turns.</summary>
    /// <returns>The steps applied now, in order.</returns>
    /// <exception cref="DatabaseTroubleException">
    /// The server is too old, the database is newer than this program, an applied step's text has changed, or a step or
    /// its check failed; the steps before the failed one stand.
    /// </exception>
    public async Task<IReadOnlyList<Migration>> Run(NpgsqlDataSource database, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        DemandServerVersion(connection);
        await connection.ExecuteAsync(new CommandDefinition(
            "select pg_advisory_lock(@LockKey)", new { LockKey }, commandTimeout: 0, cancellationToken: cancel));
        try
        {
            var missing = await Missing(connection, cancel);
            foreach (var step in missing)
            {
                await using var transaction = await connection.BeginTransactionAsync(cancel);
                await Apply(step, connection, cancel);
                await transaction.CommitAsync(cancel);
            }

            return missing;
        }
        finally
        {
            // A connection that broke has lost the lock already.
            if (connection.State == System.Data.ConnectionState.Open)
            {
                await connection.ExecuteAsync("select pg_advisory_unlock(@LockKey)", new { LockKey });
            }
        }
    }

    /// <summary>
    /// The first <paramref name="count"/> steps, applied inside the caller's transaction on a database without any.
    /// </summary>
    internal async Task ApplyFirst(int count, NpgsqlConnection connection, CancellationToken cancel)
    {
        foreach (var step in steps.Take(count)) await Apply(step, connection, cancel);
    }

    /// <summary>Numbers and fingerprints of the first <paramref name="count"/> steps.</summary>
    internal IEnumerable<Migration> First(int count) => steps.Take(count);

    internal static void DemandServerVersion(NpgsqlConnection connection)
    {
        if (connection.PostgreSqlVersion.Major >= OldestServer) return;
        throw new DatabaseTroubleException(
            $"This server is PostgreSQL {connection.PostgreSqlVersion}; Tieout needs {OldestServer} or newer.");
    }

    private async Task<IReadOnlyList<Migration>> Missing(NpgsqlConnection connection, CancellationToken cancel)
    {
        var recorded = await Recorded(connection, cancel);
        foreach (var row in recorded)
        {
            if (row.Number > Newest)
            {
                throw new DatabaseTroubleException(
                    $"This database has migration {row.Name}, which this program (version {version}) does not know: "
                    + $"it was written by version {row.AppliedByVersion}. Use that version or a newer one.");
            }

            var step = steps[row.Number - 1];
            if (step.Sha256 == row.Sha256) continue;
            throw new DatabaseTroubleException(
                $"Migration {step.Name} was applied with another text (as {row.Name}, by version {row.AppliedByVersion}). "
                + "An applied migration is never edited: restore its text and write a new step.");
        }

        return [.. steps.Skip(recorded.Count)];
    }

    private static async Task<IReadOnlyList<Row>> Recorded(NpgsqlConnection connection, CancellationToken cancel)
    {
        var exists = await connection.ExecuteScalarAsync<bool>(new CommandDefinition(
            "select to_regclass('tieout.migration') is not null", cancellationToken: cancel));
        if (!exists) return [];
        var rows = await connection.QueryAsync<Row>(new CommandDefinition(
            """
            select number, name, sha256, applied_by_version as AppliedByVersion
            from tieout.migration
            order by number
            """, cancellationToken: cancel));
        return rows.AsList();
    }

    private async Task Apply(Migration step, NpgsqlConnection connection, CancellationToken cancel)
    {
        await Execute(step, "migration", CreateTable, connection, cancel);
        await Execute(step, "migration", step.Sql, connection, cancel);
        if (step.Check is not null) await Execute(step, "the check of migration", step.Check, connection, cancel);
        await connection.ExecuteAsync(new CommandDefinition(
            """
            insert into tieout.migration (number, name, sha256, applied_by_version)
            values (@Number, @Name, @Sha256, @version)
            """, new { step.Number, step.Name, step.Sha256, version }, cancellationToken: cancel));
    }

    private const string CreateTable =
        """
        create schema if not exists tieout;
        create table if not exists tieout.migration (
          number int primary key check (number > 0),
          name text not null,
          sha256 text not null,
          applied_at timestamptz not null default now(),
          applied_by_version text not null
        );
        """;

    private static async Task Execute(Migration step, string what, string sql, NpgsqlConnection connection, CancellationToken cancel)
    {
        try
        {
            await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
            await command.ExecuteNonQueryAsync(cancel);
        }
        catch (PostgresException refused)
        {
            var where = string.Join(' ', new[] { refused.Detail, refused.Hint, refused.Where }.Where(text => text is not null));
            throw new DatabaseTroubleException(
                $"{char.ToUpperInvariant(what[0])}{what[1..]} {step.Name} failed and was rolled back: {refused.MessageText} "
                + $"({refused.SqlState}) {where}".TrimEnd(),
                refused);
        }
    }

    /// <summary>Reads <c>migrations/0001_x.sql</c> and <c>migrations/0001_x.check.sql</c>.</summary>
    private static Migrations ReadResources()
    {
        const string folder = "migrations/", ending = ".sql", checkEnding = ".check.sql";
        var assembly = typeof(Migrations).Assembly;
        var texts = assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(folder, StringComparison.Ordinal) && name.EndsWith(ending, StringComparison.Ordinal))
            .ToDictionary(name => name[folder.Length..], name => ReadText(assembly, name), StringComparer.Ordinal);

        var shipped = texts.Keys
            .Where(name => !name.EndsWith(checkEnding, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(name => Path.GetFileNameWithoutExtension(name))
            .Select(name => new Migration(NumberOf(name), name, texts[name + ending], texts.GetValueOrDefault(name + checkEnding)))
            .ToList();
        return new Migrations(shipped, ProductVersion.Text);
    }

    private static int NumberOf(string name) =>
        int.TryParse(name.Split('_')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new DatabaseTroubleException($"Migration {name} has no number: names look like 0001_ledger.sql.");

    private static string ReadText(Assembly assembly, string resource)
    {
        using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!, Encoding.UTF8);
        return reader.ReadToEnd();
    }

    private sealed record Row(int Number, string Name, string Sha256, string AppliedByVersion);
}
