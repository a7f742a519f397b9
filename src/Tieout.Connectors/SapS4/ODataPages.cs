using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Tieout.Connectors.Port;

namespace Tieout.Connectors.SapS4;

/// <summary>Reads an OData V2 entity set to its end: the server's own pages by <c>__next</c>, ours by <c>$top</c> and <c>$skip</c>.</summary>
internal sealed class ODataPages(SapClient client, int pageSize)
{
    /// <summary>
    /// All rows, page by page. When <paramref name="counted"/>, the server's own count is asked for first and has to be
    /// reached: a set that ends early is an error, not a small set.
    /// </summary>
    /// <exception cref="ReadBackException">The server did not tell everything.</exception>
    public async IAsyncEnumerable<IReadOnlyList<T>> Read<T>(
        string operation, string service, string set, string query, Func<JsonElement, T> read, bool counted, IExchangeLog? log,
        [EnumeratorCancellation] CancellationToken cancel)
    {
        var path = $"{service}/{set}";
        var start = $"{query}&$format=json";
        long rows = 0;
        long? expected = null;
        for (var next = First(start, 0, counted); next is not null;)
        {
            var page = Parse(await client.Get(operation, path, next, log, cancel), read);
            expected ??= page.Count;
            rows += page.Rows.Count;
            yield return page.Rows;

            var whole = pageSize > 0 && rows > 0 && rows % pageSize == 0 && page.Rows.Count > 0;
            next = page.Next ?? (whole ? First(start, rows, counted: false) : null);
        }
        if (counted && rows < expected)
            throw new ReadBackException($"SAP announced {expected} rows and told {rows}; nothing can be proved by a part.");
    }

    /// <summary>A filter of equal tests on one field, joined by <c>or</c>.</summary>
    public static string AnyOf(string field, IEnumerable<string> values) =>
        "(" + string.Join(" or ", values.Select(value => $"{field} eq {Text(value)}")) + ")";

    /// <summary>A text literal; a quote inside is doubled.</summary>
    public static string Text(string value) => $"'{value.Replace("'", "''", StringComparison.Ordinal)}'";

    /// <summary>A day as literal.</summary>
    public static string Day(DateOnly day) =>
        string.Create(CultureInfo.InvariantCulture, $"datetime'{day:yyyy-MM-dd}T00:00:00'");

    /// <summary>A text field; empty when it is null or was not sent.</summary>
    public static string Text(JsonElement row, string field) => row.TryGetProperty(field, out var value) ? value.GetString() ?? "" : "";

    /// <summary>A decimal field, sent as text; zero when null.</summary>
    public static decimal Number(JsonElement row, string field) =>
        Text(row, field) is { Length: > 0 } text ? decimal.Parse(text, NumberStyles.Number, CultureInfo.InvariantCulture) : 0m;

    /// <summary>A truth field; false when null or not sent.</summary>
    public static bool Flag(JsonElement row, string field) => row.TryGetProperty(field, out var value) && value.ValueKind == JsonValueKind.True;

    /// <summary>A day sent as <c>/Date(milliseconds since 1970 UTC)/</c>.</summary>
    public static DateOnly Date(JsonElement row, string field)
    {
        var text = Text(row, field);
        if (!text.StartsWith("/Date(", StringComparison.Ordinal)) throw new FormatException($"'{text}' is not a date.");
        var inner = text.AsSpan(6, text.LastIndexOf(')') - 6);
        // An offset may follow (+0000); the milliseconds are in UTC with or without it.
        if (inner.LastIndexOf('+') is var offset and > 0) inner = inner[..offset];
        var milliseconds = long.Parse(inner, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        return DateOnly.FromDateTime(DateTimeOffset.FromUnixTimeMilliseconds(milliseconds).UtcDateTime);
    }

    /// <summary>Code and text of an OData error; empty when the answer is none.</summary>
    public static string ErrorText(byte[] body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            var error = json.RootElement.GetProperty("error");
            return $"{Text(error, "code")} {error.GetProperty("message").GetProperty("value").GetString()}";
        }
        catch (Exception broken) when (broken is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return "";
        }
    }

    private string First(string start, long skip, bool counted)
    {
        var query = counted ? start + "&$inlinecount=allpages" : start;
        return pageSize == 0 ? query : string.Create(CultureInfo.InvariantCulture, $"{query}&$top={pageSize}&$skip={skip}");
    }

    private static Page<T> Parse<T>(SapReply reply, Func<JsonElement, T> read)
    {
        switch (reply)
        {
            case SapReply.Silent silent: throw new ReadBackException(silent.Reason);
            case SapReply.NeverLeft never: throw new ReadBackException(never.Reason);
            case SapReply.Answered { Status: not 200 } refused:
                var reason = refused.NotProcessed ?? $"SAP answered the question with HTTP {refused.Status}.";
                throw new ReadBackException($"{reason} {ErrorText(refused.Body)}".TrimEnd(), refused.RetryAfter);
        }
        var bytes = ((SapReply.Answered)reply).Body;
        try
        {
            using var json = JsonDocument.Parse(bytes);
            var data = json.RootElement.GetProperty("d");
            List<T> rows = [.. data.GetProperty("results").EnumerateArray().Select(read)];
            var next = data.TryGetProperty("__next", out var address) ? QueryOf(address.GetString()) : null;
            var count = data.TryGetProperty("__count", out var total) ? long.Parse(total.GetString()!, CultureInfo.InvariantCulture) : (long?)null;
            return new Page<T>(rows, next, count);
        }
        catch (Exception broken) when (broken is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or ArgumentException)
        {
            throw new ReadBackException($"SAP's answer cannot be read: {broken.Message}", broken);
        }
    }

    /// <summary>Only the query of the next address is used: behind a gateway its host is SAP's inner one, and our password is not for it.</summary>
    private static string? QueryOf(string? address) =>
        address?.IndexOf('?', StringComparison.Ordinal) is >= 0 and var mark ? address[(mark + 1)..] : null;

    private sealed record Page<T>(IReadOnlyList<T> Rows, string? Next, long? Count);
}
