using System.Text.Json;
using Tieout.Connectors.Port;

namespace Tieout.Connectors.NetSuite;

/// <summary>An error answer: <c>{"title":…,"status":…,"o:errorDetails":[{"detail":…,"o:errorCode":…,"o:errorPath":…}]}</c>.</summary>
internal sealed record NetSuiteError(string Title, IReadOnlyList<NetSuiteErrorDetail> Details)
{
    // Which of them comes over REST is not told in one place; each is a governance refusal wherever it appears.
    private static readonly HashSet<string> Throttled = new(StringComparer.Ordinal)
    {
        "CONCURRENCY_LIMIT_EXCEEDED", "SSS_REQUEST_LIMIT_EXCEEDED", "WS_CONCUR_SESSION_DISALLWD", "WS_REQUEST_BLOCKED", "REQUEST_LIMIT_EXCEEDED",
    };

    /// <summary>Too many calls at once, or too many in a while: nothing was done.</summary>
    public bool IsThrottled => Details.Any(detail => Throttled.Contains(detail.Code));

    /// <summary>NetSuite's own words, one detail a line.</summary>
    public string Text => string.Join("\n", Details.Select(detail => $"{detail.Code} {detail.Path} {detail.Text}".Replace("  ", " ", StringComparison.Ordinal)));

    /// <summary>Reads an answer; null when it is no error of NetSuite's, such as a page of a gateway's.</summary>
    public static NetSuiteError? Read(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            var details = json.RootElement.GetProperty("o:errorDetails").EnumerateArray()
                .Select(detail => new NetSuiteErrorDetail(Word(detail, "o:errorCode"), Word(detail, "o:errorPath"), Word(detail, "detail"))).ToList();
            return details.Count == 0 ? null : new NetSuiteError(Word(json.RootElement, "title"), details);
        }
        catch (Exception broken) when (broken is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return null;
        }
    }

    private static string Word(JsonElement part, string name) =>
        part.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? ErpWords.Of(value) : "";
}

/// <summary>One cause.</summary>
/// <param name="Code">Such as <c>INVALID_CONTENT</c>; empty when not told.</param>
/// <param name="Path">The field, such as <c>line.items[1].account</c>; empty when not told.</param>
/// <param name="Text">NetSuite's words.</param>
internal sealed record NetSuiteErrorDetail(string Code, string Path, string Text);
