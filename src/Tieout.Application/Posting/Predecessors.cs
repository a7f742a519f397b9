using Tieout.Domain.Exceptions;
using Tieout.Domain.Posting;

namespace Tieout.Application.Posting;

/// <summary>
/// The order of documents: an ERP gets a credit memo after the invoice it corrects, an entry after the invoices it settles, and what
/// takes an entry back after that entry; never before. While those are on their way it waits, staged; PostgreSQL says so
/// (<c>posting.turn</c>) and refuses to send it (<c>posting_after_its_invoice</c>).
/// </summary>
/// <remarks>
/// Invoices do not wait for a parked one, not even those that correct another one by a line: they ask for money by themselves, and a month's
/// billing must not stand still for a parked invoice of the month before. All documents of one billing account go one after the other
/// besides (<c>posting_one_of_its_account</c>).
/// </remarks>
internal sealed class Predecessors(IPostingStore store, DeliveryTarget target)
{
    /// <summary>The code of the case.</summary>
    public const string NotPosted = "predecessor-not-posted";

    /// <summary>Why such a case closes by itself; {0} stands for the number of the document it is about.</summary>
    public const string GoesOn = "Goes on by itself: {0} is on its way again.";

    private const int AtOnce = 1_000;

    /// <summary>Parks staged documents that stand behind one that is parked or cancelled; answers how many.</summary>
    public Task<int> ParkBlocked(CancellationToken cancel) => store.ParkBlocked(target, AtOnce, Blocked, cancel);

    private static Finding Blocked(BlockedDocument blocked) => blocked.Kind == "credit-memo"
        ? new Finding(
            ExceptionCategory.Business, NotPosted,
            $"Credit memo {blocked.BusinessKey} corrects an invoice that is not in the ERP: {blocked.Before}.",
            "See to the invoice first, and the credit memo goes on with it. If the invoice shall never be posted, cancel both; "
            + "until then the customer's credit is in our books only.")
        : new Finding(
            ExceptionCategory.Business, NotPosted,
            $"{EntryWords.Named(blocked.Kind)} {blocked.BusinessKey} is about a document that is not in the ERP: {blocked.Before}.",
            "See to that document first, and this one goes on with it. If it shall never be posted, cancel both; until then this entry is in our books only.");
}
