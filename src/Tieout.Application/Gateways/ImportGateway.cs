using System.Text;
using System.Text.Json;
using Npgsql;
using Tieout.Application.Intake;
using Tieout.Domain.Cash.Gateway;

namespace Tieout.Application.Gateways;

/// <summary>A line that was not taken in.</summary>
/// <param name="Line">Its number in the file, from 1.</param>
public sealed record RefusedLine(int Line, string Code, string Reason, string Remedy);

/// <summary>What came of a file.</summary>
/// <param name="Taken">Events that something follows from.</param>
/// <param name="Duplicates">Events that were kept before.</param>
/// <param name="Movements">Movements of the balance that were new, or were not known to be part of their payout.</param>
public sealed record GatewayImport(int Taken, int Duplicates, int Parked, int Ignored, int Movements, IReadOnlyList<RefusedLine> Refused);

/// <summary>
/// Takes in what a gateway's exports hold: events and balance transactions as lines of JSON, or an itemised report as CSV. What the webhooks brought already
/// adds nothing. A line that cannot be read stops no other.
/// </summary>
public sealed class ImportGateway(NpgsqlDataSource database, TimeProvider clock)
{
    private const int Together = 500;
    private const int MostRefused = 1_000;

    /// <summary>Takes a file in, in transactions of a few hundred lines.</summary>
    /// <param name="payout">All balance transactions of the file are part of this payout; null where the file says so, or nobody does.</param>
    /// <returns>Null when there is no such gateway.</returns>
    public async Task<GatewayImport?> Run(string gateway, TextReader file, string? payout, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        if (!(await GatewayPlace.All(connection, cancel)).TryGetValue(gateway, out var place)) return null;
        var sum = new GatewayImport(0, 0, 0, 0, 0, []);
        using var buffered = new Peeked(file);
        foreach (var lines in (buffered.First is '{' ? Json(buffered) : Csv(buffered)).Chunk(Together))
        {
            await using var transaction = await connection.BeginTransactionAsync(cancel);
            var now = clock.GetUtcNow();
            var states = await SaveGatewayEvents.Run(
                connection, transaction, place, [.. lines.Select(line => line.Event).OfType<byte[]>()], now, cancel);
            var movements = 0;
            foreach (var of in lines.Where(line => line.Movement is not null).GroupBy(line => payout ?? line.Payout, StringComparer.Ordinal))
                movements += await SaveGatewayMovements.Run(
                    connection, place, [.. of.Select(line => line.Movement!)], of.Key.Length > 0 ? of.Key : null, now, cancel);
            await transaction.CommitAsync(cancel);
            sum = new GatewayImport(
                sum.Taken + states.Count(state => state == "taken"), sum.Duplicates + states.Count(state => state == "duplicate"),
                sum.Parked + states.Count(state => state == "parked"), sum.Ignored + states.Count(state => state == "ignored"), sum.Movements + movements,
                [.. sum.Refused.Concat(lines.Select(line => line.Refused).OfType<RefusedLine>()).Take(MostRefused)]);
        }
        return sum;
    }

    private static IEnumerable<Line> Json(TextReader file)
    {
        for (var number = 1; file.ReadLine() is { } text; number++)
        {
            if (string.IsNullOrWhiteSpace(text)) continue;
            var bytes = Encoding.UTF8.GetBytes(text);
            yield return Kind(bytes) switch
            {
                "event" => new Line(bytes, null, "", null),
                "balance_transaction" => StripeBalance.One(bytes) is ({ } movement, _) ? new Line(null, movement, "", null)
                    : Bad(number, "bad-object", $"{StripeBalance.One(bytes).Problem} is missing or not as Stripe describes it.", "Export it again."),
                null => Bad(number, "bad-json", "This is not JSON.", "Write one object a line."),
                _ => Bad(number, "unknown-object", "This is neither an event nor a balance transaction.", "Leave it out."),
            };
        }
    }

    private static IEnumerable<Line> Csv(TextReader file)
    {
        var rows = new CsvRows(file, ',');
        if (rows.Next() is not { } header) yield break;
        var (report, missing) = StripeReport.Of(header.Cells);
        if (report is null)
        {
            yield return Bad(1, "missing-column", $"There is no column {missing}.", "Take an itemised report with the columns that docs/cash.md names.");
            yield break;
        }
        while (rows.Next() is { } row)
        {
            var read = row.Problem is null ? report.Row(row.Cells) : new StripeReportRow(null, "", "row");
            yield return read.Movement is { } movement
                ? new Line(null, movement, read.Payout, null)
                : Bad((int)row.Line, "bad-row", $"{read.Problem} cannot be read.", "Export it again, or correct it.");
        }
    }

    // The member object of an object; empty without one, null for what is no JSON.
    private static string? Kind(byte[] line)
    {
        try
        {
            using var json = JsonDocument.Parse(line, new JsonDocumentOptions { MaxDepth = 64 });
            return json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty("object", out var kind)
                && kind.ValueKind == JsonValueKind.String ? kind.GetString() : "";
        }
        catch (Exception bad) when (bad is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static Line Bad(int line, string code, string reason, string remedy) => new(null, null, "", new RefusedLine(line, code, reason, remedy));

    private sealed record Line(byte[]? Event, GatewayFact.Movement? Movement, string Payout, RefusedLine? Refused);

    // The first letter tells lines of JSON from a table.
    private sealed class Peeked(TextReader inner) : TextReader
    {
        public int First
        {
            get
            {
                while (inner.Peek() is ' ' or '\t' or '\r' or '\n' or '\ufeff') _ = inner.Read();
                return inner.Peek();
            }
        }

        public override int Peek() => inner.Peek();

        public override int Read() => inner.Read();

        public override int Read(char[] buffer, int index, int count) => inner.Read(buffer, index, count);

        public override string? ReadLine() => inner.ReadLine();
    }
}
