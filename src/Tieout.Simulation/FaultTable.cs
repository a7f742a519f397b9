using Tieout.Simulation.Time;

namespace Tieout.Simulation;

/// <summary>Which faults there are in a run, and how often each struck.</summary>
internal sealed class FaultTable(Draw draw, Draw newer, VirtualTime time, IReadOnlySet<Fault> without, Action<string>? tell)
{
    private static readonly Fault[] All = Enum.GetValues<Fault>();

    private readonly long[] _struck = new long[All.Length];
    // Of a chance of their own: the stories that the others make stay as they were.
    private static readonly HashSet<Fault> Newer = [Fault.PoisonTurnedAway, Fault.PoisonUnsettled];

    private readonly HashSet<Fault> _present =
    [
        .. All.Where(fault => !Newer.Contains(fault) && !without.Contains(fault) && !draw.OneIn(3)),
        .. All.Where(fault => Newer.Contains(fault) && !without.Contains(fault) && !newer.OneIn(3)),
    ];

    /// <summary>After this nothing bad happens any more.</summary>
    public bool Ceased { get; set; }

    /// <summary>How often each struck.</summary>
    public IReadOnlyList<long> Struck => _struck;

    /// <summary>Whether it is among this run's. Each run has two thirds of them, so that each also meets the others alone.</summary>
    public bool Has(Fault fault) => _present.Contains(fault);

    /// <summary>Whether it strikes now, once in so many times; told and counted when it does.</summary>
    public bool Strikes(Fault fault, int times, string what)
    {
        if (Ceased || !Has(fault) || !draw.OneIn(times)) return false;
        Strike(fault, what);
        return true;
    }

    /// <summary>It strikes.</summary>
    public void Strike(Fault fault, string what)
    {
        _struck[(int)fault]++;
        Tell($"[{Domain.Words.Of(fault)}] {what}");
    }

    /// <summary>One line of the run's history.</summary>
    public void Tell(string what) => tell?.Invoke(FormattableString.Invariant($"{time.Now:MM-dd HH:mm:ss.fff} {what}"));
}
