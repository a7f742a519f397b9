using Tieout.Connectors.Port;
using Tieout.Domain.Posting;

namespace Tieout.Connectors.SapS4;

/// <summary>
/// A way into SAP that books later: what SAP has taken is in doubt until the line items show it. What SAP tells by itself (<see cref="IConfirmations"/>)
/// only says when to look, and why something is not there.
/// </summary>
/// <param name="settings">Of the target.</param>
/// <param name="form">Of the message.</param>
/// <param name="confirmations">What SAP told.</param>
/// <param name="judge">What the line items say of documents, and nothing else.</param>
/// <param name="clock">For stamps and waiting.</param>
internal sealed class QueuedDelivery(
    SapSettings settings, IQueuedForm form, IConfirmations confirmations,
    Func<IReadOnlyList<ErpDocument>, IExchangeLog, CancellationToken, Task<IReadOnlyList<LookUpOutcome>>> judge, TimeProvider clock) : ISapDelivery
{
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestGlance = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    public DryRunRules DryRules => form.DryRules;

    /// <inheritdoc/>
    public async Task Deliver(DeliveryBatch batch, IReadOnlyList<int> open, IExchangeLog log, CancellationToken cancel)
    {
        var standings = await Standings([.. open.Select(index => batch.Documents[index])], cancel);
        List<Parcel> parcels = [];
        foreach (var (position, index) in open.Index())
        {
            if (standings[position].Verdict is ToldVerdict.Waiting) parcels.Add(new Parcel(index, batch.Documents[index], standings[position].Reference));
            else batch[index] = NotAgain(standings[position].Verdict, batch.Documents[index]);
        }
        await Hand(batch, parcels, log, cancel);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<LookUpOutcome>> NotShown(IReadOnlyList<ErpDocument> documents, CancellationToken cancel)
    {
        var standings = await Standings(documents, cancel);
        return [.. documents.Select((document, index) => Outcome(standings[index], document))];
    }

    private LookUpOutcome Outcome(Standing standing, ErpDocument document) => standing switch
    {
        { Verdict: ToldVerdict.Booked booked } when IsYoung(booked) => new LookUpOutcome.Absent(),
        { Verdict: ToldVerdict.Booked booked } => new LookUpOutcome.Conflict(QueuedFindings.ConfirmedNotFound(document, booked.Document.Number)),
        { Verdict: ToldVerdict.Contradicting contradicting } => new LookUpOutcome.Conflict(QueuedFindings.Contradicting(document, contradicting)),
        // Refused, and not sent again since. What was only locked is sent again once it is proven absent.
        { Expected: false, Refusal: { } refusal } when !IsLocked(refusal) => new LookUpOutcome.Conflict(FindingOf(refusal)),
        _ => new LookUpOutcome.Absent(),
    };

    /// <summary>SAP said that it has it, or both that and the contrary: not sent again before somebody has looked.</summary>
    private DeliveryOutcome NotAgain(ToldVerdict verdict, ErpDocument document) => verdict switch
    {
        ToldVerdict.Booked booked when IsYoung(booked) =>
            new DeliveryOutcome.NotSent(NotShownYet(booked), settings.ConfirmationGrace, ThisDocument: true),
        ToldVerdict.Booked booked => new DeliveryOutcome.Refused(QueuedFindings.ConfirmedNotFound(document, booked.Document.Number)),
        ToldVerdict.Contradicting contradicting => new DeliveryOutcome.Refused(QueuedFindings.Contradicting(document, contradicting)),
        _ => throw new InvalidOperationException("Only what was told stops a document."),
    };

    private async Task Hand(DeliveryBatch batch, IReadOnlyList<Parcel> parcels, IExchangeLog log, CancellationToken cancel)
    {
        if (parcels.Count == 0) return;
        var message = form.Write([.. parcels.Select(one => one.Document)], [.. parcels.Select(one => one.Reference)], clock.GetUtcNow());
        var violations = form.Check(message);
        if (violations.Count > 0)
        {
            foreach (var (entry, text) in violations) batch[parcels[Math.Max(entry, 0)].Index] ??= new DeliveryOutcome.Refused(SapFindings.NotValid(text));
            await Hand(batch, [.. parcels.Where(one => batch[one.Index] is null)], log, cancel);
            return;
        }

        var expected = parcels.Select(one => new ExpectedConfirmation(form.Named(one.Reference), one.Document.Key)).ToList();
        switch (await form.Hand(message, () => confirmations.Expect(settings.Target.Name, expected, cancel), log, cancel))
        {
            case SapReply.Silent silent: Fill(batch, parcels, new DeliveryOutcome.NoAnswer(silent.Reason)); break;
            case SapReply.NeverLeft never: Fill(batch, parcels, new DeliveryOutcome.NotSent(never.Reason)); break;
            case SapReply.Answered { NotProcessed: { } reason } refused when form.Read(refused) is not QueuedAnswer.ClientFault:
                Fill(batch, parcels, new DeliveryOutcome.NotSent(reason, refused.RetryAfter));
                break;
            case SapReply.Answered answered: await Answered(batch, parcels, form.Read(answered), log, cancel); break;
        }
    }

    private async Task Answered(DeliveryBatch batch, IReadOnlyList<Parcel> parcels, QueuedAnswer answer, IExchangeLog log, CancellationToken cancel)
    {
        switch (answer)
        {
            case QueuedAnswer.Taken:
                await Confirmed(batch, parcels, log, cancel);
                break;
            case QueuedAnswer.Unclear unclear:
                Fill(batch, parcels, new DeliveryOutcome.NoAnswer(unclear.Reason));
                break;
            case QueuedAnswer.ClientFault fault when settings.TellsDuplicate(fault.Text):
                Fill(batch, parcels, new DeliveryOutcome.NoAnswer($"SAP has had this message before and does not take it twice: {fault.Text}", Taken: true));
                break;
            case QueuedAnswer.ClientFault when parcels.Count > 1:
                // Nothing was taken, and one document may be to blame for all: halve until it stands alone.
                await Hand(batch, [.. parcels.Take(parcels.Count / 2)], log, cancel);
                await Hand(batch, [.. parcels.Skip(parcels.Count / 2)], log, cancel);
                break;
            case QueuedAnswer.ClientFault fault:
                batch[parcels[0].Index] = new DeliveryOutcome.Refused(SapFindings.NotValid(fault.Text));
                break;
        }
    }

    /// <summary>Waits as long as the target says for SAP's confirmations, and believes them as far as the line items show the same.</summary>
    private async Task Confirmed(DeliveryBatch batch, IReadOnlyList<Parcel> parcels, IExchangeLog log, CancellationToken cancel)
    {
        var verdicts = await Await(parcels, cancel);
        List<(Parcel Parcel, ToldVerdict Verdict)> told = [];
        foreach (var (position, parcel) in parcels.Index())
        {
            if (verdicts[position] is not ToldVerdict.Waiting) told.Add((parcel, verdicts[position]));
            else
                batch[parcel.Index] = new DeliveryOutcome.NoAnswer(
                    $"SAP has taken it as {form.Named(parcel.Reference)} and books it in its own time; its confirmation is awaited.", Taken: true);
        }
        if (told.Count == 0) return;
        var shown = await judge([.. told.Select(one => one.Parcel.Document)], log, cancel);
        foreach (var (position, (parcel, verdict)) in told.Index()) batch[parcel.Index] = Outcome(shown[position], verdict);
    }

    private DeliveryOutcome Outcome(LookUpOutcome shown, ToldVerdict verdict) => (shown, verdict) switch
    {
        (LookUpOutcome.Found found, _) => new DeliveryOutcome.Accepted(found.Document) { Beside = found.Beside },
        (LookUpOutcome.Conflict conflict, _) => new DeliveryOutcome.Refused(conflict.Finding),
        (LookUpOutcome.NoAnswer unknown, _) => new DeliveryOutcome.NoAnswer($"SAP has confirmed it and could not be asked for it: {unknown.Reason}", Taken: true),
        (_, ToldVerdict.Booked booked) => new DeliveryOutcome.NoAnswer(NotShownYet(booked), Taken: true),
        (_, ToldVerdict.Contradicting contradicting) => new DeliveryOutcome.NoAnswer(contradicting.Text, Taken: true),
        (_, ToldVerdict.Refused refusal) when IsLocked(refusal) =>
            new DeliveryOutcome.NotSent("Locked in SAP: " + string.Join("; ", refusal.Messages.Select(message => message.Note)), ThisDocument: true),
        (_, ToldVerdict.Refused refusal) => new DeliveryOutcome.Refused(FindingOf(refusal)),
        _ => throw new InvalidOperationException("Only what was told is looked for."),
    };

    private async Task<IReadOnlyList<ToldVerdict>> Await(IReadOnlyList<Parcel> parcels, CancellationToken cancel)
    {
        var names = parcels.Select(one => form.Named(one.Reference)).ToList();
        var began = clock.GetTimestamp();
        for (var pause = Glance; ; pause = pause * 2 < LongestGlance ? pause * 2 : LongestGlance)
        {
            var told = await confirmations.Told(settings.Target.Name, names, cancel);
            List<ToldVerdict> verdicts = [.. told.Select(one => ToldVerdict.Of(one.Confirmations, settings))];
            var left = settings.ConfirmationWait - clock.GetElapsedTime(began);
            if (left <= TimeSpan.Zero || verdicts.TrueForAll(verdict => verdict is not ToldVerdict.Waiting)) return verdicts;
            await Task.Delay(pause < left ? pause : left, clock, cancel);
        }
    }

    /// <summary>Under which reference each document goes now, and what was told of it under that and the last one before.</summary>
    private async Task<IReadOnlyList<Standing>> Standings(IReadOnlyList<ErpDocument> documents, CancellationToken cancel)
    {
        var contents = documents.Select(form.Content).ToList();
        var standings = new Standing[documents.Count];
        var refusals = new ToldVerdict.Refused?[documents.Count];
        List<int> open = [.. Enumerable.Range(0, documents.Count)];
        for (var times = 0; open.Count > 0; times++)
        {
            var references = open.ConvertAll(index => QueuedReference.Of(documents[index].Key, contents[index], times));
            var told = await confirmations.Told(settings.Target.Name, references.ConvertAll(form.Named), cancel);
            foreach (var (position, index) in open.Index())
            {
                var verdict = ToldVerdict.Of(told[position].Confirmations, settings);
                if (verdict is ToldVerdict.Refused refused) refusals[index] = refused;
                else standings[index] = new Standing(references[position], told[position].Expected, verdict, refusals[index]);
            }
            open = open.FindAll(index => standings[index] is null);
        }
        return standings;
    }

    private bool IsYoung(ToldVerdict.Booked booked) => clock.GetUtcNow() - booked.Since < settings.ConfirmationGrace;

    private bool IsLocked(ToldVerdict.Refused refusal) => SapFindings.Meaning(refusal.Messages, settings.Errors) == SapFindings.Locked;

    private Domain.Exceptions.Finding FindingOf(ToldVerdict.Refused refusal) =>
        SapFindings.Of(SapFindings.Meaning(refusal.Messages, settings.Errors), refusal.Messages);

    private static string NotShownYet(ToldVerdict.Booked booked) => $"SAP has confirmed it as {booked.Document.Number} and does not show it yet.";

    private static void Fill(DeliveryBatch batch, IEnumerable<Parcel> parcels, DeliveryOutcome outcome) => batch.Fill(parcels.Select(one => one.Index), outcome);

    /// <summary>A document on its way.</summary>
    private sealed record Parcel(int Index, ErpDocument Document, string Reference);

    /// <summary>How a document stands.</summary>
    /// <param name="Reference">Under which it goes now; never one that was refused.</param>
    /// <param name="Expected">Whether it was about to leave under it before.</param>
    /// <param name="Verdict">What was told under it; never a refusal.</param>
    /// <param name="Refusal">The last refusal under an earlier one; null when there was none.</param>
    private sealed record Standing(string Reference, bool Expected, ToldVerdict Verdict, ToldVerdict.Refused? Refusal);
}
