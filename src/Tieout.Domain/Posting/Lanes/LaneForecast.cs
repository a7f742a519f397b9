using System.Globalization;

namespace Tieout.Domain.Posting.Lanes;

/// <summary>When a lane will be done with what waits now.</summary>
/// <param name="Documents">What waits.</param>
/// <param name="Slots">Calls at once it is reckoned with.</param>
/// <param name="DoneAt">Null when that cannot be said.</param>
/// <param name="Words">For people: <c>4,210 documents, at 15 slots done by 02:40</c>.</param>
public sealed record LaneForecast(long Documents, int Slots, DateTimeOffset? DoneAt, string Words)
{
    /// <summary>
    /// Reckons with the measured pace, the slots the ERP takes now, the rate and the hours. The time is the one on the target's wall,
    /// with the day when it is another than today, rounded up to the minute.
    /// </summary>
    /// <param name="documents">What waits.</param>
    /// <param name="mode">What people said.</param>
    /// <param name="pace">As measured.</param>
    /// <param name="slots">What the ERP takes now.</param>
    /// <param name="callsPerMinute">Rate; null for none.</param>
    /// <param name="hours">When it is open.</param>
    /// <param name="holdUntil">Nothing before this; what an ERP asked us to wait.</param>
    /// <param name="now">From when.</param>
    public static LaneForecast Of(
        long documents, LaneMode mode, Pace pace, int slots, int? callsPerMinute, LaneHours hours, DateTimeOffset holdUntil, DateTimeOffset now)
    {
        var count = documents.ToString("N0", CultureInfo.InvariantCulture) + (documents == 1 ? " document" : " documents");
        if (documents == 0) return new LaneForecast(0, slots, now, "nothing waits");
        if (mode != LaneMode.Running) return Unknown($"{count}, not before it is resumed");
        if (pace.PerSecond(slots, callsPerMinute) is not { } perSecond) return Unknown($"{count}, not measured yet");
        var seconds = documents / perSecond;
        var done = seconds > decimal.MaxValue / TimeSpan.TicksPerSecond || seconds > TimeSpan.MaxValue.Ticks / TimeSpan.TicksPerSecond
            ? null : hours.After(holdUntil > now ? holdUntil : now, TimeSpan.FromTicks((long)(seconds * TimeSpan.TicksPerSecond)));
        var at = FormattableString.Invariant($"{count}, at {slots} {(slots == 1 ? "slot" : "slots")}");
        return done is { } when
            ? new LaneForecast(documents, slots, when, $"{at} done by {Told(when, now, hours.Zone)}")
            : Unknown($"{at} not done within sixty days");

        LaneForecast Unknown(string words) => new(documents, slots, null, words);
    }

    /// <summary>An instant on a wall: 02:40, or 2026-11-22 02:40 on another day; with the zone unless it is UTC's.</summary>
    public static string Told(DateTimeOffset at, DateTimeOffset now, TimeZoneInfo zone)
    {
        var up = new DateTimeOffset((at.UtcTicks + TimeSpan.TicksPerMinute - 1) / TimeSpan.TicksPerMinute * TimeSpan.TicksPerMinute, TimeSpan.Zero);
        var (local, today) = (TimeZoneInfo.ConvertTime(up, zone), TimeZoneInfo.ConvertTime(now, zone));
        var told = local.ToString(local.Date == today.Date ? "HH:mm" : "yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
        return zone.BaseUtcOffset == TimeSpan.Zero && !zone.SupportsDaylightSavingTime ? told + " UTC" : $"{told} {zone.Id}";
    }
}
