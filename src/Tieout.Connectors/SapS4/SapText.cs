using System.Text;
using System.Xml;

namespace Tieout.Connectors.SapS4;

/// <summary>Text and numbers in the shapes SAP's fields take.</summary>
internal static class SapText
{
    /// <summary>
    /// The text without what XML cannot carry (control characters, lone surrogates), white space folded to single blanks as
    /// an <c>xs:token</c> is anyway, cut to <paramref name="length"/> UTF-16 units: SAP counts those too. A character made
    /// of two units is left out whole rather than cut in half.
    /// </summary>
    public static string Cut(string text, int length)
    {
        if (IsPlain(text)) return text.Length <= length ? text : text[..length].TrimEnd();

        var kept = new StringBuilder(Math.Min(text.Length, length));
        foreach (var rune in text.EnumerateRunes())
        {
            // EnumerateRunes gives U+FFFD for a lone surrogate, and for a real U+FFFD: neither says anything to a reader.
            if (rune.Value is 0xFFFD or 0xFFFE or 0xFFFF) continue;
            if (Rune.IsWhiteSpace(rune))
            {
                if (kept.Length > 0 && kept.Length < length && kept[^1] != ' ') kept.Append(' ');
                continue;
            }
            if (rune.IsBmp && !XmlConvert.IsXmlChar((char)rune.Value)) continue;
            if (kept.Length + rune.Utf16SequenceLength > length) break;
            kept.Append(rune.ToString());
        }
        return kept.ToString().TrimEnd();
    }

    /// <summary>A code of digits with leading zeros to 10, as SAP stores accounts and customers; other codes as they are.</summary>
    public static string Ten(string code) => code.Length is > 0 and < 10 && code.All(char.IsAsciiDigit) ? code.PadLeft(10, '0') : code;

    /// <summary>Two codes that differ in leading zeros only are the same account or customer.</summary>
    public static bool SameCode(string one, string other) => string.Equals(Ten(one), Ten(other), StringComparison.Ordinal);

    // Most texts are: no allocation for them.
    private static bool IsPlain(string text)
    {
        var before = ' ';
        foreach (var character in text)
        {
            if (character is < ' ' or > '~' || (character == ' ' && before == ' ')) return false;
            before = character;
        }
        return before != ' ' || text.Length == 0;
    }
}
