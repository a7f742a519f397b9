using System.Globalization;
using Tieout.Application.Mapping;

namespace Tieout.Application.Views.Timelines;

/// <summary>The steps from the charges to the last attempt.</summary>
internal static class DocumentSteps
{
    public static readonly Step NotInvoiced = new(
        StepKind.Invoice, StepState.Gap, At: null, "Not invoiced yet", "The next billing run invoices what is in force in its month.");

    public static Step Charges(InvoiceDetail invoice) => new(
        StepKind.Charges, StepState.Done, At: null,
        invoice.Lines.Count == 1 ? "1 charge line" : Text($"{invoice.Lines.Count} charge lines"), "")
    {
        Amount = invoice.Invoice.Net,
        Charges = invoice.Lines,
    };

    public static Step Invoice(InvoiceDetail detail)
    {
        var invoice = detail.Invoice;
        var memo = IsMemo(invoice);
        return new Step(
            StepKind.Invoice, StepState.Done, At: null, Named(invoice),
            Text($"Net {invoice.Net}, tax {invoice.Tax} ({TaxWords(detail)}). ")
            + Text($"Issued {invoice.IssueDate:yyyy-MM-dd}{(memo ? "" : Text($", due {invoice.DueDate:yyyy-MM-dd}"))}.") + Corrections(detail))
        {
            Amount = invoice.Total,
            Facts =
            [
                new(memo ? "Credit memo number" : "Invoice number", invoice.Number, IsId: true),
                .. invoice.Corrects.Select(number => new Fact("Corrects", number, IsId: true)),
                .. invoice.CorrectedBy.Select(number => new Fact("Corrected by", number, IsId: true)),
                .. detail.Reason.Length > 0 ? [new Fact("Reason", detail.Reason)] : Array.Empty<Fact>(),
                .. detail.WrittenOff.IsZero ? Array.Empty<Fact>() : [new Fact("Written off", detail.WrittenOff.ToString())],
                .. invoice.Open is { } open && open != invoice.Total ? [new Fact("Still asked for", open.ToString())] : Array.Empty<Fact>(),
                .. detail.InBooks is { } books
                    ? [new Fact("In the books", books.Total.ToString()), new Fact("Rate of exchange", books.Source)] : Array.Empty<Fact>(),
                new("Legal entity", invoice.Entity),
                new("Accounting month", invoice.Month.ToString()),
                new("Invoice id", invoice.Id.ToString(), IsId: true),
                new("Correlation id", detail.CorrelationId.ToString(), IsId: true),
            ],
        };
    }

    /// <summary><c>Invoice US-2026-0000001</c>, or <c>Credit memo …</c>.</summary>
    public static string Named(InvoiceRow invoice) => $"{(IsMemo(invoice) ? "Credit memo" : "Invoice")} {invoice.Number}";

    private static bool IsMemo(InvoiceRow invoice) => invoice.Kind == "credit-memo";

    private static string TaxWords(InvoiceDetail detail) =>
        string.Join(", ", detail.Taxes.Select(tax => Text($"{tax.Rate:0.######%} {tax.Code}")).Distinct(StringComparer.Ordinal));

    private static string Corrections(InvoiceDetail detail) => detail switch
    {
        { Voids.Length: > 0 } => $" It takes invoice {detail.Voids} back whole.",
        { VoidedBy.Length: > 0 } => $" It was taken back whole by credit memo {detail.VoidedBy}.",
        { Invoice: { Corrects: [_, ..] corrected } } => $" It corrects {string.Join(", ", corrected)}.",
        { Invoice: { CorrectedBy: [_, ..] correcting } } => $" It was corrected by {string.Join(", ", correcting)}.",
        _ => "",
    };

    public static Step Entry(EntryRow? entry, IReadOnlyList<EntryLineRow> lines, InvoiceDetail invoice)
    {
        if (entry is null)
            return new Step(StepKind.JournalEntry, StepState.Trouble, At: null, "No journal entry", "Every invoice has one; this database was changed by hand.");
        return new Step(
            StepKind.JournalEntry, StepState.Done, entry.CreatedAt, "Journal entry",
            Text($"Dated {entry.EntryDate:yyyy-MM-dd} in {invoice.Invoice.Month}. Debits equal credits."))
        {
            Facts = [new("Journal entry id", entry.Id.ToString(), IsId: true)],
            Entry = [.. lines.Select(line => new EntryLine(line.LineNo, line.Account, Cash.Of(line.Amount, line.Currency)))],
        };
    }

    /// <summary>What has to be posted before an invoice or credit memo.</summary>
    public static IReadOnlyList<string> Before(InvoiceRow invoice) => IsMemo(invoice) ? invoice.Corrects : [];

