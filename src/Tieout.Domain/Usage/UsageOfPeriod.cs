namespace Tieout.Domain.Usage;

/// <summary>How days come to the quantity of a period.</summary>
public static class UsageOfPeriod
{
    private const decimal SecondsPerHour = 3600m;

    /// <summary>
    /// The quantity of the days that lie in the period: the sum of counts and sums, the largest maximum, the last of the last values, how many
    /// different values in all, and for levels the average (or unit-hours) over the whole period with the level carried in. Exact;
    /// only an average divides, once, at the end.
    /// </summary>
    /// <param name="usage">May hold more days than the period; those outside count for the level carried in, and otherwise not.</param>
    /// <param name="period">Half-open, in days of <paramref name="zone"/>.</param>
    /// <param name="zone">Of the billing account; matters for levels only, whose durations are counted in real seconds.</param>
    public static decimal Combine(MeteredUsage usage, ServicePeriod period, TimeZoneInfo zone) => Combine(usage, [period], zone);

    /// <summary>The same over several periods as if they were one; none overlaps another.</summary>
    public static decimal Combine(MeteredUsage usage, IReadOnlyList<ServicePeriod> periods, TimeZoneInfo zone)
    {
        var days = usage.Days.Where(day => IsIn(periods, day.Day));
        return usage.Aggregation switch
        {
            Aggregation.Count or Aggregation.Sum => days.Sum(day => day.Value),
            Aggregation.Max => days.Where(day => day.Events > 0).Select(day => day.Value).DefaultIfEmpty(0m).Max(),
            Aggregation.Latest => days.Where(day => day.Events > 0).OrderBy(day => day.Day).Select(day => day.Value).LastOrDefault(0m),
            Aggregation.UniqueCount => usage.UniqueKeys.Where(unique => IsIn(periods, unique.Day))
                .Select(unique => unique.Key).Distinct().Count(),
            Aggregation.TimeWeighted => periods.Count == 0 ? 0m : periods.Sum(period => LevelSeconds(usage, period, zone))
                / periods.Sum(period => Seconds(LocalDays.StartOf(period.Start, zone), LocalDays.StartOf(period.End, zone))),
            Aggregation.UnitHours => periods.Sum(period => LevelSeconds(usage, period, zone)) / SecondsPerHour,
            _ => throw new ArgumentOutOfRangeException(nameof(usage), usage.Aggregation, "This aggregation has no rule."),
        };
    }

    /// <summary>Whether a day lies in one of the periods.</summary>
    internal static bool IsIn(IReadOnlyList<ServicePeriod> periods, DateOnly day)
    {
        for (var index = 0; index < periods.Count; index++)
            if (day >= periods[index].Start && day < periods[index].End) return true;
        return false;
    }

    // Walks from event to event; between the last of a day and the first of the next one the level stays.
    private static decimal LevelSeconds(MeteredUsage usage, ServicePeriod period, TimeZoneInfo zone)
    {
        var (level, at, sum) = (usage.CarriedIn, LocalDays.StartOf(period.Start, zone), 0m);
        foreach (var day in usage.Days.Where(day => day.Day < period.End && day.FirstAt is not null).OrderBy(day => day.Day))
        {
            if (day.Day >= period.Start)
            {
                sum += (level * Seconds(at, day.FirstAt!.Value)) + day.Value;
                at = day.LastAt!.Value;
            }
            level = day.Closing;
        }
        return sum + (level * Seconds(at, LocalDays.StartOf(period.End, zone)));
    }

    private static decimal Seconds(DateTimeOffset from, DateTimeOffset until) => (until - from).Ticks / (decimal)TimeSpan.TicksPerSecond;
}
