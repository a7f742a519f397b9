using System.Globalization;
using Tieout.Domain;

namespace Tieout.Application.Views.Timelines;

/// <summary>The steps after delivery: what the ERP holds, the verdict, and what stopped it on the way.</summary>
internal static class ProofSteps
{
    public static Step ErpDocument(PostingRow? posting, IReadOnlyList<HeldRow> held)
    {
        if (posting?.ErpNumber is not { } number)
            return new Step(StepKind.ErpDocument, StepState.Gap, At: null, "No ERP document yet",
                "Its number appears once the ERP has said that it booked the posting.");
        return new Step(StepKind.ErpDocument, StepState.Done, posting.ChangedAt, $"Document {number} in {posting.Target}", "")
        {
            Amount = held.Count == 1 ? Cash.Of(held[0].Total, held[0].Currency) : null,
            Facts =
            [
                new("ERP document number", number, IsId: true),
                .. posting.ErpId is null ? Array.Empty<Fact>() : [new Fact("ERP id", posting.ErpId, IsId: true)],
                new("Target", posting.Target ?? ""),
            ],
        };
    }

    public static Step TieOut(PostingRow? posting, VerdictRow? verdict, IReadOnlyList<HeldRow> held, IReadOnlyList<BreakRow> breaks, AccountingMonth month)
    {
        if (verdict is null || After(posting, verdict))
        {
            var since = verdict is null ? "No reconciliation run has compared this month."
                : posting?.State != "posted" ? "What is not posted is not compared."
                : "It was posted after the last comparison of its month.";
            return new Step(StepKind.TieOut, StepState.Gap, At: null, "Not tied out yet", since);
        }
        var text = breaks.Count > 0
            ? string.Join(' ', breaks.Select(found => found.Cause))
            : held.Count == 1 ? $"The ERP holds exactly one document with this key, with the same amounts{Whole(verdict, month)}."
            : VerdictWords.Say(verdict.Verdict, outdated: false, tieOut: null);
        return new Step(
            StepKind.TieOut, breaks.Count > 0 || held.Count != 1 ? StepState.Trouble : StepState.Done, verdict.ComparedAt,
            breaks.Count > 0 ? Text($"{breaks.Count} break{(breaks.Count == 1 ? "" : "s")}") : held.Count == 1 ? "Tied out" : "Not proved",
            text)
        {
            Amount = held.Count == 1 ? Cash.Of(held[0].Total, held[0].Currency) : null,
            Facts =
            [
                new("Verdict of the month", verdict.Verdict),
                new("Target", verdict.Target),
                new("Reconciliation run", verdict.RunId.ToString()),
                .. breaks.Select(found => new Fact($"Break: {found.Category}", Cash.Of(found.Amount, found.Currency).ToString())),
            ],
        };
    }

    public static Step Case(CaseRow row) => new(
        StepKind.Exception, row.State == "open" ? StepState.Trouble : StepState.Done, row.OpenedAt,
        $"Exception {row.Code}, {row.State}", $"{row.Cause} {(row.State == "open" ? row.Remedy : row.Resolution)}".TrimEnd())
    {
        Amount = Cash.Of(row.Amount, row.Currency),
        Facts =
        [
            new("Category", row.Category),
            new("Exception id", row.Id.ToString(), IsId: true),
            new("Seen", row.Repeats == 1 ? "once" : Text($"{row.Repeats} times")),
            .. row.Technical.Length > 0 ? [new Fact("The ERP's words", row.Technical)] : Array.Empty<Fact>(),
        ],
    };

    /// <summary>Where the invoice stands, in one sentence.</summary>
    public static string Answer(
        InvoiceDetail detail, PostingRow? posting, VerdictRow? verdict, IReadOnlyList<HeldRow> held, IReadOnlyList<BreakRow> breaks)
    {
        var invoice = detail.Invoice;
        return Answer($"{DocumentSteps.Named(invoice)}, {invoice.Total} to {invoice.CustomerName},", posting, verdict, held, breaks);
    }

    /// <summary>The same of any document.</summary>
    public static string Answer(string what, PostingRow? posting, VerdictRow? verdict, IReadOnlyList<HeldRow> held, IReadOnlyList<BreakRow> breaks)
    {
        if (posting?.State != "posted") return $"{what} is not in an ERP yet: its posting {Standing(posting)}.";
        var where = $"{what} is in {posting.Target} as {posting.ErpNumber}";
        if (verdict is null || After(posting, verdict)) return $"{where}; it is not tied out yet.";
        if (breaks.Count > 0) return $"{where}, but the books differ: {breaks[0].Cause}";
        return held.Count == 1 ? $"{where}, and both books agree as of {Minute(verdict.ComparedAt)}." : $"{where}; it could not be proved yet.";
    }

    private static string Standing(PostingRow? posting) => posting?.State switch
    {
        null => "was never staged",
        "in-doubt" => "is in doubt",
        "parked" => "is parked and waits for a person",
        var state => "is " + state,
    };

    private static bool After(PostingRow? posting, VerdictRow verdict) => posting?.State != "posted" || posting.ChangedAt > verdict.ComparedAt;

    private static string Whole(VerdictRow verdict, AccountingMonth month) =>
        verdict.Verdict == "reconciled" ? "" : $"; {month} as a whole is {verdict.Verdict}";

    private static string Minute(DateTimeOffset at) => Text($"{at.UtcDateTime:yyyy-MM-dd HH:mm} UTC");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
