using Tieout.Application.Mapping;
using Tieout.Application.Posting.Lanes;
using Tieout.Connectors.Port;
using Tieout.Domain.Exceptions;
using Tieout.Domain.Posting.Lanes;

namespace Tieout.Application.Posting;

/// <summary>
/// Staged to ready: a document is routed, and goes once its customer exists in that ERP. Customers are found or created a
/// batch at a time, by one worker per target, before the first invoice that needs them.
/// </summary>
internal sealed class Readiness(IPostingStore store, TimeProvider clock, DeliveryTarget target, LaneGate gate)
{
    private const int DocumentsAtOnce = 1_000;
    private const int CustomersAtOnce = 200;
    private const int MostOfOneAccount = 100;

    private readonly Lock _one = new();
    private Task<bool>? _running;
    private int _left; // when somebody looked last

    /// <summary>What a step did, or why it could not.</summary>
    public sealed record Step(bool Moved, string? Trouble = null, TimeSpan? RetryAfter = null, bool TurnedAway = false);

    /// <summary>Makes the oldest staged documents ready, after asking the ERP for customers it does not know yet.</summary>
    public async Task<Step> Run(LaneHand hand, CancellationToken cancel)
    {
        var step = await Next(hand, cancel);
        if (step.Moved) gate.Found(hand);
        return step;
    }

    private async Task<Step> Next(LaneHand hand, CancellationToken cancel)
    {
        if (await TogetherReady(cancel)) return new Step(Moved: true);

        // One at a time per ERP, not per target: two company codes of one tenant share its customers.
        await using var right = await store.TryIntroduce(target.Settings.Url.AbsoluteUri, cancel);
        if (right is null)
        {
            if (_left > 0) gate.Held(hand);
            return new Step(Moved: false);
        }
        var strangers = (await Oldest()).Where(document => !document.Known).ToList();
        if (strangers.Count == 0) return new Step(Moved: false);
        gate.Found(hand); // others may see nothing meanwhile: documents wait all the same
        return await Introduce(strangers, cancel);
    }

    // Workers that find nothing to send at the same moment would all look for the same documents: one does, for all of them.
    private Task<bool> TogetherReady(CancellationToken cancel)
    {
        lock (_one)
            return _running is { IsCompleted: false } running ? running : _running = MakeReady(cancel);
    }

    private async Task<bool> MakeReady(CancellationToken cancel)
    {
        if (await store.RouteStaged(target, DocumentsAtOnce, AtOnce, MappingFindings.Apart, cancel) > 0) return true;
        if (await new Predecessors(store, target).ParkBlocked(cancel) > 0) return true;
        var oldest = await Oldest();
        var known = oldest.Where(document => document.Known).ToList();
        await store.Promote(target, InTurn(known));
        _left = oldest.Count;
        return known.Count > 0;
    }

    // An account with very many documents waits for its turn among the others, which may be looked at later.
    private List<StagedDocument> AtOnce(IReadOnlyList<StagedDocument> documents) =>
        InTurn(documents.GroupBy(document => document.BillingAccountId).Where(account => account.Count() <= MostOfOneAccount).SelectMany(account => account));

    // An account with very many documents is not all there is: others are looked for behind it.
    private async Task<IReadOnlyList<StagedDocument>> Oldest()
    {
        var oldest = await store.OldestStaged(target, DocumentsAtOnce);
        var many = oldest.GroupBy(document => document.BillingAccountId).Where(account => account.Count() > MostOfOneAccount).ToList();
        if (many.Count == 0) return oldest;
        var others = await store.OldestStaged(target, DocumentsAtOnce, [.. many.Select(account => account.Key)]);
        return [.. oldest.Where(document => many.Exists(account => account.Key == document.BillingAccountId)), .. others];
    }

    private List<StagedDocument> InTurn(IEnumerable<StagedDocument> documents)
    {
        var now = store.Now;
        // One of an account at a time: the next one once this one is posted, parked or cancelled.
        return [.. LaneTurns.Order([.. documents.OrderBy(document => document.Id)], Turn).DistinctBy(Party)
            .Select((document, turn) => document with { Place = LaneTurns.PlaceOf(Turn(document), now, turn) })];
    }

    // An entry of no account, or of several, lies with its legal entity and keeps no order.
    private static Guid Party(StagedDocument document) => document.BillingAccountId == document.LegalEntityId ? document.Id : document.BillingAccountId;

    private TurnOf Turn(StagedDocument document) =>
        new(document.Month, target.Lane.Kinds.RankOf(document.Kind), document.LegalEntityId, document.BillingAccountId);

    private async Task<Step> Introduce(List<StagedDocument> documents, CancellationToken cancel)
    {
        var currencies = documents.DistinctBy(document => document.CustomerId).ToDictionary(document => document.CustomerId, document => document.Currency);
        var customers = await store.Customers(currencies.Keys);
        var moved = false;
        foreach (var some in customers.Chunk(CustomersAtOnce))
        {
            cancel.ThrowIfCancellationRequested();
            if (await gate.Enter(() => store.Now, toSend: true, hand: null) is not { } call) return new Step(moved);
            var outcomes = await Ask(
                call, [.. some.Select(customer => new ErpCustomer(customer.Code, customer.Name, customer.Country, currencies[customer.Id]))], cancel);
            await store.RecordCustomers(target, [.. some.Zip(outcomes)], TakenBy);
            var present = some.Zip(outcomes).Where(pair => pair.Second is CustomerOutcome.Present).Select(pair => pair.First.Id).ToHashSet();
            await store.Promote(target, InTurn(documents.Where(document => present.Contains(document.CustomerId))));
            moved |= outcomes.Any(outcome => outcome is not CustomerOutcome.NotNow);
            if (outcomes.OfType<CustomerOutcome.NotNow>().FirstOrDefault() is { } notNow)
                return new Step(moved, notNow.Reason, notNow.RetryAfter, call.TurnedAway);
        }
        return new Step(moved);
    }

    private async Task<IReadOnlyList<CustomerOutcome>> Ask(LaneCall call, IReadOnlyList<ErpCustomer> customers, CancellationToken cancel)
    {
        IReadOnlyList<CustomerOutcome> outcomes = [];
        try
        {
            var log = new ExchangeLog(store, clock, store.NewId(), target, claimed: 0, call);
            outcomes = await Asking.Each<ErpCustomer, CustomerOutcome>(
                customers, asked => target.Connector.EnsureCustomers(asked, log, cancel),
                bug => new CustomerOutcome.Refused(Asking.Finding(bug)), bug => new CustomerOutcome.NotNow($"The connector failed: {bug.Message}"),
                mayRepeat: () => true, cancel);
            await log.Written();
            return outcomes;
        }
        finally
        {
            gate.Leave(call, documents: 0, outcomes.Any(outcome => outcome is not CustomerOutcome.NotNow));
            gate.Settled(call);
        }
    }

    private Finding TakenBy(string other, string externalId) => new(
        ExceptionCategory.Business, "customer-ambiguous",
        $"{target.Name} gives its customer {externalId}, which our books link to customer {other} already.",
        "Find out which of our two customers it is. If the ERP gave its numbers anew, replay the refused documents of the other one first.");
}
