using Tieout.Connectors.Port;
using Tieout.Domain;
using Tieout.Domain.Posting;
using Tieout.Domain.Reconciliation;

namespace Tieout.Shell.Tests.Connectors;

/// <summary>
/// Journal entries that are no invoices: what they move, what they settle, and that taking one back leaves nothing. That each is
/// booked exactly once is in ConnectorConformance.EntryDelivery.cs.
/// </summary>
public abstract partial class ConnectorConformance
{
    /// <summary>
    /// What the system's own books say is still to be paid of an invoice or credit memo, below zero for a memo; null where the system's
    /// journals settle nothing by themselves.
    /// </summary>
    protected abstract Task<decimal?> StillOpen(string key);

    /// <summary>What the customers' lines of a booked entry refer to in the system's own books: the fields a person settles by.</summary>
    protected abstract Task<IReadOnlyList<string>> ReferencesOf(string key);

    /// <summary>A dimension with a value the system takes on a line of its ledger; null where the connector carries none at all.</summary>
    protected abstract (string Word, string Value)? Dimension { get; }

    /// <summary>What the system's own books hold as that dimension on the lines of a booked document; empty texts left out.</summary>
    protected abstract Task<IReadOnlyList<string>> DimensionsOf(string key);

    /// <summary>A dimension the target has no field for.</summary>
    protected virtual string UnmappedDimension => ErpDimension.Region;

    /// <summary>Whether one entry may name several customers.</summary>
    protected virtual bool SeveralCustomers => true;

    /// <summary>A currency that is not the company's and that the system knows.</summary>
    protected virtual Currency ForeignCurrency => Currency.Of("USD");

    [Theory]
    [InlineData(EntryKind.Payment)]
    [InlineData(EntryKind.Refund)]
    [InlineData(EntryKind.Dispute)]
    [InlineData(EntryKind.WriteOff)]
    [InlineData(EntryKind.RevenueJournal)]
    [InlineData(EntryKind.ManualJournal)]
    public async Task An_entry_of_any_kind_is_booked_once_found_and_read_back_with_what_it_moved(EntryKind kind)
    {
        var code = CustomerCode();
        var entry = Entry(kind, await Customer(code), code);

        var accepted = await SendOne<DeliveryOutcome.Accepted>(Connect(), entry);

        Assert.Equal(accepted.Document, (await LookUpOne<LookUpOutcome.Found>(entry)).Document);
        Assert.Equal(1, await LedgerCount(entry.Key));
        await AssertHeld(entry);
    }

    [Theory]
    [InlineData(EntryKind.Payment, 100, 119)]
    [InlineData(EntryKind.WriteOff, 100, 119)]
    [InlineData(EntryKind.Dispute, 100, 119)]
    [InlineData(EntryKind.Payment, 100, 50)]
    [InlineData(EntryKind.WriteOff, 100, 0.01)]
    [InlineData(EntryKind.Refund, -100, 119)]
    [InlineData(EntryKind.Refund, -100, 20)]
    public async Task What_an_entry_settles_is_open_by_so_much_less(EntryKind kind, int net, double settled)
    {
        var code = CustomerCode();
        var customer = await Customer(code);
        var invoice = Document(customer, net: net, customer: code);
        await SendOne<DeliveryOutcome.Accepted>(Connect(), invoice);
        var entry = Entry(kind, customer, code, (decimal)settled, settles: invoice.Key);

        await SendOne<DeliveryOutcome.Accepted>(Connect(), entry);

        await AssertOpen(invoice, Math.Sign(net) * (119m - (decimal)settled), entry);
        await AssertHeld(entry);
    }

