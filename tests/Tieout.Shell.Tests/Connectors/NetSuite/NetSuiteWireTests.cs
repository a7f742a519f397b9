using System.Security.Cryptography;
using System.Text;
using Tieout.Connectors.NetSuite;
using Tieout.Connectors.Port;
using Tieout.Domain;
using Tieout.Domain.Posting;

namespace Tieout.Shell.Tests.Connectors.NetSuite;

/// <summary>What the connector does beyond the common rules: log-in, governance, upserts, approval.</summary>
public sealed class NetSuiteWireTests : IAsyncLifetime
{
    private static readonly ErpLine Line = new("revenue", 100m, "Plan", "STD");

    private readonly MemoryExchangeLog _log = new();
    private readonly SettableClock _clock = new();
    private NetSuiteSandbox _netSuite = null!;
    private IErpConnector _connector = null!;
    private string _customer = "";

    public async ValueTask InitializeAsync()
    {
        _netSuite = await NetSuiteSandbox.Start();
        _connector = ErpConnectors.Create(_netSuite.Target(), _clock);
        _customer = ((CustomerOutcome.Present)(await Ensure("C-1")).Single()).ErpId;
    }

    public async ValueTask DisposeAsync()
    {
        await _connector.DisposeAsync();
        await _netSuite.DisposeAsync();
    }

    [Fact]
    public async Task One_token_serves_all_calls_and_callers_at_once_share_it()
    {
        await _netSuite.Tell("slots", new { count = 100 });
        await _netSuite.Tell("tokens/end", new { });
        var before = await Given();

        var all = await Task.WhenAll(Enumerable.Range(1, 20).Select(number => Send(Document($"T-{number}"))));

        all.ShouldAllBe(outcome => outcome is DeliveryOutcome.Accepted);
        (await Given() - before).ShouldBe(1);
    }

    [Theory]
    [InlineData(20, 1)]
    [InlineData(31, 2)] // a token of a minute is given up after half of it; one of an hour two minutes before its end
    public async Task A_token_is_renewed_before_it_ends(int secondsLater, int tokens)
    {
        await _netSuite.Tell("tokens/life", new { seconds = 60 });
        await using var connector = ErpConnectors.Create(_netSuite.Target(), _clock);
        var before = await Given();
        await connector.ReadMovements(new AccountingMonth(2026, 11), CancellationToken.None);

        _clock.Advance(TimeSpan.FromSeconds(secondsLater));
        await connector.ReadMovements(new AccountingMonth(2026, 11), CancellationToken.None);

        (await Given() - before).ShouldBe(tokens);
    }

    [Fact]
    public async Task A_token_that_ended_early_is_renewed_once_and_the_document_goes_out_in_the_same_delivery()
    {
        await _netSuite.Fault("token-expired");

        (await Send(Document("T-1"))).ShouldBeOfType<DeliveryOutcome.Accepted>();
        (await _netSuite.LedgerCount("T-1")).ShouldBe(1);

        await _netSuite.Fault("token-expired", count: 2);
        (await Send(Document("T-2"))).ShouldBeOfType<DeliveryOutcome.NotSent>().Reason.ShouldContain("401");
        (await _netSuite.LedgerCount("T-2")).ShouldBe(0);
    }

    [Fact]
    public async Task A_key_that_is_not_registered_is_told_by_OAuths_own_word_and_never_shown()
    {
        using var other = RSA.Create(2048);
        var pem = other.ExportPkcs8PrivateKeyPem();
        await using var connector = ErpConnectors.Create(_netSuite.Target() with { Password = pem }, TimeProvider.System);

        var outcome = (await connector.Send([Document("T-1")], _log, CancellationToken.None)).Single();

        outcome.ShouldBeOfType<DeliveryOutcome.NotSent>().Reason.ShouldContain("invalid_client");
        _log.AllText.ShouldNotContain(pem.Split('\n')[1]);
    }

    [Theory]
    [InlineData("html-answer")]
    [InlineData("malformed-answer")]
    [InlineData("truncated-answer")]
    [InlineData("reject-503")]
    public async Task A_log_in_that_goes_wrong_sends_nothing(string fault)
    {
        await _netSuite.Tell("tokens/end", new { });
        await using var connector = ErpConnectors.Create(_netSuite.Target(), TimeProvider.System);
        await _netSuite.Fault(fault, "netsuite-token");

        (await connector.Send([Document("T-1")], _log, CancellationToken.None)).Single().ShouldBeOfType<DeliveryOutcome.NotSent>();

        (await connector.Send([Document("T-1")], _log, CancellationToken.None)).Single().ShouldBeOfType<DeliveryOutcome.Accepted>();
    }

