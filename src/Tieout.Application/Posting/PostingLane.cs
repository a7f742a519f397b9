using Tieout.Application.Posting.Lanes;
using Tieout.Connectors.Port;
using Tieout.Domain.Posting;
using Tieout.Domain.Posting.Lanes;

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
internal sealed class PostingLane(
    IPostingStore store, TimeProvider clock, Func<decimal> jitter, int node, DeliveryTarget target, LaneHealth health, LaneGate gate)
{
    private const string Stopped = "The lane was stopped before anything was sent.";
    private const string NotAsked = "The lane was stopped before the ERP was asked.";

    private readonly Claims _claims = new(store, node, target, health.Company);
    private readonly Readiness _readiness = new(store, clock, target, gate);

    /// <summary>
    /// One step. Cancelling is looked at between steps only: a batch that is on the wire is finished and recorded.
    /// </summary>
    public async Task<LaneStep> Step(CancellationToken cancel)
    {
        var now = store.Now;
        if (!gate.MayAsk(now)) return LaneStep.OutOfReach;
        if (gate.TryTakeUp(now) is not { } hand) return LaneStep.Idle;
        try
        {
            var step = await Next(hand, cancel);
            if (step == LaneStep.Idle) gate.SawNothing(store.Now);
            return step;
        }
        catch (Exception refused) when (StoreTrouble.IsRefusal(refused))
        {
            // It ends this step, not the lanes of other ERPs.
            await Refused(refused, hand);
            return LaneStep.OutOfReach;
        }
        finally
        {
            gate.PutDown(hand);
        }
    }

    // What it had in hand is looked after as a dead program's is: in doubt where anything may have been sent.
    private async Task Refused(Exception refused, LaneHand hand)
    {
        try
        {
            await health.BooksRefused(refused.Message);
            if (hand.Claim is { } claim) await store.Release(claim, target.Name);
        }
        catch (Exception again) when (StoreTrouble.IsRefusal(again))
        {
            // The lane pauses all the same; whatever it held goes when the lease is over.
        }
    }

    private async Task<LaneStep> Next(LaneHand hand, CancellationToken cancel)
    {
        if (await _claims.ToLookUp(target.Connector.Limits.BatchSize, cancel) is { } doubts) return await LookUp(doubts, hand);
        if (!gate.MaySend(store.Now)) return LaneStep.Idle;
        if (await _claims.ToSend(target.Connector.Limits.BatchSize, cancel) is { } batch) return await Send(batch, hand);
        if (await store.DoubtRestored(target, cancel) > 0) return LaneStep.Moved;

        var ready = await _readiness.Run(hand, cancel);
        if (ready.Trouble is { } trouble && !ready.Moved)
        {
            await OutOfReach(trouble, ready.RetryAfter, ready.TurnedAway);
            return LaneStep.OutOfReach;
        }
        return ready.Moved ? LaneStep.Moved : LaneStep.Idle;
    }

    private async Task<LaneStep> Send(ClaimedBatch batch, LaneHand hand)
    {
        hand.Claim = batch.Claim;
        if (batch.Unmapped.Count == batch.Postings.Count) return await Refuse(batch);
        if (await gate.Enter(() => store.Now, toSend: true, hand) is not { } call) return await GiveBack(batch);
        var log = new ExchangeLog(store, clock, batch.Claim, target, claimed: batch.Postings.Count, call);
        try
        {
            IReadOnlyList<DeliveryOutcome>? outcomes = null;
            Company company;
            try
            {
                outcomes = await Outcomes(batch, log);
                company = await Judged(batch, outcomes, call, log);
            }
            catch (ClaimLostException)
            {
                await log.Written();
                await store.Release(batch.Claim, target.Name); // others look after what was taken; this is the rest of it
                return LaneStep.Idle; // not at once again: what took the claim, such as a clock that is behind, may last a moment
            }
            finally
            {
                gate.Leave(call, outcomes?.Count(IsSettled) ?? 0, outcomes?.Any(IsSettled) == true);
            }
            return await Sent(batch, outcomes, company, call, log);
        }
        finally
        {
            gate.Settled(call);
        }
    }

    private async Task<LaneStep> Sent(
        ClaimedBatch batch, IReadOnlyList<DeliveryOutcome> outcomes, Company company, LaneCall call, ExchangeLog log)
    {
        // When not one document got through, it is the ERP that is out of reach, not the documents that are bad; nor are those bad
        // that it turned away because it takes no more calls for a moment.
        var asked = Asked(batch, outcomes);
        var whole = asked.TrueForAll(pair => IsOfTheErp(pair.Outcome));
        var unreached = whole && company != Company.OneIsMeant;
        var away = asked.Select(pair => pair.Outcome).OfType<DeliveryOutcome.NotSent>()
            .FirstOrDefault(outcome => IsOfTheErp(outcome) && (unreached || Later(outcome)));
        var now = store.Now;
        var results = batch.Postings.Zip(outcomes, (posting, told) =>
        {
            var outcome = company == Company.OneIsMeant && told is DeliveryOutcome.NotSent { ThisDocument: false } meant
                ? meant with { ThisDocument = true, Alone = true } : told;
            var counts = !unreached && !Later(outcome) && !(company == Company.Smaller && IsOfTheErp(outcome));
            var change = PostingDecision.AfterSending(ByTheLane(outcome), counts ? posting.Tries : 0, now, target.Policy, jitter());
            // Turned away alone, it goes behind the others: whether those pass says what is to be thought of it.
            if (company == Company.Smaller && whole && asked.Count == 1) change = change with { NotBefore = now + health.BehindOthers(jitter()) };
            return new PostingResult(posting, change, Word(outcome), Detail(outcome), counts);
        }).ToList();
        await log.WrittenWith(store.Record(batch.Claim, PostingState.Sending, results));
        if (!unreached) await health.Reached();
        if (away is not null) await OutOfReach(away.Reason, away.RetryAfter, call.TurnedAway);
        return away is null ? LaneStep.Moved : LaneStep.OutOfReach;

        bool Later(DeliveryOutcome outcome) => outcome is DeliveryOutcome.NotSent { ThisDocument: false } not && (not.RetryAfter is not null || call.TurnedAway);
    }

    // What the documents of a call say about those that the ERP turned away without a reason of theirs, though it answered.
    private async Task<Company> Judged(ClaimedBatch batch, IReadOnlyList<DeliveryOutcome> outcomes, LaneCall call, ExchangeLog log)
    {
        var asked = Asked(batch, outcomes);
        List<Guid> taken = [.. asked.Where(pair => pair.Outcome is DeliveryOutcome.Accepted or DeliveryOutcome.NoAnswer { Taken: true })
            .Select(pair => pair.Posting.Id)];
        var away = asked.FindAll(pair => IsOfTheErp(pair.Outcome));
        health.Company.Forget(asked.Where(pair => !IsOfTheErp(pair.Outcome)).Select(pair => pair.Posting.Id));
        if (away.Count == 0)
        {
            health.Company.Passed(taken);
            return Company.AsEver;
        }
        var plain = call is { WasAnswered: true, TurnedAway: false } && away.TrueForAll(pair => pair.Outcome is DeliveryOutcome.NotSent { RetryAfter: null })
            && !asked.Exists(pair => pair.Outcome is DeliveryOutcome.NoAnswer { Taken: false });
        if (!plain) return Company.AsEver;
        var meant = health.Company.TurnedAway([.. away.Select(pair => (pair.Posting.Id, pair.Posting.Tries > 1))], taken, asked.Count);
        return meant == TurnedAwayAs.Meant || meant == TurnedAwayAs.Lone && await Answers(batch, away[0].Posting, log) ? Company.OneIsMeant : Company.Smaller;
    }

    // Nothing else waits that could pass: an ERP that tells whether it has the document is there, and turns it away.
    private async Task<bool> Answers(ClaimedBatch batch, ClaimedPosting posting, ExchangeLog log)
    {
        var document = batch.Documents.Single(one => one.Key == posting.BusinessKey);
        var outcomes = await Asking.Each<ErpDocument, LookUpOutcome>(
            [document], documents => target.Connector.LookUp(documents, log, CancellationToken.None),
            bug => new LookUpOutcome.NoAnswer(Failed(bug)), bug => new LookUpOutcome.NoAnswer(Failed(bug)), mayRepeat: () => false, CancellationToken.None);
        return !IsOfTheErp(outcomes[0]);
    }

    private static List<(ClaimedPosting Posting, DeliveryOutcome Outcome)> Asked(ClaimedBatch batch, IReadOnlyList<DeliveryOutcome> outcomes) =>
        [.. batch.Postings.Zip(outcomes).Where(pair => !batch.Unmapped.ContainsKey(pair.First.Id))];

    private enum Company
    {
        AsEver,
        Smaller,
        OneIsMeant,
    }

    // What the ERP asks to wait the lane waits, of all programs: a lane that is resumed shall find the documents due.
    private static DeliveryOutcome ByTheLane(DeliveryOutcome outcome) =>
        outcome is DeliveryOutcome.NotSent { ThisDocument: false } not ? not with { RetryAfter = null } : outcome;

    private static LookUpOutcome ByTheLane(LookUpOutcome outcome) =>
        outcome is LookUpOutcome.NoAnswer { ThisDocument: false } silent ? silent with { RetryAfter = null } : outcome;

    private static bool IsOfTheErp(DeliveryOutcome outcome) => outcome is DeliveryOutcome.NotSent { ThisDocument: false };

    // The rules map none of it: nobody has to be asked.
    private async Task<LaneStep> Refuse(ClaimedBatch batch)
    {
        var now = store.Now;
        await store.Record(batch.Claim, PostingState.Sending, [.. batch.Postings.Select(posting =>
        {
            var refused = new DeliveryOutcome.Refused(batch.Unmapped[posting.Id]);
            return new PostingResult(
                posting, PostingDecision.AfterSending(refused, posting.Tries, now, target.Policy, jitter()), Word(refused), Detail(refused), CountsAsTry: true);
        })]);
        return LaneStep.Moved;
    }

    // Retry-After is for all programs; other trouble may be this program's own.
    private Task OutOfReach(string reason, TimeSpan? retryAfter, bool turnedAway)
    {
        if (retryAfter is { } longer && longer > LaneSteering.LongestHold)
        {
            // Told at once, as what will not be over by itself soon.
            var words = $"{reason} It asks us to wait {longer:c}; it is asked again after {LaneSteering.LongestHold:c}, or once the lane is resumed.";
            (reason, retryAfter, turnedAway) = (words, LaneSteering.LongestHold, false);
        }
        if (retryAfter is { } wait) gate.AskedToWait(store.Now + wait);
        return health.OutOfReach(reason, retryAfter, turnedAway);
    }

    // Paused, closed, or the target out of reach since it was claimed: as if it had never been, but for the history.
    private async Task<LaneStep> GiveBack(ClaimedBatch batch)
    {
        var again = new PostingChange(PostingState.Ready, store.Now);
        await store.Record(batch.Claim, PostingState.Sending, [.. batch.Postings.Select(
            posting => new PostingResult(posting, again, "not-sent", Stopped, CountsAsTry: false))]);
        return LaneStep.OutOfReach;
    }

    private static bool IsSettled(DeliveryOutcome outcome) => outcome is not (DeliveryOutcome.NotSent or DeliveryOutcome.NoAnswer { Taken: false });

    // A connector that throws after it has asked something leaves everything in doubt; before that, nothing was sent.
    private async Task<IReadOnlyList<DeliveryOutcome>> Outcomes(ClaimedBatch batch, ExchangeLog log)
    {
        if (batch.Unmapped.Count == 0) return await Outcomes(batch.Documents, log);
        // What the rules do not map is refused by us; the others go without it.
        var mapped = batch.Postings.Index().Where(pair => !batch.Unmapped.ContainsKey(pair.Item.Id)).Select(pair => pair.Index).ToList();
        var sent = await Outcomes([.. mapped.Select(index => batch.Documents[index])], log);
        return [.. batch.Postings.Select((posting, index) =>
            batch.Unmapped.TryGetValue(posting.Id, out var finding) ? new DeliveryOutcome.Refused(finding) : sent[mapped.IndexOf(index)])];
    }

    private Task<IReadOnlyList<DeliveryOutcome>> Outcomes(IReadOnlyList<ErpDocument> documents, ExchangeLog log) =>
        Asking.Each<ErpDocument, DeliveryOutcome>(
            documents,
            some =>
            {
                log.Asked = false;
                return target.Connector.Send(some, log, CancellationToken.None);
            },
            bug => log.Asked ? new DeliveryOutcome.NoAnswer(Failed(bug)) : new DeliveryOutcome.Refused(Asking.Finding(bug)),
            bug => log.Asked ? new DeliveryOutcome.NoAnswer(Failed(bug)) : new DeliveryOutcome.NotSent(Failed(bug)),
            mayRepeat: () => !log.Asked, CancellationToken.None);

    private async Task<LaneStep> LookUp(ClaimedBatch batch, LaneHand hand)
    {
        hand.Claim = batch.Claim;
        if (await gate.Enter(() => store.Now, toSend: false, hand) is not { } call) return await AskLater(batch);
        try
        {
            // What an ERP says was true when it was asked; its answer may have taken long.
            var asked = store.Now;
            IReadOnlyList<LookUpOutcome>? outcomes = null;
            // Fenced like a sending: a look-up may end in the ERP what a sending began.
            var log = new ExchangeLog(store, clock, batch.Claim, target, claimed: batch.Postings.Count, call);
            try
            {
                outcomes = await Asking.Each<ErpDocument, LookUpOutcome>(
                    batch.Documents, documents => target.Connector.LookUp(documents, log, CancellationToken.None),
                    bug => new LookUpOutcome.NoAnswer(Failed(bug)), bug => new LookUpOutcome.NoAnswer(Failed(bug)), mayRepeat: () => true, CancellationToken.None);
            }
            catch (ClaimLostException)
            {
                await log.Written();
                await store.Release(batch.Claim, target.Name); // as of a sending
                return LaneStep.Idle;
            }
            finally
            {
                var settled = outcomes?.Count(outcome => outcome is LookUpOutcome.Found or LookUpOutcome.Conflict) ?? 0;
                gate.Leave(call, settled, outcomes?.Any(outcome => !IsOfTheErp(outcome)) == true);
            }
            return await LookedUp(batch, outcomes, asked, call, log);
        }
        finally
        {
            gate.Settled(call);
        }
    }

    private async Task<LaneStep> LookedUp(
        ClaimedBatch batch, IReadOnlyList<LookUpOutcome> outcomes, DateTimeOffset asked, LaneCall call, ExchangeLog log)
    {
        // Whoever answers is not out of reach, also where nothing is settled by it.
        var unreached = outcomes.All(IsOfTheErp);
        var away = outcomes.OfType<LookUpOutcome.NoAnswer>().FirstOrDefault(outcome => IsOfTheErp(outcome) && (unreached || Later(outcome)));
        var results = batch.Postings.Zip(outcomes, (posting, outcome) =>
        {
            var counts = !unreached && !Later(outcome) && outcome is not LookUpOutcome.NoAnswer { Awaited: true };
            var change = PostingDecision.AfterLookUp(
                ByTheLane(outcome), posting.SentAt, posting.Tries, counts ? posting.LookUps : 0, asked, target.Policy, jitter());
            return new PostingResult(posting, change, Word(outcome), Detail(outcome), CountsAsTry: counts);
        }).ToList();
        await log.WrittenWith(store.Record(batch.Claim, PostingState.InDoubt, results));
        if (!unreached) await health.Reached();
        if (away is not null) await OutOfReach(away.Reason, away.RetryAfter, call.TurnedAway);
        return away is null ? LaneStep.Moved : LaneStep.OutOfReach;

        bool Later(LookUpOutcome outcome) => outcome is LookUpOutcome.NoAnswer { ThisDocument: false } silent && (silent.RetryAfter is not null || call.TurnedAway);
    }

    private static bool IsOfTheErp(LookUpOutcome outcome) => outcome is LookUpOutcome.NoAnswer { ThisDocument: false };

    private async Task<LaneStep> AskLater(ClaimedBatch batch)
    {
        var again = new PostingChange(PostingState.InDoubt, store.Now);
        await store.Record(batch.Claim, PostingState.InDoubt, [.. batch.Postings.Select(
            posting => new PostingResult(posting, again, "no-answer", NotAsked, CountsAsTry: false))]);
        return LaneStep.OutOfReach;
    }

    private static string Failed(Exception bug) => $"The connector failed: {bug.Message}";

    private static string Word(DeliveryOutcome outcome) => outcome switch
    {
        DeliveryOutcome.Accepted => "accepted",
        DeliveryOutcome.AlreadyPosted => "already-posted",
        DeliveryOutcome.Refused => "refused",
        DeliveryOutcome.NoAnswer { Taken: true } => "taken",
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
