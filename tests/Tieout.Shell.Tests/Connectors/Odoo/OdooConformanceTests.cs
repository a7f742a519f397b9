using Tieout.Connectors.Port;
using Tieout.Domain;
using Tieout.Domain.Posting;

namespace Tieout.Shell.Tests.Connectors.Odoo;

/// <summary>
/// The Odoo connector against the stand-in. A draft counts as held: nothing may leave one behind or create a second one. Where a fault strikes
/// after booking, it strikes the second step; before, the first.
/// </summary>
public class OdooConformanceTests : ConnectorConformance
{
    private OdooSandbox _odoo = null!;

    protected override Currency Currency => Currency.Of("EUR");

    protected override string UnknownCustomerId => "99999999";

    protected override TargetSettings CreateTarget() => _odoo.Target();

    /// <summary>For variants of the target.</summary>
    protected TargetSettings TargetWith(params (string Name, string Value)[] options) => _odoo.Target(options);

    public override async ValueTask InitializeAsync() => _odoo = await OdooSandbox.Start();

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await _odoo.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    protected override Task<int> LedgerCount(string key) => _odoo.MoveCount(key);

    protected override Task ClosePeriod(AccountingMonth month) => _odoo.Tell("periods/close", new { company = OdooSandbox.Company, month = month.ToString() });

    protected override Task OpenPeriod(AccountingMonth month) => _odoo.Tell("periods/open", new { company = OdooSandbox.Company, month = month.ToString() });

    protected override Task BlockCustomer(string code) => _odoo.Tell("customers/archive", new { code });

    protected override Task Inject(Ability fault, int count = 1) => fault switch
    {
        Ability.SilenceBeforeCommit => _odoo.Fault("timeout-before-commit", "odoo-create", count, 600),
        Ability.SilenceAfterCommit => _odoo.Fault("commit-then-silence", "odoo-post", count, 600),
        Ability.CommitLate => _odoo.Fault("commit-late", "odoo-post", count, Impatient.TotalSeconds + 0.2),
        Ability.Unavailable => _odoo.Fault("reject-503", "odoo-create", count, 3),
        Ability.Throttle => _odoo.Fault("throttle-429", "odoo-create", count, 3),
        Ability.HalfBatch => _odoo.Fault("half-batch", "odoo-post", count),
        Ability.HalfAnswer => _odoo.Fault("half-answer", "odoo-post", count),
        Ability.HtmlAnswer => _odoo.Fault("html-answer", "odoo-post", count),
        Ability.TruncatedAnswer => _odoo.Fault("truncated-answer", "odoo-post", count),
        Ability.MalformedAnswer => _odoo.Fault("malformed-answer", "odoo-post", count),
        Ability.SessionExpired => _odoo.Fault("token-expired", "odoo-create", count),
        Ability.Slow => _odoo.Fault("slow", "odoo-create", count, 0.1),
        Ability.UnreadableQuestion => _odoo.Fault("malformed-answer", "odoo-read", count),
        _ => throw new ArgumentOutOfRangeException(nameof(fault), fault, "Has a hook of its own."),
    };

    protected override string? ExpiredTaxCode => "16% (2020)";

    protected override (string Word, string Value)? Dimension => (ErpDimension.CostCenter, "CC-8");

    protected override async Task<decimal?> StillOpen(string key) => await _odoo.Open(key);

    protected override async Task<IReadOnlyList<string>> ReferencesOf(string key) =>
        [.. (await _odoo.Lines(key)).Where(line => line.GetProperty("partner").GetInt64() != 0).Select(line => line.GetProperty("label").GetString()!)];

    protected override async Task<IReadOnlyList<string>> DimensionsOf(string key) =>
        [.. (await _odoo.Lines(key)).SelectMany(line => line.GetProperty("analytic").EnumerateArray()).Select(code => code.GetString()!)];

    /// <summary>Somebody's copy under another number; Odoo keeps references neither unique nor to itself.</summary>
    protected override async Task BookTwice(ErpInvoice document)
    {
        await SendOne<DeliveryOutcome.Accepted>(Connect(), document);
        await _odoo.Tell("tamper/copy", new { key = document.Key, @as = "INV/2026/77777" });
    }
}

/// <summary>The same where Odoo gives the numbers and ours stand in the reference alone.</summary>
public sealed class OdooTheirNumbersConformanceTests : OdooConformanceTests
{
    protected override TargetSettings CreateTarget() => TargetWith(("number", "theirs"));
}
