using Tieout.Connectors.Port;
using Tieout.Domain.Exceptions;
using Tieout.Domain.Posting;

namespace Tieout.Shell.Tests.Connectors;

/// <summary>Delivery: booked once, refused in words, in doubt when nobody knows.</summary>
public abstract partial class ConnectorConformance
{
    [Fact]
    public async Task A_document_is_booked_once_and_found_under_its_key()
    {
        var document = Document(await Customer());

        var accepted = await SendOne<DeliveryOutcome.Accepted>(Connect(), document);
        var found = await LookUpOne<LookUpOutcome.Found>(document);

        Assert.Equal(accepted.Document, found.Document);
        Assert.Equal(1, await LedgerCount(document.Key));
    }

    [Fact]
    public async Task The_same_key_sent_again_is_known_and_not_booked_again()
    {
        var document = Document(await Customer());
        var first = await SendOne<DeliveryOutcome.Accepted>(Connect(), document);

        if (KnowsKeysWhenSending)
        {
            Assert.Equal(first.Document, (await SendOne<DeliveryOutcome.AlreadyPosted>(Connect(), document)).Document);
            Assert.Equal(1, await LedgerCount(document.Key));
            return;
        }

        // Without the look all safety lies in our own books; what went wrong there is at least told.
        await SendOne<DeliveryOutcome.Accepted>(Connect(), document);
        Assert.Equal("duplicate-in-erp", (await LookUpOne<LookUpOutcome.Conflict>(document)).Finding.Code);
    }

    [Fact]
    public async Task The_same_key_with_other_content_is_refused_when_sent_and_a_conflict_when_looked_up()
    {
        var customer = await Customer();
        var document = Document(customer);
        await SendOne<DeliveryOutcome.Accepted>(Connect(), document);
        var other = Document(customer, document.Key, net: 250m);

        Assert.Equal("key-taken", (await LookUpOne<LookUpOutcome.Conflict>(other)).Finding.Code);
        Assert.Equal("key-taken", (await LookUpOne<LookUpOutcome.Conflict>(document with { ErpCustomerId = await Customer() })).Finding.Code);
        if (KnowsKeysWhenSending) Assert.Equal("key-taken", (await SendOne<DeliveryOutcome.Refused>(Connect(), other)).Finding.Code);
        Assert.Equal(1, await LedgerCount(document.Key));
    }

    [Fact]
    public async Task A_key_that_stands_twice_is_a_conflict()
    {
        var document = Document(await Customer());
        await BookTwice(document);

        Assert.Equal("duplicate-in-erp", (await LookUpOne<LookUpOutcome.Conflict>(document)).Finding.Code);
    }

    /// <summary>Books a document twice past the connector's own look.</summary>
    protected abstract Task BookTwice(ErpInvoice document);

    [Fact]
    public async Task A_key_never_sent_is_absent()
    {
        await LookUpOne<LookUpOutcome.Absent>(Document(await Customer()));
    }

    [Fact]
    public async Task Silence_before_booking_is_no_answer_and_then_absent()
    {
        var document = Document(await Customer());
        var connector = await ConnectImpatient();
        await Inject(Ability.SilenceBeforeCommit);

        await SendOne<DeliveryOutcome.NoAnswer>(connector, document);

        await LookUpOne<LookUpOutcome.Absent>(document);
        await SendOne<DeliveryOutcome.Accepted>(Connect(), document);
        Assert.Equal(1, await LedgerCount(document.Key));
    }

    [Fact]
    public async Task Silence_after_booking_is_no_answer_and_then_found()
    {
        var document = Document(await Customer());
        var connector = await ConnectImpatient();
        await Inject(Ability.SilenceAfterCommit);

        await SendOne<DeliveryOutcome.NoAnswer>(connector, document);

        await LookUpOne<LookUpOutcome.Found>(document);
        Assert.Equal(1, await LedgerCount(document.Key));
    }

    [Fact]
    public async Task A_booking_that_comes_late_is_found_in_the_end()
    {
        var document = Document(await Customer());
        var connector = await ConnectImpatient();
        await Inject(Ability.CommitLate);

        await SendOne<DeliveryOutcome.NoAnswer>(connector, document);

        await Eventually(async () => await LedgerCount(document.Key) == 1);
        await LookUpOne<LookUpOutcome.Found>(document);
    }

