using Tieout.Connectors.Port;
using Tieout.Domain;
using Tieout.Domain.Posting;

namespace Tieout.Shell.Tests.Connectors.Tryton;

/// <summary>
/// The Tryton connector against a real Tryton. What the ERP cannot be made to do, a proxy of ours does to the wire: it loses,
/// cuts and delays answers of calls that the ERP really carried out.
/// </summary>
[Collection(TrytonCollection.Name)]
public sealed class TrytonConformanceTests(TrytonFixture tryton) : ConnectorConformance
{
    private const string Company = "DE";

    private TrytonErp _erp = null!;

    protected override Currency Currency => Currency.Of("EUR");

    protected override string UnknownCustomerId => "99999999";

    // A post takes 0.2 s here when the machine is idle.
    protected override TimeSpan Impatient => TimeSpan.FromSeconds(4);

    public override async ValueTask InitializeAsync() => (_erp = await tryton.Erp()).Proxy.Forget();

    // Pages of ten: 25 documents take three.
    protected override TargetSettings CreateTarget() => _erp.Target(Company, ("page-size", "10"));

    protected override Task<int> LedgerCount(string key) => _erp.Booked(key);

    protected override string? ExpiredTaxCode => "DE-16-EXPIRED";

    protected override (string Word, string Value)? Dimension => null;

    protected override async Task<decimal?> StillOpen(string key) => await _erp.ToPay(key);

    protected override Task<IReadOnlyList<string>> ReferencesOf(string key) => Task.FromResult<IReadOnlyList<string>>([]);

    protected override Task<IReadOnlyList<string>> DimensionsOf(string key) => Task.FromResult<IReadOnlyList<string>>([]);

    protected override Task ClosePeriod(AccountingMonth month) => _erp.ClosePeriod(Company, month);

    protected override Task OpenPeriod(AccountingMonth month) => _erp.OpenPeriod(Company, month);

    protected override Task BlockCustomer(string code) => _erp.Deactivate(code);

    protected override Task Inject(Ability fault, int count = 1) => Inject("account.invoice", fault, count);

    protected override Task InjectOnEntry(Ability fault, int count = 1) => Inject("account.move", fault, count);

    private Task Inject(string model, Ability fault, int count)
    {
        var (create, post, ask) = (model + ".create", model + ".post", model + ".search_read");
        var (method, what, after) = fault switch
        {
            Ability.SilenceBeforeCommit => (create, WireFault.Swallow, ""),
            Ability.SilenceAfterCommit => (post, WireFault.LoseAnswer, ""),
            Ability.CommitLate => (post, WireFault.DeliverLate, ""),
            Ability.Unavailable => (create, WireFault.Unavailable, ""),
            Ability.Throttle => (create, WireFault.Throttle, ""),
            Ability.HalfAnswer => (ask, WireFault.HalfTheRows, post),
            Ability.HtmlAnswer => (post, WireFault.WebPage, ""),
            Ability.TruncatedAnswer => (post, WireFault.CutAnswer, ""),
            Ability.MalformedAnswer => (post, WireFault.HalfDocument, ""),
            Ability.SessionExpired => (create, WireFault.EndSession, ""),
            Ability.Slow => (post, WireFault.Slow, ""),
            Ability.UnreadableQuestion => (ask, WireFault.HalfDocument, ""),
            _ => throw new ArgumentOutOfRangeException(nameof(fault), fault, "Has a hook of its own."),
        };
        for (var strike = 0; strike < count; strike++) _erp.Proxy.Next(method, what, after);
        return Task.CompletedTask;
    }

    /// <summary>
    /// A call of Tryton's is all or nothing: what it does not like spoils the whole call, and the connector has to bring the
    /// good half through all the same. 2210 is a liability, which Tryton takes on no invoice line.
    /// </summary>
    public override async Task Half_a_batch_accepted_leaves_the_other_half_refused()
    {
        var customer = await Customer();
        ErpLine[] onLiability = [new("deferred-revenue", 100m, "Subscription 11/2026", "STD")];
        ErpInvoice[] documents =
            [Document(customer), Document(customer), Document(customer, lines: onLiability), Document(customer, lines: onLiability)];
        var connector = Connect(target => target with
        {
            Accounts = new Dictionary<string, string>(target.Accounts, StringComparer.Ordinal) { ["deferred-revenue"] = "2210" },
        });

        var outcomes = await connector.Send(documents, Log, CancellationToken.None);

        Assert.All(outcomes.Take(2), outcome => Assert.IsType<DeliveryOutcome.Accepted>(outcome));
        Assert.All(outcomes.Skip(2), outcome => Assert.IsType<DeliveryOutcome.Refused>(outcome));
        foreach (var (index, document) in documents.Index()) Assert.Equal(index < 2 ? 1 : 0, await LedgerCount(document.Key));
    }

    protected override async Task BookTwice(ErpInvoice document)
    {
        var blind = Connect(target => target with { Options = new Dictionary<string, string>(StringComparer.Ordinal) { ["look-before-send"] = "false" } });
        await SendOne<DeliveryOutcome.Accepted>(blind, document);
        await SendOne<DeliveryOutcome.Accepted>(blind, document);
    }
}
