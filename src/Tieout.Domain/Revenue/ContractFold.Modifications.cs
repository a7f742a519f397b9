namespace Tieout.Domain.Revenue;

/// <summary>Modifications: judged by what is added, at which price, and whether what is left is distinct; then treated.</summary>
internal sealed partial class ContractFold
{
    /// <summary>A layer or an added promise that takes part of what is left of the price.</summary>
    /// <param name="Index">Of the layer; -1 for an added promise.</param>
    /// <param name="Of">The promise.</param>
    /// <param name="Weight">The standalone selling price of what is still to come.</param>
    private readonly record struct Left(int Index, Obligation Of, decimal Weight);

    private void Modify(RevenueEvent.Modified change)
    {
        DemandInside(change);
        var added = change.Add.Where(obligation => obligation.Into is null).Select(obligation => (Of: obligation, Ssp: PriceOf(change, obligation))).ToList();
        var parts = change.Add.Where(obligation => obligation.Into is not null).Select(obligation => (Of: obligation, Ssp: PriceOf(change, obligation))).ToList();
        List<string> reasons = [];
        if (IsSeparate(change, added, parts, reasons)) AsSeparate(change, added, reasons);
        else AsPartOfContract(change, added, parts, reasons);
        foreach (var obligation in change.Add) if (obligation.Period.End > _end) _end = obligation.Period.End;
    }

    private void DemandInside(RevenueEvent change)
    {
        if (change.On < _contract.Period.Start)
            throw Refuse(change, "on", "before-start", $"The contract starts on {Say.Day(_contract.Period.Start)}.",
                "Give a day of the contract, or correct its start.");
        if (change.On >= _end)
            throw Refuse(change, "on", "after-end", $"The contract ended with {Say.Day(_end.AddDays(-1))}; there is nothing left to modify.",
                "Give a day of the contract; what is agreed after its end is a new contract.");
    }

    private Ssp PriceOf(RevenueEvent.Modified change, Obligation obligation) =>
        SspFinder.Find(_contract, obligation, change.On) ?? throw Refuse(change,
            $"add[{Say.Count(change.Add.Index().First(pair => pair.Item == obligation).Index)}].ssp", "ssp-missing",
            $"No standalone selling price of {obligation.Product} stands on {Say.Day(change.On)}.", "Give 'ssp', or a version of it in 'ssp-book'.");

    private bool IsSeparate(
        RevenueEvent.Modified change, List<(Obligation Of, Ssp Ssp)> added, List<(Obligation Of, Ssp Ssp)> parts, List<string> reasons)
    {
        if (added.Count == 0) reasons.Add("nothing distinct is added");
        if (parts.Count > 0) reasons.Add($"{string.Join(", ", parts.Select(part => part.Of.Code))} is not distinct from what it belongs to");
        if (change.End.Count > 0) reasons.Add($"{string.Join(", ", change.End)} is taken out, so the first agreement does not stay as it was");
        if (reasons.Count > 0) return false;
        var (low, high) = (added.Sum(item => item.Ssp.Low) - change.SparedCosts, added.Sum(item => item.Ssp.High) - change.SparedCosts);
        var within = change.PriceChange >= low && change.PriceChange <= high;
        reasons.Add($"{string.Join(", ", added.Select(item => item.Of.Code))} is distinct");
        reasons.Add($"the price rises by {Say.Number(change.PriceChange)}, and what is added sells alone for "
            + (low == high ? Say.Number(low) : $"{Say.Number(low)} to {Say.Number(high)}")
            + (change.SparedCosts == 0m ? "" : $" after spared costs of {Say.Number(change.SparedCosts)}") + (within ? "" : ", which is another price"));
        return within;
    }

    private void AsSeparate(RevenueEvent.Modified change, List<(Obligation Of, Ssp Ssp)> added, List<string> reasons)
    {
        Open(change, [.. added.Select(item => new Left(-1, item.Of, item.Ssp.Amount))], change.PriceChange, separate: true);
        Judge(change, Treatment.SeparateContract, Paragraphs.Separate, reasons);
    }

