namespace Tieout.Domain.Subscriptions;

/// <summary>
/// Days counted without those of pauses that move the end: the 10th running day stays the 10th, wherever it falls. Calendar
/// days are told apart as "actual". Without such a pause both are the same.
/// </summary>
internal readonly struct RunningDays
{
    private readonly IReadOnlyList<Pause>? _pauses;

    private RunningDays(IReadOnlyList<Pause> pauses) => _pauses = pauses;

    /// <summary>For the pauses of one subscription, in their order; others than those that move the end are passed over.</summary>
    public static RunningDays Of(IReadOnlyList<Pause> pauses)
    {
        for (var index = 0; index < pauses.Count; index++)
            if (pauses[index].Mode == PauseMode.MoveEnd) return new RunningDays(pauses);
        return default;
    }

    /// <summary>True when running and actual days are the same.</summary>
    public bool Same => _pauses is null;

    /// <summary>The running day of an actual one; a day inside a pause is that on which it will go on.</summary>
    public DateOnly Of(DateOnly actual)
    {
        if (_pauses is null) return actual;
        var day = actual;
        foreach (var pause in _pauses)
        {
            if (pause.Mode != PauseMode.MoveEnd || pause.Until is not { } until || pause.From >= actual) continue;
            day = day.AddDays(-(Math.Min(until.DayNumber, actual.DayNumber) - pause.From.DayNumber));
        }
        return day;
    }

    /// <summary>The actual day of a running one; after a pause where one begins on it.</summary>
    public DateOnly Actual(DateOnly running)
    {
        if (_pauses is null) return running;
        var day = running;
        foreach (var pause in _pauses)
            if (pause.Mode == PauseMode.MoveEnd && pause.Until is { } until && pause.From <= day)
                day = day.AddDays(until.DayNumber - pause.From.DayNumber);
        return day;
    }

    /// <summary>The first actual day after the running days before <paramref name="running"/>; before a pause where one begins then.</summary>
    public DateOnly ActualEnd(DateOnly running) => _pauses is null ? running : Actual(running.AddDays(-1)).AddDays(1);
}
