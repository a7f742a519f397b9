using Tieout.Domain.Posting;
using Tieout.Simulation.Store;

namespace Tieout.Simulation;

/// <summary>What one run came to.</summary>
internal sealed record RunResult(
    int Seed, int Documents, Judgement Judgement, IReadOnlyList<long> Struck, IReadOnlyDictionary<string, int> Kills, long Steps, TimeSpan Lasted, int Parked);

/// <summary>
/// One run: a month's documents come in, everything that can go wrong does, then it is calm and people see to what is parked. The
/// code that delivers is the program's own. Everything follows from the seed.
/// </summary>
internal static class SimulatedRun
{
    private static readonly TimeSpan Longest = TimeSpan.FromHours(12);
    private static readonly TimeSpan Round = TimeSpan.FromMinutes(2);

    /// <summary>Runs it to its end.</summary>
    /// <param name="seed">Of everything.</param>
    /// <param name="without">Faults that shall not strike.</param>
    /// <param name="flaws">Defects put in on purpose; none in a run that counts.</param>
    /// <param name="tell">Hears the history, line by line; null for nobody.</param>
    public static RunResult Play(int seed, IReadOnlySet<Fault> without, Flaws flaws, Action<string>? tell)
    {
        var outer = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            using var world = new SimulatedWorld(seed, without, flaws, tell);
            var start = world.Time.Now;
            var person = world.Person;
            var troubles = new Troubles(world);
            Trouble(world, troubles, person);
            troubles.Cease();
            world.Faults.Tell("calm");
            Settle(world, person);
            var judgement = Oracle.Judge(world);
            foreach (var wrong in judgement.All) world.Faults.Tell(wrong);
            return new RunResult(
                seed, world.Documents.Wanted.Count, judgement, world.Faults.Struck, world.Kills, world.Time.Steps, world.Time.Now - start,
                world.Server.Books.Rows.Count(row => row.State == PostingState.Parked));
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(outer);
        }
    }

    /// <summary>The most calls that each ERP of a run ever had at once, with its slots and the programs that shared them.</summary>
    public static IReadOnlyList<(int Most, int Slots, int Programs)> MostAtOnce(int seed, IReadOnlySet<Fault> without)
    {
        var outer = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            using var world = new SimulatedWorld(seed, without, Flaws.None, null);
            Trouble(world, new Troubles(world), world.Person);
            return [.. world.Erps.Select(pair => (pair.Network.MostAtWork, pair.Erp.Temper.Slots, world.Machines.Count))];
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(outer);
        }
    }

    private static void Trouble(SimulatedWorld world, Troubles troubles, SimulatedPerson person)
    {
        var (draw, time) = (world.Draw, world.Time);
        var within = draw.Seconds(120, 1_200);
        for (var count = draw.Between(4, 30); count > 0; count--)
            if (draw.OneIn(2)) Next();
            else time.After(draw.Between(TimeSpan.Zero, within * 0.8), Next);
        troubles.Plan(within);
        foreach (var machine in world.Machines) machine.Start();
        for (var count = draw.Between(0, 12); count > 0; count--) time.After(draw.Between(TimeSpan.Zero, within), person.LookAtOne);
        time.RunUntil(time.Now + within);

        void Next()
        {
            world.Documents.Next();
            troubles.PoisonNext(world.Documents.Wanted[^1].Key);
        }
    }

    // As long as anything moves, and until nothing that was sent can still be booked.
    private static void Settle(SimulatedWorld world, SimulatedPerson person)
    {
        var end = world.Time.Now + Longest;
        while (world.Time.Now < end && !world.Time.IsExhausted)
        {
            // Business goes on: whether an ERP means one document shows once it takes another.
            if (world.Server.Books.Rows.Any(row => row.State == PostingState.Ready && world.Poison.TurnedAway.ContainsKey(row.Key))) world.Documents.Ordinary();
            world.Time.RunUntil(world.Time.Now + Round);
            if (IsSettled(world)) return;
            person.ReplayAll();
            person.ResumeAll();
        }
    }

    private static bool IsSettled(SimulatedWorld world) =>
        world.Erps.TrueForAll(pair => pair.Erp.OnTheWay == 0)
        && world.Server.Books.Rows.Count == world.Documents.Wanted.Count
        && world.Server.Books.Rows.All(row => row.State is PostingState.Posted or PostingState.Cancelled || IsLeftTo(world, row.Document));

    /// <summary>Refused or turned away for ever, taken and held up for ever, or waiting behind such a one.</summary>
    public static bool IsLeftTo(SimulatedWorld world, Connectors.Port.ErpDocument document)
    {
        var (books, key) = (world.Server.Books, document.Key);
        return books.Postings[books.Keys[key]].State switch
        {
            PostingState.Parked => world.Erps.Exists(pair => pair.Erp.Refusing.ContainsKey(key)) || world.Poison.TurnedAway.ContainsKey(key)
                || world.Poison.Unsettled.ContainsKey(key) || IsBehind(),
            PostingState.InDoubt => world.Poison.Unsettled.ContainsKey(key)
                && books.Cases.Exists(one => one is { IsOpen: true, Code: "long-in-doubt" } && one.SubjectKey == key),
            // What is in doubt may still be booked: what is about it waits, and what else is of its account, with no case of its own.
            PostingState.Staged => IsBehind() || IsNextOf(books.Postings[books.Keys[key]]),
            _ => false,
        };

        bool IsNextOf(PostingRow row) => books.Rows.Any(other => other.State == PostingState.InDoubt && other.Customer.Account == row.Customer.Account
            && other.Target == row.Target && IsLeftTo(world, other.Document));

        bool IsBehind() => world.Documents.Before(document)
            .Any(before => books.Keys.TryGetValue(before, out var id) && IsLeftTo(world, books.Postings[id].Document));
    }
}
