using System.Text;
using System.Xml;

namespace Tieout.Connectors.NetSuite;

/// <summary>What NetSuite's fields hold, and the one place where text is cut to it.</summary>
internal static class NetSuiteLimits
{
    /// <summary>Memo of a journal.</summary>
    public const int Memo = 999;

    /// <summary>Memo of a line. NetSuite's own is longer; nobody reads more.</summary>
    public const int LineMemo = 999;

    /// <summary>Company name of a customer.</summary>
    public const int CompanyName = 83;

    /// <summary>Our code of a customer, which is its external id and its entity id.</summary>
    public const int CustomerCode = 80;

    /// <summary>Lines of one journal. The vendor publishes no number for REST; more than this wants to be split.</summary>
    public const int Lines = 1000;

    /// <summary>Rows on one page of a SuiteQL answer.</summary>
    public const int PageRows = 1000;

    /// <summary>Rows that a SuiteQL query ever shows, whatever the pages.</summary>
    public const int QueryRows = 100_000;

    /// <summary>Keys in one question: a query of some 2 kB.</summary>
    public const int KeysPerQuestion = 50;

    /// <summary>
    /// What to wait after "too many at once" when NetSuite does not say, and it never promises to: a slot is free again as soon as any
    /// other call of the account ends.
    /// </summary>
    public static readonly TimeSpan ConcurrencyPause = TimeSpan.FromSeconds(1);

    /// <summary>
    /// True for what an external id may hold: letters, digits, dash and underscore. Others are taken and then hurt: a pipe divides
    /// values, a slash ends the address.
    /// </summary>
    public static bool IsExternalId(string text) =>
        text.Length > 0 && text.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_');

    /// <summary>True for an internal id: digits only.</summary>
    public static bool IsInternalId(string text) => text.Length is > 0 and <= 18 && text.All(char.IsAsciiDigit);

    /// <summary>
    /// The text without control characters and lone surrogates, white space folded to single blanks, cut to
    /// <paramref name="length"/> UTF-16 units. A character made of two units is left out whole rather than cut in half.
    /// </summary>
    public static string Cut(string text, int length)
    {
        var kept = new StringBuilder(Math.Min(text.Length, length));
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.Value is 0xFFFD or 0xFFFE or 0xFFFF) continue; // a lone surrogate is given as U+FFFD
            if (Rune.IsWhiteSpace(rune))
            {
                if (kept.Length > 0 && kept.Length < length && kept[^1] != ' ') kept.Append(' ');
                continue;
            }
            if (rune.IsBmp && !XmlConvert.IsXmlChar((char)rune.Value)) continue; // NetSuite keeps its records as XML, too
            if (kept.Length + rune.Utf16SequenceLength > length) break;
            kept.Append(rune.ToString());
        }
        return kept.ToString().TrimEnd();
    }
}
