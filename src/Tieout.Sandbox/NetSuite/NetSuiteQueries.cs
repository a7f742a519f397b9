using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Tieout.Sandbox.SuiteQl;

namespace Tieout.Sandbox.NetSuite;

/// <summary>Answers <c>POST /query/v1/suiteql</c>, in pages.</summary>
internal static class NetSuiteQueries
{
    private const int MostRowsAPage = 1000;
    private const int MostRows = 100_000;

    /// <summary>Exactly one of the two: the answer's body, or what is wrong.</summary>
    /// <param name="request">Query parameters and headers.</param>
    /// <param name="body">JSON.</param>
    /// <param name="tables">What is asked.</param>
    /// <param name="pageSize">Rows on a page at most, however many are asked for.</param>
    public static (byte[] Body, NetSuiteProblem? Problem) Answer(
        HttpRequest request, byte[] body, IReadOnlyDictionary<string, SqlTable> tables, int pageSize)
    {
        if (!request.Headers["Prefer"].Contains("transient", StringComparer.Ordinal))
            return ([], new NetSuiteProblem(
                400, "INVALID_HEADER", "The required request header 'Prefer' is missing or has an invalid value; use transient.", "Prefer", "o:errorHeader"));
        if (Parameter(request, "limit", MostRowsAPage) is not (> 0 and <= MostRowsAPage and var limit))
            return ([], new NetSuiteProblem(400, "INVALID_PARAMETER", "The limit must be from 1 to 1000.", "limit", "o:errorQueryParam"));
        if (Parameter(request, "offset", 0) is not (>= 0 and <= MostRows and var offset))
            return ([], new NetSuiteProblem(400, "INVALID_PARAMETER", "The offset must be from 0 to 100000.", "offset", "o:errorQueryParam"));
        try
        {
            using var json = JsonDocument.Parse(body);
            var query = json.RootElement.GetProperty("q").GetString()!;
            var rows = SqlEngine.Run(query, tables);
            var shown = Math.Min(rows.Count, MostRows);
            var page = rows.Skip(offset).Take(Math.Min(Math.Min(limit, pageSize), shown - Math.Min(offset, shown))).ToList();
            return (JsonSerializer.SerializeToUtf8Bytes(new
            {
                links = Array.Empty<object>(),
                count = page.Count,
                hasMore = offset + page.Count < shown,
                items = page,
                offset,
                totalResults = shown,
            }), null);
        }
        catch (SqlException wrong)
        {
            return ([], new NetSuiteProblem(
                400, "INVALID_PARAMETER", $"Invalid search query. Detailed unprocessed description follows. {wrong.Message}", "q", "o:errorQueryParam"));
        }
        catch (Exception broken) when (broken is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return ([], new NetSuiteProblem(400, "INVALID_CONTENT", "The request body is no query.", "q"));
        }
    }

    private static int? Parameter(HttpRequest request, string name, int usual) =>
        request.Query[name].FirstOrDefault() is not { } text ? usual
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
