using Tieout.Connectors.Port;

namespace Tieout.Application.Posting;

/// <summary>
/// Keeps requests and answers of one batch in <c>posting.exchange</c>. A request is on disk before it is sent, and only
/// while the batch is still claimed: a worker that was paused and wakes up after its lease cannot send. Each request renews
/// the lease and the instant that a proof of absence counts from: one batch may take many requests.
/// </summary>
/// <param name="store">Where to.</param>
/// <param name="batch">The claim, which is also the batch the exchanges are kept under.</param>
/// <param name="target">The target spoken to.</param>
/// <param name="claimed">How many postings must be claimed; 0 for questions that change nothing and need no claim.</param>
internal sealed class ExchangeLog(IPostingStore store, Guid batch, DeliveryTarget target, int claimed) : IExchangeLog
{
    /// <summary>Whether anything was asked since this was last set to false.</summary>
    public bool Asked { get; set; }

    public async Task<Guid> Began(string operation, ReadOnlyMemory<byte> request, CancellationToken cancel)
    {
        var exchange = await store.BeginExchange(new ExchangeStart(batch, target, claimed, operation, request), cancel) ?? throw new ClaimLostException();
        Asked = true;
        return exchange;
    }

    public Task Ended(Guid exchange, int? status, ReadOnlyMemory<byte> answer, string? failure, CancellationToken cancel) =>
        store.EndExchange(exchange, status, answer, failure);
}
