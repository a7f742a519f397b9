using System.Diagnostics.CodeAnalysis;

namespace Tieout.Domain.Customers;

/// <summary>
/// An international bank account number (ISO 13616): country, two check digits, and the national number. There is no wrong one:
/// <see cref="TryParse"/> checks the form, the country's length where it is known, and the check digits.
/// </summary>
public sealed record Iban
{
    private const int Shortest = 15;
    private const int Longest = 34;

    // The length of each country's numbers by the ISO 13616 register; a country that is not listed is held to the check digits alone.
    private static readonly Dictionary<string, int> Lengths = Table(
        """
        AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DK18 DO28 EE20 EG29 ES24 FI18 FO18 FR27
        GB22 GE22 GI23 GL18 GR27 GT28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27
        MD24 ME22 MK19 MR27 MT31 MU30 NL18 NO15 PK24 PL28 PS29 PT25 QA29 RO24 RS22 SA24 SC31 SE24 SI19 SK24 SM27 ST25 SV28 TL23
        TN24 TR26 UA29 VA22 VG24 XK20
        """);

    private Iban(string value) => Value = value;

    /// <summary>Without spaces, in capitals: <c>DE89370400440532013000</c>.</summary>
    public string Value { get; }

    /// <summary>In groups of four, as it is printed: <c>DE89 3704 0044 0532 0130 00</c>.</summary>
    public string Grouped => string.Join(' ', Value.Chunk(4).Select(group => new string(group)));

    /// <summary>Reads a number with or without spaces, in any case. <paramref name="reason"/> says why not, without repeating the number.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out Iban? iban, out string reason)
    {
        var value = text.Replace(" ", "", StringComparison.Ordinal).ToUpperInvariant();
        iban = null;
        reason = Problem(value);
        if (reason.Length > 0) return false;
        iban = new Iban(value);
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => Value;

    private static string Problem(string value)
    {
        if (value.Length < 4 || !char.IsAsciiLetterUpper(value[0]) || !char.IsAsciiLetterUpper(value[1])
            || !char.IsAsciiDigit(value[2]) || !char.IsAsciiDigit(value[3]) || !value.All(char.IsAsciiLetterOrDigit))
            return "is not an IBAN: two letters of the country, two check digits, then letters and digits";
        if (Lengths.TryGetValue(value[..2], out var length) ? value.Length != length : value.Length is < Shortest or > Longest)
            return $"has not the length of an IBAN of {value[..2]}";
        return Remainder(value) == 1 ? "" : "has check digits that do not fit: a digit is wrong or two are swapped";
    }

    // ISO 7064, MOD 97-10: the first four go to the end, letters count 10 to 35, and the whole leaves 1 when divided by 97.
    private static int Remainder(string value)
    {
        var remainder = 0;
        foreach (var character in value[4..] + value[..4])
            remainder = char.IsAsciiDigit(character)
                ? (remainder * 10 + (character - '0')) % 97
                : (remainder * 100 + (character - 'A' + 10)) % 97;
        return remainder;
    }

    private static Dictionary<string, int> Table(string rows) => rows
        .Split([' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries)
        .ToDictionary(entry => entry[..2], entry => (entry[2] - '0') * 10 + (entry[3] - '0'), StringComparer.Ordinal);
}
