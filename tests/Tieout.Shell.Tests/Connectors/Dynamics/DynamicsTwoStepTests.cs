using Tieout.Connectors.Port;
using Tieout.Domain;
using Tieout.Domain.Posting;

namespace Tieout.Shell.Tests.Connectors.Dynamics;

/// <summary>
/// Between creating and posting. Whatever happens there: the document ends in the ledger once or not at all, and nothing is left behind that
/// somebody could post by mistake.
/// </summary>
public sealed class DynamicsTwoStepTests : IAsyncLifetime
{
    private const string Post = "dynamics-post";

    private static readonly ErpLine Line = new("revenue", 100m, "Plan", "STD");

    private readonly MemoryExchangeLog _log = new();
    private readonly List<IErpConnector> _connectors = [];
    private DynamicsSandbox _dynamics = null!;
    private IErpConnector _connector = null!;

    public async ValueTask InitializeAsync()
    {
        _dynamics = await DynamicsSandbox.Start();
        _connector = Connect();
        await _connector.EnsureCustomers([new ErpCustomer("C-1", "Example Works Ltd", "DE", "EUR")], _log, CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var connector in _connectors) await connector.DisposeAsync();
        await _dynamics.DisposeAsync();
    }

    [Theory]
    [InlineData("timeout-before-commit")]
    [InlineData("commit-then-silence")]
    [InlineData("commit-late")]
    public async Task Silence_in_the_second_step_is_found_and_finished_once(string fault)
    {
        var impatient = Connect(target => target with { Timeout = TimeSpan.FromMilliseconds(800) });
        await impatient.LookUp([Document("T-0")], _log, CancellationToken.None); // warm
        await _dynamics.Fault(fault, Post, seconds: fault == "commit-late" ? 1.0 : 600);

        // What the ledger says at once counts more than the silence.
        var outcome = await Send(Document("T-1"), impatient);
        Assert.True(outcome is DeliveryOutcome.NoAnswer || (fault == "commit-then-silence" && outcome is DeliveryOutcome.Accepted), outcome.ToString());

        (await LookUp(Document("T-1"))).ShouldBeOfType<LookUpOutcome.Found>();
        await PostedOnce("T-1");
    }

    [Theory]
    [InlineData("html-answer", true)]
    [InlineData("truncated-answer", true)]
    [InlineData("malformed-answer", true)]
    [InlineData("html-answer", false)]
    [InlineData("malformed-answer", false)]
    public async Task An_answer_of_the_second_step_that_nobody_can_read_is_settled_by_the_ledger(string fault, bool posted)
    {
        await _dynamics.Fault(fault, Post, commit: posted);

        var outcome = await Send(Document("T-1"));

        // A 200 says yes, whatever stands in it; only the ledger decides.
        Assert.Equal(posted, outcome is DeliveryOutcome.Accepted);
        Assert.Equal(!posted, outcome is DeliveryOutcome.NoAnswer);
        (await LookUp(Document("T-1"))).ShouldBeOfType<LookUpOutcome.Found>();
        await PostedOnce("T-1");
    }

    [Theory]
    [InlineData("throttle-429")]
    [InlineData("reject-503")]
    public async Task Not_now_in_the_second_step_leaves_it_created_and_the_next_call_finishes_it(string fault)
    {
        await _dynamics.Fault(fault, Post, seconds: 3);

        var outcomes = await _connector.Send([Document("T-1"), Document("T-2")], _log, CancellationToken.None);

        outcomes.ShouldAllBe(outcome => outcome is DeliveryOutcome.NotSent);
        ((DeliveryOutcome.NotSent)outcomes[1]).RetryAfter.ShouldBe(TimeSpan.FromSeconds(3));
        (await _dynamics.PostedCount("T-1")).ShouldBe(0);
        (await _dynamics.JournalCount("T-1")).ShouldBe(1);
        foreach (var key in (string[])["T-1", "T-2"])
        {
            (await Send(Document(key))).ShouldBeOfType<DeliveryOutcome.Accepted>();
            await PostedOnce(key);
        }
        _log.Exchanges.Count(exchange => exchange.Operation == "journals-create").ShouldBe(1);
    }

    [Fact]
    public async Task A_token_that_ends_between_the_steps_is_renewed()
    {
        await _dynamics.Fault("token-expired", Post);

        (await Send(Document("T-1"))).ShouldBeOfType<DeliveryOutcome.Accepted>();
        await PostedOnce("T-1");
    }

