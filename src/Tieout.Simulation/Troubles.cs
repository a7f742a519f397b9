using Tieout.Domain.Posting.Lanes;

namespace Tieout.Simulation;

/// <summary>What happens to the world while it is troubled: to the database, to the ERPs, to the clocks and the rules.</summary>
internal sealed class Troubles(SimulatedWorld world)
{
    private readonly Draw _draw = world.Draw;
    private readonly FaultTable _faults = world.Faults;
    private readonly List<IDisposable> _locks = [];

    /// <summary>Everything that happens of itself within a time is put down now.</summary>
    public void Plan(TimeSpan within)
    {
        Some(Fault.DatabaseRestart, 3, within, RestartDatabase);
        Some(Fault.OldTransaction, 2, within, HoldRows);
        Some(Fault.DiskFull, 2, within, FillDisk);
        Some(Fault.Restore, 1, within, () => RestoreLater(within));
        Some(Fault.Throttled, 3, within, () => TurnAway(Fault.Throttled, "429", _draw.OneIn(2) ? _draw.Seconds(1, 60) : null));
        Some(Fault.SlotsTaken, 3, within, () => TurnAway(Fault.SlotsTaken, "All slots are taken.", null));
        Some(Fault.SomeSlotsTaken, 2, within, TakeSomeSlots);
        Some(Fault.WindowClosed, 2, within, CloseWindow);
        Some(Fault.LanePaused, 2, within, () => StopLane(Fault.LanePaused, LaneCommand.Pause));
        Some(Fault.LaneDrained, 2, within, () => StopLane(Fault.LaneDrained, LaneCommand.Drain));
        Some(Fault.TokenExpired, 2, within, () => TurnAway(Fault.TokenExpired, "401", null));
        Some(Fault.CertificateExpired, 1, within, () => TurnAway(Fault.CertificateExpired, "The certificate has run out.", null));
        Some(Fault.PeriodClosed, 2, within, ClosePeriod);
        Some(Fault.CustomerBlocked, 2, within, BlockCustomer);
        Some(Fault.RulesPublished, 3, within, PublishRules);
        Some(Fault.MappingPublished, 4, within, new MappingTroubles(world).Publish);
        Some(Fault.ClockSet, 3, within, SetClock);
    }

    /// <summary>Now and then a new document is one that something fails over.</summary>
    public void PoisonNext(string key)
    {
        var erp = world.Erps[key.StartsWith("US", StringComparison.Ordinal) ? 0 : 1];
        if (_faults.Has(Fault.PoisonBug) && _draw.OneIn(25)) (_draw.OneIn(2) ? world.Poison.Bug : world.Poison.BugAfter).Add(key);
        else if (_faults.Strikes(Fault.PoisonRefused, 25, $"{erp.Erp.Name} will refuse {key}")) erp.Erp.Refusing[key] = Refusal(_draw.OneIn(3));
        else if (_faults.Has(Fault.PoisonSilent) && _draw.OneIn(40)) erp.Network.Silencing.Add(key);
        // Wherever the routes lead it.
        if (_faults.Has(Fault.PoisonTurnedAway) && world.Newer.OneIn(40)) world.Poison.TurnedAway[key] = world.Newer.OneIn(3);
        else if (_faults.Has(Fault.PoisonUnsettled) && world.Newer.OneIn(40)) world.Poison.Unsettled[key] = world.Newer.OneIn(3);
    }

    /// <summary>Calm: whatever lasts ends, and what is broken is mended. What an ERP refuses for ever it goes on refusing.</summary>
    public void Cease()
    {
        _faults.Ceased = true;
        foreach (var held in _locks) held.Dispose();
        (world.Server.IsDown, world.Server.IsFull) = (false, false);
        world.Poison.Bug.Clear();
        world.Poison.BugAfter.Clear();
        world.Poison.Mend();
        foreach (var (erp, network) in world.Erps)
        {
            network.Away = null;
            network.SlotsLeft = null;
            network.Silencing.Clear();
            erp.PeriodClosed = false;
            erp.Blocked.Clear();
            foreach (var (key, finding) in erp.Refusing.ToList())
                if (finding.Code != "refused-for-ever") erp.Refusing.Remove(key);
            erp.BookMended();
        }
        foreach (var (erp, _) in world.Erps) world.Person.Tell(erp.Name, LaneCommand.Resume);
        new MappingTroubles(world).CloseGaps();
        world.Documents.MakeMissing();
    }

    private static Domain.Exceptions.Finding Refusal(bool forEver) => new(
        Domain.Exceptions.ExceptionCategory.Data, forEver ? "refused-for-ever" : "erp-refused", "A field is wrong.", "Mend it.");

