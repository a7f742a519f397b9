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

    protected override IReadOnlyDictionary<Ability, string> Cannot { get; } = new Dictionary<Ability, string>
    {
        [Ability.HalfBatch] = "every call of Tryton's is one transaction, all or nothing",
    };

    protected override Currency Currency => Currency.Of("EUR");

    protected override string UnknownCustomerId => "99999999";

    // A post takes 0.2 s here when the machine is idle.
    protected override TimeSpan Impatient => TimeSpan.FromSeconds(4);

    public override async ValueTask InitializeAsync() => (_erp = await tryton.Erp()).Proxy.Forget();

    // Pages of ten: 25 documents take three.
    protected override TargetSettings CreateTarget() => _erp.Target(Company, ("page-size", "10"));

    protected override Task<int> LedgerCount(string key) => _erp.Booked(key);

    protected override Task ClosePeriod(AccountingMonth month) => _erp.ClosePeriod(Company, month);

    protected override Task OpenPeriod(AccountingMonth month) => _erp.OpenPeriod(Company, month);

    protected override Task BlockCustomer(string code) => _erp.Deactivate(code);

    protected override Task Inject(Ability fault, int count = 1)
    {
        const string create = "account.invoice.create", post = "account.invoice.post", ask = "account.invoice.search_read";
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

    protected override async Task BookTwice(ErpDocument document)
    {
        var blind = Connect(target => target with { Options = new Dictionary<string, string>(StringComparer.Ordinal) { ["look-before-send"] = "false" } });
        await SendOne<DeliveryOutcome.Accepted>(blind, document);
        await SendOne<DeliveryOutcome.Accepted>(blind, document);
    }
}
