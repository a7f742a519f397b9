using Npgsql;
using Tieout.Application.Intake;
using Tieout.Application.Runs;
using Tieout.Domain;

namespace Tieout.Application.Demo;

/// <summary>Fills the books with made-up customers for a demonstration, the same way a file is imported.</summary>
public sealed class SampleBooks(NpgsqlDataSource database, TimeProvider clock)
{
    /// <summary>Subscriptions of a usual demo.</summary>
    public const int UsualSubscriptions = 2_500;

    /// <summary>The seed of a usual demo.</summary>
    public const ulong UsualSeed = 20260101;

    private const int ChunkRows = 5_000;

    /// <summary>
    /// Sets up the sample's companies and plans and adds its customers. The content is the same for the same number, month and
    /// seed; running it again adds nothing. Prorated subscriptions fall into <paramref name="month"/>.
    /// </summary>
    /// <exception cref="InvalidOperationException">The books hold something else under the sample's codes.</exception>
    public async Task<ImportOutcome> Run(
        int subscriptions, AccountingMonth month, ulong seed, IProgress<RunProgress>? progress, CancellationToken cancel)
    {
        if (await new SetUpBooks(database).Run(SampleCatalogue.Books, cancel) is BooksOutcome.Refused refused)
            throw new InvalidOperationException($"The sample needs books of its own: {string.Join(" ", refused.Problems)}");

        await using var connection = await database.OpenConnectionAsync(cancel);
        var rows = new SampleRows(await StoredBooks.Load(connection, cancel), month, seed).Of(subscriptions)
            .Select((row, index) => new ChunkRow(index + 1, row.Key, row, null));
        var run = await ImportRun.Begin(connection, new RunLog(database, clock), new ImportTitle(
            "Sample books", $"sample/{subscriptions}/{month}/{seed}", "(made up)", "", subscriptions, "demo"), cancel);
        if (run is null) return new ImportOutcome.NotBegun("The sample is being written by another process right now; wait until it ends.");

        var chunk = new ImportChunk(connection, clock);
        var done = run.Done;
        try
        {
            foreach (var part in rows.Where(row => row.Line > run.LastLine).Chunk(ChunkRows))
            {
                done += (await chunk.Write(run.Id, part, cancel)).Received;
                progress?.Report(new RunProgress(done, subscriptions, "rows"));
            }
            return await run.Finish(cancel);
        }
        catch (Exception trouble)
        {
            await run.Break(trouble);
            throw;
        }
    }
}
