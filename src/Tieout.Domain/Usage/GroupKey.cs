using System.Text.Encodings.Web;
using System.Text.Json;

namespace Tieout.Domain.Usage;

/// <summary>
/// The values of a meter's dimensions as one text: empty for a meter without dimensions, else a JSON array of texts in the order of
/// the meter's group-by. A property that an event does not have is the empty text.
/// </summary>
public static class GroupKey
{
    private static readonly JsonSerializerOptions Format = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The key of these values.</summary>
    public static string Of(IReadOnlyList<string> values) => values.Count == 0 ? "" : JsonSerializer.Serialize(values, Format);

    /// <summary>The values in a key.</summary>
    /// <exception cref="JsonException">It was not made by <see cref="Of"/>.</exception>
    public static IReadOnlyList<string> Values(string key) => key.Length == 0 ? [] : JsonSerializer.Deserialize<string[]>(key) ?? [];
}