    /// <summary>How far the delivery is.</summary>
    /// <param name="posting">The delivery; null when none was staged.</param>
    /// <param name="before">Numbers of what has to be posted first.</param>
    public static Step Posting(PostingRow? posting, IReadOnlyList<string> before)
    {
        if (posting is null) return new Step(StepKind.Posting, StepState.Gap, At: null, "Not posted yet", "No posting was staged for it.");
        var (state, text) = posting.State switch
        {
            "posted" => (StepState.Done, $"Posted to {posting.Target}."),
            "staged" when before.Count > 0 && posting.Turn == "waits" =>
                (StepState.Gap, $"Not posted yet: waits until {string.Join(", ", before)} is posted, for an ERP gets that first."),
            "staged" => (StepState.Gap, "Not posted yet: waits for its route and its customer in the ERP."),
            "ready" => (StepState.Gap, $"Not posted yet: waits for its turn at {posting.Target}{Pause(posting)}."),
            "sending" => (StepState.Gap, $"Being sent to {posting.Target} now."),
            "in-doubt" => (StepState.Trouble,
                $"In doubt: sent to {posting.Target}, outcome unknown. It is looked up there, never sent again blindly{Pause(posting)}."),
            "parked" => (StepState.Trouble, "Parked: it waits for a person, see the exception below."),
            _ => (StepState.Done, "Cancelled: it will not be delivered."),
        };
        return new Step(StepKind.Posting, state, posting.ChangedAt, $"Posting {posting.State}", text)
        {
            Amount = Cash.Of(posting.Amount, posting.Currency),
            Facts =
            [
                new("Business key", posting.BusinessKey, IsId: true),
                .. posting.Target is null ? Array.Empty<Fact>() : [new Fact("Target", posting.Target)],
                .. posting.RulesVersion is null ? Array.Empty<Fact>() : [new Fact("Account rule version", posting.RulesVersion)],
                .. posting.RoutedBy.Length == 0 ? Array.Empty<Fact>() : [new Fact("Routed by", posting.RoutedBy)],
                new("Tries", Text($"{posting.Tries}")),
                new("Look-ups", Text($"{posting.LookUps}")),
                new("Posting id", posting.Id.ToString(), IsId: true),
            ],
        };
    }

    /// <summary><c>Line 2, revenue, account</c>.</summary>
    public static string Named(Choice choice) => choice.On switch
    {
        Choice.OnReceivable => "Receivable, account",
        Choice.OnTax => Text($"Tax {choice.Ours}, code"),
        Choice.OnLine => Text($"Line {choice.No}{(choice.Ours.Length > 0 ? ", " + choice.Ours : "")}, {choice.What}"),
        _ => $"{choice.Ours}, account",
    };

    public static Step Attempt(AttemptRow attempt, PostingRow posting, IReadOnlyList<WireRow> calls)
    {
        var good = attempt.Outcome is "accepted" or "already-posted" or "found";
        var open = attempt.Outcome is null;
        var what = attempt.Kind == "send" ? "Sent" : "Looked up";
        var took = attempt.EndedAt is { } ended ? Text($" in {(ended - attempt.StartedAt).TotalMilliseconds:0} ms") : "";
        return new Step(
            StepKind.Attempt, good ? StepState.Done : open || attempt.Outcome == "taken" ? StepState.Gap : StepState.Trouble, attempt.StartedAt,
            Text($"Attempt {attempt.Number}: {what.ToLowerInvariant()}, {attempt.Outcome ?? "no outcome yet"}"),
            $"{OutcomeText(attempt.Outcome)}{(attempt.Detail.Length > 0 ? " " + attempt.Detail : "")}")
        {
            Facts =
            [
                new("Node", Text($"{attempt.Node}")),
                new("Batch", attempt.Batch.ToString()),
                .. took.Length > 0 ? [new Fact("Took", took[4..])] : Array.Empty<Fact>(),
            ],
            Exchanges = [.. calls.Select(call => Exchange(call, posting.BusinessKey))],
        };
    }

    private static ExchangeRow Exchange(WireRow call, string key) => new(
        call.Id, call.Operation, call.Status, call.Failure ?? "", call.StartedAt, call.EndedAt,
        Payload.Of(call.Request, call.RequestBytes, key),
        call.Answer is null ? null : Payload.Of(call.Answer, call.AnswerBytes ?? 0, key));

    private static string OutcomeText(string? outcome) => outcome switch
    {
        null => "It runs, or its node stopped before it could say.",
        "accepted" => "The ERP booked it.",
        "already-posted" => "The ERP held it already, with the same content.",
        "refused" => "The ERP refused it; nothing was booked.",
        "no-answer" => "No answer came: outcome unknown.",
        "taken" => "The ERP has it and has not booked it yet.",
        "not-sent" => "It did not reach the ERP; nothing was booked.",
        "found" => "The ERP holds it.",
        "absent" => "The ERP does not hold it.",
        "conflict" => "The ERP holds this key with other content.",
        _ => "The node stopped while it was on the wire: outcome unknown.",
    };

    private static string Pause(PostingRow posting) =>
        posting.NotBefore is { } at ? Text($", not before {at.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC") : "";

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
