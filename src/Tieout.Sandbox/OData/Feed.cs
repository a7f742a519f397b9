using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Tieout.Sandbox.OData;

/// <summary>Answers a query on an entity set in OData V2 JSON, a page at a time.</summary>
internal static class Feed
{
    /// <summary>Refuses a request the way the vendor's gateway does.</summary>
    public static Task Error(HttpContext http, int status, string code, string message)
    {
        http.Response.StatusCode = status;
        return http.Response.WriteAsJsonAsync(new { error = new { code, message = new { lang = "en", value = message } } });
    }

    /// <summary>
    /// Writes one page. <paramref name="rows"/> gives the matching rows from a position on, each with the position after
    /// it, so that a page costs what it holds and not what came before it; positions stand in <c>$skiptoken</c>.
    /// </summary>
    public static async Task Write<T>(
        HttpContext http, Func<long, IEnumerable<(T Row, long After)>> rows, Action<Utf8JsonWriter, T> write, int pageSize)
    {
        var query = http.Request.Query;
        long Number(string name, long otherwise) =>
            query.TryGetValue(name, out var text) ? long.Parse(text.ToString(), NumberStyles.None, CultureInfo.InvariantCulture) : otherwise;
        var left = Number("$top", long.MaxValue);
        var page = rows(Number("$skiptoken", 0)).Skip((int)Number("$skip", 0));

        http.Response.ContentType = "application/json; charset=utf-8";
        await using var json = new Utf8JsonWriter(http.Response.BodyWriter, new JsonWriterOptions { SkipValidation = true });
        json.WriteStartObject();
        json.WriteStartObject("d");
        if (query["$inlinecount"] == "allpages") json.WriteString("__count", rows(0).LongCount().ToString(CultureInfo.InvariantCulture));
        json.WriteStartArray("results");
        var (written, position, more) = (0, 0L, false);
        foreach (var (row, after) in page)
        {
            if (written == left) break;
            if (written == pageSize) { more = true; break; }
            write(json, row);
            (written, position) = (written + 1, after);
            // Pages can be megabytes: hand them on in pieces.
            if (json.BytesPending > 64 * 1024) await json.FlushAsync();
        }
        json.WriteEndArray();
        if (more) json.WriteString("__next", Next(http.Request, position, left == long.MaxValue ? null : left - written));
        json.WriteEndObject();
        json.WriteEndObject();
        await json.FlushAsync();
    }

    private static string Next(HttpRequest request, long position, long? left)
    {
        var kept = request.Query
            .Where(part => part.Key is not ("$skiptoken" or "$skip" or "$top" or "$inlinecount"))
            .Select(part => $"{part.Key}={Uri.EscapeDataString(part.Value.ToString())}")
            .ToList();
        if (left is not null) kept.Add(string.Create(CultureInfo.InvariantCulture, $"$top={left}"));
        kept.Add(string.Create(CultureInfo.InvariantCulture, $"$skiptoken={position}"));
        return $"{request.Scheme}://{request.Host}{request.Path}?{string.Join('&', kept)}";
    }
}