    private void AsPartOfContract(
        RevenueEvent.Modified change, List<(Obligation Of, Ssp Ssp)> added, List<(Obligation Of, Ssp Ssp)> parts, List<string> reasons)
    {
        var ended = Ended(change);
        var going = _layers.Index().Where(pair => pair.Item.IsOpen && !pair.Item.Separate && !ended.Contains(pair.Index)
            && !pair.Item.ProgressOn(Facts, change.On).IsAll).Select(pair => Remaining(change, pair.Index, pair.Item)).ToList();
        var making = going.Where(left => InTheMaking(left.Of)).ToList();
        List<Left> anew = [.. going.Where(left => !InTheMaking(left.Of)), .. added.Select(item => new Left(-1, item.Of, item.Ssp.Amount))];
        if (anew.Count == 0 && making.Count == 0)
            throw Refuse(change, "end", "nothing-left", "The modification leaves nothing to give.", "Write it as a cancellation.");
        var toMaking = ForMaking(change, added, parts, making, anew);
        if (anew.Count > 0) Restart(change, anew, ended, change.PriceChange - toMaking, reasons);
        else if (ended.Count > 0) toMaking += CloseAll(change, ended);
        if (toMaking != 0m) CatchUp(change, parts, making, toMaking);
        if (making.Count > 0) reasons.Add($"{Codes(making)} is one thing in the making, of which the rest is not distinct from what was given");
        var treatment = making.Count == 0 ? Treatment.Prospective : anew.Count == 0 ? Treatment.CumulativeCatchUp : Treatment.Mixed;
        Judge(change, treatment, treatment switch
        {
            Treatment.Prospective => Paragraphs.Prospective,
            Treatment.CumulativeCatchUp => Paragraphs.CatchUp,
            _ => Paragraphs.Mixed,
        }, reasons);
    }

    private HashSet<int> Ended(RevenueEvent.Modified change)
    {
        foreach (var (place, code) in change.End.Index())
            if (!_layers.Exists(layer => layer.IsOpen && layer.Of.Code == code))
                throw Refuse(change, $"end[{Say.Count(place)}]", "unknown-obligation", $"'{code}' is no promise that is open on the day.",
                    "Name one of the contract's promises.");
        return [.. _layers.Index().Where(pair => pair.Item.IsOpen && change.End.Contains(pair.Item.Of.Code, StringComparer.Ordinal)).Select(pair => pair.Index)];
    }

    private static bool InTheMaking(Obligation obligation) =>
        !obligation.RemainderDistinct || obligation.Satisfaction is Satisfaction.Milestone or Satisfaction.Measured;

    private Left Remaining(RevenueEvent.Modified change, int index, Layer layer)
    {
        // Of what is left counts today's price; where there is none (the residual approach) its part of the price stands in for it.
        if (SspFinder.Find(_contract, layer.Of, change.On)?.Amount is not { } price)
            return new Left(index, layer.Of, Math.Max(0m, layer.Total - layer.Recognised(Facts, _contract, change.On)));
        var progress = Facts.Of(layer.Of, layer.Of.Period, change.On, false);
        return new Left(index, layer.Of, price * progress.Left / progress.Whole);
    }

    private decimal ForMaking(
        RevenueEvent.Modified change, List<(Obligation Of, Ssp Ssp)> added, List<(Obligation Of, Ssp Ssp)> parts, List<Left> making, List<Left> anew)
    {
        if (making.Count == 0) return 0m;
        if (anew.Count == 0) return change.PriceChange;
        // Mixed: the change of price goes with what is added; where nothing is, with what is left.
        var (inside, outside) = added.Count + parts.Count > 0
            ? (parts.Sum(part => part.Ssp.Amount), added.Sum(item => item.Ssp.Amount))
            : (making.Sum(left => left.Weight), anew.Sum(left => left.Weight));
        return inside + outside == 0m ? 0m : Round(change.PriceChange * inside / (inside + outside));
    }

    private void Restart(RevenueEvent.Modified change, List<Left> anew, HashSet<int> ended, decimal priceChange, List<string> reasons)
    {
        var pool = priceChange + anew.Where(left => left.Index >= 0).Sum(left => Close(left.Index, change.On)) + CloseAll(change, ended);
        if (pool < 0m)
            throw Refuse(change, "price", "below-recognised", $"What is left of the price would be {Say.Number(pool)}.",
                "Write what is given back for the past as 'price-change' with 'at-once', or cancel with a refund.");
        reasons.Add($"what is left is distinct from what was given: {Say.Number(pool)} is left of the price, for {Codes(anew)}");
        Open(change, anew, pool, separate: false);
    }

    private decimal CloseAll(RevenueEvent.Modified change, HashSet<int> ended) => ended.Sum(index => Close(index, change.On));

    /// <summary>Closes a layer and says what it had not recognised.</summary>
    private decimal Close(int index, DateOnly on)
    {
        var layer = _layers[index];
        var recognised = layer.Recognised(Facts, _contract, on);
        _layers[index] = layer with { ClosedOn = on };
        return layer.Total - recognised;
    }

