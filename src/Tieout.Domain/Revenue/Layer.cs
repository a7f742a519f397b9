namespace Tieout.Domain.Revenue;

/// <summary>An amount that joins a layer on a day.</summary>
internal readonly record struct Joined(DateOnly On, decimal Amount);

/// <summary>
/// An amount on its way to revenue: a part of the price that is recognised with the progress of one promise over one period. A
/// modification that works from its day on closes layers with what they have recognised and opens others with the rest; one that is
/// caught up joins an amount to a layer, of which the progress so far is recognised at once.
/// </summary>
/// <param name="Of">The promise.</param>
/// <param name="Over">The days it covers.</param>
/// <param name="Generation">0 for the first agreement, the version of the modification that opened it otherwise.</param>
internal sealed record Layer(Obligation Of, ServicePeriod Over, int Generation)
{
    public IReadOnlyList<Joined> Amounts { get; init; } = [];

    /// <summary>From this day on nothing more is recognised; null while open.</summary>
    public DateOnly? ClosedOn { get; init; }

    /// <summary>Recognised on this one day, whatever the promise's progress; null for all but amounts about what was given already.</summary>
    public DateOnly? At { get; init; }

    /// <summary>True for an amount a change of price or a cancellation brought, false for a fee that occurred.</summary>
    public bool FromChange { get; init; }

    /// <summary>True for a separate contract: later modifications leave it alone unless they end it.</summary>
    public bool Separate { get; init; }

    public bool IsOpen => ClosedOn is null && At is null;

    public static Layer AtOnce(Obligation of, DateOnly day, decimal amount) =>
        new(of, new ServicePeriod(day, day.AddDays(1)), 0) { At = day, Amounts = [new Joined(day, amount)] };

    public Layer With(DateOnly on, decimal amount) => this with { Amounts = [.. Amounts, new Joined(on, amount)] };

    public decimal Total => Amounts.Sum(joined => joined.Amount);

    /// <summary>How far it is on the morning of a day.</summary>
    public Progress ProgressOn(Facts facts, DateOnly day, bool joinedToday = false) =>
        At is { } at ? (at < day || (joinedToday && at == day) ? Progress.All : Progress.None) : facts.Of(Of, Over, day, joinedToday);

    /// <summary>
    /// What was recognised before a day, in minor units. With <paramref name="joinedToday"/> amounts that join on the day itself and a
    /// measure stated on it count already, so that the difference of both is the catch-up of the day.
    /// </summary>
    public decimal Recognised(Facts facts, RevenueContract contract, DateOnly day, bool joinedToday = false)
    {
        // A closed layer stands where it stood on the morning it was closed.
        var closed = ClosedOn <= day;
        var (until, today) = (closed ? ClosedOn!.Value : day, joinedToday && !closed);
        return contract.Rounding == ScheduleRounding.ResidualLast && At is null
            ? ByMonths(facts, contract, until, today)
            : Round(Exact(facts, until, today), contract);
    }

    private decimal ByMonths(Facts facts, RevenueContract contract, DateOnly day, bool joinedToday)
    {
        var (sum, before) = (0m, 0m);
        for (var month = AccountingMonth.Of(Over.Start); month.FirstDay < day; month = AccountingMonth.Of(month.Period.End))
        {
            var last = month.Period.End >= day;
            var until = last ? day : month.Period.End;
            var today = last && joinedToday;
            var exact = Exact(facts, until, today);
            var (total, all) = (JoinedBefore(until, today), ProgressOn(facts, until, today).IsAll);
            sum = all ? total : Within(sum + Round(exact - before, contract), total);
            before = exact;
        }
        return sum;
    }

    private decimal Exact(Facts facts, DateOnly day, bool joinedToday) => ProgressOn(facts, day, joinedToday).Of(JoinedBefore(day, joinedToday));

    private decimal JoinedBefore(DateOnly day, bool joinedToday) =>
        Amounts.Where(joined => joined.On < day || (joinedToday && joined.On == day)).Sum(joined => joined.Amount);

    // Rounding up month by month may reach the total before the period's end; it never goes past it.
    private static decimal Within(decimal sum, decimal total) => total >= 0m ? Math.Min(sum, total) : Math.Max(sum, total);

    private static decimal Round(decimal exact, RevenueContract contract) =>
        Rounding.JournalLine(new Money(exact, contract.Currency)).Amount;
}
