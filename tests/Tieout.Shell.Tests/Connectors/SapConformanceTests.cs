using Tieout.Connectors.Port;
using Tieout.Domain;
using Tieout.Domain.Posting;

namespace Tieout.Shell.Tests.Connectors;

/// <summary>The SAP connector against the stand-in, as configured by default.</summary>
public class SapConformanceTests : ConnectorConformance
{
    private SapSandbox _sap = null!;

    /// <summary>The stand-in.</summary>
    protected SapSandbox Sap => _sap;

    /// <summary>Where a delivery is struck.</summary>
    protected virtual string DeliveryPlace => "post";

    protected override Currency Currency => Currency.Of("EUR");

    protected override string UnknownCustomerId => "0099999999";

    protected override TargetSettings CreateTarget() => _sap.Target();

    /// <summary>For variants of the target.</summary>
    protected TargetSettings TargetWith(params (string Name, string Value)[] options) => _sap.Target(options);

    public override async ValueTask InitializeAsync() => _sap = await SapSandbox.Start();

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await _sap.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    protected override Task<int> LedgerCount(string key) => _sap.LedgerCount(key);

    protected override Task ClosePeriod(AccountingMonth month) => _sap.Tell("periods/close", new { companyCode = "1010", month = month.ToString() });

    protected override Task OpenPeriod(AccountingMonth month) => _sap.Tell("periods/open", new { companyCode = "1010", month = month.ToString() });

    protected override Task BlockCustomer(string code) => _sap.Tell("customers/block", new { code });

    protected override Task Inject(Ability fault, int count = 1) => _sap.Tell("faults", fault switch
    {
        Ability.SilenceBeforeCommit => new { kind = "timeout-before-commit", count, seconds = 600d, on = DeliveryPlace },
        Ability.SilenceAfterCommit => new { kind = "commit-then-silence", count, seconds = 600d, on = DeliveryPlace },
        Ability.CommitLate => new { kind = "commit-late", count, seconds = Impatient.TotalSeconds + 0.2, on = DeliveryPlace },
        Ability.Unavailable => new { kind = "reject-503", count, seconds = 3d, on = DeliveryPlace },
        Ability.Throttle => new { kind = "throttle-429", count, seconds = 3d, on = DeliveryPlace },
        Ability.HalfBatch => new { kind = "half-batch", count, seconds = 0d, on = DeliveryPlace },
        Ability.HalfAnswer => new { kind = "half-answer", count, seconds = 0d, on = DeliveryPlace },
        Ability.HtmlAnswer => new { kind = "html-answer", count, seconds = 0d, on = DeliveryPlace },
        Ability.TruncatedAnswer => new { kind = "truncated-answer", count, seconds = 0d, on = DeliveryPlace },
        Ability.MalformedAnswer => new { kind = "malformed-answer", count, seconds = 0d, on = DeliveryPlace },
        Ability.SessionExpired => new { kind = "token-expired", count, seconds = 0d, on = DeliveryPlace },
        Ability.Slow => new { kind = "slow", count, seconds = 0.1, on = DeliveryPlace },
        Ability.UnreadableQuestion => new { kind = "malformed-answer", count, seconds = 0d, on = "read" },
        _ => throw new ArgumentOutOfRangeException(nameof(fault), fault, "Has a hook of its own."),
    });

    protected override string? ExpiredTaxCode => "A9";

    protected override (string Word, string Value)? Dimension => (ErpDimension.CostCenter, "10101101");

    protected override async Task<decimal?> StillOpen(string key) =>
        (await _sap.Items(key, ofCustomers: true)).Sum(item => item.GetProperty("open").GetDecimal());

    protected override async Task<IReadOnlyList<string>> ReferencesOf(string key) =>
        [.. (await _sap.Items(key, ofCustomers: true)).Select(item => item.GetProperty("assignment").GetString()!)];

    protected override async Task<IReadOnlyList<string>> DimensionsOf(string key) =>
    [
        .. (await _sap.Items(key, ofCustomers: false)).Select(item => item.GetProperty("objects").GetString()!)
            .Where(objects => objects.Length > 0).Select(objects => objects.Replace("CostCenter=", "", StringComparison.Ordinal)),
    ];

    protected override async Task BookTwice(ErpInvoice document)
    {
        var blind = Connect(_ => TargetWith(("look-before-send", "false"), ("confirm", "false")));
        await SendOne<DeliveryOutcome.Accepted>(blind, document);
        await SendOne<DeliveryOutcome.Accepted>(blind, document);
    }
}

/// <summary>The same with the looks before and after sending switched off, as a bench or a trusting operator has it.</summary>
public sealed class SapWithoutLookConformanceTests : SapConformanceTests
{
    protected override bool KnowsKeysWhenSending => false;

    protected override TargetSettings CreateTarget() => TargetWith(("look-before-send", "false"), ("confirm", "false"));
}

/// <summary>The same with pages asked for by <c>$top</c> and <c>$skip</c>, for a server that does not page by itself.</summary>
public sealed class SapOwnPagesConformanceTests : SapConformanceTests
{
    protected override TargetSettings CreateTarget() => TargetWith(("page-size", "10"), ("sap-client", "100"));
}

/// <summary>The same with settling left to SAP: the assignment names what an entry settles.</summary>
public sealed class SapByAssignmentConformanceTests : SapConformanceTests
{
    protected override TargetSettings CreateTarget() => TargetWith(("clearing", "assignment"));

    protected override Task<decimal?> StillOpen(string key) => Task.FromResult<decimal?>(null);
}
