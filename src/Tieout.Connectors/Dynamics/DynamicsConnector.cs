using System.Runtime.CompilerServices;
using Tieout.Connectors.Port;
using Tieout.Domain;
using Tieout.Domain.Posting;

namespace Tieout.Connectors.Dynamics;

/// <summary>
/// Microsoft Dynamics 365 Finance by OData: each document is a journal of its own under our number, created by one change set and posted by
/// a second step. Journal numbers are given once in a company, so nothing can be created twice, and a posted journal cannot be posted again.
/// </summary>
internal sealed class DynamicsConnector : IErpConnector
{
    /// <summary>How a target names this system.</summary>
    public const string SystemName = "dynamics-365";

    private static readonly DryRunRules DryRules = new(
        operation => operation is "look-up" or "look-up-lines",
        [new VaryingPart("multipart boundary", "batch_[0-9a-f]{32}")],
        "Dynamics 365 holds the journal, not posted; a second call posts it, and it is read back.");

    private readonly DynamicsSettings _settings;
    private readonly DynamicsClient _client;
    private readonly ODataRows _rows;
    private readonly JournalReader _reader;
    private readonly DynamicsCustomers _customers;
    private readonly TwoSteps _steps;
    private readonly JournalMap _map;

    public DynamicsConnector(DynamicsSettings settings, TimeProvider clock)
    {
        _settings = settings;
        _client = new DynamicsClient(settings, clock);
        _rows = new ODataRows(settings, _client, clock);
        _reader = new JournalReader(settings, _rows);
        _customers = new DynamicsCustomers(settings, _client, _rows);
        _steps = new TwoSteps(settings, _client, _reader);
        _map = new JournalMap(settings);
        Limits = new ConnectorLimits(settings.BatchSize, settings.Slots);
    }

    /// <inheritdoc/>
    public ConnectorLimits Limits { get; }

    /// <inheritdoc/>
    public Task<IReadOnlyList<CustomerOutcome>> EnsureCustomers(IReadOnlyList<ErpCustomer> customers, IExchangeLog log, CancellationToken cancel) =>
        _customers.Ensure(customers, log, cancel);

    /// <inheritdoc/>
    public Task<DryRun> DryRun(ErpDocument document, CancellationToken cancel) => DryRules.Run(this, document, cancel);

    /// <inheritdoc/>
    public Task<CustomerDryRun> DryRunCustomer(ErpCustomer customer, CancellationToken cancel) => DryRules.Run(this, customer, cancel);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<DeliveryOutcome>> Send(IReadOnlyList<ErpDocument> documents, IExchangeLog log, CancellationToken cancel)
    {
        var batch = new DeliveryBatch(documents, "the second could not be created.");
        cancel.ThrowIfCancellationRequested();
        batch.Refuse(_map.Problem);
        var open = batch.Open;
        var outcomes = await _steps.Deliver([.. open.Select(index => _map.Of(documents[index]))], log, cancel);
        foreach (var (position, index) in open.Index()) batch[index] = outcomes[position];
        return batch.Result();
    }

    /// <inheritdoc/>
    /// <remarks>A journal found created and not posted is finished: the look-up under the key covers both steps.</remarks>
    public async Task<IReadOnlyList<LookUpOutcome>> LookUp(IReadOnlyList<ErpDocument> documents, IExchangeLog log, CancellationToken cancel)
    {
        List<LookUpOutcome> outcomes = new(documents.Count);
        foreach (var part in documents.Chunk(DynamicsLimits.KeysPerQuestion))
            outcomes.AddRange(await _steps.LookUp([.. part.Select(_map.Of)], log, cancel));
        return outcomes;
    }

    /// <inheritdoc/>
    /// <remarks>
    /// By the document's own date, which is ours and nobody moves; a journal posted on another day is shown with the month it stands in.
    /// </remarks>
    public async IAsyncEnumerable<HeldDocument> ReadDocuments(ReadScope scope, [EnumeratorCancellation] CancellationToken cancel)
    {
        if (scope.Series.Count == 0) yield break;
        await foreach (var journal in _reader.Posted(scope, cancel)) yield return journal.ToHeld(_settings);
    }

    /// <inheritdoc/>
    /// <remarks>From the ledger's own entries, by accounting date; journals are not asked.</remarks>
    public Task<IReadOnlyList<AccountMovement>> ReadMovements(AccountingMonth month, CancellationToken cancel) => ReadMovements(month, [], cancel);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<AccountMovement>> ReadMovements(AccountingMonth month, IReadOnlyCollection<string> chosen, CancellationToken cancel)
    {
        var accounts = _settings.Target.Accounts.Values.Concat(chosen).ToHashSet(StringComparer.Ordinal);
        if (accounts.Count == 0) return [];
        var filter = $"{_settings.EntriesCompanyField} eq {ODataRows.Text(_settings.Company)} and {JournalReader.Within("AccountingDate", month)}"
            + $" and ({string.Join(" or ", accounts.Order(StringComparer.Ordinal).Select(account => ODataRows.Begins("LedgerAccount", account)))})";
        Dictionary<(string Account, string Currency), decimal> sums = [];
        const string fields = "JournalNumber,Voucher,AccountingDate,PostingLayer,LedgerAccount,TransactionCurrencyCode,TransactionCurrencyAmount";
        // All that is added up: rows that are the same in it may change places from page to page without harm.
        const string order = "JournalNumber,Voucher,LedgerAccount,PostingLayer,TransactionCurrencyCode,TransactionCurrencyAmount";
        await foreach (var row in _rows.Read("movements-read", _settings.EntriesEntity, filter, fields, order, log: null, cancel))
        {
            var account = (Account: _settings.Dimensions.MainAccount(row.Need("LedgerAccount")), Currency: row.Need("TransactionCurrencyCode"));
            // Other layers, such as those for tax or budgets, are books of their own.
            if (!accounts.Contains(account.Account) || row.Text("PostingLayer") is not ("Current" or "")) continue;
            sums[account] = sums.GetValueOrDefault(account) + row.Amount("TransactionCurrencyAmount");
        }
        return [.. sums.Select(sum => new AccountMovement(sum.Key.Account, sum.Key.Currency, sum.Value))];
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }
}
