using System.Text.Json;
using Tieout.Connectors.Port;
using Tieout.Domain.Posting;

namespace Tieout.Connectors.Dynamics;

/// <summary>
/// Creating and posting. Between the two a document stands in Dynamics and in no book; whoever comes next finds it there and finishes it.
/// A refusal of the second step counts once the journal is deleted again: then nobody, not even our own late call, can post it any more.
/// </summary>
internal sealed class TwoSteps(DynamicsSettings settings, DynamicsClient client, JournalReader reader)
{
    private readonly JournalWriter _writer = new(settings);

    /// <summary>Brings journals into the ledger; outcomes in the order given.</summary>
    public async Task<IReadOnlyList<DeliveryOutcome>> Deliver(IReadOnlyList<Journal> journals, IExchangeLog log, CancellationToken cancel)
    {
        if (journals.Count == 0) return [];
        var run = new Run(journals);
        try
        {
            var standing = await LookInParts(journals, log, cancel);
            foreach (var (index, one) in standing.Index()) await Begin(run, index, one, log, cancel);
        }
        catch (ReadBackException unknown)
        {
            // What cannot be asked is not sent either.
            run.Rest(new DeliveryOutcome.NotSent(unknown.Message, unknown.RetryAfter));
        }
        await Create(run, log, cancel);
        await Post(run, log, cancel);
        await Confirm(run, log, cancel);
        return run.Outcomes;
    }

    /// <summary>Looks for journals and finishes those that are only created; outcomes in the order given.</summary>
    public async Task<IReadOnlyList<LookUpOutcome>> LookUp(IReadOnlyList<Journal> journals, IExchangeLog log, CancellationToken cancel)
    {
        IReadOnlyList<Standing> standing;
        try
        {
            standing = await LookInParts(journals, log, cancel);
        }
        catch (ReadBackException unknown)
        {
            return [.. journals.Select(_ => new LookUpOutcome.NoAnswer(unknown.Message, unknown.RetryAfter))];
        }
        int[] created = [.. Enumerable.Range(0, journals.Count).Where(index => standing[index] is Standing.Created)];
        var run = new Run([.. created.Select(index => journals[index])]);
        foreach (var (position, index) in created.Index()) run.Held[position] = ((Standing.Created)standing[index]).Journal;
        await Post(run, log, cancel);
        await Confirm(run, log, cancel);
        var finished = created.Index().ToDictionary(pair => pair.Item, pair => run.Outcomes[pair.Index]);
        return [.. standing.Select((one, index) => one switch
        {
            Standing.Posted posted => new LookUpOutcome.Found(posted.Document),
            Standing.Conflict conflict => new LookUpOutcome.Conflict(conflict.Finding),
            Standing.Created => finished[index] switch
            {
                DeliveryOutcome.Accepted accepted => new LookUpOutcome.Found(accepted.Document),
                DeliveryOutcome.Refused refused => new LookUpOutcome.Conflict(refused.Finding),
                DeliveryOutcome.NotSent later => new LookUpOutcome.NoAnswer(later.Reason, later.RetryAfter, later.ThisDocument),
                DeliveryOutcome.NoAnswer unknown => new LookUpOutcome.NoAnswer(unknown.Reason, ThisDocument: unknown.ThisDocument),
                _ => throw new InvalidOperationException("A journal that was only created cannot have been posted before."),
            },
            _ => (LookUpOutcome)new LookUpOutcome.Absent(),
        })];
    }

    private async Task<IReadOnlyList<Standing>> LookInParts(IReadOnlyList<Journal> journals, IExchangeLog log, CancellationToken cancel)
    {
        List<Standing> standing = new(journals.Count);
        foreach (var part in journals.Chunk(DynamicsLimits.KeysPerQuestion)) standing.AddRange(await reader.Look(part, log, cancel));
        return standing;
    }

    /// <summary>A created journal that follows older rules is taken away first: it is in no book, and what it says is no longer wanted.</summary>
    private async Task Begin(Run run, int index, Standing standing, IExchangeLog log, CancellationToken cancel)
    {
        switch (standing)
        {
            case Standing.Posted posted: run.Outcomes[index] = new DeliveryOutcome.AlreadyPosted(posted.Document); break;
            case Standing.Conflict conflict: run.Outcomes[index] = new DeliveryOutcome.Refused(conflict.Finding); break;
            case Standing.Created created when created.Journal.IsAsWritten(run.Journals[index], settings): run.Held[index] = created.Journal; break;
            case Standing.Created created when !await Withdrawn(created.Journal.Set, created.Journal.Number, created.Journal.Etag, log, cancel):
                run.Outcomes[index] = new DeliveryOutcome.NotSent(
                    $"Journal {created.Journal.Number} stands in Dynamics 365 under earlier rules, not posted, and could not be deleted.", ThisDocument: true);
                break;
        }
    }

