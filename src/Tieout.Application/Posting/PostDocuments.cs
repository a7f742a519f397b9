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

    private readonly RunLog _runs = new(database, clock);

    /// <summary>
    /// Runs until all is posted or parked, or until what is left is not due within <paramref name="patience"/> (an ERP out
    /// of reach, doubts whose proof of absence takes longer). Cancelling finishes the batches on the wire first.
    /// </summary>
    public async Task<PostingSummary> Run(string actor, TimeSpan patience, IProgress<RunProgress>? progress, CancellationToken cancel)
    {
        var run = await _runs.Begin("post", "", "Post documents", "documents", actor, cancel);
        try
        {
            await using var node = await Node.Join(database, cancel);
            await RememberRules(cancel);
            await TellUnrouted(cancel);
            var lanes = targets.ToDictionary(target => target, target => new PostingLane(database, clock, node.Number, target));
            await Deliver(run, lanes, patience, progress, cancel);
            var summary = await Summary(run, [.. lanes.Where(lane => lane.Value.Trouble.Length > 0).Select(lane => $"{lane.Key.Name}: {lane.Value.Trouble}")]);
            await _runs.End(run, summary.Waiting == 0 ? "finished" : "stopped", summary.Waiting == 0 ? "" : $"{summary.Waiting} documents wait.");
            return summary;
        }
        catch (Exception trouble) when (trouble is not OperationCanceledException)
        {
            await _runs.End(run, "failed", trouble.Message);
            throw;
        }
    }

    private async Task Deliver(
        Guid run, Dictionary<DeliveryTarget, PostingLane> lanes, TimeSpan patience, IProgress<RunProgress>? progress, CancellationToken cancel)
    {
        using var settled = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var watch = Watch(run, lanes.Values, patience, progress, settled);
        var workers = lanes.SelectMany(lane =>
            Enumerable.Range(0, lane.Key.Connector.Limits.Slots).Select(_ => Work(lane.Value, settled.Token)));
        try
        {
            await Task.WhenAll(workers);
        }
        finally
        {
            await settled.CancelAsync();
            await watch;
        }
    }

    private static async Task Work(PostingLane lane, CancellationToken settled)
    {
        while (!settled.IsCancellationRequested)
        {
            try
            {
                if (await lane.Step(settled) != LaneStep.Moved) await Task.Delay(Glance, settled);
            }
            catch (OperationCanceledException) when (settled.IsCancellationRequested)
            {
                return;
            }
        }
    }

    // Frees what dead workers held, tells how far it is, and ends the run when nothing more will come of it soon.
    private async Task Watch(
        Guid run, IReadOnlyCollection<PostingLane> lanes, TimeSpan patience, IProgress<RunProgress>? progress, CancellationTokenSource settled)
    {
        var recovery = new Recovery(database, clock);
        long most = 0;
        var watch = new System.Diagnostics.Stopwatch();
        while (!settled.IsCancellationRequested)
        {
            try
            {
                watch.Restart();
                await recovery.Run(settled.Token);
                var open = await Open(settled.Token);
                most = Math.Max(most, open.Documents);
                await _runs.Report(run, most - open.Documents, most, settled.Token);
                progress?.Report(new RunProgress(most - open.Documents, most, "documents", Note(open)));
                var horizon = clock.GetUtcNow() + patience;
                if (open.Documents == 0 || (open.DueAt(lanes) ?? DateTimeOffset.MinValue) > horizon) await settled.CancelAsync();
                // Looking costs something when a million wait: nine tenths of the time belong to the lanes.
                else await Task.Delay(TimeSpan.FromTicks(Math.Max(Glance.Ticks, watch.Elapsed.Ticks * 9)), settled.Token);
            }
            catch (OperationCanceledException) when (settled.IsCancellationRequested)
            {
                return;
            }
        }
    }

    private static string Note(OpenPostings open) => open.InDoubt > 0 ? $"{open.InDoubt} in doubt" : "";

    private async Task<OpenPostings> Open(CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return await connection.QuerySingleAsync<OpenPostings>(
            """
            select count(*) as documents,
                   count(*) filter (where state = 'in-doubt') as in_doubt,
                   count(*) filter (where state in ('staged', 'sending') or not_before is null or not_before <= @now) as at_once,
                   min(not_before) filter (where state in ('ready', 'in-doubt')) as next_due
            from posting.posting
            where (state in ('ready', 'sending', 'in-doubt') and target = any(@targets))
               or (state = 'staged' and legal_entity_id in (select id from customers.legal_entity where code = any(@entities)))
            """,
            new
            {
                now = clock.GetUtcNow(),
                targets = targets.Select(target => target.Name).ToArray(),
                entities = targets.SelectMany(target => target.LegalEntities).ToArray(),
            });
    }

    private async Task RememberRules(CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        foreach (var settings in targets.Select(target => target.Settings))
        {
            var rules = System.Text.Json.JsonSerializer.Serialize(
                new { settings.Company, settings.Accounts, settings.Taxes, settings.Options, Url = settings.Url.GetLeftPart(UriPartial.Path) });
            await connection.ExecuteAsync(
                """
                insert into posting.target_version (target, version, system, rules) values (@Name, @Version, @System, @rules::jsonb)
                on conflict do nothing
                """, new { settings.Name, settings.Version, settings.System, rules });
        }
    }

    // One case per legal entity, with the money behind it; it closes once a route leads somewhere.
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
        await ExceptionLog.Raise(connection, transaction, [.. unrouted.Select(row => new RaisedException(
            new Finding(
                ExceptionCategory.Business, "route-missing", $"{row.Documents} documents of {row.Code} have no ERP to go to: no route names this legal entity.",
                "Add a route to the targets file and post again; until then they are in our books only."),
            "target", $"route/{row.Code}/{row.Currency}", row.Id, Currency: row.Currency, Amount: row.Amount))], now);
        await connection.ExecuteAsync(
            """
            update exceptions.exception_case set state = 'resolved', resolution = 'A route leads somewhere now.', resolved_at = @now
            where state = 'open' and subject_kind = 'target' and code = 'route-missing' and subject_key <> all(@keys)
            """, new { now, keys = unrouted.ConvertAll(row => $"route/{row.Code}/{row.Currency}").ToArray() }, transaction);
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

    private sealed record OpenPostings(long Documents, long InDoubt, long AtOnce, DateTime? NextDue)
    {
        /// <summary>When something can happen next; null for at once.</summary>
        public DateTimeOffset? DueAt(IReadOnlyCollection<PostingLane> lanes)
        {
            var reachable = lanes.Min(lane => lane.PausedUntil);
            DateTimeOffset? due = AtOnce > 0 ? null : NextDue;
            return reachable > (due ?? DateTimeOffset.MinValue) ? reachable : due;
        }
    }
}
