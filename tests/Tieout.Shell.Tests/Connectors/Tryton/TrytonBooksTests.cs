using System.Text.Json.Nodes;
using Tieout.Connectors.Port;
using Tieout.Domain;
using Tieout.Domain.Exceptions;
using Tieout.Domain.Posting;

namespace Tieout.Shell.Tests.Connectors.Tryton;

/// <summary>The real ERP's own rules: rounding, dates, periods, warnings, currencies.</summary>
public sealed class TrytonBooksTests(TrytonFixture tryton) : TrytonStory(tryton)
{
    private static readonly DateOnly Past = new(2025, 3, 3);
    private static readonly DateOnly Coming = new(2027, 2, 8);

    [Theory]
    [InlineData("DE", "1.50", "0.29", "0.28")] // 19 % of 1.50 is 0.285
    [InlineData("US", "2.00", "0.15", "0.14")] // 7.25 % of 2.00 is 0.145
    public async Task The_half_cent_is_ours_when_forced_and_the_ERPs_when_computed(string company, string net, string ours, string theirs)
    {
        var customer = await Customer("C-STORY");
        var amount = decimal.Parse(net, System.Globalization.CultureInfo.InvariantCulture);
        var (forced, computed) = (Document(company, customer, Past, amount), Document(company, customer, Past, amount));

        await Send<DeliveryOutcome.Accepted>(Connect(company), forced);
        var computing = Connect(company, ("tax-amounts", "computed"));
        await Send<DeliveryOutcome.Accepted>(computing, computed);

        Assert.Equal(ours, (await Held(computing, forced)).Document.Tax.ToString(System.Globalization.CultureInfo.InvariantCulture));
        var held = await Held(computing, computed);
        Assert.Equal(theirs, held.Document.Tax.ToString(System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal(-held.Document.Tax, held.Movements.Single(movement => movement.Account == "2100").Amount);
        // Posted is posted: the cent is for tie-out to show, not a reason to take it for another document.
        await LookUp<LookUpOutcome.Found>(computing, computed);
        await Send<DeliveryOutcome.AlreadyPosted>(computing, computed);
    }

    [Fact]
    public async Task An_invoice_overdue_by_years_posts_without_a_question_and_leaves_no_answer_behind()
    {
        var customer = await Customer("C-STORY");
        ErpInvoice[] documents = [Document("US", customer, Past), Document("US", customer, Past)];

        Assert.All(await Connect("US").Send(documents, Log, CancellationToken.None), outcome => Assert.IsType<DeliveryOutcome.Accepted>(outcome));

        Assert.Equal(0, (await Erp.Call("admin", "res.user.warning.search_count", new JsonArray())).GetInt32());
    }

    [Fact]
    public async Task An_earlier_date_after_a_later_one_takes_the_latest_accounting_date_and_keeps_its_own()
    {
        var customer = await Customer("C-STORY");
        var connector = Connect("US");
        await Send<DeliveryOutcome.Accepted>(connector, Document("US", customer, new DateOnly(2025, 9, 9)));
        var earlier = Document("US", customer, new DateOnly(2025, 8, 1));

        await Send<DeliveryOutcome.Accepted>(connector, earlier);

        Assert.Equal(new AccountingMonth(2025, 9), (await Held(connector, earlier)).Document.Month);
        await LookUp<LookUpOutcome.Found>(connector, earlier);
    }

    [Fact]
    public async Task An_earlier_date_is_refused_where_dates_stay_as_invoiced()
    {
        var customer = await Customer("C-STORY");
        var connector = Connect("US", ("accounting-date", "as-invoiced"));
        await Send<DeliveryOutcome.Accepted>(Connect("US"), Document("US", customer, new DateOnly(2025, 9, 10)));
        ErpInvoice[] documents = [Document("US", customer, new DateOnly(2025, 9, 11)), Document("US", customer, new DateOnly(2025, 9, 1))];

        var outcomes = await connector.Send(documents, Log, CancellationToken.None);

        Assert.Equal("date-order", Assert.IsType<DeliveryOutcome.Refused>(outcomes[1]).Finding.Code);
        Assert.IsType<DeliveryOutcome.Accepted>(outcomes[0]);
        Assert.Empty(await Erp.Invoices(documents[1].Key));
    }

    [Fact]
    public async Task A_closed_month_refuses_its_own_documents_only_and_leaves_no_drafts()
    {
        var customer = await Customer("C-STORY");
        var connector = Connect("US");
        var march = new AccountingMonth(2027, 3);
        ErpInvoice[] documents =
        [
            Document("US", customer, new DateOnly(2027, 3, 10)), Document("US", customer, Coming), Document("US", customer, new DateOnly(2027, 3, 11)),
        ];
        await Erp.ClosePeriod("US", march);

        var outcomes = await connector.Send(documents, Log, CancellationToken.None);

        Assert.IsType<DeliveryOutcome.Accepted>(outcomes[1]);
        foreach (var index in (int[])[0, 2])
        {
            var finding = Assert.IsType<DeliveryOutcome.Refused>(outcomes[index]).Finding;
            Assert.Equal(("period-closed", ExceptionCategory.Business), (finding.Code, finding.Category));
            Assert.Contains("you must create a period", finding.Technical, StringComparison.Ordinal);
            Assert.Empty(await Erp.Invoices(documents[index].Key));
        }
        await Erp.OpenPeriod("US", march);
        await Send<DeliveryOutcome.Accepted>(connector, documents[0]);
        await A_month_whose_journal_stays_closed_says_so(connector, documents[2], march);
    }

    private async Task A_month_whose_journal_stays_closed_says_so(IErpConnector connector, ErpInvoice document, AccountingMonth month)
    {
        await Erp.ClosePeriod("US", month);
        await Erp.OpenPeriodOnly("US", month);

        var finding = (await Send<DeliveryOutcome.Refused>(connector, document)).Finding;

        Assert.Equal("period-closed", finding.Code);
        Assert.Contains("journal", finding.Cause, StringComparison.Ordinal);
        await Erp.OpenPeriod("US", month);
        await Send<DeliveryOutcome.Accepted>(connector, document);
    }

    [Fact]
    public async Task A_document_the_ERP_refuses_does_not_take_good_ones_with_it()
    {
        var customer = await Customer("C-STORY");
        var target = Erp.Target("DE");
        // 2210 is a liability: Tryton takes only revenue and deposit accounts on a line, and refuses the whole call.
        var connector = Connect(target with
        {
            Accounts = new Dictionary<string, string>(target.Accounts, StringComparer.Ordinal) { ["deferred-revenue"] = "2210" },
        });
        ErpInvoice[] documents =
        [
            Document("DE", customer, Coming), Document("DE", customer, Coming),
            Document("DE", customer, Coming, ledger: "deferred-revenue"), Document("DE", customer, Coming),
        ];

        var outcomes = await connector.Send(documents, Log, CancellationToken.None);

        Assert.Equal("account-not-allowed", Assert.IsType<DeliveryOutcome.Refused>(outcomes[2]).Finding.Code);
        foreach (var index in (int[])[0, 1, 3]) Assert.IsType<DeliveryOutcome.Accepted>(outcomes[index]);
    }

    [Fact]
    public async Task What_the_ERP_would_book_in_silence_is_refused_before_it_is_sent()
    {
        var document = Document("DE", await Customer("C-STORY"), Coming, tax: "OLD");
        Erp.Proxy.Forget();

        Assert.Equal("tax-expired", (await Send<DeliveryOutcome.Refused>(Connect("DE"), document)).Finding.Code);

        Assert.DoesNotContain("account.invoice.create", Erp.Proxy.Methods);
    }

    [Fact]
    public async Task What_was_mended_in_the_ERP_is_seen_at_the_next_try()
    {
        var connector = Connect("DE");
        var document = Document("DE", await Customer("C-STORY"), Coming) with { TermDays = 45, DueDate = Coming.AddDays(45) };
        Assert.Equal("payment-term-unknown", (await Send<DeliveryOutcome.Refused>(connector, document)).Finding.Code);

        await Erp.Call("admin", "account.invoice.payment_term.create", JsonNode.Parse(
            """[{"name":"Net 45","lines":[["create",[{"type":"remainder","relativedeltas":[["create",[{"days":45}]]]}]]]}]"""));

        await Send<DeliveryOutcome.Accepted>(connector, document);
    }

    [Fact]
    public async Task An_invoice_in_another_currency_is_read_back_in_its_own()
    {
        var connector = Connect("DE");
        var document = Document("DE", await Customer("C-STORY"), Coming, currency: "GBP");

        await Send<DeliveryOutcome.Accepted>(connector, document);

        var held = await Held(connector, document);
        Assert.Equal(("GBP", 100m, 19m, 119m), (held.Document.Currency, held.Document.Net, held.Document.Tax, held.Document.Total));
        Assert.Equal(
            [("1100", "GBP", 119m), ("2100", "GBP", -19m), ("4000", "GBP", -100m)],
            held.Movements.Select(movement => (movement.Account, movement.Currency, movement.Amount)).Order());
    }

    [Fact]
    public async Task A_customer_without_an_address_gets_one()
    {
        await Erp.Call("admin", "party.party.create", JsonNode.Parse("""[{"name":"Bare Ltd","code":"C-BARE","addresses":[]}]"""));

        var id = await Customer("C-BARE");

        await Send<DeliveryOutcome.Accepted>(Connect("DE"), Document("DE", id, Coming));
    }

    [Fact]
    public async Task An_invoice_somebody_cancelled_is_neither_found_nor_absent()
    {
        var document = Document("DE", await Customer("C-STORY"), Coming);
        var connector = Connect("DE");
        Erp.Proxy.Next("account.invoice.post", WireFault.ServerError);
        await Send<DeliveryOutcome.NoAnswer>(connector, document);
        var draft = (await Erp.Invoices(document.Key)).Single().GetProperty("id").GetInt64();
        await Erp.Call("admin", "account.invoice.cancel", new JsonArray(draft));

        Assert.Equal("reversed-in-erp", (await LookUp<LookUpOutcome.Conflict>(connector, document)).Finding.Code);
        Assert.Equal("reversed-in-erp", (await Send<DeliveryOutcome.Refused>(connector, document)).Finding.Code);
    }
}
