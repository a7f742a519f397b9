namespace Tieout.Application.Demo;

/// <summary>Made-up company names, in the spelling of their countries. None is meant to be a real company.</summary>
internal static class SampleNames
{
    private static readonly Dictionary<string, (string[] First, string[] Second, string[] Forms)> ByCountry = new(StringComparer.Ordinal)
    {
        ["US"] = (
            ["Juniper", "Redwood", "Harbor", "Blue Mesa", "Granite", "Copperfield",
             "Larkspur", "Northgate", "Silver Creek", "Tamarack", "Willow Bend", "Stonebridge"],
            ["Analytics", "Logistics", "Dental Group", "Robotics", "Outfitters", "Biosciences",
             "Freight", "Studios", "Energy", "Learning", "Foods", "Insurance Partners"],
            ["Inc.", "LLC", "Corp.", "Co."]),
        ["CA"] = (["Érablière", "Maple Line", "Saint-Urbain", "Boréale"], ["Logiciels", "Outdoor", "Santé", "Mining"], ["Inc.", "Ltée", "Ltd."]),
        ["JP"] = (["青葉", "白樺", "みなと", "北斗"], ["電機", "物流", "ソフト", "製作所"], ["株式会社"]),
        ["DE"] = (
            ["Grünwald", "Möller & Söhne", "Brückner", "Weißensee", "Hafenkante", "Lindenhof", "Kieselbach", "Nordlicht", "Schönfeld", "Ährenfeld"],
            ["Maschinenbau", "Spedition", "Labortechnik", "Verlag", "Gebäudetechnik", "Energie", "Optik", "Großhandel", "Werkzeuge", "Software"],
            ["GmbH", "AG", "GmbH & Co. KG", "KG"]),
        ["FR"] = (["Clairfontaine", "Bélanger", "L'Étoile", "Châtelain"], ["Mécanique", "Santé", "Édition", "Transports"], ["SAS", "SARL", "SA"]),
        ["PL"] = (["Żuraw", "Błękit", "Świerk", "Łąka"], ["Logistyka", "Odzież", "Systemy", "Meble"], ["Sp. z o.o.", "S.A."]),
        ["GR"] = (["Ακρογιάλι", "Ελαιώνας", "Βόρειο Φως"], ["Τρόφιμα", "Μεταφορές", "Λογισμικό"], ["Α.Ε.", "Ε.Π.Ε."]),
    };

    /// <summary>A name of a country there are words for.</summary>
    public static string Of(string country, SampleNumbers numbers)
    {
        var (first, second, forms) = ByCountry[country];
        return country == "JP"
            ? numbers.OneOf(forms) + numbers.OneOf(first) + numbers.OneOf(second)
            : $"{numbers.OneOf(first)} {numbers.OneOf(second)} {numbers.OneOf(forms)}";
    }
}
