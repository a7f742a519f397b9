namespace Tieout.Domain.Tax;

/// <summary>How a supply is treated for tax; the letters an e-invoice carries (UNCL 5305, as EN 16931 uses it).</summary>
public enum TaxCategory
{
    /// <summary>Taxed at a rate above zero, whether standard or reduced: S.</summary>
    Standard,

    /// <summary>Taxed at zero per cent: Z.</summary>
    ZeroRated,

    /// <summary>Exempt, such as by a certificate of the customer: E.</summary>
    Exempt,

    /// <summary>The customer accounts for the tax: AE.</summary>
    ReverseCharge,

    /// <summary>Goods sold to a business in another EU state: K.</summary>
    IntraCommunity,

    /// <summary>Goods that leave the EU: G.</summary>
    Export,

    /// <summary>Outside the scope of the tax, such as services to customers outside the EU: O.</summary>
    NotSubject,
}

/// <summary>The letters of the categories.</summary>
public static class TaxCategories
{
    private static readonly (TaxCategory Category, string Letter)[] All =
    [
        (TaxCategory.Standard, "S"),
        (TaxCategory.ZeroRated, "Z"),
        (TaxCategory.Exempt, "E"),
        (TaxCategory.ReverseCharge, "AE"),
        (TaxCategory.IntraCommunity, "K"),
        (TaxCategory.Export, "G"),
        (TaxCategory.NotSubject, "O"),
    ];

    /// <summary>All letters, as settings may write them.</summary>
    public static IReadOnlyList<string> Letters { get; } = [.. All.Select(pair => pair.Letter)];

    /// <summary>The letter: <c>AE</c> for reverse charge.</summary>
    public static string Letter(this TaxCategory category) => Array.Find(All, pair => pair.Category == category).Letter;

    /// <summary>The category of a letter; null for a letter that is none.</summary>
    public static TaxCategory? OfLetter(string letter) =>
        Array.Find(All, pair => pair.Letter == letter) is { Letter: not null } found ? found.Category : null;

    /// <summary>What a rate is when nobody says: S above zero, Z at zero.</summary>
    public static TaxCategory UsualOf(decimal rate) => rate > 0 ? TaxCategory.Standard : TaxCategory.ZeroRated;
}
