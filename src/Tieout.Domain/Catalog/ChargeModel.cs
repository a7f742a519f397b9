namespace Tieout.Domain.Catalog;

/// <summary>
/// How a price and a quantity become the exact amount of a full period. A closed list: each case is data only, its rule is
/// the file of the same name in Rating. Prices are per unit of the component, amounts are in the price's currency.
/// </summary>
public abstract record ChargeModel
{
    private ChargeModel() { }

    /// <summary>A full period costs the amount, however many units.</summary>
    public sealed record Flat(decimal Amount) : ChargeModel;

    /// <summary>Each unit costs the price.</summary>
    public sealed record PerUnit(decimal UnitPrice) : ChargeModel;

    /// <summary>Each unit costs the price of the tier it falls in; each tier entered adds its flat amount.</summary>
    public sealed record Graduated(IReadOnlyList<Tier> Tiers) : ChargeModel;

    /// <summary>All units cost the price of the tier the whole quantity falls in, plus that tier's flat amount.</summary>
    public sealed record Volume(IReadOnlyList<Tier> Tiers) : ChargeModel;

    /// <summary>Units are sold in packages of a size, after the free ones.</summary>
    public sealed record Package(decimal Size, decimal Price, PackageRounding Rounding, decimal FreeUnits) : ChargeModel;

    /// <summary>Each tier's units are sold in that tier's packages.</summary>
    public sealed record GraduatedPackage(IReadOnlyList<PackageTier> Tiers, PackageRounding Rounding) : ChargeModel;

    /// <summary>All units are sold in packages of the tier the whole quantity falls in.</summary>
    public sealed record VolumePackage(IReadOnlyList<PackageTier> Tiers, PackageRounding Rounding) : ChargeModel;

    /// <summary>A share of the money moved (0.029 is 2.9 %) with a fixed fee per transaction; the first ones, or the first money, may be free.</summary>
    public sealed record Percentage(
        decimal Rate, int FreeCount, decimal FreeAmount, decimal FixedFee, decimal? MinimumPerTransaction, decimal? MaximumPerTransaction) : ChargeModel;

    /// <summary>Money in each tier costs that tier's share, plus its flat amount.</summary>
    public sealed record GraduatedPercentage(IReadOnlyList<PercentageTier> Tiers) : ChargeModel;

    /// <summary>
    /// A fee covers some units; units above cost the overage price, or the fee per included unit times the factor. Exactly one of
    /// the two is given.
    /// </summary>
    public sealed record Included(decimal Fee, decimal Units, decimal? OveragePrice, decimal? OverageFactor) : ChargeModel;

    /// <summary>
    /// The period's maximum picks the tier; the tier's flat amount is the price of the whole period, its unit price is for units
    /// above the tier before.
    /// </summary>
    public sealed record Capacity(IReadOnlyList<Tier> Tiers) : ChargeModel;

    /// <summary>What <paramref name="Of"/> comes to, but at least the minimum: the rest is a true-up.</summary>
    public sealed record Commitment(decimal Minimum, ChargeModel Of) : ChargeModel;

    /// <summary>Another model for each combination of dimension values; <paramref name="Otherwise"/> for all that are not listed.</summary>
    public sealed record Matrix(IReadOnlyList<string> Dimensions, IReadOnlyList<MatrixCell> Cells, ChargeModel? Otherwise) : ChargeModel;

    /// <summary>Units are first drawn from prepaid grants of <paramref name="Credit"/>; what remains is charged as <paramref name="Of"/>.</summary>
    public sealed record Prepaid(string Credit, ChargeModel Of) : ChargeModel;
}

/// <summary>A tier; it begins where the one before ends, and a quantity equal to its limit is still in it.</summary>
/// <param name="UpTo">The last quantity inside; null in the last tier only.</param>
/// <param name="UnitPrice">For each unit.</param>
/// <param name="FlatAmount">Once, when the tier is entered.</param>
public sealed record Tier(decimal? UpTo, decimal UnitPrice, decimal FlatAmount = 0m);

/// <summary>A tier of packages.</summary>
public sealed record PackageTier(decimal? UpTo, decimal Size, decimal Price);

/// <summary>A tier of money moved; <paramref name="Rate"/> is a fraction.</summary>
public sealed record PercentageTier(decimal? UpTo, decimal Rate, decimal FlatAmount = 0m);

/// <summary>One combination of dimension values, in the order of the matrix's dimensions.</summary>
public sealed record MatrixCell(IReadOnlyList<string> Values, ChargeModel Model);

/// <summary>What becomes of a package begun.</summary>
public enum PackageRounding
{
    /// <summary>It is charged whole.</summary>
    Up,

    /// <summary>It is not charged.</summary>
    Down,
}
