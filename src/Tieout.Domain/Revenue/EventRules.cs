using Tieout.Domain.Catalog;

namespace Tieout.Domain.Revenue;

/// <summary>What is wrong with events: amounts, days, versions, and promises they do not fit.</summary>
internal static class EventRules
{
    public static void Check(RevenueContract contract, IReadOnlyList<RevenueEvent> events, List<PriceProblem> problems)
    {
        Dictionary<string, Obligation> known = new(StringComparer.Ordinal);
        List<Obligation> all = [.. contract.Obligations, .. events.OfType<RevenueEvent.Modified>().SelectMany(change => change.Add)];
        foreach (var obligation in all) known.TryAdd(obligation.Code, obligation);
        foreach (var (index, happened) in events.Index())
        {
            var field = ContractRules.At("events", index);
            Amounts(contract, happened, field, problems);
            Fits(happened, field, known, problems);
            Days(contract, events, happened, field, problems);
            if (happened is not RevenueEvent.Modified change) continue;
            foreach (var (place, obligation) in change.Add.Index())
                ContractRules.Promise(contract, obligation, ContractRules.At($"{field}.add", place), all, problems);
        }
        Twice(events, problems);
    }

    private static void Amounts(RevenueContract contract, RevenueEvent happened, string field, List<PriceProblem> problems)
    {
        (decimal Amount, string Member)[] amounts = happened switch
        {
            RevenueEvent.Invoiced invoice => [(invoice.Amount, "amount")],
            RevenueEvent.Credited credit => [(credit.Amount, "amount")],
            RevenueEvent.UsageFee fee => [(fee.Amount, "amount")],
            RevenueEvent.PriceChanged change => [(change.Amount, change.Amount < 0m ? "decrease" : "increase")],
            RevenueEvent.Modified change => [(change.PriceChange, change.PriceChange < 0m ? "decrease" : "increase"), (change.SparedCosts, "spared-costs")],
            RevenueEvent.Cancelled cancelled => [(cancelled.Refund, "refund")],
            _ => [],
        };
        foreach (var (amount, member) in amounts) ContractRules.Amount(contract, amount, $"{field}.{member}", problems);
    }

    private static void Fits(RevenueEvent happened, string field, Dictionary<string, Obligation> known, List<PriceProblem> problems)
    {
        (string? code, Satisfaction? wanted) = happened switch
        {
            RevenueEvent.Used used => (used.Obligation, (Satisfaction?)Satisfaction.Usage),
            RevenueEvent.Expected expected => (expected.Obligation, Satisfaction.Usage),
            RevenueEvent.Delivered delivered => (delivered.Obligation, Satisfaction.PointInTime),
            RevenueEvent.Reached reached => (reached.Obligation, Satisfaction.Milestone),
            RevenueEvent.Progressed progressed => (progressed.Obligation, Satisfaction.Measured),
            RevenueEvent.UsageFee fee => (fee.Obligation, null),
            RevenueEvent.PriceChanged change => (change.Obligation, null),
            _ => (null, null),
        };
        if (code is null) return;
        if (!known.TryGetValue(code, out var obligation) || obligation.Into is not null)
            problems.Add(new PriceProblem($"{field}.obligation", "unknown-obligation", "There is no distinct obligation with this code.", "Correct the code."));
        else if (wanted is { } satisfaction && obligation.Satisfaction != satisfaction)
            problems.Add(new PriceProblem($"{field}.obligation", "wrong-satisfaction",
                $"{code} is satisfied by {Words.Of(obligation.Satisfaction)}; this event is for {Words.Of(satisfaction)}.", "Correct the event or the obligation."));
        else if (happened is RevenueEvent.Reached reached && obligation.Milestones.All(milestone => milestone.Code != reached.Milestone))
            problems.Add(new PriceProblem($"{field}.milestone", "unknown-milestone", "The obligation has no such milestone.", "Correct the code."));
        if (happened is RevenueEvent.Progressed { Done: > 1m })
            problems.Add(new PriceProblem($"{field}.done", "out-of-range", "More than all is done.", "Write a fraction from 0 to 1."));
        if (happened is RevenueEvent.Expected { Quantity: <= 0m })
            problems.Add(new PriceProblem($"{field}.quantity", "not-positive", "Nothing is expected.", "Give a quantity above zero."));
    }

    private static void Days(RevenueContract contract, IReadOnlyList<RevenueEvent> events, RevenueEvent happened, string field, List<PriceProblem> problems)
    {
        if (happened is RevenueEvent.Invoiced or RevenueEvent.Credited or RevenueEvent.Closed) return;
        if (happened.On < contract.Period.Start)
            problems.Add(new PriceProblem($"{field}.on", "before-start", $"The contract starts on {Say.Day(contract.Period.Start)}.",
                "Give a day of the contract, or correct its start."));
        if (happened is not (RevenueEvent.Modified or RevenueEvent.Cancelled)) return;
        // What an earlier modification added counts: the end moves with it.
        var end = events.OfType<RevenueEvent.Modified>().Where(other => other.On < happened.On).SelectMany(other => other.Add)
            .Select(obligation => obligation.Period.End).Append(contract.Period.End).Max();
        if (happened.On >= end)
            problems.Add(new PriceProblem($"{field}.on", "after-end", $"The contract ended with {Say.Day(end.AddDays(-1))}; there is nothing left to modify.",
                "Give a day of the contract; what is agreed after its end is a new contract."));
        if (happened is not RevenueEvent.Modified change) return;
        foreach (var (place, obligation) in change.Add.Index())
            if (obligation.Period.End <= change.On)
                problems.Add(new PriceProblem($"{field}.add[{Say.Count(place)}].period", "before-modification",
                    "The obligation ends before the modification begins.", "Correct the period."));
    }

    private static void Twice(IReadOnlyList<RevenueEvent> events, List<PriceProblem> problems)
    {
        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach (var (index, happened) in events.Index())
        {
            var (key, member, what) = happened switch
            {
                RevenueEvent.Invoiced invoice => ($"invoice {invoice.Id}", "id", "This invoice"),
                RevenueEvent.Credited credit => ($"credit {credit.Id}", "id", "This credit memo"),
                RevenueEvent.Modified change => ($"version {Say.Count(change.Version)}", "version", "This version"),
                RevenueEvent.Cancelled cancelled => ($"version {Say.Count(cancelled.Version)}", "version", "This version"),
                RevenueEvent.Delivered delivered => ($"delivery {delivered.Obligation}", "obligation", "The delivery of this obligation"),
                RevenueEvent.Reached reached => ($"milestone {reached.Obligation} {reached.Milestone}", "milestone", "This milestone"),
                RevenueEvent.Progressed progressed => ($"progress {progressed.Obligation} {Say.Day(progressed.On)}", "on", "The progress of this day"),
                RevenueEvent.Expected expected => ($"expected {expected.Obligation} {Say.Day(expected.On)}", "on", "The estimate of this day"),
                _ => ("", "", ""),
            };
            if (key.Length > 0 && !seen.Add(key))
                problems.Add(new PriceProblem($"{ContractRules.At("events", index)}.{member}", "duplicate", $"{what} stands in the list already.", "Give it once."));
        }
    }
}
