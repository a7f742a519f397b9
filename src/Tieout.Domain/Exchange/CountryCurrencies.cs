using System.Collections.Frozen;

namespace Tieout.Domain.Exchange;

/// <summary>
/// The currencies behind the country names of the Federal Reserve's monthly table (G.5). Ours to keep: the table names countries,
/// and some of them changed their money.
/// </summary>
public static class CountryCurrencies
{
    private static readonly DateOnly Ever = DateOnly.MinValue;

    // A name, and from which month on which code. A code that ISO 4217 lists no more is refused by its reader.
    private static readonly FrozenDictionary<string, (DateOnly From, string Code)[]> ByCountry =
        new Dictionary<string, (DateOnly From, string Code)[]>(StringComparer.Ordinal)
        {
            ["Australia"] = [(Ever, "AUD")],
            ["Austria"] = [(Ever, "ATS")],
            ["Belgium"] = [(Ever, "BEF")],
            ["Brazil"] = [(Ever, "BRR"), (new(1994, 7, 1), "BRL")],
            ["Canada"] = [(Ever, "CAD")],
            ["China"] = [(Ever, "CNY")],
            ["Denmark"] = [(Ever, "DKK")],
            ["Euro"] = [(Ever, "XEU"), (new(1999, 1, 1), "EUR")],
            ["Finland"] = [(Ever, "FIM")],
            ["France"] = [(Ever, "FRF")],
            ["Germany"] = [(Ever, "DEM")],
            ["Greece"] = [(Ever, "GRD")],
            ["Hong Kong"] = [(Ever, "HKD")],
            ["India"] = [(Ever, "INR")],
            ["Ireland"] = [(Ever, "IEP")],
            ["Italy"] = [(Ever, "ITL")],
            ["Japan"] = [(Ever, "JPY")],
            ["Malaysia"] = [(Ever, "MYR")],
            ["Mexico"] = [(Ever, "MXP"), (new(1993, 1, 1), "MXN")],
            ["Netherlands"] = [(Ever, "NLG")],
            ["New Zealand"] = [(Ever, "NZD")],
            ["Norway"] = [(Ever, "NOK")],
            ["Portugal"] = [(Ever, "PTE")],
            ["Singapore"] = [(Ever, "SGD")],
            ["South Africa"] = [(Ever, "ZAR")],
            ["South Korea"] = [(Ever, "KRW")],
            ["Spain"] = [(Ever, "ESP")],
            ["Sri Lanka"] = [(Ever, "LKR")],
            ["Sweden"] = [(Ever, "SEK")],
            ["Switzerland"] = [(Ever, "CHF")],
            ["Taiwan"] = [(Ever, "TWD")],
            ["Thailand"] = [(Ever, "THB")],
            ["United Kingdom"] = [(Ever, "GBP")],
            // Its money lost zeros in August 2018 and October 2021: averages of those months mix two units.
            ["Venezuela"] = [(Ever, "VEF"), (new(2018, 9, 1), "VES"), (new(2021, 10, 1), ""), (new(2021, 11, 1), "VED")],
        }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>
    /// The countries whose currency the Federal Reserve itself quotes the other way round, as dollars for one unit. A copy of
    /// the table may have turned them; see <see cref="Quoting"/>.
    /// </summary>
    public static FrozenSet<string> DollarsPerUnit { get; } =
        new[] { "Australia", "Euro", "Ireland", "New Zealand", "United Kingdom" }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Whether the table's name is one we know.</summary>
    public static bool Knows(string country) => ByCountry.ContainsKey(country);

    /// <summary>The code of a country's money in a month; empty when the month mixes two units.</summary>
    /// <exception cref="ArgumentException">A name not known.</exception>
    public static string CodeOf(string country, DateOnly month) =>
        ByCountry.TryGetValue(country, out var codes)
            ? Array.FindLast(codes, code => code.From <= month).Code
            : throw new ArgumentException($"'{country}' is not a country of the table.", nameof(country));
}