    /// <summary>The first step: all that are not there yet, each in a change set of its own.</summary>
    private async Task Create(Run run, IExchangeLog log, CancellationToken cancel)
    {
        var part = new List<int>();
        var operations = 0;
        foreach (var index in run.Open.Where(index => run.Held[index] is null).ToList())
        {
            var size = run.Journals[index].Lines.Count + 1;
            if (operations + size > DynamicsLimits.Operations)
            {
                if (!await CreatePart(run, part, log, cancel)) return;
                (part, operations) = ([], 0);
            }
            part.Add(index);
            operations += size;
        }
        if (part.Count > 0) await CreatePart(run, part, log, cancel);
    }

    /// <summary>One batch.</summary>
    /// <returns>False when the rest of the delivery would fare the same.</returns>
    private async Task<bool> CreatePart(Run run, List<int> part, IExchangeLog log, CancellationToken cancel)
    {
        switch (await client.Batch("journals-create", [.. part.Select(index => _writer.Operations(run.Journals[index]))], log, cancel))
        {
            case DynamicsReply.Silent silent:
                run.Fill(part, new DeliveryOutcome.NoAnswer(silent.Reason));
                if (!silent.InTime) run.Rest(new DeliveryOutcome.NotSent("Dynamics 365 left an earlier call of this delivery without an answer."));
                return silent.InTime;
            case DynamicsReply.NeverLeft never: run.Rest(new DeliveryOutcome.NotSent(never.Reason, never.RetryAfter)); return false;
            case DynamicsReply.Answered { NotNow: { } reason } later: run.Rest(new DeliveryOutcome.NotSent(reason, later.RetryAfter)); return false;
            case DynamicsReply.Answered { Done: true } answered: CreateAnswer.Settle(run, part, answered, settings); return true;
            // Says no to the batch as a whole: not to a document, and nothing of it was done.
            case DynamicsReply.Answered { SaysNo: true } refused:
                run.Fill(part, new DeliveryOutcome.NotSent($"Dynamics 365 did not take the batch: {refused.Error!.Text}"));
                return true;
            case DynamicsReply.Answered other: run.Fill(part, new DeliveryOutcome.NoAnswer($"Dynamics 365 answered with HTTP {other.Status}.")); return true;
            default: throw new InvalidOperationException("Unknown reply.");
        }
    }

    /// <summary>The second step, journal by journal. When Dynamics is out of reach or asks to slow down, the rest waits, created.</summary>
    private async Task Post(Run run, IExchangeLog log, CancellationToken cancel)
    {
        if (settings.Posting == DynamicsSettings.ByBatchJob) return;
        foreach (var index in run.Open)
        {
            var journal = run.Journals[index];
            var reply = await client.Post("journal-post", PostAddress(run.SetOf(index), run.NumberOf(index)), PostBody(run.NumberOf(index)), log, cancel);
            switch (reply)
            {
                case DynamicsReply.NeverLeft never: run.Rest(new DeliveryOutcome.NotSent(never.Reason, never.RetryAfter)); return;
                case DynamicsReply.Answered { NotNow: { } reason } later: run.Rest(new DeliveryOutcome.NotSent(reason, later.RetryAfter)); return;
                case DynamicsReply.Silent { InTime: false } silent:
                    run.Outcomes[index] = new DeliveryOutcome.NoAnswer(silent.Reason);
                    run.Rest(new DeliveryOutcome.NotSent("Dynamics 365 left an earlier document of this delivery without an answer."));
                    return;
                case DynamicsReply.Silent silent: run.Doubts[index] = silent.Reason; break;
                // Whatever the status: an error of an action comes as 500, too. The deletion proves that it stays unposted.
                case DynamicsReply.Answered { Error: { } error }:
                    run.Refusals[index] = error.Text;
                    // Somebody else is at it: it is theirs to finish.
                    if (CreateAnswer.IsLocked(error.Text, journal, settings)) break;
                    await Withdrawn(run.SetOf(index), run.NumberOf(index), run.Held[index]?.Etag ?? "", log, cancel);
                    break;
                case DynamicsReply.Answered { Done: false } other: run.Doubts[index] = $"Dynamics 365 answered with HTTP {other.Status}."; break;
            }
        }
    }

