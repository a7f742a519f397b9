using System.Collections.Frozen;
using System.Text.RegularExpressions;

namespace Tieout.Domain.Tax;

/// <summary>The shape and the check digits of one state's VAT numbers.</summary>
/// <remarks>
/// Shapes: the structure table of VIES. Check digits: the states' published rules; compared number by number with
/// python-stdnum 1.18, from which nothing was taken.
/// </remarks>
internal sealed partial class VatFormat
{
    private static readonly VatFormat[] All =
    [
        new("AT", @"U\d{8}", "U and 8 digits", number => VatChecks.Austria(number[1..])),
        new("BE", @"[01]\d{9}", "10 digits, the first 0 or 1", VatChecks.Belgium),
        new("BG", @"\d{9,10}", "9 or 10 digits", VatChecks.Bulgaria),
        new("CH", @"E\d{9}", "E, 9 digits and MWST, TVA, IVA or nothing", number => VatChecks.Switzerland(number[1..])),
        new("CY", @"\d{8}[A-Z]", "8 digits and a letter", VatChecks.Cyprus),
        new("CZ", @"\d{8,10}", "8 to 10 digits", VatChecks.Czechia),
        new("DE", @"[1-9]\d{8}", "9 digits, the first not 0", VatChecks.Mod11And10),
        new("DK", @"[1-9]\d{7}", "8 digits, the first not 0", number => VatChecks.Weighted(number, [2, 7, 6, 5, 4, 3, 2, 1]) % 11 == 0),
        new("EE", @"\d{9}", "9 digits", number => VatChecks.Weighted(number, [3, 7, 1, 3, 7, 1, 3, 7, 1]) % 10 == 0),
        new("EL", @"\d{9}", "9 digits", VatChecks.Greece),
        new("ES", @"(?:[A-Z]\d{7}[A-Z0-9]|\d{8}[A-Z])", "9 characters: a letter or digit, 7 digits, a letter or digit, not digits only", VatChecks.Spain),
        new("FI", @"\d{8}", "8 digits", number => VatChecks.Weighted(number, [7, 9, 10, 5, 8, 4, 2, 1]) % 11 == 0),
        new("FR", @"[A-HJ-NP-Z0-9]{2}\d{9}", "2 characters (no I, no O) and 9 digits", VatChecks.France),
        new("GB", @"(?:\d{9}|\d{12}|GD\d{3}|HA\d{3})", "9 or 12 digits, or GD or HA and 3 digits", VatChecks.UnitedKingdom),
        new("HR", @"\d{11}", "11 digits", VatChecks.Mod11And10),
        new("HU", @"\d{8}", "8 digits", number => VatChecks.Weighted(number, [9, 7, 3, 1, 9, 7, 3, 1]) % 10 == 0),
        new("IE", @"(?:\d{7}[A-W][A-I]?|\d[A-Z+*]\d{5}[A-W])", "7 digits and 1 or 2 letters, or digit, letter, 5 digits, letter", VatChecks.Ireland),
        new("IT", @"\d{11}", "11 digits", VatChecks.Italy),
        new("LT", @"(?:\d{9}|\d{12})", "9 or 12 digits", VatChecks.Lithuania),
        new("LU", @"\d{8}", "8 digits", number => VatChecks.Value(number.AsSpan(0, 6)) % 89 == VatChecks.Value(number.AsSpan(6))),
        new("LV", @"\d{11}", "11 digits", VatChecks.Latvia),
        new("MT", @"[1-9]\d{7}", "8 digits, the first not 0", number => VatChecks.Weighted(number, [3, 4, 6, 7, 8, 9, 10, 1]) % 37 == 0),
        new("NL", @"\d{9}B\d{2}", "9 digits, B and 2 digits", VatChecks.Netherlands),
        new("NO", @"\d{9}", "9 digits and MVA or nothing", VatChecks.Norway),
        new("PL", @"\d{10}", "10 digits", VatChecks.Poland),
        new("PT", @"[1-9]\d{8}", "9 digits, the first not 0", VatChecks.Portugal),
        new("RO", @"[1-9]\d{1,9}", "2 to 10 digits, the first not 0", VatChecks.Romania),
        new("SE", @"\d{10}01", "12 digits, the last two 01", number => VatChecks.Luhn(number.AsSpan(0, 10))),
        new("SI", @"[1-9]\d{7}", "8 digits, the first not 0", VatChecks.Slovenia),
        new("SK", @"\d{10}", "10 digits", VatChecks.Slovakia),
        new("XI", @"(?:\d{9}|\d{12}|GD\d{3}|HA\d{3})", "9 or 12 digits, or GD or HA and 3 digits", VatChecks.UnitedKingdom),
    ];

    private static readonly FrozenDictionary<string, VatFormat> ByPrefix = All.ToFrozenDictionary(format => format.Prefix, StringComparer.Ordinal);

    private readonly Regex _pattern;
    private readonly Func<string, bool> _check;

    private VatFormat(string prefix, string pattern, string shape, Func<string, bool> check)
    {
        (Prefix, Shape, _check) = (prefix, shape, check);
        _pattern = new Regex($"^{pattern}\\z", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));
    }

    /// <summary>All prefixes there is a format for.</summary>
    public static IReadOnlyList<string> Prefixes { get; } = [.. All.Select(format => format.Prefix)];

    public string Prefix { get; }

    /// <summary>In words, for the person who has to correct it.</summary>
    public string Shape { get; }

    public static VatFormat? Find(string prefix) => ByPrefix.GetValueOrDefault(prefix);

    /// <summary>ISO 3166 of a prefix.</summary>
    public static string CountryOf(string prefix) => prefix switch { "EL" => "GR", "XI" => "GB", _ => prefix };

    public bool Fits(string number) => _pattern.IsMatch(number);

    public bool Checks(string number) => _check(number);

    /// <summary>Leaves out the word some states write behind the digits, and the 0 that old Belgian numbers lack.</summary>
    public string Strip(string number) => Prefix switch
    {
        "CH" => SwissWord().Replace(number, ""),
        "NO" => NorwegianWord().Replace(number, ""),
        "BE" when number.Length == 9 => "0" + number,
        _ => number,
    };

    [GeneratedRegex("(?:MWST|TVA|IVA|TPV)\\z", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex SwissWord();

    [GeneratedRegex("MVA\\z", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex NorwegianWord();
}
