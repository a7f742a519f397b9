using System.Runtime.CompilerServices;
using System.Text.Json;
using Tieout.Connectors.Port;
using Tieout.Connectors.SapS4.Idoc;
using Tieout.Domain;
using Tieout.Domain.Posting;

namespace Tieout.Connectors.SapS4;

/// <summary>
/// SAP S/4HANA: documents go in by one of three ways (<see cref="ISapDelivery"/>), customers by the business partner service, and
/// everything is read back from the operational line items. Entries are cleared against what they settle in a second
/// call. SAP does not deduplicate, so all safety against booking twice
/// lies in asking under the business key.
/// </summary>
internal sealed class SapConnector : IErpConnector
{
    /// <summary>How a target names this system.</summary>
    public const string SystemName = "sap-s4hana";

    private const string LineItems = "A_OperationalAcctgDocItemCube";
    internal const int KeysPerQuestion = 50;   // an address of some 3 kB
    private const int CustomersAtOnce = 500;  // documents whose customers are resolved together

    private readonly SapSettings _settings;
    private readonly SapClient _client;
    private readonly ODataPages _pages;
    private readonly SapCustomers _customers;
    private readonly JournalEntryMap _map;
    private readonly SapClearing _clearing;
    private readonly ISapDelivery _delivery;
    private readonly SapConfirmation _confirmation;

    // Accounts are told as the account rule writes them, with or without leading zeros: the caller finds its own again.
    private readonly Dictionary<string, string> _accountNames;

    public SapConnector(SapSettings settings, TimeProvider clock, IConfirmations confirmations)
    {
        _settings = settings;
        _client = new SapClient(settings, clock);
        _pages = new ODataPages(_client, settings.PageSize);
        _customers = new SapCustomers(settings, _client, _pages);
        _map = new JournalEntryMap(settings);
        _clearing = new SapClearing(settings, _client, clock, HeldUnder);
        _confirmation = new SapConfirmation(settings, clock, HeldUnder);
        _delivery = settings.Delivery switch
        {
            SapSettings.Asynchronous => new QueuedDelivery(settings, new BulkRequestForm(_client, _map), confirmations, Judged, clock),
            SapSettings.ByIdoc => new QueuedDelivery(settings, new IdocForm(_client, settings), confirmations, Judged, clock),
            _ => new SynchronousDelivery(settings, _client, _map, clock),
        };
        _accountNames = settings.Target.Accounts.Values.DistinctBy(SapText.Ten, StringComparer.Ordinal)
            .ToDictionary(SapText.Ten, account => account, StringComparer.Ordinal);
        Limits = new ConnectorLimits(settings.Target.BatchSize ?? SapSettings.DefaultBatchSize, settings.Target.Slots ?? SapSettings.DefaultSlots);
    }

    /// <inheritdoc/>
    public ConnectorLimits Limits { get; }

    private string Company => _settings.CompanyCode;

    /// <inheritdoc/>
    public Task<IReadOnlyList<CustomerOutcome>> EnsureCustomers(IReadOnlyList<ErpCustomer> customers, IExchangeLog log, CancellationToken cancel) =>
        _customers.Ensure(customers, log, cancel);

    /// <inheritdoc/>
    public Task<DryRun> DryRun(ErpDocument document, CancellationToken cancel) => _delivery.DryRules.Run(this, document, cancel);

