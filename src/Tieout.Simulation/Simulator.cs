using System.Collections.Concurrent;

namespace Tieout.Simulation;

/// <summary>What a simulation is asked for.</summary>
/// <param name="Runs">How many seeds, one after the other.</param>
/// <param name="Seed">The first of them.</param>
public sealed record SimulationRequest(int Runs, int Seed)
{
    /// <summary>Faults left out.</summary>
    public IReadOnlySet<Fault> Without { get; init; } = new HashSet<Fault>();

    /// <summary>Threads; each plays seeds of its own, so the result is the same with any number.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    internal Flaws Flaws { get; init; }
}

/// <summary>A fault and how often it struck.</summary>
/// <param name="Name">Its word.</param>
/// <param name="Struck">How often, in all runs.</param>
/// <param name="Runs">In how many runs at least once.</param>
public sealed record FaultCount(string Name, long Struck, int Runs);

/// <summary>What a simulation came to.</summary>
/// <param name="Runs">Seeds played.</param>
/// <param name="Seed">The first of them.</param>
/// <param name="Documents">Documents in all runs.</param>
/// <param name="Lost">Called posted by our books, and not in the ledger of the ERP, or otherwise.</param>
/// <param name="Duplicate">In a ledger more than once.</param>
/// <param name="Stuck">After long calm neither posted nor in the hands of a person.</param>
/// <param name="Disordered">A credit memo in the ledger before its invoice.</param>
/// <param name="Broken">Rules of the books that a program tried to break.</param>
/// <param name="Parked">Left to a person in the end, with an open case: refused for ever by the ERP, or behind such a one.</param>
/// <param name="Failed">The seeds of the runs that were not good, in order; at most 100.</param>
/// <param name="Faults">Each fault, with how often it struck.</param>
/// <param name="Kills">Steps that programs were killed at, with how often.</param>
/// <param name="Steps">Pieces of code that ran.</param>
/// <param name="VirtualHours">Simulated time, of all runs together.</param>
public sealed record SimulationReport(
    int Runs, int Seed, long Documents, long Lost, long Duplicate, long Stuck, long Disordered, long Broken, long Parked, IReadOnlyList<int> Failed,
    IReadOnlyList<FaultCount> Faults, IReadOnlyDictionary<string, int> Kills, long Steps, long VirtualHours)
{
    /// <summary>Nothing lost, nothing doubled, nothing stuck, all in order.</summary>
    public bool IsGood => Lost + Duplicate + Stuck + Disordered + Broken == 0;
}

/// <summary>Plays many seeds.</summary>
public static class Simulator
{
    private const int MostSeedsNamed = 100;

    /// <summary>Plays them all.</summary>
    /// <param name="request">Which.</param>
    /// <param name="done">Hears how many are done; from any thread.</param>
    /// <param name="tell">Hears the history of every run, line by line; null for nobody. Only sensible with one thread.</param>
    /// <param name="cancel">Stops between two runs.</param>
    public static SimulationReport Run(SimulationRequest request, Action<int>? done, Action<string>? tell, CancellationToken cancel)
    {
        var results = new ConcurrentBag<RunResult>();
        var (next, finished) = (-1, 0);
        var threads = Enumerable.Range(0, Math.Min(request.Threads, request.Runs)).Select(_ => new Thread(Play)).ToList();
        foreach (var thread in threads) thread.Start();
        foreach (var thread in threads) thread.Join();
        cancel.ThrowIfCancellationRequested();
        return Report(request, [.. results.OrderBy(result => result.Seed)]);

        void Play()
        {
            while (!cancel.IsCancellationRequested && Interlocked.Increment(ref next) is var index && index < request.Runs)
            {
                results.Add(SimulatedRun.Play(unchecked(request.Seed + index), request.Without, request.Flaws, tell));
                done?.Invoke(Interlocked.Increment(ref finished));
            }
        }
    }

    private static SimulationReport Report(SimulationRequest request, IReadOnlyList<RunResult> results) => new(
        results.Count, request.Seed, results.Sum(result => (long)result.Documents), results.Sum(result => (long)result.Judgement.Lost.Count),
        results.Sum(result => (long)result.Judgement.Duplicate.Count), results.Sum(result => (long)result.Judgement.Stuck.Count),
        results.Sum(result => (long)result.Judgement.Disordered.Count), results.Sum(result => (long)result.Judgement.Broken.Count),
        results.Sum(result => (long)result.Parked),
        [.. results.Where(result => !result.Judgement.IsGood).Select(result => result.Seed).Take(MostSeedsNamed)],
        [.. Enum.GetValues<Fault>().Select(fault => new FaultCount(
            Domain.Words.Of(fault), results.Sum(result => result.Struck[(int)fault]), results.Count(result => result.Struck[(int)fault] > 0)))],
        results.SelectMany(result => result.Kills).GroupBy(kill => kill.Key, StringComparer.Ordinal).OrderByDescending(group => group.Sum(kill => kill.Value))
            .ToDictionary(group => group.Key, group => group.Sum(kill => kill.Value), StringComparer.Ordinal),
        results.Sum(result => result.Steps), (long)results.Sum(result => result.Lasted.TotalHours));
}
