using System.Collections.Frozen;
using System.Xml.Linq;
using static Tieout.Domain.Invoicing.Documents.Ubl.UblView;

namespace Tieout.Domain.Invoicing.Documents.Ubl;

/// <summary>
/// Codes (BR-CL). Currencies, countries, categories and document types are held to their lists; units, address schemes and reasons
/// to their form, for those lists are long and grow.
/// </summary>
internal static class CodeRules
{
    private static readonly FrozenSet<string> CountryCodes = Split(
        """
        AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA CC CD CF CG CH CI
        CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ
        GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS
        LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG
        PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK
        TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW
        """);

    private static readonly FrozenSet<string> Categories = Split("S Z E AE K G O L M B");

    public static IReadOnlyList<Rule> All { get; } =
    [
        Rule.One("BR-CL-01", "kind", "The type of document is none of invoice and credit note.", "Use 380 or 381.",
            view => Text(view.Root, "cbc:InvoiceTypeCode") + Text(view.Root, "cbc:CreditNoteTypeCode") is { Length: 0 or 2 or 3 } code
                && code.All(char.IsAsciiDigit)),
        Rule.One("BR-CL-03", "currency", "An amount's currency is none of ISO 4217.", "Write three capital letters, such as EUR.",
            view => view.Root.Descendants().Attributes("currencyID").All(code => Currency.TryOf(code.Value, out _))),
        Rule.One("BR-CL-04", "currency", "The currency is none of ISO 4217.", "Write three capital letters, such as EUR.",
            view => view.Currency.Length == 0 || Currency.TryOf(view.Currency, out _)),
        Rule.One("BR-CL-05", "tax-currency", "The tax currency is none of ISO 4217.", "Write three capital letters, such as EUR.",
            view => Text(view.Root, "cbc:TaxCurrencyCode") is var code && (code.Length == 0 || Currency.TryOf(code, out _))),
        Rule.One("BR-CL-14", "seller.country", "The seller's country is none of ISO 3166.", "Write two capital letters, such as DE.",
            view => HasCountry(view.Seller)),
        Rule.One("BR-CL-14", "buyer.country", "The customer's country is none of ISO 3166.", "Write two capital letters, such as DE.",
            view => HasCountry(view.Buyer)),
        Rule.Line("BR-CL-18", "category", "The tax category is none of UNCL 5305.", "Use S, Z, E, AE, K, G or O.",
            line => CategoryOf(line, "cac:Item/cac:ClassifiedTaxCategory") is var code && (code.Length == 0 || Categories.Contains(code))),
        Rule.One("BR-CL-17", "taxes.category", "A tax category is none of UNCL 5305.", "Use S, Z, E, AE, K, G or O.",
            view => view.Subtotals.Select(tax => CategoryOf(tax, "cac:TaxCategory")).All(code => code.Length == 0 || Categories.Contains(code))),
        Rule.One("BR-CL-16", "payment.code", "The means of payment is none of UNCL 4461.", "Use 30 for a transfer, 58 for a SEPA transfer.",
            view => UblView.All(view.Root, "cac:PaymentMeans/cbc:PaymentMeansCode").All(code => IsMeans(code.Value.Trim()))),
        Rule.One("BR-CL-22", "taxes.reason-code", "The reason's code is none of the VATEX list.", "Use a code such as VATEX-EU-AE, or words alone.",
            view => view.Subtotals.Select(tax => Text(tax, "cac:TaxCategory/cbc:TaxExemptionReasonCode"))
                .All(code => code.Length == 0 || code.StartsWith("VATEX-", StringComparison.OrdinalIgnoreCase))),
        Rule.Line("BR-CL-23", "unit", "The unit is not written as a code of UN/ECE recommendation 20.", "Use C62 for a count, MON for months, HUR for hours.",
            line => LineRules.Quantity(line)?.Attribute("unitCode")?.Value is not { Length: > 0 } unit
                || (unit.Length <= 3 && unit.All(character => char.IsAsciiLetterUpper(character) || char.IsAsciiDigit(character)))),
        Rule.One("BR-CL-25", "electronic-scheme", "An electronic address has a scheme that is none of the EAS list.",
            "Use four digits, such as 9930, or EM for email.",
            view => view.Root.Descendants(UblNames.Cbc + "EndpointID").Select(endpoint => endpoint.Attribute("schemeID")?.Value ?? "").All(IsScheme)),
    ];

    /// <summary>A country of ISO 3166, EL for Greece, or XI for Northern Ireland.</summary>
    internal static bool IsVatPrefix(string letters) => CountryCodes.Contains(letters) || letters is "EL" or "XI";

    private static bool HasCountry(XElement? party) => party is null
        || UblView.All(party, "cac:PostalAddress/cac:Country/cbc:IdentificationCode").All(code => CountryCodes.Contains(code.Value.Trim())
            || code.Value.Trim() is "XI" or "1A");

    // 1 to 70, some above, and ZZZ.
    private static bool IsMeans(string code) => code == "ZZZ"
        || (int.TryParse(code, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var number)
            && number is (>= 1 and <= 70) or (>= 74 and <= 78) or (>= 91 and <= 98));

    private static bool IsScheme(string scheme) => scheme.Length == 0
        || (scheme.Length == 4 && scheme.All(char.IsAsciiDigit)) || (scheme.Length == 2 && scheme.All(char.IsAsciiLetterUpper));

    private static FrozenSet<string> Split(string words) =>
        words.Split([' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries).ToFrozenSet(StringComparer.Ordinal);
}