    /// <inheritdoc/>
    public Task<CustomerDryRun> DryRunCustomer(ErpCustomer customer, CancellationToken cancel) => _delivery.DryRules.Run(this, customer, cancel);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<DeliveryOutcome>> Send(IReadOnlyList<ErpDocument> documents, IExchangeLog log, CancellationToken cancel)
    {
        var batch = new DeliveryBatch(documents, "SAP would book both.");
        batch.Refuse(_map.Problem);
        if (_settings.LookBeforeSend) await batch.Look(open => Judged(open, log, cancel)); // what is not shown goes out, or the way in says why not
        if (batch.Open is { Count: > 0 } open) await _delivery.Deliver(batch, open, log, cancel);
        await _confirmation.Run(batch, log, cancel);
        await Settle(batch, log, cancel);
        return batch.Result();
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<LookUpOutcome>> LookUp(IReadOnlyList<ErpDocument> documents, IExchangeLog log, CancellationToken cancel)
    {
        var judged = (await Judged(documents, log, cancel)).ToArray();
        var absent = Enumerable.Range(0, judged.Length).Where(index => judged[index] is LookUpOutcome.Absent).ToList();
        if (absent.Count == 0) return judged;
        foreach (var (position, outcome) in (await _delivery.NotShown([.. absent.Select(index => documents[index])], cancel)).Index())
            judged[absent[position]] = outcome;
        return judged;
    }

    /// <inheritdoc/>
    /// <remarks>
    /// By document date, which is the invoice date we sent and nobody moves: a document whose posting was moved to another
    /// month is found in the month our books have it in, and shown with the one it stands in. Reversed documents no longer
    /// stand and are left out.
    /// </remarks>
    public async IAsyncEnumerable<HeldDocument> ReadDocuments(ReadScope scope, [EnumeratorCancellation] CancellationToken cancel)
    {
        if (scope.Series.Count == 0) yield break;
        var series = string.Join(" or ", scope.Series.Select(start => $"startswith(DocumentReferenceID,{ODataPages.Text(start)})"));
        var filter = $"{InMonth("DocumentDate", scope.Month)} and ({series})";
        var rows = Rows(filter, LineItem.Fields, "documents-read", LineItem.Of, counted: true, null, cancel);
        Dictionary<string, string> codes = new(StringComparer.Ordinal);
        await foreach (var part in HeldEntry.Group(rows, cancel).Where(entry => !entry.Void).Chunk(CustomersAtOnce).WithCancellation(cancel))
        {
            var strange = part.Select(entry => entry.Customer).Distinct(StringComparer.Ordinal)
                .Where(number => number.Length > 0 && !codes.ContainsKey(number)).ToList();
            var found = await _customers.CodesOf(strange, cancel);
            // A customer without a code of ours is shown by SAP's number: it cannot be mistaken for one of ours.
            foreach (var number in strange) codes[number] = found.GetValueOrDefault(number, number);
            foreach (var entry in part) yield return entry.ToHeld(_settings, codes.GetValueOrDefault(entry.Customer, ""), _accountNames);
        }
    }

    /// <inheritdoc/>
    /// <remarks>By posting date rather than fiscal period: no fiscal year variant of the tenant has to be known.</remarks>
    public Task<IReadOnlyList<AccountMovement>> ReadMovements(AccountingMonth month, CancellationToken cancel) => ReadMovements(month, [], cancel);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<AccountMovement>> ReadMovements(AccountingMonth month, IReadOnlyCollection<string> chosen, CancellationToken cancel)
    {
        List<string> accounts = [.. _accountNames.Keys.Concat(chosen.Select(SapText.Ten)).Distinct(StringComparer.Ordinal)];
        if (accounts.Count == 0) return [];
        var filter = $"{InMonth("PostingDate", month)} and {ODataPages.AnyOf("GLAccount", accounts)}";
        Dictionary<(string Account, string Currency), decimal> sums = [];
        var rows = Rows(
            filter, LineItem.Order + ",GLAccount,TransactionCurrency,AmountInTransactionCurrency", "movements-read",
            row => (
                Account: ODataPages.Text(row, "GLAccount"),
                Currency: ODataPages.Text(row, "TransactionCurrency"),
                Amount: ODataPages.Number(row, "AmountInTransactionCurrency")),
            counted: true, null, cancel);
        await foreach (var page in rows)
            foreach (var (account, currency, amount) in page)
                sums[(account, currency)] = sums.GetValueOrDefault((account, currency)) + amount;
        return [.. sums.Select(sum => new AccountMovement(_accountNames.GetValueOrDefault(sum.Key.Account, sum.Key.Account), sum.Key.Currency, sum.Value))];
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>What the line items say, and nothing else; entries found that still settle something are asked to.</summary>
    private async Task<IReadOnlyList<LookUpOutcome>> Judged(IReadOnlyList<ErpDocument> documents, IExchangeLog log, CancellationToken cancel)
    {
        List<LookUpOutcome> outcomes = new(documents.Count);
        foreach (var part in documents.Chunk(KeysPerQuestion))
        {
            try
            {
                var held = await HeldUnder(part.Select(document => document.Key), log, cancel);
                var judged = part.Select(document => HeldEntry.Judge(document, [.. held[document.Key]], _settings)).ToList();
                var open = part.Where((document, index) => judged[index] is LookUpOutcome.Found && SapClearing.Unfinished(document, held[document.Key]));
                var trouble = await _clearing.Request([.. open.Cast<ErpEntry>()], log, cancel);
                outcomes.AddRange(part.Select((document, index) => trouble.TryGetValue(document.Key, out var reason)
                    ? reason.Beside((LookUpOutcome.Found)judged[index], (ErpEntry)document, "SAP")
                    : judged[index]));
            }
            catch (ReadBackException unknown)
            {
                outcomes.AddRange(part.Select(_ => new LookUpOutcome.NoAnswer(unknown.Message, unknown.RetryAfter)));
            }
        }
        return outcomes;
    }

    /// <summary>
    /// Asks SAP to clear what the entries settle that were just booked. An entry whose clearing could not be asked for is booked and in
    /// doubt: the look-up finishes it.
    /// </summary>
    private async Task Settle(DeliveryBatch batch, IExchangeLog log, CancellationToken cancel)
    {
        if (!_settings.Clears) return;
        var booked = Enumerable.Range(0, batch.Documents.Count)
            .Where(index => batch[index] is DeliveryOutcome.Accepted && batch.Documents[index] is ErpEntry entry && SapClearing.Settles(entry)).ToList();
        var trouble = await _clearing.Request([.. booked.Select(index => (ErpEntry)batch.Documents[index])], log, cancel);
        foreach (var index in booked)
            if (trouble.TryGetValue(batch.Documents[index].Key, out var reason))
                batch[index] = reason.Beside(batch[index]!, (ErpEntry)batch.Documents[index], "SAP");
    }

    private async Task<ILookup<string, HeldEntry>> HeldUnder(IEnumerable<string> of, IExchangeLog log, CancellationToken cancel)
    {
        var keys = ODataPages.AnyOf("DocumentReferenceID", of);
        var filter = $"CompanyCode eq {ODataPages.Text(Company)} and {keys}";
        var rows = Rows(filter, LineItem.Fields, "look-up", LineItem.Of, counted: false, log, cancel);
        List<HeldEntry> held = [];
        await foreach (var entry in HeldEntry.Group(rows, cancel)) held.Add(entry);
        return held.ToLookup(entry => entry.Key, StringComparer.Ordinal);
    }

    private IAsyncEnumerable<IReadOnlyList<T>> Rows<T>(
        string filter, string fields, string operation, Func<JsonElement, T> read, bool counted, IExchangeLog? log, CancellationToken cancel) =>
        _pages.Read(
            operation, _settings.LineItemsPath, LineItems,
            $"$filter={Uri.EscapeDataString(filter)}&$select={fields}&$orderby={LineItem.Order}", read, counted, log, cancel);

    private string InMonth(string field, AccountingMonth month) =>
        $"CompanyCode eq {ODataPages.Text(Company)} and " +
        $"{field} ge {ODataPages.Day(month.Period.Start)} and {field} lt {ODataPages.Day(month.Period.End)}";
}
