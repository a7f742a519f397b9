namespace Tieout.Domain.Tax;

/// <summary>States where a person's number may stand for the VAT number: it holds a day of birth that must exist.</summary>
internal static partial class VatChecks
{
    private const string SpanishLetters = "TRWAGMYFPDXBNJZSQVHLCKE";
    private const string SpanishCompanyLetters = "JABCDEFGHI";

    public static bool Bulgaria(string number)
    {
        if (number.Length == 9)
        {
            var check = Weighted(number, [1, 2, 3, 4, 5, 6, 7, 8]) % 11;
            if (check == 10) check = Weighted(number, [3, 4, 5, 6, 7, 8, 9, 10]) % 11;
            return check % 10 == Digit(number, 8);
        }
        var last = Digit(number, 9);
        var other = 11 - Weighted(number, [4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11;
        return (Weighted(number, [2, 4, 8, 5, 10, 9, 7, 3, 6]) % 11 % 10 == last && BulgarianBirth(number))
            || Weighted(number, [21, 19, 17, 13, 11, 9, 7, 3, 1]) % 10 == last   // foreigners
            || other % 11 == last;                                               // others
    }

    public static bool Czechia(string number) => number.Length switch
    {
        8 => number[0] != '9' && CzechCompany(number),
        9 when number[0] == '6' => CzechSpecial(number),
        9 => CzechBirth(number),
        _ => CzechoslovakPerson(number),
    };

    public static bool Slovakia(string number) =>
        (number[0] != '0' && number[2] is '2' or '3' or '4' or '7' or '8' or '9' && Value(number) % 11 == 0) || CzechoslovakPerson(number);

    public static bool Latvia(string number)
    {
        // Companies begin with 4 or more; people with their day of birth, or since 2017 with 32.
        if (number[0] > '3') return Weighted(number, [9, 1, 4, 8, 3, 10, 2, 5, 7, 6, 1]) % 11 == 3;
        var check = (1 + Weighted(number, [10, 5, 8, 4, 2, 1, 6, 3, 7, 9])) % 11 % 10;
        return check == Digit(number, 10) && (number.StartsWith("32", StringComparison.Ordinal) || LatvianBirth(number));
    }

    public static bool Spain(string number)
    {
        if (char.IsAsciiDigit(number[0])) return SpanishLetter(number[..8]) == number[8];
        return number[0] switch
        {
            'K' or 'L' or 'M' => SpanishLetter(number[1..8]) == number[8],                       // minors, abroad, foreigners
            'X' or 'Y' or 'Z' => SpanishLetter($"{number[0] - 'X'}{number[1..8]}") == number[8],   // foreigners
            _ => SpanishCompany(number),
        };
    }

    private static char SpanishLetter(string digits) => SpanishLetters[(int)(Value(digits) % 23)];

    private static bool SpanishCompany(string number)
    {
        if (!"ABCDEFGHJNPQRSUVW".Contains(number[0], StringComparison.Ordinal)) return false;
        var check = (10 - LuhnSum(number[1..8] + "0") % 10) % 10;
        // Which kinds of company carry a letter is told differently in different places, so either will do.
        return number[8] == '0' + check || number[8] == SpanishCompanyLetters[check];
    }

    private static bool CzechCompany(string number)
    {
        var check = (11 - Weighted(number, [8, 7, 6, 5, 4, 3, 2]) % 11) % 11;
        return (check == 0 ? 1 : check) % 10 == Digit(number, 7);
    }

    private static bool CzechSpecial(string number)
    {
        var check = Weighted(number.AsSpan(1), [8, 7, 6, 5, 4, 3, 2]) % 11;
        return (8 - (10 - check + 11) % 11 + 10) % 10 == Digit(number, 8);
    }

    // Until 1984 a remainder of 10 was written as 0; such numbers are not given out any more.
    private static bool CzechoslovakPerson(string number)
    {
        if (!CzechBirth(number)) return false;
        var rest = Value(number.AsSpan(0, 9)) % 11;
        return (Value(number.AsSpan(0, 2)) is >= 54 and < 85 ? rest % 10 : rest) == Digit(number, 9);
    }

    // Women's months count from 51; where a day's numbers ran out, 20 is added. Ten digits since 1954.
    private static bool CzechBirth(string number)
    {
        var year = 1900 + (int)Value(number.AsSpan(0, 2));
        var month = (int)Value(number.AsSpan(2, 2)) % 50 % 20;
        if (number.Length == 9)
        {
            if (year >= 1980) year -= 100;
            if (year > 1953) return false;
        }
        else if (year < 1954)
        {
            year += 100;
        }
        return IsDay(year, month, (int)Value(number.AsSpan(4, 2)));
    }

    // Months from 21 on are of the 19th century, from 41 on of the 21st.
    private static bool BulgarianBirth(string number)
    {
        var (year, month) = (1900 + (int)Value(number.AsSpan(0, 2)), (int)Value(number.AsSpan(2, 2)));
        if (month > 40) (year, month) = (year + 100, month - 40);
        else if (month > 20) (year, month) = (year - 100, month - 20);
        return IsDay(year, month, (int)Value(number.AsSpan(4, 2)));
    }

    // Day, month, year, then the century: 0 for the 19th.
    private static bool LatvianBirth(string number) =>
        IsDay(1800 + Digit(number, 6) * 100 + (int)Value(number.AsSpan(4, 2)), (int)Value(number.AsSpan(2, 2)), (int)Value(number.AsSpan(0, 2)));

    private static bool IsDay(int year, int month, int day) =>
        month is >= 1 and <= 12 && day >= 1 && day <= DateTime.DaysInMonth(year, month);
}
