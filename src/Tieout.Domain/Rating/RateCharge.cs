using Tieout.Domain.Catalog;

namespace Tieout.Domain.Rating;

/// <summary>
/// From a charge model and what was measured to the exact amount of a full period. The two ways of asking run the same rules;
/// they differ only in what they keep.
/// </summary>
public static class RateCharge
{
    /// <summary>The exact amount, not rounded. Makes no texts: the way for many lines.</summary>
    /// <exception cref="RatingException">A negative quantity, an amount beyond 28 digits, or something the model has no price for.</exception>
    public static decimal Amount(ChargeModel model, Measured measured, RatingRules rules)
    {
        var steps = new SumSteps();
        Run(model, measured, rules, ref steps);
        return steps.Total;
    }

    /// <summary>The same amount with each step in words.</summary>
    /// <exception cref="RatingException">As <see cref="Amount"/>; also a grant of money in another currency.</exception>
    public static Rated Explain(ChargeModel model, Measured measured, RatingRules rules, Currency currency)
    {
        var steps = new WordSteps(currency);
        DemandCurrency(measured, currency);
        Run(model, measured, rules, ref steps);
        return new Rated(steps.Total, steps.Steps) { Draws = steps.Draws };
    }

    /// <summary>Checks what was measured, then rates; overflow becomes a refusal.</summary>
    internal static void Run<T>(ChargeModel model, Measured measured, RatingRules rules, ref T steps) where T : ISteps
    {
        DemandPositive(measured);
        try
        {
            Rate(model, measured, rules, ref steps);
        }
        catch (OverflowException)
        {
            throw RatingException.Overflow();
        }
    }

    /// <summary>Picks the model's rule. Models within models come back here.</summary>
    internal static void Rate<T>(ChargeModel model, Measured measured, RatingRules rules, ref T steps) where T : ISteps
    {
        switch (model)
        {
            case ChargeModel.Flat flat: FlatPricing.Rate(flat, ref steps); break;
            case ChargeModel.PerUnit perUnit: PerUnitPricing.Rate(perUnit, measured.Quantity, ref steps); break;
            case ChargeModel.Graduated graduated: GraduatedPricing.Rate(graduated, measured.Quantity, rules, ref steps); break;
            case ChargeModel.Volume volume: VolumePricing.Rate(volume, measured.Quantity, rules, ref steps); break;
            case ChargeModel.Package package: PackagePricing.Rate(package, measured.Quantity, ref steps); break;
            case ChargeModel.GraduatedPackage graduated: GraduatedPackagePricing.Rate(graduated, measured.Quantity, ref steps); break;
            case ChargeModel.VolumePackage volume: VolumePackagePricing.Rate(volume, measured.Quantity, ref steps); break;
            case ChargeModel.Percentage percentage: PercentagePricing.Rate(percentage, measured, ref steps); break;
            case ChargeModel.GraduatedPercentage graduated: GraduatedPercentagePricing.Rate(graduated, measured, rules, ref steps); break;
            case ChargeModel.Included included: IncludedPricing.Rate(included, measured.Quantity, ref steps); break;
            case ChargeModel.Capacity capacity: CapacityPricing.Rate(capacity, measured.Quantity, rules, ref steps); break;
            case ChargeModel.Commitment commitment: CommitmentPricing.Rate(commitment, measured, rules, ref steps); break;
            case ChargeModel.Matrix matrix: MatrixPricing.Rate(matrix, measured, rules, ref steps); break;
            case ChargeModel.Prepaid prepaid: PrepaidPricing.Rate(prepaid, measured, rules, ref steps); break;
            default: throw new ArgumentOutOfRangeException(nameof(model), model, "This charge model has no rule.");
        }
    }

    private static void DemandPositive(Measured measured)
    {
        if (measured.Quantity < 0m) throw RatingException.Negative("The quantity", measured.Quantity);
        foreach (var money in measured.Transactions ?? [])
            if (money < 0m) throw RatingException.Negative("The money of a transaction", money);
        foreach (var group in measured.Groups ?? [])
            if (group.Quantity < 0m) throw RatingException.Negative($"The quantity of {string.Join(", ", group.Values)}", group.Quantity);
    }

    private static void DemandCurrency(Measured measured, Currency currency)
    {
        if (measured.Grants?.FirstOrDefault(grant => grant.Currency is not null && grant.Currency != currency) is { } other)
            throw new RatingException("bad-grant", $"Grant '{other.Name}' is in {other.Currency}, the price in {currency}.",
                "Leave out grants of other currencies.");
    }
}
