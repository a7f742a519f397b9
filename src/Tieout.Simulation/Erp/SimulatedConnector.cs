using Tieout.Connectors.Port;
using Tieout.Connectors.SapS4;
using Tieout.Domain;
using Tieout.Domain.Posting;

namespace Tieout.Simulation.Erp;

/// <summary>Speaks to a simulated ERP as the real connectors do to theirs: asks before it sends, and puts every request on record first.</summary>
internal sealed class SimulatedConnector(
    SimulatedErp erp, ErpNetwork network, FaultTable faults, PoisonedDocuments poison, Flaws flaws, ISapDelivery? queued = null) : IErpConnector
{
    public ConnectorLimits Limits => new(erp.Temper.BatchSize, erp.Temper.Slots);

    public async Task<IReadOnlyList<CustomerOutcome>> EnsureCustomers(IReadOnlyList<ErpCustomer> customers, IExchangeLog log, CancellationToken cancel)
    {
        var exchange = await log.Began("customers", default, cancel);
        var outcomes = await network.Customers(customers);
        await log.Ended(exchange, 200, default, null, cancel);
        return outcomes;
    }

    public async Task<IReadOnlyList<DeliveryOutcome>> Send(IReadOnlyList<ErpDocument> documents, IExchangeLog log, CancellationToken cancel)
    {
        if (documents.DistinctBy(document => document.Key).Count() < documents.Count)
            throw new ArgumentException("One call names the same key twice.", nameof(documents));
        FailOver(documents, poison.Bug);
        if (queued is not null) return await SendQueued(documents, queued, log, cancel);
        var outcomes = new DeliveryOutcome?[documents.Count];
        if (erp.Temper.LookBeforeSend) await Look(documents, outcomes, log, cancel);
        foreach (var request in Enumerable.Range(0, documents.Count).Where(index => outcomes[index] is null).Chunk(erp.Temper.OneByOne ? 1 : documents.Count))
        {
            var exchange = await log.Began("post", default, cancel);
            var answers = await network.Post([.. request.Select(index => documents[index])]);
            await log.Ended(exchange, answers[0] is DeliveryOutcome.NotSent { ThisDocument: false } && network.TurnsAway ? 429 : 200, default, null, cancel);
            foreach (var (position, index) in request.Index()) outcomes[index] = Flawed(answers[position]);
            // Turned away: the rest would be, too.
            if (answers[0] is DeliveryOutcome.NotSent { ThisDocument: false } away)
                for (var index = 0; index < outcomes.Length; index++) outcomes[index] ??= away;
        }
        FailOver(documents, poison.BugAfter);
        return [.. outcomes.Select(outcome => outcome!)];
    }

    public async Task<IReadOnlyList<LookUpOutcome>> LookUp(IReadOnlyList<ErpDocument> documents, IExchangeLog log, CancellationToken cancel)
    {
        var found = (await Asked(documents, log, cancel)).ToArray();
        var absent = queued is null ? [] : Enumerable.Range(0, found.Length).Where(index => found[index] is LookUpOutcome.Absent).ToList();
        if (absent.Count == 0) return found;
        foreach (var (position, outcome) in (await queued!.NotShown([.. absent.Select(index => documents[index])], cancel)).Index())
            found[absent[position]] = outcome;
        return found;
    }

    public Task<DryRun> DryRun(ErpDocument document, CancellationToken cancel) => throw new NotSupportedException("Nobody tries anything out here.");

    public Task<CustomerDryRun> DryRunCustomer(ErpCustomer customer, CancellationToken cancel) =>
        throw new NotSupportedException("Nobody tries anything out here.");

    public IAsyncEnumerable<HeldDocument> ReadDocuments(ReadScope scope, CancellationToken cancel) =>
        throw new NotSupportedException("The oracle reads the ledger itself.");

    public Task<IReadOnlyList<AccountMovement>> ReadMovements(AccountingMonth month, CancellationToken cancel) =>
        throw new NotSupportedException("The oracle reads the ledger itself.");

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async Task<IReadOnlyList<DeliveryOutcome>> SendQueued(
        IReadOnlyList<ErpDocument> documents, ISapDelivery delivery, IExchangeLog log, CancellationToken cancel)
    {
        var batch = new DeliveryBatch(documents, "Both would be booked.");
        await batch.Look(open => Asked(open, log, cancel));
        foreach (var request in batch.Open.Chunk(erp.Temper.OneByOne ? 1 : documents.Count)) await delivery.Deliver(batch, request, log, cancel);
        FailOver(documents, poison.BugAfter);
        return [.. batch.Result().Select(Flawed)];
    }

    private async Task<IReadOnlyList<LookUpOutcome>> Asked(IReadOnlyList<ErpDocument> documents, IExchangeLog log, CancellationToken cancel)
    {
        var exchange = await log.Began("look-up", default, cancel);
        var found = await network.LookUp(documents);
        await log.Ended(exchange, 200, default, null, cancel);
        return found;
    }

    private async Task Look(IReadOnlyList<ErpDocument> documents, DeliveryOutcome?[] outcomes, IExchangeLog log, CancellationToken cancel)
    {
        var held = await Asked(documents, log, cancel);
        for (var index = 0; index < documents.Count; index++)
            outcomes[index] = held[index] switch
            {
                LookUpOutcome.Found found => new DeliveryOutcome.AlreadyPosted(found.Document),
                LookUpOutcome.Conflict conflict => new DeliveryOutcome.Refused(conflict.Finding),
                LookUpOutcome.NoAnswer unknown => new DeliveryOutcome.NotSent(unknown.Reason),
                _ => null,
            };
    }

    private void FailOver(IReadOnlyList<ErpDocument> documents, HashSet<string> keys)
    {
        if (documents.FirstOrDefault(document => keys.Contains(document.Key)) is not { } bad) return;
        faults.Strike(Fault.PoisonBug, $"the connector fails over {bad.Key}");
        throw new InvalidOperationException($"A bug of the connector over {bad.Key}.");
    }

    private DeliveryOutcome Flawed(DeliveryOutcome outcome) => outcome switch
    {
        DeliveryOutcome.NoAnswer when flaws.HasFlag(Flaws.ResendOnSilence) => new DeliveryOutcome.NotSent("Silence."),
        DeliveryOutcome.NoAnswer when flaws.HasFlag(Flaws.PostedOnSilence) => new DeliveryOutcome.Accepted(new ErpReference("?", "?")),
        _ => outcome,
    };
}

/// <summary>Keys of the documents that something fails over, until they are mended.</summary>
internal sealed class PoisonedDocuments
{
    /// <summary>Before anything is sent.</summary>
    public HashSet<string> Bug { get; } = new(StringComparer.Ordinal);

    /// <summary>After the document was sent.</summary>
    public HashSet<string> BugAfter { get; } = new(StringComparer.Ordinal);

    /// <summary>For which ERPs turn whole calls away; whether for ever.</summary>
    public Dictionary<string, bool> TurnedAway { get; } = new(StringComparer.Ordinal);

    /// <summary>Which ERPs take and do not book; whether for ever.</summary>
    public Dictionary<string, bool> Unsettled { get; } = new(StringComparer.Ordinal);

    /// <summary>What is not for ever is mended.</summary>
    public void Mend()
    {
        foreach (var poison in new[] { TurnedAway, Unsettled })
            foreach (var (key, _) in poison.Where(pair => !pair.Value).ToList()) poison.Remove(key);
    }
}
