using Tieout.Application.Posting;
using Tieout.Simulation.Store;
using Tieout.Simulation.Time;

namespace Tieout.Simulation;

/// <summary>One program that delivers, as <c>tieout serve</c> does, on a machine of its own; killed, it is started again as another.</summary>
internal sealed class SimulatedProgram(int machine, SimulatedWorld world) : IDisposable
{
    // Steps after which something has just changed: where a death hurts most.
    private const int RiskySteps = 3;

    private static readonly HashSet<string> Routine = new(StringComparer.Ordinal)
    {
        "fewest-tries", "doubt-restored", "park-blocked", "oldest-staged", "try-introduce", "end-introduction", "prove", "free-dead", "open", "report-run",
        "something-is-due", "claim-to-send", "claim-to-look-up", "steer", "lanes", "remember-lanes", "doubt-is-due",
    };

    private readonly Draw _draw = world.Draw;
    private readonly FaultTable _faults = world.Faults;
    private CancellationTokenSource _stop = new();
    private Life _life = new(world.Time);
    private MachineClock? _clock;
    private MemoryPosting? _store;
    private int _risk;
    private string _lastStep = "start";

    /// <summary>Whether it runs, and does not stand still.</summary>
    public bool IsUp => !_life.IsDead && !_life.IsStopped && _store is not null;

    /// <summary>Starts it under the rules of now.</summary>
    public void Start()
    {
        var skew = TimeSpan.Zero;
        if (!_faults.Ceased && _faults.Has(Fault.ClockSkew) && _draw.OneIn(2))
        {
            skew = _draw.Between(TimeSpan.FromHours(-1), TimeSpan.FromHours(1));
            _faults.Strike(Fault.ClockSkew, $"machine {machine} is off by {skew:c}");
        }
        (_clock, _life, _stop) = (new MachineClock(world.Time, skew), new Life(world.Time) { AtBoundary = AtBoundary }, new CancellationTokenSource());
        var line = new ServerLine(world.Time, world.Server, Trouble);
        _store = new MemoryPosting(line, world.Flaws.HasFlag(Flaws.MachineTime) ? _clock : new DatabaseClock(_clock), world.NewId, world.Flaws);
        var serve = new DeliverAlways(_store, _clock, world.Targets(), _draw.Jitter);
        _faults.Tell($"machine {machine} starts");
        var (life, stop) = (_life, _stop);
        life.Begin(() => serve.Run(trouble => world.Heard(machine, trouble), stop.Token));
    }

    /// <summary>Ends it at once. Its sessions end when the server notices.</summary>
    public void Kill()
    {
        _life.Kill();
        if (_store is not { } dead) return;
        _store = null;
        world.Time.After(_draw.OneIn(2) ? TimeSpan.Zero : _draw.Seconds(1, 120), () => world.Server.Bury(dead));
        world.Time.After(_draw.Seconds(0, 60), Start);
    }

    /// <summary>Asks it to stop, as Ctrl-C does; it starts again under the rules of then.</summary>
    public void Renew()
    {
        if (!IsUp) return;
        _stop.Cancel();
        var (ended, store) = (_life, _store);
        world.Time.After(_draw.Seconds(30, 90), () =>
        {
            if (ended != _life || _store != store) return; // killed meanwhile
            ended.Kill();
            world.Server.Bury(store!);
            Start();
        });
    }

    /// <summary>It stands still for a while; with its machine, or alone.</summary>
    public void Stall(TimeSpan duration, bool withMachine, bool cutSessions)
    {
        if (!IsUp) return;
        var (life, clock) = (_life, _clock!);
        life.Stop();
        if (cutSessions) world.Server.CutSessions(_store!);
        world.Time.After(duration, () =>
        {
            if (withMachine) clock.Slept(duration);
            life.Resume();
        });
    }

    /// <summary>Somebody sets its clock.</summary>
    public void SetClock(TimeSpan by) => _clock?.Step(by);

    public void Dispose() => _stop.Dispose();

    private void AtBoundary(Life life)
    {
        if (_faults.Ceased || life != _life) return;
        var often = _risk > 0;
        if (often) _risk--;
        if (_faults.Has(Fault.Kill) && _draw.OneIn(often ? 150 : 20_000))
        {
            world.KilledAt(_lastStep);
            _faults.Strike(Fault.Kill, $"machine {machine} is killed at {_lastStep}");
            Kill();
        }
        else if (_faults.Has(Fault.Stall) && _draw.OneIn(often ? 400 : 40_000))
        {
            var (duration, cut) = (_draw.Seconds(1, _draw.OneIn(2) ? 20 : 900), _draw.OneIn(3));
            _faults.Strike(Fault.Stall, $"machine {machine} stands still at {_lastStep} for {duration:c}{(cut ? ", its sessions cut" : "")}");
            Stall(duration, withMachine: false, cut);
        }
        else if (_faults.Has(Fault.Suspend) && _draw.OneIn(often ? 600 : 60_000))
        {
            var duration = _draw.Seconds(10, 1200);
            _faults.Strike(Fault.Suspend, $"machine {machine} sleeps at {_lastStep} for {duration:c}");
            Stall(duration, withMachine: true, cutSessions: _draw.OneIn(2));
        }
    }

    private LineTrouble Trouble(string name)
    {
        if (!Routine.Contains(name)) _risk = RiskySteps;
        _lastStep = name;
        // Nothing takes no time at all, or a loop that only time ends would never end.
        var usual = new LineTrouble(TimeSpan.FromMicroseconds(_draw.Between(100, 2_000)), TimeSpan.Zero);
        if (_faults.Ceased) return usual;
        var often = Routine.Contains(name) ? 2_000 : 150;
        if (_faults.Strikes(Fault.QuestionLost, often, $"machine {machine} asks the database to {name}, and the connection breaks"))
            return usual with { Lost = true };
        if (_faults.Strikes(Fault.CommitUnheard, often, $"machine {machine} has the database {name}, and does not hear of it"))
            return usual with { AnswerLost = true };
        if (_draw.OneIn(400)) return new(_draw.Seconds(0, 20), _draw.Seconds(0, 20));
        return _draw.OneIn(8) ? new(TimeSpan.FromMilliseconds(_draw.Between(1, 20)), TimeSpan.FromMilliseconds(_draw.Between(0, 20))) : usual;
    }
}
