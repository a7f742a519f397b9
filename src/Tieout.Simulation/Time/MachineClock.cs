namespace Tieout.Simulation.Time;

/// <summary>
/// The clock of one machine: its wall clock may be wrong and may be set; its steady clock counts on, except while the machine is
/// suspended. Timers follow the steady clock of the world; those of a suspended machine are late, as their program is.
/// </summary>
internal sealed class MachineClock(VirtualTime time, TimeSpan skew) : TimeProvider
{
    private TimeSpan _skew = skew;
    private TimeSpan _asleep = TimeSpan.Zero;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <summary>Somebody sets the wall clock.</summary>
    public void Step(TimeSpan by) => _skew += by;

    /// <summary>The machine was suspended so long.</summary>
    public void Slept(TimeSpan duration) => _asleep += duration;

    public override DateTimeOffset GetUtcNow() => time.Now + _skew;

    public override long GetTimestamp() => (time.Now - _asleep).Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(time, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class Timer(VirtualTime time, TimerCallback callback, object? state) : ITimer
    {
        private Appointment? _next;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            _next?.Dispose();
            _next = dueTime == Timeout.InfiniteTimeSpan ? null : time.After(dueTime, () => Ring(period));
            return true;
        }

        public void Dispose() => _next?.Dispose();

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        private void Ring(TimeSpan period)
        {
            if (period > TimeSpan.Zero) _next = time.After(period, () => Ring(period));
            callback(state);
        }
    }
}