    private void Some(Fault fault, int most, TimeSpan within, Action happen)
    {
        if (!_faults.Has(fault)) return;
        for (var count = _draw.Between(0, most); count > 0; count--)
            world.Time.After(_draw.Between(TimeSpan.Zero, within), () =>
            {
                if (!_faults.Ceased) happen();
            });
    }

    private void RestartDatabase()
    {
        var away = _draw.Seconds(0, 60);
        _faults.Strike(Fault.DatabaseRestart, $"the database restarts and is away for {away:c}");
        world.Server.CutSessions();
        world.Server.IsDown = true;
        world.Time.After(away, () => world.Server.IsDown = false);
    }

    private void HoldRows()
    {
        var rows = world.Server.Books.Rows.Where(_ => _draw.OneIn(4)).Select(row => row.Id).ToList();
        if (rows.Count == 0) return;
        var duration = _draw.OneIn(4) ? TimeSpan.FromHours(1) : _draw.Seconds(5, 300);
        _faults.Strike(Fault.OldTransaction, $"a transaction holds {rows.Count} postings for {duration:c}");
        var held = world.Server.Lock(rows);
        _locks.Add(held);
        world.Time.After(duration, held.Dispose);
    }

    private void FillDisk()
    {
        _faults.Strike(Fault.DiskFull, "the disk is full");
        world.Server.IsFull = true;
        world.Time.After(_draw.Seconds(5, 120), () =>
        {
            world.Server.IsFull = false;
            world.Documents.MakeMissing();
        });
    }

    private void RestoreLater(TimeSpan within)
    {
        var backup = world.Server.Books;
        _faults.Tell("a backup is made");
        world.Time.After(_draw.Between(TimeSpan.FromSeconds(5), within / 2), () =>
        {
            if (_faults.Ceased) return;
            _faults.Strike(Fault.Restore, "the database goes back to that backup");
            world.Server.CutSessions();
            world.Server.Books = world.Flaws.HasFlag(Flaws.RestoreBelieved) ? backup : backup with { RestoredAt = world.Time.Now };
            world.Time.After(_draw.Seconds(1, 600), world.Documents.MakeMissing);
        });
    }

    private void TurnAway(Fault fault, string reason, TimeSpan? retryAfter)
    {
        var network = _draw.Pick(world.Erps).Network;
        network.Away = (fault, reason, retryAfter);
        world.Time.After(_draw.Seconds(3, 180), () => network.Away = null);
    }

    private void TakeSomeSlots()
    {
        var network = _draw.Pick(world.Erps).Network;
        network.SlotsLeft = _draw.Between(0, 1);
        world.Time.After(_draw.Seconds(3, 180), () => network.SlotsLeft = null);
    }

    // Every day, from the next minute on; the hours are in the file that programs start with.
    private void CloseWindow()
    {
        var erp = _draw.Pick(world.Erps).Erp;
        world.CloseWindow(erp.Name, TimeSpan.FromMinutes(_draw.Between(1, 20)));
        foreach (var machine in world.Machines) machine.Renew();
    }

    private void StopLane(Fault fault, LaneCommand command)
    {
        var target = _draw.Pick(world.Erps).Erp.Name;
        _faults.Strike(fault, $"somebody tells {target} to {Domain.Words.Of(command)}");
        world.Person.Tell(target, command);
        // Also in calm times, and again where books were put back to before it.
        world.Time.After(_draw.Seconds(1, 300), () => world.Person.Tell(target, LaneCommand.Resume));
    }

    private void ClosePeriod()
    {
        var erp = _draw.Pick(world.Erps).Erp;
        _faults.Strike(Fault.PeriodClosed, $"{erp.Name} closes the period");
        erp.PeriodClosed = true;
        world.Time.After(_draw.Seconds(10, 300), () => erp.PeriodClosed = false);
    }

    private void BlockCustomer()
    {
        var erp = _draw.Pick(world.Erps).Erp;
        if (world.Server.Books.Rows.Count == 0) return;
        var code = _draw.Pick(world.Server.Books.Rows).Customer.Code;
        _faults.Strike(Fault.CustomerBlocked, $"{erp.Name} blocks {code}");
        erp.Blocked.Add(code);
    }

    private void PublishRules()
    {
        world.PublishRules();
        _faults.Strike(Fault.RulesPublished, "new rules are published");
        foreach (var machine in world.Machines) machine.Renew();
    }

    private void SetClock()
    {
        var by = _draw.Between(TimeSpan.FromHours(-1), TimeSpan.FromHours(1));
        _faults.Strike(Fault.ClockSet, $"a clock is set by {by:c}");
        _draw.Pick(world.Machines).SetClock(by);
    }
}
