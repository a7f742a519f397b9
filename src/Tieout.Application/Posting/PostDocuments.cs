using Dapper;
using Npgsql;
using Tieout.Application.Exceptions;
using Tieout.Application.Runs;
using Tieout.Domain.Exceptions;

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
public sealed class PostDocuments(NpgsqlDataSource database, TimeProvider clock, IReadOnlyList<DeliveryTarget> targets)
{
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Steady = TimeSpan.FromSeconds(5);

    private readonly RunLog _runs = new(database, clock);

    // Kept from run to run: an ERP that is out of reach is not tried anew each time.
    private readonly Dictionary<DeliveryTarget, LaneHealth> _health = targets.ToDictionary(target => target, target => new LaneHealth(database, clock, target));

    /// <summary>
    /// Runs until all is posted or parked, or until what is left is not due within <paramref name="patience"/> (an ERP out
    /// of reach, doubts whose proof of absence takes longer, our own database away). Cancelling finishes the batches on the
    /// wire first.
    /// </summary>
    public async Task<PostingSummary> Run(string actor, TimeSpan patience, IProgress<RunProgress>? progress, CancellationToken cancel)
    {
        var run = await _runs.Begin("post", "", "Post documents", "documents", actor, cancel);
        try
        {
            await DeliverThroughRestarts(run, patience, progress, cancel);
            var summary = await Summary(run, await Troubles());
            await _runs.End(run, summary.Waiting == 0 ? "finished" : "stopped", summary.Waiting == 0 ? "" : $"{summary.Waiting} documents wait.");
            return summary;
        }
        catch (Exception trouble)
        {
            await _runs.Break(run, trouble);
            throw;
        }
    }

    /// <summary>The targets that may be tried now.</summary>
    internal IReadOnlyList<DeliveryTarget> Reachable() => [.. targets.Where(target => _health[target].PausedUntil <= clock.GetUtcNow())];

    // A database that restarts or fails over is waited for. Whatever was on the wire then is taken for crashed: this
    // program joins again as another node, and what its old self had claimed is looked after like a dead one's.
    private async Task DeliverThroughRestarts(Guid run, TimeSpan patience, IProgress<RunProgress>? progress, CancellationToken cancel)
    {
        var awaySince = DateTimeOffset.MaxValue;
        while (true)
        {
            var began = clock.GetUtcNow();
            try
            {
                await using var node = await Node.Join(database, cancel);
                await RememberRules(cancel);
                await TellUnrouted(cancel);
                await Deliver(run, node, patience, progress, cancel);
                return;
            }
            catch (NpgsqlException away) when (WillPass(away))
            {
                var now = clock.GetUtcNow();
                if (now - began > Steady || awaySince > now) awaySince = now;
                if (now - awaySince > patience) throw;
                await Task.Delay(Glance, cancel);
            }
        }
    }

    private static bool WillPass(NpgsqlException trouble) =>
        trouble is not PostgresException { SqlState: var state } || state[..2] is "08" or "40" or "53" or "57";

