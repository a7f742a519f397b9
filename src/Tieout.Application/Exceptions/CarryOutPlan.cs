using Dapper;
using Npgsql;
using Tieout.Application.Posting;
using Tieout.Application.Posting.Postgres;
using Tieout.Application.Runs;
using Tieout.Domain.Subscriptions;

namespace Tieout.Application.Exceptions;

/// <summary>
/// Replays what a plan lists, as far as it still stands so. Pressed twice, or by two people at once, one does it and the other is told;
/// and whatever happens, a posting that is not parked as the plan saw it is left alone. One that was interrupted is taken up by pressing again.
/// </summary>
public sealed class CarryOutPlan(NpgsqlDataSource database, TimeProvider clock)
{
    private const int AtOnce = 500;
    private const int LockClass = 739;

    private readonly RunLog _runs = new(database, clock);

    /// <summary>Whole, from the beginning to the end.</summary>
    public async Task<CaseOutcome<CaseReplayPlan>> Run(
        Guid id, string? fingerprint, string? actor, string? reason, IProgress<RunProgress>? progress, CancellationToken cancel)
    {
        switch (await Begin(id, fingerprint, actor, reason, cancel))
        {
            case CaseDone<PlanInHand>(var hand):
                await Continue(hand, progress, cancel);
                return new CaseDone<CaseReplayPlan>((await new ReplayPlans(database, clock).One(id, cancel))!);
            case CaseUnreadable<PlanInHand>(var errors): return new CaseUnreadable<CaseReplayPlan>(errors);
            case CaseNotFound<PlanInHand>(var words): return new CaseNotFound<CaseReplayPlan>(words);
            case CaseRefused<PlanInHand>(var code, var why, var remedy): return new CaseRefused<CaseReplayPlan>(code, why, remedy);
            case var other: throw new InvalidOperationException($"No answer for {other}.");
        }
    }

    /// <summary>Takes the plan for this caller alone; <see cref="Continue"/> does the work, may do it in the background, and has to be called.</summary>
    public async Task<CaseOutcome<PlanInHand>> Begin(Guid id, string? fingerprint, string? actor, string? reason, CancellationToken cancel)
    {
        var reader = new RequestReader();
        reader.Signed(actor, reason);
        if (string.IsNullOrWhiteSpace(fingerprint)) reader.Wrong("fingerprint", "Is needed: the plan's, so that what was looked at is what goes.");
        if (reader.Errors.Count > 0) return new CaseUnreadable<PlanInHand>(reader.Errors);
        // The session's lock says that somebody is at it, and ends with the program.
        var session = await database.OpenConnectionAsync(cancel);
        var taken = false;
        try
        {
            if (await ReplayPlans.Read(session, id, cancel) is not { } plan) return new CaseNotFound<PlanInHand>($"No plan has the id {id}.");
            if (plan.Fingerprint != fingerprint!.Trim())
                return new CaseRefused<PlanInHand>("other-plan", "This is not the plan's fingerprint.", "Read the plan again and give the fingerprint it has.");
            if (!await session.QuerySingleAsync<bool>($"select pg_try_advisory_lock({LockClass}, hashtext(@id))", new { id = id.ToString() }))
                return new CaseRefused<PlanInHand>("plan-running", "Somebody carries this plan out at this moment.", "Look at its run; nothing is sent twice.");
            plan = (await ReplayPlans.Read(session, id, cancel))!;
            var refusal = await Refusal(session, plan, cancel);
            taken = refusal is null;
            if (refusal is not null)
            {
                await Unlock(session, id);
                return refusal;
            }
            return new CaseDone<PlanInHand>(new PlanInHand(session, await Take(session, plan, actor!.Trim(), reason!.Trim(), cancel)));
        }
        finally
        {
            if (!taken) await session.DisposeAsync();
        }
    }

    /// <summary>Carries out what is left of a plan in hand, and lets go of it.</summary>
    public async Task Continue(PlanInHand hand, IProgress<RunProgress>? progress, CancellationToken cancel)
    {
        var (session, plan) = (hand.Session, hand.Plan);
        await using var closing = session;
        try
        {
            var done = plan.Replayed + plan.Left;
            while (await Part(plan, cancel) is var count and > 0)
            {
                done += count;
                await _runs.Report(plan.Run!.Value, done, plan.Postings, cancel);
                progress?.Report(new RunProgress(done, plan.Postings, "postings", ""));
            }
            await session.ExecuteAsync(
                "update exceptions.replay_plan set state = 'done', done_at = @now where id = @Id and state = 'running'", new { plan.Id, now = clock.GetUtcNow() });
            await _runs.Report(plan.Run!.Value, done, plan.Postings, cancel);
            await _runs.End(plan.Run!.Value, "finished");
        }
        catch (Exception trouble)
        {
            await _runs.Break(plan.Run!.Value, trouble);
            throw;
        }
        finally
        {
            await Unlock(session, plan.Id);
        }
    }

