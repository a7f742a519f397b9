using System.Collections.Frozen;

namespace Tieout.Domain.Tax;

/// <summary>Which countries are one for EU VAT. Source: Directive 2006/112/EC, Articles 5 to 7.</summary>
public static class EuVat
{
    private static readonly FrozenSet<string> States = new[]
    {
        "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU",
        "IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
    }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>
    /// Whether a country (ISO 3166) is part of the EU's VAT area. Northern Ireland is for goods only; what we sell are services,
    /// so GB, with or without an XI number, is not.
    /// </summary>
    public static bool Has(string country) => States.Contains(AreaOf(country));

    /// <summary>The state whose VAT counts: Monaco is treated as France and the Isle of Man as the United Kingdom (Article 7).</summary>
    public static string AreaOf(string country) => country switch { "MC" => "FR", "IM" => "GB", _ => country };
}
