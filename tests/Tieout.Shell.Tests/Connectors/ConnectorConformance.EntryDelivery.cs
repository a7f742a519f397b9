using Tieout.Connectors.Port;
using Tieout.Domain.Posting;

namespace Tieout.Shell.Tests.Connectors;

/// <summary>Entries are booked exactly once, refused in words, and in doubt when nobody knows: as invoices are.</summary>
public abstract partial class ConnectorConformance
{
    /// <summary>As <see cref="Inject"/>, for the next deliveries of entries, where the system books them by another call.</summary>
    protected virtual Task InjectOnEntry(Ability fault, int count = 1) => Inject(fault, count);

    private async Task<ErpEntry> Payment()
    {
        var code = CustomerCode();
        return Entry(EntryKind.Payment, await Customer(code), code);
    }

    [Fact]
    public async Task An_entry_sent_again_is_known_with_its_lines_in_any_order()
    {
        var entry = await Payment();
        var first = await SendOne<DeliveryOutcome.Accepted>(Connect(), entry);
        var turned = entry with { Lines = [.. entry.Lines.Reverse()], Text = "Told in other words" };

        Assert.Equal(first.Document, (await LookUpOne<LookUpOutcome.Found>(turned)).Document);
        if (KnowsKeysWhenSending) Assert.Equal(first.Document, (await SendOne<DeliveryOutcome.AlreadyPosted>(Connect(), turned)).Document);
        Assert.Equal(1, await LedgerCount(entry.Key));
    }

    [Fact]
    public async Task An_entry_of_other_content_under_a_key_is_key_taken()
    {
        var entry = await Payment();
        await SendOne<DeliveryOutcome.Accepted>(Connect(), entry);
        var stranger = await Customer();
        ErpEntry[] others =
        [
            entry with { Lines = [.. entry.Lines.Select(line => line with { Amount = line.Amount * 2m })] },
            entry with { Lines = [.. entry.Lines.Select(line => line with { Amount = -line.Amount })] },
            entry with { Lines = [.. entry.Lines.Select(line => line.CustomerCode.Length > 0 ? line with { ErpCustomerId = stranger } : line)] },
            entry with { Lines = [.. entry.Lines.Select(line => line.CustomerCode.Length > 0 ? line : line with { LedgerAccount = "bad-debt" })] },
            entry with { Lines = [.. entry.Lines, Ledger("revenue", 5m), Ledger("revenue", -5m)] },
        ];

        foreach (var other in others)
        {
            Assert.Equal("key-taken", (await LookUpOne<LookUpOutcome.Conflict>(other)).Finding.Code);
            if (KnowsKeysWhenSending) Assert.Equal("key-taken", (await SendOne<DeliveryOutcome.Refused>(Connect(), other)).Finding.Code);
        }
        Assert.Equal(1, await LedgerCount(entry.Key));
    }

    [Fact]
    public async Task A_key_that_an_invoice_holds_is_taken_for_an_entry()
    {
        var code = CustomerCode();
        var customer = await Customer(code);
        var invoice = Document(customer, customer: code);
        await SendOne<DeliveryOutcome.Accepted>(Connect(), invoice);

        var entry = Entry(EntryKind.Payment, customer, code, 119m, key: invoice.Key);

        Assert.Equal("key-taken", (await LookUpOne<LookUpOutcome.Conflict>(entry)).Finding.Code);
    }

    [Fact]
    public async Task An_entry_never_sent_is_absent()
    {
        await LookUpOne<LookUpOutcome.Absent>(await Payment());
    }

    [Fact]
    public async Task Silence_before_an_entry_was_booked_is_no_answer_and_then_absent()
    {
        var entry = await Payment();
        var connector = await ConnectImpatient();
        await InjectOnEntry(Ability.SilenceBeforeCommit);

        await SendOne<DeliveryOutcome.NoAnswer>(connector, entry);

        await LookUpOne<LookUpOutcome.Absent>(entry);
        await SendOne<DeliveryOutcome.Accepted>(Connect(), entry);
        Assert.Equal(1, await LedgerCount(entry.Key));
    }

