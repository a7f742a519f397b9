using System.Globalization;

namespace Tieout.Domain.Revenue;

/// <summary>
/// Shares the transaction price among the promises: in proportion to their standalone selling prices, with a discount or a variable
/// part only where it belongs, and with the residual approach where it may be used. The parts sum to the price in minor units; what
/// rounding leaves over goes to the largest remainders.
/// </summary>
internal static class PriceAllocation
{
    /// <summary>The shares, and the price of which they are shares (without a fee at the start).</summary>
    /// <exception cref="RevenueException">A price that is missing, a residual or a discount the rules do not allow.</exception>
    public static IReadOnlyList<Allocated> Run(RevenueContract contract, List<RevenueStep> steps)
    {
        var promises = contract.Obligations.Where(obligation => obligation.Into is null).ToList();
        SayPromises(contract, steps);
        var (toAll, toSome) = Variable(contract, steps);
        var general = contract.Price.Fixed + toAll;
        steps.Add(new RevenueStep("price", $"the price to share is {Say.Number(general)}", Paragraphs.Price, general));
        var prices = promises.Select(obligation => FindPrice(contract, obligation, steps)).ToList();
        var shares = Share(contract, promises, prices, general, steps);
        return [.. promises.Select((obligation, index) => new Allocated(
            obligation.Code, prices[index]?.Amount, shares[index] + toSome.GetValueOrDefault(obligation.Code)))];
    }

    private static void SayPromises(RevenueContract contract, List<RevenueStep> steps)
    {
        foreach (var part in contract.Obligations.Where(obligation => obligation.Into is not null))
            steps.Add(new RevenueStep("promises", $"{part.Code} is not distinct: it is a part of {part.Into} and takes no share of its own",
                Paragraphs.Distinct, null));
        if (contract.Price.Upfront is not { } fee) return;
        steps.Add(new RevenueStep("price",
            $"the fee at the start of {Say.Number(fee.Amount)} pays for nothing distinct and is recognised over {fee.Over}: {fee.Reason}",
            Paragraphs.UpfrontFee, fee.Amount));
    }

    private static (decimal ToAll, Dictionary<string, decimal> ToSome) Variable(RevenueContract contract, List<RevenueStep> steps)
    {
        var toAll = 0m;
        Dictionary<string, decimal> toSome = new(StringComparer.Ordinal);
        foreach (var (index, part) in contract.Price.Variable.Index())
        {
            var amount = Estimate(contract, part, index, steps);
            if (part.To.Count == 0)
            {
                toAll += amount;
                continue;
            }
            var obligations = part.To.Select(code => contract.Obligations.First(obligation => obligation.Code == code)).ToList();
            var weights = obligations.Select(obligation => SspFinder.Find(contract, obligation, contract.Period.Start)?.Amount ?? 0m).ToList();
            if (weights.All(weight => weight == 0m)) weights = [.. weights.Select(_ => 1m)];
            var shares = Allocation.ByLargestRemainder(amount, weights, contract.Currency.MinorUnits);
            foreach (var (code, share) in part.To.Zip(shares)) toSome[code] = toSome.GetValueOrDefault(code) + share;
            steps.Add(new RevenueStep("allocation", $"{part.Code} belongs to {string.Join(", ", part.To)} alone: {part.Reason}", Paragraphs.VariableToSome, amount));
        }
        return (toAll, toSome);
    }

    private static decimal Estimate(RevenueContract contract, VariablePart part, int index, List<RevenueStep> steps)
    {
        var estimate = part.Method == EstimateMethod.ExpectedValue
            ? Round(contract, part.Outcomes.Sum(outcome => outcome.Amount * outcome.Likelihood))
            : Round(contract, part.Outcomes.MaxBy(outcome => outcome.Likelihood)!.Amount);
        steps.Add(new RevenueStep("price", $"{part.Code} is estimated at {Say.Number(estimate)} as "
            + (part.Method == EstimateMethod.ExpectedValue ? "expected value" : "most likely amount"), Paragraphs.Estimate, estimate));
        if (part.ConstrainedTo is not { } most) return estimate;
        if (most > estimate)
            throw new RevenueException(string.Create(CultureInfo.InvariantCulture, $"price.variable[{index}].constrained-to"), "above-estimate",
                $"The constraint leaves {Say.Number(most)}, more than the estimate of {Say.Number(estimate)}.", "Give at most the estimate.");
        steps.Add(new RevenueStep("price", $"{part.Code} is constrained to {Say.Number(most)}: {part.Reason}", Paragraphs.Constraint, most));
        return most;
    }

    private static Ssp? FindPrice(RevenueContract contract, Obligation obligation, List<RevenueStep> steps)
    {
        var found = SspFinder.Find(contract, obligation, contract.Period.Start);
        if (found is { } ssp)
            steps.Add(new RevenueStep("allocation", $"{obligation.Code} sells alone for {Say.Number(ssp.Amount)}: {ssp.Words}",
                obligation.Option is null ? Paragraphs.SellingPrice : Paragraphs.MaterialRight, ssp.Amount));
        return found;
    }

