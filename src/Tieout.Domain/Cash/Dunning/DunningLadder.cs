namespace Tieout.Domain.Cash.Dunning;

/// <summary>Where a billing account stands. <see cref="Words"/> spells it outside the program.</summary>
public enum DunningState
{
    /// <summary>Nothing is overdue.</summary>
    Current,

    /// <summary>Something is overdue, and nobody was reminded of it yet.</summary>
    Overdue,

    /// <summary>Reminded: the step says how far.</summary>
    Dunned,

    /// <summary>All that is overdue and not disputed is promised.</summary>
    Promised,

    /// <summary>All that is overdue is disputed.</summary>
    Disputed,

    /// <summary>A person stopped it.</summary>
    Held,
}

/// <summary>A notice that is due: a step, and the debts that reach it together.</summary>
public sealed record DunningNotice(DunningStep Step, IReadOnlyList<Debt> Debts)
{
    /// <summary>What they come to.</summary>
    public decimal Amount => Debts.Sum(debt => debt.Open);
}

/// <summary>What follows for a billing account on a day.</summary>
/// <param name="Step">The highest step that one of its overdue debts has reached, this day's notices counted; 0 for none.</param>
/// <param name="Overdue">All that is overdue, what is disputed, promised and held too.</param>
/// <param name="NextOn">The first day on which another notice may follow if nothing changes; null where none will by itself.</param>
/// <param name="Notices">To be given today, the lowest step first.</param>
/// <param name="Promises">What became of promises that nobody has written down yet; none that are open.</param>
public sealed record DunningDecision(
    DunningState State, int Step, decimal Overdue, DateOnly? NextOn, IReadOnlyList<DunningNotice> Notices,
    IReadOnlyList<(Guid Promise, PromiseOutcome Outcome)> Promises);

/// <summary>
/// Decides which steps debts reach. Each debt climbs by itself, one step at a time; debts that reach the same step on the same day are in one notice.
/// What is disputed or promised is passed over; a hold stops all of an account.
/// </summary>
public static class DunningLadder
{
    /// <summary>The same facts on the same day give the same answer; with this answer's notices among them, they give none.</summary>
    public static DunningDecision Decide(DunningPolicy policy, DunningFacts facts, DateOnly today)
    {
        var outcomes = facts.Promises.Select(promise => (promise, Outcome: promise.Outcome(facts.Debts, today))).ToList();
        var promised = outcomes.Where(one => one.Outcome == PromiseOutcome.Open).SelectMany(one => one.promise.Invoices).ToHashSet();
        var levels = facts.Notices.GroupBy(notice => notice.Invoice)
            .ToDictionary(group => group.Key, group => group.MaxBy(notice => (notice.Step, notice.On))!);
        var overdue = facts.Debts.Where(debt => debt.Open > 0 && debt.DaysOverdue(today) > 0)
            .OrderBy(debt => debt.DueOn).ThenBy(debt => debt.Number, StringComparer.Ordinal).ThenBy(debt => debt.Invoice).ToList();
        var held = facts.Holds.Any(hold => hold.Stops(today));
        var free = overdue.Where(debt => !debt.Disputed && !promised.Contains(debt.Invoice)).ToList();
        IReadOnlyList<DunningNotice> notices = held ? [] : [.. Due(policy, facts.Currency, free, levels, today)];
        var given = notices.SelectMany(notice => notice.Debts.Select(debt => (debt.Invoice, notice.Step.No))).ToDictionary();
        var step = overdue.Count == 0 ? 0 : overdue.Max(debt => given.GetValueOrDefault(debt.Invoice, levels.GetValueOrDefault(debt.Invoice)?.Step ?? 0));
        return new DunningDecision(
            State(overdue, free, held, step), step, overdue.Sum(debt => debt.Open), held ? null : Next(policy, facts, promised, levels, given, today),
            notices, [.. outcomes.Where(one => one.Outcome != one.promise.Decided).Select(one => (one.promise.Id, one.Outcome)).OrderBy(one => one.Id)]);
    }

    private static DunningState State(List<Debt> overdue, List<Debt> free, bool held, int step) =>
        overdue.Count == 0 ? DunningState.Current
        : held ? DunningState.Held
        : overdue.TrueForAll(debt => debt.Disputed) ? DunningState.Disputed
        : free.Count == 0 ? DunningState.Promised
        : step > 0 ? DunningState.Dunned : DunningState.Overdue;

    private static IEnumerable<DunningNotice> Due(
        DunningPolicy policy, Currency currency, List<Debt> free, Dictionary<Guid, NoticeGiven> levels, DateOnly today)
    {
        foreach (var step in policy.Steps)
        {
            var debts = free.FindAll(debt => Reaches(policy, step, debt, levels.GetValueOrDefault(debt.Invoice)) is { } on && on <= today);
            if (debts.Count > 0 && debts.Sum(debt => debt.Open) >= step.Minimum(currency)) yield return new DunningNotice(step, debts);
        }
    }

    // The first day on which a debt may reach a step; null where another one comes first, or it had it.
    private static DateOnly? Reaches(DunningPolicy policy, DunningStep step, Debt debt, NoticeGiven? last)
    {
        if ((last?.Step ?? 0) != step.No - 1) return null;
        var due = debt.DueOn.AddDays(step.DaysOverdue);
        if (last is null) return due;
        // A policy with fewer steps may not know the last one any more; a day is the least.
        var after = last.On.AddDays(Math.Max(1, policy.Steps.FirstOrDefault(one => one.No == last.Step)?.GraceDays ?? 1));
        return after > due ? after : due;
    }

    private static DateOnly? Next(
        DunningPolicy policy, DunningFacts facts, HashSet<Guid> promised, Dictionary<Guid, NoticeGiven> levels,
        Dictionary<Guid, int> given, DateOnly today)
    {
        var coming = facts.Debts.Where(debt => debt.Open > 0 && !debt.Disputed).SelectMany(debt => policy.Steps.Select(step =>
        {
            var last = given.TryGetValue(debt.Invoice, out var now) ? new NoticeGiven(debt.Invoice, now, today) : levels.GetValueOrDefault(debt.Invoice);
            var on = Reaches(policy, step, debt, last);
            // What is promised goes on the day after.
            var open = promised.Contains(debt.Invoice)
                ? facts.Promises.Where(promise => promise.Invoices.Contains(debt.Invoice) && promise.Outcome(facts.Debts, today) == PromiseOutcome.Open)
                    .Max(promise => promise.Until).AddDays(1)
                : today.AddDays(1);
            return on is { } first && first < open ? open : on;
        })).ToList();
        return coming.Count == 0 ? null : coming.Min();
    }
}
