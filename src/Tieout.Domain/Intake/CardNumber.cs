using System.Globalization;

namespace Tieout.Domain.Intake;

/// <summary>Finds what looks like the number of a payment card, which must not be stored, logged or repeated anywhere.</summary>
public static class CardNumber
{
    private const int Shortest = 13;
    private const int Longest = 19;

    private delegate bool Check(ReadOnlySpan<byte> digits);

    /// <summary>
    /// True when the text holds 13 to 19 digits, not beginning with 0, whose Luhn check holds. Spaces, dashes and dots may stand
    /// between the digits; digits of any script count. A number may be cut out of a longer row of digit groups
    /// ("No 12 4111 1111 1111 1111"), never out of the middle of a group: an id of 30 digits is not a card.
    /// </summary>
    public static bool IsIn(string text) => IsIn(text, LuhnHolds);

    /// <summary>
    /// The same, of numbers only that a card scheme can have given: by its first digits and its length. For references that others
    /// choose: of the numbers of 13 to 19 digits that banks give to transfers every tenth passes the check by chance.
    /// </summary>
    public static bool IsOfASchemeIn(string text) => IsIn(text, digits => CardScheme.Knows(digits) && LuhnHolds(digits));

    private static bool IsIn(string text, Check isCard)
    {
        if (text.Length < Shortest) return false;
        Span<byte> digits = text.Length <= 256 ? stackalloc byte[text.Length] : new byte[text.Length];
        Span<bool> begins = text.Length <= 256 ? stackalloc bool[text.Length] : new bool[text.Length];
        var count = 0;
        var gap = true;
        foreach (var character in text)
        {
            var digit = char.IsAsciiDigit(character) ? character - '0' : CharUnicodeInfo.GetDecimalDigitValue(character);
            if (digit >= 0)
            {
                (digits[count], begins[count]) = ((byte)digit, gap);
                count++;
                gap = false;
                continue;
            }
            gap = true;
            if (Separates(character)) continue;
            if (HasCard(digits[..count], begins[..count], isCard)) return true;
            count = 0;
        }
        return HasCard(digits[..count], begins[..count], isCard);
    }

    private static bool Separates(char character) =>
        character is ' ' or '-' or '.' || char.IsWhiteSpace(character) || char.GetUnicodeCategory(character) == UnicodeCategory.DashPunctuation;

    private static bool HasCard(ReadOnlySpan<byte> digits, ReadOnlySpan<bool> begins, Check isCard)
    {
        for (var start = 0; start + Shortest <= digits.Length; start++)
        {
            if (!begins[start] || digits[start] == 0) continue;
            for (var end = start + Shortest; end <= Math.Min(digits.Length, start + Longest); end++)
            {
                var endsGroup = end == digits.Length || begins[end];
                if (endsGroup && isCard(digits[start..end])) return true;
            }
        }
        return false;
    }

    private static bool LuhnHolds(ReadOnlySpan<byte> digits)
    {
        var sum = 0;
        for (var place = 0; place < digits.Length; place++)
        {
            int digit = digits[^(place + 1)];
            if (place % 2 == 1) digit = digit * 2 > 9 ? digit * 2 - 9 : digit * 2;
            sum += digit;
        }
        return sum % 10 == 0;
    }
}
