using System.Globalization;
using Tieout.Domain.Customers;

namespace Tieout.Application.Demo;

/// <summary>Made-up addresses of the sample's customers, so that its invoices look like invoices. The same index gives the same address.</summary>
internal static class SampleAddresses
{
    private static readonly Dictionary<string, (string[] Streets, (string City, string Postcode, string Region)[] Places)> ByCountry = new(StringComparer.Ordinal)
    {
        ["US"] = (["Alder Street", "Mission Road", "Harbor Way", "Canal Avenue"],
            [("Oakland", "94607", "CA"), ("Pasadena", "91101", "CA"), ("San Diego", "92101", "CA"), ("Fresno", "93721", "CA")]),
        ["CA"] = (["King Street", "Rue Ontario"], [("Toronto", "M5H 1A1", "ON"), ("Montréal", "H2X 1Y4", "QC")]),
        ["JP"] = (["本町", "中央"], [("大阪市", "541-0053", "大阪府"), ("東京都", "104-0061", "")]),
        ["DE"] = (["Lindenstraße", "Hafenweg", "Am Markt", "Gartenallee"],
            [("Hamburg", "20457", ""), ("Leipzig", "04109", ""), ("Köln", "50667", ""), ("München", "80331", "")]),
        ["FR"] = (["rue des Tanneurs", "quai Voltaire"], [("Lille", "59800", ""), ("Nantes", "44000", "")]),
        ["PL"] = (["ul. Długa", "ul. Młyńska"], [("Gdańsk", "80-827", ""), ("Poznań", "61-730", "")]),
        ["GR"] = (["Οδός Ερμού", "Λεωφόρος Νίκης"], [("Αθήνα", "105 63", ""), ("Θεσσαλονίκη", "546 24", "")]),
    };

    /// <summary>An address in a country there are words for; companies in other member states than Germany have a VAT number that fits its check digits.</summary>
    public static PartyDetails Of(string country, int index)
    {
        var numbers = new SampleNumbers((ulong)index + 1);
        var (streets, places) = ByCountry[country];
        var (city, postcode, region) = numbers.OneOf(places);
        var (street, number) = (numbers.OneOf(streets), (1 + numbers.Below(180)).ToString(CultureInfo.InvariantCulture));
        return new PartyDetails(
            country is "US" or "CA" or "FR" ? $"{number} {street}" : $"{street} {number}", city, postcode, region,
            VatNumber: VatNumber(country, numbers));
    }

    private static string VatNumber(string country, SampleNumbers numbers)
    {
        var digits = Enumerable.Range(0, 8).Select(place => place == 0 ? 1 + numbers.Below(9) : numbers.Below(10)).ToArray();
        var text = string.Concat(digits);
        return country switch
        {
            "FR" => French(text + Luhn(digits)),
            "GR" => $"EL{text}{Enumerable.Range(0, 8).Sum(place => digits[place] << (8 - place)) % 11 % 10}",
            "PL" => Polish([.. digits, numbers.Below(10)]),
            _ => "",
        };
    }

    // The key is made of the company's number: (12 + 3 × (number mod 97)) mod 97.
    private static string French(string number) => string.Create(
        CultureInfo.InvariantCulture, $"FR{(12 + 3 * (int.Parse(number, CultureInfo.InvariantCulture) % 97)) % 97:00}{number}");

    // The sum's remainder by 11 is the check digit; where it would be 10 there is no such number, so the last digit moves on.
    private static string Polish(int[] digits)
    {
        int[] weights = [6, 5, 7, 2, 3, 4, 5, 6, 7];
        var check = digits.Zip(weights, (digit, weight) => digit * weight).Sum() % 11;
        return check < 10 ? $"PL{string.Concat(digits)}{check}" : Polish([.. digits[..^1], (digits[^1] + 1) % 10]);
    }

    private static int Luhn(int[] digits)
    {
        var sum = 0;
        for (var place = 0; place < digits.Length; place++)
        {
            var digit = digits[^(place + 1)] * (place % 2 == 0 ? 2 : 1);
            sum += digit > 9 ? digit - 9 : digit;
        }
        return (10 - sum % 10) % 10;
    }
}