    [Fact]
    public async Task Two_payments_in_part_settle_an_invoice_in_the_end()
    {
        var code = CustomerCode();
        var customer = await Customer(code);
        var invoice = Document(customer, customer: code);
        await SendOne<DeliveryOutcome.Accepted>(Connect(), invoice);
        var (first, second) = (Entry(EntryKind.Payment, customer, code, 50m, invoice.Key), Entry(EntryKind.Payment, customer, code, 69m, invoice.Key));

        await SendOne<DeliveryOutcome.Accepted>(Connect(), first);
        await AssertOpen(invoice, 69m, first);
        await SendOne<DeliveryOutcome.Accepted>(Connect(), second);

        await AssertOpen(invoice, 0m, second);
    }

    [Fact]
    public async Task One_payment_settles_two_invoices_pays_a_fee_and_leaves_the_rest_on_account()
    {
        var code = CustomerCode();
        var customer = await Customer(code);
        ErpInvoice[] invoices = [Document(customer, customer: code), Document(customer, customer: code)];
        Assert.All(await Connect().Send(invoices, Log, CancellationToken.None), outcome => Assert.IsType<DeliveryOutcome.Accepted>(outcome));
        var payment = Entry(
            EntryKind.Payment,
            Ledger("cash-clearing", 247m), Ledger("bank-fees", 3m),
            Owing(customer, code, -119m, invoices[0].Key), Owing(customer, code, -119m, invoices[1].Key), Owing(customer, code, -12m));

        await SendOne<DeliveryOutcome.Accepted>(Connect(), payment);

        foreach (var invoice in invoices) await AssertOpen(invoice, 0m, payment);
        await AssertHeld(payment);
    }

    [Fact]
    public async Task What_is_kept_for_paying_early_and_the_tax_in_it_stand_there_beside_the_money()
    {
        var code = CustomerCode();
        var customer = await Customer(code);
        var invoice = Document(customer, customer: code);
        await SendOne<DeliveryOutcome.Accepted>(Connect(), invoice);
        // What the discount costs is a line of its own like a bank's fee; the tax in it is one on the account of the invoice's tax.
        var payment = Entry(
            EntryKind.Payment,
            Ledger("cash-clearing", 116.62m), Ledger("bank-fees", 2.00m), Ledger("tax", 0.38m), Owing(customer, code, -119m, invoice.Key));

        await SendOne<DeliveryOutcome.Accepted>(Connect(), payment);

        await AssertOpen(invoice, 0m, payment);
        await AssertHeld(payment);
        var reversal = Reversal(payment);
        await SendOne<DeliveryOutcome.Accepted>(Connect(), reversal);
        await AssertHeld(reversal);
    }

    [Fact]
    public async Task Settling_an_invoice_the_system_does_not_hold_books_the_entry_or_nothing()
    {
        var code = CustomerCode();
        var entry = Entry(EntryKind.Payment, await Customer(code), code, 20m, settles: NextKey());

        var outcome = Assert.Single(await Connect().Send([entry], Log, CancellationToken.None));

        // Some settle in the booking itself, some afterwards; in no case may it be left in doubt.
        Assert.True(outcome is DeliveryOutcome.Accepted or DeliveryOutcome.Refused, outcome.ToString());
        Assert.Equal(outcome is DeliveryOutcome.Accepted ? 1 : 0, await LedgerCount(entry.Key));
    }

    [Theory]
    [InlineData(EntryKind.Payment)]
    [InlineData(EntryKind.Dispute)]
    [InlineData(EntryKind.RevenueJournal)]
    [InlineData(EntryKind.ManualJournal)]
    public async Task A_reversal_brings_every_account_back_and_is_booked_once_itself(EntryKind kind)
    {
        var code = CustomerCode();
        var entry = Entry(kind, await Customer(code), code);
        await SendOne<DeliveryOutcome.Accepted>(Connect(), entry);
        var reversal = Reversal(entry);

        await SendOne<DeliveryOutcome.Accepted>(Connect(), reversal);

        var (before, after) = (await Held(entry), await Held(reversal));
        foreach (var account in before.Movements.Concat(after.Movements).GroupBy(movement => movement.Account, StringComparer.Ordinal))
            Assert.Equal(0m, account.Sum(movement => movement.Amount));
        Assert.Equal(0m, before.Document.Total + after.Document.Total);
        await LookUpOne<LookUpOutcome.Found>(entry);
        if (KnowsKeysWhenSending) await SendOne<DeliveryOutcome.AlreadyPosted>(Connect(), reversal);
        Assert.Equal((1, 1), (await LedgerCount(entry.Key), await LedgerCount(reversal.Key)));
    }

