using Tieout.Domain.Catalog;

namespace Tieout.Domain.Rating;

/// <summary>All that makes the amount of one charge line.</summary>
/// <param name="Model">The model in force, ramps and agreements applied (<see cref="Ramps"/>).</param>
/// <param name="Terms">The price's conventions.</param>
/// <param name="Measured">Units of a full period, or what the meter counted in the part itself; with <see cref="Measured.Earlier"/> in those before it too.</param>
/// <param name="Share">The part of the period; with <see cref="Measured.Earlier"/> what the parts before it paid of the period.</param>
public sealed record LineToPrice(ChargeModel Model, PriceTerms Terms, Measured Measured, Share Share)
{
    /// <summary>Discounts in force, of the component and all percents of wider scopes.</summary>
    public IReadOnlyList<GivenDiscount> Discounts { get; init; } = [];
}

/// <summary>A charge line's amount with the arithmetic that led to it.</summary>
/// <param name="Exact">The sum of the steps.</param>
/// <param name="Rounded">What stands on the invoice.</param>
/// <param name="Steps">In the order they were computed.</param>
/// <param name="Draws">From prepaid grants.</param>
public sealed record PricedLine(decimal Exact, Money Rounded, IReadOnlyList<RatingStep> Steps, IReadOnlyList<CreditDraw> Draws);

/// <summary>
/// The one order in which a charge line comes about: rate the full period, prorate, raise to the line's minimum, take off
/// discounts (percents before amounts, never below zero), round once. Usage is not prorated itself (it was measured in the part),
/// its fees are; a one-off charge, and a price that is not prorated, costs the whole. Usage in a part that has no share of its own is
/// priced together with the parts before it, less what these cost.
/// </summary>
public static class PriceLine
{
    /// <summary>The rounded amount. Makes no texts: the way for many lines.</summary>
    /// <exception cref="RatingException">What was measured cannot be rated by this price.</exception>
    public static Money Amount(LineToPrice line, Currency currency)
    {
        var steps = new SumSteps();
        Run(line, ref steps);
        return Rounding.ChargeLine(new Money(steps.Total, currency));
    }

    /// <summary>The same amount with each step in words.</summary>
    /// <exception cref="RatingException">What was measured cannot be rated by this price.</exception>
    public static PricedLine Explain(LineToPrice line, Currency currency)
    {
        var steps = new WordSteps(currency);
        Run(line, ref steps);
        return new PricedLine(steps.Total, Rounding.ChargeLine(new Money(steps.Total, currency)), steps.Steps, steps.Draws);
    }

    // What is not prorated costs the whole once; a part that another one of the period has paid for (a share of nothing) costs nothing.
    private static Share ShareOf(LineToPrice line) =>
        line.Terms.Kind != PriceKind.OneOff && (line.Terms.Prorated || line.Share.Active == 0m) ? line.Share : Share.Full;

    private static void Run<T>(LineToPrice line, ref T steps) where T : ISteps
    {
        Charge(line, ref steps);
        if (line.Measured.Earlier is not { } earlier) return;
        var paid = new SumSteps();
        Charge(line with { Measured = earlier }, ref paid);
        steps.Add(new Slice(SliceKind.PartsBefore, -paid.Total));
    }

    private static void Charge<T>(LineToPrice line, ref T steps) where T : ISteps
    {
        var terms = line.Terms;
        var share = ShareOf(line);
        var usage = terms.Kind == PriceKind.Usage;
        try
        {
            RateCharge.Run(usage ? Proration.Fees(line.Model, share) : line.Model, line.Measured, new RatingRules(terms.ZeroUnitsEnterFirstTier),
                ref steps);
            if (!usage && !share.IsFull)
                steps.Add(new Slice(SliceKind.Proration, Proration.Of(steps.Total,
                    share) - steps.Total)
                { Quantity = share.Active, Other = share.Whole });
            var missing = Minimums.OfLine(steps.Total, terms.Minimum, share);
            if (missing > 0m) steps.Add(new Slice(SliceKind.LineMinimum, missing) { Other = Proration.Of(terms.Minimum, share) });
            Discounts.Apply(line.Discounts, share, ref steps);
        }
        catch (OverflowException)
        {
            throw RatingException.Overflow();
        }
    }
}