    [Theory]
    [InlineData(Ability.SilenceAfterCommit)]
    [InlineData(Ability.CommitLate)]
    public async Task Silence_after_an_entry_was_booked_is_found_in_the_end_and_settles_all_the_same(Ability fault)
    {
        var code = CustomerCode();
        var customer = await Customer(code);
        var invoice = Document(customer, customer: code);
        await SendOne<DeliveryOutcome.Accepted>(Connect(), invoice);
        var entry = Entry(EntryKind.Payment, customer, code, 119m, settles: invoice.Key);
        var connector = await ConnectImpatient();
        await InjectOnEntry(fault);

        await SendOne<DeliveryOutcome.NoAnswer>(connector, entry);

        await Eventually(async () => await LedgerCount(entry.Key) == 1);
        await LookUpOne<LookUpOutcome.Found>(entry);
        await AssertOpen(invoice, 0m, entry);
        await LookUpOne<LookUpOutcome.Found>(entry);
        Assert.Equal(1, await LedgerCount(entry.Key));
    }

    [Theory]
    [InlineData(Ability.HtmlAnswer)]
    [InlineData(Ability.TruncatedAnswer)]
    [InlineData(Ability.MalformedAnswer)]
    public async Task An_answer_about_entries_that_nobody_can_read_is_no_answer(Ability fault)
    {
        ErpEntry[] entries = [await Payment(), await Payment(), await Payment()];
        await InjectOnEntry(fault);

        var outcomes = await Connect().Send(entries, Log, CancellationToken.None);

        Assert.All(outcomes, outcome => Assert.IsType<DeliveryOutcome.NoAnswer>(outcome));
        foreach (var entry in entries)
        {
            await LookUpOne<LookUpOutcome.Found>(entry);
            Assert.Equal(1, await LedgerCount(entry.Key));
        }
    }

    [Theory]
    [InlineData(Ability.Throttle)]
    [InlineData(Ability.Unavailable)]
    [InlineData(Ability.SessionExpired)]
    public async Task Not_now_books_no_entry_and_the_next_call_does(Ability fault)
    {
        var entry = await Payment();
        var connector = Connect();
        await InjectOnEntry(fault);

        var outcome = Assert.Single(await connector.Send([entry], Log, CancellationToken.None));

        // A connector may log in again by itself; it must not call the entry in doubt.
        Assert.True(outcome is DeliveryOutcome.NotSent || (fault == Ability.SessionExpired && outcome is DeliveryOutcome.Accepted), outcome.ToString());
        if (outcome is DeliveryOutcome.NotSent) await SendOne<DeliveryOutcome.Accepted>(connector, entry);
        Assert.Equal(1, await LedgerCount(entry.Key));
    }

    [Fact]
    public async Task An_entry_on_an_account_nobody_named_or_the_system_does_not_know_is_refused()
    {
        var entry = await Payment();
        var unnamed = entry with { Lines = [.. entry.Lines.Select(line => line.CustomerCode.Length > 0 ? line : line with { LedgerAccount = "no-such-ledger-account" })] };
        var unknown = entry with { Lines = [.. entry.Lines.Select(line => line.CustomerCode.Length > 0 ? line : line with { Account = UnknownAccount })] };

        Refused(await SendOne<DeliveryOutcome.Refused>(Connect(), unnamed), "account-rule-missing");
        Refused(await SendOne<DeliveryOutcome.Refused>(Connect(), unknown), "account-unknown");
        Assert.Equal(0, await LedgerCount(entry.Key));
    }

