using System.Text;
using Tieout.Connectors.Dynamics;
using Tieout.Connectors.Port;
using Tieout.Domain;
using Tieout.Domain.Posting;

namespace Tieout.Shell.Tests.Connectors.Dynamics;

/// <summary>What the connector does beyond the common rules: log-in, throttling, batches, read-back.</summary>
public sealed class DynamicsWireTests : IAsyncLifetime
{
    private static readonly AccountingMonth November = new(2026, 11);

    private readonly MemoryExchangeLog _log = new();
    private DynamicsSandbox _dynamics = null!;
    private IErpConnector _connector = null!;

    public async ValueTask InitializeAsync()
    {
        _dynamics = await DynamicsSandbox.Start();
        _connector = ErpConnectors.Create(_dynamics.Target(), TimeProvider.System);
        (await Ensure("C-1")).ShouldBeOfType<CustomerOutcome.Present>();
    }

    public async ValueTask DisposeAsync()
    {
        await _connector.DisposeAsync();
        await _dynamics.DisposeAsync();
    }

    [Fact]
    public async Task One_token_serves_all_calls_and_callers_at_once_share_it()
    {
        await _dynamics.Tell("tokens/end", new { });
        var before = await Given();

        var all = await Task.WhenAll(Enumerable.Range(1, 8).Select(number => Send(Document($"T-{number}"))));

        all.ShouldAllBe(outcome => outcome is DeliveryOutcome.Accepted);
        (await Given() - before).ShouldBe(1);
    }

    [Theory]
    [InlineData("html-answer")]
    [InlineData("malformed-answer")]
    [InlineData("truncated-answer")]
    [InlineData("reject-503")]
    [InlineData("throttle-429")]
    public async Task A_log_in_that_goes_wrong_sends_nothing(string fault)
    {
        await using var connector = ErpConnectors.Create(_dynamics.Target(), TimeProvider.System);
        await _dynamics.Fault(fault, "dynamics-token");

        (await Send(Document("T-1"), connector)).ShouldBeOfType<DeliveryOutcome.NotSent>();

        (await _dynamics.JournalCount("T-1")).ShouldBe(0);
        (await Send(Document("T-1"), connector)).ShouldBeOfType<DeliveryOutcome.Accepted>();
    }

