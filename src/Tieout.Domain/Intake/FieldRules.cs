using System.Globalization;
using Tieout.Domain.Invoicing.Documents.Ubl.Codes;

namespace Tieout.Domain.Intake;

/// <summary>
/// The rules of single values. Each gives null for a good value and a refusal, without its field's name, for a bad one.
/// </summary>
public static class FieldRules
{
    /// <summary>Characters a code, a name or another text may have.</summary>
    public const int LongestText = 200;

    /// <summary>Decimals of a price or a quantity.</summary>
    public const int MostDecimals = 12;

    /// <summary>Digits before the decimal point: 28 in all, as the database keeps them.</summary>
    public const int MostWholeDigits = 16;

    private static readonly DateOnly Earliest = new(1900, 1, 1);
    private static readonly DateOnly Latest = new(2200, 1, 1);

    /// <summary>Any text that is stored: visible, not too long, no card number. An empty one is fine here.</summary>
    public static Refusal? OfText(string text) => OfVisible(text, CardNumber.IsIn);

    /// <summary>The same for a name that others gave something: see <see cref="CardNumber.IsOfASchemeIn"/>.</summary>
    public static Refusal? OfReference(string text) => OfVisible(text, CardNumber.IsOfASchemeIn);

    private static Refusal? OfVisible(string text, Func<string, bool> holdsCard)
    {
        if (text.Length > LongestText)
            return Bad(RefusalCode.TooLong, $"has {text.Length} characters", $"Shorten it to {LongestText} characters.");
        foreach (var character in text)
            if (IsInvisible(character)) return Invisible(character);
        return holdsCard(text)
            ? Bad(RefusalCode.CardNumber, "looks like the number of a payment card",
                "Remove it: card numbers are never taken in. If it is no card number, give it a letter in front.")
            : null;
    }

    /// <summary>
    /// A number of zero or more, in plain digits: no sign but +, no grouping, no exponent. At most 16 digits before the point and
    /// 12 after it, zeros at the end not counted.
    /// </summary>
    public static Refusal? OfNumber(string text, char decimalPoint, out decimal number)
    {
        number = 0;
        var digits = text.AsSpan(text.StartsWith('+') ? 1 : 0);
        if (digits.StartsWith("-") && IsPlainNumber(digits[1..], decimalPoint))
            return Bad(RefusalCode.BadNumber, "is below zero", "Give an amount of zero or more; what goes back is a document of its own, not a negative amount.");
        if (!IsPlainNumber(digits, decimalPoint))
            return Bad(RefusalCode.BadNumber, "is not a plain number",
                $"Write digits with '{decimalPoint}' as the decimal point, such as 1234{decimalPoint}50, without grouping or currency sign.");

        var point = digits.IndexOf(decimalPoint);
        var whole = (point < 0 ? digits : digits[..point]).TrimStart('0');
        var fraction = point < 0 ? [] : digits[(point + 1)..].TrimEnd('0');
        if (whole.Length > MostWholeDigits)
            return Bad(RefusalCode.BadNumber, "is too large", $"At most {MostWholeDigits} digits before the decimal point can be kept.");
        if (fraction.Length > MostDecimals)
            return Bad(RefusalCode.BadNumber, $"has {fraction.Length} decimals",
                $"Round it to {MostDecimals} decimals or fewer; it is not done here, because it would change your figure.");
        number = decimal.Parse($"{whole}.{fraction}0", NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture)
            / 1.0000000000000000000000000000m;
        return null;
    }

    /// <summary>A whole number from zero to <paramref name="most"/>.</summary>
    public static Refusal? OfInteger(string text, int most, out int number)
    {
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number <= most) return null;
        return Bad(RefusalCode.BadNumber, "is not a whole number in range",
            $"Write digits only, from 0 to {most.ToString(CultureInfo.InvariantCulture)}.");
    }

    /// <summary>A day from 1900 to 2199, exactly in the format.</summary>
    public static Refusal? OfDate(string text, string format, out DateOnly day)
    {
        if (!DateOnly.TryParseExact(text, format, CultureInfo.InvariantCulture, DateTimeStyles.None, out day))
            return Bad(RefusalCode.BadDate, "is not a date",
                $"Write a day that exists as {format}, such as {new DateOnly(2026, 1, 31).ToString(format, CultureInfo.InvariantCulture)}.");
        return day >= Earliest && day < Latest
            ? null
            : Bad(RefusalCode.BadDate, "is a date no contract has", "Give a day from 1900 to 2199.");
    }

    /// <summary>A country of ISO 3166, Northern Ireland (XI) and Kosovo (XK), which have no code there, included.</summary>
    public static Refusal? OfCountry(string text) =>
        text is [>= 'A' and <= 'Z', >= 'A' and <= 'Z'] && (text == "XK" || PartyCodes.Countries.Contains(text))
            ? null
            : Bad(RefusalCode.BadCountry, "is not a country code", "Write the two capital letters of ISO 3166, such as US or DE.");

    private static bool IsPlainNumber(ReadOnlySpan<char> text, char decimalPoint)
    {
        var point = text.IndexOf(decimalPoint);
        var whole = point < 0 ? text : text[..point];
        var fraction = point < 0 ? "0" : text[(point + 1)..];
        return !whole.IsEmpty && !fraction.IsEmpty
            && !whole.ContainsAnyExceptInRange('0', '9') && !fraction.ContainsAnyExceptInRange('0', '9');
    }

    // Besides control characters: what breaks lines, and what turns the direction of text so that it reads as something else.
    private static bool IsInvisible(char character) => character is < ' ' or (>= '\u007f' and <= '\u009f')
        or (>= '\u2028' and <= '\u202e') or (>= '\u2066' and <= '\u2069') or '\ufeff';

    private static Refusal Invisible(char character) => Bad(
        RefusalCode.ControlCharacter,
        character is '\n' or '\r' ? "holds a line break" : $"holds the invisible character U+{(int)character:X4}",
        "Remove it from the cell.");

    private static Refusal Bad(string code, string reason, string remedy) => new(code, "", reason, remedy);
}