    private static IReadOnlyList<decimal> Share(
        RevenueContract contract, IReadOnlyList<Obligation> promises, IReadOnlyList<Ssp?> prices, decimal price, List<RevenueStep> steps)
    {
        var weights = prices.Select(found => found?.Amount ?? 0m).ToList();
        var together = contract.Price.Discount;
        var fixedShares = together is null ? null : Bundled(contract, promises, weights, together, price, steps);
        var residual = promises.Index().FirstOrDefault(pair => pair.Item.Residual is not null, (-1, null!));
        if (residual.Index >= 0) return WithResidual(contract, residual.Index, residual.Item, fixedShares ?? weights, price, steps);
        if (fixedShares is not null) return fixedShares;
        if (weights.Sum() == 0m) throw new RevenueException("obligations", "ssp-zero", "All standalone selling prices are zero.", "Give at least one of them.");
        var shares = Allocation.ByLargestRemainder(price, weights, contract.Currency.MinorUnits);
        foreach (var (index, obligation) in promises.Index())
            steps.Add(new RevenueStep("allocation",
                $"{obligation.Code}: {Say.Number(price)} x {Say.Number(weights[index])} / {Say.Number(weights.Sum())} = {Say.Number(shares[index])}",
                Paragraphs.RelativePrices, shares[index]));
        return shares;
    }

    private static List<decimal> Bundled(
        RevenueContract contract, IReadOnlyList<Obligation> promises, IReadOnlyList<decimal> weights, DiscountToSome together, decimal price,
        List<RevenueStep> steps)
    {
        var inside = promises.Index().Where(pair => together.Obligations.Contains(pair.Item.Code, StringComparer.Ordinal)).Select(pair => pair.Index).ToList();
        var outside = weights.Where((_, index) => !inside.Contains(index)).Sum();
        var hasResidual = promises.Any(obligation => obligation.Residual is not null);
        if (!hasResidual && outside + together.BundlePrice != price)
            throw new RevenueException("price.discount.bundle-price", "discount-not-the-bundles",
                $"The contract's discount is {Say.Number(weights.Sum() - price)}, that of the bundle"
                    + $" {Say.Number(inside.Sum(index => weights[index]) - together.BundlePrice)}.",
                "Leave 'discount' out: a discount that is not the bundle's is shared by all promises.");
        if (inside.Any(index => weights[index] == 0m))
            throw new RevenueException("price.discount.obligations", "ssp-zero", "One of them has no standalone selling price, or none above zero.",
                "Name only what is sold alone as well.");
        var parts = Allocation.ByLargestRemainder(together.BundlePrice, [.. inside.Select(index => weights[index])], contract.Currency.MinorUnits);
        var shares = weights.ToList();
        foreach (var (place, index) in inside.Index()) shares[index] = parts[place];
        steps.Add(new RevenueStep("allocation",
            $"{string.Join(" and ", together.Obligations)} are sold together for {Say.Number(together.BundlePrice)}, so the discount is theirs alone:"
                + $" {together.Reason}",
            hasResidual ? Paragraphs.DiscountThenResidual : Paragraphs.DiscountToSome, together.BundlePrice));
        foreach (var (index, obligation) in promises.Index().Where(pair => pair.Item.Residual is null))
            steps.Add(new RevenueStep("allocation", $"{obligation.Code}: {Say.Number(shares[index])}", Paragraphs.DiscountToSome, shares[index]));
        return shares;
    }

    private static List<decimal> WithResidual(
        RevenueContract contract, int place, Obligation obligation, IReadOnlyList<decimal> others, decimal price, List<RevenueStep> steps)
    {
        var left = price - others.Sum();
        var field = string.Create(CultureInfo.InvariantCulture,
            $"obligations[{contract.Obligations.Index().First(pair => pair.Item == obligation).Index}].residual");
        var allowed = obligation.Residual!;
        if (left <= 0m)
            throw new RevenueException(field, "residual-nothing",
                $"The other promises leave {Say.Number(left)} for {obligation.Code}, which says nothing about its price.",
                "Give 'ssp', estimated in another way.");
        if (left < allowed.Low || left > allowed.High)
            throw new RevenueException(field, "residual-outside-range",
                $"The other promises leave {Say.Number(left)} for {obligation.Code}, outside of what it is sold for.",
                "Give 'ssp', estimated in another way.");
        steps.Add(new RevenueStep("allocation",
            $"{obligation.Code} takes what the others leave, {Say.Number(price)} - {Say.Number(others.Sum())} = {Say.Number(left)}: its price is"
                + $" {Words.Of(allowed.Why).Replace('-', ' ')}",
            Paragraphs.Residual, left));
        return [.. others.Select((share, index) => index == place ? left : share)];
    }

    private static decimal Round(RevenueContract contract, decimal exact) => Rounding.JournalLine(new Money(exact, contract.Currency)).Amount;
}
