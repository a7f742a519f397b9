using System.Globalization;
using System.Text;
using Tieout.Application.Intake;
using Tieout.Domain.Exchange;
using Tieout.Domain.Intake;

namespace Tieout.Application.Exchange;

/// <summary>The rates of a file, read and judged one by one.</summary>
/// <param name="Received">Data rows.</param>
/// <param name="Rates">Those right in themselves.</param>
/// <param name="Refused">The others.</param>
/// <param name="Quoting">Which way round a table by country was read; null for a file that says so itself.</param>
/// <param name="Sha256">Of the file's bytes.</param>
internal sealed record RatesFile(long Received, IReadOnlyList<OfferedRate> Rates, IReadOnlyList<RefusedRate> Refused, Quoting? Quoting, string Sha256)
{
    /// <summary>Rows of a file at most; a century of days in two hundred pairs has fewer.</summary>
    public const int MostRows = 2_000_000;

    private const string Countries = "Federal Reserve G.5";
    private static readonly string[] CountryColumns = ["Date", "Country", "Exchange rate"];
    private static readonly string[] PairColumns = ["date", "base", "quote", "rate"];

    /// <summary>Reads a file of one of the two layouts, told apart by the header. The second is null unless the file is none of them.</summary>
    public static async Task<(RatesFile? File, string? Problem)> Read(RatesRequest request, CancellationToken cancel)
    {
        try
        {
            await using var file = new FileStream(request.Path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.SequentialScan);
            var (facts, problem) = await FileInspection.Of(file, "utf-8", cancel);
            if (facts is null) return (null, problem);
            if (facts.Lines > MostRows) return (null, string.Create(CultureInfo.InvariantCulture, $"The file has more than {MostRows} lines; split it."));
            file.Position = 0;
            using var text = new StreamReader(file, Encoding.UTF8, detectEncodingFromByteOrderMarks: true, 1 << 16);
            return Of(new CsvRows(text, ','), request, facts.Sha256);
        }
        catch (Exception trouble) when (trouble is IOException or UnauthorizedAccessException)
        {
            return (null, $"The file '{request.Path}' cannot be read: {trouble.Message}");
        }
    }

    private static (RatesFile?, string?) Of(CsvRows rows, RatesRequest request, string sha)
    {
        var header = rows.Next()?.Cells.Select(cell => cell.Trim()).ToArray() ?? [];
        if (header.SequenceEqual(CountryColumns, StringComparer.Ordinal)) return ByCountry(rows, request, sha);
        if (PairColumns.Except(header, StringComparer.Ordinal).Any() || header.Except([.. PairColumns, "type", "source"], StringComparer.Ordinal).Any()
            || header.Distinct(StringComparer.Ordinal).Count() != header.Length)
            return (null, "The header is neither 'date,base,quote,rate' with 'type' and 'source' if wanted, nor 'Date,Country,Exchange rate'.");
        return (ByPair(rows, header, request, sha), null);
    }

    private static RatesFile ByPair(CsvRows rows, string[] header, RatesRequest request, string sha)
    {
        List<OfferedRate> good = [];
        List<RefusedRate> refused = [];
        var received = 0L;
        while (rows.Next() is { } row)
        {
            received++;
            string Cell(string column, string otherwise) =>
                Array.IndexOf(header, column) is >= 0 and var place && row.Cells[place].Trim() is { Length: > 0 } cell ? cell : otherwise;
            if (Ragged(row, header.Length) is { } ragged) refused.Add(ragged);
            else Sort(row.Line, RateCells.Read(
                row.Line, Cell("base", ""), Cell("quote", ""), Cell("date", ""), Cell("rate", ""),
                Cell("type", request.Type ?? ExchangeRate.Spot), Cell("source", "")),
                good, refused);
        }
        return new RatesFile(received, good, refused, null, sha);
    }

    private static (RatesFile?, string?) ByCountry(CsvRows rows, RatesRequest request, string sha)
    {
        List<CsvRow> all = [];
        while (rows.Next() is { } row) all.Add(row);
        var (quoting, problem) = QuotingOf(all, request.Quoting);
        if (quoting is not { } known) return (null, problem);

        List<OfferedRate> good = [];
        List<RefusedRate> refused = [];
        foreach (var row in all)
        {
            if (Ragged(row, CountryColumns.Length) is { } ragged) refused.Add(ragged);
            else Sort(row.Line, RateCells.OfCountry(
                row.Line, row.Cells[1].Trim(), row.Cells[0].Trim(), row.Cells[2].Trim(), known,
                request.Type ?? ExchangeRate.MonthlyAverage, Countries), good, refused);
        }
        return (new RatesFile(all.Count, good, refused, known, sha), null);
    }

    // The figures decide; what the caller says must not contradict them, and stands alone only where they say nothing.
    private static (Quoting?, string?) QuotingOf(List<CsvRow> rows, Quoting? told)
    {
        var (perDollar, published) = QuotingEvidence.Of(rows.Where(row => row.Problem is null && row.Cells.Length == 3).Select(Figure).OfType<CountryFigure>());
        Quoting? found = published > 0 && perDollar == 0 ? Domain.Exchange.Quoting.FederalReserve
            : perDollar > 0 && published == 0 ? Domain.Exchange.Quoting.PerDollar : null;
        if (perDollar > 0 && published > 0)
            return (null, string.Create(CultureInfo.InvariantCulture,
                $"The file gives the euro both ways round: {perDollar} figures as units per dollar, {published} as dollars per unit. Nothing was taken."));
        if (told is not null && found is not null && told != found)
            return (null, $"The file was said to be quoted {Domain.Words.Of(told.Value)}, and its figures of 1999 to 2001 are {Domain.Words.Of(found.Value)}: "
                + "the euro beside the currencies it replaced fits only that. Nothing was taken.");
        return (told ?? found) is { } quoting
            ? (quoting, null)
            : (null, "Nothing in the file tells whether Australia, Euro, Ireland, New Zealand and United Kingdom are dollars per unit or units per dollar. "
                + "Say so: --quoting per-dollar or --quoting federal-reserve.");
    }

    private static CountryFigure? Figure(CsvRow row) =>
        FieldRules.OfDate(row.Cells[0].Trim(), "yyyy-MM-dd", out var month) is null && FieldRules.OfNumber(row.Cells[2].Trim(), '.', out var figure) is null
            ? new CountryFigure(row.Cells[1].Trim(), month, figure)
            : null;

    private static RefusedRate? Ragged(CsvRow row, int columns) =>
        row.Problem is not null ? new RefusedRate(row.Line, "", RefusalCode.Malformed, "", $"The row is not CSV: {row.Problem}.", "Correct its quotes.")
        : row.Cells.Length != columns ? new RefusedRate(row.Line, "", RefusalCode.Ragged, "",
            string.Create(CultureInfo.InvariantCulture, $"The row has {row.Cells.Length} columns, the header {columns}."), "Give every column, and no more.")
        : null;

    private static void Sort(long line, (ExchangeRate? Rate, RefusedRate? Refused) read, List<OfferedRate> good, List<RefusedRate> refused)
    {
        if (read.Rate is { } rate) good.Add(new OfferedRate(line, rate));
        else refused.Add(read.Refused!);
    }
}
