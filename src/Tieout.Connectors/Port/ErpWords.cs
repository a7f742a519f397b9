using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Tieout.Connectors.Port;

/// <summary>
/// Words that an ERP says in JSON, whatever they hold. A parser refuses halves of surrogate pairs and bytes that are no UTF-8; but a refusal whose words
/// cannot be read whole is a refusal all the same.
/// </summary>
internal static class ErpWords
{
    /// <summary>The text of a JSON string; what cannot be read of it is U+FFFD.</summary>
    /// <exception cref="InvalidOperationException">It is no string.</exception>
    public static string Of(JsonElement text)
    {
        if (text.ValueKind != JsonValueKind.String) throw new InvalidOperationException("No text stands there.");
        try
        {
            return text.GetString()!;
        }
        catch (InvalidOperationException)
        {
            return Unescaped(Encoding.UTF8.GetString(JsonMarshal.GetRawUtf8Value(text))[1..^1]);
        }
    }

    // The document was parsed before: every backslash begins an escape that is one.
    private static string Unescaped(string raw)
    {
        var text = new StringBuilder(raw.Length);
        for (var index = 0; index < raw.Length; index++)
        {
            if (raw[index] != '\\')
            {
                text.Append(raw[index]);
                continue;
            }
            text.Append(raw[++index] switch
            {
                'b' => '\b',
                'f' => '\f',
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                'u' => (char)int.Parse(raw.AsSpan(index + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture),
                var itself => itself,
            });
            if (raw[index] == 'u') index += 4;
        }
        return Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text.ToString())); // halves become U+FFFD
    }
}
