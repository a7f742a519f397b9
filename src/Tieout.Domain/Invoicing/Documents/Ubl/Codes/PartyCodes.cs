using System.Collections.Frozen;

namespace Tieout.Domain.Invoicing.Documents.Ubl.Codes;

/// <summary>Codes of places and of who gives out numbers: countries, registers, electronic addresses.</summary>
internal static class PartyCodes
{
    /// <summary>Countries of ISO 3166-1, with 1A for Kosovo and XI for Northern Ireland.</summary>
    public static FrozenSet<string> Countries { get; } = CodeList.Read(
        """
        1A AD..G AI AL AM AO AQ..U AW AX AZ BA BB BD..J BL..O BQ..T BV BW BY BZ CA CC CD CF..I CK..O CR CU..Z DE DJ DK DM DO DZ EC EE EG EH ER..T FI..K FM FO
        FR GA GB GD..I GL..N GP..U GW GY HK HM HN HR HT HU ID IE IL..O IQ..T JE JM JO JP KE KG..I KM KN KP KR KW KY KZ LA..C LI LK LR..V LY MA MC..H MK..Z NA
        NC NE..G NI NL NO NP NR NU NZ OM PA PE..H PK..N PR..T PW PY QA RE RO RS RU RW SA..E SG..O SR..T SV SX..Z TC TD TF..H TJ..O TR TT TV TW TZ UA UG UM US
        UY UZ VA VC VE VG VI VN VU WF WS XI YE YT ZA ZM ZW
        """);

    /// <summary>Who gave out a number: registers of ISO/IEC 6523, such as 0088 for GLN.</summary>
    public static FrozenSet<string> Registers { get; } = CodeList.Read(
        """
        0002..0091 0093..0102 0104..0180 0183..0248
        """);

    /// <summary>Electronic addresses (EAS): registers that Peppol reaches by, 99.. for VAT numbers by country, EM for email.</summary>
    public static FrozenSet<string> ElectronicAddresses { get; } = CodeList.Read(
        """
        0002 0007 0009 0037 0060 0088 0096 0097 0106 0130 0135 0142 0147 0151 0154 0158 0170 0177 0183 0184 0188 0190..0196 0198..0205 0208..0213 0215..0221
        0225 0230 0235 0240 0242 0244..0246 0248 9910 9913..9915 9918..9920 9922..9953 9957 9959 AN AQ AS AU EM
        """);
}
