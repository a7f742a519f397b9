using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Tieout.Connectors.Port;
using Tieout.Domain;
using Tieout.Domain.Posting;

namespace Tieout.Shell.Tests.Connectors.Odoo;

/// <summary>What the connector does beyond the common rules: drafts between the steps, the log-in, the company, what Odoo changes in silence.</summary>
public sealed class OdooTwoStepTests : IAsyncLifetime
{
    private static readonly AccountingMonth November = new(2026, 11);

    private readonly MemoryExchangeLog _log = new();
    private OdooSandbox _odoo = null!;
    private IErpConnector _connector = null!;
    private string _customer = "";

    public async ValueTask InitializeAsync()
    {
        _odoo = await OdooSandbox.Start();
        _connector = ErpConnectors.Create(_odoo.Target(), TimeProvider.System);
        _customer = (await Ensure("C-1")).ShouldBeOfType<CustomerOutcome.Present>().ErpId;
    }

    public async ValueTask DisposeAsync()
    {
        await _connector.DisposeAsync();
        await _odoo.DisposeAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_draft_left_by_a_broken_posting_is_finished_by_whoever_comes_next(bool send)
    {
        await Broken("T-1");
        (await _odoo.MoveCount("T-1"), await _odoo.PostedCount("T-1")).ShouldBe((1, 0));

        if (send) (await Send(Document("T-1"))).ShouldBeOfType<DeliveryOutcome.Accepted>();
        else (await LookUp(Document("T-1"))).ShouldBeOfType<LookUpOutcome.Found>();

        (await _odoo.MoveCount("T-1"), await _odoo.PostedCount("T-1")).ShouldBe((1, 1));
    }

    [Fact]
    public async Task A_draft_created_late_beside_ours_is_deleted_and_never_posted()
    {
        await using var hasty = ErpConnectors.Create(_odoo.Target() with { Timeout = TimeSpan.FromSeconds(2) }, TimeProvider.System);
        await _odoo.Fault("commit-late", "odoo-create", seconds: 5);
        (await Send(Document("T-1"), hasty)).ShouldBeOfType<DeliveryOutcome.NoAnswer>();
        (await Send(Document("T-1"))).ShouldBeOfType<DeliveryOutcome.Accepted>();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (await _odoo.MoveCount("T-1") < 2) await Task.Delay(20, patience.Token);

        (await LookUp(Document("T-1"))).ShouldBeOfType<LookUpOutcome.Found>();

        (await _odoo.MoveCount("T-1"), await _odoo.PostedCount("T-1")).ShouldBe((1, 1));
    }

    [Fact]
    public async Task Two_drafts_of_one_number_become_one_document()
    {
        await Broken("T-1");
        await _odoo.Tell("tamper/copy", new { key = "T-1", @as = "T-1", draft = true });
        (await _odoo.MoveCount("T-1")).ShouldBe(2);

        (await LookUp(Document("T-1"))).ShouldBeOfType<LookUpOutcome.Found>();

        (await _odoo.MoveCount("T-1"), await _odoo.PostedCount("T-1")).ShouldBe((1, 1));
    }

    [Fact]
    public async Task A_draft_under_earlier_rules_is_absent_when_looked_up_and_replaced_when_sent()
    {
        await Broken("T-1");
        var later = _odoo.Target();
        later = later with { Accounts = new Dictionary<string, string>(later.Accounts, StringComparer.Ordinal) { ["revenue"] = "441000" } };
        await using var connector = ErpConnectors.Create(later, TimeProvider.System);

        (await connector.LookUp([Document("T-1")], _log, CancellationToken.None)).ShouldHaveSingleItem().ShouldBeOfType<LookUpOutcome.Absent>();
        await Broken("T-1");
        (await Send(Document("T-1"), connector)).ShouldBeOfType<DeliveryOutcome.Accepted>();

        (await _odoo.Lines("T-1")).Select(line => line.GetProperty("account").GetString()).ShouldContain("441000");
        (await _odoo.MoveCount("T-1"), await _odoo.PostedCount("T-1")).ShouldBe((1, 1));
    }

    [Fact]
    public async Task Somebody_elses_draft_under_our_number_is_key_taken_and_left_alone()
    {
        await Broken("T-1");

        (await Send(Document("T-1", net: 5m))).ShouldBeOfType<DeliveryOutcome.Refused>().Finding.Code.ShouldBe("key-taken");

        (await _odoo.MoveCount("T-1"), await _odoo.PostedCount("T-1")).ShouldBe((1, 0));
    }

    [Fact]
    public async Task A_refused_posting_leaves_no_draft_even_in_the_middle_of_the_numbers()
    {
        await _odoo.Fault("half-batch", "odoo-post");
        var outcomes = await _connector.Send([Document("T-1"), Document("T-2"), Document("T-3"), Document("T-4")], _log, CancellationToken.None);

        outcomes.Select(outcome => outcome is DeliveryOutcome.Accepted).ShouldBe([true, true, false, false]);
        outcomes[2].ShouldBeOfType<DeliveryOutcome.Refused>().Finding.Technical.ShouldContain("refused by a check of the sandbox");
        (await _odoo.MoveCount("T-3") + await _odoo.MoveCount("T-4")).ShouldBe(0);
        // The third is not the last of its journal: its number is taken off first.
        Question("moves-withdraw").ShouldContain(text => text.Contains("\"name\":\"/\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Drafts_that_a_reading_leaves_out_are_looked_up_and_finished_not_judged()
    {
        await _odoo.Fault("half-answer", "odoo-create"); // the next reading tells the first half
        ErpDocument[] documents = [Document("T-1"), Document("T-2"), Document("T-3"), Document("T-4")];
        var outcomes = await _connector.Send(documents, _log, CancellationToken.None);

        outcomes.Select(outcome => outcome is DeliveryOutcome.Accepted).ShouldBe([true, true, false, false]);
        outcomes[2].ShouldBeOfType<DeliveryOutcome.NoAnswer>().Reason.ShouldContain("is not told");
        var found = await _connector.LookUp(documents, _log, CancellationToken.None);
        found.ShouldAllBe(outcome => outcome is LookUpOutcome.Found);
        foreach (var document in documents) (await _odoo.PostedCount(document.Key)).ShouldBe(1);
    }

    [Fact]
    public async Task A_draft_that_cannot_be_deleted_is_named()
    {
        await _odoo.Fault("client-fault", "odoo-post");
        await _odoo.Fault("client-fault", "odoo-delete");

        (await Send(Document("T-1"))).ShouldBeOfType<DeliveryOutcome.Refused>().Finding.Cause.ShouldContain("stands in Odoo and could not be deleted");

        (await Send(Document("T-1"))).ShouldBeOfType<DeliveryOutcome.Accepted>();
        (await _odoo.MoveCount("T-1")).ShouldBe(1);
    }

    [Fact]
    public async Task Taxes_that_Odoo_rounds_in_another_way_are_set_to_ours_before_posting()
    {
        // 28.5 cents: ours is 0.29, the stand-in computes 0.28.
        (await Send(Document("T-1", net: 1.5m))).ShouldBeOfType<DeliveryOutcome.Accepted>();

        Question("moves-correct").ShouldHaveSingleItem().ShouldContain("\"amount_currency\":-0.29");
        (await _odoo.Lines("T-1")).Single(line => line.GetProperty("account").GetString() == "251000").GetProperty("amount").GetDecimal().ShouldBe(-0.29m);
    }

    [Fact]
    public async Task A_correction_that_Odoo_refuses_takes_the_draft_back_and_one_without_answer_leaves_it_to_the_look_up()
    {
        await _odoo.Fault("client-fault", "odoo-change");
        (await Send(Document("T-1"))).ShouldBeOfType<DeliveryOutcome.Refused>();
        (await _odoo.MoveCount("T-1")).ShouldBe(0);

        await _odoo.Fault("html-answer", "odoo-change", commit: false);
        (await Send(Document("T-1"))).ShouldBeOfType<DeliveryOutcome.NoAnswer>();
        (await LookUp(Document("T-1"))).ShouldBeOfType<LookUpOutcome.Found>();
        (await _odoo.PostedCount("T-1")).ShouldBe(1);
    }

    [Fact]
    public async Task A_tax_that_Odoo_has_no_line_for_is_not_as_sent()
    {
        var odd = Document("T-1") with { Taxes = [new ErpTax("STD", 0.19m, 100m, 19m), new ErpTax("EXEMPT", 0m, 0m, 0.01m)], Total = 119.01m };

        (await Send(odd)).ShouldBeOfType<DeliveryOutcome.Refused>().Finding.Code.ShouldBe("not-as-sent");
        (await _odoo.MoveCount("T-1")).ShouldBe(0);
    }

    [Fact]
    public async Task A_number_of_another_year_is_not_taken_by_Odoo_and_nothing_is_booked()
    {
        (await Send(Document("T-2026-1"))).ShouldBeOfType<DeliveryOutcome.Accepted>();
        (await Send(Document("T-2025-1"))).ShouldBeOfType<DeliveryOutcome.Refused>().Finding.Code.ShouldBe("number-not-taken");
        (await _odoo.MoveCount("T-2025-1")).ShouldBe(0);
    }

    [Fact]
    public async Task A_draft_in_a_month_that_closed_meanwhile_is_not_moved_to_the_next_one()
    {
        await Broken("T-1");
        await _odoo.Tell("periods/close", new { company = OdooSandbox.Company, month = "2026-11", field = "tax_lock_date" });

        (await LookUp(Document("T-1"))).ShouldBeOfType<LookUpOutcome.Conflict>().Finding.Code.ShouldBe("period-closed");

        (await _odoo.MoveCount("T-1")).ShouldBe(0);
        (await Send(Payment("P-1"))).ShouldBeOfType<DeliveryOutcome.Accepted>(); // an entry has no taxes
    }

    [Fact]
    public async Task A_document_moved_to_another_month_is_read_back_where_it_stands()
    {
        await Send(Document("T-1"));
        await _odoo.Tell("tamper/move", new { key = "T-1", months = 1 });

        (await Read("T-")).ShouldHaveSingleItem().Document.Month.ShouldBe(new AccountingMonth(2026, 12));
    }

    [Fact]
    public async Task A_currency_without_a_rate_or_not_active_is_refused_instead_of_booked_one_to_one()
    {
        (await Send(Document("T-1") with { Currency = Currency.Of("CHF") })).ShouldBeOfType<DeliveryOutcome.Refused>().Finding.Code.ShouldBe("exchange-rate-missing");
        (await Send(Document("T-2") with { Currency = Currency.Of("JPY") })).ShouldBeOfType<DeliveryOutcome.Refused>().Finding.Code.ShouldBe("currency-unknown");
    }

    [Fact]
    public async Task Every_call_names_the_company_and_another_company_sees_nothing()
    {
        await Send(Document("T-1"));

        Question("moves-create").ShouldAllBe(text => text.Contains("\"allowed_company_ids\":[", StringComparison.Ordinal));
        await using var other = ErpConnectors.Create(_odoo.Target() with { Company = "Example US" }, TimeProvider.System);
        (await other.LookUp([Document("T-1")], _log, CancellationToken.None)).ShouldHaveSingleItem().ShouldBeOfType<LookUpOutcome.Absent>();
        await using var nobody = ErpConnectors.Create(_odoo.Target() with { Company = "Nobody" }, TimeProvider.System);
        (await Send(Document("T-2"), nobody)).ShouldBeOfType<DeliveryOutcome.Refused>().Finding.Code.ShouldBe("company-unknown");
        await Should.ThrowAsync<ReadBackException>(() => nobody.ReadMovements(November, CancellationToken.None));
    }

    [Fact]
    public async Task An_expired_session_is_renewed_once_and_a_second_one_is_not_sent()
    {
        await _odoo.Fault("token-expired", "odoo-create");
        (await Send(Document("T-1"))).ShouldBeOfType<DeliveryOutcome.Accepted>();

        await _odoo.Fault("token-expired", "odoo-create", count: 2);
        (await Send(Document("T-2"))).ShouldBeOfType<DeliveryOutcome.NotSent>();
        (await _odoo.MoveCount("T-2")).ShouldBe(0);
    }

    [Theory]
    [InlineData("html-answer")]
    [InlineData("malformed-answer")]
    [InlineData("truncated-answer")]
    [InlineData("reject-503")]
    [InlineData("throttle-429")]
    public async Task A_log_in_that_goes_wrong_sends_nothing(string fault)
    {
        await using var connector = ErpConnectors.Create(_odoo.Target(), TimeProvider.System);
        await _odoo.Fault(fault, "odoo-login");

        (await Send(Document("T-1"), connector)).ShouldBeOfType<DeliveryOutcome.NotSent>();

        (await Send(Document("T-1"), connector)).ShouldBeOfType<DeliveryOutcome.Accepted>();
    }

    [Fact]
    public async Task Neither_the_key_nor_the_log_in_is_recorded_and_a_database_nobody_knows_is_told()
    {
        await Send(Document("T-1"));
        foreach (var secret in (string[])["authenticate", OdooSandbox.Secret]) _log.AllText.ShouldNotContain(secret);

        await using var elsewhere = ErpConnectors.Create(_odoo.Target(("database", "elsewhere")), TimeProvider.System);
        (await Send(Document("T-2"), elsewhere)).ShouldBeOfType<DeliveryOutcome.NotSent>().Reason.ShouldContain("option database");
    }

    [Fact]
    public async Task A_throttled_read_back_waits_by_itself_until_it_had_enough()
    {
        await Send(Document("T-1"));

        await _odoo.Fault("throttle-429", "odoo-read", count: 2, seconds: 1);
        (await Read("T-")).ShouldHaveSingleItem().Document.Key.ShouldBe("T-1");

        await _odoo.Fault("throttle-429", "odoo-read", count: 5, seconds: 0);
        await Should.ThrowAsync<ReadBackException>(() => Read("T-"));
    }

    [Fact]
    public async Task Two_customers_of_one_code_are_nobody()
    {
        await _odoo.Tell("customers/copy", new { key = "C-1" });

        (await Ensure("C-1")).ShouldBeOfType<CustomerOutcome.Refused>().Finding.Code.ShouldBe("customer-ambiguous");
    }

    [Fact]
    public async Task Customers_may_be_left_to_Odoo()
    {
        await using var connector = ErpConnectors.Create(_odoo.Target(("create-customers", "false")), TimeProvider.System);
        var outcomes = await connector.EnsureCustomers([new("C-1", "Known", "DE", "EUR"), new("C-2", "New", "DE", "EUR")], _log, CancellationToken.None);

        outcomes[0].ShouldBe(new CustomerOutcome.Present(_customer));
        outcomes[1].ShouldBeOfType<CustomerOutcome.Refused>().Finding.Code.ShouldBe("customer-missing");
    }

    [Fact]
    public async Task A_settling_without_answer_leaves_the_entry_in_doubt_and_the_look_up_settles()
    {
        await Send(Document("T-1"));
        await _odoo.Fault("html-answer", "odoo-settle", commit: false);

        (await Send(Payment("P-1", "T-1"))).ShouldBeOfType<DeliveryOutcome.NoAnswer>();
        (await _odoo.Open("T-1")).ShouldBe(119m);
        (await LookUp(Payment("P-1", "T-1"))).ShouldBeOfType<LookUpOutcome.Found>();
        (await LookUp(Payment("P-1", "T-1"))).ShouldBeOfType<LookUpOutcome.Found>();

        (await _odoo.Open("T-1")).ShouldBe(0m);
    }

    [Fact]
    public async Task A_settling_that_Odoo_refuses_is_left_to_a_person_who_is_told_until_a_later_attempt_settles_it()
    {
        await Send(Document("T-1"));
        await _odoo.Fault("client-fault", "odoo-settle");

        var beside = (await Send(Payment("P-1", "T-1"))).ShouldBeOfType<DeliveryOutcome.Accepted>().Beside.ShouldNotBeNull();

        (beside.Category, beside.Code).ShouldBe((Domain.Exceptions.ExceptionCategory.Business, "not-settled-in-erp"));
        beside.Cause.ShouldContain("P-1 is booked in Odoo");
        beside.Cause.ShouldContain("(T-1)");
        (await _odoo.Open("T-1")).ShouldBe(119m);
        (await LookUp(Payment("P-1", "T-1"))).ShouldBeOfType<LookUpOutcome.Found>().Beside.ShouldBeNull();
        (await _odoo.Open("T-1")).ShouldBe(0m);
    }

    [Fact]
    public async Task A_payment_of_what_is_paid_already_is_told()
    {
        await Send(Document("T-1"));
        (await Send(Payment("P-1", "T-1"))).ShouldBeOfType<DeliveryOutcome.Accepted>().Beside.ShouldBeNull();

        (await Send(Payment("P-2", "T-1"))).ShouldBeOfType<DeliveryOutcome.Accepted>().Beside.ShouldNotBeNull().Technical.ShouldContain("nothing open");
    }

    [Fact]
    public async Task The_stand_in_refuses_what_Odoo_refuses()
    {
        (await Raw("account.move", "create", """[[{"move_type":"entry","journal_id":1,"no_such_field":1}]]""")).ShouldContain("no_such_field");
        (await Raw("account.move", "action_post", "[[999999]]")).ShouldContain("odoo.exceptions.MissingError");
        (await Raw("account.move", "no_such_method", "[[1]]")).ShouldContain("builtins.AttributeError");
        await Send(Document("T-1"));
        var id = (await _odoo.Ledger("T-1"))[0].GetProperty("id").GetInt64();
        (await Raw("account.move", "unlink", FormattableString.Invariant($"[[{id}]]"))).ShouldContain("cannot delete a posted journal entry");
        (await Raw("account.move", "action_post", FormattableString.Invariant($"[[{id}]]"))).ShouldContain("must be in draft");
        await _odoo.Tell("tamper/copy", new { key = "T-1", @as = "T-1", draft = true });
        var second = (await _odoo.Ledger("T-1"))[1].GetProperty("id").GetInt64();
        (await Raw("account.move", "action_post", FormattableString.Invariant($"[[{second}]]"))).ShouldContain("unique sequence number");
    }

    private async Task<string> Raw(string model, string method, string arguments)
    {
        var body = $$$"""{"jsonrpc":"2.0","method":"call","id":1,"params":{"service":"object","method":"execute_kw","args":["sandbox",2,"{{{OdooSandbox.Secret}}}","{{{model}}}","{{{method}}}",{{{arguments}}},{}]}}""";
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await _odoo.Http.PostAsync(new Uri("/jsonrpc", UriKind.Relative), content);
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error").GetProperty("data").ToString();
    }

    /// <summary>A delivery whose second step never reached Odoo: the draft stands.</summary>
    private async Task Broken(string key)
    {
        await _odoo.Fault("html-answer", "odoo-post", commit: false);
        (await Send(Document(key))).ShouldBeOfType<DeliveryOutcome.NoAnswer>();
    }

    private IReadOnlyList<string> Question(string operation) =>
        [.. _log.Exchanges.Where(exchange => exchange.Operation == operation).Select(exchange => Encoding.UTF8.GetString(exchange.Request))];

    private ErpInvoice Document(string key, decimal net = 100m)
    {
        var tax = Rounding.HalfAwayFromZero(net * 0.19m, 2);
        return new ErpInvoice(
            key, "C-1", _customer, Currency.Of("EUR"), November.FirstDay, November.FirstDay.AddDays(30), 30,
            [new("revenue", net, "Plan", "STD")], [new("STD", 0.19m, net, tax)], net + tax);
    }

    private ErpEntry Payment(string key, string settles = "") => new(
        EntryKind.Payment, key, Currency.Of("EUR"), November.FirstDay, "Paid",
        [new("cash-clearing", 119m, ""), new("receivable", -119m, "") { CustomerCode = "C-1", ErpCustomerId = _customer, Settles = settles }]);

    private async Task<CustomerOutcome> Ensure(string code) =>
        (await _connector.EnsureCustomers([new ErpCustomer(code, "Example Works", "DE", "EUR")], _log, CancellationToken.None)).ShouldHaveSingleItem();

    private async Task<DeliveryOutcome> Send(ErpDocument document, IErpConnector? connector = null) =>
        (await (connector ?? _connector).Send([document], _log, CancellationToken.None)).ShouldHaveSingleItem();

    private async Task<LookUpOutcome> LookUp(ErpDocument document) => (await _connector.LookUp([document], _log, CancellationToken.None)).ShouldHaveSingleItem();

    private async Task<IReadOnlyList<HeldDocument>> Read(string series)
    {
        List<HeldDocument> read = [];
        await foreach (var one in _connector.ReadDocuments(new ReadScope([series], November), CancellationToken.None)) read.Add(one);
        return read;
    }
}