    private async Task Deliver(Guid run, Node node, TimeSpan patience, IProgress<RunProgress>? progress, CancellationToken cancel)
    {
        using var settled = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var watch = EndingAll(Watch(run, node, patience, progress, settled), settled);
        var workers = _health.SelectMany(lane =>
        {
            var work = new PostingLane(database, clock, node.Number, lane.Key, lane.Value);
            return Enumerable.Range(0, lane.Key.Connector.Limits.Slots).Select(_ => EndingAll(Work(work, settled.Token), settled));
        });
        await Task.WhenAll([watch, .. workers]);
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
            await settled.CancelAsync();
            throw;
        }
    }

    private static async Task Work(PostingLane lane, CancellationToken settled)
    {
        while (!settled.IsCancellationRequested)
            if (await lane.Step(settled) != LaneStep.Moved) await Task.Delay(Glance, settled);
    }

    // Frees what dead workers held, tells how far it is, and ends the run when nothing more will come of it soon.
    private async Task Watch(Guid run, Node node, TimeSpan patience, IProgress<RunProgress>? progress, CancellationTokenSource settled)
    {
        var recovery = new Recovery(database, clock);
        long most = 0;
        var watch = new System.Diagnostics.Stopwatch();
        while (!settled.IsCancellationRequested)
        {
            watch.Restart();
            await node.Prove(settled.Token);
            await recovery.Run(settled.Token);
            var open = await Open(settled.Token);
            var documents = open.Sum(part => part.Documents);
            most = Math.Max(most, documents);
            await _runs.Report(run, most - documents, most, settled.Token);
            var inDoubt = open.Sum(part => part.InDoubt);
            progress?.Report(new RunProgress(most - documents, most, "documents", inDoubt > 0 ? $"{inDoubt} in doubt" : ""));
            var now = clock.GetUtcNow();
            if (open.All(part => DueAt(part, now) > now + patience)) await settled.CancelAsync();
            // Looking costs something when a million wait: nine tenths of the time belong to the lanes.
            else await Task.Delay(TimeSpan.FromTicks(Math.Max(Glance.Ticks, watch.Elapsed.Ticks * 9)), settled.Token);
        }
    }

    // Only where something waits: an ERP that nothing is to be sent to troubles nobody.
    private async Task<IReadOnlyList<string>> Troubles()
    {
        var open = await Open(CancellationToken.None);
        foreach (var (target, health) in _health)
            if (!open.Any(part => Concerns(part, target))) await health.Idle();
        return [.. _health.Where(lane => lane.Value.Trouble.Length > 0).Select(lane => $"{lane.Key.Name}: {lane.Value.Trouble}")];
    }

    private static bool Concerns(OpenPostings part, DeliveryTarget target) => target.Name == part.Target || target.LegalEntities.Contains(part.LegalEntity);

    // When something can happen next: not before its lane may be tried again.
    private DateTimeOffset DueAt(OpenPostings part, DateTimeOffset now)
    {
        var paused = _health.First(lane => Concerns(part, lane.Key)).Value.PausedUntil;
        var due = part.AtOnce > 0 ? now : part.NextDue ?? (part.Target.Length == 0 ? DateTimeOffset.MaxValue : now);
        return paused > due ? paused : due;
    }

    private async Task<IReadOnlyList<OpenPostings>> Open(CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return (await connection.QueryAsync<OpenPostings>(
            """
            select target, '' as legal_entity, count(*) as documents,
                   count(*) filter (where state = 'in-doubt') as in_doubt,
                   count(*) filter (where state = 'sending' or not_before is null or not_before <= @now) as at_once,
                   min(not_before) filter (where not_before > @now) as next_due
            from posting.posting
            where state in ('ready', 'sending', 'in-doubt') and target = any(@targets)
            group by target
            union all
            -- A credit memo in the queue behind its invoice is not due by itself: what the invoice waits for decides.
            select '', entity.code, count(*), 0,
                   count(*) filter (where posting.document_kind = 'invoice' or posting.turn(posting.document_id) <> 'waits'), null
            from posting.posting join customers.legal_entity entity on entity.id = posting.legal_entity_id
            where posting.state = 'staged' and entity.code = any(@entities)
            group by entity.code
            """,
            new
            {
                now = clock.GetUtcNow(),
                targets = targets.Select(target => target.Name).ToArray(),
                entities = targets.SelectMany(target => target.LegalEntities).ToArray(),
            })).AsList();
    }

    private async Task RememberRules(CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        foreach (var settings in targets.Select(target => target.Settings))
            await connection.ExecuteAsync(
                """
                insert into posting.target_version (target, version, system, rules) values (@Name, @Version, @System, @rules::jsonb)
                on conflict do nothing
                """, new { settings.Name, settings.Version, settings.System, rules = TargetFile.Rules(settings) });
    }

    // One case per legal entity without a route and per target without a configuration, with the money behind it; it closes
    // once there is one.
    private async Task TellUnrouted(CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var routed = targets.SelectMany(target => target.LegalEntities).ToArray();
        var unrouted = (await connection.QueryAsync<(Guid Id, string Code, string Currency, long Documents, decimal Amount)>(
            """
            select entity.id, entity.code, posting.currency, count(*), sum(posting.amount)
            from posting.posting join customers.legal_entity entity on entity.id = posting.legal_entity_id
            where posting.state = 'staged' and entity.code <> all(@routed)
            group by entity.id, entity.code, posting.currency
            """, new { routed }, transaction)).AsList();
        var names = targets.Select(target => target.Name).ToArray();
        var abandoned = (await connection.QueryAsync<(string Target, string Currency, long Documents, decimal Amount)>(
            """
            select target, currency, count(*), sum(amount)
            from posting.posting
            where state in ('ready', 'sending', 'in-doubt') and target <> all(@names)
            group by target, currency
            """, new { names }, transaction)).AsList();
        RaisedException[] raised =
        [
            .. unrouted.Select(row => new RaisedException(
                new Finding(
                    ExceptionCategory.Business, "route-missing", $"{row.Documents} documents of {row.Code} have no ERP to go to: no route names this legal entity.",
                    "Add a route to the targets file and post again; until then they are in our books only."),
                "target", $"route/{row.Code}/{row.Currency}", row.Id, Currency: row.Currency, Amount: row.Amount)),
            .. abandoned.Select(row => new RaisedException(
                new Finding(
                    ExceptionCategory.Technical, "target-missing",
                    $"{row.Documents} documents are on their way to {row.Target}, which is not among the targets any more: "
                        + "nobody sends them or asks what became of them.",
                    "Put the target back into the targets file until they are settled; some of them may be booked there."),
                "target", $"target/{row.Target}/{row.Currency}", Currency: row.Currency, Amount: row.Amount)),
        ];
        await ExceptionLog.Raise(connection, transaction, raised, now);
        await connection.ExecuteAsync(
            """
            update exceptions.exception_case set state = 'resolved', resolution = 'It leads somewhere now.', resolved_at = @now
            where state = 'open' and subject_kind = 'target' and code in ('route-missing', 'target-missing') and subject_key <> all(@keys)
            """, new { now, keys = raised.Select(item => item.SubjectKey).ToArray() }, transaction);
        await transaction.CommitAsync(cancel);
    }

    private async Task<PostingSummary> Summary(Guid run, IReadOnlyList<string> troubles)
    {
        await using var connection = await database.OpenConnectionAsync(CancellationToken.None);
        var counts = (await connection.QueryAsync<PostingCount>(
            """
            select coalesce(target, '') as target, state, count(*) as documents
            from posting.posting group by 1, 2 order by 1, 2
            """)).AsList();
        var waiting = counts.Where(count => count.State is "staged" or "ready" or "sending" or "in-doubt").Sum(count => count.Documents);
        return new PostingSummary(run, counts, waiting, troubles);
    }

    /// <summary>What is not settled yet: of a target, or of a legal entity while it is staged.</summary>
    private sealed record OpenPostings(string Target, string LegalEntity, long Documents, long InDoubt, long AtOnce, DateTimeOffset? NextDue);
}
