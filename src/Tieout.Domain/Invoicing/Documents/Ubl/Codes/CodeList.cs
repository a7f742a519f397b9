using System.Collections.Frozen;
using System.Globalization;

namespace Tieout.Domain.Invoicing.Documents.Ubl.Codes;

/// <summary>
/// Reads the codes of a published list from a compact text: words apart by spaces; <c>10..15</c> are numbers of as many digits as the
/// first has, and <c>AAC..F</c> is AAC, AAD, AAE, AAF: the last character runs through digits, then letters.
/// </summary>
internal static class CodeList
{
    private const string Running = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

    /// <summary>All codes of a text.</summary>
    public static FrozenSet<string> Read(string text) =>
        text.Split([' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries).SelectMany(Codes).ToFrozenSet(StringComparer.Ordinal);

    private static IEnumerable<string> Codes(string word) => word.Split("..") switch
    {
        [var first, { Length: 1 } last] when first.Length > 1 => Between(Place(first[^1]), Place(last[0]))
            .Select(place => first[..^1] + Running[place]),
        [var first, var last] => Between(Number(first), Number(last))
            .Select(number => number.ToString(CultureInfo.InvariantCulture).PadLeft(first.Length, '0')),
        _ => [word],
    };

    private static IEnumerable<int> Between(int first, int last) => Enumerable.Range(first, last - first + 1);

    private static int Place(char last) => Running.IndexOf(last, StringComparison.Ordinal);

    private static int Number(string digits) => int.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture);
}
