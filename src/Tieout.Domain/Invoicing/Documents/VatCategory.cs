namespace Tieout.Domain.Invoicing.Documents;

/// <summary>Why a line bears the tax it bears: the categories of EN 16931 (a part of UNCL 5305).</summary>
public enum VatCategory
{
    /// <summary>S: a rate above zero, reduced ones too.</summary>
    Standard,

    /// <summary>Z: taxed, at zero.</summary>
    Zero,

    /// <summary>E: exempt.</summary>
    Exempt,

    /// <summary>AE: the customer owes the tax.</summary>
    ReverseCharge,

    /// <summary>K: goods to a business in another member state.</summary>
    IntraCommunity,

    /// <summary>G: export out of the Union.</summary>
    Export,

    /// <summary>O: not subject to the tax.</summary>
    OutsideScope,
}

/// <summary>Letters, reasons and words of the categories.</summary>
public static class VatCategories
{
    /// <summary>The letter of UNCL 5305.</summary>
    public static string Letter(this VatCategory category) => category switch
    {
        VatCategory.Standard => "S",
        VatCategory.Zero => "Z",
        VatCategory.Exempt => "E",
        VatCategory.ReverseCharge => "AE",
        VatCategory.IntraCommunity => "K",
        VatCategory.Export => "G",
        VatCategory.OutsideScope => "O",
        _ => throw new ArgumentOutOfRangeException(nameof(category), category, "This category has no letter."),
    };

    /// <summary>The category of a letter.</summary>
    /// <exception cref="ArgumentException">None of S, Z, E, AE, K, G, O.</exception>
    public static VatCategory Of(string letter) =>
        Enum.GetValues<VatCategory>() is var all && Array.FindIndex(all, category => category.Letter() == letter) is >= 0 and var place
            ? all[place]
            : throw new ArgumentException($"'{letter}' is not one of {string.Join(", ", Enum.GetValues<VatCategory>().Select(Letter))}.", nameof(letter));

    /// <summary>The reason printed when no better one is stated; empty where none may stand (S and Z).</summary>
    public static string UsualReason(this VatCategory category) => category switch
    {
        VatCategory.Exempt => "Exempt from tax",
        VatCategory.ReverseCharge => "Reverse charge: the recipient of the service owes the tax (Article 196 of Directive 2006/112/EC)",
        VatCategory.IntraCommunity => "Intra-community supply (Article 138 of Directive 2006/112/EC)",
        VatCategory.Export => "Export outside the European Union (Article 146 of Directive 2006/112/EC)",
        VatCategory.OutsideScope => "Not subject to VAT",
        _ => "",
    };

    /// <summary>The code of the VATEX list that always fits the category; empty where it depends on the ground.</summary>
    public static string UsualReasonCode(this VatCategory category) => category switch
    {
        VatCategory.ReverseCharge => "VATEX-EU-AE",
        VatCategory.IntraCommunity => "VATEX-EU-IC",
        VatCategory.Export => "VATEX-EU-G",
        VatCategory.OutsideScope => "VATEX-EU-O",
        _ => "",
    };

    /// <summary>What stands behind the rate in a label.</summary>
    internal static string Suffix(this VatCategory category) => category switch
    {
        VatCategory.Exempt => ", exempt",
        VatCategory.ReverseCharge => ", reverse charge",
        VatCategory.IntraCommunity => ", intra-community",
        VatCategory.Export => ", export",
        VatCategory.OutsideScope => ", not subject",
        _ => "",
    };
}
