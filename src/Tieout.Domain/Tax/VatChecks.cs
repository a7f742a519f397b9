namespace Tieout.Domain.Tax;

/// <summary>The check digits of VAT numbers; each function takes a number whose shape is right, without its prefix.</summary>
internal static partial class VatChecks
{
    private const string IrishLetters = "WABCDEFGHIJKLMNOPQRSTUV";
    private const string FrenchLetters = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ";

    /// <summary>The digits as one number.</summary>
    public static long Value(ReadOnlySpan<char> digits)
    {
        var value = 0L;
        foreach (var digit in digits) value = value * 10 + (digit - '0');
        return value;
    }

    /// <summary>Digits times weights, summed; digits beyond the weights do not count.</summary>
    public static int Weighted(ReadOnlySpan<char> digits, ReadOnlySpan<int> weights)
    {
        var sum = 0;
        for (var place = 0; place < weights.Length; place++) sum += (digits[place] - '0') * weights[place];
        return sum;
    }

    /// <summary>Every second digit from the right, the last one not, is doubled, and its digits added.</summary>
    public static bool Luhn(ReadOnlySpan<char> digits) => LuhnSum(digits) % 10 == 0;

    /// <summary>ISO 7064, hybrid system 11, 10.</summary>
    public static bool Mod11And10(string number)
    {
        var check = 5;
        foreach (var digit in number) check = ((check == 0 ? 10 : check) * 2 % 11 + (digit - '0')) % 10;
        return check == 1;
    }

    public static bool Austria(string number) => (LuhnSum(number.AsSpan(0, 7)) + 4 + Digit(number, 7)) % 10 == 0;

    public static bool Belgium(string number) => Value(number) > 0 && 97 - Value(number.AsSpan(0, 8)) % 97 == Value(number.AsSpan(8));

    public static bool Cyprus(string number)
    {
        ReadOnlySpan<int> odd = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21];
        var sum = 0;
        for (var place = 0; place < 8; place++) sum += place % 2 == 0 ? odd[Digit(number, place)] : Digit(number, place);
        return !number.StartsWith("12", StringComparison.Ordinal) && number[8] == 'A' + sum % 26;
    }

    public static bool France(string number)
    {
        // Monaco's numbers begin with 000 and are no SIREN.
        var siren = number[2..];
        if (!siren.StartsWith("000", StringComparison.Ordinal) && !Luhn(siren)) return false;
        if (char.IsAsciiDigit(number[0]) && char.IsAsciiDigit(number[1])) return Value(siren + "12") % 97 == Value(number.AsSpan(0, 2));
        var (first, second) = (FrenchLetters.IndexOf(number[0], StringComparison.Ordinal), FrenchLetters.IndexOf(number[1], StringComparison.Ordinal));
        var check = char.IsAsciiDigit(number[0]) ? first * 24 + second - 10 : first * 34 + second - 100;
        return (Value(siren) + 1 + check / 11) % 11 == check % 11;
    }

    public static bool Greece(string number)
    {
        var check = 0;
        foreach (var digit in number.AsSpan(0, 8)) check = check * 2 + (digit - '0');
        return check * 2 % 11 % 10 == Digit(number, 8);
    }

    public static bool Ireland(string number)
    {
        // The old way writes the first digit, a letter or sign, five digits; it counts as 0, five digits, first digit.
        var modern = char.IsAsciiDigit(number[1]);
        var digits = modern ? number[..7] : string.Concat("0", number.AsSpan(2, 5), number.AsSpan(0, 1));
        var extra = modern && number.Length == 9 ? IrishLetters.IndexOf(number[8], StringComparison.Ordinal) : 0;
        return IrishLetters[(Weighted(digits, [8, 7, 6, 5, 4, 3, 2]) + 9 * extra) % 23] == number[7];
    }

    public static bool Italy(string number)
    {
        var office = Value(number.AsSpan(7, 3));
        return Value(number.AsSpan(0, 7)) > 0 && (office is >= 1 and <= 100 or 120 or 121 or 888 or 999) && Luhn(number);
    }

    public static bool Lithuania(string number)
    {
        // The digit before the last is 1: a company, or a temporary number.
        var body = number.AsSpan(0, number.Length - 1);
        if (body[^1] != '1') return false;
        var (first, second) = (0, 0);
        for (var place = 0; place < body.Length; place++)
        {
            first += (body[place] - '0') * (1 + place % 9);
            second += (body[place] - '0') * (1 + (place + 2) % 9);
        }
        var check = first % 11 == 10 ? second % 11 % 10 : first % 11;
        return check == number[^1] - '0';
    }

    public static bool Netherlands(string number)
    {
        // Companies keep the eleven test of their tax number; sole traders' numbers since 2020 have ISO 7064 mod 97, 10 instead.
        if (Value(number.AsSpan(10)) == 0) return false;
        var bsn = Weighted(number, [9, 8, 7, 6, 5, 4, 3, 2, -1]);
        if (bsn % 11 == 0 && Value(number.AsSpan(0, 9)) > 0) return true;
        var rest = 0L;
        foreach (var letter in "NL" + number)
            rest = char.IsAsciiDigit(letter) ? (rest * 10 + (letter - '0')) % 97 : (rest * 100 + (letter - 'A' + 10)) % 97;
        return rest == 1;
    }

    public static bool Norway(string number) => Weighted(number, [3, 2, 7, 6, 5, 4, 3, 2, 1]) % 11 == 0;

    public static bool Poland(string number) => Weighted(number, [6, 5, 7, 2, 3, 4, 5, 6, 7, -1]) % 11 == 0;

    public static bool Portugal(string number) => (11 - Weighted(number, [9, 8, 7, 6, 5, 4, 3, 2]) % 11) % 11 % 10 == Digit(number, 8);

    public static bool Romania(string number)
    {
        var padded = number.PadLeft(10, '0');
        return 10 * Weighted(padded, [7, 5, 3, 2, 1, 7, 5, 3, 2]) % 11 % 10 == Digit(padded, 9);
    }

    public static bool Slovenia(string number)
    {
        var check = 11 - Weighted(number, [8, 7, 6, 5, 4, 3, 2]) % 11;
        return (check == 10 ? 0 : check) == Digit(number, 7);
    }

    public static bool Switzerland(string number) => Weighted(number, [5, 4, 3, 2, 7, 6, 5, 4, 1]) % 11 == 0;

    public static bool UnitedKingdom(string number)
    {
        if (number.StartsWith("GD", StringComparison.Ordinal)) return Value(number.AsSpan(2)) < 500;  // government departments
        if (number.StartsWith("HA", StringComparison.Ordinal)) return Value(number.AsSpan(2)) >= 500; // health authorities
        var rest = Weighted(number, [8, 7, 6, 5, 4, 3, 2, 10, 1]) % 97;
        // Newer numbers count from 55 or 42; the lowest ones were given before that.
        return rest == 0 || (Value(number.AsSpan(0, 3)) >= 100 && rest is 42 or 55);
    }

    private static int Digit(string number, int place) => number[place] - '0';

    // Places from the right; the check digit itself is at place 0.
    private static int LuhnSum(ReadOnlySpan<char> digits)
    {
        var sum = 0;
        for (var place = digits.Length - 1; place >= 0; place--)
        {
            var digit = digits[place] - '0';
            if ((digits.Length - 1 - place) % 2 == 1) digit = digit > 4 ? digit * 2 - 9 : digit * 2;
            sum += digit;
        }
        return sum;
    }
}
