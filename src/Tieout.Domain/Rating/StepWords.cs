using System.Globalization;

namespace Tieout.Domain.Rating;

/// <summary>Says a slice in words. Figures are grouped by thousands and keep all their decimals, up to twelve.</summary>
internal static class StepWords
{
    private const string Decimals = "############";

    /// <summary>A number as people read it: <c>1,234.5</c>.</summary>
    public static string Number(decimal value) => value.ToString("#,##0." + Decimals, CultureInfo.InvariantCulture);

    /// <summary>A step from a slice.</summary>
    public static RatingStep Of(in Slice slice, Currency currency, string prefix)
    {
        var tier = slice.Tiers > 0 ? slice.Place : (int?)null;
        var words = prefix + What(slice, currency) + (tier is null ? "" : string.Create(CultureInfo.InvariantCulture,
            $" in tier {tier} of {slice.Tiers}"));
        return new RatingStep(words, tier, Countable(slice) ? slice.Quantity : null, Priced(slice) ? slice.UnitPrice : null, slice.Amount);
    }

    private static bool Countable(in Slice slice) => slice.Kind is not (
        SliceKind.Flat or SliceKind.TierFlat or SliceKind.TrueUp or SliceKind.DrawnMoney or SliceKind.Proration or SliceKind.LineMinimum
        or SliceKind.PercentOff or SliceKind.AmountOff or SliceKind.PartsBefore);

    private static bool Priced(in Slice slice) => slice.Kind is SliceKind.Units or SliceKind.Packages or SliceKind.Money or SliceKind.Transaction
        or SliceKind.Overage or SliceKind.FactorOverage or SliceKind.CapacityUnits or SliceKind.PercentOff;

    private static string What(in Slice slice, Currency currency) => slice.Kind switch
    {
        SliceKind.Flat => $"flat amount of {Price(slice.Amount, currency)}",
        SliceKind.Units => $"{Count(slice.Quantity, "unit")} at {Price(slice.UnitPrice, currency)}",
        SliceKind.TierFlat => $"flat amount of {Price(slice.Amount, currency)}",
        SliceKind.FreeUnits => $"{Count(slice.Quantity, "unit")} free",
        SliceKind.Packages => $"{Count(slice.Quantity, "package")} of {Number(slice.Other)} at {Price(slice.UnitPrice, currency)}",
        SliceKind.Money => $"{Price(slice.Quantity, currency)} at {Percent(slice.UnitPrice)}",
        SliceKind.FreeMoney => $"{Price(slice.Quantity, currency)} free",
        SliceKind.FreeTransaction => $"transaction {Place(slice)} of {Price(slice.Quantity, currency)} free",
        SliceKind.Transaction => Transaction(slice, currency),
        SliceKind.IncludedFee => $"fee of {Price(slice.Amount, currency)} with {Count(slice.Quantity, "unit")} included",
        SliceKind.Overage => $"{Count(slice.Quantity, "unit")} above the included {Number(slice.Other)} at {Price(slice.UnitPrice, currency)}",
        SliceKind.FactorOverage =>
            $"{Count(slice.Quantity, "unit")} above the included {Number(slice.Other)} at {Price(slice.UnitPrice, currency)}, a multiple of the fee per unit",
        SliceKind.CapacityFlat => $"price of the period for a maximum of {Count(slice.Quantity, "unit")}",
        SliceKind.CapacityUnits => $"{Count(slice.Quantity, "unit")} above {Number(slice.Other)} at {Price(slice.UnitPrice, currency)}",
        SliceKind.TrueUp => $"true-up to the commitment of {Price(slice.Other, currency)}",
        SliceKind.DrawnUnits => $"{Count(slice.Quantity, "unit")} drawn from prepaid {slice.Name}",
        SliceKind.DrawnMoney => $"{Price(-slice.Amount, currency)} drawn from prepaid {slice.Name}",
        SliceKind.Proration => $"share of the period: {Number(slice.Quantity)} of {Number(slice.Other)}",
        SliceKind.LineMinimum => $"true-up to the minimum of {Price(slice.Other, currency)}",
        SliceKind.PercentOff => $"discount {slice.Name}: {Percent(slice.UnitPrice)} off",
        SliceKind.AmountOff => $"discount {slice.Name}: {Price(slice.Other, currency)} off",
        SliceKind.PartsBefore => "less what the parts of the period before cost",
        _ => throw new ArgumentOutOfRangeException(nameof(slice), slice.Kind, "This kind of slice has no words."),
    };

    private static string Transaction(in Slice slice, Currency currency)
    {
        var usual = slice.Quantity * slice.UnitPrice + slice.Other;
        var words = $"transaction {Place(slice)}: {Price(slice.Quantity, currency)} at {Percent(slice.UnitPrice)}"
            + (slice.Other == 0m ? "" : $" plus {Price(slice.Other, currency)}");
        return usual < slice.Amount ? $"{words}, raised to the minimum {Price(slice.Amount, currency)}"
            : usual > slice.Amount ? $"{words}, cut to the maximum {Price(slice.Amount, currency)}"
            : words;
    }

    private static string Place(in Slice slice) => slice.Place.ToString(CultureInfo.InvariantCulture);

    private static string Count(decimal value, string one) => $"{Number(value)} {one}{(value == 1m ? "" : "s")}";

    private static string Percent(decimal fraction) => (fraction * 100m).ToString("0." + Decimals, CultureInfo.InvariantCulture) + " %";

    // At least the decimals of the currency: 0.10 and not 0.1.
    private static string Price(decimal value, Currency currency) =>
        value.ToString("#,##0." + new string('0', currency.MinorUnits) + Decimals[currency.MinorUnits..], CultureInfo.InvariantCulture);
}
