using Tieout.Connectors.Port;
using Tieout.Domain.Posting;

namespace Tieout.Application.Posting;

/// <summary>What one step of a lane came to.</summary>
internal enum LaneStep
{
    /// <summary>Something was done; step again at once.</summary>
    Moved,

    /// <summary>Nothing is due.</summary>
    Idle,

    /// <summary>The ERP as a whole is out of reach; pause before the next step.</summary>
    OutOfReach,
}

/// <summary>The work of one target, a step at a time: clear doubts first, then send what is ready, then make more ready.</summary>
internal sealed class PostingLane(IPostingStore store, TimeProvider clock, Func<decimal> jitter, int node, DeliveryTarget target, LaneHealth health)
{
    private readonly Claims _claims = new(store, node, target);
    private readonly Readiness _readiness = new(store, clock, target);

    /// <summary>
    /// One step. Cancelling is looked at between steps only: a batch that is on the wire is finished and recorded.
    /// </summary>
    public async Task<LaneStep> Step(CancellationToken cancel)
    {
        if (health.PausedUntil > store.Now) return LaneStep.OutOfReach;
        if (await _claims.ToLookUp(target.Connector.Limits.BatchSize, cancel) is { } doubts) return await LookUp(doubts);
        if (await _claims.ToSend(target.Connector.Limits.BatchSize, cancel) is { } batch) return await Send(batch);
        if (await store.DoubtRestored(target, cancel) > 0) return LaneStep.Moved;

        var ready = await _readiness.Run(cancel);
        if (ready.Trouble is { } trouble && !ready.Moved)
        {
            await health.OutOfReach(trouble, ready.RetryAfter);
            return LaneStep.OutOfReach;
        }
        return ready.Moved ? LaneStep.Moved : LaneStep.Idle;
    }

    private async Task<LaneStep> Send(ClaimedBatch batch)
    {
        IReadOnlyList<DeliveryOutcome> outcomes;
        try
        {
            outcomes = await Outcomes(batch);
        }
        catch (ClaimLostException)
        {
            await store.Release(batch.Claim, target.Name); // others look after what was taken; this is the rest of it
            return LaneStep.Idle; // not at once again: what took the claim, such as a clock that is behind, may last a moment
        }

        // When not one document got through, it is the ERP that is out of reach, not the documents that are bad.
        var unreached = outcomes.All(outcome => outcome is DeliveryOutcome.NotSent { ThisDocument: false }) ? (DeliveryOutcome.NotSent)outcomes[0] : null;
        var now = store.Now;
        var results = batch.Postings.Zip(outcomes, (posting, outcome) => new PostingResult(
            posting, PostingDecision.AfterSending(outcome, unreached is null ? posting.Tries : 0, now, target.Policy, jitter()),
            Word(outcome), Detail(outcome), CountsAsTry: unreached is null)).ToList();
        await store.Record(batch.Claim, PostingState.Sending, results);
        if (batch.Unmapped.Count == batch.Postings.Count) return LaneStep.Moved; // nobody was asked
        if (unreached is null) return await Reached();
        await health.OutOfReach(unreached.Reason, unreached.RetryAfter);
        return LaneStep.OutOfReach;
    }

    // A connector that throws after it has asked something leaves everything in doubt; before that, nothing was sent.
    private async Task<IReadOnlyList<DeliveryOutcome>> Outcomes(ClaimedBatch batch)
    {
        if (batch.Unmapped.Count == 0) return await Outcomes(batch, batch.Documents);
        // What the rules do not map is refused by us; the others go without it.
        var mapped = batch.Postings.Index().Where(pair => !batch.Unmapped.ContainsKey(pair.Item.Id)).Select(pair => pair.Index).ToList();
        var sent = mapped.Count == 0 ? [] : await Outcomes(batch, [.. mapped.Select(index => batch.Documents[index])]);
        return [.. batch.Postings.Select((posting, index) =>
            batch.Unmapped.TryGetValue(posting.Id, out var finding) ? new DeliveryOutcome.Refused(finding) : sent[mapped.IndexOf(index)])];
    }

