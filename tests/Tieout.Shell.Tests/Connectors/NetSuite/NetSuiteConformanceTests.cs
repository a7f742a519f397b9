using System.Globalization;
using System.Text.Json;
using Tieout.Connectors.Port;
using Tieout.Domain;
using Tieout.Shell.Tests.Connectors.Prism;

namespace Tieout.Shell.Tests.Connectors.NetSuite;

/// <summary>
/// The NetSuite connector against the stand-in, as configured by default. A delivery is one call a document here: where a rule speaks
/// of the next delivery, the fault strikes as many calls as the rule sends documents.
/// </summary>
public class NetSuiteConformanceTests(PrismFixture prism) : ConnectorConformance
{
    private const string Journals = "netsuite-post";

    private NetSuiteSandbox _netSuite = null!;

    protected override Currency Currency => Currency.Of("EUR");

    protected override string UnknownCustomerId => "99999999";

    protected override string UnknownTaxCode => "99999998";

    protected override TargetSettings CreateTarget() => _netSuite.Target();

    /// <summary>For variants of the target.</summary>
    protected TargetSettings TargetWith(params (string Name, string Value)[] options) => _netSuite.Target(options);

    public override async ValueTask InitializeAsync() => _netSuite = await NetSuiteSandbox.Start();

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        var seen = _netSuite.Seen;
        await _netSuite.DisposeAsync();
        await prism.Judge(PrismFixture.NetSuite, seen);
        GC.SuppressFinalize(this);
    }

    protected override Task<int> LedgerCount(string key) => _netSuite.LedgerCount(key);

    // A tax is an account here, and has no dates.
    protected override string? ExpiredTaxCode => null;

    protected override (string Word, string Value)? Dimension => (ErpDimension.Department, "2");

    // A journal settles nothing by itself: the memo of its line names what it is for.
    protected override Task<decimal?> StillOpen(string key) => Task.FromResult<decimal?>(null);

    protected override async Task<IReadOnlyList<string>> ReferencesOf(string key) =>
        [.. (await Lines(key)).Where(line => line.GetProperty("entity").GetInt64() != 0).Select(line => line.GetProperty("memo").GetString()!.Split(':')[0])];

    protected override async Task<IReadOnlyList<string>> DimensionsOf(string key) =>
    [
        .. (await Lines(key)).Where(line => line.GetProperty("segments").TryGetProperty("department", out _))
            .Select(line => line.GetProperty("segments").GetProperty("department").GetInt64().ToString(CultureInfo.InvariantCulture)),
    ];

    private async Task<IReadOnlyList<JsonElement>> Lines(string key) =>
        [.. (await _netSuite.Ask("ledger/" + key)).EnumerateArray().SelectMany(one => one.GetProperty("lines").EnumerateArray())];

    protected override Task ClosePeriod(AccountingMonth month) => _netSuite.Tell("periods/close", new { month = month.ToString() });

    protected override Task OpenPeriod(AccountingMonth month) => _netSuite.Tell("periods/open", new { month = month.ToString() });

    protected override Task BlockCustomer(string code) => _netSuite.Tell("customers/inactive", new { code });

    protected override async Task Inject(Ability fault, int count = 1)
    {
        switch (fault)
        {
            case Ability.SilenceBeforeCommit: await _netSuite.Fault("timeout-before-commit", Journals, count, 600); break;
            case Ability.SilenceAfterCommit: await _netSuite.Fault("commit-then-silence", Journals, count, 600); break;
            case Ability.CommitLate: await _netSuite.Fault("commit-late", Journals, count, Impatient.TotalSeconds + 0.2); break;
            case Ability.Unavailable: await _netSuite.Fault("reject-503", Journals, count, 3); break;
            case Ability.Throttle: await _netSuite.Fault("throttle-429", Journals, count); break;
            // Of four documents two pass; a pause of nothing is how a call passes.
            case Ability.HalfBatch: await Halves("half-batch"); break;
            case Ability.HalfAnswer: await Halves("half-answer"); break;
            case Ability.HtmlAnswer: await _netSuite.Fault("html-answer", Journals, 3); break;
            case Ability.TruncatedAnswer: await _netSuite.Fault("truncated-answer", Journals, 3); break;
            case Ability.MalformedAnswer: await _netSuite.Fault("malformed-answer", Journals, 3); break;
            case Ability.SessionExpired: await _netSuite.Fault("token-expired", Journals, count); break;
            case Ability.Slow: await _netSuite.Fault("slow", Journals, count, 0.1); break;
            case Ability.UnreadableQuestion: await _netSuite.Fault("malformed-answer", "netsuite-read", count); break;
            default: throw new ArgumentOutOfRangeException(nameof(fault), fault, "Has a hook of its own.");
        }
    }

    /// <summary>
    /// External ids are unique for each kind of record, so an upsert cannot book a journal twice; somebody else's invoice under the
    /// same id can stand beside it.
    /// </summary>
    protected override async Task BookTwice(ErpInvoice document)
    {
        await SendOne<Tieout.Domain.Posting.DeliveryOutcome.Accepted>(Connect(), document);
        await _netSuite.Tell("tamper/copy", new { externalId = document.Key });
    }

    private async Task Halves(string kind)
    {
        await _netSuite.Fault("slow", Journals, 2, 0);
        await _netSuite.Fault(kind, Journals, 2);
    }
}

/// <summary>The same with pages smaller than the account's own, taxes on an account of their own, and NetSuite numbering customers.</summary>
public sealed class NetSuiteOtherSettingsConformanceTests(PrismFixture prism) : NetSuiteConformanceTests(prism)
{
    protected override TargetSettings CreateTarget() => TargetWith(
        ("page-size", "3"), ("accounting-book", ""), ("approved", "false"), ("tax-accounts", "109")) with
    {
        Taxes = new Dictionary<string, string>(StringComparer.Ordinal) { ["STD"] = "109", ["EXEMPT"] = "108" },
    };
}
