using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;

namespace Tieout.Domain;

/// <summary>
/// A currency of ISO 4217 with the number of decimals its amounts are kept in. There is one object per currency,
/// so two of them are equal when they are the same object.
/// </summary>
/// <remarks>Source: ISO 4217 list one of 2024-06-25. Codes without minor units (gold, testing, no currency) are left out.</remarks>
public sealed class Currency
{
    private static readonly (int MinorUnits, string Codes)[] ListOne =
    [
        (0,
            """
            BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF
            """),
        (2,
            """
            AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN BZD
            CAD CDF CHE CHF CHW CNY COP COU CRC CUC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL
            GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD
            LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN
            PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB
            TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XCD YER ZAR ZMW ZWG
            """),
        (3,
            """
            BHD IQD JOD KWD LYD OMR TND
            """),
        (4,
            """
            CLF UYW
            """),
    ];

    private static readonly FrozenDictionary<string, Currency> Known = ListOne
        .SelectMany(row => row.Codes
            .Split([' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries)
            .Select(code => new Currency(code, row.MinorUnits)))
        .ToFrozenDictionary(currency => currency.Code, StringComparer.Ordinal);

    private Currency(string code, int minorUnits) => (Code, MinorUnits) = (code, minorUnits);

    /// <summary>Three capital letters, such as <c>USD</c>.</summary>
    public string Code { get; }

    /// <summary>Decimals of an amount: 2 for USD, 0 for JPY, 3 for KWD.</summary>
    public int MinorUnits { get; }

    /// <summary>The currency with this code.</summary>
    /// <exception cref="ArgumentException">The code is not one of ISO 4217 (codes are case-sensitive).</exception>
    public static Currency Of(string code) =>
        TryOf(code, out var currency)
            ? currency
            : throw new ArgumentException($"'{code}' is not a currency code of ISO 4217 (three capital letters, such as USD).", nameof(code));

    /// <summary>Looks a code up without throwing; false for an unknown code.</summary>
    public static bool TryOf(string? code, [NotNullWhen(true)] out Currency? currency) =>
        Known.TryGetValue(code ?? "", out currency);

    /// <inheritdoc/>
    public override string ToString() => Code;
}
