using System.Globalization;
using System.Text;
using System.Text.Json;
using Npgsql;
using Tieout.Application.Banks;
using Tieout.Application.Invoicing;
using Tieout.Application.Journals;
using Tieout.Application.Ledger;
using Tieout.Application.Mapping;
using Tieout.Application.Payments;
using Tieout.Application.Statements;
using Tieout.Domain;
using Tieout.Domain.Mapping;
using Tieout.Shell.Tests.Database;
using Tieout.Shell.Tests.Gateways;
using Tieout.Shell.Tests.Ledger;
using Tieout.Shell.Tests.Payments;

namespace Tieout.Shell.Tests.Statements;

/// <summary>
/// The company US keeps two accounts in dollars, of which its invoices name the first, and the company DE keeps one in euros. C-1 owes US two
/// invoices of 10.74 dollars, C-2 owes DE two of 11.92 euros.
/// </summary>
public sealed class BankAccountStories(PostgresFixture postgres)
{
    private const string Main = "DE89370400440532013000";
    private const string Ops = "021000021-4477";
    private const string Euro = "FR1420041010050500013M02606";
    private const string Payer = "GB29NWBK60161331926819";
    private const string German = "DE75512108001245126199";

    private static CancellationToken None => CancellationToken.None;

    [Fact]
    public async Task Money_lies_on_the_bank_account_whose_statement_tells_it_and_an_accountant_can_read_it()
    {
        await using var books = await Books();
        var desk = new CashDesk(books.Source);
        (await new FindBankAccounts(books.Source).List(null, None)).Select(one => $"{one.LegalEntity} {one.Code} {one.Number} {one.Currency} {one.LedgerAccount} {one.LedgerNumber} {one.LedgerName}")
            .ShouldBe(
            [
                $"DE main {Euro} EUR cash-clearing 1100 Cash clearing",
                $"US main {Main} USD cash-clearing 1100 Cash clearing",
                $"US ops {Ops} USD cash-clearing.ops 1101 Bank account ops",
            ]);
        (await Import(books, Camt("M-1", Main, "USD", 18, 100, Credit(10.74m, "USD", "US-2026-0000001", Payer, 18)))).Matched.Booked.ShouldBe(1);
        (await Import(books, Camt("O-1", Ops, "USD", 18, 500, Credit(10.74m, "USD", "US-2026-0000002", Payer, 18)))).Matched.Booked.ShouldBe(1);
        (await Import(books, Camt("E-1", Euro, "EUR", 18, 900, Credit(11.92m, "EUR", "DE-2026-0000001", German, 18)))).Matched.Booked.ShouldBe(1);
        (await Trial(books, "US")).ShouldBe(["1100 Cash clearing 10.74 USD", "1101 Bank account ops 10.74 USD", "2200 Tax payable -1.46 USD", "4000 Revenue -20.02 USD"]);
        (await Trial(books, "DE")).ShouldBe(
            ["1100 Cash clearing 11.92 EUR", "1200 Accounts receivable 11.92 EUR", "2200 Tax payable -3.80 EUR", "2300 Deferred revenue -20.04 EUR"]);

        // The bank takes the second payment back, out of the account that it came to.
        (await Import(books, Camt("O-2", Ops, "USD", 20, 510.74m, Credit(-10.74m, "USD", "US-2026-0000002", Payer, 20)))).Matched.Booked.ShouldBe(1);
        (await desk.Balance("cash-clearing.ops")).ShouldBe(0m);
        (await desk.Open("US-2026-0000002")).ShouldBe(10.74m);
        // Its lines are asked for as those of any account; one of another legal entity has none.
        var lines = (await new ReadAccount(books.Source, TimeProvider.System).Run(
            new AccountQuestion("US", "cash-clearing.ops", new AccountingMonth(2026, 12), new AccountingMonth(2026, 12)), 50, None)).ShouldBeOfType<LedgerAnswer.Account>();
        lines.Statement.Lines.Select(line => line.Amount.Amount).ShouldBe([10.74m, -10.74m]);
        (await new ReadAccount(books.Source, TimeProvider.System).Run(
            new AccountQuestion("DE", "cash-clearing.ops", new AccountingMonth(2026, 12), new AccountingMonth(2026, 12)), 50, None))
            .ShouldBeOfType<LedgerAnswer.Refused>().Code.ShouldBe("unknown-account");
        (await desk.Scalar<bool>("select not exists (select from ledger.turnover group by legal_entity_id, currency having sum(debit) <> sum(credit))")).ShouldBeTrue();
    }

