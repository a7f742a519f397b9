using System.Runtime.CompilerServices;
using Tieout.Connectors.Port;
using Tieout.Domain;
using Tieout.Domain.Posting;

namespace Tieout.Connectors.NetSuite;

/// <summary>
/// Oracle NetSuite by SuiteTalk REST: documents go in as journal entries by upsert under our key, customers by upsert under our code,
/// and everything is read back by SuiteQL. An upsert changes what it finds, so the key is always asked for first.
/// </summary>
internal sealed class NetSuiteConnector : IErpConnector
{
    /// <summary>How a target names this system.</summary>
    public const string SystemName = "netsuite";

    private static readonly DryRunRules DryRules = new(
        operation => operation is "currencies-find" or "look-up", [],
        "NetSuite creates the journal under our number and answers with its address; then it is read back. What it settles there a person applies.");

    private const string Record = "journalEntry";
    private const string Sublist = "line";

    private readonly NetSuiteSettings _settings;
    private readonly NetSuiteClient _client;
    private readonly SuiteQl _suiteQl;
    private readonly Questions _questions;
    private readonly Currencies _currencies;
    private readonly NetSuiteCustomers _customers;
    private readonly JournalMap _map;

    public NetSuiteConnector(NetSuiteSettings settings, TimeProvider clock)
    {
        _settings = settings;
        _client = new NetSuiteClient(settings, clock);
        _suiteQl = new SuiteQl(_client);
        _questions = new Questions(settings);
        _currencies = new Currencies(_suiteQl);
        _customers = new NetSuiteCustomers(settings, _client, _suiteQl, _currencies);
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
        var batch = new DeliveryBatch(documents, "the second would overwrite the first.");
        cancel.ThrowIfCancellationRequested();
        batch.Refuse(_map.Problem);
        await batch.Look(open => LookUp(open, log, cancel));
        await LearnCurrencies(batch, log, cancel);
        await Deliver(batch, log, cancel);
        if (_settings.Confirm) await Confirm(batch, log, cancel);
        return batch.Result();
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<LookUpOutcome>> LookUp(IReadOnlyList<ErpDocument> documents, IExchangeLog log, CancellationToken cancel)
    {
        List<LookUpOutcome> outcomes = new(documents.Count);
        foreach (var part in documents.Chunk(NetSuiteLimits.KeysPerQuestion))
        {
            try
            {
                var rows = _suiteQl.Many("look-up", after => _questions.Under(part.Select(document => document.Key), after), log, cancel);
                List<HeldJournal> held = [];
                await foreach (var document in HeldJournal.Group(rows, cancel)) held.Add(document);
                var byKey = held.ToLookup(document => document.Key, StringComparer.Ordinal);
                outcomes.AddRange(part.Select(document => HeldJournal.Judge(document, [.. byKey[document.Key]], _settings)));
            }
            catch (ReadBackException unknown)
            {
                outcomes.AddRange(part.Select(_ => new LookUpOutcome.NoAnswer(unknown.Message, unknown.RetryAfter)));
            }
        }
        return outcomes;
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<HeldDocument> ReadDocuments(ReadScope scope, [EnumeratorCancellation] CancellationToken cancel)
    {
        if (scope.Series.Count == 0) yield break;
        var rows = _suiteQl.Many("documents-read", after => _questions.Documents(scope.Series, scope.Month, after), log: null, cancel);
        await foreach (var document in HeldJournal.Group(rows, cancel)) yield return document.ToHeld(_settings);
    }

    /// <inheritdoc/>
    /// <remarks>By posting period, which NetSuite knows for every document; sums are its own, one row for account and currency.</remarks>
    public Task<IReadOnlyList<AccountMovement>> ReadMovements(AccountingMonth month, CancellationToken cancel) => ReadMovements(month, [], cancel);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<AccountMovement>> ReadMovements(AccountingMonth month, IReadOnlyCollection<string> chosen, CancellationToken cancel)
    {
        // Internal ids are numbers; nothing else may get into the question.
        List<string> accounts = [.. _settings.AllAccounts().Concat(chosen.Where(id => id.Length > 0 && id.All(char.IsAsciiDigit))).Distinct(StringComparer.Ordinal)];
        if (accounts.Count == 0) return [];
        var rows = await _suiteQl.Few("movements-read", _questions.Movements(accounts, month), log: null, cancel);
        // Several tax accounts of theirs are one of ours.
        return [.. rows
            .GroupBy(row => (Account: _settings.NameOf(row.Need("account")), Currency: row.Need("currency")))
            .Select(sum => new AccountMovement(sum.Key.Account, sum.Key.Currency, sum.Sum(row => row.Amount("amount"))))];
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task LearnCurrencies(DeliveryBatch batch, IExchangeLog log, CancellationToken cancel)
    {
        var open = batch.Open;
        try
        {
            await _currencies.Learn(open.Select(index => batch.Documents[index].Currency.Code), log, cancel);
        }
        catch (ReadBackException unknown)
        {
            batch.Fill(open, new DeliveryOutcome.NotSent(unknown.Message, unknown.RetryAfter));
        }
    }

    /// <summary>
    /// One after the other: each is a transaction of its own there. When NetSuite is out of reach, asks us to slow down, or lets a
    /// call run out of time, the rest is not sent: each would fare the same. A broken answer says nothing about the next one.
    /// </summary>
    private async Task Deliver(DeliveryBatch batch, IExchangeLog log, CancellationToken cancel)
    {
        DeliveryOutcome.NotSent? stopped = null;
        var diagnosis = new Diagnosis(_settings, _suiteQl, _map);
        foreach (var index in batch.Open)
        {
            if (stopped is not null)
            {
                batch[index] = stopped;
                continue;
            }
            var document = batch.Documents[index];
            if (_currencies.IdOf(document.Currency.Code) is not { } currency)
            {
                batch[index] = new DeliveryOutcome.Refused(NetSuiteFindings.Of("currency-unknown", document.Currency.Code));
                continue;
            }
            var reply = await _client.Upsert("journal-upsert", Record, document.Key, Sublist, _map.Write(document, currency), log, cancel);
            batch[index] = await Outcome(reply, document, diagnosis, log, cancel);
            stopped = reply is NetSuiteReply.Silent { InTime: false }
                ? new DeliveryOutcome.NotSent("NetSuite left an earlier document of this delivery without an answer.")
                : batch[index] is DeliveryOutcome.NotSent { ThisDocument: false } notNow ? notNow : null;
        }
    }

    /// <summary>
    /// The answer to an upsert is an id and says nothing of what stands there. A journal that waits for approval is in no book: nothing
    /// was booked. Anything else that differs was written by somebody else meanwhile. What cannot be read now is left as NetSuite said.
    /// </summary>
    private async Task Confirm(DeliveryBatch batch, IExchangeLog log, CancellationToken cancel)
    {
        int[] accepted = [.. Enumerable.Range(0, batch.Documents.Count).Where(index => batch[index] is DeliveryOutcome.Accepted)];
        var held = await LookUp([.. accepted.Select(index => batch.Documents[index])], log, cancel);
        foreach (var (position, index) in accepted.Index())
            if (held[position] is LookUpOutcome.Conflict conflict)
                batch[index] = conflict.Finding.Code == HeldJournal.NotApproved
                    ? new DeliveryOutcome.Refused(conflict.Finding)
                    : new DeliveryOutcome.NoAnswer(conflict.Finding.Cause);
    }

    private static async Task<DeliveryOutcome> Outcome(
        NetSuiteReply reply, ErpDocument document, Diagnosis diagnosis, IExchangeLog log, CancellationToken cancel) => reply switch
        {
            NetSuiteReply.Silent silent => new DeliveryOutcome.NoAnswer(silent.Reason),
            NetSuiteReply.NeverLeft never => new DeliveryOutcome.NotSent(never.Reason, never.RetryAfter),
            NetSuiteReply.Answered { Status: 204, InternalId: { Length: > 0 } id } => new DeliveryOutcome.Accepted(HeldJournal.ReferenceOf(id)),
            NetSuiteReply.Answered { NotNow: { } reason } later => new DeliveryOutcome.NotSent(reason, later.Pause),
            NetSuiteReply.Answered { SaysNo: true } refused => await diagnosis.Of(refused.Error!, document, log, cancel),
            NetSuiteReply.Answered other => new DeliveryOutcome.NoAnswer($"NetSuite answered with HTTP {other.Status} and no address of a record."),
            _ => throw new InvalidOperationException("Unknown reply."),
        };
}
