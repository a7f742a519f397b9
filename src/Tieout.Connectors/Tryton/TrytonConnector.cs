using System.Runtime.CompilerServices;
using Tieout.Connectors.Port;
using Tieout.Domain;
using Tieout.Domain.Posting;

namespace Tieout.Connectors.Tryton;

/// <summary>
/// Tryton 6.0: customers are parties; invoices and moves are created as drafts and posted, and moves settle invoices. Tryton does not deduplicate, so all safety
/// against booking twice lies in asking under the business key, which is the invoice's reference or the move's
/// description.
/// </summary>
internal sealed class TrytonConnector : IErpConnector
{
    /// <summary>How a target names this system.</summary>
    public const string SystemName = "tryton";

    private static readonly DryRunRules DryRules = new(
        operation => operation.EndsWith(".search_read", StringComparison.Ordinal), [],
        "Tryton holds a draft; it is compared with ours, and a second call posts it.");

    private const int KeysPerQuestion = 200;

    // A closed account or a tax that ran out is noticed within this time; a refusal is never based on an older catalogue at all.
    private static readonly TimeSpan CatalogueAge = TimeSpan.FromMinutes(10);

    private readonly TrytonSettings _settings;
    private readonly TimeProvider _clock;
    private readonly TrytonClient _client;
    private volatile Known? _known;

    public TrytonConnector(TrytonSettings settings, TimeProvider clock)
    {
        (_settings, _clock) = (settings, clock);
        _client = new TrytonClient(settings.Target, clock);
        Limits = new ConnectorLimits(settings.Target.BatchSize ?? TrytonSettings.DefaultBatchSize, settings.Target.Slots ?? TrytonSettings.DefaultSlots);
    }

    /// <inheritdoc/>
    public ConnectorLimits Limits { get; }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<CustomerOutcome>> EnsureCustomers(IReadOnlyList<ErpCustomer> customers, IExchangeLog log, CancellationToken cancel)
    {
        try
        {
            var catalogue = await CatalogueFor(ChosenCodes.None, fresh: false, log, cancel);
            return await new TrytonCustomers(_client, catalogue, log, cancel).Ensure(customers);
        }
        catch (NotAnsweredException trouble)
        {
            return [.. customers.Select(_ => new CustomerOutcome.NotNow(trouble.Message, trouble.RetryAfter))];
        }
    }

    /// <inheritdoc/>
    public Task<DryRun> DryRun(ErpDocument document, CancellationToken cancel) => DryRules.Run(this, document, cancel);

    /// <inheritdoc/>
    public Task<CustomerDryRun> DryRunCustomer(ErpCustomer customer, CancellationToken cancel) => DryRules.Run(this, customer, cancel);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<DeliveryOutcome>> Send(IReadOnlyList<ErpDocument> documents, IExchangeLog log, CancellationToken cancel)
    {
        DeliveryBatch.NoKeyTwice(documents, "Tryton would book both.");
        // Invoices first: an entry of the same call may settle one of them.
        List<Shipment> invoices = [.. documents.OfType<ErpInvoice>().Select(invoice => new Shipment(invoice))];
        List<EntryShipment> entries = [.. documents.OfType<ErpEntry>().Select(entry => new EntryShipment(entry))];
        var silent = invoices.Count > 0 && await SendInvoices(invoices, log, cancel);
        if (silent) foreach (var entry in entries) entry.Outcome = new DeliveryOutcome.NotSent("Not sent: Tryton fell silent on the ones before.");
        else if (entries.Count > 0) await SendEntries(entries, log, cancel);

        var outcomes = invoices.Select(shipment => (shipment.Document.Key, shipment.Outcome))
            .Concat(entries.Select(shipment => (shipment.Entry.Key, shipment.Outcome)))
            .ToDictionary(one => one.Key, one => one.Outcome!, StringComparer.Ordinal);
        return [.. documents.Select(document => outcomes[document.Key])];
    }

