using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Tieout.Connectors.Port;

namespace Tieout.Connectors.Dynamics;

/// <summary>Reads an OData V4 entity set to its end, and writes what filters need.</summary>
internal sealed class ODataRows(DynamicsSettings settings, DynamicsClient client, TimeProvider clock)
{
    /// <summary>
    /// All rows, page by page as the server cuts them. The server's own count has to be reached: a set that ends early is an error, not a
    /// small set. A read-back (without a log) that is told to come later waits: it is to be throttled first, and nobody is hurt by it.
    /// </summary>
    /// <param name="operation">For the record.</param>
    /// <param name="set">Entity set.</param>
    /// <param name="filter">Not encoded.</param>
    /// <param name="fields">By commas.</param>
    /// <param name="order">By commas; unique, or pages would overlap.</param>
    /// <param name="log">Where exchanges are recorded; null for nowhere.</param>
    /// <param name="cancel">Ends the reading.</param>
    /// <exception cref="ReadBackException">The server did not tell everything.</exception>
    public async IAsyncEnumerable<JsonElement> Read(
        string operation, string set, string filter, string fields, string order, IExchangeLog? log, [EnumeratorCancellation] CancellationToken cancel)
    {
        var next = $"cross-company=true&$count=true&$filter={Uri.EscapeDataString(filter)}&$select={fields}&$orderby={order}";
        long told = 0;
        long? announced = null;
        while (next is not null)
        {
            var page = Parse(await Ask(operation, settings.Address($"/data/{set}?{next}"), log, cancel));
            announced ??= page.Count;
            told += page.Rows.Count;
            foreach (var row in page.Rows) yield return row;
            next = page.Next is not null && page.Rows.Count == 0 ? throw new ReadBackException("Dynamics 365 announced more rows and told none.") : page.Next;
        }
        if (told < announced)
            throw new ReadBackException(FormattableString.Invariant($"Dynamics 365 announced {announced} rows and told {told}; nothing can be proved by a part."));
    }

    /// <summary>A filter of equal tests on one field, joined by <c>or</c>; there is no <c>in</c>.</summary>
    public static string AnyOf(string field, IEnumerable<string> values) =>
        "(" + string.Join(" or ", values.Select(value => $"{field} eq {Text(value)}")) + ")";

    /// <summary>A test for texts that begin with something: in Dynamics an asterisk in an equal test.</summary>
    public static string Begins(string field, string start) => $"{field} eq {Text(start + "*")}";

    /// <summary>A text literal; a quote inside is doubled.</summary>
    public static string Text(string value) => $"'{value.Replace("'", "''", StringComparison.Ordinal)}'";

    /// <summary>The first moment of a day as literal.</summary>
    public static string Day(DateOnly day) => string.Create(CultureInfo.InvariantCulture, $"{day:yyyy-MM-dd}T00:00:00Z");

    private async Task<DynamicsReply> Ask(string operation, Uri address, IExchangeLog? log, CancellationToken cancel)
    {
        for (var attempt = 1; ; attempt++)
        {
            var reply = await client.Get(operation, address, log, cancel);
            var wait = reply is DynamicsReply.Answered { NotNow: not null, RetryAfter: { } asked } ? asked : TimeSpan.MaxValue;
            if (log is not null || attempt == DynamicsLimits.PatientReads || wait > DynamicsLimits.LongestReadPause) return reply;
            await Task.Delay(wait, clock, cancel);
        }
    }

    private static Page Parse(DynamicsReply reply)
    {
        switch (reply)
        {
            case DynamicsReply.Silent silent: throw new ReadBackException(silent.Reason);
            case DynamicsReply.NeverLeft never: throw new ReadBackException(never.Reason, never.RetryAfter);
            case DynamicsReply.Answered { Status: not 200 } refused:
                var reason = refused.NotNow ?? $"Dynamics 365 answered the question with HTTP {refused.Status}.";
                throw new ReadBackException($"{reason} {refused.Error?.Text}".TrimEnd(), refused.RetryAfter);
        }
        try
        {
            using var json = JsonDocument.Parse(((DynamicsReply.Answered)reply).Body);
            var root = json.RootElement;
            List<JsonElement> rows = [.. root.GetProperty("value").EnumerateArray().Select(row => row.Clone())];
            var count = root.TryGetProperty("@odata.count", out var total) ? total.GetInt64() : (long?)null;
            return new Page(rows, root.TryGetProperty("@odata.nextLink", out var address) ? QueryOf(address.GetString()) : null, count);
        }
        catch (Exception broken) when (broken is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new ReadBackException($"The answer of Dynamics 365 cannot be read: {broken.Message}", broken);
        }
    }

    /// <summary>Only the query of the next address is used: its host may be an inner one, and our token is not for it.</summary>
    private static string? QueryOf(string? address) => address?.IndexOf('?', StringComparison.Ordinal) is >= 0 and var mark ? address[(mark + 1)..] : null;

    private sealed record Page(IReadOnlyList<JsonElement> Rows, string? Next, long? Count);
}

/// <summary>Fields of a row. A number is read by its digits, so that no amount passes through floating point.</summary>
internal static class ODataRow
{
    /// <summary>A text; empty when null or not told.</summary>
    public static string Text(this JsonElement row, string field) =>
        row.TryGetProperty(field, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";

    /// <summary>A text that every row has.</summary>
    /// <exception cref="ReadBackException">It is not there.</exception>
    public static string Need(this JsonElement row, string field) => row.Text(field) is { Length: > 0 } text
        ? text
        : throw new ReadBackException($"The answer of Dynamics 365 cannot be read: a row has no '{field}'.");

    /// <summary>An amount; zero when null or not told.</summary>
    /// <exception cref="ReadBackException">It is no decimal number.</exception>
    public static decimal Amount(this JsonElement row, string field)
    {
        if (!row.TryGetProperty(field, out var value) || value.ValueKind == JsonValueKind.Null) return 0m;
        return value.ValueKind == JsonValueKind.Number && value.TryGetDecimal(out var amount)
            ? amount
            : throw new ReadBackException($"The answer of Dynamics 365 cannot be read: '{field}' is no amount.");
    }

    /// <summary>A yes.</summary>
    public static bool Yes(this JsonElement row, string field) => row.Text(field) == "Yes";

    /// <summary>A day; null when empty, which Dynamics tells as a day of 1900.</summary>
    /// <exception cref="ReadBackException">It is no day.</exception>
    public static DateOnly? Day(this JsonElement row, string field)
    {
        var text = row.Text(field);
        if (text.Length == 0) return null;
        if (!DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment))
            throw new ReadBackException($"The answer of Dynamics 365 cannot be read: '{field}' is no day.");
        var day = DateOnly.FromDateTime(moment.UtcDateTime);
        return day.Year <= 1900 ? null : day;
    }
}
