namespace Tieout.Domain.Revenue;

/// <summary>How much of something is done: done of whole, exact.</summary>
internal readonly record struct Progress(decimal Done, decimal Whole)
{
    /// <summary>
    /// A month of <see cref="Satisfaction.RatableMonthly"/> in parts that 28, 29, 30 and 31 days all divide, so that a day of any month
    /// is a whole number of them.
    /// </summary>
    public const decimal PartsOfMonth = 377_580m;

    public static Progress None { get; } = new(0m, 1m);

    public static Progress All { get; } = new(1m, 1m);

    public bool IsAll => Done == Whole;

    public decimal Left => Whole - Done;

    /// <summary>The part of an amount; not rounded, the whole amount when all is done.</summary>
    public decimal Of(decimal amount) => IsAll ? amount : amount * Done / Whole;

    /// <summary>Time passed of a period on a day, the day itself not counted.</summary>
    public static Progress Through(Satisfaction how, DateOnly anchor, ServicePeriod over, DateOnly day)
    {
        var until = day < over.Start ? over.Start : day > over.End ? over.End : day;
        return new Progress(Time(how, anchor, over.Start, until), Time(how, anchor, over.Start, over.End));
    }

    /// <summary>Time between two days: days, or parts of months counted from the anchor.</summary>
    public static decimal Time(Satisfaction how, DateOnly anchor, DateOnly from, DateOnly until) =>
        how == Satisfaction.RatableMonthly ? Parts(anchor, until) - Parts(anchor, from) : until.DayNumber - from.DayNumber;

    // Each month is counted from the anchor and not from the month before, so that the 31st comes back after February.
    private static decimal Parts(DateOnly anchor, DateOnly day)
    {
        var months = (day.Year - anchor.Year) * 12 + day.Month - anchor.Month;
        if (anchor.AddMonths(months) > day) months--;
        var start = anchor.AddMonths(months);
        var length = anchor.AddMonths(months + 1).DayNumber - start.DayNumber;
        return months * PartsOfMonth + (day.DayNumber - start.DayNumber) * PartsOfMonth / length;
    }
}
