using System.Text;

namespace Tieout.Domain.Invoicing.Documents;

/// <summary>Makes text fit to stand in a document: what no HTML or XML may hold is replaced, markup is written as text.</summary>
internal static class Printable
{
    private const char Replacement = '\ufffd';

    /// <summary>The text with control characters and halves of characters replaced; line breaks and tabs stay.</summary>
    public static string Text(string text)
    {
        StringBuilder? clean = null;
        for (var place = 0; place < text.Length; place++)
        {
            var character = text[place];
            var pair = char.IsHighSurrogate(character) && place + 1 < text.Length && char.IsLowSurrogate(text[place + 1]);
            if (pair)
            {
                clean?.Append(text, place, 2);
                place++;
            }
            else if (!IsBad(character)) clean?.Append(character);
            else (clean ??= new StringBuilder(text, 0, place, text.Length)).Append(Replacement);
        }
        return clean?.ToString() ?? text;
    }

    /// <summary>The text inside HTML, in content or in a quoted attribute.</summary>
    public static string Html(string text)
    {
        var clean = Text(text);
        if (clean.AsSpan().IndexOfAny("&<>\"'") < 0) return clean;
        return new StringBuilder(clean, clean.Length + 16)
            .Replace("&", "&amp;").Replace("<", "&lt;").Replace(">", "&gt;").Replace("\"", "&quot;").Replace("'", "&#39;").ToString();
    }

    /// <summary>The text as a string of CSS, quotes included. All but letters, digits and spaces is escaped, so nothing ends the string or the style.</summary>
    public static string Css(string text)
    {
        var css = new StringBuilder("\"", text.Length + 2);
        foreach (var rune in Text(text).EnumerateRunes())
        {
            if (Rune.IsLetterOrDigit(rune) || rune.Value == ' ') css.Append(rune.ToString());
            else css.Append(System.Globalization.CultureInfo.InvariantCulture, $"\\{rune.Value:x} ");
        }
        return css.Append('"').ToString();
    }

    // XML 1.0 allows no control characters but tab and line breaks, no lone surrogate, and not the last two of the plane.
    private static bool IsBad(char character) =>
        (char.IsControl(character) && character is not ('\t' or '\n' or '\r')) || char.IsSurrogate(character) || character is '\ufffe' or '\uffff';
}
