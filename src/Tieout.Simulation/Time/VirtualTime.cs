namespace Tieout.Simulation.Time;

/// <summary>
/// The one thread and the one clock of a simulated world. Of what could go on now, chance picks what does; when nothing could, time
/// jumps to the next thing that is due. The same seed picks the same, so a run can be had again.
/// </summary>
internal sealed class VirtualTime(Random random, DateTimeOffset start)
{
    // A run takes some ten thousand steps; what never comes to rest is stuck.
    private const long MostSteps = 3_000_000;

    private readonly PriorityQueue<Appointment, (long Ticks, long Order)> _later = new();
    private readonly List<Action> _ready = [];
    private long _order;

    /// <summary>True time; no program of the world need know it.</summary>
    public DateTimeOffset Now { get; private set; } = start;

    /// <summary>How much has happened so far.</summary>
    public long Steps { get; private set; }

    /// <summary>So much has happened that it will never come to rest; nothing more does.</summary>
    public bool IsExhausted => Steps >= MostSteps;

    /// <summary>What could go on does so at once, for whoever has no loop to run: time moves only when it is told to.</summary>
    public bool IsDirect { get; init; }

    /// <summary>As soon as chance picks it.</summary>
    public void Soon(Action action)
    {
        if (IsDirect) action();
        else _ready.Add(action);
    }

    /// <summary>After a while; disposing of what is answered calls it off.</summary>
    public Appointment After(TimeSpan delay, Action action)
    {
        var appointment = new Appointment(action);
        _later.Enqueue(appointment, ((Now + (delay > TimeSpan.Zero ? delay : TimeSpan.Zero)).Ticks, _order++));
        return appointment;
    }

    /// <summary>Ends after a while, in whoever's life awaits it.</summary>
    public Task Delay(TimeSpan delay)
    {
        var over = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        After(delay, over.SetResult);
        return over.Task;
    }

    /// <summary>Goes on until an instant has come, or nothing is left to happen.</summary>
    public void RunUntil(DateTimeOffset end)
    {
        while (!IsExhausted)
        {
            if (_ready.Count > 0) RunOne();
            else if (!_later.TryPeek(out _, out var due) || due.Ticks > end.Ticks) break;
            else Jump();
        }
        if (Now < end) Now = end;
    }

    private void RunOne()
    {
        var index = _ready.Count == 1 ? 0 : random.Next(_ready.Count);
        var action = _ready[index];
        _ready[index] = _ready[^1];
        _ready.RemoveAt(_ready.Count - 1);
        Steps++;
        action();
    }

    private void Jump()
    {
        _later.TryDequeue(out var appointment, out var due);
        Now = new DateTimeOffset(due.Ticks, TimeSpan.Zero);
        if (appointment!.Take() is { } action) _ready.Add(action);
    }
}

/// <summary>Something that is to happen at an instant, unless it is called off.</summary>
internal sealed class Appointment(Action action) : IDisposable
{
    private Action? _action = action;

    /// <summary>What is to be done; nothing when it was called off.</summary>
    public Action? Take()
    {
        var taken = _action;
        _action = null;
        return taken;
    }

    public void Dispose() => _action = null;
}
