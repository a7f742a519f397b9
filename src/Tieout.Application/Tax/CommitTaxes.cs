using Dapper;
using Npgsql;
using Tieout.Application.Database;
using Tieout.Application.Exceptions;

namespace Tieout.Application.Tax;

/// <summary>Where all commitments stand.</summary>
public sealed record CommitmentCount(string Engine, string State, long Invoices);

/// <summary>What a run of committing came to.</summary>
/// <param name="Staged">Invoices that were queued by it.</param>
/// <param name="Counts">All commitments by engine and state.</param>
/// <param name="Waiting">Those that go on by themselves in the next run.</param>
/// <param name="Troubles">Engines out of reach, with the reason.</param>
public sealed record CommitSummary(int Staged, IReadOnlyList<CommitmentCount> Counts, long Waiting, IReadOnlyList<string> Troubles);

/// <summary>
/// Tells tax engines of finished invoices: each once, under its number, with the tax that was invoiced. Silence leaves an
/// invoice in doubt; the engine is asked for it, and it is told again only once its absence is proved. Any number of processes
/// may run it at once.
/// </summary>
public sealed class CommitTaxes(NpgsqlDataSource database, TimeProvider clock, IReadOnlyList<TaxEngineRoute> routes)
{
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan BetweenStagings = TimeSpan.FromSeconds(30);

    private readonly List<CommitLane> _lanes = [.. routes.Select(route => new CommitLane(database, clock, route))];

    /// <summary>Queues and tells until all is committed or parked, or what is left is not due within <paramref name="patience"/>.</summary>
    public async Task<CommitSummary> Run(TimeSpan patience, CancellationToken cancel)
    {
        var staged = 0;
        foreach (var lane in _lanes) staged += await lane.Queue.Stage(cancel);
        while (!cancel.IsCancellationRequested)
        {
            if (await Step(cancel)) continue;
            if (await NextDue(cancel) is not { } due || due > clock.GetUtcNow() + patience) break;
            await Task.Delay(Glance, clock, cancel);
        }
        return await Summary(staged);
    }

    /// <summary>Runs until cancelled, beside serving; a database that is away for a while is waited for.</summary>
    /// <param name="trouble">Told when something unexpected went wrong; the next look comes all the same.</param>
    /// <param name="cancel">Ends it; what is on the wire is finished first.</param>
    public async Task Always(Action<string> trouble, CancellationToken cancel)
    {
        var staging = DateTimeOffset.MinValue;
        while (!cancel.IsCancellationRequested)
        {
            try
            {
                if (clock.GetUtcNow() >= staging)
                {
                    foreach (var lane in _lanes) await lane.Queue.Stage(cancel);
                    staging = clock.GetUtcNow() + BetweenStagings;
                }
                if (!await Step(cancel)) await Task.Delay(BetweenLooks, clock, cancel);
            }
            catch (OperationCanceledException) when (cancel.IsCancellationRequested)
            {
                return;
            }
            catch (Exception unexpected)
            {
                trouble($"Committing of taxes waits: {unexpected.Message}");
                await Task.Delay(BetweenLooks, clock, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>Sends a parked invoice on its way again and closes its cases; false when it is not parked.</summary>
    public async Task<bool> Replay(string number, string reason, CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var engine = await connection.QuerySingleOrDefaultAsync<string>(new CommandDefinition(
            """
            update tax.commitment set state = 'waiting', tries = 0, look_ups = 0, not_before = null, changed_at = @now
            where tenant = 1 and number = @number and state = 'parked' returning engine
            """, new { number, now }, transaction, cancellationToken: cancel));
        if (engine is null) return false;
        await ExceptionLog.Resolve(connection, transaction, "target", [$"{engine}/{number}"], $"Replayed: {reason}", now);
        await transaction.CommitAsync(cancel);
        return true;
    }

    private async Task<bool> Step(CancellationToken cancel)
    {
        var moved = false;
        foreach (var lane in _lanes) moved |= await lane.Step(cancel);
        return moved;
    }

    // When something can happen next; null when nothing waits.
    private async Task<DateTimeOffset?> NextDue(CancellationToken cancel)
    {
        DateTimeOffset? next = null;
        foreach (var lane in _lanes)
        {
            var rows = await database.Rows<Due>(
                """
                select min(coalesce(greatest(not_before, claimed_until), @now)) as at
                from tax.commitment
                where engine = @Name and state in ('waiting', 'sending', 'in-doubt') and (state <> 'waiting' or not corrects or tax.turn(invoice_id))
                having count(*) > 0
                """, new { lane.Route.Name, now = clock.GetUtcNow() }, cancel);
            if (rows.Count == 0) continue;
            var due = rows[0].At > lane.PausedUntil ? rows[0].At : lane.PausedUntil;
            if (next is null || due < next) next = due;
        }
        return next;
    }

    private async Task<CommitSummary> Summary(int staged)
    {
        var counts = await database.Rows<CommitmentCount>(
            "select engine, state, count(*) as invoices from tax.commitment group by 1, 2 order by 1, 2", null, CancellationToken.None);
        var open = counts.Where(count => count.State is "waiting" or "sending" or "in-doubt").Sum(count => count.Invoices);
        return new CommitSummary(staged, counts, open, [.. _lanes.Where(lane => lane.Trouble.Length > 0).Select(lane => $"{lane.Route.Name}: {lane.Trouble}")]);
    }

    private sealed record Due(DateTimeOffset At);
}