    private Task<IReadOnlyList<DeliveryOutcome>> Outcomes(ClaimedBatch batch, IReadOnlyList<ErpDocument> documents)
    {
        var log = new ExchangeLog(store, clock, batch.Claim, target, claimed: batch.Postings.Count);
        return Asking.Each<ErpDocument, DeliveryOutcome>(
            documents,
            some =>
            {
                log.Asked = false;
                return target.Connector.Send(some, log, CancellationToken.None);
            },
            bug => log.Asked ? new DeliveryOutcome.NoAnswer(Failed(bug)) : new DeliveryOutcome.Refused(Asking.Finding(bug)),
            bug => log.Asked ? new DeliveryOutcome.NoAnswer(Failed(bug)) : new DeliveryOutcome.NotSent(Failed(bug)),
            mayRepeat: () => !log.Asked, CancellationToken.None);
    }

    private async Task<LaneStep> LookUp(ClaimedBatch batch)
    {
        // What an ERP says was true when it was asked; its answer may have taken long.
        var asked = store.Now;
        var log = new ExchangeLog(store, clock, batch.Claim, target, claimed: 0);
        var outcomes = await Asking.Each<ErpDocument, LookUpOutcome>(
            batch.Documents, documents => target.Connector.LookUp(documents, log, CancellationToken.None),
            bug => new LookUpOutcome.NoAnswer(Failed(bug)), bug => new LookUpOutcome.NoAnswer(Failed(bug)), mayRepeat: () => true, CancellationToken.None);
        var unreached = outcomes.All(outcome => outcome is LookUpOutcome.NoAnswer) ? (LookUpOutcome.NoAnswer)outcomes[0] : null;
        var results = batch.Postings.Zip(outcomes, (posting, outcome) => new PostingResult(
            posting,
            PostingDecision.AfterLookUp(
                outcome, posting.SentAt, posting.Tries, unreached is null ? posting.LookUps : 0, asked, target.Policy, jitter()),
            Word(outcome), Detail(outcome), CountsAsTry: unreached is null)).ToList();
        await store.Record(batch.Claim, PostingState.InDoubt, results);
        if (unreached is null) return await Reached();
        await health.OutOfReach(unreached.Reason, retryAfter: null);
        return LaneStep.OutOfReach;
    }

    private async Task<LaneStep> Reached()
    {
        await health.Reached();
        return LaneStep.Moved;
    }

    private static string Failed(Exception bug) => $"The connector failed: {bug.Message}";

    private static string Word(DeliveryOutcome outcome) => outcome switch
    {
        DeliveryOutcome.Accepted => "accepted",
        DeliveryOutcome.AlreadyPosted => "already-posted",
        DeliveryOutcome.Refused => "refused",
        DeliveryOutcome.NoAnswer => "no-answer",
        _ => "not-sent",
    };

    private static string Word(LookUpOutcome outcome) => outcome switch
    {
        LookUpOutcome.Found => "found",
        LookUpOutcome.Absent => "absent",
        LookUpOutcome.Conflict => "conflict",
        _ => "no-answer",
    };

    private static string Detail(DeliveryOutcome outcome) => outcome switch
    {
        DeliveryOutcome.Accepted accepted => accepted.Document.Number,
        DeliveryOutcome.AlreadyPosted already => already.Document.Number,
        DeliveryOutcome.Refused refused => refused.Finding.Cause,
        DeliveryOutcome.NoAnswer silent => silent.Reason,
        DeliveryOutcome.NotSent notSent => notSent.Reason,
        _ => "",
    };

    private static string Detail(LookUpOutcome outcome) => outcome switch
    {
        LookUpOutcome.Found found => found.Document.Number,
        LookUpOutcome.Conflict conflict => conflict.Finding.Cause,
        LookUpOutcome.NoAnswer silent => silent.Reason,
        _ => "",
    };
}
