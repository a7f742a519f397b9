using System.Security.Cryptography;
using System.Text.Json;

namespace Tieout.Application.Database;

/// <summary>What a backup file says about itself.</summary>
/// <param name="Format">Version of the file's own layout.</param>
/// <param name="ProductVersion">The program that wrote it.</param>
/// <param name="TakenAt">The instant of the snapshot, by the database's clock.</param>
/// <param name="Migrations">The schema the tables have, as the steps that made it.</param>
/// <param name="Tables">In an order in which a table comes after those it refers to.</param>
/// <param name="Sequences">Where each sequence stood.</param>
public sealed record BackupManifest(
    int Format,
    string ProductVersion,
    DateTimeOffset TakenAt,
    IReadOnlyList<BackupManifest.Step> Migrations,
    IReadOnlyList<BackupManifest.Table> Tables,
    IReadOnlyList<BackupManifest.Sequence> Sequences)
{
    internal const int PresentFormat = 1;
    internal const string Entry = "manifest.json";
    internal const string HashEntry = "manifest.sha256";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>The number of the newest migration the backup contains.</summary>
    public int MigrationNumber => Migrations.Count;

    /// <summary>All rows of all tables.</summary>
    public long Rows => Tables.Sum(table => table.Rows);

    internal byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this, Json);

    /// <summary>Reads what <see cref="ToBytes"/> wrote.</summary>
    /// <exception cref="JsonException">The text is not a manifest.</exception>
    internal static BackupManifest FromBytes(byte[] bytes) =>
        JsonSerializer.Deserialize<BackupManifest>(bytes, Json) ?? throw new JsonException("The manifest is empty.");

    internal static string Sha256Of(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    /// <summary>An applied migration.</summary>
    public sealed record Step(int Number, string Name, string Sha256);

    /// <summary>One table's rows, held in PostgreSQL's binary COPY form.</summary>
    /// <param name="Schema">Schema name.</param>
    /// <param name="Name">Table name.</param>
    /// <param name="Columns">The columns held, in their order; generated ones are left out.</param>
    /// <param name="File">The entry of the zip file that holds the rows.</param>
    /// <param name="Rows">How many rows.</param>
    /// <param name="Bytes">Length of the entry, not compressed.</param>
    /// <param name="Sha256">Hash of the entry, not compressed.</param>
    public sealed record Table(string Schema, string Name, IReadOnlyList<string> Columns, string File, long Rows, long Bytes, string Sha256);

    /// <summary>A sequence's state, as <c>setval</c> takes it.</summary>
    public sealed record Sequence(string Schema, string Name, long LastValue, bool IsCalled);
}
