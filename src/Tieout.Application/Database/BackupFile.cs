using System.IO.Compression;
using System.Text;
using System.Text.Json;

namespace Tieout.Application.Database;

/// <summary>A backup file opened for reading, its manifest proven.</summary>
internal sealed class BackupFile : IAsyncDisposable
{
    private readonly ZipArchive zip;

    private BackupFile(ZipArchive zip, string path, BackupManifest manifest)
    {
        this.zip = zip;
        Path = path;
        Manifest = manifest;
    }

    public string Path { get; }

    public BackupManifest Manifest { get; }

    /// <summary>Opens the file and checks the manifest against its hash.</summary>
    /// <exception cref="DatabaseTroubleException">There is no such file, or it is not a whole backup of a known format.</exception>
    public static async Task<BackupFile> Open(string path, CancellationToken cancel)
    {
        ZipArchive? opened = null;
        try
        {
            opened = await ZipFile.OpenReadAsync(path, cancel);
            var bytes = await ReadAll(opened, BackupManifest.Entry, cancel);
            var hash = Encoding.ASCII.GetString(await ReadAll(opened, BackupManifest.HashEntry, cancel));
            if (hash != BackupManifest.Sha256Of(bytes)) throw new InvalidDataException("the manifest does not have its own hash.");
            var file = new BackupFile(opened, path, BackupManifest.FromBytes(bytes));
            return file.Manifest.Format == BackupManifest.PresentFormat
                ? file
                : throw new DatabaseTroubleException($"The backup {path} has format {file.Manifest.Format}, which this program does not know.");
        }
        catch (Exception trouble)
        {
            if (opened is not null) await opened.DisposeAsync();
            throw trouble switch
            {
                InvalidDataException or JsonException => Damaged(path, trouble),
                IOException or UnauthorizedAccessException =>
                    new DatabaseTroubleException($"The backup {path} cannot be read: {trouble.Message}", trouble),
                _ => trouble,
            };
        }
    }

    public static DatabaseTroubleException Damaged(string path, Exception why) => new(
        $"The backup {path} is not whole: it was cut short, altered, or is no backup of Tieout. Nothing was restored. ({why.Message})", why);

    /// <summary>The rows of one table, as COPY wrote them.</summary>
    /// <exception cref="InvalidDataException">The entry is missing or its compressed form is broken.</exception>
    public Task<Stream> OpenTable(BackupManifest.Table table, CancellationToken cancel) => Entry(zip, table.File).OpenAsync(cancel);

    public ValueTask DisposeAsync() => zip.DisposeAsync();

    private static ZipArchiveEntry Entry(ZipArchive zip, string name) =>
        zip.GetEntry(name) ?? throw new InvalidDataException($"entry {name} is missing.");

    private static async Task<byte[]> ReadAll(ZipArchive zip, string name, CancellationToken cancel)
    {
        // A manifest is some kilobytes; a damaged header must not make us read without end.
        const int limit = 64 << 20;
        await using var stream = await Entry(zip, name).OpenAsync(cancel);
        using var memory = new MemoryStream();
        await Backup.Transfer(stream, memory, limit, cancel);
        return memory.ToArray();
    }
}
