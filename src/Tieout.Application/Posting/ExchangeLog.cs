using Tieout.Application.Posting.Lanes;
using Tieout.Connectors.Port;

namespace Tieout.Application.Posting;

/// <summary>
/// Keeps requests and answers of one batch in <c>posting.exchange</c>. A request is on disk before it is sent, and only
/// while the batch is still claimed: a worker that was paused and wakes up after its lease cannot send. Each request renews
/// the lease and the instant that a proof of absence counts from: one batch may take many requests.
/// </summary>
/// <param name="store">Where to.</param>
/// <param name="clock">This machine's.</param>
/// <param name="batch">The claim, which is also the batch the exchanges are kept under.</param>
/// <param name="target">The target spoken to.</param>
/// <param name="claimed">How many postings must be claimed, to be sent or to be looked up, for a look-up may end what was begun; 0 without any.</param>
/// <param name="call">The lane's call that the requests belong to; it counts them.</param>
internal sealed class ExchangeLog(IPostingStore store, TimeProvider clock, Guid batch, DeliveryTarget target, int claimed, LaneCall? call = null) : IExchangeLog
{
    private readonly List<Task> _ends = [];

    /// <summary>Whether anything was asked since this was last set to false.</summary>
    public bool Asked { get; set; }

    public async Task<Guid> Began(string operation, ReadOnlyMemory<byte> request, CancellationToken cancel)
    {
        var leave = new TimeToLeave(clock);
        var exchange = await store.BeginExchange(new ExchangeStart(batch, target, claimed, operation, request), cancel) ?? throw new ClaimLostException();
        Asked = true;
        if (claimed > 0 && leave.IsOver) throw new ClaimLostException();
        call?.Sent();
        return exchange;
    }

    // Not waited for here: the ERP's slot is taken until the call is over, and nothing follows from the answer before it is recorded.
    public Task Ended(Guid exchange, int? status, ReadOnlyMemory<byte> answer, string? failure, CancellationToken cancel)
    {
        call?.Answered(status);
        lock (_ends) _ends.Add(store.EndExchange(exchange, status, answer, failure));
        return Task.CompletedTask;
    }

    /// <summary>Waits until every answer so far is on record, or throws why one is not.</summary>
    public async Task Written()
    {
        Task[] ends;
        lock (_ends) ends = [.. _ends];
        // One after the other, not all at once: the simulation has one thread, and a task that gathers others ends on any.
        foreach (var end in ends) await end;
    }

    /// <summary>Waits for them and for what follows from them, which may go on record together with them.</summary>
    public async Task WrittenWith(Task recorded)
    {
        try
        {
            await Written();
        }
        finally
        {
            await recorded;
        }
    }
}
