using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Tieout.Connectors.Port;
using Tieout.Domain;
using Tieout.Domain.Posting;
using static Tieout.Connectors.Odoo.OdooValues;

namespace Tieout.Connectors.Odoo;

/// <summary>
/// Odoo by JSON-RPC: invoices and credit notes as what they are there, everything else as entries, created as drafts and posted by a second step.
/// Our number is the move's own, of which Odoo lets only one be posted in a journal; drafts it does not count, so they are looked for first.
/// </summary>
internal sealed class OdooConnector : IErpConnector
{
    /// <summary>How a target names this system.</summary>
    public const string SystemName = "odoo";

    private static readonly DryRunRules DryRules = new(
        operation => operation is "company-find" or "rules-find" or "locks-find" or "moves-find" or "moves-check" or "lines-find" or "accounts-find", [],
        "Odoo holds a draft; its taxes are set to ours and checked, and a second call posts it. The envelope around the call carries log-in and call number.");

    private readonly OdooSettings _settings;
    private readonly OdooClient _client;
    private readonly OdooRows _rows;
    private readonly MoveReader _reader;
    private readonly OdooCustomers _customers;
    private readonly TwoSteps _steps;
    private readonly MoveMap _map;

    public OdooConnector(OdooSettings settings, TimeProvider clock)
    {
        _settings = settings;
        _client = new OdooClient(settings, clock);
        _rows = new OdooRows(settings, _client, clock);
        _reader = new MoveReader(settings, _rows);
        _customers = new OdooCustomers(settings, _client, _rows);
        _steps = new TwoSteps(settings, _client, _rows, _reader);
        _map = new MoveMap(settings);
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
        var batch = new DeliveryBatch(documents, "both would be created.");
        cancel.ThrowIfCancellationRequested();
        batch.Refuse(_map.Problem);
        var open = batch.Open;
        var run = await _steps.Run([.. open.Select(index => documents[index])], sending: true, log, cancel);
        foreach (var (position, index) in open.Index()) batch[index] = run[position].Outcome;
        return batch.Result();
    }

    /// <inheritdoc/>
    /// <remarks>A draft is finished: the look-up under the key covers both steps.</remarks>
    public async Task<IReadOnlyList<LookUpOutcome>> LookUp(IReadOnlyList<ErpDocument> documents, IExchangeLog log, CancellationToken cancel)
    {
        var run = await _steps.Run(documents, sending: false, log, cancel);
        return [.. run.Select(one => one.LookedUp)];
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<HeldDocument> ReadDocuments(ReadScope scope, [EnumeratorCancellation] CancellationToken cancel)
    {
        if (scope.Series.Count == 0) yield break;
        await foreach (var document in _reader.Posted(await Company(cancel), scope, cancel)) yield return document;
    }

    /// <inheritdoc/>
    /// <remarks>Added up by Odoo itself over all journals: one row an account and currency.</remarks>
    public Task<IReadOnlyList<AccountMovement>> ReadMovements(AccountingMonth month, CancellationToken cancel) => ReadMovements(month, [], cancel);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<AccountMovement>> ReadMovements(AccountingMonth month, IReadOnlyCollection<string> chosen, CancellationToken cancel)
    {
        var codes = _settings.Target.Accounts.Values.Concat(chosen).Where(code => code.Length > 0)
            .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        if (codes.Count == 0) return [];
        var company = await Company(cancel);
        var everything = company.Context();
        everything["active_test"] = false;
        var accounts = (await _rows.All(
            "accounts-read", new OdooQuestion("account.account", [Where("code", "in", List(codes))], ["code"], everything),
            row => (Id: row.Id("id"), Code: row.Text("code")), log: null, cancel)).ToDictionary(account => account.Id, account => account.Code);
        JsonArray domain =
        [
            Where("company_id", "=", company.Id), Where("parent_state", "=", "posted"), Where("account_id", "in", List(accounts.Keys.Order())),
            Where("date", ">=", Date(month.FirstDay)), Where("date", "<", Date(month.FirstDay.AddMonths(1))),
        ];
        var named = new JsonObject { ["lazy"] = false, ["context"] = company.Context() };
        var call = new OdooCall("account.move.line", "read_group", [domain, List(["amount_currency:sum"]), List(["account_id", "currency_id"])], named);
        try
        {
            return [.. (await _rows.Ask("movements-read", call, log: null, cancel))
                .Select(row => new AccountMovement(accounts[row.Id("account_id")], row.NameOf("currency_id"), row.Amount("amount_currency")))];
        }
        catch (Exception broken) when (broken is KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new ReadBackException($"The answer of Odoo cannot be read: {broken.Message}", broken);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<OdooCompany> Company(CancellationToken cancel) => await OdooCompany.Load(_rows, _settings, log: null, cancel)
        ?? throw new ReadBackException($"Odoo knows no company '{_settings.Target.Company}', or several, or does not let our user into it.");
}
