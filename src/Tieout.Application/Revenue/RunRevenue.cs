using System.Runtime.ExceptionServices;
using Dapper;
using Npgsql;
using Tieout.Application.Ledger;
using Tieout.Application.Runs;
using Tieout.Domain;

namespace Tieout.Application.Revenue;

/// <summary>What to book.</summary>
/// <param name="Month">All that is earned by its end and not booked.</param>
/// <param name="Actor">Who asked for it.</param>
/// <param name="LegalEntity">Code of the one legal entity; null for all.</param>
/// <param name="Workers">Transactions at once while documents are spread.</param>
public sealed record RevenueRequest(AccountingMonth Month, string Actor, string? LegalEntity = null, int Workers = 2);

/// <summary>
/// Spreads what came in since over the months of its service, then books what is earned, of it and of prepaid credit. Documents wait in a
/// table of arrivals and leave it with the transaction that spreads them; a month of a batch is booked once. So a run that was killed is run
/// again, two at once share the work, and running it twice adds nothing.
/// </summary>
public sealed class RunRevenue(NpgsqlDataSource database, TimeProvider clock)
{
    private const long WorthAnalyzing = 1_000;

    private readonly RunLog _runs = new(database, clock);

    /// <summary>Runs to the end, or until cancelled: what was spread or booked stays, the next call does the rest.</summary>
    public async Task<RevenueReply> Run(RevenueRequest request, IProgress<RunProgress>? progress, CancellationToken cancel)
    {
        if (LedgerBooks.OutOfTime(request.Month) is { } out_) return new RevenueReply.Refused(out_.Field, out_.Code, out_.Reason, out_.Remedy);
        if (request.Month.FirstDay > DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime))
            return new RevenueReply.Refused("month", "month-ahead", $"{request.Month} has not begun", "Take this month, or an earlier one.");
        var entities = await Entities(request, cancel);
        if (entities.Count == 0 && request.LegalEntity is not null) return RevenueReply.UnknownEntity;
        var scope = request.LegalEntity is { } one ? $"{request.Month} {one}" : request.Month.ToString();
        var run = await _runs.Begin("revenue", scope, $"Revenue {scope}", "documents", request.Actor, cancel);
        try
        {
            var trouble = new EntityTrouble(cancel);
            var (documents, schedules) = await Spread(run, request, entities, trouble, progress, cancel);
            List<StoppedContract> stopped = [];
            List<BookedRevenue> booked = [];
            List<MovedUnbilled> moved = [];
            List<ReleasedPrepaid> prepaid = [];
            List<string> closed = [];
            var book = new BookRevenue(database, clock, run, request);
            foreach (var entity in entities)
                await trouble.Alone(entity, async () =>
                {
                    var (obligations, still) = await new ScheduleContracts(database, clock, run, [entity.Id]).Run(cancel);
                    Interlocked.Add(ref schedules, obligations);
                    stopped.AddRange(still);
                    if (await book.Run(entity, cancel) is var (bookings, moves, releases))
                    {
                        booked.AddRange(bookings);
                        moved.AddRange(moves);
                        prepaid.AddRange(releases);
                    }
                    else closed.Add(entity.Code);
                });
            trouble.ThrowWhereNoneWent(entities.Count);
            await new FoldBalances(database).Run(cancel);
            if (trouble.Failed.Count == 0) await _runs.End(run, "finished");
            else await _runs.End(run, "failed", string.Join(" ", trouble.Failed.Select(failed => $"{failed.LegalEntity}: {failed.Cause}")));
            return new RevenueReply.Ran(
                new RevenueRun(run, request.Month, documents, schedules, booked, moved, prepaid, closed, [.. stopped, .. book.Stopped])
                {
                    Exchanged = book.Exchanged,
                    ExchangedDeferred = book.Differences,
                    Failed = trouble.Failed,
                });
        }
        catch (Exception broken)
        {
            await _runs.Break(run, broken);
            throw;
        }
    }

    // Legal entity after legal entity: what one of them cannot be spread by is no trouble of the next.
    private async Task<(long Documents, long Schedules)> Spread(
        Guid run, RevenueRequest request, IReadOnlyList<LedgerEntity> entities, EntityTrouble trouble, IProgress<RunProgress>? progress,
        CancellationToken cancel)
    {
        long documents = 0, schedules = 0, waiting = 0;
        foreach (var entity in entities)
            await trouble.Alone(entity, async () =>
            {
                var spread = await SpreadArrivals.Prepare(database, clock, run, [entity.Id], cancel);
                waiting += spread.Waiting;
                await Task.WhenAll(Enumerable.Range(0, request.Workers).Select(async _ =>
                {
                    while (await spread.RunNext(cancel) is { } done)
                    {
                        Interlocked.Add(ref schedules, done.Schedules);
                        var sofar = Interlocked.Add(ref documents, done.Documents);
                        await _runs.Report(run, sofar, waiting, cancel);
                        progress?.Report(new RunProgress(sofar, waiting, "documents"));
                    }
                }));
            });
        // What is asked of schedules next would be planned on tables believed to be empty.
        if (schedules >= WorthAnalyzing)
        {
            await using var connection = await database.OpenConnectionAsync(cancel);
            await connection.ExecuteAsync(new CommandDefinition(
                "analyze revenue.schedule, revenue.schedule_line, revenue.batch, revenue.batch_month", commandTimeout: 600, cancellationToken: cancel));
        }
        return (documents, schedules);
    }

    private Task<IReadOnlyList<LedgerEntity>> Entities(RevenueRequest request, CancellationToken cancel) => Database.Sql.Rows<LedgerEntity>(
        database,
        "select id, code, name, currency from customers.legal_entity where tenant = 1 and (@LegalEntity::text is null or code = @LegalEntity) order by code",
        new { request.LegalEntity }, cancel);

    /// <summary>What ended one legal entity's part of a run: it is kept, named, and those after it go on. Once failed, an entity is left alone.</summary>
    private sealed class EntityTrouble(CancellationToken cancel)
    {
        private ExceptionDispatchInfo? _first;

        public List<FailedEntity> Failed { get; } = [];

        public async Task Alone(LedgerEntity entity, Func<Task> work)
        {
            if (Failed.Exists(failed => failed.LegalEntity == entity.Code)) return;
            try
            {
                await work();
            }
            catch (Exception trouble) when (!cancel.IsCancellationRequested)
            {
                Failed.Add(FailedEntity.Of(entity.Code, trouble));
                _first ??= ExceptionDispatchInfo.Capture(trouble);
            }
        }

        /// <summary>Where no legal entity went through, the run did not.</summary>
        public void ThrowWhereNoneWent(int entities)
        {
            if (Failed.Count == entities) _first?.Throw();
        }
    }
}
