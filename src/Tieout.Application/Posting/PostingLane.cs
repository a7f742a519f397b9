using Npgsql;
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
internal sealed class PostingLane(NpgsqlDataSource database, TimeProvider clock, int node, DeliveryTarget target)
{
    private readonly Claims _claims = new(database, clock, node);
    private readonly RecordOutcomes _record = new(database, clock);
    private readonly Readiness _readiness = new(database, clock, target);
    private readonly LaneHealth _health = new(database, clock, target);

    /// <summary>When a lane that is out of reach may be tried again.</summary>
    public DateTimeOffset PausedUntil => _health.PausedUntil;

    /// <summary>Why it is out of reach; empty when it is not.</summary>
    public string Trouble => _health.Trouble;

    /// <summary>
    /// One step. Cancelling is looked at between steps only: a batch that is on the wire is finished and recorded.
    /// </summary>
    public async Task<LaneStep> Step(CancellationToken cancel)
    {
        if (_health.PausedUntil > clock.GetUtcNow()) return LaneStep.OutOfReach;
        if (await _claims.ToLookUp(target.Name, target.Connector.Limits.BatchSize, cancel) is { } doubts) return await LookUp(doubts);
        if (await _claims.ToSend(target.Name, target.Connector.Limits.BatchSize, cancel) is { } batch) return await Send(batch);

        var ready = await _readiness.Run(cancel);
        if (ready.Trouble is { } trouble && !ready.Moved)
        {
            await _health.OutOfReach(trouble, ready.RetryAfter);
            return LaneStep.OutOfReach;
        }
        return ready.Moved ? LaneStep.Moved : LaneStep.Idle;
    }

    private async Task<LaneStep> Send(ClaimedBatch batch)
    {
        IReadOnlyList<DeliveryOutcome> outcomes;
        try
        {
            var log = new ExchangeLog(database, clock, batch.Claim, target.Name, claimed: true);
            outcomes = await target.Connector.Send(batch.Documents, log, CancellationToken.None);
        }
        catch (ClaimLostException)
        {
            return LaneStep.Moved; // another worker looks after these postings now
        }

        // When not one document got through, it is the ERP that is out of reach, not the documents that are bad.
        var unreached = outcomes.All(outcome => outcome is DeliveryOutcome.NotSent) ? (DeliveryOutcome.NotSent)outcomes[0] : null;
        var now = clock.GetUtcNow();
        var results = batch.Postings.Zip(outcomes, (posting, outcome) => new PostingResult(
            posting, PostingDecision.AfterSending(outcome, unreached is null ? posting.Tries : 0, now, target.Policy, Jitter()),
            Word(outcome), Detail(outcome), CountsAsTry: unreached is null)).ToList();
        await _record.Run(batch.Claim, PostingState.Sending, results);
        if (unreached is null) return await Reached();
        await _health.OutOfReach(unreached.Reason, unreached.RetryAfter);
        return LaneStep.OutOfReach;
    }

    private async Task<LaneStep> LookUp(ClaimedBatch batch)
    {
        var log = new ExchangeLog(database, clock, batch.Claim, target.Name, claimed: false);
        var outcomes = await target.Connector.LookUp(batch.Documents, log, CancellationToken.None);
        var now = clock.GetUtcNow();
        var results = batch.Postings.Zip(outcomes, (posting, outcome) => new PostingResult(
            posting, PostingDecision.AfterLookUp(outcome, posting.SentAt, posting.LookUps, now, target.Policy, Jitter()),
            Word(outcome), Detail(outcome))).ToList();
        await _record.Run(batch.Claim, PostingState.InDoubt, results);
        if (!outcomes.All(outcome => outcome is LookUpOutcome.NoAnswer)) return await Reached();
        await _health.OutOfReach(((LookUpOutcome.NoAnswer)outcomes[0]).Reason, retryAfter: null);
        return LaneStep.OutOfReach;
    }

    private async Task<LaneStep> Reached()
    {
        await _health.Reached();
        return LaneStep.Moved;
    }

    private static decimal Jitter() => Random.Shared.Next(1000) / 1000m;

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
