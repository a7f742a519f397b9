using System.Diagnostics.CodeAnalysis;

namespace Tieout.Domain.Posting.Lanes;

/// <summary>
/// When a target takes documents: in its open hours, but not in its maintenance. Both go by the clock on the wall of its time zone: an
/// hour that a change of the clocks leaves out does not come, one that comes twice counts twice.
/// </summary>
public sealed class LaneHours
{
    private const int DaysAhead = 60;
    private const int DayMinutes = 24 * 60;
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly bool[]? _open; // by minute of the week; null for always

    /// <summary>Hours that come every week.</summary>
    /// <param name="zone">Whose wall the clock hangs on.</param>
    /// <param name="open">When it is open; empty for always.</param>
    /// <param name="maintenance">When it is closed all the same.</param>
    /// <exception cref="ArgumentException">It would never open.</exception>
    public LaneHours(TimeZoneInfo zone, IReadOnlyList<WeeklyWindow> open, IReadOnlyList<WeeklyWindow> maintenance)
    {
        (Zone, Open, Maintenance) = (zone, open, maintenance);
        if (open.Count + maintenance.Count == 0) return;
        _open = new bool[WeeklyWindow.Week];
        if (open.Count == 0) Array.Fill(_open, true);
        foreach (var minute in open.SelectMany(window => window.Minutes)) _open[minute] = true;
        foreach (var minute in maintenance.SelectMany(window => window.Minutes)) _open[minute] = false;
        if (!_open.Contains(true)) throw new ArgumentException("With these open hours and this maintenance it never opens.", nameof(open));
    }

    /// <summary>Always open.</summary>
    public static LaneHours Always { get; } = new(TimeZoneInfo.Utc, [], []);

    /// <summary>Whose clock.</summary>
    public TimeZoneInfo Zone { get; }

    /// <summary>Open hours; empty for always.</summary>
    public IReadOnlyList<WeeklyWindow> Open { get; }

    /// <summary>Closed all the same.</summary>
    public IReadOnlyList<WeeklyWindow> Maintenance { get; }

    /// <summary>Whether something may begin at an instant.</summary>
    public bool IsOpen(DateTimeOffset at)
    {
        if (_open is null) return true;
        var local = at.UtcDateTime + Zone.GetUtcOffset(at);
        return _open[((int)local.DayOfWeek + 6) % 7 * DayMinutes + local.Hour * 60 + local.Minute];
    }

    /// <summary>The instant itself when it is open then, else the next at which it opens.</summary>
    public DateTimeOffset NextOpen(DateTimeOffset at) => Change(at, open: true) ?? DateTimeOffset.MaxValue;

    /// <summary>When it closes next; null when it is closed, or stays open for the next sixty days.</summary>
    public DateTimeOffset? NextClose(DateTimeOffset at) => IsOpen(at) ? Change(at, open: false) : null;

    /// <summary>When so much open time has passed; null when that is more than sixty days away.</summary>
    public DateTimeOffset? After(DateTimeOffset at, TimeSpan openTime)
    {
        if (openTime > TimeSpan.FromDays(DaysAhead)) return null;
        if (_open is null) return at + openTime;
        var (left, end) = (openTime, at + TimeSpan.FromDays(DaysAhead));
        for (var from = at; from < end;)
        {
            var next = Floor(from) + Minute;
            if (IsOpen(from))
            {
                if (left <= next - from) return from + left;
                left -= next - from;
            }
            from = next;
        }
        return null;
    }

    /// <summary>A time zone by its IANA name, such as <c>Europe/Berlin</c>.</summary>
    public static bool TryZone(string name, [NotNullWhen(true)] out TimeZoneInfo? zone) => Usage.LocalDays.TryZone(name, out zone);

    // Every change of hours, and of the clocks, falls on a whole minute.
    private DateTimeOffset? Change(DateTimeOffset at, bool open)
    {
        if (IsOpen(at) == open) return at;
        if (_open is null) return null;
        for (var (minute, end) = (Floor(at) + Minute, at + TimeSpan.FromDays(DaysAhead)); minute < end; minute += Minute)
            if (IsOpen(minute) == open) return minute;
        return null;
    }

    private static DateTimeOffset Floor(DateTimeOffset at) => new(at.UtcTicks - at.UtcTicks % TimeSpan.TicksPerMinute, TimeSpan.Zero);
}
