using Tieout.Domain.Exceptions;

namespace Tieout.Application.Posting;

/// <summary>
/// The order of documents: an ERP gets a credit memo after the invoice it corrects, never before. While the invoice is on its
/// way the memo waits, staged; PostgreSQL says so (<c>posting.turn</c>) and refuses to send it (<c>posting_after_its_invoice</c>).
/// </summary>
/// <remarks>
/// Invoices do not wait, not even those that correct another one by a line: they ask for money by themselves, and a month's
/// billing must not stand still for a parked invoice of the month before.
/// </remarks>
internal sealed class Predecessors(IPostingStore store, DeliveryTarget target)
{
    /// <summary>The code of the case.</summary>
    public const string NotPosted = "predecessor-not-posted";

    private const int AtOnce = 1_000;

    /// <summary>Parks staged credit memos whose invoice is parked or cancelled; answers how many.</summary>
    public Task<int> ParkBlocked(CancellationToken cancel) => store.ParkBlocked(target, AtOnce, Blocked, cancel);

    private static Finding Blocked(BlockedMemo memo) => new(
        ExceptionCategory.Business, NotPosted,
        $"Credit memo {memo.BusinessKey} corrects an invoice that is not in the ERP: {memo.Invoices}.",
        "See to the invoice first, then replay the credit memo. If the invoice shall never be posted, cancel both; "
        + "until then the customer's credit is in our books only.");
}