    [Theory]
    [InlineData(Ability.HtmlAnswer)]
    [InlineData(Ability.TruncatedAnswer)]
    [InlineData(Ability.MalformedAnswer)]
    public async Task An_answer_nobody_can_read_is_no_answer(Ability fault)
    {
        var customer = await Customer();
        ErpInvoice[] documents = [Document(customer), Document(customer), Document(customer)];
        await Inject(fault);

        var outcomes = await Connect().Send(documents, Log, CancellationToken.None);

        Assert.All(outcomes, outcome => Assert.IsType<DeliveryOutcome.NoAnswer>(outcome));
        foreach (var document in documents) await LookUpOne<LookUpOutcome.Found>(document);
    }

    [Fact]
    public virtual async Task Half_a_batch_accepted_leaves_the_other_half_refused()
    {
        var customer = await Customer();
        ErpInvoice[] documents = [Document(customer), Document(customer), Document(customer), Document(customer)];
        await Inject(Ability.HalfBatch);

        var outcomes = await Connect().Send(documents, Log, CancellationToken.None);

        Assert.All(outcomes.Take(2), outcome => Assert.IsType<DeliveryOutcome.Accepted>(outcome));
        Assert.All(outcomes.Skip(2), outcome => Assert.IsType<DeliveryOutcome.Refused>(outcome));
        foreach (var (index, document) in documents.Index()) Assert.Equal(index < 2 ? 1 : 0, await LedgerCount(document.Key));
    }

    [Fact]
    public async Task A_document_the_answer_does_not_mention_is_in_doubt()
    {
        var customer = await Customer();
        ErpInvoice[] documents = [Document(customer), Document(customer), Document(customer), Document(customer)];
        await Inject(Ability.HalfAnswer);

        var outcomes = await Connect().Send(documents, Log, CancellationToken.None);

        // Half of them are missing from the answer; which half, the ERP's own order decides.
        Assert.All(outcomes, outcome => Assert.True(outcome is DeliveryOutcome.Accepted or DeliveryOutcome.NoAnswer));
        Assert.InRange(outcomes.Count(outcome => outcome is DeliveryOutcome.NoAnswer), 2, 4);
        foreach (var document in documents) await LookUpOne<LookUpOutcome.Found>(document);
    }

    [Theory]
    [InlineData(Ability.Throttle)]
    [InlineData(Ability.Unavailable)]
    public async Task Not_now_is_not_sent_and_says_when_to_come_back(Ability fault)
    {
        var document = Document(await Customer());
        var connector = Connect();
        await Inject(fault);

        var outcome = await SendOne<DeliveryOutcome.NotSent>(connector, document);

        Assert.True(outcome.RetryAfter > TimeSpan.Zero);
        Assert.Equal(0, await LedgerCount(document.Key));
        await SendOne<DeliveryOutcome.Accepted>(connector, document);
    }

    [Fact]
    public async Task A_log_in_refused_in_the_middle_of_a_run_is_not_sent_and_the_next_call_goes_on()
    {
        var customer = await Customer();
        var (first, second) = (Document(customer), Document(customer));
        var connector = Connect();
        await SendOne<DeliveryOutcome.Accepted>(connector, first);
        await Inject(Ability.SessionExpired);

        // A connector may log in again by itself; it must not call the document booked or in doubt.
        var outcome = Assert.Single(await connector.Send([second], Log, CancellationToken.None));

        Assert.True(outcome is DeliveryOutcome.NotSent or DeliveryOutcome.Accepted, outcome.ToString());
        if (outcome is DeliveryOutcome.NotSent) await SendOne<DeliveryOutcome.Accepted>(connector, second);
        Assert.Equal(1, await LedgerCount(second.Key));
    }

    [Fact]
    public async Task A_slow_answer_within_the_limit_is_an_answer()
    {
        var document = Document(await Customer());
        await Inject(Ability.Slow);

        await SendOne<DeliveryOutcome.Accepted>(Connect(), document);
    }

    [Fact]
    public async Task Nobody_listening_is_not_sent()
    {
        var document = Document(await Customer());
        var nobody = Connect(target => target with { Url = NobodyThere() });

        await SendOne<DeliveryOutcome.NotSent>(nobody, document);
        Assert.IsType<LookUpOutcome.NoAnswer>(Assert.Single(await nobody.LookUp([document], Log, CancellationToken.None)));
        var unknown = new ErpCustomer(CustomerCode(), "Name", "DE", Currency.Code);
        Assert.IsType<CustomerOutcome.NotNow>(Assert.Single(await nobody.EnsureCustomers([unknown], Log, CancellationToken.None)));
        await Assert.ThrowsAsync<ReadBackException>(() => nobody.ReadMovements(Month, CancellationToken.None));
    }