    // One that was interrupted goes on under the name of who began it.
    private async Task<CaseReplayPlan> Take(NpgsqlConnection session, CaseReplayPlan plan, string actor, string reason, CancellationToken cancel)
    {
        var run = plan.Run ?? await _runs.Begin("replay", plan.Id.ToString(), $"Replay {plan.Postings} postings", "postings", actor, cancel);
        await session.ExecuteAsync(new CommandDefinition(
            """
            update exceptions.replay_plan set state = 'running', done_by = @actor, reason = @reason, began_at = @now, run = @run where id = @Id and state = 'made'
            """, new { plan.Id, run, now = clock.GetUtcNow(), actor, reason }, cancellationToken: cancel));
        return (await ReplayPlans.Read(session, plan.Id, cancel))!;
    }

    // One that was begun goes on as it was begun: some of it is on its way already.
    private static async Task<CaseRefused<PlanInHand>?> Refusal(NpgsqlConnection session, CaseReplayPlan plan, CancellationToken cancel) => plan.State switch
    {
        "done" => new("plan-done", $"{plan.DoneBy} has carried this plan out.", "Make a new plan for what is left."),
        "made" when await ReplayPlans.Now(session, plan.Id, cancel) != plan.Fingerprint => new(
            "plan-outdated",
            "Fields were set, or routes, account rules or value maps were published, since this plan was made: what would go is not what was looked at.",
            "Make a new plan with the same filter, look at it, and carry that one out."),
        _ => null,
    };

    private static Task Unlock(NpgsqlConnection session, Guid id) =>
        session.ExecuteAsync($"select pg_advisory_unlock({LockClass}, hashtext(@id))", new { id = id.ToString() });

    // The next so many, in one transaction: those still as the plan saw them go on their way.
    private async Task<int> Part(CaseReplayPlan plan, CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var items = (await connection.QueryAsync<Item>(new CommandDefinition(
            """
            select place, case_id, posting_id, billing_account_id, posting_changed_at from exceptions.replay_item
            where plan_id = @Id and skip = '' and outcome is null order by place limit @AtOnce for update
            """, new { plan.Id, AtOnce }, cancellationToken: cancel))).AsList();
        if (items.Count == 0) return 0;
        var cases = await PostgresPosting.LockCases(connection, [.. items.Select(item => (item.PostingId, item.BillingAccountId, item.CaseId))], cancel);
        List<(CaseToReplay Row, string State)> go = [];
        var ends = items.ConvertAll(item =>
        {
            var row = cases.GetValueOrDefault(item.CaseId);
            var outcome = row is { } found && found.ChangedAt != item.PostingChangedAt && found.Case.PostingState == "parked"
                ? new ReplayException.Outcome.NotParked("parked anew")
                : ReplayException.Decide(row?.Case);
            if (outcome is ReplayException.Outcome.Replayed replayed) go.Add((row!.Case, replayed.State));
            return (item.Place, Outcome: outcome is ReplayException.Outcome.Replayed ? "replayed" : "left", Detail: Told(outcome));
        });
        await PostgresPosting.SaveReplays(connection, go, $"Replayed by {plan.DoneBy}: {plan.Reason}", now);
        await CaseNotes.Write(connection, go.ConvertAll(one => one.Row.Id), "replay", $"Replayed with others: {plan.Reason}", plan.DoneBy, now, cancel);
        await connection.ExecuteAsync(new CommandDefinition(
            """
            update exceptions.replay_item i set outcome = new.outcome, detail = new.detail, done_at = @now
            from unnest(@places, @outcomes, @details) as new (place, outcome, detail) where i.plan_id = @Id and i.place = new.place
            """,
            new
            {
                plan.Id,
                now,
                places = ends.ConvertAll(end => end.Place).ToArray(),
                outcomes = ends.ConvertAll(end => end.Outcome).ToArray(),
                details = ends.ConvertAll(end => end.Detail).ToArray(),
            }, cancellationToken: cancel));
        await transaction.CommitAsync(CancellationToken.None);
        return items.Count;
    }

    private static string Told(ReplayException.Outcome outcome) => outcome switch
    {
        ReplayException.Outcome.Replayed replayed => $"It is {replayed.State}.",
        ReplayException.Outcome.AlreadyResolved was => $"Its case was resolved meanwhile. {was.Resolution}".Trim(),
        ReplayException.Outcome.Closed => "It is posted: replay the case itself once that is seen to.",
        ReplayException.Outcome.NotParked now => $"Its posting moved on meanwhile: {now.State}.",
        _ => "Its posting is not there any more.",
    };

    private sealed record Item(int Place, Guid CaseId, Guid PostingId, Guid BillingAccountId, DateTimeOffset PostingChangedAt);
}

/// <summary>A plan that one caller carries out.</summary>
public sealed class PlanInHand
{
    internal PlanInHand(NpgsqlConnection session, CaseReplayPlan plan) => (Session, Plan) = (session, plan);

    /// <summary>As it stood when it was taken.</summary>
    public CaseReplayPlan Plan { get; }

    internal NpgsqlConnection Session { get; }
}
