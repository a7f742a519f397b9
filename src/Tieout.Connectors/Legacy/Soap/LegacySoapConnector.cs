using System.Runtime.CompilerServices;
using System.Text;
using Tieout.Connectors.Port;
using Tieout.Domain;
using Tieout.Domain.Exceptions;
using Tieout.Domain.Posting;

namespace Tieout.Connectors.Legacy.Soap;

/// <summary>
/// An ERP behind a SOAP 1.1 service. It does not keep our key unique: all safety against booking twice lies in asking for the key before
/// sending and after every silence. See docs/legacy.md.
/// </summary>
internal sealed partial class LegacySoapConnector : IErpConnector
{
    /// <summary>How a target names this system.</summary>
    public const string SystemName = "legacy-soap";

    private static readonly DryRunRules DryRules = new(
        operation => operation == "documents-status", [], "The ERP books it at once and answers with its number.");

    private readonly SoapSettings _settings;
    private readonly SoapClient _client;
    private readonly LegacyMap _map;

    public LegacySoapConnector(SoapSettings settings, TimeProvider clock) =>
        (_settings, _client, _map) = (settings, new SoapClient(settings, clock), new LegacyMap(settings.Common, Encoding.UTF8));

    /// <inheritdoc/>
    public ConnectorLimits Limits => _settings.Common.Limits;

    private string Company => _settings.Target.Company;

