using System.Collections.Frozen;

namespace Tieout.Domain.Invoicing.Documents.Ubl.Codes;

/// <summary>Codes about a document and its money: types, currencies, means of payment, reasons of discounts and surcharges, grounds of no tax.</summary>
internal static class DocumentCodes
{
    /// <summary>Types of invoices, UNTDID 1001: 380 is a commercial invoice.</summary>
    public static FrozenSet<string> Invoices { get; } = CodeList.Read(
        """
        71 80..82 84 102 130 202..204 211 218 219 295 325 326 331 380 382..390 393..395 456 457 471..473 500 501 527 553 575 623 633 751 780 817 870 875..877
        935
        """);

    /// <summary>Types of credit notes, UNTDID 1001: 381 is a credit note.</summary>
    public static FrozenSet<string> CreditNotes { get; } = CodeList.Read(
        """
        81 83 261 262 296 308 381 396 420 458 502 503 532
        """);

    /// <summary>Currencies of ISO 4217 as the standard takes them: later than our own list, so without the lev and the Antillean guilder.</summary>
    public static FrozenSet<string> Currencies { get; } = CodeList.Read(
        """
        AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CLF CLP CNH CNY COP COU CRC CUP
        CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF
        KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP
        PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STD SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD USN UYI
        UYU UYW UZS VED VES VND VUV WST XAF XAG XAU XBA..D XCD XCG XDR XOF XPD XPF XPT XSU XTS XUA XXX YER ZAR ZMW ZWG
        """);

    /// <summary>Means of payment, UNTDID 4461: 30 is a transfer, 58 a SEPA transfer.</summary>
    public static FrozenSet<string> Means { get; } = CodeList.Read(
        """
        1..70 74..78 91..98 ZZZ
        """);

    /// <summary>Categories of VAT, UNTDID 5305.</summary>
    public static FrozenSet<string> Categories { get; } = CodeList.Read(
        """
        AE B E G K L M O S Z
        """);

    /// <summary>Reasons of discounts, UNTDID 5189: 95 is a discount.</summary>
    public static FrozenSet<string> Discounts { get; } = CodeList.Read(
        """
        41 42 60 62..68 70 71 88 95 100 102..105
        """);

    /// <summary>Reasons of surcharges, UNTDID 7161: FC is freight.</summary>
    public static FrozenSet<string> Surcharges { get; } = CodeList.Read(
        """
        AA AJ AU AAA AAC..F AAH AAI AAS AAT AAV AAY AAZ ABA..D ABF ABK ABL ABN ABR..U ACF..M ACS ADC ADE ADJ..R ADT ADW ADY ADZ AEA..D AEF AEH..P AES..Z CA CD
        CG CS CT CAB CAD..F CAI..Z DL DAB..D DAF..Q EG EP ER FC FH FI FAA..C GAA HD HH HAA ID IF IR IS IAA IAB KO L1 LA LF LAA LAB MI ML MAE NAA OA PA PC PL
        PAA PRV RE RF RH RV RAB..D RAF SA SG SH SM SU SAA SAD SAE SAI TT TV TAB TAC V1 V2 WH XAA YY ZZZ
        """);

    /// <summary>When tax becomes due, UNTDID 2005: 3 the issue date, 35 the delivery, 432 the payment.</summary>
    public static FrozenSet<string> TaxPoints { get; } = CodeList.Read(
        """
        3 35 432
        """);

    /// <summary>Grounds of no tax: the VATEX list, without the VATEX- before each.</summary>
    public static FrozenSet<string> Grounds { get; } = CodeList.Read(
        """
        EU-D EU-F EU-G EU-I EU-J EU-O EU-132 EU-132-1A..Q EU-135-1 EU-143 EU-144 EU-148 EU-143-1A..L EU-143-1FA EU-146-1E EU-148-A..G EU-151 EU-153 EU-159
        EU-151-1A..E EU-151-1AA EU-309 EU-79-C EU-AE EU-IC FR-298SEXDECIESA FR-AE FR-CGI261A FR-CGI261B FR-CGI261-1..5 FR-CGI261-7 FR-CGI261-8 FR-CGI261C-1..3
        FR-CGI261D-1..4 FR-CGI261D-1BIS FR-CGI261E-1 FR-CGI261E-2 FR-CGI275 FR-CGI277A FR-CGI295 FR-CNWVAT FR-FRANCHISE
        """);
}
