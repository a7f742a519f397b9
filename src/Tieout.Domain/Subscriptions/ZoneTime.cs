namespace Tieout.Domain.Subscriptions;

/// <summary>
/// Local days of an account's zone as instants, from the time zone database of the machine. A time that the clocks skip is the
/// first instant after the gap; one that they show twice is the first of the two.
/// </summary>
public static class ZoneTime
{
    /// <summary>Whether the name is a zone (IANA) that this machine knows.</summary>
    public static bool IsKnown(string zone) => zone.Length > 0 && TimeZoneInfo.TryFindSystemTimeZoneById(zone, out _);

    /// <summary>The day it is in a zone.</summary>
    /// <exception cref="TimeZoneNotFoundException">No such zone.</exception>
    public static DateOnly Today(string zone, DateTimeOffset now) =>
        DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(now, TimeZoneInfo.FindSystemTimeZoneById(zone)).DateTime);

    /// <summary>The instant of a local time.</summary>
    /// <exception cref="TimeZoneNotFoundException">No such zone.</exception>
    public static DateTimeOffset Instant(string zone, DateOnly day, TimeOnly time) =>
        new(Ticks(zone, day, time), TimeSpan.Zero);

    /// <summary>Whole seconds between two local times.</summary>
    internal static long Seconds(string zone, DateTime from, DateTime until) =>
        (Ticks(zone, DateOnly.FromDateTime(until), TimeOnly.FromDateTime(until)) - Ticks(zone, DateOnly.FromDateTime(from), TimeOnly.FromDateTime(from)))
        / TimeSpan.TicksPerSecond;

    private static long Ticks(string zone, DateOnly day, TimeOnly time)
    {
        var wanted = day.ToDateTime(time).Ticks;
        var rules = TimeZoneInfo.FindSystemTimeZoneById(zone);
        // No zone changes twice within two days, so the offsets a day before and after are the only two there can be.
        var before = Offset(rules, wanted - TimeSpan.TicksPerDay);
        var after = Offset(rules, wanted + TimeSpan.TicksPerDay);
        if (before == after || Offset(rules, wanted - before) == before) return wanted - before;
        return Offset(rules, wanted - after) == after ? wanted - after : EndOfGap(rules, wanted - after, wanted - before, after);
    }

    // Before the change at the earlier instant, after it at the later one: to the second by halving.
    private static long EndOfGap(TimeZoneInfo rules, long earlier, long later, long after)
    {
        while (later - earlier > TimeSpan.TicksPerSecond)
        {
            var middle = earlier + ((later - earlier) / TimeSpan.TicksPerSecond / 2 * TimeSpan.TicksPerSecond);
            if (middle == earlier) break;
            if (Offset(rules, middle) == after) later = middle;
            else earlier = middle;
        }
        return later;
    }

    private static long Offset(TimeZoneInfo rules, long utc) =>
        rules.GetUtcOffset(new DateTime(Math.Clamp(utc, 0, DateTime.MaxValue.Ticks), DateTimeKind.Utc)).Ticks;
}
