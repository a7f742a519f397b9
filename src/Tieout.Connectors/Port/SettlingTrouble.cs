using Tieout.Domain.Exceptions;
using Tieout.Domain.Posting;

namespace Tieout.Connectors.Port;

/// <summary>Why what a booked entry settles is not settled in the ERP; the same for every ERP that settles in a second step.</summary>
/// <param name="Reason">In plain words, or the ERP's own.</param>
/// <param name="ForGood">No repetition of ours changes it: a person settles it there. The entry is booked all the same.</param>
/// <param name="RetryAfter">What the ERP asks us to wait; never with <paramref name="ForGood"/>.</param>
/// <param name="ThisDocument">The ERP answered, so that it says nothing about the ERP as a whole; never with <paramref name="ForGood"/>.</param>
internal sealed record SettlingTrouble(string Reason, bool ForGood = false, TimeSpan? RetryAfter = null, bool ThisDocument = false)
{
    /// <summary>The outcome of an entry that is booked: posted with a case beside it, or in doubt until it is settled.</summary>
    /// <param name="booked">As which it is booked.</param>
    /// <param name="entry">What was booked.</param>
    /// <param name="erp">The ERP's name for people.</param>
    public DeliveryOutcome Beside(DeliveryOutcome booked, ErpEntry entry, string erp) => (ForGood, booked) switch
    {
        (true, DeliveryOutcome.Accepted accepted) => accepted with { Beside = Finding(entry, erp, accepted.Document) },
        (true, DeliveryOutcome.AlreadyPosted already) => already with { Beside = Finding(entry, erp, already.Document) },
        _ => new DeliveryOutcome.NoAnswer($"It is booked, and what it settles is not settled yet: {Reason}", ThisDocument: ThisDocument),
    };

    /// <summary>The same for one that a look-up found.</summary>
    public LookUpOutcome Beside(LookUpOutcome.Found found, ErpEntry entry, string erp) => ForGood
        ? found with { Beside = Finding(entry, erp, found.Document) }
        : new LookUpOutcome.NoAnswer($"It is booked, and what it settles is not settled yet: {Reason}", RetryAfter, ThisDocument);

    private Finding Finding(ErpEntry entry, string erp, ErpReference document)
    {
        var what = $"{EntryWords.Named(Domain.Words.Of(entry.Kind))} {entry.Key}";
        var settles = string.Join(", ", entry.Lines.Select(line => line.Settles).Where(key => key.Length > 0).Distinct(StringComparer.Ordinal));
        return new Finding(
            ExceptionCategory.Business, PostedCases.NotSettled,
            $"{what} is booked in {erp} as {document.Number}, and what it settles there ({settles}) stays open: the customer is still shown as owing it.",
            $"Settle the open items of the customer by hand in {erp}; then replay this case: the posting stays posted, nothing is sent, the case closes. "
            + "It closes by itself where a later attempt settles it.",
            Reason);
    }
}
