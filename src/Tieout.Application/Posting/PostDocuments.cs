using System.Data.Common;
using Npgsql;
using Tieout.Application.Posting.Lanes;
using Tieout.Application.Posting.Postgres;
using Tieout.Application.Runs;
using Tieout.Domain.Posting.Lanes;

namespace Tieout.Application.Posting;

/// <summary>Where all postings stand.</summary>
/// <param name="Target">The target, or empty for documents not routed yet.</param>
/// <param name="State">One of the posting states.</param>
public sealed record PostingCount(string Target, string State, long Documents);

/// <summary>What a posting run came to.</summary>
/// <param name="Run">The run's id.</param>
/// <param name="Counts">All postings by target and state.</param>
/// <param name="Waiting">Documents that are not posted, parked or cancelled: they go on by themselves in the next run.</param>
/// <param name="Troubles">Targets out of reach, with the reason.</param>
public sealed record PostingSummary(Guid Run, IReadOnlyList<PostingCount> Counts, long Waiting, IReadOnlyList<string> Troubles);

/// <summary>
/// Delivers everything that waits, into every target, until nothing is due any more. Any number of processes may run it at
/// once; PostgreSQL hands out the work.
/// </summary>
public sealed class PostDocuments
{
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestGlance = TimeSpan.FromSeconds(10);
    private const int LooksOfRest = 50;
    private static readonly TimeSpan Steady = TimeSpan.FromSeconds(5);

    private readonly IPostingStore _store;
    private readonly TimeProvider _clock;
    private readonly IReadOnlyList<DeliveryTarget> _targets;
    private readonly Func<decimal> _jitter;

    // Kept from run to run: an ERP that is out of reach is not tried anew each time.
    private readonly Dictionary<DeliveryTarget, LaneHealth> _health;

    /// <summary>Over the books in PostgreSQL.</summary>
    public PostDocuments(NpgsqlDataSource database, TimeProvider clock, IReadOnlyList<DeliveryTarget> targets)
        : this(new PostgresPosting(database, new DatabaseClock(clock)), clock, targets, Jitter) { }

    /// <summary>Over any store, in any time.</summary>
    /// <param name="store">The postings.</param>
    /// <param name="clock">For pauses; what time it is says the store.</param>
    /// <param name="targets">Where to.</param>
    /// <param name="jitter">From 0 to 1, spreads pauses.</param>
    internal PostDocuments(IPostingStore store, TimeProvider clock, IReadOnlyList<DeliveryTarget> targets, Func<decimal> jitter)
    {
        (_store, _clock, _targets, _jitter) = (store, clock, targets, jitter);
        _health = targets.ToDictionary(target => target, target => new LaneHealth(store, target, jitter));
    }

    /// <summary>
    /// Runs until all is posted or parked, or until what is left is not due within <paramref name="patience"/> (an ERP out
    /// of reach, doubts whose proof of absence takes longer, our own database away). Cancelling finishes the batches on the
    /// wire first.
    /// </summary>
    public async Task<PostingSummary> Run(string actor, TimeSpan patience, IProgress<RunProgress>? progress, CancellationToken cancel)
    {
        var run = await _store.BeginRun(actor, cancel);
        try
        {
            await DeliverThroughRestarts(run, patience, progress, cancel);
            var summary = await Summary(run, await Troubles());
            await _store.EndRun(run, summary.Waiting == 0 ? "finished" : "stopped", summary.Waiting == 0 ? "" : $"{summary.Waiting} documents wait.");
            return summary;
        }
        catch (Exception trouble)
        {
            await _store.BreakRun(run, trouble);
            throw;
        }
    }

    /// <summary>Whether there is anything that this program may do now.</summary>
    internal async Task<bool> SomethingIsDue(CancellationToken cancel)
    {
        var (standing, now) = (await _store.Lanes(_targets, cancel), _store.Now);
        foreach (var target in _targets) _health[target].HeldUntil(Standing(standing, target).HoldUntil);
        var open = _targets.Where(target => _health[target].PausedUntil <= now && target.Lane.Hours.IsOpen(now)).ToList();
        var sending = open.FindAll(target => Standing(standing, target) is { Mode: LaneMode.Running } lane && lane.HoldUntil <= now);
        // Asked even where nobody may send, for with the answer comes the time. What routes published since may lead anywhere, is nobody's then.
        if (await _store.SomethingIsDue(sending, cancel) && sending.Count > 0) return true;
        var draining = open.FindAll(target => Standing(standing, target) is { Mode: LaneMode.Draining } lane && lane.HoldUntil <= now);
        return draining.Count > 0 && await _store.DoubtIsDue(draining, cancel);
    }

