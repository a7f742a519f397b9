namespace Tieout.Domain.Revenue;

/// <summary>
/// From a contract and its events to allocation, schedule, balances and the reasons. What should stand is computed whole each time; a month
/// that was closed keeps what was booked for it, and the first open month takes the difference.
/// </summary>
public static class Recognise
{
    /// <summary>Answers. Check the contract first (<see cref="ContractRules"/>).</summary>
    /// <exception cref="RevenueException">Something that cannot be recognised as it is given.</exception>
    public static RevenueAnswer Run(RevenueContract contract, IReadOnlyList<RevenueEvent> events)
    {
        try
        {
            return Answer(contract, events);
        }
        catch (OverflowException)
        {
            throw new RevenueException("(document)", "overflow", "An amount has more digits than can be kept exactly.",
                "Correct prices and quantities; one of them is far too large.");
        }
    }

    private static RevenueAnswer Answer(RevenueContract contract, IReadOnlyList<RevenueEvent> events)
    {
        var fold = ContractFold.Run(contract, events);
        var months = Months(contract, fold, events);
        var booked = Booked(contract, events, months);
        var schedule = Schedule(Standing(fold, months), booked);
        var balances = MonthBalances.Of(contract, schedule, events, months);
        return new RevenueAnswer(contract.Code, contract.Currency.Code, fold.Allocation.Sum(part => part.Amount) + (contract.Price.Upfront?.Amount ?? 0m))
        {
            Allocation = fold.Allocation,
            Modifications = fold.Judged,
            Schedule = schedule,
            CatchUps = [.. booked.CaughtUp, .. CatchUps(fold, events, schedule, booked.Through)],
            Balances = balances,
            Steps = [.. fold.Steps, .. Conventions(contract, booked.Through)],
        };
    }

    private static List<AccountingMonth> Months(RevenueContract contract, ContractFold fold, IReadOnlyList<RevenueEvent> events)
    {
        var first = AccountingMonth.Of(events.Select(happened => happened.On).Append(contract.Period.Start).Min());
        var days = fold.Layers.Where(layer => layer.IsOpen).Select(layer => layer.Over.End.AddDays(-1))
            .Concat(fold.Layers.Where(layer => layer.IsOpen).Select(layer => fold.Facts.Delivered(layer.Of) ?? layer.Over.Start))
            .Concat(events.Select(happened => happened is RevenueEvent.Closed closed ? closed.Through.Period.End : happened.On));
        var last = AccountingMonth.Of(days.Append(contract.Period.Start).Max());
        List<AccountingMonth> months = [];
        for (var month = first; month <= last; month = AccountingMonth.Of(month.Period.End)) months.Add(month);
        return months;
    }

    /// <summary>What should stand by promise and month, as if nothing had ever been closed.</summary>
    private static Dictionary<(string Code, AccountingMonth Month), decimal> Standing(ContractFold fold, List<AccountingMonth> months)
    {
        Dictionary<(string, AccountingMonth), decimal> amounts = [];
        foreach (var code in fold.Layers.Select(layer => layer.Of.Code).Distinct(StringComparer.Ordinal))
        {
            var before = 0m;
            foreach (var month in months)
            {
                var until = fold.Recognised(code, month.Period.End);
                amounts[(code, month)] = until - before;
                before = until;
            }
        }
        return amounts;
    }

    /// <summary>What closings left: the last closed month, revenue as booked, and what of it was catch-up.</summary>
    private readonly record struct Closing(
        AccountingMonth? Through, Dictionary<(string Code, AccountingMonth Month), decimal> Amounts, IReadOnlyList<CaughtUp> CaughtUp);

    /// <summary>Replays the closings: each books its months with what was known when it came.</summary>
    private static Closing Booked(RevenueContract contract, IReadOnlyList<RevenueEvent> events, List<AccountingMonth> months)
    {
        var booked = new Closing(null, [], []);
        foreach (var (place, closed) in events.Index().Where(pair => pair.Item is RevenueEvent.Closed).Select(pair => (pair.Index, (RevenueEvent.Closed)pair.Item)))
        {
            if (booked.Through >= closed.Through) continue;
            List<RevenueEvent> soFar = [.. events.Take(place)];
            var known = ContractFold.Run(contract, soFar);
            var schedule = Schedule(Standing(known, months), booked).Where(line => line.Month <= closed.Through).ToList();
            var caughtUp = CatchUps(known, soFar, schedule, booked.Through).Where(caught => caught.Month <= closed.Through);
            booked = new Closing(closed.Through, schedule.ToDictionary(line => (line.Obligation, line.Month), line => line.Amount),
                [.. booked.CaughtUp, .. caughtUp]);
        }
        return booked;
    }

    /// <summary>Closed months as they were booked; in the first open one what they should have had besides.</summary>
    private static List<ScheduledMonth> Schedule(Dictionary<(string Code, AccountingMonth Month), decimal> standing, Closing booked)
    {
        List<ScheduledMonth> lines = [];
        var codes = standing.Keys.Concat(booked.Amounts.Keys).Select(key => key.Code).Distinct(StringComparer.Ordinal);
        var months = standing.Keys.Select(key => key.Month).Distinct().Order().ToList();
        foreach (var code in codes)
        {
            var owed = 0m;
            foreach (var month in months)
            {
                var wanted = standing.GetValueOrDefault((code, month));
                var open = booked.Through is not { } through || month > through;
                var amount = open ? wanted + owed : booked.Amounts.GetValueOrDefault((code, month));
                if (amount != 0m || (open && owed != 0m)) lines.Add(new ScheduledMonth(code, month, amount, open ? owed : 0m));
                owed = open ? 0m : owed + wanted - amount;
            }
        }
        return lines;
    }

    private static List<CaughtUp> CatchUps(
        ContractFold fold, IReadOnlyList<RevenueEvent> events, List<ScheduledMonth> schedule, AccountingMonth? through)
    {
        List<CaughtUp> found = [];
        // A change of a closed month shows by what the first open month takes, not in its own.
        var days = events.Where(happened => happened is RevenueEvent.Modified or RevenueEvent.Cancelled or RevenueEvent.PriceChanged)
            .Select(happened => happened.On).Where(day => through is not { } closed || AccountingMonth.Of(day) > closed).Distinct().Order();
        foreach (var day in days)
            foreach (var (obligation, amount) in fold.CaughtUpOn(day))
                found.Add(new CaughtUp(AccountingMonth.Of(day), obligation, amount, $"the change of {Say.Day(day)}, recognised on its day"));
        foreach (var line in schedule.Where(line => line.CatchUp != 0m))
            found.Add(new CaughtUp(line.Month, line.Obligation, line.CatchUp,
                $"the months up to {through} were closed before this was known; they stay as they are"));
        return found;
    }

    private static IEnumerable<RevenueStep> Conventions(RevenueContract contract, AccountingMonth? through)
    {
        yield return new RevenueStep("schedule", contract.Rounding == ScheduleRounding.Cumulative
            ? "what is recognised up to a month's end is rounded, the month is the difference"
            : "each month is rounded by itself, the last one takes the rest", Paragraphs.House, null);
        if (through is not null)
            yield return new RevenueStep("schedule", $"months up to {through} are closed and stay as they were booked; differences come in the first"
                + " open month", Paragraphs.House, null);
        yield return new RevenueStep("balances", "recognised + deferred = invoiced - credited at each month's end; deferred below zero is "
            + (contract.Unbilled == UnbilledKind.Receivable ? "an unbilled receivable" : "a contract asset"), Paragraphs.Balances, null);
    }
}
