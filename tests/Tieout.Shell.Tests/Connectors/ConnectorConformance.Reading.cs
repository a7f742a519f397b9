using System.Text;
using Tieout.Connectors.Port;
using Tieout.Domain;
using Tieout.Domain.Posting;
using Tieout.Domain.Reconciliation;

namespace Tieout.Shell.Tests.Connectors;

/// <summary>Customers, content, read-back and evidence.</summary>
public abstract partial class ConnectorConformance
{
    [Fact]
    public async Task A_customer_is_created_once_and_found_ever_after()
    {
        var code = CustomerCode();
        var first = await Customer(code);

        Assert.Equal(first, await Customer(code));
    }

    [Fact]
    public async Task Many_customers_answer_in_the_order_asked_and_a_code_given_twice_is_one_customer()
    {
        ErpCustomer[] customers = [.. Enumerable.Range(0, 60).Select(_ => new ErpCustomer(CustomerCode(), "Example Works Ltd", "DE", Currency.Code))];
        var known = await Customer(customers[40].Code);

        var outcomes = await Connect().EnsureCustomers([.. customers, customers[0]], Log, CancellationToken.None);

        var ids = outcomes.Select(outcome => Assert.IsType<CustomerOutcome.Present>(outcome).ErpId).ToList();
        Assert.Equal(known, ids[40]);
        Assert.Equal(ids[0], ids[^1]);
        Assert.Equal(60, ids.Distinct(StringComparer.Ordinal).Count());
    }

    [Theory]
    [InlineData("Grüße an Ømer & Søn <\"GmbH\">, 東京支店 🚀")]
    [InlineData("control \u0001\u0008 characters, a lone \ud83d surrogate and\r\nline breaks")]
    [InlineData("a text that goes on and on, far past what any field of any ledger was ever meant to hold, with a 🚀🚀🚀🚀🚀🚀🚀🚀 at every edge of it 🚀")]
    public async Task Any_text_posts(string text)
    {
        var customer = await Customer(name: text);
        var document = Document(customer, lines: [new ErpLine("revenue", 100m, text, "STD")]);

        await SendOne<DeliveryOutcome.Accepted>(Connect(), document);
        await LookUpOne<LookUpOutcome.Found>(document);
    }

    [Fact]
    public async Task An_exempt_invoice_posts_without_tax()
    {
        var code = CustomerCode();
        var document = Document(await Customer(code), tax: "EXEMPT", customer: code);

        await SendOne<DeliveryOutcome.Accepted>(Connect(), document);

        await LookUpOne<LookUpOutcome.Found>(document);
        Assert.Equal(Book(document), (await Held(document)).Document with { Number = "" });
    }

    [Fact]
    public async Task Deferred_and_immediate_lines_stand_on_their_own_accounts()
    {
        var code = CustomerCode();
        var target = CreateTarget();
        var document = Document(
            await Customer(code), customer: code,
            lines: [new ErpLine("revenue", 30m, "Set-up", "STD"), new ErpLine("deferred-revenue", 120m, "Annual plan", "STD")]);

        await SendOne<DeliveryOutcome.Accepted>(Connect(), document);

        var held = await Held(document);
        Assert.Equal(Book(document), held.Document with { Number = "" });
        Assert.Equal(-30m, On(held, target.Accounts["revenue"]));
        Assert.Equal(-120m, On(held, target.Accounts["deferred-revenue"]));
        Assert.Equal(-28.50m, On(held, target.Accounts["tax"]));
        Assert.Equal(178.50m, On(held, target.Accounts["receivable"]));
    }

    [Fact]
    public async Task Everything_is_read_back_page_by_page()
    {
        var code = CustomerCode();
        var customer = await Customer(code);
        var documents = Enumerable.Range(1, MoreThanAPage).Select(number => Document(customer, net: number, customer: code)).ToList();
        foreach (var batch in documents.Chunk(20))
            Assert.All(await Connect().Send(batch, Log, CancellationToken.None), outcome => Assert.IsType<DeliveryOutcome.Accepted>(outcome));

        // Other rules leave their documents in the same books, some of them twice on purpose: only ours count.
        List<BookDocument> read = [];
        await foreach (var one in Connect().ReadDocuments(new ReadScope([Series], Month), CancellationToken.None)) read.Add(one.Document);
        var held = read.ToLookup(document => document.Key, StringComparer.Ordinal);

        foreach (var document in documents) Assert.Equal(Book(document), Assert.Single(held[document.Key]) with { Number = "" });
        Assert.All(documents, document => Assert.NotEmpty(held[document.Key].Single().Number));
    }

