using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Tieout.Connectors.Port;

namespace Tieout.Connectors.NetSuite;

/// <summary>Asks SuiteQL and reads its pages to the end.</summary>
internal sealed class SuiteQl(NetSuiteClient client)
{
    /// <summary>
    /// All rows of a query that is known to have few (well below <see cref="NetSuiteLimits.QueryRows"/>), by growing offset. The query
    /// orders by something unique, or pages would overlap.
    /// </summary>
    /// <exception cref="ReadBackException">NetSuite did not tell everything.</exception>
    public async Task<IReadOnlyList<SuiteQlRow>> Few(string operation, string query, IExchangeLog? log, CancellationToken cancel)
    {
        List<SuiteQlRow> rows = [];
        long announced;
        Page page;
        do
        {
            page = Read(await client.Query(operation, query, rows.Count, log, cancel));
            announced = page.Total;
            rows.AddRange(page.Rows);
            if (page is { HasMore: true, Rows.Count: 0 } || rows.Count > NetSuiteLimits.QueryRows)
                throw new ReadBackException("NetSuite's pages do not end; nothing can be proved by them.");
        }
        while (page.HasMore);
        return rows.Count >= announced ? rows : throw Short(announced, rows.Count);
    }

    /// <summary>
    /// Rows of any number, page by page. Each page is asked for as what follows the last row read, never by offset: rows that come or
    /// go meanwhile shift nothing, and no query ever shows more than <see cref="NetSuiteLimits.QueryRows"/> rows.
    /// </summary>
    /// <param name="operation">For the record.</param>
    /// <param name="after">The query for what follows a row; null for the beginning. It orders by what it continues from.</param>
    /// <param name="log">Where exchanges are recorded; null for nowhere.</param>
    /// <param name="cancel">Ends the reading.</param>
    /// <exception cref="ReadBackException">NetSuite did not tell everything.</exception>
    public async IAsyncEnumerable<SuiteQlRow> Many(
        string operation, Func<SuiteQlRow?, string> after, IExchangeLog? log, [EnumeratorCancellation] CancellationToken cancel)
    {
        SuiteQlRow? last = null;
        while (true)
        {
            var page = Read(await client.Query(operation, after(last), 0, log, cancel));
            foreach (var row in page.Rows) yield return row;
            if (!page.HasMore)
            {
                if (page.Rows.Count < page.Total) throw Short(page.Total, page.Rows.Count);
                yield break;
            }
            last = page.Rows.Count > 0 ? page.Rows[^1] : throw new ReadBackException("NetSuite announced more rows and told none.");
        }
    }

    private static ReadBackException Short(long announced, int told) =>
        new(FormattableString.Invariant($"NetSuite announced {announced} rows and told {told}; nothing can be proved by a part."));

    private static Page Read(NetSuiteReply reply)
    {
        switch (reply)
        {
            case NetSuiteReply.Silent silent: throw new ReadBackException(silent.Reason);
            case NetSuiteReply.NeverLeft never: throw new ReadBackException(never.Reason, never.RetryAfter);
            case NetSuiteReply.Answered { Status: not 200 } refused:
                var reason = refused.NotNow ?? $"NetSuite answered the question with HTTP {refused.Status}.";
                throw new ReadBackException($"{reason} {refused.Error?.Text}".TrimEnd(), refused.Pause);
        }
        try
        {
            using var json = JsonDocument.Parse(((NetSuiteReply.Answered)reply).Body);
            var root = json.RootElement;
            List<SuiteQlRow> rows = [.. root.GetProperty("items").EnumerateArray().Select(SuiteQlRow.Of)];
            if (root.GetProperty("count").GetInt32() != rows.Count) throw new FormatException("the rows are not as many as counted");
            return new Page(rows, root.GetProperty("hasMore").GetBoolean(), root.GetProperty("totalResults").GetInt64());
        }
        catch (Exception broken) when (broken is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new ReadBackException($"NetSuite's answer cannot be read: {broken.Message}", broken);
        }
    }

    private sealed record Page(IReadOnlyList<SuiteQlRow> Rows, bool HasMore, long Total);
}

/// <summary>One row. Values come as text; a column that is null is not there.</summary>
internal sealed record SuiteQlRow(IReadOnlyDictionary<string, string> Values)
{
    /// <summary>Reads a row; a number is kept by its digits, so that no amount passes through floating point.</summary>
    public static SuiteQlRow Of(JsonElement row)
    {
        Dictionary<string, string> values = new(StringComparer.OrdinalIgnoreCase);
        foreach (var column in row.EnumerateObject())
            switch (column.Value.ValueKind)
            {
                case JsonValueKind.String: values[column.Name] = column.Value.GetString()!; break;
                case JsonValueKind.Number: values[column.Name] = column.Value.GetRawText(); break;
                case JsonValueKind.True: values[column.Name] = "T"; break;
                case JsonValueKind.False: values[column.Name] = "F"; break;
            }
        return new SuiteQlRow(values);
    }

    /// <summary>A column; empty when null.</summary>
    public string Text(string column) => Values.GetValueOrDefault(column, "");

    /// <summary>A column that every row has.</summary>
    /// <exception cref="ReadBackException">It is not there.</exception>
    public string Need(string column) => Text(column) is { Length: > 0 } value
        ? value
        : throw new ReadBackException($"NetSuite's answer cannot be read: a row has no '{column}'.");

    /// <summary>A truth column, <c>T</c> or <c>F</c>.</summary>
    public bool Flag(string column) => Text(column) is "T" or "true";

    /// <summary>An amount; zero when null, as a line without one has.</summary>
    /// <exception cref="ReadBackException">It is no decimal number.</exception>
    public decimal Amount(string column) => Text(column) switch
    {
        "" => 0m,
        var text when decimal.TryParse(text, NumberStyles.Number | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var amount) => amount,
        _ => throw new ReadBackException($"NetSuite's answer cannot be read: '{column}' is no amount."),
    };

    /// <summary>A day written by <c>TO_CHAR(…, 'YYYY-MM-DD')</c>: bare dates come in the form each user chose.</summary>
    /// <exception cref="ReadBackException">It is no day.</exception>
    public DateOnly Day(string column) => DateOnly.TryParseExact(Text(column), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
        ? day
        : throw new ReadBackException($"NetSuite's answer cannot be read: '{column}' is no day.");
}
