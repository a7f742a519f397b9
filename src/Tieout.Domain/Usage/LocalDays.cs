using System.Diagnostics.CodeAnalysis;

namespace Tieout.Domain.Usage;

/// <summary>Days in a time zone. A day with a clock change has 23 or 25 hours.</summary>
public static class LocalDays
{
    /// <summary>The zone of this name of the tz database, such as <c>Europe/Berlin</c> or <c>UTC</c>; false for any other name.</summary>
    public static bool TryZone(string name, [NotNullWhen(true)] out TimeZoneInfo? zone)
    {
        if (name is "UTC" or "Etc/UTC")
        {
            zone = TimeZoneInfo.Utc;
            return true;
        }
        zone = null;
        // Paths lead out of the database's folder, and "localtime" is another on every machine.
        return name.Contains('/', StringComparison.Ordinal) && !name.Contains("..", StringComparison.Ordinal) && !name.StartsWith('/')
            && TimeZoneInfo.TryFindSystemTimeZoneById(name, out zone) && zone.HasIanaId;
    }

    /// <summary>The local date at an instant.</summary>
    public static DateOnly DayOf(DateTimeOffset at, TimeZoneInfo zone) =>
        DateOnly.FromDateTime(ReferenceEquals(zone, TimeZoneInfo.Utc) ? at.UtcDateTime : TimeZoneInfo.ConvertTime(at, zone).DateTime);

    /// <summary>The instant a day begins: local midnight, or the end of the gap where the clock leaps over midnight.</summary>
    public static DateTimeOffset StartOf(DateOnly day, TimeZoneInfo zone)
    {
        var midnight = day.ToDateTime(TimeOnly.MinValue, DateTimeKind.Unspecified);
        while (zone.IsInvalidTime(midnight)) midnight = midnight.AddMinutes(1);
        // Where midnight comes twice, the day begins with the first.
        var offset = zone.IsAmbiguousTime(midnight) ? zone.GetAmbiguousTimeOffsets(midnight).Max() : zone.GetUtcOffset(midnight);
        return new DateTimeOffset(midnight, offset).ToUniversalTime();
    }
}
