using Tieout.Domain.Intake;

namespace Tieout.Domain.Usage;

/// <summary>Reads a number exactly: no floating point lies between the text and the decimal.</summary>
internal static class EventNumber
{
    private const int MostDigits = FieldRules.MostWholeDigits + FieldRules.MostDecimals;
    private const int MostExponent = 60;

    /// <summary>
    /// A number as JSON writes it (sign, digits, point, exponent), with at most 16 digits before the point and 12 after it once it is
    /// written out. Gives a code of <see cref="UsageCode"/>, or null when <paramref name="number"/> is good. An exponent is part of a JSON
    /// number and read exactly; in a text, as a CSV cell is one, it is what a spreadsheet made of a long number, whose last digits may be
    /// gone: <see cref="HasExponent"/> tells, and it is refused there.
    /// </summary>
    public static string? Read(ReadOnlySpan<byte> text, out decimal number)
    {
        number = 0;
        var at = 0;
        var negative = text.Length > 0 && text[0] == '-';
        if (negative) at++;
        UInt128 digits = 0;
        var (count, scale, seen, point) = (0, 0, 0, false);
        for (; at < text.Length && (uint)(text[at] - '0') <= 9 || (at < text.Length && text[at] == '.' && !point && seen > 0); at++)
        {
            if (text[at] == '.')
            {
                point = true;
                continue;
            }
            seen++;
            if (count > 0 || text[at] != '0') count++;
            if (count > MostDigits + 8) return point ? UsageCode.BadNumber : UsageCode.Overflow;
            digits = (digits * 10) + (UInt128)(text[at] - '0');
            if (point) scale++;
        }
        if (seen == 0 || text[at - 1] == '.') return UsageCode.BadNumber;
        if (!Exponent(text[at..], out var exponent)) return UsageCode.BadNumber;
        return Compose(digits, scale - exponent, negative, out number);
    }

    /// <summary>Whether a text is a number but for its exponent: <c>1e5</c>, <c>2.5E-3</c>.</summary>
    public static bool HasExponent(ReadOnlySpan<byte> text) => text.IndexOfAny((byte)'e', (byte)'E') > 0 && Read(text, out _) != UsageCode.BadNumber;

    private static bool Exponent(ReadOnlySpan<byte> text, out int exponent)
    {
        exponent = 0;
        if (text.IsEmpty) return true;
        if (text[0] is not ((byte)'e' or (byte)'E')) return false;
        text = text[1..];
        var negative = text.Length > 0 && text[0] == '-';
        if (text.Length > 0 && text[0] is (byte)'-' or (byte)'+') text = text[1..];
        if (text.IsEmpty) return false;
        foreach (var digit in text)
        {
            if ((uint)(digit - '0') > 9) return false;
            // Whatever is larger is as much too large as this.
            exponent = Math.Min((exponent * 10) + digit - '0', 1000);
        }
        if (negative) exponent = -exponent;
        return true;
    }

    private static string? Compose(UInt128 digits, int scale, bool negative, out decimal number)
    {
        number = 0;
        if (digits == 0) return null;
        while (scale > 0 && digits % 10 == 0) (digits, scale) = (digits / 10, scale - 1);
        if (scale > FieldRules.MostDecimals) return UsageCode.BadNumber;
        if (scale < -MostExponent) return UsageCode.Overflow;
        for (; scale < 0; scale++)
        {
            if (digits > Limits[0]) return UsageCode.Overflow;
            digits *= 10;
        }
        if (digits >= Limits[scale]) return UsageCode.Overflow;
        number = new decimal((int)(uint)digits, (int)(uint)(digits >> 32), (int)(uint)(digits >> 64), negative, (byte)scale);
        return null;
    }

    // By number of decimals: the first digits that are 17 before the point.
    private static readonly UInt128[] Limits = [.. Enumerable.Range(FieldRules.MostWholeDigits, FieldRules.MostDecimals + 1).Select(PowerOfTen)];

    private static UInt128 PowerOfTen(int places)
    {
        UInt128 power = 1;
        for (var place = 0; place < places; place++) power *= 10;
        return power;
    }
}