    internal static decimal Jitter() => Random.Shared.Next(1000) / 1000m;

    // A database that restarts or fails over is waited for. Whatever was on the wire then is taken for crashed: this
    // program joins again as another node, and what its old self had claimed is looked after like a dead one's.
    private async Task DeliverThroughRestarts(Guid run, TimeSpan patience, IProgress<RunProgress>? progress, CancellationToken cancel)
    {
        var awaySince = DateTimeOffset.MaxValue;
        while (true)
        {
            var began = _store.Now;
            try
            {
                await using var node = await _store.Join(cancel);
                await _store.RememberRules(_targets, cancel);
                await _store.RememberLanes(_targets, cancel);
                await _store.TellUnrouted(_targets, cancel);
                await Deliver(run, node, patience, progress, cancel);
                await _store.TellUnrouted(_targets, CancellationToken.None); // what the routes were asked about meanwhile
                return;
            }
            catch (DbException away) when (StoreTrouble.WillPass(away))
            {
                var now = _store.Now;
                if (now - began > Steady || awaySince > now) awaySince = now;
                if (now - awaySince > patience) throw;
                await Task.Delay(Glance, _clock, cancel);
            }
        }
    }

    private async Task Deliver(Guid run, IPostingNode node, TimeSpan patience, IProgress<RunProgress>? progress, CancellationToken cancel)
    {
        using var settled = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var lanes = _targets.Select(target => new SteeredLane(_store, _clock, node.Number, target, _health[target])).ToList();
        foreach (var lane in lanes) await lane.Steer(cancel);
        // Whoever waits for a slot when it is over gives back what it has in hand.
        using var closing = settled.Token.Register(() => lanes.ForEach(lane => lane.Gate.Close()));
        var watch = EndingAll(Watch(run, node, lanes, patience, progress, settled), settled);
        var steering = lanes.Select(lane => EndingAll(lane.Always(settled.Token), settled));
        var workers = lanes.SelectMany(lane =>
        {
            var work = new PostingLane(_store, _clock, _jitter, node.Number, lane.Target, lane.Health, lane.Gate);
            return Enumerable.Range(0, LaneGate.HandsFor(lane.Target.Connector.Limits.Slots)).Select(_ => EndingAll(Work(work, settled.Token), settled));
        });
        await Task.WhenAll([watch, .. steering, .. workers]);
        foreach (var lane in lanes) await lane.End();
    }

    // One that fails must not leave the others working for nobody.
    private static async Task EndingAll(Task work, CancellationTokenSource settled)
    {
        try
        {
            await work;
        }
        catch (OperationCanceledException) when (settled.IsCancellationRequested)
        {
            // Ended as it should.
        }
        catch
        {
            settled.Cancel();
            throw;
        }
    }

    private async Task Work(PostingLane lane, CancellationToken settled)
    {
        while (!settled.IsCancellationRequested)
            if (await lane.Step(settled) != LaneStep.Moved) await Task.Delay(Glance, _clock, settled);
    }

    // Frees what dead workers held, tells how far it is, and ends the run when nothing more will come of it soon.
    private async Task Watch(
        Guid run, IPostingNode node, IReadOnlyList<SteeredLane> lanes, TimeSpan patience, IProgress<RunProgress>? progress, CancellationTokenSource settled)
    {
        long most = 0;
        while (!settled.IsCancellationRequested)
        {
            var looked = _clock.GetTimestamp();
            await node.Prove(settled.Token);
            await _store.FreeDead(settled.Token);
            var open = await _store.Open(_targets, settled.Token);
            var documents = open.Sum(part => part.Documents);
            most = Math.Max(most, documents);
            await _store.ReportRun(run, most - documents, most, settled.Token);
            var inDoubt = open.Sum(part => part.InDoubt);
            progress?.Report(new RunProgress(most - documents, most, "documents", inDoubt > 0 ? $"{inDoubt} in doubt" : ""));
            var now = _store.Now;
            if (open.All(part => DueAt(part, lanes, now) > now + patience)) settled.Cancel();
            else await Rest(_clock.GetElapsedTime(looked), lanes, settled.Token);
        }
    }