    /// <summary>Looks, prepares, creates, compares, posts. Tells whether Tryton fell silent.</summary>
    private async Task<bool> SendInvoices(List<Shipment> shipments, IExchangeLog log, CancellationToken cancel)
    {
        try
        {
            var catalogue = await Check(
                ChosenCodes.Of(shipments.Select(shipment => shipment.Document)), by => Judge(shipments, by), log, cancel);
            var delivery = DeliveryWith(catalogue, log, cancel);
            if (_settings.LookBeforeSend) await delivery.Look(Open(shipments));
            var fresh = Open(shipments).FindAll(shipment => shipment.Id is null);
            await delivery.Prepare(fresh);
            await delivery.Create(Open(fresh));
            await delivery.Compare(Open(fresh).FindAll(shipment => shipment.Id is not null));
            await delivery.Finish(shipments, keepUnsent: false);
            return delivery.Silent;
        }
        catch (NotAnsweredException trouble)
        {
            // Only questions were unanswered: what was not created is not there, what was created stands as a draft or posted.
            foreach (var shipment in Open(shipments))
                shipment.Outcome = shipment.Id is null
                    ? new DeliveryOutcome.NotSent(trouble.Message, trouble.RetryAfter)
                    : new DeliveryOutcome.NoAnswer(trouble.Message);
            return false;
        }
    }