    [Fact]
    public async Task An_invoice_is_taken_back_by_an_entry()
    {
        var code = CustomerCode();
        var customer = await Customer(code);
        var invoice = Document(customer, tax: "EXEMPT", customer: code);
        await SendOne<DeliveryOutcome.Accepted>(Connect(), invoice);
        var reversal = Entry(EntryKind.Reversal, Ledger("revenue", 100m), Owing(customer, code, -100m, invoice.Key)) with { Reverses = invoice.Key };

        await SendOne<DeliveryOutcome.Accepted>(Connect(), reversal);

        await AssertHeld(reversal);
        await AssertOpen(invoice, 0m, reversal);
    }

    [Fact]
    public async Task A_journal_of_several_lines_carries_its_dimensions()
    {
        if (Dimension is not { } dimension)
        {
            var none = Entry(EntryKind.ManualJournal, Sorted("bank-fees", 3m, ErpDimension.CostCenter, "1"), Ledger("cash-clearing", -3m));
            Refused(await SendOne<DeliveryOutcome.Refused>(Connect(), none), "dimension-unmapped");
            return;
        }
        var entry = Entry(
            EntryKind.ManualJournal,
            Sorted("bank-fees", 3m, dimension.Word, dimension.Value), Sorted("revenue", -1.50m, dimension.Word, dimension.Value),
            Ledger("revenue", -0.50m), Ledger("cash-clearing", -1m));

        await SendOne<DeliveryOutcome.Accepted>(Connect(), entry);

        await AssertHeld(entry);
        Assert.Equal([dimension.Value, dimension.Value], await DimensionsOf(entry.Key));
    }

    [Fact]
    public async Task An_invoice_carries_its_dimensions()
    {
        if (Dimension is not { } dimension) return; // refused, as the rule above has it for entries
        var customer = await Customer();
        var line = new ErpLine("revenue", 100m, "Plan", "STD") { Dimensions = new Dictionary<string, string>(StringComparer.Ordinal) { [dimension.Word] = dimension.Value } };
        var invoice = Document(customer, lines: [line]);

        await SendOne<DeliveryOutcome.Accepted>(Connect(), invoice);

        Assert.Equal([dimension.Value], await DimensionsOf(invoice.Key));
    }

    [Fact]
    public async Task An_account_chosen_by_a_rule_is_the_account_booked()
    {
        var target = CreateTarget();
        var entry = Entry(
            EntryKind.ManualJournal,
            Ledger("bank-fees", 3m) with { Account = target.Accounts["cash-clearing"] }, Ledger("revenue", -3m));

        await SendOne<DeliveryOutcome.Accepted>(Connect(), entry);

        Assert.Equal(3m, On(await Held(entry), target.Accounts["cash-clearing"]));
    }

    [Fact]
    public async Task Several_customers_stand_in_one_entry_or_it_is_refused()
    {
        var (one, other) = (CustomerCode(), CustomerCode());
        var entry = Entry(
            EntryKind.ManualJournal, Owing(await Customer(one), one, -30m), Owing(await Customer(other), other, 30m));

        if (!SeveralCustomers)
        {
            Refused(await SendOne<DeliveryOutcome.Refused>(Connect(), entry), "several-customers");
            return;
        }
        await SendOne<DeliveryOutcome.Accepted>(Connect(), entry);
        await LookUpOne<LookUpOutcome.Found>(entry);
        await AssertHeld(entry);
    }

