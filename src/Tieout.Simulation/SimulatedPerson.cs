using Tieout.Application.Exceptions;
using Tieout.Application.Posting.Lanes;
using Tieout.Domain.Posting;
using Tieout.Domain.Posting.Lanes;
using Tieout.Simulation.Store;
using Tieout.Simulation.Time;

namespace Tieout.Simulation;

/// <summary>Somebody in finance operations who works the exceptions, and a colleague who presses the same button.</summary>
internal sealed class SimulatedPerson
{
    private readonly SimulatedWorld _world;
    private readonly ReplayException _replay;
    private readonly CommandLane _lanes;
    private readonly Life _life;

    public SimulatedPerson(SimulatedWorld world)
    {
        _world = world;
        _life = new Life(world.Time);
        var line = new ServerLine(world.Time, world.Server, _ => default);
        var store = new MemoryPosting(line, new MachineClock(world.Time, TimeSpan.Zero), world.NewId, world.Flaws);
        (_replay, _lanes) = (new ReplayException(store), new CommandLane(store));
    }

    /// <summary>Looks at one case, any case, while the world is troubled.</summary>
    public void LookAtOne()
    {
        var (draw, cases) = (_world.Draw, _world.Server.Books.Cases);
        if (cases.Count == 0) return;
        var one = cases[draw.Random.Next(cases.Count)];
        var parked = _world.Server.Books.Keys.TryGetValue(one.SubjectKey, out var id) && _world.Server.Books.Postings[id].State == PostingState.Parked;
        if (!one.IsOpen || !parked)
        {
            if (_world.Faults.Strikes(Fault.ReplayAgain, 1, $"replay is pressed on {one.SubjectKey}, {one.Code}, which needs none")) Press(one);
            return;
        }
        Press(one);
        if (_world.Faults.Strikes(Fault.ReplayTwice, 2, $"replay of {one.SubjectKey} is pressed twice")) Press(one);
    }

    /// <summary>Replays everything that is parked; answers how many.</summary>
    public int ReplayAll()
    {
        // What an ERP is known to turn away is not replayed before that is mended.
        var open = _world.Server.Books.Cases.FindAll(one => one is { IsOpen: true, SubjectKind: "posting" }
            && !(one.Code == "turned-away" && _world.Poison.TurnedAway.ContainsKey(one.SubjectKey))).DistinctBy(one => one.SubjectKey).ToList();
        foreach (var one in open) Press(one);
        return open.Count;
    }

    /// <summary>Tells a lane something.</summary>
    public void Tell(string target, LaneCommand command) => Do(() => _lanes.Run(target, command, "mara", "seen to", CancellationToken.None));

    /// <summary>Resumes what is not running: books that were put back may not know of it.</summary>
    public void ResumeAll()
    {
        foreach (var (target, _) in _world.Server.Books.Lanes.Where(lane => lane.Value.Lane.Mode != LaneMode.Running)) Tell(target, LaneCommand.Resume);
    }

    private void Press(CaseRow one)
    {
        _world.Faults.Tell($"somebody replays {one.SubjectKey}, {one.Code}");
        Do(() => _replay.Run(one.Id, "mara", "seen to", CancellationToken.None));
    }

    private void Do(Func<Task> something)
    {
        _life.Begin(async () =>
        {
            try
            {
                await something();
            }
            catch (StoreAwayException)
            {
                // The page says so; it is pressed again some other time.
            }
        });
    }
}
