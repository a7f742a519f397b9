using System.Text.Json;
using Tieout.Connectors.Port;
using Tieout.Domain.Tax;

namespace Tieout.Connectors.AvaTax;

/// <summary>A transaction as AvaTax tells it.</summary>
internal sealed record AvaTaxTransaction(
    string Id, string Code, string Status, string CustomerCode, string Currency, decimal Amount, decimal Tax, decimal TaxCalculated, bool Locked,
    IReadOnlyList<QuotedLine> Lines)
{
    /// <summary>Kept for the tax returns.</summary>
    public bool IsKept => Status is "Committed" or "Posted";

    /// <summary>Taken back.</summary>
    public bool IsVoid => Status == "Cancelled";

    /// <summary>Whether it holds what our document says; only what AvaTax cannot have changed is compared.</summary>
    public bool Holds(TaxDocument document) =>
        Code == document.Number && CustomerCode == document.CustomerCode && Currency == document.Currency.Code
        && Amount == document.Net && (document.Tax is null || Tax == document.Tax);

    /// <summary>What it holds, for whoever compares.</summary>
    public string Content => FormattableString.Invariant($"customer {CustomerCode}, net {Amount} {Currency}, tax {Tax}, {Status}");
}

/// <summary>An error of AvaTax.</summary>
/// <param name="Code">Of the first detail, which is more exact than the error's own.</param>
/// <param name="Text">Code, message and field of every detail.</param>
internal sealed record AvaTaxError(string Code, string Text);

/// <summary>Reads answers; what cannot be read is null, and then nobody knows what became of the call.</summary>
internal static class AvaTaxAnswer
{
    /// <summary>A transaction, or null when the answer is none.</summary>
    public static AvaTaxTransaction? Transaction(byte[] body) => Parse(body, root => new AvaTaxTransaction(
        Text(root, "id"), Text(root, "code"), Text(root, "status"), Text(root, "customerCode"), Text(root, "currencyCode"),
        Number(root, "totalAmount"), Number(root, "totalTax"),
        root.TryGetProperty("totalTaxCalculated", out _) ? Number(root, "totalTaxCalculated") : Number(root, "totalTax"),
        root.TryGetProperty("locked", out var locked) && locked.ValueKind == JsonValueKind.True,
        root.TryGetProperty("lines", out var lines) && lines.ValueKind == JsonValueKind.Array ? [.. lines.EnumerateArray().Select(Line)] : []));

    /// <summary>An error, or null when the answer is none.</summary>
    public static AvaTaxError? Error(byte[] body) => Parse(body, root =>
    {
        var error = root.GetProperty("error");
        var details = error.TryGetProperty("details", out var list) && list.ValueKind == JsonValueKind.Array ? list.EnumerateArray().ToList() : [];
        var code = details.Select(detail => Optional(detail, "code")).FirstOrDefault(text => text.Length > 0) ?? Optional(error, "code");
        var texts = details.Select(detail => $"{Optional(detail, "code")}: {Optional(detail, "message")} {Optional(detail, "refersTo")}".TrimEnd());
        return new AvaTaxError(code, string.Join('\n', texts.Prepend($"{Optional(error, "code")}: {Optional(error, "message")}")));
    });

    private static QuotedLine Line(JsonElement line) => new(
        Text(line, "lineNumber"), Number(line, "tax"),
        line.TryGetProperty("details", out var details) && details.ValueKind == JsonValueKind.Array ? [.. details.EnumerateArray().Select(Part)] : []);

    private static QuotedTax Part(JsonElement detail) => new(
        Optional(detail, "jurisName"), Optional(detail, "jurisdictionType") is { Length: > 0 } kind ? kind : Optional(detail, "jurisType"),
        Number(detail, "rate"), Number(detail, "taxableAmount"), Number(detail, "tax"),
        Country: Optional(detail, "country"), Region: Optional(detail, "region"));

    private static T? Parse<T>(byte[] body, Func<JsonElement, T> read) where T : class
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return read(document.RootElement);
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            return null;
        }
    }

    private static string Text(JsonElement element, string key)
    {
        var value = element.GetProperty(key);
        return value.ValueKind == JsonValueKind.Number ? value.GetRawText() : value.GetString() ?? throw new KeyNotFoundException(key);
    }

    private static string Optional(JsonElement element, string key) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";

    // JSON numbers are read digit by digit: no binary fraction ever touches an amount.
    private static decimal Number(JsonElement element, string key) => element.GetProperty(key).GetDecimal();
}
