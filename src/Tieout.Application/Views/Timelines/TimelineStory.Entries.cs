using System.Globalization;
using Tieout.Application.Journals;
using Tieout.Domain;
using Tieout.Domain.Posting;

namespace Tieout.Application.Views.Timelines;

internal sealed partial class TimelineStory
{
    // From its booking to its proof; what it settles or takes back is a way of its own, named here.
    private async Task<Story> OfEntry(Guid entry, CancellationToken cancel)
    {
        var journal = (await new FindJournals(database).One(entry, cancel))!;
        var month = AccountingMonth.Of(journal.Date);
        var posting = await Posting(entry, cancel);
        var verdict = await Verdict(journal.LegalEntity, journal.Amount.Currency, month, cancel);
        var held = verdict is null ? [] : await Held(verdict.RunId, journal.Number, cancel);
        var breaks = verdict is null ? [] : await Breaks(verdict.RunId, journal.Number, cancel);
        List<Step> steps = [Booked(journal, month), await Chosen(DocumentSteps.Posting(posting, Before(journal)), posting, cancel)];
        if (posting is not null) steps.AddRange(await Attempts(posting, cancel));
        steps.Add(ProofSteps.ErpDocument(posting, held));
        steps.Add(ProofSteps.TieOut(posting, verdict, held, breaks, month));
        steps.AddRange((await Cases(Subjects(journal.LegalEntity, month, journal.Number), account: null, cancel)).Select(ProofSteps.Case));
        var what = $"{EntryWords.Named(journal.Kind)} {journal.Number}, {journal.Amount},";
        return new Story(journal.Number, CorrelationId: null, ProofSteps.Answer(what, posting, verdict, held, breaks), steps);
    }

    private static Step Booked(Journal journal, AccountingMonth month) => new(
        StepKind.JournalEntry, StepState.Done, journal.CreatedAt, $"{EntryWords.Named(journal.Kind)} {journal.Number}",
        string.Create(CultureInfo.InvariantCulture, $"{journal.Text}, dated {journal.Date:yyyy-MM-dd} in {month}. Debits equal credits."))
    {
        Amount = journal.Amount,
        Facts =
        [
            new("Journal number", journal.Number, IsId: true),
            .. journal.Reason.Length > 0 ? [new Fact("Reason", journal.Reason)] : Array.Empty<Fact>(),
            .. journal.Actor.Length > 0 ? [new Fact("Booked by", journal.Actor)] : Array.Empty<Fact>(),
            .. Settled(journal).Select(number => new Fact("Settles", number, IsId: true)),
            .. journal.Reverses.Length > 0 ? [new Fact("Takes back", journal.Reverses, IsId: true)] : Array.Empty<Fact>(),
            .. journal.ReversedBy.Length > 0 ? [new Fact("Taken back by", journal.ReversedBy, IsId: true)] : Array.Empty<Fact>(),
            new("Legal entity", journal.LegalEntity),
            new("Journal entry id", journal.Id.ToString(), IsId: true),
        ],
        Entry = [.. journal.Lines.Select(line => new EntryLine(line.No, line.Account, line.Amount))],
    };

    private static IReadOnlyList<string> Before(Journal journal) =>
        [.. Settled(journal), .. journal.Reverses.Length > 0 ? [journal.Reverses] : Array.Empty<string>()];

    private static IEnumerable<string> Settled(Journal journal) =>
        journal.Lines.Select(line => line.Settles).Where(number => number.Length > 0).Distinct(StringComparer.Ordinal);
}
