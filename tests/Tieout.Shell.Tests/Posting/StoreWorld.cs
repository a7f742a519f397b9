using Tieout.Application.Mapping;
using Tieout.Application.Posting;
using Tieout.Domain.Posting;

namespace Tieout.Shell.Tests.Posting;

/// <summary>A store with three invoices, and what a rule about it needs to do besides asking it.</summary>
internal abstract class StoreWorld : IAsyncDisposable
{
    public abstract IPostingStore Store { get; }

    public abstract DeliveryTarget Target { get; }

    /// <summary>Numbers of the three invoices, the oldest first.</summary>
    public abstract IReadOnlyList<string> Keys { get; }

    public abstract void Advance(TimeSpan by);

    /// <summary>A credit memo over all of an invoice, staged; answers its number.</summary>
    public abstract Task<string> Credit(string invoice);

    /// <summary>Another invoice of the billing account of one, staged; answers its number.</summary>
    public abstract Task<string> Next(string invoice);

    /// <summary>As if the books had been put back to an earlier state, this one.</summary>
    public abstract Task Restored();

    /// <summary>Another target, that is first by name, was delivered to once; answers it.</summary>
    public abstract Task<DeliveryTarget> Another();

    /// <summary>Somebody else's transaction holds a posting until the answer is disposed of.</summary>
    public abstract Task<IAsyncDisposable> Hold(string key);

    /// <summary>Tries a move past the pipeline.</summary>
    public abstract Task Move(string key, PostingState state);

    public abstract Task<IReadOnlyList<(Guid Id, string Key, string Code)>> OpenCases();

    public abstract ValueTask DisposeAsync();

    /// <summary>Publishes one version of something; all of its kind before it is history.</summary>
    public abstract Task Publish(MappingSubject subject, string document);

    /// <summary>Only that: what could go at once does not, unless it is said which.</summary>
    public Task<int> Route(Func<IReadOnlyList<StagedDocument>, IReadOnlyList<StagedDocument>>? inTurn = null) =>
        Store.RouteStaged(Target, 10, inTurn ?? (_ => []), (key, targets) => MappingFindings.Apart(key, targets), default);

    /// <summary>What is routed and known to the ERP becomes ready.</summary>
    public async Task Promote() =>
        await Store.Promote(Target, [.. (await Store.OldestStaged(Target, 10)).Where(document => document.Known)]);

    public async Task<ClaimedBatch> Claim(IPostingNode node, int limit) => (await Store.ClaimToSend(Target, node.Number, 0, limit, default))!;

    public Task<Guid?> Begin(ClaimedBatch batch) => Store.BeginExchange(new ExchangeStart(batch.Claim, Target, batch.Postings.Count, "post", "x"u8.ToArray()), default);

    public PostingResult Result(ClaimedPosting posting, PostingChange change, string word, bool counts = true) => new(posting, change, word, "", counts);

    public Task Record(ClaimedBatch batch, PostingChange change, string word, bool counts = true) =>
        Store.Record(batch.Claim, PostingState.Sending, [.. batch.Postings.Select(posting => Result(posting, change, word, counts))]);

    public Task Record(ClaimedBatch batch, Func<ClaimedPosting, PostingChange> change, string word) =>
        Store.Record(batch.Claim, PostingState.Sending, [.. batch.Postings.Select(posting => Result(posting, change(posting), word))]);

    /// <summary>How many stand where, of those that go to the target.</summary>
    public async Task<string> States() => string.Join(", ", (await Store.Counts()).Where(count => count.State != "cancelled")
        .GroupBy(count => count.State).OrderBy(group => group.Key, StringComparer.Ordinal).Select(group => $"{group.Sum(count => count.Documents)} {group.Key}"));
}
