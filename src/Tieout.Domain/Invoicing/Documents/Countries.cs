namespace Tieout.Domain.Invoicing.Documents;

/// <summary>Names of countries in an address, and which of them are in the European Union's VAT area.</summary>
public static class Countries
{
    private static readonly HashSet<string> Union = new(
        ["AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT",
         "RO", "SE", "SI", "SK"], StringComparer.Ordinal);

    private static readonly Dictionary<string, string> Names = new(StringComparer.Ordinal)
    {
        ["AE"] = "United Arab Emirates",
        ["AR"] = "Argentina",
        ["AT"] = "Austria",
        ["AU"] = "Australia",
        ["BE"] = "Belgium",
        ["BG"] = "Bulgaria",
        ["BH"] = "Bahrain",
        ["BR"] = "Brazil",
        ["CA"] = "Canada",
        ["CH"] = "Switzerland",
        ["CL"] = "Chile",
        ["CN"] = "China",
        ["CO"] = "Colombia",
        ["CY"] = "Cyprus",
        ["CZ"] = "Czechia",
        ["DE"] = "Germany",
        ["DK"] = "Denmark",
        ["EE"] = "Estonia",
        ["EG"] = "Egypt",
        ["ES"] = "Spain",
        ["FI"] = "Finland",
        ["FR"] = "France",
        ["GB"] = "United Kingdom",
        ["GR"] = "Greece",
        ["HK"] = "Hong Kong",
        ["HR"] = "Croatia",
        ["HU"] = "Hungary",
        ["ID"] = "Indonesia",
        ["IE"] = "Ireland",
        ["IL"] = "Israel",
        ["IN"] = "India",
        ["IS"] = "Iceland",
        ["IT"] = "Italy",
        ["JP"] = "Japan",
        ["KR"] = "South Korea",
        ["KW"] = "Kuwait",
        ["LI"] = "Liechtenstein",
        ["LT"] = "Lithuania",
        ["LU"] = "Luxembourg",
        ["LV"] = "Latvia",
        ["MA"] = "Morocco",
        ["MT"] = "Malta",
        ["MX"] = "Mexico",
        ["MY"] = "Malaysia",
        ["NG"] = "Nigeria",
        ["NL"] = "Netherlands",
        ["NO"] = "Norway",
        ["NZ"] = "New Zealand",
        ["OM"] = "Oman",
        ["PH"] = "Philippines",
        ["PL"] = "Poland",
        ["PT"] = "Portugal",
        ["QA"] = "Qatar",
        ["RO"] = "Romania",
        ["RS"] = "Serbia",
        ["SA"] = "Saudi Arabia",
        ["SE"] = "Sweden",
        ["SG"] = "Singapore",
        ["SI"] = "Slovenia",
        ["SK"] = "Slovakia",
        ["TH"] = "Thailand",
        ["TN"] = "Tunisia",
        ["TR"] = "Türkiye",
        ["TW"] = "Taiwan",
        ["UA"] = "Ukraine",
        ["US"] = "United States",
        ["VN"] = "Vietnam",
        ["ZA"] = "South Africa",
    };

    /// <summary>The English name; the code itself where we have no name, which the post reads as well.</summary>
    public static string NameOf(string code) => Names.GetValueOrDefault(code, code);

    /// <summary>Whether it is a member state.</summary>
    public static bool InUnion(string code) => Union.Contains(code);

    /// <summary>What the tax on sales is called there.</summary>
    public static string TaxNameOf(string code) => code switch
    {
        "US" => "Sales tax",
        "AU" or "NZ" or "IN" or "SG" or "CA" => "GST",
        "GB" or "NO" or "CH" or "IS" or "LI" or "ZA" or "AE" or "SA" => "VAT",
        _ => InUnion(code) ? "VAT" : "Tax",
    };
}