    [Fact]
    public async Task A_refusal_of_the_second_step_leaves_nothing_behind_though_it_comes_as_a_server_error()
    {
        await _dynamics.Tell("periods/close", new { company = "demf", month = "2026-11" });

        var refused = (await Send(Document("T-1"))).ShouldBeOfType<DeliveryOutcome.Refused>();

        refused.Finding.Code.ShouldBe("period-closed");
        refused.Finding.Technical.ShouldContain("Fiscal period 11/1/2026 is not open");
        (await _dynamics.JournalCount("T-1")).ShouldBe(0);
    }

    [Fact]
    public async Task A_refused_journal_that_cannot_be_deleted_is_named_for_whoever_cancels_the_document()
    {
        await _dynamics.Fault("client-fault", Post);
        await _dynamics.Fault("client-fault", "dynamics-delete");

        var refused = (await Send(Document("T-1"))).ShouldBeOfType<DeliveryOutcome.Refused>();

        refused.Finding.Cause.ShouldContain("Journal T-1 stands in Dynamics 365 created and not posted");
        (await _dynamics.JournalCount("T-1")).ShouldBe(1);
        (await Send(Document("T-1"))).ShouldBeOfType<DeliveryOutcome.Accepted>();
        await PostedOnce("T-1");
    }

    [Fact]
    public async Task An_error_after_it_was_posted_is_no_refusal()
    {
        await _dynamics.Fault("server-fault", Post);

        // It says 500, and the deletion that would prove it is refused: posted journals stay.
        (await Send(Document("T-1"))).ShouldBeOfType<DeliveryOutcome.Accepted>();
        await PostedOnce("T-1");
    }

    [Fact]
    public async Task A_journal_that_only_waits_for_the_batch_job_is_in_doubt_until_it_is_posted()
    {
        await _dynamics.Tell("posting", new { later = true });

        (await Send(Document("T-1"))).ShouldBeOfType<DeliveryOutcome.NoAnswer>().Reason.ShouldContain("not posted yet");
        (await LookUp(Document("T-1"))).ShouldBeOfType<LookUpOutcome.NoAnswer>();

        await _dynamics.Tell("posting/run", new { });
        (await LookUp(Document("T-1"))).ShouldBeOfType<LookUpOutcome.Found>();
        await PostedOnce("T-1");
    }

    [Fact]
    public async Task An_environment_that_posts_by_itself_is_never_told_to()
    {
        var watching = Connect(_ => _dynamics.Target(("posting", "batch")));

        (await Send(Document("T-1"), watching)).ShouldBeOfType<DeliveryOutcome.NoAnswer>().Taken.ShouldBeTrue();
        (await watching.LookUp([Document("T-1")], _log, CancellationToken.None)).Single().ShouldBeOfType<LookUpOutcome.NoAnswer>().ThisDocument.ShouldBeTrue();
        (await _dynamics.PostedCount("T-1")).ShouldBe(0);

        await _dynamics.Tell("posting/run", new { });
        (await Send(Document("T-1"), watching)).ShouldBeOfType<DeliveryOutcome.AlreadyPosted>();
        _log.Exchanges.ShouldNotContain(exchange => exchange.Operation == "journal-post");
    }

    [Fact]
    public async Task A_created_journal_of_earlier_rules_is_replaced_when_sent_and_finished_when_looked_up()
    {
        foreach (var key in (string[])["T-1", "T-2"])
        {
            await _dynamics.Fault("reject-503", Post, seconds: 1);
            await Send(Document(key));
            await _dynamics.Tell("tamper/account", new { key, from = "401100", to = "401200" });
        }

        (await Send(Document("T-1"))).ShouldBeOfType<DeliveryOutcome.Accepted>();
        (await LookUp(Document("T-2"))).ShouldBeOfType<LookUpOutcome.Found>();

        (await _dynamics.Lines("T-1", "AccountDisplayValue")).ShouldContain("401100---");
        (await _dynamics.Lines("T-2", "AccountDisplayValue")).ShouldContain("401200---");
        await PostedOnce("T-1");
        await PostedOnce("T-2");
    }

    [Fact]
    public async Task A_created_journal_of_other_content_is_neither_posted_nor_deleted()
    {
        await _dynamics.Fault("reject-503", Post, seconds: 1);
        await Send(Document("T-1"));
        var other = Document("T-1") with { Lines = [Line with { Amount = 200m }], Taxes = [new("STD", 0.19m, 200m, 38m)], Total = 238m };

        (await Send(other)).ShouldBeOfType<DeliveryOutcome.Refused>().Finding.Code.ShouldBe("key-taken");
        (await LookUp(other)).ShouldBeOfType<LookUpOutcome.Conflict>().Finding.Cause.ShouldContain("created and not posted");

        (await _dynamics.PostedCount("T-1")).ShouldBe(0);
        (await _dynamics.JournalCount("T-1")).ShouldBe(1);
    }