    [Fact]
    public async Task A_wrong_password_is_not_sent_and_says_so()
    {
        var document = Document(await Customer());

        var outcome = await SendOne<DeliveryOutcome.NotSent>(Connect(target => target with { Password = "not-this-one" }), document);

        Assert.NotEmpty(outcome.Reason);
        Assert.DoesNotContain("not-this-one", outcome.Reason, StringComparison.Ordinal);
        Assert.Equal(0, await LedgerCount(document.Key));
    }

    [Fact]
    public async Task A_bad_document_does_not_take_good_ones_with_it()
    {
        var customer = await Customer();
        var bad = Document(customer, lines: [new ErpLine("no-such-ledger-account", 10m, "Text", "STD")]);
        ErpInvoice[] documents = [Document(customer), bad, Document(customer)];

        var outcomes = await Connect().Send(documents, Log, CancellationToken.None);

        Assert.IsType<DeliveryOutcome.Accepted>(outcomes[0]);
        Refused(outcomes[1], "account-rule-missing");
        Assert.IsType<DeliveryOutcome.Accepted>(outcomes[2]);
        Assert.Equal(0, await LedgerCount(bad.Key));
    }

    [Fact]
    public async Task A_tax_code_without_a_rule_is_refused_before_it_is_sent()
    {
        var document = Document(await Customer());
        var missing = document with { Taxes = [document.Taxes[0] with { Code = "NO-SUCH-TAX" }] };

        Refused(await SendOne<DeliveryOutcome.Refused>(Connect(), missing), "tax-code-missing");
    }

    [Fact]
    public async Task A_closed_period_is_refused_and_posts_after_it_is_opened()
    {
        var document = Document(await Customer());
        await ClosePeriod(Month);

        Refused(await SendOne<DeliveryOutcome.Refused>(Connect(), document), "period-closed");

        await OpenPeriod(Month);
        await SendOne<DeliveryOutcome.Accepted>(Connect(), document);
    }

    [Fact]
    public async Task An_account_the_ERP_does_not_know_is_refused()
    {
        var document = Document(await Customer());
        var connector = Connect(target => target with
        {
            Accounts = new Dictionary<string, string>(target.Accounts, StringComparer.Ordinal) { ["revenue"] = UnknownAccount },
        });

        Refused(await SendOne<DeliveryOutcome.Refused>(connector, document), "account-unknown");
    }

    [Fact]
    public async Task A_tax_code_the_ERP_does_not_know_is_refused()
    {
        var document = Document(await Customer());
        var connector = Connect(target => target with
        {
            Taxes = new Dictionary<string, string>(target.Taxes, StringComparer.Ordinal) { ["STD"] = UnknownTaxCode },
        });

        Refused(await SendOne<DeliveryOutcome.Refused>(connector, document), "tax-code-unknown");
    }

    [Fact]
    public async Task A_customer_the_ERP_does_not_know_is_refused()
    {
        Refused(await SendOne<DeliveryOutcome.Refused>(Connect(), Document(UnknownCustomerId)), "customer-unknown");
    }

    [Fact]
    public async Task A_blocked_customer_is_refused_by_both_doors()
    {
        var code = CustomerCode();
        var document = Document(await Customer(code), customer: code);
        await BlockCustomer(code);

        Refused(await SendOne<DeliveryOutcome.Refused>(Connect(), document), "customer-blocked");
        var outcome = Assert.Single(await Connect().EnsureCustomers([new ErpCustomer(code, "Example Works Ltd", "DE", Currency.Code)], Log, CancellationToken.None));
        Assert.Equal("customer-blocked", Assert.IsType<CustomerOutcome.Refused>(outcome).Finding.Code);
    }

    private static void Refused(DeliveryOutcome outcome, string code)
    {
        var finding = Assert.IsType<DeliveryOutcome.Refused>(outcome).Finding;
        Assert.Equal(code, finding.Code);
        Assert.Equal(ExceptionCategory.Business, finding.Category);
        Assert.NotEmpty(finding.Cause);
        Assert.NotEmpty(finding.Remedy);
    }
}
