using Tieout.Domain.Intake;

namespace Tieout.Domain.Usage;

/// <summary>An event by what makes it that event and no other.</summary>
public readonly record struct EventKey(string Source, string Id);

/// <summary>An event that corrects another, and what the ledger knows of the other.</summary>
/// <param name="Event">The correcting event.</param>
/// <param name="Subscription">Whose it is.</param>
/// <param name="Target">The event that is no longer to count.</param>
/// <param name="StoredTarget">Whose the target is, when it is in the ledger already.</param>
/// <param name="ReplacedBy">What superseded or voided the target before, if anything did.</param>
public sealed record CorrectionCase(
    EventKey Event, SubscriptionId Subscription, EventKey Target, SubscriptionId? StoredTarget, EventKey? ReplacedBy);

/// <summary>Which corrections hold.</summary>
public static class Corrections
{
    /// <summary>
    /// Judges the corrections of one batch. The target may be in the ledger or in the same batch, in any order; each target is
    /// corrected once; whoever corrects a correction names the correction. Judged in the order of <paramref name="cases"/>, so the
    /// first of two that name the same target holds.
    /// </summary>
    /// <param name="cases">The corrections, in the order of the batch.</param>
    /// <param name="inBatch">All other events of the batch that will be in the ledger, with whose they are.</param>
    /// <returns>The refused ones; the others hold.</returns>
    public static IReadOnlyDictionary<EventKey, Refusal> Judge(
        IReadOnlyList<CorrectionCase> cases, IReadOnlyDictionary<EventKey, SubscriptionId> inBatch)
    {
        Dictionary<EventKey, Refusal> refused = [];
        // One refused takes away the target of another, so it is judged until nothing changes any more.
        for (var before = -1; before != refused.Count;)
        {
            before = refused.Count;
            Dictionary<EventKey, EventKey> taken = [];
            foreach (var one in cases)
            {
                if (refused.ContainsKey(one.Event)) continue;
                if (Problem(one, inBatch, refused, taken) is { } refusal) refused.Add(one.Event, refusal);
                else taken[one.Target] = one.Event;
            }
            foreach (var one in cases)
                if (!refused.ContainsKey(one.Event) && IsInCircle(one, taken))
                    refused.Add(one.Event, UsageCode.Of(UsageCode.Circular, "supersedes", "Events of this batch supersede each other in a circle.",
                        "Send the one that is right, superseding the last one that stands."));
        }
        return refused;
    }

    private static Refusal? Problem(
        CorrectionCase one, IReadOnlyDictionary<EventKey, SubscriptionId> inBatch, Dictionary<EventKey, Refusal> refused,
        Dictionary<EventKey, EventKey> taken)
    {
        SubscriptionId? target = one.StoredTarget;
        if (target is null && inBatch.TryGetValue(one.Target, out var beside) && !refused.ContainsKey(one.Target)) target = beside;
        if (target is null)
            return UsageCode.Of(UsageCode.UnknownSuperseded, "supersedes", "The event it names is not in the ledger.",
                "Send that one first, then this one again; or correct the id or supersedessource.");
        if (target != one.Subscription)
            return UsageCode.Of(UsageCode.OtherSubject, "subject", "The event it names belongs to another subject.",
                "Void that one with its own subject, and send this one without naming it.");
        var by = one.ReplacedBy ?? (taken.TryGetValue(one.Target, out var other) ? other : null);
        return by is null || by == one.Event ? null
            : UsageCode.Of(UsageCode.AlreadySuperseded, "supersedes", "The event it names was superseded or voided before.",
                "Name the event that did it: that is the one that counts now.");
    }

    private static bool IsInCircle(CorrectionCase start, Dictionary<EventKey, EventKey> taken)
    {
        var at = start.Event;
        for (var steps = 0; steps <= taken.Count && taken.TryGetValue(at, out var by); steps++)
        {
            if (by == start.Event) return true;
            at = by;
        }
        return false;
    }
}
