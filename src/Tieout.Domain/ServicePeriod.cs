using System.Globalization;

namespace Tieout.Domain;

/// <summary>
/// The days something was sold for. Half-open: <see cref="Start"/> is in, <see cref="End"/> is the first day that is not.
/// November is 2026-11-01 to 2026-12-01.
/// </summary>
public readonly record struct ServicePeriod
{
    /// <summary>A period of at least one day.</summary>
    /// <exception cref="ArgumentException">The end is not after the start.</exception>
    public ServicePeriod(DateOnly start, DateOnly end)
    {
        if (end <= start) throw new ArgumentException($"A period ends after it starts; got {start:yyyy-MM-dd} to {end:yyyy-MM-dd}.", nameof(end));
        (Start, End) = (start, end);
    }

    /// <summary>The first day that counts.</summary>
    public DateOnly Start { get; }

    /// <summary>The first day that no longer counts.</summary>
    public DateOnly End { get; }

    /// <summary>How many days it has.</summary>
    public int Days => End.DayNumber - Start.DayNumber;

    /// <summary>The days that both periods have, or null when they share none.</summary>
    public ServicePeriod? Overlap(ServicePeriod other)
    {
        var start = Start > other.Start ? Start : other.Start;
        var end = End < other.End ? End : other.End;
        return end > start ? new ServicePeriod(start, end) : null;
    }

    /// <summary>As a person reads it, with the last day that counts: <c>2026-11-01 to 2026-11-30</c>.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Start:yyyy-MM-dd} to {End.AddDays(-1):yyyy-MM-dd}");
}