    private void Open(RevenueEvent.Modified change, List<Left> lefts, decimal pool, bool separate)
    {
        List<decimal> weights = [.. lefts.Select(left => left.Weight)];
        if (weights.Sum() == 0m) weights = [.. weights.Select(_ => 1m)];
        var shares = Domain.Allocation.ByLargestRemainder(pool, weights, _contract.Currency.MinorUnits);
        foreach (var (left, share) in lefts.Zip(shares))
        {
            var start = left.Of.Period.Start > change.On ? left.Of.Period.Start : change.On;
            var over = new ServicePeriod(start, left.Of.Period.End > start ? left.Of.Period.End : start.AddDays(1));
            _layers.Add(new Layer(left.Of, over, change.Version) { Amounts = [new Joined(start, share)], Separate = separate });
            Steps.Add(new RevenueStep("modification",
                $"{left.Of.Code}: {Say.Number(pool)} x {Say.Number(Round(left.Weight))} / {Say.Number(Round(weights.Sum()))} = {Say.Number(share)}"
                    + $" from {Say.Day(start)}",
                Paragraphs.RelativePrices, share));
        }
    }

    private void CatchUp(RevenueEvent.Modified change, List<(Obligation Of, Ssp Ssp)> parts, List<Left> making, decimal amount)
    {
        var weights = parts.Count > 0
            ? making.Select(left => parts.Where(part => part.Of.Into == left.Of.Code).Sum(part => part.Ssp.Amount)).ToList()
            : [.. making.Select(left => left.Weight)];
        if (weights.Sum() == 0m) weights = [.. weights.Select(_ => 1m)];
        var shares = Domain.Allocation.ByLargestRemainder(amount, weights, _contract.Currency.MinorUnits);
        foreach (var (left, share) in making.Zip(shares)) _layers[left.Index] = _layers[left.Index].With(change.On, share);
    }

    private void Judge(RevenueEvent.Modified change, Treatment treatment, string rule, List<string> reasons)
    {
        Judged.Add(new Judged(change.Version, change.On, change.Change, treatment, rule, [.. reasons, change.Reason]));
        Steps.Add(new RevenueStep("modification",
            $"version {Say.Count(change.Version)}, {change.Change} on {Say.Day(change.On)}: {Words.Of(treatment).Replace('-', ' ')}, because"
                + $" {string.Join("; ", reasons)}",
            rule, change.PriceChange));
    }

    /// <summary>
    /// Ends everything. What customers have been invoiced and are not given back is ours without anything left to give, so it is
    /// recognised on the day; what was recognised and will never be invoiced is taken back.
    /// </summary>
    private void Cancel(RevenueEvent.Cancelled change)
    {
        DemandInside(change);
        var keeps = _events.OfType<RevenueEvent.Invoiced>().Sum(invoice => invoice.Amount)
            - _events.OfType<RevenueEvent.Credited>().Sum(credit => credit.Amount) - change.RefundToCome(_events);
        if (keeps < 0m)
            throw Refuse(change, "refund", "more-than-invoiced", $"More is given back than was invoiced: {Say.Number(keeps)} is left.",
                "Correct the refund or the credits.");
        List<(string Code, decimal Weight)> lefts = [];
        var recognised = 0m;
        for (var index = 0; index < _layers.Count; index++)
        {
            var layer = _layers[index];
            recognised += layer.At is null ? layer.Recognised(Facts, _contract, change.On) : layer.Total;
            if (layer.IsOpen) lefts.Add((layer.Of.Code, Math.Abs(Close(index, change.On))));
        }
        if (lefts.Count == 0) lefts.Add((_layers[0].Of.Code, 1m));
        if (lefts.Sum(left => left.Weight) == 0m) lefts = [.. lefts.Select(left => (left.Code, 1m))];
        var rest = keeps - recognised;
        var shares = Domain.Allocation.ByLargestRemainder(rest, [.. lefts.Select(left => left.Weight)], _contract.Currency.MinorUnits);
        foreach (var (left, share) in lefts.Zip(shares))
            if (share != 0m) _layers.Add(Layer.AtOnce(Promise(left.Code), change.On, share) with { FromChange = true });
        string[] reasons =
        [
            $"nothing is given from {Say.Day(change.On)} on",
            $"{Say.Number(keeps)} stays of what was invoiced, {Say.Number(recognised)} is recognised, so {Say.Number(rest)}"
                + $" {(rest < 0m ? "is taken back" : "is recognised")} on the day",
        ];
        _cancelled = change;
        Judged.Add(new Judged(change.Version, change.On, "cancellation", Treatment.Cancellation, Paragraphs.Modification, [.. reasons, change.Reason]));
        Steps.Add(new RevenueStep("modification", $"version {Say.Count(change.Version)}, cancellation on {Say.Day(change.On)}: {string.Join("; ", reasons)}",
            Paragraphs.Modification, rest));
    }

    private static string Codes(IEnumerable<Left> lefts) => string.Join(", ", lefts.Select(left => left.Of.Code));
}
