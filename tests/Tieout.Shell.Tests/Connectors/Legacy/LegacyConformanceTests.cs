using Tieout.Connectors.Port;
using Tieout.Domain;
using Tieout.Domain.Posting;

namespace Tieout.Shell.Tests.Connectors.Legacy;

/// <summary>What both doors of the legacy ERP have in common under the suite.</summary>
public abstract class LegacyConformance : ConnectorConformance
{
    protected LegacySandbox Erp { get; private set; } = null!;

    protected override Currency Currency => Currency.Of("EUR");

    protected override string UnknownCustomerId => "K999999";

    protected override string? ExpiredTaxCode => "V16";

    protected override (string Word, string Value)? Dimension => (ErpDimension.CostCenter, "CC-8");

    protected abstract Task<LegacySandbox> Start();

    protected override TargetSettings CreateTarget() => Erp.Target();

    public override async ValueTask InitializeAsync() => Erp = await Start();

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await Erp.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    protected override async Task<int> LedgerCount(string key) => (await Erp.Ledger(key)).Count;

    protected override Task ClosePeriod(AccountingMonth month) => Erp.Tell("periods/close", new { month = month.ToString() });

    protected override Task OpenPeriod(AccountingMonth month) => Erp.Tell("periods/open", new { month = month.ToString() });

    protected override Task BlockCustomer(string code) => Erp.Tell("customers/block", new { code });

    protected override Task Inject(Ability fault, int count = 1) => fault switch
    {
        Ability.SilenceBeforeCommit => Erp.Fault("timeout-before-commit", count, 600),
        Ability.SilenceAfterCommit => Erp.Fault("commit-then-silence", count, 600),
        Ability.CommitLate => Erp.Fault("commit-late", count, Impatient.TotalSeconds + 0.2),
        Ability.Unavailable => Erp.Fault("reject-503", count, 3),
        Ability.Throttle => Erp.Fault("throttle-429", count, 3),
        Ability.HalfBatch => Erp.Fault("half-batch", count),
        Ability.HalfAnswer => Erp.Fault("half-answer", count),
        Ability.HtmlAnswer => Erp.Fault("html-answer", count),
        Ability.TruncatedAnswer => Erp.Fault("truncated-answer", count),
        Ability.MalformedAnswer => Erp.Fault("malformed-answer", count),
        Ability.SessionExpired => Erp.Fault("token-expired", count),
        Ability.Slow => Erp.Fault("slow", count, 0.1),
        Ability.UnreadableQuestion => SpoilQuestions(count),
        _ => throw new ArgumentOutOfRangeException(nameof(fault), fault, "Has a hook of its own."),
    };

    protected abstract Task SpoilQuestions(int count);

    protected override async Task<decimal?> StillOpen(string key) => await Erp.Open(key);

    protected override async Task<IReadOnlyList<string>> ReferencesOf(string key) =>
        [.. (await Erp.Lines(key)).Select(line => line.GetProperty("settles").GetString()!).Where(settles => settles.Length > 0)];

    protected override async Task<IReadOnlyList<string>> DimensionsOf(string key) =>
        [.. (await Erp.Lines(key)).SelectMany(line => line.GetProperty("dimensions").EnumerateArray()).Select(value => value.GetString()!).Where(value => value.Length > 0)];

    protected override async Task BookTwice(ErpInvoice document)
    {
        await SendOne<DeliveryOutcome.Accepted>(Connect(), document);
        await Erp.Tell("tamper/copy", new { key = document.Key });
    }
}

/// <summary>Delimited files. Not now, too many calls and a refused log-in are whole files rejected with a code: no answer exists below the file.</summary>
public class LegacyFilesConformanceTests : LegacyConformance
{
    protected override Task<LegacySandbox> Start() => LegacySandbox.Start("legacy-files");

    protected override Uri NobodyThere() => new(Path.Combine(Erp.Folder, "not-mounted") + "/");

    protected override Task SpoilQuestions(int count) => Erp.Tell("exports/spoil", new { });
}

/// <summary>The same with records of fixed width in an encoding that knows few letters.</summary>
public sealed class LegacyFixedWidthConformanceTests : LegacyFilesConformanceTests
{
    protected override Task<LegacySandbox> Start() => LegacySandbox.Start("legacy-files", fixedWidth: true, latin1: true);

    protected override TargetSettings CreateTarget() => Erp.Target(("format", "fixed"), ("encoding", "iso-8859-1"));
}

/// <summary>The SOAP service.</summary>
public sealed class LegacySoapConformanceTests : LegacyConformance
{
    protected override bool KnowsCustomersWhenAsked => false; // one call finds or creates

    protected override Task<LegacySandbox> Start() => LegacySandbox.Start("legacy-soap");

    protected override Task SpoilQuestions(int count) => Erp.Fault("malformed-answer", count, on: "legacy-soap-read");
}