    [Fact]
    public async Task What_is_missing_between_statements_is_told_account_by_account()
    {
        await using var books = await Books();
        await Import(books, Camt("S-1", Main, "USD", 18, 100, Credit(1m, "USD", "one", Payer, 18)));
        await Import(books, Camt("S-1", Ops, "USD", 18, 500, Credit(1m, "USD", "two", Payer, 18)));
        await Import(books, Camt("S-2", Ops, "USD", 19, 501, Credit(2m, "USD", "three", Payer, 19)));
        (await Cases(books)).ShouldBeEmpty();
        await Import(books, Camt("S-2", Main, "USD", 19, 150, Credit(3m, "USD", "four", Payer, 19)));
        (await Cases(books)).ShouldBe([$"{Main}|S-1|S-2"]);
    }

    [Theory]
    [InlineData("DE00000000000000000000", "USD", "unknown-account")]
    [InlineData(Ops, "EUR", "other-currency")]
    [InlineData("TWICE-1", "USD", "claimed-twice")]
    [InlineData("BOTH-1", "CHF", "other-currency")]
    [InlineData("BOTH-1", "EUR", "")]
    [InlineData("BOTH-1", "GBP", "")]
    public async Task A_statement_is_of_the_account_that_has_its_number_and_its_currency(string number, string currency, string refusal)
    {
        await using var books = await Books();
        // Two companies that claim one account cannot come by a door, only by a file of invoices' accounts.
        await books.Execute(
            """
            insert into cash.bank_account (legal_entity_id, code, number, currency, account, actor, reason)
            select id, 'twice', 'TWICE-1', 'USD', 'cash-clearing.twice', 'test', 'r' from customers.legal_entity
            """);
        Added(await Add(books, "DE", "both-eur", "BOTH-1", "EUR"));
        Added(await Add(books, "DE", "both-gbp", "BOTH-1", "GBP"));
        var outcome = await Take(books, Camt("S-1", number, currency, 18, 100, Credit(5m, currency, "thanks", Payer, 18)));
        if (refusal.Length > 0) outcome.ShouldBeOfType<StatementOutcome.Unreadable>().Problems[0].Code.ShouldBe(refusal);
        else outcome.ShouldBeOfType<StatementOutcome.Taken>().Answer.Statements.ShouldHaveSingleItem().Closing!.Value.ShouldBe(new Money(105m, Currency.Of(currency)));
        if (refusal.Length > 0) return;
        (await new FindLines(books.Source).List(null, null, 50, None)).ShouldHaveSingleItem().BankAccount.ShouldBe($"both-{currency.ToLowerInvariant()}");
        // The same number of a statement in the other currency is another one.
        var other = currency == "EUR" ? "GBP" : "EUR";
        (await Import(books, Camt("S-1", number, other, 18, 700, Credit(5m, other, "thanks", Payer, 18)))).Statements.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_closed_account_takes_nothing_of_a_later_day()
    {
        await using var books = await Books();
        var desk = new CashDesk(books.Source);
        await Import(books, Camt("O-1", Ops, "USD", 18, 500, Credit(5m, "USD", "thanks", Payer, 18)));
        (await Close(books, "ops", "2026-12-17")).ShouldBeOfType<BankAccountOutcome.Refused>().Problem.Code.ShouldBe("later-than-that");
        (await Close(books, "ops", "2026-12-19")).ShouldBeOfType<BankAccountOutcome.Done>().Account.ClosedOn.ShouldBe(new DateOnly(2026, 12, 19));
        (await Close(books, "ops", "2026-12-19")).ShouldBeOfType<BankAccountOutcome.Done>().Again.ShouldBeTrue();
        (await Close(books, "none", "2026-12-19")).ShouldBe(new BankAccountOutcome.NotFound("code"));
        var late = await Take(books, Camt("O-2", Ops, "USD", 20, 505, Credit(1m, "USD", "late", Payer, 20)));
        late.ShouldBeOfType<StatementOutcome.Unreadable>().Problems.ShouldHaveSingleItem().Code.ShouldBe("account-closed");
        // One of a day that was missing still comes; money of a later day does not.
        (await Import(books, Camt("O-0", Ops, "USD", 17, 499, Credit(1m, "USD", "early", Payer, 17)))).Statements.ShouldHaveSingleItem();
        CashDesk.Done(await desk.Pay("1.00", "\"bank-account\":\"ops\""));
        CashDesk.Why(await Pay(books, "2026-12-20", "ops")).ShouldBe("bank-account-closed received-on");
        CashDesk.Why(await Pay(books, "2026-12-15", "eur")).ShouldBe("unknown-bank-account bank-account");
        // Said again it is another day.
        (await Close(books, "ops", "2026-12-31")).ShouldBeOfType<BankAccountOutcome.Done>().Again.ShouldBeFalse();
        CashDesk.Done(await Pay(books, "2026-12-20", "ops"));
        // PostgreSQL holds the same.
        foreach (var wrong in new[]
        {
            "update cash.bank_account set closed_on = null where code = 'ops'", "update cash.bank_account set number = 'X123' where code = 'ops'",
            "delete from cash.bank_account where code = 'ops'", "insert into cash.bank_account_closing (bank_account_id, closed_on, actor, reason) select id, '2026-12-01', 'x', 'y' from cash.bank_account where code = 'ops'",
            "insert into cash.statement (id, legal_entity_id, number, name, currency, moved, entries, refused, actor, created_at, closing_on) select gen_random_uuid(), legal_entity_id, number, 'LATE', currency, 0, 0, 0, 't', now(), '2027-01-01' from cash.bank_account where code = 'ops'",
            "insert into cash.bank_account (legal_entity_id, code, number, currency, account, actor, reason) select legal_entity_id, 'b', 'B-1234', 'USD', 'cash-clearing.c', 'x', 'y' from cash.bank_account where code = 'ops'",
        })
            await Should.ThrowAsync<PostgresException>(() => books.Execute(wrong), wrong);
    }

    [Fact]
    public async Task A_payment_may_name_where_it_came_and_goes_back_and_is_disputed_there()
    {
        await using var books = await Books();
        var (desk, find) = (new CashDesk(books.Source), new FindPayments(books.Source));
        var paid = CashDesk.Done(await desk.Pay("30.00", "\"bank-account\":\"ops\",\"fee\":\"0.50\",\"invoices\":[{\"invoice\":\"US-2026-0000001\"}]"));
        Told(paid).ShouldBe("cash-clearing.ops 29.50, bank-fees 0.50, receivable -10.74, unapplied-cash -19.26");
        (await find.One(paid.Number, None))!.BankAccount.ShouldBe("ops");
        Told(CashDesk.Done(await desk.Refund($"\"payment\":\"{paid.Number}\"", "4.00"))).ShouldBe("unapplied-cash 4.00, cash-clearing.ops -4.00");
        Told(CashDesk.Done(await desk.Refund($"\"payment\":\"{paid.Number}\",\"bank-account\":\"main\"", "3.00"))).ShouldBe("unapplied-cash 3.00, cash-clearing -3.00");
        var dispute = CashDesk.Done(await desk.Dispute($"\"payment\":\"{paid.Number}\",\"amount\":\"2.00\""));
        Told(dispute).ShouldBe("disputed-receivable 2.00, cash-clearing.ops -2.00");
        Told(CashDesk.Done(await desk.Settle(dispute.Number, Domain.Cash.DisputeState.Won))).ShouldBe("cash-clearing.ops 2.00, disputed-receivable -2.00");
        CashDesk.Why(await desk.Refund($"\"payment\":\"{paid.Number}\",\"bank-account\":\"none\"", "1.00")).ShouldBe("unknown-bank-account bank-account");
        // Between two accounts of one company money is moved by hand; on one that is another's it never lies.
        var moved = CashDesk.Done(await Transfer(books, "US", "cash-clearing", "cash-clearing.ops"));
        Told(moved).ShouldBe("cash-clearing 5.00, cash-clearing.ops -5.00");
        CashDesk.Why(await Transfer(books, "DE", "cash-clearing", "cash-clearing.ops")).ShouldBe("unknown-bank-account lines[1].account");
        // Money for one company's invoice on another one's account is nobody's to book by itself.
        await Import(books, Camt("M-1", Main, "USD", 18, 100, Credit(11.92m, "USD", "DE-2026-0000001", German, 18)));
        var line = (await new FindLines(books.Source).List(null, null, 50, None)).ShouldHaveSingleItem();
        CashDesk.Why(await new DecideLine(books.Source, TimeProvider.System).Accept(
            line.Key, Json("""{"billing-account":"C-2","reason":"r","actor":"mara"}"""), actor: null, None)).ShouldBe("other-entity billing-account");
    }

    [Fact]
    public async Task A_refund_that_went_from_another_account_than_was_said_is_moved_there_and_that_goes_back_first()
    {
        await using var books = await Books();
        var desk = new CashDesk(books.Source);
        var paid = CashDesk.Done(await desk.Pay("30.00", "\"bank-account\":\"main\""));
        var refund = CashDesk.Done(await desk.Refund($"\"payment\":\"{paid.Number}\"", "4.00"));
        var (amount, entry) = Credit(-4m, "USD", refund.Number, Payer, 20);
        await Import(books, Camt("O-1", Ops, "USD", 20, 500, (amount, entry.Replace("<RvslInd>true</RvslInd>", "", StringComparison.Ordinal))));
        var line = (await new FindLines(books.Source).List(null, null, 50, None)).ShouldHaveSingleItem();
        CashDesk.Done(await new DecideLine(books.Source, TimeProvider.System).Accept(
            line.Key, Json($$"""{"proposal":"{{line.Proposals[0].Id}}","reason":"r","actor":"mara"}"""), actor: null, None)).Number.ShouldBe(refund.Number);
        (await desk.Balance("cash-clearing"), await desk.Balance("cash-clearing.ops")).ShouldBe((30m, -4m));

        CashDesk.Why(await desk.Reverse(refund.Number)).ShouldBe("stood-upon number");
        var moved = await desk.Scalar<string>(
            "select p.business_key from posting.posting p join ledger.journal_entry e on e.id = p.document_id where e.text = @text", new { text = $"{refund.Number} went from another bank account" });
        CashDesk.Done(await desk.Reverse(moved));
        CashDesk.Done(await desk.Reverse(refund.Number));
        (await desk.Balance("cash-clearing"), await desk.Balance("cash-clearing.ops")).ShouldBe((30m, 0m));
        (await new FindLines(books.Source).List(null, null, 50, None)).ShouldHaveSingleItem().State.ShouldBe("new");
    }

    [Fact]
    public async Task A_payout_lies_where_the_bank_says_it_came()
    {
        var (books, gateway) = await GatewayDesk.Open(postgres);
        await using var _ = books;
        var desk = new CashDesk(books.Source);
        await books.Execute($"update customers.legal_entity set iban = '{Main}' where code = 'US'");
        Added(await Add(books, "US", "ops", Ops, "USD"));
        await gateway.Import(StripeTalk.Movement("txn_1", "charge", "ch_9", 1000, 30, 15), "po_2");
        await gateway.Tell(StripeTalk.Charge("ch_9", 1000, 15), StripeTalk.Payout("po_2", 970, 18), StripeTalk.Payout("po_2", 970, 18, "failed", told: 21));
        (await desk.Balance("cash-clearing")).ShouldBe(0m); // there and back
        (await Import(books, Camt("O-1", Ops, "USD", 18, 500, Credit(9.70m, "USD", "STRIPE po_2", Payer, 18)))).Matched.Booked.ShouldBe(1);
        (await desk.Balance("cash-clearing"), await desk.Balance("cash-clearing.ops")).ShouldBe((-9.70m, 9.70m));
        (await Import(books, Camt("O-2", Ops, "USD", 21, 509.70m, Credit(-9.70m, "USD", "returned po_2", Payer, 21)))).Matched.Booked.ShouldBe(1);
        (await desk.Balance("cash-clearing"), await desk.Balance("cash-clearing.ops")).ShouldBe((0m, 0m));
        (await desk.Scalar<string>("select min(entry_date) || ' ' || max(entry_date) from ledger.journal_entry where text like '%another bank account%'"))
            .ShouldBe("2026-12-18 2026-12-21");
        // With one account in its currency it lies there at once, and the line moves nothing.
        await books.Execute("insert into cash.bank_account_closing (bank_account_id, closed_on, actor, reason) select id, '2026-12-22', 't', 'r' from cash.bank_account where code = 'main'");
        await gateway.Import(StripeTalk.Movement("txn_2", "charge", "ch_8", 500, 0, 25), "po_3");
        await gateway.Tell(StripeTalk.Charge("ch_8", 500, 25), StripeTalk.Payout("po_3", 500, 28));
        (await desk.Balance("cash-clearing.ops")).ShouldBe(5m);
    }

    [Fact]
    public async Task An_account_in_another_currency_than_the_books_is_kept_and_revalued_by_itself()
    {
        await using var books = await FxDesk.Start(postgres, FxDesk.Rates, 11);
        var (fx, desk) = (new FxDesk(books.Source), new CashDesk(books.Source));
        Added(await Add(books, "US", "main", Main, "EUR"));
        Added(await Add(books, "US", "usd", Ops, "USD"));
        await books.Execute($"insert into cash.payer_number (number, billing_account_id, actor, created_at) select '{Payer}', id, 'test', now() from customers.billing_account");
        (await Import(books, Camt("U-1", Ops, "USD", 15, 500, Credit(10.74m, "USD", "US-2026-0000001", Payer, 15)))).Matched.Booked.ShouldBe(1);
        var paid = (await new FindLines(books.Source).List("booked", null, 50, None)).ShouldHaveSingleItem().Entry;
        (await fx.Lines(paid)).ShouldBe("cash-clearing.usd 10.74 = 10.20, receivable -10.74 = -9.67, fx-gain-loss 0.00 = -0.53");
        var sheet = await fx.Revalued(12);
        sheet.Balances.Select(row => $"{row.Account} {row.Balance} {row.Booked}").ShouldBe(["cash-clearing.usd 10.74 USD 0.43 EUR"]);
        await fx.Holds();
        CashDesk.Why(await desk.Pay("1.00", "\"bank-account\":\"main\"")).ShouldBe("other-currency bank-account");
    }

    [Fact]
    public async Task The_ERP_gets_the_account_that_a_rule_names_for_the_bank_account_else_that_of_cash_clearing()
    {
        await using var books = await Books();
        var desk = new CashDesk(books.Source);
        var rules = new[] { Rule("any", MappingField.LedgerAccount, "cash-clearing", "1000"), Rule("ops", MappingField.BankAccount, "ops", "1001") };
        var book = new AccountBook(1, rules, new Dictionary<string, ValueMap>());
        foreach (var (bank, theirs) in new[] { ("ops", "1001"), ("main", "1000") })
        {
            var paid = CashDesk.Done(await desk.Pay("5.00", $"\"bank-account\":\"{bank}\""));
            await using var connection = await books.Source.OpenConnectionAsync();
            var facts = (await PostingFacts.Load(connection, null, [new FactsWanted(paid.Id, Guid.Empty, "payment")]))[paid.Id].Lines[0];
            (facts.OnlyOf(MappingField.LedgerAccount), facts.OnlyOf(MappingField.BankAccount)).ShouldBe(("cash-clearing", bank));
            book.Choose(AccountRule.OfAccount, facts).ShouldBeOfType<RuleAnswer.Chosen>().Value.ShouldBe(theirs);
        }
        await using var look = await books.Source.OpenConnectionAsync();
        (await MappingChecks.Problems(
            look, null, MappingSubject.AccountRules("sap-us"),
            new MappingContent.AccountRules([.. rules, Rule("none", MappingField.BankAccount, "nowhere", "1002")]))).ShouldHaveSingleItem().Code.ShouldBe("unknown-bank-account");
    }

    private static AccountRule Rule(string name, MappingField field, string value, string account) =>
        new(name, Conditions.None.With(field, value), new RuleValue.Constant(account), null, new Dictionary<string, RuleValue>());

    private async Task<TestDatabase> Books()
    {
        var books = await postgres.CreateDatabase();
        await SampleData.Subscriptions(books.Source, 2);
        foreach (var month in new[] { 11, 12 })
            await new BillAccounts(books.Source, TimeProvider.System).Run(new BillingRequest(new AccountingMonth(2026, month), "test"), null, None);
        await books.Execute(
            $"""
            update customers.legal_entity set iban = '{Main}' where code = 'US';
            insert into cash.payer_number (number, billing_account_id, actor, created_at)
              select case code when 'C-1' then '{Payer}' else '{German}' end, id, 'test', now() from customers.billing_account;
            """);
        Added(await Add(books, "US", "ops", "021000021 - 4477", "USD"));
        Added(await Add(books, "DE", "main", Euro, "EUR"));
        return books;
    }

    private static BankAccount Added(BankAccountOutcome outcome) => outcome.ShouldBeOfType<BankAccountOutcome.Done>().Account;

    private static Task<BankAccountOutcome> Add(TestDatabase books, string entity, string code, string number, string currency) => new AddBankAccount(books.Source).Run(
        Json($$"""{"legal-entity":"{{entity}}","code":"{{code}}","number":"{{number}}","currency":"{{currency}}","reason":"Opened","actor":"mara"}"""), actor: null, None);

    private static Task<BankAccountOutcome> Close(TestDatabase books, string code, string on) => new CloseBankAccount(books.Source).Run(
        "US", code, Json($$"""{"on":"{{on}}","reason":"Moved","actor":"mara"}"""), actor: null, None);

    private static Task<JournalOutcome> Pay(TestDatabase books, string on, string bank) => new RecordPayment(books.Source, TimeProvider.System).Run(
        Json($$"""{"billing-account":"C-1","received-on":"{{on}}","amount":"1.00","currency":"USD","reference":"{{CashDesk.NewKey()}}","bank-account":"{{bank}}","actor":"mara"}"""),
        actor: null, CashDesk.NewKey(), None);

    private static Task<JournalOutcome> Transfer(TestDatabase books, string entity, string to, string from) => new BookJournal(books.Source, TimeProvider.System).Add(
        Json($$"""
            {"legal-entity":"{{entity}}","date":"2026-12-20","currency":"{{(entity == "US" ? "USD" : "EUR")}}","text":"Transfer","reason":"Told so","actor":"mara",
             "lines":[{"account":"{{to}}","debit":"5.00"},{"account":"{{from}}","credit":"5.00"}]}
            """), actor: null, CashDesk.NewKey(), None);

    private static string Told(Journal journal) =>
        string.Join(", ", journal.Lines.Select(line => string.Create(CultureInfo.InvariantCulture, $"{line.Account} {line.Amount.Amount:0.00}")));

    private static async Task<IReadOnlyList<string>> Trial(TestDatabase books, string entity)
    {
        var sheet = (await new ReadTrialBalance(books.Source, TimeProvider.System).Run(entity, new AccountingMonth(2026, 12), null, None))
            .ShouldBeOfType<LedgerAnswer.Balance>().Sheet;
        sheet.Balanced.ShouldBeTrue();
        return [.. sheet.Lines.Where(line => !line.Closing.IsZero).Select(line => $"{line.Number} {line.Name} {line.Closing}")];
    }

    private static async Task<IReadOnlyList<string>> Cases(TestDatabase books)
    {
        await using var connection = await books.Source.OpenConnectionAsync();
        return [.. await Dapper.SqlMapper.QueryAsync<string>(
            connection, "select subject_key from exceptions.exception_case where subject_kind = 'statement' and state = 'open' order by 1")];
    }

    private static async Task<StatementAnswer> Import(TestDatabase books, string file) =>
        (await Take(books, file)).ShouldBeOfType<StatementOutcome.Taken>().Answer;

    private static Task<StatementOutcome> Take(TestDatabase books, string file) => new ImportStatement(books.Source, TimeProvider.System).Camt(
        new MemoryStream(Encoding.UTF8.GetBytes(file)), "mara", None);

    private static string Camt(string id, string account, string currency, int day, decimal opening, (decimal Amount, string Text) entry)
    {
        var number = account.Length > 15 && char.IsAsciiLetter(account[0]) ? $"<IBAN>{account}</IBAN>" : $"<Othr><Id>{account}</Id></Othr>";
        return "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.02\"><BkToCstmrStmt><GrpHdr><MsgId>M</MsgId></GrpHdr>"
            + $"<Stmt><Id>{id}</Id><Acct><Id>{number}</Id><Ccy>{currency}</Ccy></Acct>"
            + $"{Balance("OPBD", opening)}{Balance("CLBD", opening + entry.Amount)}{entry.Text}</Stmt></BkToCstmrStmt></Document>";

        string Balance(string code, decimal amount) => string.Create(
            CultureInfo.InvariantCulture,
            $"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy=\"{currency}\">{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-12-{day}</Dt></Dt></Bal>");
    }

    // What came, or came back where it is below zero; the reference of both is the text's.
    private static (decimal Amount, string Text) Credit(decimal amount, string currency, string text, string payer, int day) => (amount, string.Create(
        CultureInfo.InvariantCulture,
        $"<Ntry><Amt Ccy=\"{currency}\">{Math.Abs(amount)}</Amt><CdtDbtInd>{(amount < 0 ? "DBIT" : "CRDT")}</CdtDbtInd>{(amount < 0 ? "<RvslInd>true</RvslInd>" : "")}<Sts>BOOK</Sts>")
        + $"<BookgDt><Dt>2026-12-{day}</Dt></BookgDt><AcctSvcrRef>R-{text}-{day}</AcctSvcrRef><NtryDtls><TxDtls><Refs><EndToEndId>E2E-{text}</EndToEndId></Refs>"
        + $"<RltdPties><Dbtr><Nm>Somebody</Nm></Dbtr><DbtrAcct><Id><IBAN>{payer}</IBAN></Id></DbtrAcct></RltdPties>"
        + $"<RmtInf><Ustrd>{text}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>");

    private static JsonElement Json(string text) => JsonDocument.Parse(text).RootElement;
}
