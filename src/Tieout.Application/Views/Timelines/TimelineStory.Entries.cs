using System.Globalization;
using Tieout.Application.Database;
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
        List<Step> steps = [Booked(journal, month), .. await Summed(entry, cancel), await Chosen(DocumentSteps.Posting(posting, Before(journal)), posting, cancel)];
        if (posting is not null) steps.AddRange(await Attempts(posting, cancel));
        steps.Add(ProofSteps.ErpDocument(posting, held));
        steps.Add(ProofSteps.TieOut(posting, verdict, held, breaks, month));
        steps.AddRange((await Cases(Subjects(journal.LegalEntity, month, journal.Number), account: null, cancel)).Select(ProofSteps.Case));
        steps.AddRange(await Others(entry, cancel));
        var what = $"{EntryWords.Named(journal.Kind)} {journal.Number}, {journal.Amount},";
        return new Story(journal.Number, await Correlation(entry, cancel), ProofSteps.Answer(what, posting, verdict, held, breaks), steps);
    }

    private async Task<Guid?> Correlation(Guid entry, CancellationToken cancel) =>
        await database.Rows<Guid>("select correlation_id from posting.posting where document_id = @entry", new { entry }, cancel) is [var one, ..] ? one : null;

    // What else became of the same money; each is a way of its own, in short here.
    private async Task<IEnumerable<Step>> Others(Guid entry, CancellationToken cancel)
    {
        var others = (await SameMoney.With(database, [entry], cancel)).Where(one => one != entry).ToArray();
        return others.Length == 0 ? [] : (await database.Rows<OtherRow>(
            """
            select p.business_key as number, p.document_kind as kind, e.text, e.entry_date as date, p.currency, m.amount, p.state, coalesce(p.target, '') as target,
                   coalesce(p.erp_number, '') as erp_number, e.created_at
            from cash.movement m join posting.posting p on p.document_id = m.entry_id join ledger.journal_entry e on e.id = m.entry_id
            where m.entry_id = any(@others) order by e.created_at, p.id
            """, new { others }, cancel)).Select(other => InShort(
                other.Number, $"{EntryWords.Named(other.Kind)} {other.Number}",
                string.Create(CultureInfo.InvariantCulture, $"{other.Text}, dated {other.Date:yyyy-MM-dd}. {Stands(other.State, other.Target, other.ErpNumber)}"),
                other.State, Cash.Of(other.Amount, other.Currency), other.CreatedAt));
    }

    /// <summary>What was booked on an invoice since, each in short.</summary>
    private static IEnumerable<Step> Settlements(InvoiceDetail invoice) => invoice.Settlements.Select(one => InShort(
        one.Number, $"{Called(one.Kind)} {one.Number}",
        string.Create(CultureInfo.InvariantCulture, $"Dated {one.Date:yyyy-MM-dd}. {OnInvoice(one.Amount)} {Stands(one.State, one.Target, one.ErpNumber)}"),
        one.State, one.Amount, at: null) with
    {
        Facts =
        [
            new("Journal number", one.Number, IsId: true),
            .. one.Payment.Length > 0 && one.Payment != one.Number ? [new Fact("Payment", one.Payment, IsId: true)] : Array.Empty<Fact>(),
            .. one.Reverses.Length > 0 ? [new Fact("Takes back", one.Reverses, IsId: true)] : Array.Empty<Fact>(),
        ],
    });

    private static Step InShort(string number, string title, string text, string state, Money amount, DateTimeOffset? at) => new(
        StepKind.JournalEntry, state == "posted" ? StepState.Done : state is "parked" or "in-doubt" ? StepState.Trouble : StepState.Gap, at, title, text)
    {
        Amount = amount,
        Facts = [new("Journal number", number, IsId: true)],
    };

    private static string Stands(string state, string target, string erpNumber) => state == "posted" ? $"{target} holds it as {erpNumber}." : $"It is {state}.";

    private static string OnInvoice(Money amount) => amount.Amount > 0 ? $"The invoice asks for {amount} less."
        : amount.Amount < 0 ? $"The invoice asks for {-amount} again." : "The invoice asks for as much as before.";

    private static string Called(string kind) => kind switch
    {
        "receipt" => "Payment",
        "application" => "Application",
        "release" => "Taken off again",
        "dispute-opened" => "Dispute",
        "dispute-won" => "Dispute won",
        "dispute-lost" => "Dispute lost",
        _ => EntryWords.Named(kind),
    };

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

    private sealed record OtherRow(
        string Number, string Kind, string Text, DateOnly Date, string Currency, decimal Amount, string State, string Target, string ErpNumber,
        DateTimeOffset CreatedAt);
}