    [Fact]
    public async Task Neither_secret_nor_token_is_recorded()
    {
        await Send(Document("T-1"));

        foreach (var secret in (string[])["client_secret", "access_token", "Bearer", DynamicsSandbox.Secret]) _log.AllText.ShouldNotContain(secret);
        _log.Exchanges.ShouldContain(exchange => Encoding.UTF8.GetString(exchange.Request).StartsWith("POST /data/$batch\n\n--batch_", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_wrong_secret_is_told_by_OAuths_own_word()
    {
        await using var connector = ErpConnectors.Create(_dynamics.Target() with { Password = "wrong" }, TimeProvider.System);

        (await Send(Document("T-1"), connector)).ShouldBeOfType<DeliveryOutcome.NotSent>().Reason.ShouldContain("invalid_client");
    }

    [Fact]
    public async Task A_throttled_delivery_says_how_long_and_a_throttled_read_back_waits_by_itself()
    {
        await Send(Document("T-1"));

        await _dynamics.Fault("throttle-429", "dynamics-read", count: 2, seconds: 1);
        (await Read("T-")).ShouldHaveSingleItem().Document.Key.ShouldBe("T-1");

        await _dynamics.Fault("throttle-429", "dynamics-read", count: DynamicsLimits.PatientReads, seconds: 0);
        await Should.ThrowAsync<ReadBackException>(() => Read("T-"));

        await _dynamics.Fault("throttle-429", seconds: 9);
        (await Send(Document("T-2"))).ShouldBeOfType<DeliveryOutcome.NotSent>().RetryAfter.ShouldBe(TimeSpan.FromSeconds(9));
    }

    [Fact]
    public async Task More_operations_than_a_batch_holds_go_out_in_several()
    {
        ErpInvoice Long(string key) => Document(key) with
        {
            Lines = [.. Enumerable.Range(1, 100).Select(number => new ErpLine("revenue", 1m, $"Line {number}", "STD"))],
        };

        var outcomes = await _connector.Send([Long("T-1"), Long("T-2"), Document("T-3")], _log, CancellationToken.None);

        outcomes.ShouldAllBe(outcome => outcome is DeliveryOutcome.Accepted);
        _log.Exchanges.Count(exchange => exchange.Operation == "journals-create").ShouldBe(2);
    }

    [Fact]
    public async Task A_document_longer_than_a_change_set_is_refused_before_anything_is_sent()
    {
        var endless = Document("T-1") with
        {
            Lines = [.. Enumerable.Range(1, DynamicsLimits.Lines).Select(_ => new ErpLine("revenue", 0.5m, "Line", "STD"))],
        };

        (await Send(endless)).ShouldBeOfType<DeliveryOutcome.Refused>().Finding.Code.ShouldBe("too-many-lines");
        _log.Exchanges.ShouldNotContain(exchange => exchange.Operation == "journals-create");
    }

    [Fact]
    public async Task After_a_time_out_the_rest_of_the_delivery_is_not_posted_and_the_next_one_finishes_it()
    {
        await using var impatient = ErpConnectors.Create(_dynamics.Target() with { Timeout = TimeSpan.FromMilliseconds(800) }, TimeProvider.System);
        await impatient.LookUp([Document("T-0")], _log, CancellationToken.None); // warm
        await _dynamics.Fault("commit-then-silence", "dynamics-post", seconds: 600);

        var outcomes = await impatient.Send([Document("T-1"), Document("T-2")], _log, CancellationToken.None);

        outcomes[0].ShouldBeOfType<DeliveryOutcome.NoAnswer>();
        outcomes[1].ShouldBeOfType<DeliveryOutcome.NotSent>();
        (await _dynamics.PostedCount("T-2")).ShouldBe(0);
        (await _connector.LookUp([Document("T-1"), Document("T-2")], _log, CancellationToken.None)).ShouldAllBe(outcome => outcome is LookUpOutcome.Found);
    }

    [Fact]
    public async Task An_error_of_the_servers_in_the_first_step_is_no_answer()
    {
        await _dynamics.Fault("server-fault");

        (await Send(Document("T-1"))).ShouldBeOfType<DeliveryOutcome.NoAnswer>();
        (await LookUp(Document("T-1"))).ShouldBeOfType<LookUpOutcome.Found>();
    }

    [Fact]
    public async Task A_journal_moved_to_another_month_is_read_with_the_month_it_stands_in()
    {
        await Send(Document("T-1"));
        await _dynamics.Tell("tamper/move", new { key = "T-1", months = 1 });

        (await Read("T-")).ShouldHaveSingleItem().Document.Month.ShouldBe(new AccountingMonth(2026, 12));
    }

    [Fact]
    public async Task A_journal_told_out_of_balance_was_told_in_part_and_proves_nothing()
    {
        await Send(Document("T-1"));
        await _dynamics.Tell("tamper/amount", new { key = "T-1", by = 5m });

        await Should.ThrowAsync<ReadBackException>(() => Read("T-"));
        (await LookUp(Document("T-1"))).ShouldBeOfType<LookUpOutcome.Conflict>().Finding.Code.ShouldBe("key-taken");
    }

    [Fact]
    public async Task A_created_journal_is_in_no_book_and_not_read_back()
    {
        await _dynamics.Fault("reject-503", "dynamics-post", seconds: 1);
        await Send(Document("T-1"));

        (await Read("T-")).ShouldBeEmpty();
        (await _connector.ReadMovements(November, CancellationToken.None)).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_invoice_that_owes_nothing_is_its_customers_when_read_back()
    {
        var nothing = Document("T-1") with
        {
            Lines = [new("revenue", 50m, "Plan", "STD"), new("revenue", -50m, "Corrected", "STD")],
            Taxes = [new("STD", 0.19m, 0m, 0m)],
            Total = 0m,
        };

        (await Send(nothing)).ShouldBeOfType<DeliveryOutcome.Accepted>();

        (await LookUp(nothing)).ShouldBeOfType<LookUpOutcome.Found>();
        var held = (await Read("T-")).ShouldHaveSingleItem().Document;
        (held.Customer, held.Net, held.Tax, held.Total).ShouldBe(("C-1", 0m, 0m, 0m));
    }

    [Fact]
    public async Task A_payment_of_an_invoice_that_is_not_open_is_refused_and_leaves_nothing()
    {
        var payment = new ErpEntry(
            EntryKind.Payment, "P-1", Currency.Of("EUR"), new(2026, 11, 2), "",
            [new("cash-clearing", 10m, ""), new("receivable", -10m, "") { CustomerCode = "C-1", ErpCustomerId = "C-1", Settles = "T-404" }]);

        (await Send(payment)).ShouldBeOfType<DeliveryOutcome.Refused>().Finding.Code.ShouldBe("settled-invoice-not-open");
        (await _dynamics.JournalCount("P-1")).ShouldBe(0);
    }

    [Fact]
    public async Task A_currency_without_a_rate_and_a_dimension_format_set_wrong_are_named()
    {
        (await Send(Document("T-1") with { Currency = Currency.Of("CHF") })).ShouldBeOfType<DeliveryOutcome.Refused>().Finding.Code.ShouldBe("exchange-rate-missing");

        await using var connector = ErpConnectors.Create(
            _dynamics.Target(("ledger-dimensions", "Department,CostCenter")), TimeProvider.System);
        (await Send(Document("T-2"), connector)).ShouldBeOfType<DeliveryOutcome.Refused>().Finding.Code.ShouldBe("dimension-format");
        (await _dynamics.JournalCount("T-1"), await _dynamics.JournalCount("T-2")).ShouldBe((0, 0));
    }

    [Fact]
    public async Task An_environment_without_the_posting_action_says_so_and_keeps_nothing()
    {
        await using var connector = ErpConnectors.Create(_dynamics.Target(("post-action", "Microsoft.Dynamics.DataEntities.nobodyInstalledIt")), TimeProvider.System);

        (await Send(Document("T-1"), connector)).ShouldBeOfType<DeliveryOutcome.Refused>().Finding.Code.ShouldBe("posting-not-set-up");
        (await _dynamics.JournalCount("T-1")).ShouldBe(0);
    }

    [Fact]
    public async Task A_customer_is_not_created_without_a_group_and_a_code_that_does_not_fit_is_refused()
    {
        await using var connector = ErpConnectors.Create(_dynamics.Target(("customer-group", "")), TimeProvider.System);

        (await Ensure("C-2", connector)).ShouldBeOfType<CustomerOutcome.Refused>().Finding.Code.ShouldBe("customer-missing");
        (await Ensure("C-1", connector)).ShouldBeOfType<CustomerOutcome.Present>();
        (await Ensure("C*")).ShouldBeOfType<CustomerOutcome.Refused>().Finding.Code.ShouldBe("customer-code-not-valid");
    }

    [Fact]
    public async Task A_customer_whose_creation_was_not_answered_is_found_and_not_doubled()
    {
        await using var impatient = ErpConnectors.Create(_dynamics.Target() with { Timeout = TimeSpan.FromMilliseconds(800) }, TimeProvider.System);
        await impatient.LookUp([Document("T-0")], _log, CancellationToken.None); // warm
        await _dynamics.Fault("commit-then-silence", "dynamics-write", seconds: 600);

        (await Ensure("C-9", impatient)).ShouldBeOfType<CustomerOutcome.NotNow>();

        (await Ensure("C-9")).ShouldBeOfType<CustomerOutcome.Present>();
    }

    private static ErpInvoice Document(string key) => new(
        key, "C-1", "C-1", Currency.Of("EUR"), new(2026, 11, 1), new(2026, 12, 1), 30, [new("revenue", 100m, "Plan", "STD")], [new("STD", 0.19m, 100m, 19m)], 119m);

    private async Task<DeliveryOutcome> Send(ErpDocument document, IErpConnector? by = null) =>
        (await (by ?? _connector).Send([document], _log, CancellationToken.None)).Single();

    private async Task<LookUpOutcome> LookUp(ErpDocument document) => (await _connector.LookUp([document], _log, CancellationToken.None)).Single();

    private async Task<CustomerOutcome> Ensure(string code, IErpConnector? by = null) =>
        (await (by ?? _connector).EnsureCustomers([new ErpCustomer(code, "Example Works Ltd", "DE", "EUR")], _log, CancellationToken.None)).Single();

    private async Task<List<HeldDocument>> Read(string series)
    {
        List<HeldDocument> read = [];
        await foreach (var one in _connector.ReadDocuments(new ReadScope([series], November), CancellationToken.None)) read.Add(one);
        return read;
    }

    private async Task<int> Given() => (await _dynamics.Ask("tokens")).GetProperty("given").GetInt32();
}
