using System.Collections.Frozen;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Npgsql;
using Tieout.Application.Runs;
using Tieout.Domain.Intake;

namespace Tieout.Application.Intake;

/// <summary>What to import.</summary>
/// <param name="Path">A CSV file.</param>
/// <param name="Mapping">What its columns mean.</param>
/// <param name="Actor">Who does it.</param>
public sealed record ImportRequest(string Path, ImportMapping Mapping, string Actor);

/// <summary>
/// Takes in a CSV file of customers and subscriptions. Every row ends as accepted, unchanged or refused; a bad row never stops
/// the others. Importing twice adds nothing; after a crash or a stop, running it again goes on where it ended.
/// </summary>
public sealed class ImportFile(NpgsqlDataSource database, TimeProvider clock)
{
    private const int ChunkRows = 5_000;

    /// <summary>
    /// Reads the file once for its hash and encoding, then its rows, chunk by chunk in constant memory. Cancelling throws
    /// <see cref="OperationCanceledException"/> and leaves the run stopped, to be taken up by running it again.
    /// </summary>
    public async Task<ImportOutcome> Run(ImportRequest request, IProgress<RunProgress>? progress, CancellationToken cancel)
    {
        FileStream file;
        try
        {
            file = new FileStream(request.Path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.SequentialScan);
        }
        catch (Exception trouble) when (trouble is IOException or UnauthorizedAccessException)
        {
            return new ImportOutcome.NotBegun($"The file '{request.Path}' cannot be read: {trouble.Message}");
        }
        await using (file)
        {
            var format = request.Mapping.Format;
            var (facts, problem) = await FileInspection.Of(file, format.Encoding, cancel);
            if (facts is null) return new ImportOutcome.NotBegun(problem!);

            file.Position = 0;
            using var text = new StreamReader(file, EncodingOf(format.Encoding), detectEncodingFromByteOrderMarks: true, 1 << 16);
            var rows = new CsvRows(text, format.Delimiter);
            var (columns, missing) = Header(rows.Next(), request.Mapping);
            if (columns is null) return new ImportOutcome.NotBegun(missing!);
            return await TakeIn(request, facts, rows, columns, progress, cancel);
        }
    }

    private async Task<ImportOutcome> TakeIn(
        ImportRequest request, FileFacts facts, CsvRows rows, FrozenDictionary<string, int> columns,
        IProgress<RunProgress>? progress, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        var rules = new RowRules(request.Mapping, columns, await StoredBooks.Load(connection, cancel));
        var name = Path.GetFileName(request.Path);
        var total = facts.Lines - 1;
        var run = await ImportRun.Begin(connection, new RunLog(database, clock), new ImportTitle(
            $"Import of {name}", Scope(facts, request.Mapping), name, facts.Sha256, total, request.Actor), cancel);
        if (run is null) return new ImportOutcome.NotBegun($"The file '{name}' is being imported by another process right now; wait until it ends.");

        var chunk = new ImportChunk(connection, clock);
        var done = run.Done;
        // The next chunk is read while the one before it is written.
        var next = Task.Run(() => Read(rows, rules, run.LastLine), CancellationToken.None);
        try
        {
            while (await next is { Count: > 0 } current)
            {
                cancel.ThrowIfCancellationRequested();
                next = Task.Run(() => Read(rows, rules, run.LastLine), CancellationToken.None);
                done += (await chunk.Write(run.Id, current, cancel)).Received;
                progress?.Report(new RunProgress(done, Math.Max(done, total), "rows"));
            }
            return await run.Finish(cancel);
        }
        catch (Exception trouble)
        {
            // The file is closed next; nobody may still be reading it.
            await Task.WhenAny(next);
            await run.Break(trouble);
            throw;
        }
    }

    private static List<ChunkRow> Read(CsvRows rows, RowRules rules, long lastLine)
    {
        List<ChunkRow> chunk = new(ChunkRows);
        while (chunk.Count < ChunkRows && rows.Next() is { } row)
        {
            if (row.Line <= lastLine) continue;
            if (row.Problem is not null)
            {
                chunk.Add(new ChunkRow(row.Line, "", null, Malformed(row.Problem)));
                continue;
            }
            var (incoming, refusal) = rules.Read(row.Cells);
            chunk.Add(new ChunkRow(row.Line, incoming?.Key ?? rules.KeyOf(row.Cells), incoming, refusal));
        }
        return chunk;
    }

    private static Refusal Malformed(string problem) => new(
        RefusalCode.Malformed, "", $"The row is not CSV: {problem}.",
        "A cell with the delimiter, a quote or a line break in it stands in double quotes, and a quote in it is written twice.");

    private static (FrozenDictionary<string, int>? Columns, string? Problem) Header(CsvRow? header, ImportMapping mapping)
    {
        if (header is null) return (null, "The file is empty; it has not even a header.");
        if (header.Problem is not null) return (null, $"The header, line {header.Line}, is not CSV: {header.Problem}.");
        var names = header.Cells.Select(cell => cell.Trim()).ToList();
        var missing = mapping.Columns.Where(column => !names.Contains(column, StringComparer.Ordinal)).ToList();
        if (missing.Count > 0)
            return (null, $"The file has no column {Listed(missing)}, which the mapping reads. Its header, line {header.Line}, has {Listed(names)}."
                + (names.Count == 1 ? $" Is '{mapping.Format.Delimiter}' the right delimiter?" : ""));
        if (mapping.Columns.FirstOrDefault(column => names.Count(name => name == column) > 1) is { } twice)
            return (null, $"The file has two columns '{twice}'; nobody can tell which one is meant.");

        // Columns nobody reads need no name of their own, yet they count.
        var read = mapping.Columns.ToHashSet(StringComparer.Ordinal);
        return (names.Index().ToFrozenDictionary(
            column => read.Contains(column.Item) ? column.Item : $"\0{column.Index.ToString(CultureInfo.InvariantCulture)}",
            column => column.Index, StringComparer.Ordinal), null);
    }

    private static string Listed(IEnumerable<string> names) => string.Join(", ", names.Take(40).Select(Shown));

    // A file without a header has a customer's data there.
    private static string Shown(string name) => CardNumber.IsIn(name) ? "'…'" : $"'{(name.Length > 40 ? name[..40] + "…" : name)}'";

    private static Encoding EncodingOf(string name) => name switch
    {
        "utf-16" => new UnicodeEncoding(bigEndian: false, byteOrderMark: true, throwOnInvalidBytes: false),
        "iso-8859-1" => Encoding.Latin1,
        "windows-1252" => CodePagesEncodingProvider.Instance.GetEncoding(1252)!,
        _ => new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true),
    };

    // The same file under another mapping is another import.
    private static string Scope(FileFacts facts, ImportMapping mapping) =>
        $"{facts.Sha256[..16]}/{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(MappingText.Of(mapping))))[..16]}";
}
