namespace Tieout.Application.Posting;

/// <summary>
/// Takes postings for one worker. A claim is a lease: after <see cref="Lease"/>, or as soon as the node is gone, it is
/// nobody's. The claim's id fences: whoever lost it can neither send nor record.
/// </summary>
internal sealed class Claims(IPostingStore store, int node, DeliveryTarget target, LaneCompany company)
{
    private const int MostHalvings = 30;

    // For the answer of a call that took as long as it may to be recorded.
    private static readonly TimeSpan TimeToRecord = TimeSpan.FromMinutes(5);

    /// <summary>Longer than the longest call of a connector, and renewed by every call: a live worker records well before.</summary>
    public static TimeSpan Lease(DeliveryTarget target) => target.Settings.Timeout + TimeToRecord;

    /// <summary>
    /// Ready and due: they go to sending, and the claim is on disk before anything leaves. What came back without a result
    /// travels in smaller and smaller company, in the end alone: it may be what spoils its batch. So do all, for a while, where the ERP
    /// turns whole calls away (<see cref="LaneCompany"/>).
    /// </summary>
    public async Task<ClaimedBatch?> ToSend(int limit, CancellationToken cancel)
    {
        var most = company.Most(limit);
        if (await store.ClaimToSend(target, node, tries: 0, most, cancel) is { } fresh) return fresh;
        return await store.FewestTries(target, cancel) is { } tries
            ? await store.ClaimToSend(target, node, tries, Math.Clamp(limit >> Math.Min(tries, MostHalvings), 1, most), cancel)
            : null;
    }

    /// <summary>In doubt and due: they stay in doubt while the ERP is asked.</summary>
    public Task<ClaimedBatch?> ToLookUp(int limit, CancellationToken cancel) => store.ClaimToLookUp(target, node, limit, cancel);
}
