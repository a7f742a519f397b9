using Tieout.Connectors.Port;
using Tieout.Domain;
using Tieout.Domain.Posting;
using Tieout.Shell.Tests.Connectors.Prism;

namespace Tieout.Shell.Tests.Connectors.Dynamics;

/// <summary>
/// The Dynamics connector against the stand-in, as configured by default. Where a rule speaks of a delivery, the fault strikes the first
/// step, which creates all documents by one call; what happens between the steps is in DynamicsTwoStepTests. A journal
/// that is created counts as held: nothing may create a second one.
/// </summary>
public class DynamicsConformanceTests(PrismFixture prism) : ConnectorConformance
{
    private const string Create = "dynamics-create";

    private DynamicsSandbox _dynamics = null!;

    protected override Currency Currency => Currency.Of("EUR");

    protected override string UnknownCustomerId => "NOBODY-1";

    protected override TargetSettings CreateTarget() => _dynamics.Target();

    /// <summary>For variants of the target.</summary>
    protected TargetSettings TargetWith(params (string Name, string Value)[] options) => _dynamics.Target(options);

    public override async ValueTask InitializeAsync() => _dynamics = await DynamicsSandbox.Start();

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        var seen = _dynamics.Seen;
        await _dynamics.DisposeAsync();
        await prism.Judge(PrismFixture.Dynamics, seen);
        GC.SuppressFinalize(this);
    }

    protected override Task<int> LedgerCount(string key) => _dynamics.JournalCount(key);

    protected override Task ClosePeriod(AccountingMonth month) => _dynamics.Tell("periods/close", new { company = "demf", month = month.ToString() });

    protected override Task OpenPeriod(AccountingMonth month) => _dynamics.Tell("periods/open", new { company = "demf", month = month.ToString() });

    protected override Task BlockCustomer(string code) => _dynamics.Tell("customers/hold", new { code });

    protected override Task Inject(Ability fault, int count = 1) => fault switch
    {
        Ability.SilenceBeforeCommit => _dynamics.Fault("timeout-before-commit", Create, count, 600),
        Ability.SilenceAfterCommit => _dynamics.Fault("commit-then-silence", Create, count, 600),
        Ability.CommitLate => _dynamics.Fault("commit-late", Create, count, Impatient.TotalSeconds + 0.2),
        Ability.Unavailable => _dynamics.Fault("reject-503", Create, count, 3),
        Ability.Throttle => _dynamics.Fault("throttle-429", Create, count, 3),
        Ability.HalfBatch => _dynamics.Fault("half-batch", Create, count),
        Ability.HalfAnswer => _dynamics.Fault("half-answer", Create, count),
        Ability.HtmlAnswer => _dynamics.Fault("html-answer", Create, count),
        Ability.TruncatedAnswer => _dynamics.Fault("truncated-answer", Create, count),
        Ability.MalformedAnswer => _dynamics.Fault("malformed-answer", Create, count),
        Ability.SessionExpired => _dynamics.Fault("token-expired", Create, count),
        Ability.Slow => _dynamics.Fault("slow", Create, count, 0.1),
        Ability.UnreadableQuestion => _dynamics.Fault("malformed-answer", "dynamics-read", count),
        _ => throw new ArgumentOutOfRangeException(nameof(fault), fault, "Has a hook of its own."),
    };

    /// <summary>Taxes are booked by their amount; a code's values by date are not asked for.</summary>
    protected override string? ExpiredTaxCode => null;

    /// <summary>A value with the separator in it.</summary>
    protected override (string Word, string Value)? Dimension => (ErpDimension.CostCenter, "CC-8");

    protected override async Task<decimal?> StillOpen(string key) => (await _dynamics.Ask("open/" + key)).GetDecimal();

    protected override async Task<IReadOnlyList<string>> ReferencesOf(string key) => await _dynamics.Lines(key, "MarkedInvoice");

    protected override async Task<IReadOnlyList<string>> DimensionsOf(string key) =>
    [
        .. (await _dynamics.Lines(key, "AccountDisplayValue")).Where(display => display.Contains("CC", StringComparison.Ordinal))
            .Select(display => display[display.IndexOf("CC", StringComparison.Ordinal)..].Replace("\\", "", StringComparison.Ordinal)),
    ];

    /// <summary>Journal numbers are unique; somebody's copy keeps the integration key, as copying a journal in Dynamics may.</summary>
    protected override async Task BookTwice(ErpInvoice document)
    {
        await SendOne<DeliveryOutcome.Accepted>(Connect(), document);
        await _dynamics.Tell("tamper/copy", new { key = document.Key, @as = "C" + document.Key });
    }
}

/// <summary>The same with journals posted by a custom service instead of an action.</summary>
public sealed class DynamicsByServiceConformanceTests(PrismFixture prism) : DynamicsConformanceTests(prism)
{
    protected override TargetSettings CreateTarget() => TargetWith(("posting", "service"));
}