    private async Task SendEntries(List<EntryShipment> shipments, IExchangeLog log, CancellationToken cancel)
    {
        List<EntryShipment> OpenOnes() => shipments.FindAll(shipment => shipment.Outcome is null);

        try
        {
            var catalogue = await Check(ChosenCodes.Of(shipments.Select(shipment => shipment.Entry)), by => Judge(shipments, by), log, cancel);
            var delivery = new EntryDelivery(_client, _settings, catalogue, log, cancel);
            if (_settings.LookBeforeSend) await delivery.Look(OpenOnes());
            var fresh = OpenOnes().FindAll(shipment => shipment.Id is null);
            await delivery.Prepare(fresh);
            await delivery.Create(fresh.FindAll(shipment => shipment.Outcome is null));
            await delivery.Finish(shipments, keepUnsent: false);
        }
        catch (NotAnsweredException trouble)
        {
            foreach (var shipment in OpenOnes())
                shipment.Outcome = shipment.Id is null
                    ? new DeliveryOutcome.NotSent(trouble.Message, trouble.RetryAfter)
                    : new DeliveryOutcome.NoAnswer(trouble.Message);
        }
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<LookUpOutcome>> LookUp(IReadOnlyList<ErpDocument> documents, IExchangeLog log, CancellationToken cancel)
    {
        List<LookUpOutcome> outcomes = new(documents.Count);
        foreach (var part in documents.Chunk(KeysPerQuestion))
        {
            try
            {
                var answers = (await LookUpPart([.. part.OfType<ErpInvoice>()], log, cancel)).Zip(part.OfType<ErpInvoice>(), (answer, one) => (one.Key, answer))
                    .Concat((await LookUpPart([.. part.OfType<ErpEntry>()], log, cancel)).Zip(part.OfType<ErpEntry>(), (answer, one) => (one.Key, answer)))
                    .ToLookup(one => one.Key, one => one.answer, StringComparer.Ordinal);
                outcomes.AddRange(part.Select(document => answers[document.Key].First()));
            }
            catch (NotAnsweredException unknown)
            {
                outcomes.AddRange(part.Select(_ => new LookUpOutcome.NoAnswer(unknown.Message, unknown.RetryAfter)));
            }
        }
        return outcomes;
    }

    /// <inheritdoc/>
    /// <remarks>By invoice date, which nobody moves. Drafts are not booked; a cancelled invoice no longer stands.</remarks>
    public async IAsyncEnumerable<HeldDocument> ReadDocuments(ReadScope scope, [EnumeratorCancellation] CancellationToken cancel)
    {
        if (scope.Series.Count == 0) yield break;
        var books = await BooksOf(cancel);
        await using var documents = books.Documents(scope, cancel).GetAsyncEnumerator(cancel);
        while (await Told(async () => await documents.MoveNextAsync())) yield return documents.Current;
        await using var entries = books.Entries(scope, cancel).GetAsyncEnumerator(cancel);
        while (await Told(async () => await entries.MoveNextAsync())) yield return entries.Current;
    }

    /// <inheritdoc/>
    /// <remarks>In the currency of the company's books, also what was invoiced in another.</remarks>
    public Task<IReadOnlyList<AccountMovement>> ReadMovements(AccountingMonth month, CancellationToken cancel) => ReadMovements(month, [], cancel);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<AccountMovement>> ReadMovements(AccountingMonth month, IReadOnlyCollection<string> chosen, CancellationToken cancel)
    {
        var books = await BooksOf(cancel);
        return await Told(() => books.Movements(month, chosen));
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Refuses what cannot be booked, before anything is sent; never by an old catalogue, because a person may just have mended it.</summary>
    private async Task<Catalogue> Check(ChosenCodes chosen, Func<Catalogue, bool> judge, IExchangeLog log, CancellationToken cancel)
    {
        var before = _known;
        var catalogue = await CatalogueFor(chosen, fresh: false, log, cancel);
        if (!judge(catalogue) && ReferenceEquals(before?.Catalogue, catalogue))
        {
            catalogue = await CatalogueFor(chosen, fresh: true, log, cancel);
            judge(catalogue);
        }
        return catalogue;
    }

    private bool Judge(List<Shipment> shipments, Catalogue by)
    {
        var map = new InvoiceMap(_settings, by);
        foreach (var shipment in shipments)
            shipment.Outcome = map.Problem(shipment.Document) is { } finding ? new DeliveryOutcome.Refused(finding) : null;
        return shipments.TrueForAll(shipment => shipment.Outcome is null);
    }

    private bool Judge(List<EntryShipment> shipments, Catalogue by)
    {
        var map = new EntryMap(_settings, by);
        foreach (var shipment in shipments)
            shipment.Outcome = map.Problem(shipment.Entry) is { } finding ? new DeliveryOutcome.Refused(finding) : null;
        return shipments.TrueForAll(shipment => shipment.Outcome is null);
    }

    private async Task<IReadOnlyList<LookUpOutcome>> LookUpPart(ErpInvoice[] part, IExchangeLog log, CancellationToken cancel)
    {
        if (part.Length == 0) return [];
        var catalogue = await KnownCompany(log, cancel);
        var delivery = DeliveryWith(catalogue, log, cancel);
        var held = await delivery.Held(part.Select(document => document.Key));
        List<Shipment> halfDone = [];
        List<Func<LookUpOutcome>> answers = [];
        foreach (var document in part)
        {
            var (invoice, conflict) = HeldInvoice.Judge(document, [.. held[document.Key]], _settings.TaxForced);
            if (conflict is not null) answers.Add(() => new LookUpOutcome.Conflict(conflict));
            else if (invoice is null) answers.Add(() => new LookUpOutcome.Absent());
            else if (invoice.Posted) answers.Add(() => new LookUpOutcome.Found(invoice.Reference));
            else
            {
                var shipment = new Shipment(document) { Id = invoice.Id };
                halfDone.Add(shipment);
                answers.Add(() => Finished(shipment));
            }
        }
        await delivery.Finish(halfDone, keepUnsent: true);
        return [.. answers.Select(answer => answer())];
    }

    private async Task<IReadOnlyList<LookUpOutcome>> LookUpPart(ErpEntry[] part, IExchangeLog log, CancellationToken cancel)
    {
        if (part.Length == 0) return [];
        var delivery = new EntryDelivery(_client, _settings, await KnownCompany(log, cancel), log, cancel);
        List<EntryShipment> shipments = [.. part.Select(entry => new EntryShipment(entry))];
        await delivery.Look(shipments);
        List<EntryShipment> halfDone = shipments.FindAll(shipment => shipment is { Outcome: null, Id: not null });
        // Also those that are posted: what they settle may have been left.
        await delivery.Finish(shipments.FindAll(shipment => shipment.Id is not null), keepUnsent: true);
        return [.. shipments.Select(shipment => shipment.Outcome switch
        {
            null => new LookUpOutcome.Absent(),
            DeliveryOutcome.Accepted accepted => new LookUpOutcome.Found(accepted.Document) { Beside = accepted.Beside },
            DeliveryOutcome.AlreadyPosted already => new LookUpOutcome.Found(already.Document) { Beside = already.Beside },
            // A draft that the ERP will not post was removed: the document is not there.
            DeliveryOutcome.Refused refused => halfDone.Contains(shipment) ? new LookUpOutcome.Absent() : (LookUpOutcome)new LookUpOutcome.Conflict(refused.Finding),
            DeliveryOutcome.NotSent not => new LookUpOutcome.NoAnswer(not.Reason, not.RetryAfter, not.ThisDocument),
            DeliveryOutcome.NoAnswer silent => new LookUpOutcome.NoAnswer(silent.Reason, ThisDocument: silent.ThisDocument),
            _ => throw new InvalidOperationException("Unknown outcome."),
        })];
    }

    private async Task<Catalogue> KnownCompany(IExchangeLog log, CancellationToken cancel)
    {
        var catalogue = await CatalogueFor(ChosenCodes.None, fresh: false, log, cancel);
        return catalogue.Company is null
            ? throw new NotAnsweredException($"Tryton has no company named '{_settings.Target.Company}', or more than one.")
            : catalogue;
    }

    // A draft that the ERP will not post was removed: the document is not there.
    private static LookUpOutcome Finished(Shipment shipment) => shipment.Outcome switch
    {
        DeliveryOutcome.Accepted accepted => new LookUpOutcome.Found(accepted.Document),
        DeliveryOutcome.Refused => new LookUpOutcome.Absent(),
        DeliveryOutcome.NotSent not => new LookUpOutcome.NoAnswer(not.Reason, not.RetryAfter, not.ThisDocument),
        DeliveryOutcome.NoAnswer silent => new LookUpOutcome.NoAnswer(silent.Reason, ThisDocument: silent.ThisDocument),
        _ => throw new InvalidOperationException("A draft was neither posted nor refused."),
    };

    private Delivery DeliveryWith(Catalogue catalogue, IExchangeLog log, CancellationToken cancel) =>
        new(_client, _settings, catalogue, DateOnly.FromDateTime(_clock.GetUtcNow().UtcDateTime), log, cancel);

    private async Task<Catalogue> CatalogueFor(ChosenCodes chosen, bool fresh, IExchangeLog? log, CancellationToken cancel)
    {
        var known = _known;
        if (!fresh && known is not null && known.Catalogue.Company is not null && _clock.GetUtcNow() - known.At < CatalogueAge && known.Chosen.Holds(chosen))
            return known.Catalogue;
        var all = known is null ? chosen : known.Chosen.With(chosen);
        var loaded = await Catalogue.Load(_client, _settings, all, log, cancel);
        _known = new Known(loaded, all, _clock.GetUtcNow());
        return loaded;
    }

    private async Task<TrytonBooks> BooksOf(CancellationToken cancel)
    {
        var catalogue = await Told(() => CatalogueFor(ChosenCodes.None, fresh: false, null, cancel));
        return catalogue.Company is null
            ? throw new ReadBackException($"Tryton has no company named '{_settings.Target.Company}', or more than one.")
            : new TrytonBooks(_client, _settings, catalogue, cancel);
    }

    private static async Task<T> Told<T>(Func<Task<T>> question)
    {
        try
        {
            return await question();
        }
        catch (NotAnsweredException trouble)
        {
            throw new ReadBackException(trouble.Message, trouble);
        }
    }

    private static List<Shipment> Open(IEnumerable<Shipment> shipments) => [.. shipments.Where(shipment => shipment.Outcome is null)];

    private sealed record Known(Catalogue Catalogue, ChosenCodes Chosen, DateTimeOffset At);
}
