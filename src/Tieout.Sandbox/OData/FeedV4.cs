using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Tieout.Sandbox.OData;

/// <summary>Answers a query on an entity set in OData V4 JSON, a page at a time.</summary>
internal static class FeedV4
{
    private static readonly HashSet<string> Known = new(StringComparer.Ordinal)
    {
        "$filter", "$count", "$orderby", "$skip", "$top", "$select", "cross-company",
    };

    /// <summary>Writes one page of the rows that pass, and the address of the next.</summary>
    /// <param name="http">The request, with its query options.</param>
    /// <param name="rows">All rows the caller may see.</param>
    /// <param name="columns">Properties by name.</param>
    /// <param name="value">A row's value of a property, to sort by.</param>
    /// <param name="etag">A row's ETag.</param>
    /// <param name="pageSize">Rows a page at most.</param>
    /// <exception cref="FormatException">The query asks for something unknown.</exception>
    public static async Task Write<T>(
        HttpContext http, IEnumerable<T> rows, IReadOnlyDictionary<string, Column<T>> columns, Func<T, string, IComparable> value,
        Func<T, string> etag, int pageSize)
    {
        var query = http.Request.Query;
        if (query.Keys.FirstOrDefault(key => !Known.Contains(key)) is { } strange) throw new FormatException($"The query option '{strange}' is not supported.");
        var passing = query["$filter"].ToString() is { Length: > 0 } filter ? rows.Where(Filter<T>.Parse(filter, columns).Matches) : rows;
        var all = Sorted(passing, query["$orderby"].ToString(), columns, value).ToList();
        var (skip, top) = (Number(query["$skip"], 0), Number(query["$top"], int.MaxValue));
        var selected = query["$select"].ToString() is { Length: > 0 } select
            ? select.Split(',', StringSplitOptions.TrimEntries).Select(name => Column(columns, name)).ToList()
            : [.. columns.Values];

        http.Response.ContentType = "application/json; odata.metadata=minimal";
        await using var json = new Utf8JsonWriter(http.Response.BodyWriter);
        json.WriteStartObject();
        json.WriteString("@odata.context", $"{http.Request.Scheme}://{http.Request.Host}/data/$metadata#{http.Request.Path.Value!.Split('/')[^1]}");
        if (query["$count"] == "true") json.WriteNumber("@odata.count", all.Count);
        json.WriteStartArray("value");
        var page = all.Skip(skip).Take(Math.Min(top, pageSize)).ToList();
        foreach (var row in page)
        {
            json.WriteStartObject();
            json.WriteString("@odata.etag", etag(row));
            foreach (var column in selected) column.Write(json, row);
            json.WriteEndObject();
            if (json.BytesPending > 64 * 1024) await json.FlushAsync();
        }
        json.WriteEndArray();
        if (page.Count == pageSize && skip + page.Count < all.Count && top > pageSize)
            json.WriteString("@odata.nextLink", Next(http.Request, skip + page.Count, top == int.MaxValue ? null : top - page.Count));
        json.WriteEndObject();
        await json.FlushAsync();
    }

    private static IEnumerable<T> Sorted<T>(
        IEnumerable<T> rows, string order, IReadOnlyDictionary<string, Column<T>> columns, Func<T, string, IComparable> value)
    {
        if (order.Length == 0) return rows;
        IOrderedEnumerable<T>? sorted = null;
        foreach (var name in order.Split(',', StringSplitOptions.TrimEntries).Select(part => Column(columns, part).Name))
            sorted = sorted is null ? rows.OrderBy(row => value(row, name)) : sorted.ThenBy(row => value(row, name));
        return sorted!;
    }

    private static Column<T> Column<T>(IReadOnlyDictionary<string, Column<T>> columns, string name) =>
        columns.TryGetValue(name, out var column) ? column : throw new FormatException($"Could not find a property named '{name}'.");

    private static int Number(Microsoft.Extensions.Primitives.StringValues text, int otherwise) =>
        text.Count == 0 ? otherwise : int.Parse(text.ToString(), NumberStyles.None, CultureInfo.InvariantCulture);

    private static string Next(HttpRequest request, int skip, int? top)
    {
        var kept = request.Query.Where(part => part.Key is not ("$skip" or "$top"))
            .Select(part => $"{part.Key}={Uri.EscapeDataString(part.Value.ToString())}").ToList();
        if (top is not null) kept.Add(string.Create(CultureInfo.InvariantCulture, $"$top={top}"));
        kept.Add(string.Create(CultureInfo.InvariantCulture, $"$skip={skip}"));
        return $"{request.Scheme}://{request.Host}{request.Path}?{string.Join('&', kept)}";
    }
}