    // Looking costs something when a million wait: nearly all of the time belongs to the lanes. But a look that took long because this
    // program was stopped says nothing of that, and meanwhile nobody looks after the dead. Where no lane sees anything more, it may be the end.
    private async Task Rest(TimeSpan look, IReadOnlyList<SteeredLane> lanes, CancellationToken settled)
    {
        var (began, rest) = (_clock.GetTimestamp(), TimeSpan.FromTicks(Math.Clamp(look.Ticks * LooksOfRest, Glance.Ticks, LongestGlance.Ticks)));
        do await Task.Delay(Glance, _clock, settled);
        while (_clock.GetElapsedTime(began) < rest && !lanes.All(lane => lane.Gate.SeesNothing(_store.Now)));
    }

    // Only where something waits: an ERP that nothing is to be sent to troubles nobody.
    private async Task<IReadOnlyList<string>> Troubles()
    {
        var open = await _store.Open(_targets, CancellationToken.None);
        foreach (var (target, health) in _health)
            if (!open.Any(part => Concerns(part, target))) await health.Idle();
        var (standing, now) = (await _store.Lanes(_targets, CancellationToken.None), _store.Now);
        return [.. _health.Select(lane => (lane.Key.Name, Words: Why(lane.Key, lane.Value, Standing(standing, lane.Key), now)))
            .Where(lane => lane.Words.Length > 0).Select(lane => $"{lane.Name}: {lane.Words}")];
    }

    private static string Why(DeliveryTarget target, LaneHealth health, LaneStanding lane, DateTimeOffset now) =>
        lane.Mode != LaneMode.Running ? $"{Domain.Words.Of(lane.Mode)} by {lane.Actor}: {lane.Reason}"
        : !target.Lane.Hours.IsOpen(now) ? $"closed until {LaneForecast.Told(target.Lane.Hours.NextOpen(now), now, target.Lane.Hours.Zone)}"
        : health.Trouble;

    private static LaneStanding Standing(IReadOnlyList<LaneStanding> standing, DeliveryTarget target) =>
        standing.FirstOrDefault(lane => lane.Target == target.Name) ?? new LaneStanding(target.Name, LaneMode.Running, DateTimeOffset.MinValue, "", "");

    private static bool Concerns(OpenPostings part, DeliveryTarget target) =>
        part.Target.Length > 0 ? target.Name == part.Target : target.LegalEntities.Contains(part.LegalEntity);

    // When something can happen next: not before its lane may be used again. Of a lane that drains, only doubts are to be cleared.
    private static DateTimeOffset DueAt(OpenPostings part, IReadOnlyList<SteeredLane> lanes, DateTimeOffset now)
    {
        // What published routes may lead anywhere is routed by whichever lane works.
        var concerned = lanes.Where(lane => Concerns(part, lane.Target)).ToList();
        return (concerned.Count > 0 ? concerned : lanes).Select(lane => DueAt(part, lane.Gate, now)).DefaultIfEmpty(now).Min();
    }

    private static DateTimeOffset DueAt(OpenPostings part, LaneGate lane, DateTimeOffset now)
    {
        if (lane.Mode == LaneMode.Draining && part.InDoubt == 0) return DateTimeOffset.MaxValue;
        var begins = lane.BeginsAt(now);
        var due = part.AtOnce > 0 ? now : part.NextDue ?? (part.LegalEntity.Length > 0 ? DateTimeOffset.MaxValue : now);
        return begins > due ? begins : due;
    }

    private async Task<PostingSummary> Summary(Guid run, IReadOnlyList<string> troubles)
    {
        var counts = await _store.Counts();
        var waiting = counts.Where(count => count.State is "staged" or "ready" or "sending" or "in-doubt").Sum(count => count.Documents);
        return new PostingSummary(run, counts, waiting, troubles);
    }
}
