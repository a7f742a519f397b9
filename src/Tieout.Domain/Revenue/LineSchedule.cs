namespace Tieout.Domain.Revenue;

/// <summary>How an amount goes over the days of its service.</summary>
public enum Spread
{
    /// <summary>The same for each day.</summary>
    ByDay,

    /// <summary>The same for each month counted from the period's first day (31 Jan, 28 Feb, 31 Mar); within such a month by its days.</summary>
    EvenMonths,
}

/// <summary>What a legal entity chose for what its invoices defer. <see cref="Words"/> spells both outside the program.</summary>
public readonly record struct SpreadPolicy(Spread Spread, ScheduleRounding Rounding)
{
    /// <summary>What holds until somebody chooses: by days, rounded cumulatively.</summary>
    public static SpreadPolicy Default { get; } = new(Spread.ByDay, ScheduleRounding.Cumulative);
}

/// <summary>What a month earns; below zero for what it gives back.</summary>
public readonly record struct MonthAmount(AccountingMonth Month, decimal Amount);

/// <summary>An amount and the days it is for.</summary>
public readonly record struct Service(Money Amount, ServicePeriod Period);

/// <summary>
/// From what an invoice defers to months of revenue: the default rule, for lines that no revenue contract covers. Nothing is allocated:
/// the line's own amount over its own days.
/// </summary>
public static class LineSchedule
{
    /// <summary>
    /// The months in their order, those without an amount left out. They sum to the amount, which may be negative and whose opposite has
    /// exactly the opposite months. Cumulative rounding keeps each month's end within half a minor unit of what is exact.
    /// </summary>
    public static List<MonthAmount> Of(Service service, SpreadPolicy policy)
    {
        var (amount, period) = service;
        List<MonthAmount> months = new(14);
        var (sum, before) = (0m, 0m);
        for (var first = new DateOnly(period.Start.Year, period.Start.Month, 1); first < period.End; first = first.AddMonths(1))
        {
            var next = first.AddMonths(1);
            var exact = next >= period.End ? amount.Amount : Until(next, service, policy.Spread);
            var until = next >= period.End ? amount.Amount
                : policy.Rounding == ScheduleRounding.Cumulative ? Rounded(exact, amount)
                : Within(sum + Rounded(exact - before, amount), amount.Amount);
            if (until != sum) months.Add(new MonthAmount(AccountingMonth.Of(first), until - sum));
            (sum, before) = (until, exact);
        }
        return months;
    }

    /// <summary>
    /// What a correction changes: the months of what stands after it less those of what stood before it. A charge cut short in its eighth
    /// month gives back the months after the cut and leaves the seven before alone.
    /// </summary>
    /// <param name="before">Null when nothing stood.</param>
    /// <param name="after">Null when nothing is left.</param>
    public static List<MonthAmount> Change(Service? before, Service? after, SpreadPolicy policy)
    {
        List<MonthAmount> wanted = after is { } stands ? Of(stands, policy) : [];
        if (before is not { } stood) return wanted;
        SortedDictionary<AccountingMonth, decimal> change = [];
        foreach (var (month, amount) in wanted) change[month] = amount;
        foreach (var (month, amount) in Of(stood, policy)) change[month] = change.GetValueOrDefault(month) - amount;
        return [.. change.Where(month => month.Value != 0m).Select(month => new MonthAmount(month.Key, month.Value))];
    }

    /// <summary>
    /// The months in the currency of the books, by the rate of the document's day: it stays whatever rates do later. Up to each month the sum
    /// is converted and rounded once, so that the months come to the whole converted.
    /// </summary>
    /// <param name="rate">Units of the books' currency for one of the document's.</param>
    public static List<Money> InBooks(IReadOnlyList<MonthAmount> months, decimal rate, Currency books)
    {
        List<Money> converted = new(months.Count);
        var (sum, before) = (0m, 0m);
        foreach (var month in months)
        {
            sum += month.Amount;
            var until = Rounding.JournalLine(new Money(sum * rate, books)).Amount;
            converted.Add(new Money(until - before, books));
            before = until;
        }
        return converted;
    }

    private static decimal Until(DateOnly day, Service service, Spread spread)
    {
        var (amount, period) = service;
        var how = spread == Spread.EvenMonths ? Satisfaction.RatableMonthly : Satisfaction.RatableDaily;
        return amount.Amount * Progress.Time(how, period.Start, period.Start, day) / Progress.Time(how, period.Start, period.Start, period.End);
    }

    private static decimal Rounded(decimal exact, Money amount) => Rounding.JournalLine(amount with { Amount = exact }).Amount;

    // Rounding up month by month may reach the whole before the last month; it never goes past it.
    private static decimal Within(decimal sum, decimal whole) => whole >= 0m ? Math.Min(sum, whole) : Math.Max(sum, whole);
}