    [Fact]
    public async Task A_journal_created_late_after_the_look_is_not_doubled()
    {
        // The first call is given up and creates its journal while the second one runs: the number decides who was first.
        await Send(Document("T-1"));
        using var client = new Tieout.Connectors.Dynamics.DynamicsClient(Settings, TimeProvider.System);
        var journal = new Tieout.Connectors.Dynamics.JournalMap(Settings).Of(Document("T-1"));
        var reply = await client.Batch("test", [new Tieout.Connectors.Dynamics.JournalWriter(Settings).Operations(journal)], _log, CancellationToken.None);

        var answered = reply.ShouldBeOfType<Tieout.Connectors.Dynamics.DynamicsReply.Answered>();
        System.Text.Encoding.UTF8.GetString(answered.Body).ShouldContain("The record already exists");
        await PostedOnce("T-1");
    }

    [Fact]
    public async Task A_copy_that_took_the_originals_place_is_finished_under_its_own_number()
    {
        await _dynamics.Fault("reject-503", Post, seconds: 1);
        await Send(Document("T-1"));
        await _dynamics.Tell("tamper/copy", new { key = "T-1", @as = "00042" });
        using var client = new Tieout.Connectors.Dynamics.DynamicsClient(Settings, TimeProvider.System);
        await client.Delete(
            "test", Settings.Address("/data/LedgerJournalHeaders(dataAreaId='demf',JournalBatchNumber='T-1')?cross-company=true"), "", _log, CancellationToken.None);

        (await LookUp(Document("T-1"))).ShouldBeOfType<LookUpOutcome.Found>().Document.Id.ShouldBe("demf/00042");
        await PostedOnce("T-1");
    }

    [Fact]
    public async Task Two_workers_that_finish_one_journal_at_once_post_it_once()
    {
        await _dynamics.Fault("reject-503", Post, seconds: 1);
        await Send(Document("T-1"));

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => LookUp(Document("T-1"))));

        outcomes.ShouldAllBe(outcome => outcome is LookUpOutcome.Found);
        await PostedOnce("T-1");
    }

    [Fact]
    public async Task A_payment_that_settles_is_finished_with_its_settlement()
    {
        await Send(Document("T-1"));
        await _dynamics.Fault("reject-503", Post, seconds: 1);
        var payment = new ErpEntry(
            EntryKind.Payment, "P-1", Currency.Of("EUR"), new(2026, 11, 2), "Bank transfer",
            [new("cash-clearing", 100m, "In"), new("receivable", -100m, "In") { CustomerCode = "C-1", ErpCustomerId = "C-1", Settles = "T-1" }]);
        (await Send(payment)).ShouldBeOfType<DeliveryOutcome.NotSent>();
        (await _dynamics.Ask("open/T-1")).GetDecimal().ShouldBe(119m);

        (await LookUp(payment)).ShouldBeOfType<LookUpOutcome.Found>();

        (await _dynamics.Ask("open/T-1")).GetDecimal().ShouldBe(19m);
        await PostedOnce("P-1");
    }

    private Tieout.Connectors.Dynamics.DynamicsSettings Settings => Tieout.Connectors.Dynamics.DynamicsSettings.Of(_dynamics.Target());

    private IErpConnector Connect(Func<TargetSettings, TargetSettings>? change = null)
    {
        var target = _dynamics.Target();
        var connector = ErpConnectors.Create(change is null ? target : change(target), TimeProvider.System);
        _connectors.Add(connector);
        return connector;
    }

    private static ErpInvoice Document(string key) => new(
        key, "C-1", "C-1", Currency.Of("EUR"), new(2026, 11, 1), new(2026, 12, 1), 30, [Line], [new("STD", 0.19m, 100m, 19m)], 119m);

    private async Task<DeliveryOutcome> Send(ErpDocument document, IErpConnector? by = null) =>
        (await (by ?? _connector).Send([document], _log, CancellationToken.None)).Single();

    private async Task<LookUpOutcome> LookUp(ErpDocument document) => (await _connector.LookUp([document], _log, CancellationToken.None)).Single();

    private async Task PostedOnce(string key) => (await _dynamics.JournalCount(key), await _dynamics.PostedCount(key)).ShouldBe((1, 1));
}