    [Fact]
    public async Task An_entry_in_a_foreign_currency_is_read_back_in_its_own()
    {
        var code = CustomerCode();
        var entry = Entry(EntryKind.Payment, await Customer(code), code, 33.33m) with { Currency = ForeignCurrency };

        await SendOne<DeliveryOutcome.Accepted>(Connect(), entry);

        await LookUpOne<LookUpOutcome.Found>(entry);
        await AssertHeld(entry);
    }

    /// <summary>Each line was carried at a rate of its own; none of them is the rate of the day.</summary>
    [Fact]
    public async Task What_a_foreign_entry_comes_to_in_the_books_is_ours_to_the_cent_where_the_system_takes_it()
    {
        var target = CreateTarget();
        var entry = Entry(
            EntryKind.RevenueJournal, Ledger("deferred-revenue", 33.33m) with { InBooks = 30.01m }, Ledger("revenue", -20m) with { InBooks = -18.02m },
            Ledger("bank-fees", -13.33m) with { InBooks = -11.99m }) with
        { Currency = ForeignCurrency, Books = Currency };

        await SendOne<DeliveryOutcome.Accepted>(Connect(), entry);

        await LookUpOne<LookUpOutcome.Found>(entry);
        await AssertHeld(entry);
        var told = (await Held(entry)).Movements.ToDictionary(movement => movement.Account, movement => movement.InBooks, StringComparer.Ordinal);
        if (ErpConnectors.TakesAmountsInBooks(target.System))
            foreach (var line in entry.Lines) Assert.Equal(line.InBooks, told[target.Accounts[line.LedgerAccount]]);
        else Assert.All(told.Values, amount => Assert.True(amount is null || Math.Abs(amount.Value) is > 11m and < 31m));
    }

    [Theory]
    [InlineData("Grüße an Ømer & Søn <\"GmbH\">, 東京支店 🚀")]
    [InlineData("control \u0001\u0008 characters, a lone \ud83d surrogate and\r\nline breaks")]
    [InlineData("a text that goes on and on, far past what any field of any ledger was ever meant to hold, with a 🚀🚀🚀🚀🚀🚀🚀🚀 at every edge of it 🚀")]
    public async Task Any_text_posts_in_an_entry(string text)
    {
        var code = CustomerCode();
        var entry = Entry(EntryKind.Payment, await Customer(code), code);
        entry = entry with { Text = text, Lines = [.. entry.Lines.Select(line => line with { Text = text })] };

        await SendOne<DeliveryOutcome.Accepted>(Connect(), entry);

        await LookUpOne<LookUpOutcome.Found>(entry);
    }

    [Fact]
    public async Task Entries_and_invoices_are_read_back_together_page_by_page()
    {
        var code = CustomerCode();
        var customer = await Customer(code);
        List<ErpDocument> documents = [];
        for (var number = 1; number <= MoreThanAPage; number++)
            documents.Add(number % 2 == 0 ? Document(customer, net: number, customer: code) : Entry(EntryKind.Payment, customer, code, number));
        foreach (var batch in documents.Chunk(20))
            Assert.All(await Connect().Send(batch, Log, CancellationToken.None), outcome => Assert.IsType<DeliveryOutcome.Accepted>(outcome));

        List<BookDocument> read = [];
        await foreach (var one in Connect().ReadDocuments(new ReadScope([Series], Month), CancellationToken.None)) read.Add(one.Document);
        var held = read.ToLookup(document => document.Key, StringComparer.Ordinal);

        foreach (var document in documents)
            Assert.Equal(document is ErpInvoice invoice ? Book(invoice) : Book((ErpEntry)document), Assert.Single(held[document.Key]) with { Number = "" });
    }

    // ---- Entries to send --------------------------------------------------------------------------------------------

