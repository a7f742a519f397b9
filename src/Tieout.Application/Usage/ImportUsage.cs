using System.Text;
using Npgsql;
using Tieout.Application.Runs;
using Tieout.Domain.Usage;

namespace Tieout.Application.Usage;

/// <summary>A file of events.</summary>
/// <param name="Path">Where it is; UTF-8.</param>
/// <param name="Columns">What its columns mean; null for JSON lines.</param>
/// <param name="Actor">Who imports it.</param>
public sealed record UsageImport(string Path, UsageColumns? Columns, string Actor);

/// <summary>What came of a file.</summary>
public abstract record UsageImportOutcome
{
    private UsageImportOutcome() { }

    /// <summary>Every row was looked at. Received = accepted + duplicate + refused.</summary>
    /// <param name="FirstRefused">The first hundred.</param>
    public sealed record Finished(
        long Received, long Accepted, long Duplicate, long Refused, IReadOnlyList<RefusedEvent> FirstRefused) : UsageImportOutcome;

    /// <summary>The file cannot be read as it is described. Nothing was written.</summary>
    public sealed record NotBegun(string Problem) : UsageImportOutcome;
}

/// <summary>
/// Takes a file of events in, some thousand at a time, each time in one transaction. Stopped or killed, the same call goes over
/// what is in already, which counts as duplicate, and takes in the rest.
/// </summary>
public sealed class ImportUsage(NpgsqlDataSource database, TimeProvider clock)
{
    private const int RowsAtOnce = 5_000;
    private const int RefusedShown = 100;

    /// <summary>Reads the file to its end.</summary>
    public async Task<UsageImportOutcome> Run(UsageImport import, IProgress<RunProgress>? progress, CancellationToken cancel)
    {
        try
        {
            using var text = new StreamReader(import.Path, Encoding.UTF8, detectEncodingFromByteOrderMarks: true, bufferSize: 64 * 1024);
            var file = new UsageFile(text, import.Columns);
            return file.Missing.Count > 0
                ? new UsageImportOutcome.NotBegun($"The file has no column {string.Join(", ", file.Missing.Select(column => $"'{column}'"))}.")
                : await Run(file, import.Actor, progress, cancel);
        }
        catch (Exception trouble) when (trouble is IOException or UnauthorizedAccessException)
        {
            return new UsageImportOutcome.NotBegun($"The file '{import.Path}' cannot be read: {trouble.Message}");
        }
    }

    private async Task<UsageImportOutcome> Run(UsageFile file, string actor, IProgress<RunProgress>? progress, CancellationToken cancel)
    {
        await using var intake = new UsageIntake(database, clock);
        var events = new EventReader(await intake.Meters(cancel));
        var (received, accepted, duplicate, refused) = (0L, 0L, 0L, 0L);
        List<RefusedEvent> shown = [];
        while (true)
        {
            var read = new ReadBatch();
            while (read.Received < RowsAtOnce && file.Next(events) is { } row) read.Add(row);
            if (read.Received == 0) return new UsageImportOutcome.Finished(received, accepted, duplicate, refused, shown);
            var taken = await intake.Take(read, "file", actor, cancel);
            received += taken.Received;
            accepted += taken.Accepted;
            duplicate += taken.Duplicate;
            refused += taken.Refused.Count;
            shown.AddRange(taken.Refused.Take(RefusedShown - shown.Count));
            progress?.Report(new RunProgress(received, 0, "events", refused > 0 ? $"{refused} refused" : ""));
        }
    }
}
