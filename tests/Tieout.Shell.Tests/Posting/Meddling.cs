using System.Runtime.CompilerServices;
using Tieout.Connectors.Port;
using Tieout.Domain;
using Tieout.Domain.Posting;

namespace Tieout.Shell.Tests.Posting;

/// <summary>A connector with something happening around its calls: a bug of its own, a database that goes away meanwhile.</summary>
internal sealed class Meddling(IErpConnector inner) : IErpConnector
{
    public Func<IReadOnlyList<ErpDocument>, Task> BeforeSend { get; init; } = _ => Task.CompletedTask;
    public Func<IReadOnlyList<ErpDocument>, Task> AfterSend { get; init; } = _ => Task.CompletedTask;
    public Func<IReadOnlyList<ErpDocument>, Task> BeforeLookUp { get; init; } = _ => Task.CompletedTask;

    /// <summary>What the ERP is made to have answered, in place of what it did.</summary>
    public Func<DeliveryOutcome, ErpDocument, DeliveryOutcome> Answers { get; init; } = (outcome, _) => outcome;

    /// <summary>The same for questions about documents.</summary>
    public Func<LookUpOutcome, ErpDocument, LookUpOutcome> Tells { get; init; } = (outcome, _) => outcome;
    public Func<Task> AfterReading { get; init; } = () => Task.CompletedTask;
    public Func<IReadOnlyList<ErpCustomer>, Task> BeforeCustomers { get; init; } = _ => Task.CompletedTask;

    public ConnectorLimits Limits => inner.Limits;

    public async Task<IReadOnlyList<CustomerOutcome>> EnsureCustomers(IReadOnlyList<ErpCustomer> customers, IExchangeLog log, CancellationToken cancel)
    {
        await BeforeCustomers(customers);
        return await inner.EnsureCustomers(customers, log, cancel);
    }

    public async Task<IReadOnlyList<DeliveryOutcome>> Send(IReadOnlyList<ErpDocument> documents, IExchangeLog log, CancellationToken cancel)
    {
        await BeforeSend(documents);
        var outcomes = await inner.Send(documents, log, cancel);
        await AfterSend(documents);
        return [.. outcomes.Zip(documents, Answers)];
    }

    public async Task<IReadOnlyList<LookUpOutcome>> LookUp(IReadOnlyList<ErpDocument> documents, IExchangeLog log, CancellationToken cancel)
    {
        await BeforeLookUp(documents);
        return [.. (await inner.LookUp(documents, log, cancel)).Zip(documents, Tells)];
    }

    public Task<DryRun> DryRun(ErpDocument document, CancellationToken cancel) => inner.DryRun(document, cancel);

    public Task<CustomerDryRun> DryRunCustomer(ErpCustomer customer, CancellationToken cancel) => inner.DryRunCustomer(customer, cancel);

    public async IAsyncEnumerable<HeldDocument> ReadDocuments(ReadScope scope, [EnumeratorCancellation] CancellationToken cancel)
    {
        await foreach (var held in inner.ReadDocuments(scope, cancel)) yield return held;
        await AfterReading();
    }

    public Task<IReadOnlyList<AccountMovement>> ReadMovements(AccountingMonth month, CancellationToken cancel) => inner.ReadMovements(month, cancel);

    public Task<IReadOnlyList<AccountMovement>> ReadMovements(AccountingMonth month, IReadOnlyCollection<string> chosen, CancellationToken cancel) =>
        inner.ReadMovements(month, chosen, cancel);

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
