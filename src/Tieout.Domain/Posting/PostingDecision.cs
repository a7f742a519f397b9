using Tieout.Domain.Exceptions;

namespace Tieout.Domain.Posting;

/// <summary>What follows from an answer, or from none.</summary>
public static class PostingDecision
{
    /// <summary>After a document was handed to the ERP; <paramref name="tries"/> counts this one.</summary>
    public static PostingChange AfterSending(DeliveryOutcome outcome, int tries, DateTimeOffset now, PostingPolicy policy, decimal jitter) =>
        outcome switch
        {
            DeliveryOutcome.Accepted accepted => new(PostingState.Posted, Document: accepted.Document, Finding: accepted.Beside),
            DeliveryOutcome.AlreadyPosted already => new(PostingState.Posted, Document: already.Document, Finding: already.Beside),
            DeliveryOutcome.Refused refused => new(PostingState.Parked, Finding: refused.Finding),
            DeliveryOutcome.NoAnswer => new(PostingState.InDoubt, now + policy.Pause(1, jitter)),
            DeliveryOutcome.NotSent { Alone: true } alone when tries >= policy.Attempts => new(PostingState.Parked, Finding: TurnedAway(tries, alone.Reason)),
            DeliveryOutcome.NotSent notSent when tries >= policy.Attempts => new(PostingState.Parked, Finding: GaveUp(tries, notSent.Reason)),
            DeliveryOutcome.NotSent notSent => new(PostingState.Ready, now + (notSent.RetryAfter ?? policy.Pause(tries, jitter))),
            _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome, "Unknown outcome."),
        };

    /// <summary>
    /// After the ERP was asked about a posting in doubt. Absent counts as proof only once
    /// <see cref="PostingPolicy.AbsenceProof"/> has passed between the last sending and the question. A document that
    /// leaves no trace however often it is sent, or that cannot be asked for, is told to a person.
    /// </summary>
    public static PostingChange AfterLookUp(
        LookUpOutcome outcome, DateTimeOffset sentAt, int tries, int lookUps, DateTimeOffset askedAt, PostingPolicy policy, decimal jitter)
    {
        TimeSpan Wait(LookUpOutcome.NoAnswer silent) => silent.RetryAfter ?? policy.Pause(lookUps, jitter);
        return outcome switch
        {
            LookUpOutcome.Found found => new(PostingState.Posted, Document: found.Document, Finding: found.Beside),
            LookUpOutcome.Conflict conflict => new(PostingState.Parked, Finding: conflict.Finding),
            LookUpOutcome.Absent when askedAt - sentAt >= policy.AbsenceProof && tries >= policy.Attempts =>
                new(PostingState.Parked, Finding: GaveUp(tries, "It was sent, no answer came, and the ERP does not have it.")),
            LookUpOutcome.Absent when askedAt - sentAt >= policy.AbsenceProof => new(PostingState.Ready, askedAt),
            LookUpOutcome.Absent => new(PostingState.InDoubt, Earlier(askedAt + policy.Pause(lookUps, jitter), sentAt + policy.AbsenceProof)),
            LookUpOutcome.NoAnswer silent when lookUps >= policy.Attempts =>
                new(PostingState.InDoubt, askedAt + Wait(silent), Finding: LongInDoubt(lookUps, silent)),
            LookUpOutcome.NoAnswer silent => new(PostingState.InDoubt, askedAt + Wait(silent)),
            _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome, "Unknown outcome."),
        };
    }

    private static DateTimeOffset Earlier(DateTimeOffset one, DateTimeOffset other) => one < other ? one : other;

    private static Finding LongInDoubt(int lookUps, LookUpOutcome.NoAnswer silent) => silent.ThisDocument ? Unsettled(lookUps, silent.Reason) : new(
        ExceptionCategory.Technical,
        "long-in-doubt",
        $"The document was sent, no answer came, and the ERP could not be asked for it in {lookUps} look-ups: nobody knows whether it is booked.",
        "Look for it in the ERP, and find out why it cannot be read. It is not sent again before the ERP has answered.",
        silent.Reason);

    private static Finding Unsettled(int lookUps, string reason) => new(
        ExceptionCategory.Technical,
        "long-in-doubt",
        $"The document was sent, and in {lookUps} look-ups the ERP's answer settled nothing: it is neither booked there nor gone.",
        "Look for it in the ERP and finish there what holds it up: a second step that waits for a job, a right that is missing. The case closes by itself "
        + "once it is booked; it is not sent again.",
        reason);

    private static Finding TurnedAway(int tries, string reason) => new(
        ExceptionCategory.Technical,
        "turned-away",
        $"The ERP turned this document away in {tries} tries, with no reason that belongs to it, and answered otherwise: it took others, or told that "
        + "it does not have this one. Nothing was booked there.",
        "Look for what is special about it: a customer or an account that our user in the ERP may not use, a text that a gateway takes for an attack, a size. "
        + "Replay it once that is mended. Until then the document is in our books only.",
        reason);

    private static Finding GaveUp(int tries, string reason) => new(
        ExceptionCategory.Technical,
        "gave-up",
        $"The ERP could not be reached or would not take the document in {tries} tries. Nothing was booked there.",
        "Once the ERP answers again, replay the posting. Until then the document is in our books only.",
        reason);
}
