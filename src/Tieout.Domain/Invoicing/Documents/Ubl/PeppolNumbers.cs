using System.Xml.Linq;

namespace Tieout.Domain.Invoicing.Documents.Ubl;

/// <summary>
/// Numbers of parties whose check digits Peppol proves (PEPPOL-COMMON): GLN, and the registers of Norway, Belgium, Sweden and Australia.
/// Those of Denmark and Italy are not proved here.
/// </summary>
internal static class PeppolNumbers
{
    // The remainder of a number is what its country's law says: the weights are of the digits from the left.
    private static readonly int[] Norwegian = [3, 2, 7, 6, 5, 4, 3, 2, 1];
    private static readonly int[] Australian = [10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19];

    public static IEnumerable<Rule> All =>
    [
        Of("PEPPOL-COMMON-R040", "0088", "A GLN is wrong: 8, 12, 13 or 14 digits with a check digit.", IsGln),
        Of("PEPPOL-COMMON-R041", "0192", "A Norwegian organisation number is wrong: nine digits with a check digit.",
            number => number.Length == 9 && Weighed(number, Norwegian) % 11 == 0),
        Of("PEPPOL-COMMON-R043", "0208", "A Belgian enterprise number is wrong: ten digits, of which the last two prove the others.",
            number => number.Length == 10 && 97 - (Value(number[..8]) % 97) == Value(number[8..])),
        Of("PEPPOL-COMMON-R049", "0007", "A Swedish organisation number is wrong: ten digits with a check digit.",
            number => number.Length == 10 && Luhn(number) % 10 == 0),
        // The first digit counts one less than it says.
        Of("PEPPOL-COMMON-R050", "0151", "An Australian business number is wrong: eleven digits, of which the first two prove the others.",
            number => number.Length == 11 && (Weighed(number, Australian) - Australian[0]) % 89 == 0),
    ];

    private static Rule Of(string id, string scheme, string reason, Func<string, bool> proves) => Rule.Each(
        id, "electronic-address", reason, "Correct the electronic address or its scheme.",
        view => Numbers(view).Where(number => number.Attribute("schemeID")?.Value == scheme),
        number => number.Value.Trim() is { Length: > 0 } digits && digits.All(char.IsAsciiDigit) && proves(digits));

    private static IEnumerable<XElement> Numbers(UblView view) =>
        view.Anywhere("cbc:EndpointID").Concat(view.Anywhere("cac:PartyIdentification/cbc:ID")).Concat(view.Anywhere("cac:PartyLegalEntity/cbc:CompanyID"));

    // From the right, digits weigh one and three in turn.
    private static bool IsGln(string number) => number.Length is 8 or 12 or 13 or 14
        && number.Reverse().Index().Sum(digit => (digit.Item - '0') * (digit.Index % 2 == 0 ? 1 : 3)) % 10 == 0;

    private static int Luhn(string number) =>
        number.Reverse().Index().Select(digit => (digit.Item - '0') * (digit.Index % 2 == 0 ? 1 : 2)).Sum(digit => digit > 9 ? digit - 9 : digit);

    private static int Weighed(string number, int[] weights) => number.Zip(weights).Sum(pair => (pair.First - '0') * pair.Second);

    private static int Value(string digits) => int.Parse(digits, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture);
}
