using Npgsql;
using Tieout.Application.Database;
using Tieout.Application.Runs;
using Tieout.Domain.Exchange;

namespace Tieout.Application.Exchange;

/// <summary>What to import.</summary>
/// <param name="Path">A CSV file.</param>
/// <param name="Actor">Who does it.</param>
/// <param name="Type">The kind of the rates where the file does not say; null for <c>spot</c>, or <c>monthly-average</c> by country.</param>
/// <param name="Quoting">Which way round a table by country is; null to let its figures tell.</param>
/// <param name="Correction">Why other figures than those that stand are right; empty to refuse them.</param>
public sealed record RatesRequest(string Path, string Actor, string? Type = null, Quoting? Quoting = null, string Correction = "");

/// <summary>What came of it.</summary>
public abstract record RatesOutcome
{
    /// <summary>Refused rows that are listed with the outcome; all of them are in <c>intake.row</c>.</summary>
    public const int MostRefused = 20;

    private RatesOutcome() { }

    /// <summary>Every row is accounted for: received = accepted + unchanged + refused.</summary>
    /// <param name="RefusedByCode">How many were refused for which reason.</param>
    /// <param name="Quoting">Which way round a table by country was read; null for other files.</param>
    public sealed record Finished(
        Guid Run, long Received, long Accepted, long Unchanged, long Refused, IReadOnlyDictionary<string, long> RefusedByCode,
        IReadOnlyList<RefusedRate> FirstRefused, Quoting? Quoting) : RatesOutcome;

    /// <summary>The file cannot be used as it is; nothing was written.</summary>
    public sealed record NotBegun(string Problem) : RatesOutcome;
}

/// <summary>Takes in a file of exchange rates. A bad row never stops the others; importing twice adds nothing.</summary>
public sealed class ImportRates(NpgsqlDataSource database, TimeProvider clock)
{
    private readonly RunLog _runs = new(database, clock);

    /// <summary>Reads and judges the file, then adds what is new in one transaction.</summary>
    public async Task<RatesOutcome> Run(RatesRequest request, CancellationToken cancel)
    {
        var (file, problem) = await RatesFile.Read(request, cancel);
        if (file is null) return new RatesOutcome.NotBegun(problem!);
        var name = Path.GetFileName(request.Path);
        var run = await _runs.Begin("import", $"rates/{file.Sha256[..16]}", $"Import of exchange rates, {name}", "rows", request.Actor, cancel);
        try
        {
            var outcome = await Save(run, name, file, request, cancel);
            await _runs.Report(run, outcome.Received, outcome.Received, cancel);
            await _runs.End(run, "finished");
            return outcome;
        }
        catch (Exception trouble)
        {
            await _runs.Break(run, trouble);
            throw;
        }
    }

    private async Task<RatesOutcome.Finished> Save(Guid run, string name, RatesFile file, RatesRequest request, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var saved = await SaveRates.Run(connection, file.Rates, request.Correction, request.Actor, run, clock.GetUtcNow(), cancel);
        List<RefusedRate> refused = [.. file.Refused.Concat(saved.Refused).OrderBy(row => row.Place)];
        await using (var record = new NpgsqlCommand(
            """
            insert into intake.import (run_id, file_name, sha256, received, accepted, unchanged, refused) values ($1, $2, $3, $4, $5, $6, $7)
            """, connection))
        {
            foreach (var value in new object[] { run, name, file.Sha256, file.Received, saved.Accepted, saved.Unchanged, (long)refused.Count })
                record.Parameters.Add(new() { Value = value });
            await record.ExecuteNonQueryAsync(cancel);
        }
        await Bulk.Copy(connection, "intake.row (run_id, row_no, row_key, outcome, code, field, reason, remedy)", refused,
            (writer, row) => writer.Uuid(run).Long(row.Place).Text(row.Key).Text("refused").Text(row.Code).Text(row.Field).Text(row.Reason).Text(row.Remedy),
            cancel);
        await transaction.CommitAsync(cancel);
        return new RatesOutcome.Finished(
            run, file.Received, saved.Accepted, saved.Unchanged, refused.Count,
            refused.CountBy(row => row.Code).OrderBy(pair => pair.Key, StringComparer.Ordinal)
                .ToDictionary(pair => pair.Key, pair => (long)pair.Value, StringComparer.Ordinal),
            [.. refused.Take(RatesOutcome.MostRefused)], file.Quoting);
    }
}