    /// <inheritdoc/>
    public async Task<IReadOnlyList<CustomerOutcome>> EnsureCustomers(IReadOnlyList<ErpCustomer> customers, IExchangeLog log, CancellationToken cancel)
    {
        Dictionary<string, CustomerOutcome> known = new(StringComparer.Ordinal);
        foreach (var customer in customers.Where(one => one.Code.Length == 0 || !LegacyLimits.IsCode(one.Code, LegacyLimits.CustomerCode)))
            known[customer.Code] = new CustomerOutcome.Refused(LegacyFindings.Unfit("customer", customer.Code));
        var open = customers.Where(customer => !known.ContainsKey(customer.Code)).DistinctBy(customer => customer.Code, StringComparer.Ordinal);
        foreach (var part in open.Chunk(LegacyLimits.KeysPerQuestion))
        {
            var message = SoapMessages.Customers(Company, part.Select(one => (
                one.Code, LegacyLimits.Cut(one.Name, LegacyLimits.CustomerName, Encoding.UTF8), one.Country.Length == 2 ? one.Country : "", one.Currency)));
            var reply = await _client.Call("customers-put", message, log, cancel);
            var results = reply is SoapReply.Answered answered ? SoapMessages.Results(answered.Message) : null;
            foreach (var customer in part)
                known[customer.Code] = results is not null && results.TryGetValue(customer.Code, out var result) ? Outcome(result) : NotNow(reply);
        }
        return [.. customers.Select(customer => known[customer.Code])];
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<DeliveryOutcome>> Send(IReadOnlyList<ErpDocument> documents, IExchangeLog log, CancellationToken cancel)
    {
        var batch = new DeliveryBatch(documents, "the ERP would book both.");
        batch.Refuse(_map.Problem);
        await batch.Look(open => LookUp(open, log, cancel));
        await Deliver(batch, batch.Open, log, cancel);
        return batch.Result();
    }

    /// <inheritdoc/>
    public Task<DryRun> DryRun(ErpDocument document, CancellationToken cancel) => DryRules.Run(this, document, cancel);

    /// <inheritdoc/>
    public Task<CustomerDryRun> DryRunCustomer(ErpCustomer customer, CancellationToken cancel) => DryRules.Run(this, customer, cancel);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<LookUpOutcome>> LookUp(IReadOnlyList<ErpDocument> documents, IExchangeLog log, CancellationToken cancel)
    {
        List<LookUpOutcome> outcomes = new(documents.Count);
        foreach (var part in documents.Chunk(LegacyLimits.KeysPerQuestion))
        {
            var reply = await _client.Call("documents-status", SoapMessages.Status(Company, part.Select(document => document.Key)), log, cancel);
            if (reply is SoapReply.Answered answered && SoapMessages.Documents(answered.Message) is { } told)
            {
                var held = told.ToLookup(document => document.Key, StringComparer.Ordinal);
                outcomes.AddRange(part.Select(document => Judge(document, [.. held[document.Key]])));
            }
            else outcomes.AddRange(part.Select(_ => new LookUpOutcome.NoAnswer(Reason(reply))));
        }
        return outcomes;
    }

    /// <inheritdoc/>
    /// <remarks>By the posting date, which is the day we sent.</remarks>
    public async IAsyncEnumerable<HeldDocument> ReadDocuments(ReadScope scope, [EnumeratorCancellation] CancellationToken cancel)
    {
        if (scope.Series.Count == 0) yield break;
        await foreach (var document in Pages(scope.Month, cancel))
            if (scope.Series.Any(start => document.Key.StartsWith(start, StringComparison.Ordinal))) yield return HeldLegacy.Of(document);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<AccountMovement>> ReadMovements(AccountingMonth month, CancellationToken cancel)
    {
        List<LegacyDocument> documents = [];
        await foreach (var document in Pages(month, cancel)) documents.Add(document);
        return Movements.Of(documents, _settings.Target.Accounts.Values.ToHashSet(StringComparer.Ordinal));
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }

    private async IAsyncEnumerable<LegacyDocument> Pages(AccountingMonth month, [EnumeratorCancellation] CancellationToken cancel)
    {
        var after = "";
        do
        {
            var reply = await _client.Call("documents-list", SoapMessages.List(Company, month, after, _settings.PageSize), null, cancel);
            if (reply is not SoapReply.Answered answered || SoapMessages.Documents(answered.Message) is not { } documents)
                throw new ReadBackException(Reason(reply));
            foreach (var document in documents) yield return document;
            var next = SoapMessages.Next(answered.Message);
            if (next.Length > 0 && next == after) throw new ReadBackException("The ERP gives the same page again and again.");
            after = next;
        }
        while (after.Length > 0);
    }

    private LookUpOutcome Judge(ErpDocument document, IReadOnlyList<LegacyDocument> held) => _map.Problem(document) is { } finding
        ? held.Count == 0 ? new LookUpOutcome.Absent() : new LookUpOutcome.Conflict(finding)
        : HeldLegacy.Judge(document, _map.Of(document), held);

    private async Task Deliver(DeliveryBatch batch, IReadOnlyList<int> open, IExchangeLog log, CancellationToken cancel)
    {
        if (open.Count == 0) return;
        var message = SoapMessages.Post(Company, open.Select(index => _map.Of(batch.Documents[index])));
        switch (await _client.Call("documents-post", message, log, cancel))
        {
            case SoapReply.Silent silent: batch.Fill(open, new DeliveryOutcome.NoAnswer(silent.Reason)); break;
            case SoapReply.NotNow not: batch.Fill(open, new DeliveryOutcome.NotSent(not.Reason, not.RetryAfter)); break;
            case SoapReply.Faulted when open.Count > 1:
                // Nothing was booked, and one document may be to blame for all: halve until it stands alone.
                await Deliver(batch, [.. open.Take(open.Count / 2)], log, cancel);
                await Deliver(batch, [.. open.Skip(open.Count / 2)], log, cancel);
                break;
            case SoapReply.Faulted fault:
                batch[open[0]] = new DeliveryOutcome.Refused(new Finding(
                    ExceptionCategory.Data, "not-valid-for-erp", "The document does not fit the form the ERP's service prescribes.",
                    "Read the technical text for the field; correct it where it comes from, and replay.", fault.Text));
                break;
            case SoapReply.Answered answered:
                var results = SoapMessages.Results(answered.Message);
                foreach (var index in open)
                    batch[index] = results.TryGetValue(batch.Documents[index].Key, out var result)
                        ? Delivered(result)
                        : new DeliveryOutcome.NoAnswer("The ERP's answer says nothing certain about it.");
                break;
        }
    }

    private DeliveryOutcome Delivered((bool Booked, string Number, string Code, string Text) result) => result switch
    {
        { Booked: true, Number.Length: > 0 } => new DeliveryOutcome.Accepted(new ErpReference(result.Number, result.Number)),
        { Booked: true } => new DeliveryOutcome.NoAnswer("The ERP says it booked and names no document."),
        _ => new DeliveryOutcome.Refused(LegacyFindings.Of(_settings.Common, result.Code, result.Text)),
    };

    private CustomerOutcome Outcome((bool Booked, string Number, string Code, string Text) result) => result switch
    {
        { Booked: true, Number.Length: > 0 } => new CustomerOutcome.Present(result.Number),
        { Booked: true } => new CustomerOutcome.NotNow("The ERP names no id for the customer."),
        _ => new CustomerOutcome.Refused(LegacyFindings.Of(_settings.Common, result.Code, result.Text)),
    };

    private static CustomerOutcome.NotNow NotNow(SoapReply reply) => new(Reason(reply), (reply as SoapReply.NotNow)?.RetryAfter);

    private static string Reason(SoapReply reply) => reply switch
    {
        SoapReply.Silent silent => silent.Reason,
        SoapReply.NotNow not => not.Reason,
        SoapReply.Faulted fault => $"The service does not take the question: {fault.Text}",
        _ => "The ERP's answer is not whole.",
    };
}