    /// <summary>What the answers say counts for nothing until it is read: an action may only have started something.</summary>
    private async Task Confirm(Run run, IExchangeLog log, CancellationToken cancel)
    {
        int[] open = [.. run.Open];
        if (open.Length == 0) return;
        IReadOnlyList<Standing> standing;
        try
        {
            standing = await LookInParts([.. open.Select(index => run.Journals[index])], log, cancel);
        }
        catch (ReadBackException unknown)
        {
            foreach (var index in open) run.Outcomes[index] = new DeliveryOutcome.NoAnswer(unknown.Message);
            return;
        }
        foreach (var (position, index) in open.Index()) run.Outcomes[index] = Final(run, index, standing[position]);
    }

    private DeliveryOutcome Final(Run run, int index, Standing standing)
    {
        var number = run.NumberOf(index);
        return (standing, run.Refusals[index]) switch
        {
            (Standing.Posted posted, _) => new DeliveryOutcome.Accepted(posted.Document),
            (Standing.Conflict conflict, _) => new DeliveryOutcome.NoAnswer(conflict.Finding.Cause, ThisDocument: true), // somebody else wrote meanwhile
            (Standing.Absent, { } refusal) => CreateAnswer.Refusal(refusal, run.Journals[index], settings),
            (Standing.Created, { } refusal) => CreateAnswer.Refusal(refusal, run.Journals[index], settings, leftBehind: number),
            (Standing.Created, null) => new DeliveryOutcome.NoAnswer(
                run.Doubts[index] ?? $"Journal {number} is created in Dynamics 365 and not posted yet; it is looked at again.",
                Taken: settings.Posting == DynamicsSettings.ByBatchJob, ThisDocument: true),
            _ => new DeliveryOutcome.NoAnswer($"Journal {number} was created and is not there any more.", ThisDocument: true),
        };
    }

    /// <summary>Deletes a journal that is not posted; Dynamics refuses to delete one that is.</summary>
    /// <returns>True when it is gone.</returns>
    private async Task<bool> Withdrawn(JournalSet set, string number, string etag, IExchangeLog log, CancellationToken cancel) =>
        await client.Delete("journal-withdraw", Row(set, number, "?cross-company=true"), etag, log, cancel) is DynamicsReply.Answered { Status: 204 or 200 or 404 };

    private Uri PostAddress(JournalSet set, string number) => settings.Posting == DynamicsSettings.ByService
        ? settings.Address(settings.PostService)
        : Row(set, number, $"/{settings.PostAction}?cross-company=true");

    private Uri Row(JournalSet set, string number, string rest)
    {
        static string Literal(string value) => Uri.EscapeDataString(ODataRows.Text(value));
        return settings.Address($"/data/{set.Headers}(dataAreaId={Literal(settings.Company)},JournalBatchNumber={Literal(number)}){rest}");
    }

    private byte[] PostBody(string number) => settings.Posting == DynamicsSettings.ByService
        ? JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["_dataAreaId"] = settings.Company,
            ["_journalBatchNumber"] = number,
        })
        : "{}"u8.ToArray();

    /// <summary>The journals of one delivery and what is known of each so far.</summary>
    internal sealed class Run(IReadOnlyList<Journal> journals)
    {
        /// <summary>In the order asked.</summary>
        public IReadOnlyList<Journal> Journals { get; } = journals;

        /// <summary>The outcome of each; null while nothing is decided.</summary>
        public DeliveryOutcome[] Outcomes { get; } = new DeliveryOutcome[journals.Count];

        /// <summary>Those that were found created.</summary>
        public HeldJournal?[] Held { get; } = new HeldJournal?[journals.Count];

        /// <summary>What Dynamics said when it refused to post one.</summary>
        public string?[] Refusals { get; } = new string?[journals.Count];

        /// <summary>Why nobody knows whether it posted one.</summary>
        public string?[] Doubts { get; } = new string?[journals.Count];

        /// <summary>Positions of those nothing is decided about.</summary>
        public IReadOnlyList<int> Open => [.. Enumerable.Range(0, Outcomes.Length).Where(index => Outcomes[index] is null)];

        /// <summary>Through which set a journal stands there.</summary>
        public JournalSet SetOf(int index) => Held[index]?.Set ?? Journals[index].Set;

        /// <summary>Its journal number there: the key, unless somebody copied it and kept the copy.</summary>
        public string NumberOf(int index) => Held[index]?.Number ?? Journals[index].Key;

        /// <summary>The same outcome for several.</summary>
        public void Fill(IEnumerable<int> indexes, DeliveryOutcome outcome)
        {
            foreach (var index in indexes) Outcomes[index] = outcome;
        }

        /// <summary>The same outcome for all that nothing is decided about.</summary>
        public void Rest(DeliveryOutcome outcome) => Fill(Open, outcome);
    }
}