    [Fact]
    public async Task Another_series_and_another_month_are_not_read()
    {
        var document = Document(await Customer());
        await SendOne<DeliveryOutcome.Accepted>(Connect(), document);

        Assert.Null(await Held(document, new ReadScope(["ZZ-"], Month)));
        Assert.Null(await Held(document, new ReadScope([Series], AccountingMonth.Of(Month.FirstDay.AddMonths(1)))));
        Assert.Null(await Held(document, new ReadScope([], Month)));
    }

    [Fact]
    public async Task Movements_are_what_the_documents_moved()
    {
        var target = CreateTarget();
        var before = await Connect().ReadMovements(Month, CancellationToken.None);
        await SendOne<DeliveryOutcome.Accepted>(Connect(), Document(await Customer(), net: 200m));

        var after = await Connect().ReadMovements(Month, CancellationToken.None);

        decimal Moved(string account) => Sum(after, target.Accounts[account]) - Sum(before, target.Accounts[account]);
        Assert.Equal(238m, Moved("receivable"));
        Assert.Equal(-200m, Moved("revenue"));
        Assert.Equal(-38m, Moved("tax"));
        decimal Sum(IReadOnlyList<AccountMovement> movements, string account) =>
            movements.Where(movement => movement.Account == account && movement.Currency == Currency.Code).Sum(movement => movement.Amount);
    }

    [Fact]
    public async Task A_question_answered_with_nonsense_is_no_answer_and_never_absence()
    {
        var document = Document(await Customer());
        await SendOne<DeliveryOutcome.Accepted>(Connect(), document);

        await Inject(Ability.UnreadableQuestion);
        await LookUpOne<LookUpOutcome.NoAnswer>(document);

        await Inject(Ability.UnreadableQuestion);
        await Assert.ThrowsAsync<ReadBackException>(() => Held(document));
    }

    [Fact]
    public async Task Each_exchange_is_kept_with_question_and_answer_and_without_the_password()
    {
        var target = CreateTarget();
        var document = Document(await Customer());
        await SendOne<DeliveryOutcome.Accepted>(Connect(), document);
        await LookUpOne<LookUpOutcome.Found>(document);

        Assert.All(Log.Exchanges, exchange => Assert.True(exchange.Ended && exchange.Request.Length > 0, exchange.Operation));
        Assert.Contains(Log.Exchanges, exchange => Contains(exchange.Request, document.Key) && exchange.Answer.Length > 0);
        Assert.DoesNotContain(target.Password, Log.AllText, StringComparison.Ordinal);
        Assert.DoesNotContain(Convert.ToBase64String(Encoding.UTF8.GetBytes($"{target.User}:{target.Password}")), Log.AllText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_recorded_is_not_sent()
    {
        var document = Document(await Customer());

        await Assert.ThrowsAsync<IOException>(() => Connect().Send([document], new BrokenExchangeLog(), CancellationToken.None));

        Assert.Equal(0, await LedgerCount(document.Key));
    }

    [Fact]
    public async Task Cancelling_throws()
    {
        var document = Document(await Customer());

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Connect().Send([document], Log, new CancellationToken(canceled: true)));

        Assert.Equal(0, await LedgerCount(document.Key));
    }

    /// <summary>A document as our own book has it, still without the ERP's number.</summary>
    protected BookDocument Book(ErpInvoice document) => new(
        document.Key, "", document.CustomerCode, document.Currency.Code, document.Net, document.Tax, document.Total, Month);

    private async Task<HeldDocument> Held(ErpInvoice document) =>
        await Held(document, new ReadScope([Series], Month)) ?? throw new InvalidOperationException($"{document.Key} was not read back.");

    private Task<HeldDocument?> Held(ErpInvoice document, ReadScope scope) => HeldUnder(document.Key, scope);

    private async Task<HeldDocument?> HeldUnder(string key, ReadScope scope)
    {
        HeldDocument? found = null;
        await foreach (var held in Connect().ReadDocuments(scope, CancellationToken.None))
            if (held.Document.Key == key) found = held;
        return found;
    }

    private static decimal On(HeldDocument held, string account) => held.Movements.Where(movement => movement.Account == account).Sum(movement => movement.Amount);
}
