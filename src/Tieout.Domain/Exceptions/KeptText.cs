using System.Globalization;
using System.Text;

namespace Tieout.Domain.Exceptions;

/// <summary>
/// Text of others, such as an ERP's error, as our books keep it. What no text may hold there (U+0000, halves of surrogate pairs) and what nobody can read
/// (other control characters but tabs and line ends) becomes U+FFFD, and what is too long ends earlier and says so. Byte for byte it stands in the evidence.
/// </summary>
public static class KeptText
{
    /// <summary>Characters kept of what an ERP says.</summary>
    public const int Longest = 20_000;

    /// <summary>Characters kept of what an ERP calls something.</summary>
    public const int LongestName = 500;

    private const char Unreadable = '\uFFFD';

    /// <summary>The text as it is kept; itself, where nothing is wrong with it.</summary>
    /// <param name="text">Any.</param>
    /// <param name="most">Characters (UTF-16) kept at most, beside the words that say so.</param>
    public static string Of(string text, int most = Longest)
    {
        var end = text.Length <= most ? text.Length : char.IsHighSurrogate(text[most - 1]) ? most - 1 : most;
        var first = FirstWrong(text, end);
        if (first == end && end == text.Length) return text;
        var kept = new StringBuilder(text, 0, first, end + 64);
        for (var index = first; index < end; index++)
        {
            if (IsPair(text, index, end)) kept.Append(text[index++]).Append(text[index]);
            else kept.Append(IsWrong(text[index]) ? Unreadable : text[index]);
        }
        if (end < text.Length) kept.Append(CultureInfo.InvariantCulture, $"… (the first {end} of {text.Length} characters)");
        return kept.ToString();
    }

    private static int FirstWrong(string text, int end)
    {
        for (var index = 0; index < end; index++)
        {
            if (IsPair(text, index, end)) index++;
            else if (IsWrong(text[index])) return index;
        }
        return end;
    }

    private static bool IsPair(string text, int index, int end) => index + 1 < end && char.IsSurrogatePair(text[index], text[index + 1]);

    private static bool IsWrong(char one) => char.IsSurrogate(one) || char.IsControl(one) && one is not ('\t' or '\n' or '\r');
}