    [Fact]
    public async Task An_entry_for_a_customer_the_system_does_not_know_or_has_blocked_is_refused()
    {
        var code = CustomerCode();
        var unknown = Entry(EntryKind.Payment, UnknownCustomerId, code);
        var blocked = Entry(EntryKind.Payment, await Customer(code), code);
        await BlockCustomer(code);

        Refused(await SendOne<DeliveryOutcome.Refused>(Connect(), unknown), "customer-unknown");
        Refused(await SendOne<DeliveryOutcome.Refused>(Connect(), blocked), "customer-blocked");
        Assert.Equal((0, 0), (await LedgerCount(unknown.Key), await LedgerCount(blocked.Key)));
    }

    [Fact]
    public async Task An_entry_in_a_closed_month_is_refused_and_books_after_it_is_opened()
    {
        var entry = await Payment();
        await ClosePeriod(Month);

        Refused(await SendOne<DeliveryOutcome.Refused>(Connect(), entry), "period-closed");

        Assert.Equal(0, await LedgerCount(entry.Key));
        await OpenPeriod(Month);
        await SendOne<DeliveryOutcome.Accepted>(Connect(), entry);
    }

    [Fact]
    public async Task A_dimension_without_a_field_is_refused_on_entries_and_on_invoices()
    {
        var entry = Entry(EntryKind.ManualJournal, Sorted("bank-fees", 3m, UnmappedDimension, "1"), Ledger("cash-clearing", -3m));
        var line = new ErpLine("revenue", 100m, "Plan", "STD") { Dimensions = new Dictionary<string, string>(StringComparer.Ordinal) { [UnmappedDimension] = "1" } };
        var invoice = Document(await Customer(), lines: [line]);

        foreach (var document in (ErpDocument[])[entry, invoice])
        {
            Refused(await SendOne<DeliveryOutcome.Refused>(Connect(), document), "dimension-unmapped");
            Assert.Equal(0, await LedgerCount(document.Key));
        }
    }

    [Fact]
    public async Task A_bad_entry_in_the_middle_of_a_batch_leaves_the_others()
    {
        var code = CustomerCode();
        var customer = await Customer(code);
        ErpDocument[] documents =
        [
            Entry(EntryKind.Payment, customer, code), Document(customer, customer: code),
            Entry(EntryKind.ManualJournal, Ledger("bank-fees", 3m) with { Account = UnknownAccount }, Ledger("cash-clearing", -3m)),
            Entry(EntryKind.Payment, UnknownCustomerId, code),
            Entry(EntryKind.RevenueJournal, customer, code), Document(customer, net: -10m, customer: code),
        ];

        var outcomes = await Connect().Send(documents, Log, CancellationToken.None);

        foreach (var (index, document) in documents.Index())
        {
            if (index is 2 or 3) Assert.IsType<DeliveryOutcome.Refused>(outcomes[index]);
            else Assert.IsType<DeliveryOutcome.Accepted>(outcomes[index]);
            Assert.Equal(index is 2 or 3 ? 0 : 1, await LedgerCount(document.Key));
        }
    }

    [Fact]
    public async Task An_amount_with_more_decimals_than_its_currency_is_refused()
    {
        var customer = await Customer();
        ErpDocument[] documents =
        [
            Entry(EntryKind.ManualJournal, Ledger("bank-fees", 3.001m), Ledger("cash-clearing", -3.001m)),
            Document(customer, lines: [new ErpLine("revenue", 10.005m, "Usage", "EXEMPT")]),
        ];

        foreach (var outcome in await Connect().Send(documents, Log, CancellationToken.None))
            Assert.Equal("amount-not-whole", Assert.IsType<DeliveryOutcome.Refused>(outcome).Finding.Code);
    }

    [Fact]
    public async Task One_call_that_names_a_key_twice_is_a_mistake_of_the_caller()
    {
        var entry = await Payment();

        await Assert.ThrowsAsync<ArgumentException>(() => Connect().Send([entry, entry], Log, CancellationToken.None));

        Assert.Equal(0, await LedgerCount(entry.Key));
    }
}
