using System.Text.Json;
using Tieout.Connectors.Port;

namespace Tieout.Connectors.Dynamics;

/// <summary>
/// An error answer. OData: <c>{"error":{"code":"","message":"An error has occurred.","innererror":{"message":"… Infolog: …"}}}</c>, where
/// only the innermost message says anything; a custom service: <c>{"Message":…,"ExceptionMessage":…}</c>.
/// </summary>
/// <param name="Text">Dynamics' own words, the most telling there are.</param>
internal sealed record DynamicsError(string Text)
{
    /// <summary>Reads an answer; null when it is no error of Dynamics', such as a page of a gateway's.</summary>
    public static DynamicsError? Read(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            var root = json.RootElement;
            if (root.ValueKind != JsonValueKind.Object) return null;
            var text = root.TryGetProperty("error", out var error)
                ? Inner(error) is { Length: > 0 } inner ? inner : Word(error, "message")
                : Word(root, "ExceptionMessage") is { Length: > 0 } thrown ? thrown : Word(root, "Message");
            return text.Length > 0 ? new DynamicsError(text) : null;
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static string Inner(JsonElement error) =>
        !error.TryGetProperty("innererror", out var inner) ? ""
        // Errors of code that calls code come wrapped once more.
        : inner.ValueKind == JsonValueKind.Object && inner.TryGetProperty("internalexception", out var deeper) && Word(deeper, "message") is { Length: > 0 } deep
            ? deep
        : Word(inner, "message");

    private static string Word(JsonElement part, string name) =>
        part.ValueKind == JsonValueKind.Object && part.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? ErpWords.Of(value) : "";
}