    [Fact]
    public async Task Neither_assertion_nor_token_is_recorded()
    {
        await Send(Document("T-1"));

        _log.Exchanges.Select(exchange => exchange.Operation).ShouldNotContain(operation => operation.Contains("token", StringComparison.Ordinal));
        foreach (var secret in (string[])["client_assertion", "access_token", "Bearer", "eyJ"]) _log.AllText.ShouldNotContain(secret);
        _log.Exchanges.ShouldContain(exchange => Encoding.UTF8.GetString(exchange.Request).StartsWith(
            "PUT /services/rest/record/v1/journalEntry/eid:T-1?replace=line\n\n{", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Too_many_at_once_stops_the_delivery_and_waits_though_nobody_says_how_long()
    {
        await _netSuite.Fault("throttle-429");

        var outcomes = await _connector.Send([Document("T-1"), Document("T-2"), Document("T-3")], _log, CancellationToken.None);

        outcomes.ShouldAllBe(outcome => outcome is DeliveryOutcome.NotSent);
        ((DeliveryOutcome.NotSent)outcomes[2]).RetryAfter.ShouldBe(NetSuiteLimits.ConcurrencyPause);
        _log.Exchanges.Count(exchange => exchange.Operation == "journal-upsert").ShouldBe(1);
    }

    [Fact]
    public async Task An_account_with_no_slot_left_is_no_answer_and_no_failure()
    {
        await _netSuite.Tell("slots", new { count = 0 });

        (await Send(Document("T-1"))).ShouldBeOfType<DeliveryOutcome.NotSent>().Reason.ShouldContain("at once");
        (await LookUp(Document("T-1"))).ShouldBeOfType<LookUpOutcome.NoAnswer>();
        (await Ensure("C-2")).Single().ShouldBeOfType<CustomerOutcome.NotNow>();
        await Should.ThrowAsync<ReadBackException>(() => _connector.ReadMovements(new AccountingMonth(2026, 11), CancellationToken.None));
    }

    [Fact]
    public async Task After_a_time_out_the_rest_of_the_delivery_is_not_sent()
    {
        await using var impatient = ErpConnectors.Create(_netSuite.Target() with { Timeout = TimeSpan.FromMilliseconds(800) }, TimeProvider.System);
        await impatient.LookUp([Document("T-0")], _log, CancellationToken.None); // warm
        await _netSuite.Fault("commit-then-silence", seconds: 600);

        var outcomes = await impatient.Send([Document("T-1"), Document("T-2")], _log, CancellationToken.None);

        outcomes[0].ShouldBeOfType<DeliveryOutcome.NoAnswer>();
        outcomes[1].ShouldBeOfType<DeliveryOutcome.NotSent>();
        (await _netSuite.LedgerCount("T-1")).ShouldBe(1);
        (await _netSuite.LedgerCount("T-2")).ShouldBe(0);
    }

    [Fact]
    public async Task An_error_of_the_servers_after_the_body_was_sent_is_no_answer()
    {
        await _netSuite.Fault("server-fault");

        (await Send(Document("T-1"))).ShouldBeOfType<DeliveryOutcome.NoAnswer>();
        (await LookUp(Document("T-1"))).ShouldBeOfType<LookUpOutcome.Found>();
    }

    [Fact]
    public async Task An_upsert_repeated_writes_the_same_again_and_without_replace_it_would_double_the_lines()
    {
        var document = Document("T-1");
        var settings = NetSuiteSettings.Of(_netSuite.Target());
        using var client = new NetSuiteClient(settings, TimeProvider.System);
        var body = new JournalMap(settings).Write(document, "4");
        foreach (var _ in Enumerable.Range(0, 2))
            (await client.Upsert("test", "journalEntry", "T-1", "line", body, _log, CancellationToken.None))
                .ShouldBeOfType<NetSuiteReply.Answered>().Status.ShouldBe(204);

        var held = (await _netSuite.Ask("ledger/T-1"))[0];
        held.GetProperty("version").GetInt32().ShouldBe(2);
        held.GetProperty("lines").GetArrayLength().ShouldBe(3);
        (await LookUp(document)).ShouldBeOfType<LookUpOutcome.Found>();

        await client.Upsert("test", "journalEntry", "T-1", "", body, _log, CancellationToken.None);
        (await LookUp(document)).ShouldBeOfType<LookUpOutcome.Conflict>().Finding.Cause.ShouldContain("238.00 instead of 119.00");
    }

    [Fact]
    public async Task A_journal_that_waits_for_approval_is_not_booked()
    {
        await _netSuite.Tell("approval", new { routing = true, allowed = false });

        var outcome = await Send(Document("T-1"));

        outcome.ShouldBeOfType<DeliveryOutcome.Refused>().Finding.Code.ShouldBe("not-approved-in-erp");
        (await LookUp(Document("T-1"))).ShouldBeOfType<LookUpOutcome.Conflict>().Finding.Code.ShouldBe("not-approved-in-erp");
        (await Read("T-")).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_journal_that_somebody_changed_is_a_conflict_that_says_what_differs()
    {
        await Send(Document("T-1"));
        await _netSuite.Tell("tamper/alter", new { externalId = "T-1", account = 54, amount = 5m });

        var conflict = (await LookUp(Document("T-1"))).ShouldBeOfType<LookUpOutcome.Conflict>();

        conflict.Finding.Code.ShouldBe("key-taken");
        conflict.Finding.Cause.ShouldContain("total 124.00 instead of 119.00");
    }

    [Fact]
    public async Task A_closed_month_is_asked_for_once_in_a_delivery()
    {
        await _netSuite.Tell("periods/close", new { month = "2026-11" });
        await _netSuite.Tell("customers/inactive", new { code = "C-1" });

        var outcomes = await _connector.Send([Document("T-1"), Document("T-2"), Document("T-3")], _log, CancellationToken.None);

        outcomes.ShouldAllBe(outcome => outcome is DeliveryOutcome.Refused && ((DeliveryOutcome.Refused)outcome).Finding.Code == "period-closed");
        _log.Exchanges.Count(exchange => exchange.Operation == "refusal-period").ShouldBe(1);
    }

    [Fact]
    public async Task A_voided_journal_is_neither_posted_nor_absent()
    {
        await Send(Document("T-1"));
        await _netSuite.Tell("tamper/void", new { externalId = "T-1" });

        (await LookUp(Document("T-1"))).ShouldBeOfType<LookUpOutcome.Conflict>().Finding.Code.ShouldBe("reversed-in-erp");
        (await Send(Document("T-1"))).ShouldBeOfType<DeliveryOutcome.Refused>().Finding.Code.ShouldBe("reversed-in-erp");
        (await Read("T-")).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_journal_moved_to_another_period_is_read_with_the_month_it_stands_in()
    {
        await Send(Document("T-1"));
        await _netSuite.Tell("tamper/move", new { externalId = "T-1", months = 1 });

        (await Read("T-")).ShouldHaveSingleItem().Document.Month.ShouldBe(new AccountingMonth(2026, 12));
    }

    [Fact]
    public async Task An_underscore_in_a_series_stands_for_itself()
    {
        await Send(Document("T_1"));
        await Send(Document("TX1"));

        (await Read("T_")).ShouldHaveSingleItem().Document.Key.ShouldBe("T_1");
    }

    [Fact]
    public async Task A_customer_whose_creation_was_not_answered_is_found_and_not_doubled()
    {
        await using var impatient = ErpConnectors.Create(_netSuite.Target() with { Timeout = TimeSpan.FromMilliseconds(800) }, TimeProvider.System);
        await impatient.LookUp([Document("T-0")], _log, CancellationToken.None); // warm
        await _netSuite.Fault("commit-then-silence", "netsuite-write", seconds: 600);

        (await impatient.EnsureCustomers([new ErpCustomer("C-9", "Example", "DE", "EUR")], _log, CancellationToken.None))
            .Single().ShouldBeOfType<CustomerOutcome.NotNow>();

        (await Ensure("C-9")).Single().ShouldBeOfType<CustomerOutcome.Present>();
    }

    [Fact]
    public async Task A_customer_code_that_is_no_external_id_and_a_currency_nobody_knows_are_refused()
    {
        var outcomes = await _connector.EnsureCustomers(
            [new ErpCustomer("C/1", "Example", "DE", "EUR"), new ErpCustomer("C-3", "Example", "DE", "XTS")], _log, CancellationToken.None);

        outcomes[0].ShouldBeOfType<CustomerOutcome.Refused>().Finding.Code.ShouldBe("customer-code-not-valid");
        outcomes[1].ShouldBeOfType<CustomerOutcome.Refused>().Finding.Code.ShouldBe("currency-unknown");
    }

    private ErpInvoice Document(string key) => new(
        key, "C-1", _customer, Currency.Of("EUR"), new(2026, 11, 1), new(2026, 12, 1), 30, [Line], [new("STD", 0.19m, 100m, 19m)], 119m);

    private async Task<DeliveryOutcome> Send(ErpInvoice document) => (await _connector.Send([document], _log, CancellationToken.None)).Single();

    private async Task<LookUpOutcome> LookUp(ErpInvoice document) => (await _connector.LookUp([document], _log, CancellationToken.None)).Single();

    private Task<IReadOnlyList<CustomerOutcome>> Ensure(string code) =>
        _connector.EnsureCustomers([new ErpCustomer(code, "Example Works Ltd", "DE", "EUR")], _log, CancellationToken.None);

    private async Task<List<HeldDocument>> Read(string series)
    {
        List<HeldDocument> read = [];
        await foreach (var one in _connector.ReadDocuments(new ReadScope([series], new AccountingMonth(2026, 11)), CancellationToken.None)) read.Add(one);
        return read;
    }

    private async Task<int> Given() => (await _netSuite.Ask("tokens")).GetProperty("given").GetInt32();

    private sealed class SettableClock : TimeProvider
    {
        private TimeSpan _ahead;

        public void Advance(TimeSpan by) => _ahead += by;

        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + _ahead;
    }
}
