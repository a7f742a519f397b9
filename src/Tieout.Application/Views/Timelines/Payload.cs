using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Xml;
using System.Xml.Linq;

namespace Tieout.Application.Views.Timelines;

/// <summary>What went over the wire, as text for a person.</summary>
/// <param name="Text">Indented where it is JSON or XML.</param>
/// <param name="Bytes">How long it really was.</param>
/// <param name="Note">What was left out here; empty when nothing was.</param>
public sealed record Payload(string Text, long Bytes, string Note)
{
    /// <summary>The most characters of one payload that are shown.</summary>
    public const int Shown = 64 * 1024;

    /// <summary>The most bytes of one payload that are read to be shown.</summary>
    public const int Read = 2 * 1024 * 1024;

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>
    /// Text of a payload of which <paramref name="read"/> is the beginning and <paramref name="bytes"/> the whole length.
    /// A batch holds many documents: what is shown of a long one is around <paramref name="key"/>.
    /// </summary>
    public static Payload Of(byte[] read, long bytes, string key)
    {
        var text = Pretty(Encoding.UTF8.GetString(read));
        if (text.Length <= Shown) return new Payload(text, bytes, read.Length < bytes ? Cut(bytes, "the beginning") : "");
        var place = text.IndexOf(key, StringComparison.Ordinal);
        var start = place < Shown / 2 ? 0 : Math.Min(place - (Shown / 2), text.Length - Shown);
        return new Payload(text.Substring(start, Shown), bytes, Cut(bytes, start == 0 ? "the beginning" : "the part around " + key));
    }

    private static string Cut(long bytes, string part) =>
        string.Create(CultureInfo.InvariantCulture, $"Cut: 64 kB of {bytes / 1024} kB are shown, {part}.");

    private static string Pretty(string text)
    {
        try
        {
            return text.AsSpan().TrimStart() switch
            {
                ['{' or '[', ..] => JsonSerializer.Serialize(JsonSerializer.Deserialize<JsonElement>(text), Indented),
                ['<', ..] => XDocument.Parse(text).ToString(),
                _ => text,
            };
        }
        catch (Exception broken) when (broken is JsonException or XmlException)
        {
            return text; // cut short, or only looks like it
        }
    }
}
