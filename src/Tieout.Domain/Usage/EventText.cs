using System.Buffers;
using System.Text;
using Tieout.Domain.Intake;

namespace Tieout.Domain.Usage;

/// <summary>Judges texts of an event by their bytes where that is enough, by <see cref="FieldRules"/> where it is not.</summary>
internal static class EventText
{
    private const int FewestCardDigits = 13;
    private static readonly SearchValues<byte> Plain = SearchValues.Create(Enumerable.Range(' ', '~' - ' ' + 1).Select(value => (byte)value).ToArray());

    /// <summary>What is wrong with a text that is kept; null for a good one.</summary>
    public static Refusal? Problem(ReadOnlySpan<byte> text)
    {
        if (text.Length <= FieldRules.LongestText && !text.ContainsAnyExcept(Plain) && !MayHoldCard(text)) return null;
        return IsUuid(text) ? null : FieldRules.OfText(Encoding.UTF8.GetString(text));
    }

    /// <summary>False when there are too few digits for the number of a payment card; true proves nothing.</summary>
    public static bool MayHoldCard(ReadOnlySpan<byte> text)
    {
        if (text.Length < FewestCardDigits) return false;
        var digits = 0;
        foreach (var letter in text)
            // Digits of other scripts are beyond ASCII, and so is an escape that may stand for anything.
            if ((uint)(letter - '0') <= 9 || letter >= 0x80 || letter == '\\') digits++;
        return digits >= FewestCardDigits || text.Contains((byte)'\\');
    }

    /// <summary>Whether the text holds the number of a payment card; an id made by a machine as a UUID does not.</summary>
    public static bool HoldsCard(string text) => !IsUuid(Encoding.UTF8.GetBytes(text)) && CardNumber.IsIn(text);

    // 36 characters whose digits by chance pass for a card's once in some ten thousand.
    private static bool IsUuid(ReadOnlySpan<byte> text)
    {
        if (text.Length != 36) return false;
        for (var place = 0; place < text.Length; place++)
            if (place is 8 or 13 or 18 or 23 ? text[place] != '-' : !char.IsAsciiHexDigit((char)text[place])) return false;
        return true;
    }
}