    /// <summary>An entry of a kind in its usual shape; journals name no customer.</summary>
    protected ErpEntry Entry(EntryKind kind, string customer, string code, decimal amount = 40m, string settles = "", string? key = null)
    {
        ErpEntryLine[] lines = kind switch
        {
            EntryKind.Payment => [Ledger("cash-clearing", amount), Owing(customer, code, -amount, settles)],
            EntryKind.Refund => [Owing(customer, code, amount, settles), Ledger("cash-clearing", -amount)],
            EntryKind.WriteOff => [Ledger("bad-debt", amount), Owing(customer, code, -amount, settles)],
            EntryKind.Dispute => [Owing(customer, code, amount) with { LedgerAccount = "disputed-receivable" }, Owing(customer, code, -amount, settles)],
            EntryKind.RevenueJournal => [Ledger("deferred-revenue", amount), Ledger("revenue", -amount)],
            _ => [Ledger("bank-fees", amount), Ledger("fx-gain-loss", -amount / 4m), Ledger("cash-clearing", -amount * 3m / 4m)],
        };
        return Entry(kind, lines) with { Key = key ?? NextKey() };
    }

    /// <summary>An entry of the first of the month.</summary>
    protected ErpEntry Entry(EntryKind kind, params ErpEntryLine[] lines) =>
        new(kind, NextKey(), Currency, Month.FirstDay, $"Conformance {Words.Of(kind)}", lines);

    /// <summary>The same lines the other way round.</summary>
    protected ErpEntry Reversal(ErpEntry entry) => new(
        EntryKind.Reversal, NextKey(), entry.Currency, entry.Date, $"Reversal of {entry.Key}",
        [.. entry.Lines.Select(line => line with { Amount = -line.Amount, Settles = "" })])
    {
        Reverses = entry.Key,
    };

    protected static ErpEntryLine Ledger(string account, decimal amount) => new(account, amount, $"On {account}");

    protected static ErpEntryLine Owing(string customer, string code, decimal amount, string settles = "") =>
        new("receivable", amount, "What the customer owes") { CustomerCode = code, ErpCustomerId = customer, Settles = settles };

    private static ErpEntryLine Sorted(string account, decimal amount, string dimension, string value) =>
        Ledger(account, amount) with { Dimensions = new Dictionary<string, string>(StringComparer.Ordinal) { [dimension] = value } };

    /// <summary>An entry as our own book has it, still without the ERP's number.</summary>
    protected BookDocument Book(ErpEntry entry)
    {
        var customers = entry.Lines.Where(line => line.CustomerCode.Length > 0).ToList();
        return new BookDocument(
            entry.Key, "", customers.Count == 1 ? customers[0].CustomerCode : "", entry.Currency.Code, 0m, 0m, entry.Owed, AccountingMonth.Of(entry.Date));
    }

    private async Task AssertHeld(ErpEntry entry)
    {
        var target = CreateTarget();
        var held = await Held(entry);
        Assert.Equal(Book(entry), held.Document with { Number = "" });
        Assert.NotEmpty(held.Document.Number);
        Assert.All(held.Movements, movement => Assert.Equal(entry.Currency.Code, movement.Currency));
        var expected = entry.Lines.GroupBy(line => target.AccountOf(line.LedgerAccount, line.Account), StringComparer.Ordinal)
            .ToDictionary(account => account.Key, account => account.Sum(line => line.Amount), StringComparer.Ordinal);
        foreach (var (account, amount) in expected) Assert.Equal(amount, On(held, account));
        Assert.Equal(0m, held.Movements.Where(movement => !expected.ContainsKey(movement.Account)).Sum(movement => Math.Abs(movement.Amount)));
    }

    private async Task AssertOpen(ErpInvoice invoice, decimal open, ErpEntry by)
    {
        if (await StillOpen(invoice.Key) is null)
        {
            Assert.Contains(invoice.Key, await ReferencesOf(by.Key));
            return;
        }
        // Where settling is a second call, the system may take its time for it.
        await Eventually(async () => await StillOpen(invoice.Key) == open);
    }

    private async Task<HeldDocument> Held(ErpEntry entry) =>
        await HeldUnder(entry.Key, new ReadScope([Series], Month)) ?? throw new InvalidOperationException($"{entry.Key} was not read back.");
}
