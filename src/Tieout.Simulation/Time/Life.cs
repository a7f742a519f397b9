namespace Tieout.Simulation.Time;

/// <summary>
/// One running program. All its code runs here, from await to await; between two it may be killed, and then not another line of it
/// runs, no finally either, or be stopped and go on later as if nothing had been.
/// </summary>
internal sealed class Life(VirtualTime time) : SynchronizationContext
{
    private List<Action>? _held;

    /// <summary>Asked before each piece of its code; it may kill or stop it.</summary>
    public Action<Life> AtBoundary { get; set; } = _ => { };

    /// <summary>What was begun last.</summary>
    public Task Work { get; private set; } = Task.CompletedTask;

    /// <summary>Whether it was killed.</summary>
    public bool IsDead { get; private set; }

    /// <summary>Whether it stands still.</summary>
    public bool IsStopped => _held is not null;

    /// <summary>Ends it at once; everything in its memory is gone.</summary>
    public void Kill() => IsDead = true;

    /// <summary>It stands still until <see cref="Resume"/>; what it waits for happens meanwhile.</summary>
    public void Stop() => _held ??= [];

    /// <summary>It goes on.</summary>
    public void Resume()
    {
        var held = _held ?? [];
        _held = null;
        foreach (var action in held) time.Soon(action);
    }

    /// <summary>Begins something in this life.</summary>
    public void Begin(Func<Task> work) => Post(_ => Work = work(), null);

    public override void Post(SendOrPostCallback d, object? state)
    {
        if (IsDead) return;
        time.Soon(() => Run(d, state));
    }

    public override void Send(SendOrPostCallback d, object? state) => throw new NotSupportedException("Nothing in here waits for another thread.");

    public override SynchronizationContext CreateCopy() => this;

    private void Run(SendOrPostCallback d, object? state)
    {
        if (!IsDead && !IsStopped) AtBoundary(this);
        if (IsDead) return;
        if (_held is { } held)
        {
            held.Add(() => Run(d, state));
            return;
        }
        var outer = Current;
        SetSynchronizationContext(this);
        try
        {
            d(state);
        }
        finally
        {
            SetSynchronizationContext(outer);
        }
    }
}
