namespace Tieout.Domain.Cash.Dunning;

/// <summary>An invoice that is due, or that somebody promised to pay.</summary>
/// <param name="Open">What is owed on it: what it still asks for, and what of it is disputed; zero and less for nothing.</param>
/// <param name="SettledOn">The day of the newest entry that settled some of it; null for none.</param>
/// <param name="Disputed">A dispute about it is open.</param>
public sealed record Debt(Guid Invoice, string Number, DateOnly DueOn, decimal Open, DateOnly? SettledOn, bool Disputed)
{
    /// <summary>Days since it was due; zero and less when it is not overdue.</summary>
    public int DaysOverdue(DateOnly on) => on.DayNumber - DueOn.DayNumber;
}

/// <summary>A notice that named a debt.</summary>
public sealed record NoticeGiven(Guid Invoice, int Step, DateOnly On);

/// <summary>What becomes of a promise. <see cref="Words"/> spells it outside the program.</summary>
public enum PromiseOutcome
{
    /// <summary>Its day is not over, and not all is paid.</summary>
    Open,

    /// <summary>All of it was paid by its day.</summary>
    Kept,

    /// <summary>Its day is over, and something was not paid by then.</summary>
    Broken,

    /// <summary>A person took it back.</summary>
    Withdrawn,
}

/// <summary>The customer says until when it pays.</summary>
/// <param name="Until">The last day on which the money keeps it.</param>
/// <param name="Invoices">Those it is about; they are not reminded of while it is open.</param>
/// <param name="Decided">What became of it as far as that is written down; it does not change any more.</param>
public sealed record PromiseToPay(Guid Id, DateOnly Until, IReadOnlySet<Guid> Invoices, PromiseOutcome Decided = PromiseOutcome.Open)
{
    /// <summary>What became of it by a day.</summary>
    /// <param name="debts">Those of its account.</param>
    public PromiseOutcome Outcome(IReadOnlyCollection<Debt> debts, DateOnly today)
    {
        if (Decided != PromiseOutcome.Open) return Decided;
        var mine = debts.Where(debt => Invoices.Contains(debt.Invoice)).ToList();
        if (mine.All(debt => debt.Open <= 0 && (debt.SettledOn is not { } on || on <= Until))) return PromiseOutcome.Kept;
        return today > Until ? PromiseOutcome.Broken : PromiseOutcome.Open;
    }
}

/// <summary>A person stops reminding an account.</summary>
/// <param name="Until">The last day; null until somebody lets it go on.</param>
public sealed record DunningHold(DateOnly? Until)
{
    /// <summary>Whether it stops on this day.</summary>
    public bool Stops(DateOnly today) => Until is null || today <= Until;
}

/// <summary>What is known of a billing account. The order of nothing in it matters.</summary>
public sealed record DunningFacts(
    Currency Currency, IReadOnlyCollection<Debt> Debts, IReadOnlyCollection<NoticeGiven> Notices, IReadOnlyCollection<PromiseToPay> Promises,
    IReadOnlyCollection<DunningHold> Holds);
