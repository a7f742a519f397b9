using Tieout.Connectors.Port;
using Tieout.Domain.Invoicing;
using Tieout.Domain.Posting;

namespace Tieout.Shell.Tests.Connectors;

/// <summary>Credit memos, documents that charge and credit at once, and several taxes on one document.</summary>
public abstract partial class ConnectorConformance
{
    [Fact]
    public async Task A_credit_memo_is_booked_once_and_read_back_below_zero_in_its_month()
    {
        var code = CustomerCode();
        var customer = await Customer(code);
        var invoice = Document(customer, customer: code);
        var memo = Document(customer, net: -40m, customer: code) with { Corrects = [invoice.Key] };
        Assert.Equal(DocumentKind.CreditMemo, memo.Kind);
        await SendOne<DeliveryOutcome.Accepted>(Connect(), invoice);

        var accepted = await SendOne<DeliveryOutcome.Accepted>(Connect(), memo);

        Assert.Equal(accepted.Document, (await LookUpOne<LookUpOutcome.Found>(memo)).Document);
        Assert.Equal(1, await LedgerCount(memo.Key));
        var held = await Held(memo);
        Assert.Equal(Book(memo), held.Document with { Number = "" });
        Assert.Equal((-40m, -7.60m, -47.60m), (held.Document.Net, held.Document.Tax, held.Document.Total));
        var target = CreateTarget();
        Assert.Equal(40m, On(held, target.Accounts["revenue"]));
        Assert.Equal(7.60m, On(held, target.Accounts["tax"]));
        Assert.Equal(-47.60m, On(held, target.Accounts["receivable"]));
    }

    [Fact]
    public async Task A_credit_memo_sent_again_is_known_and_with_other_content_or_turned_round_it_is_refused()
    {
        var customer = await Customer();
        var memo = Document(customer, net: -40m);
        await SendOne<DeliveryOutcome.Accepted>(Connect(), memo);

        if (KnowsKeysWhenSending) await SendOne<DeliveryOutcome.AlreadyPosted>(Connect(), memo);
        foreach (var other in (ErpInvoice[])[Document(customer, memo.Key, net: -41m), Document(customer, memo.Key, net: 40m)])
        {
            Assert.Equal("key-taken", (await LookUpOne<LookUpOutcome.Conflict>(other)).Finding.Code);
            if (KnowsKeysWhenSending) Assert.Equal("key-taken", (await SendOne<DeliveryOutcome.Refused>(Connect(), other)).Finding.Code);
        }
        Assert.Equal(1, await LedgerCount(memo.Key));
    }

    [Fact]
    public async Task Silence_after_a_credit_memo_was_booked_is_found_and_not_booked_again()
    {
        var memo = Document(await Customer(), net: -25m);
        var connector = await ConnectImpatient();
        await Inject(Ability.SilenceAfterCommit);

        await SendOne<DeliveryOutcome.NoAnswer>(connector, memo);

        await LookUpOne<LookUpOutcome.Found>(memo);
        Assert.Equal(1, await LedgerCount(memo.Key));
    }

    [Theory]
    [InlineData(120, -50)] // an invoice that takes back part of an earlier one
    [InlineData(50, -120)] // more is taken back than charged: a credit memo
    public async Task A_document_may_charge_and_credit_at_once(int charged, int credited)
    {
        var code = CustomerCode();
        var target = CreateTarget();
        var document = Document(
            await Customer(code), customer: code,
            lines: [new ErpLine("deferred-revenue", charged, "Annual plan", "STD"), new ErpLine("revenue", credited, "Corrected: set-up", "STD")]);

        await SendOne<DeliveryOutcome.Accepted>(Connect(), document);

        var held = await Held(document);
        Assert.Equal(Book(document), held.Document with { Number = "" });
        Assert.Equal(-charged, On(held, target.Accounts["deferred-revenue"]));
        Assert.Equal(-credited, On(held, target.Accounts["revenue"]));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public async Task Two_tax_codes_stand_on_one_document(int sign)
    {
        var code = CustomerCode();
        var target = CreateTarget();
        var document = Document(
            await Customer(code), customer: code,
            lines: [new ErpLine("revenue", 100m * sign, "Plan", "STD"), new ErpLine("revenue", 50m * sign, "Export", "EXEMPT"), new ErpLine("revenue", 0.13m * sign, "Usage", "STD")]);
        Assert.Equal(2, document.Taxes.Count);

        await SendOne<DeliveryOutcome.Accepted>(Connect(), document);

        await LookUpOne<LookUpOutcome.Found>(document);
        var held = await Held(document);
        Assert.Equal(Book(document), held.Document with { Number = "" });
        Assert.Equal(150.13m * sign, held.Document.Net);
        Assert.Equal(-19.02m * sign, On(held, target.Accounts["tax"]));
    }

    [Fact]
    public async Task A_batch_of_invoices_and_credit_memos_gets_each_its_own_outcome()
    {
        var customer = await Customer();
        var bad = Document(customer, lines: [new ErpLine("no-such-ledger-account", -10m, "Text", "STD")]);
        ErpInvoice[] documents = [Document(customer), Document(customer, net: -30m), bad, Document(customer, net: -20m), Document(customer)];

        var outcomes = await Connect().Send(documents, Log, CancellationToken.None);

        Refused(outcomes[2], "account-rule-missing");
        foreach (var index in (int[])[0, 1, 3, 4])
        {
            Assert.IsType<DeliveryOutcome.Accepted>(outcomes[index]);
            Assert.Equal(1, await LedgerCount(documents[index].Key));
        }
    }
}
