using System.Globalization;

namespace Tieout.Domain.Posting.Lanes;

/// <summary>
/// A time that comes every week, on the clock on the wall: <c>mon-fri 18:00-06:00</c>, <c>sat,sun 00:00-24:00</c>,
/// <c>daily 02:00-02:30</c>. The day is the one it begins on; an end that is not later than the beginning lies on the next day. Half-open.
/// </summary>
public sealed class WeeklyWindow
{
    /// <summary>Minutes of a week.</summary>
    public const int Week = 7 * Day;

    private const int Day = 24 * 60;
    private static readonly string[] Names = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

    private readonly IReadOnlyList<int> _days;
    private readonly int _from;
    private readonly int _length;

    private WeeklyWindow(string text, IReadOnlyList<int> days, int from, int length) => (Text, _days, _from, _length) = (text, days, from, length);

    /// <summary>As written.</summary>
    public string Text { get; }

    /// <summary>The minutes of the week that lie in it, Monday 00:00 being 0; some perhaps twice.</summary>
    public IEnumerable<int> Minutes => _days.SelectMany(day => Enumerable.Range(day * Day + _from, _length)).Select(minute => minute % Week);

    /// <summary>Reads one.</summary>
    /// <exception cref="FormatException">It cannot be read, or has no length; the message says how it is written.</exception>
    public static WeeklyWindow Parse(string text)
    {
        var parts = text.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var times = parts.Length == 2 ? parts[1].Split('-') : [];
        if (times.Length != 2 || DaysOf(parts[0]) is not { } days || MinuteOf(times[0]) is not { } from || MinuteOf(times[1]) is not { } until || from == Day)
            throw new FormatException($"'{text}' is not written like 'mon-fri 18:00-06:00', 'sat,sun 00:00-24:00' or 'daily 02:00-02:30'.");
        if (from == until) throw new FormatException($"'{text}' has no length; a whole day is 00:00-24:00.");
        return new WeeklyWindow(text, days, from, until > from ? until - from : until + Day - from);
    }

    private static List<int>? DaysOf(string text)
    {
        if (text == "daily") return [.. Enumerable.Range(0, 7)];
        List<int> days = [];
        foreach (var part in text.Split(','))
        {
            var ends = part.Split('-').Select(name => Array.IndexOf(Names, name)).ToList();
            if (ends.Count > 2 || ends.Contains(-1)) return null;
            for (var day = ends[0]; ; day = (day + 1) % 7)
            {
                days.Add(day);
                if (day == ends[^1]) break;
            }
        }
        return days;
    }

    private static int? MinuteOf(string text) =>
        text == "24:00" ? Day
        : TimeOnly.TryParseExact(text, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time) ? time.Hour * 60 + time.Minute
        : null;
}
