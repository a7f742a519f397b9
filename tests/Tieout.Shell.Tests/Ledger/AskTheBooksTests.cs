using System.Globalization;
using System.Net;
using System.Text.Json;
using Dapper;
using Tieout.Application.Ledger;
using Tieout.Domain;
using Tieout.Domain.Ledger;
using Tieout.Shell.Tests.Api;
using Tieout.Shell.Tests.Database;
using Tieout.Shell.Tests.Payments;

namespace Tieout.Shell.Tests.Ledger;

/// <summary>Trial balances, statements of accounts and of customers say what the lines say.</summary>
public sealed class AskTheBooksTests(PostgresFixture postgres)
{
    private static readonly AccountingMonth December = new(2026, 12);

    private static CancellationToken None => CancellationToken.None;

    [Fact]
    public async Task A_trial_balance_is_the_lines_until_the_month_and_comes_to_zero()
    {
        await using var books = await Lived();
        foreach (var month in new[] { new AccountingMonth(2026, 10), new AccountingMonth(2026, 11), December, new AccountingMonth(2027, 1) })
        {
            var sheet = await Sheet(books, month, at: null);
            sheet.Balanced.ShouldBeTrue();
            await Agrees(books, sheet, "true");
        }
    }

    [Fact]
    public async Task As_of_any_instant_it_is_what_was_booked_until_then()
    {
        await using var books = await Lived();
        await using var connection = await books.Source.OpenConnectionAsync();
        var instants = (await connection.QueryAsync<DateTimeOffset>("select distinct created_at from ledger.journal_entry order by 1")).AsList();
        instants.Count.ShouldBeGreaterThan(5);
        foreach (var at in instants.Append(instants[0].AddDays(-1)))
        {
            var sheet = await Sheet(books, December, at);
            sheet.Balanced.ShouldBeTrue();
            await Agrees(books, sheet, $"e.created_at <= '{at.UtcDateTime:O}'");
        }
        (await Sheet(books, December, instants[0].AddDays(-1))).Lines.ShouldBeEmpty();
        (await Sheet(books, December, instants[^1])).Lines.ShouldBe((await Sheet(books, December, at: null)).Lines);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(200)]
    public async Task Pages_of_an_account_hold_every_line_once_and_run_from_opening_to_closing(int limit)
    {
        await using var books = await Lived();
        var november = new AccountingMonth(2026, 11);
        foreach (var account in LedgerAccount.All)
        {
            var (all, first, last) = await Pages(books, new AccountQuestion("US", account, november, December), limit);
            var expected = await books.Scalar<long>(
                $"select count(*) from ledger.journal_line l where account = '{account}' and legal_entity_id = '{LedgerSeed.American}' and currency = 'USD'");
            all.Count.ShouldBe((int)expected);
            all.Select(line => (line.Entry, line.Line)).ShouldBeUnique();
            var balance = first.Opening;
            foreach (var line in all) line.Balance.ShouldBe(balance += line.Amount);
            balance.ShouldBe(last.Closing);
            all.ShouldAllBe(line => line.Document.Length > 0);
        }
    }

    [Fact]
    public async Task An_account_of_one_customer_and_one_month_begins_with_what_stood_before()
    {
        await using var books = await Lived();
        var question = new AccountQuestion("US", "receivable", December, December, "C-1");
        var (lines, first, _) = await Pages(books, question, 200);
        first.Opening.ToString().ShouldBe("10.74 USD");
        first.Closing.Amount.ShouldBe(await books.Scalar<decimal>(
            "select sum(l.amount) from ledger.journal_line l join customers.billing_account a on a.id = l.billing_account_id where a.code = 'C-1' and account = 'receivable'"));
        lines.ShouldAllBe(line => line.BillingAccount == "C-1" && line.Month == December);
        lines.Select(line => line.Kind).ShouldContain("payment");
    }

    [Fact]
    public async Task A_customer_owes_what_the_ledger_says_by_age()
    {
        await using var books = await Lived();
        var answer = await new ReadCustomer(books.Source, TimeProvider.System).Run("C-1", new DateOnly(2027, 2, 15), at: null, after: null, 50, None);
        var statement = answer.ShouldBeOfType<LedgerAnswer.Customer>().Statement;
        var desk = new CashDesk(books.Source);
        var open = await desk.Open("US-2026-0000002");
        statement.Items.ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            item => item.Number.ShouldBe("US-2026-0000002"), item => item.DaysOverdue.ShouldBe(46), item => item.Open.Amount.ShouldBe(open));
        statement.Open.Days31To60.Amount.ShouldBe(open);
        statement.Open.Total.Amount.ShouldBe(open);
        (statement.Open.Total + statement.Credits).ShouldBe(statement.Receivable);
        statement.Receivable.Amount.ShouldBe(await desk.Scalar<decimal>(
            "select sum(amount) from ledger.journal_line where account = 'receivable' and billing_account_id = md5('account1')::uuid"));
        statement.Disputed.ToString().ShouldBe("1.00 USD");
        statement.Unapplied.Amount.ShouldBe(-await desk.Scalar<decimal>(
            "select sum(amount) from ledger.journal_line where account = 'unapplied-cash' and billing_account_id = md5('account1')::uuid"));
    }

    /// <summary>What an account and a customer's statement said at an instant they say of it for ever, whatever was booked since.</summary>
    [Fact]
    public async Task An_account_and_a_customer_as_of_any_instant_are_what_was_booked_until_then()
    {
        await using var books = await Lived();
        await using var connection = await books.Source.OpenConnectionAsync();
        var instants = (await connection.QueryAsync<DateTimeOffset>("select distinct created_at from ledger.journal_entry order by 1")).AsList();
        var november = new AccountingMonth(2026, 11);
        foreach (var at in instants.Append(instants[0].AddDays(-1)))
        {
            var known = $"e.created_at <= '{at.UtcDateTime:O}'";
            foreach (var (account, customer) in new[] { ("receivable", (string?)null), ("receivable", "C-1"), ("unapplied-cash", "C-1"), ("cash-clearing", null) })
            {
                var (lines, first, last) = await Pages(books, new AccountQuestion("US", account, november, December, customer, At: at), 2);
                var of = $"l.account = '{account}' and l.legal_entity_id = '{LedgerSeed.American}' and {known}";
                lines.Count.ShouldBe((int)await books.Scalar<long>($"select count(*) from ledger.journal_line l join ledger.journal_entry e on e.id = l.entry_id where {of}"));
                (first.Opening.Amount, last.Closing.Amount).ShouldBe((0m, await Sum(books, of)));
                (lines.Count == 0 ? 0m : lines[^1].Balance.Amount).ShouldBe(last.Closing.Amount);
                (last.ClosingInBooks.Amount, last.At).ShouldBe((last.Closing.Amount, at));
            }
            await Owes(books, await Statement(books, null, at), known);
        }
        var now = await Statement(books, null, null);
        (await Statement(books, null, instants[^1])).ShouldSatisfyAllConditions(
            then => then.Items.ShouldBe(now.Items), then => then.Receivable.ShouldBe(now.Receivable), then => then.Open.ShouldBe(now.Open));
        (await connection.QueryAsync<decimal>("select open from invoicing.open_amount where open > 0 and billing_account_id = md5('account1')::uuid order by open")).ShouldBe(
            now.Items.Select(item => item.Open.Amount).Order());
    }

    /// <summary>Two invoices of 10.74, of November and December; what was paid, disputed and given up later is not of November's end.</summary>
    [Fact]
    public async Task A_customer_s_statement_of_a_day_has_the_amounts_of_that_day()
    {
        await using var books = await Lived();
        await using var connection = await books.Source.OpenConnectionAsync();
        var days = (await connection.QueryAsync<DateOnly>("select distinct entry_date from ledger.journal_entry order by 1")).AsList();
        foreach (var day in days.Append(days[0].AddDays(-1)))
            await Owes(books, await Statement(books, day, null), $"e.entry_date <= '{day:yyyy-MM-dd}'");
        var november = await Statement(books, new DateOnly(2026, 11, 30), null);
        november.Items.ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            item => item.Number.ShouldBe("US-2026-0000001"), item => item.Open.ToString().ShouldBe("10.74 USD"));
        (november.Receivable.Amount, november.Credits.Amount, november.Disputed.Amount, november.Unapplied.Amount).ShouldBe((10.74m, 0m, 0m, 0m));
        (await Statement(books, days[0].AddDays(-1), null)).Items.ShouldBeEmpty();
        (await Statement(books, days[^1], null)).Items.Select(item => item.Open).ShouldBe((await Statement(books, null, null)).Items.Select(item => item.Open));
    }

    [Theory]
    [InlineData("trial-balance?month=2026-11", 400, "bad-filter", "entity")]
    [InlineData("trial-balance?entity=US", 400, "bad-filter", "month")]
    [InlineData("trial-balance?entity=US&month=2026-13", 400, "bad-filter", "month")]
    [InlineData("trial-balance?entity=US&month=0001-01", 400, "month-out-of-range", "month")]
    [InlineData("trial-balance?entity=US&month=9999-12", 400, "month-out-of-range", "month")]
    [InlineData("trial-balance?entity=XX&month=2026-11", 404, "unknown-entity", "entity")]
    [InlineData("trial-balance?entity=US&month=2026-11&at=yesterday", 400, "bad-filter", "at")]
    [InlineData("trial-balance?entity=US&month=2026-11&at=2026-11-30T18:00:00", 400, "bad-filter", "at")]
    [InlineData("trial-balance?entity=US&month=2026-11&at=2126-11-30T18:00:00Z", 400, "in-the-future", "at")]
    [InlineData("trial-balance?entity=US&month=2026-11&by=colour", 400, "bad-filter", "by")]
    [InlineData("trial-balance?entity=US&month=2026-11&dimension=colour=red", 400, "bad-filter", "dimension")]
    [InlineData("trial-balance?entity=US&month=2026-11&dimension=region", 400, "bad-filter", "dimension")]
    [InlineData("accounts/receivable?entity=US&month=2026-11&dimension=EU", 400, "bad-filter", "dimension")]
    [InlineData("accounts/own.travel?entity=US&month=2026-11", 404, "unknown-account", "account")]
    [InlineData("accounts/receivable?entity=US", 400, "bad-filter", "month")]
    [InlineData("accounts/receivable?entity=US&month=2026-11&from=2026-10", 400, "bad-filter", "month")]
    [InlineData("accounts/receivable?entity=US&from=2026-11", 400, "bad-filter", "until")]
    [InlineData("accounts/receivable?entity=US&from=2026-11&until=2026-10", 400, "months-reversed", "until")]
    [InlineData("accounts/receivable?entity=US&from=2006-11&until=2026-11", 400, "too-wide", "until")]
    [InlineData("accounts/goodwill?entity=US&month=2026-11", 404, "unknown-account", "account")]
    [InlineData("accounts/receivable?entity=XX&month=2026-11", 404, "unknown-entity", "entity")]
    [InlineData("accounts/receivable?entity=US&month=2026-11&billingAccount=C-0", 404, "unknown-billing-account", "billingAccount")]
    [InlineData("accounts/revenue?entity=US&month=2026-11&billingAccount=C-1", 400, "not-of-customers", "billingAccount")]
    [InlineData("accounts/receivable?entity=DE&month=2026-11&billingAccount=C-1", 400, "other-entity", "billingAccount")]
    [InlineData("accounts/rounding?entity=US&month=2026-11", 400, "currency-needed", "currency")]
    [InlineData("accounts/receivable?entity=US&month=2026-11&currency=XXX", 400, "bad-filter", "currency")]
    [InlineData("accounts/receivable?entity=US&month=2026-11&after=abc", 400, "bad-page-token", "after")]
    [InlineData("accounts/receivable?entity=US&month=2026-11&limit=1000", 400, "bad-filter", "limit")]
    [InlineData("billing-accounts/C-0", 404, "unknown-billing-account", "billingAccount")]
    [InlineData("billing-accounts/C-1?on=soon", 400, "bad-filter", "on")]
    [InlineData("billing-accounts/C-1?at=2026-11-30", 400, "bad-filter", "at")]
    [InlineData("billing-accounts/C-1?at=2999-01-01T00:00:00Z", 400, "in-the-future", "at")]
    [InlineData("accounts/receivable?entity=US&month=2026-11&at=soon", 400, "bad-filter", "at")]
    [InlineData("accounts/receivable?entity=US&month=2026-11&at=2999-01-01T00:00:00Z", 400, "in-the-future", "at")]
    [InlineData("export?entity=US", 400, "bad-filter", "format")]
    [InlineData("export?entity=US&format=excel", 400, "bad-filter", "format")]
    [InlineData("export?entity=XX&format=hledger", 404, "unknown-entity", "entity")]
    [InlineData("export?entity=DE&format=hledger", 400, "nothing-booked", "entity")]
    [InlineData("export?entity=US&format=hledger&from=2000-01", 400, "too-wide", "until")]
    [InlineData("export?entity=US&format=beancount&until=2026-01", 400, "months-reversed", "until")]
    [InlineData("export?entity=US&format=beancount&from=0001-01&until=0001-01", 400, "month-out-of-range", "month")]
    public async Task What_cannot_be_answered_is_told_with_code_and_field(string question, int status, string code, string field)
    {
        var books = await Lived();
        await books.Execute(LedgerSeed.Entries(1, currency: "EUR") + LedgerSeed.Entries(1));
        await using var host = await ApiHost.Over(books, TimeProvider.System);
        using var answer = await host.Client.GetAsync("/v1/ledger/" + question);
        var text = await answer.Content.ReadAsStringAsync();
        var problem = JsonDocument.Parse(text).RootElement;
        ((int)answer.StatusCode, problem.GetProperty("code").GetString()).ShouldBe((status, code), text);
        problem.GetProperty("errors").EnumerateObject().Select(error => error.Name).ShouldContain(field, text);
    }

    [Fact]
    public async Task The_api_tells_the_same()
    {
        var books = await Lived();
        await using var host = await ApiHost.Over(books, TimeProvider.System);
        var sheet = JsonDocument.Parse(await host.Client.GetStringAsync("/v1/ledger/trial-balance?entity=US&month=2026-12")).RootElement;
        sheet.GetProperty("balanced").GetBoolean().ShouldBeTrue();
        var line = sheet.GetProperty("lines").EnumerateArray().First(item => item.GetProperty("account").GetString() == "receivable");
        line.GetProperty("number").GetString().ShouldBe("1200");
        line.GetProperty("type").GetString().ShouldBe("asset");
        line.GetProperty("opening").GetProperty("amount").GetString().ShouldBe("10.74");
        var grouped = JsonDocument.Parse(await host.Client.GetStringAsync("/v1/ledger/trial-balance?entity=US&month=2026-12&by=region&dimension=region=")).RootElement;
        grouped.GetProperty("totals").GetRawText().ShouldBe(sheet.GetProperty("totals").GetRawText());
        grouped.GetProperty("lines").EnumerateArray().ShouldAllBe(item => item.GetProperty("code").GetString() == "");
        var proof = JsonDocument.Parse(await host.Client.GetStringAsync("/v1/ledger/check")).RootElement;
        proof.GetProperty("holds").GetBoolean().ShouldBeTrue();
        using var page = await host.Client.GetAsync("/v1/ledger/accounts/receivable?entity=US&from=2026-11&until=2026-12&limit=2");
        page.StatusCode.ShouldBe(HttpStatusCode.OK);
        var next = JsonDocument.Parse(await page.Content.ReadAsStringAsync()).RootElement.GetProperty("next").GetString();
        (await host.Client.GetAsync($"/v1/ledger/accounts/receivable?entity=US&from=2026-11&until=2026-12&limit=2&after={next}")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await host.Client.GetAsync("/v1/ledger/billing-accounts/C-1")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    /// <summary>C-1 of two months, with everything that cash can do, folded in the middle.</summary>
    private async Task<TestDatabase> Lived()
    {
        var books = await CashDesk.TwoInvoices(postgres);
        var desk = new CashDesk(books.Source);
        var paid = CashDesk.Done(await desk.Pay("13.00", "\"fee\":\"0.30\"")).Number;
        CashDesk.Done(await desk.Apply(paid, "\"invoices\":[{\"invoice\":\"US-2026-0000001\",\"amount\":\"10.74\"}]"));
        await new FoldBalances(books.Source).Run(None);
        CashDesk.Done(await desk.Refund($"\"payment\":\"{paid}\"", "1.00"));
        CashDesk.Done(await desk.Dispute("\"invoice\":\"US-2026-0000002\",\"amount\":\"1.00\""));
        await desk.WriteOff("US-2026-0000002", 0.5m);
        return books;
    }

    private static async Task<CustomerStatement> Statement(TestDatabase books, DateOnly? on, DateTimeOffset? at) =>
        (await new ReadCustomer(books.Source, TimeProvider.System).Run("C-1", on, at, after: null, 50, None)).ShouldBeOfType<LedgerAnswer.Customer>().Statement;

    private static Task<decimal> Sum(TestDatabase books, string which) => books.Scalar<decimal>(
        $"select coalesce(sum(l.amount), 0) from ledger.journal_line l join ledger.journal_entry e on e.id = l.entry_id where {which}");

    // By the ledger's lines alone, of entries that are known.
    private static async Task Owes(TestDatabase books, CustomerStatement statement, string known)
    {
        Task<decimal> Of(string account) => Sum(books, $"l.account = '{account}' and l.billing_account_id = md5('account1')::uuid and {known}");
        statement.Receivable.Amount.ShouldBe(await Of("receivable"), known);
        statement.Disputed.Amount.ShouldBe(await Of("disputed-receivable"), known);
        statement.Unapplied.Amount.ShouldBe(-await Of("unapplied-cash"), known);
        (statement.Open.Total + statement.Credits).ShouldBe(statement.Receivable);
        statement.Items.Sum(item => item.Open.Amount).ShouldBe(statement.Open.Total.Amount);
        // Without credit memos every line on the receivable is of an invoice.
        statement.Credits.Amount.ShouldBe(0m, known);
    }

    private static async Task<TrialBalanceSheet> Sheet(TestDatabase books, AccountingMonth month, DateTimeOffset? at) =>
        (await new ReadTrialBalance(books.Source, TimeProvider.System).Run("US", month, at, None)).ShouldBeOfType<LedgerAnswer.Balance>().Sheet;

    private static async Task Agrees(TestDatabase books, TrialBalanceSheet sheet, string booked)
    {
        await using var connection = await books.Source.OpenConnectionAsync();
        var month = sheet.Month.FirstDay.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        var lines = await connection.QueryAsync<(string, string, decimal, decimal, decimal)>(
            $"""
            select l.account, l.currency, coalesce(sum(l.amount) filter (where l.month < '{month}'), 0),
                   coalesce(sum(l.amount) filter (where l.month = '{month}' and l.amount > 0), 0),
                   coalesce(-sum(l.amount) filter (where l.month = '{month}' and l.amount < 0), 0)
            from ledger.journal_line l join ledger.journal_entry e on e.id = l.entry_id
            where l.month <= '{month}' and l.legal_entity_id = '{LedgerSeed.American}' and {booked}
            group by 1, 2
            """);
        sheet.Lines.Select(line => (line.Account, line.Opening.Currency.Code, line.Opening.Amount, line.Debits.Amount, line.Credits.Amount))
            .ShouldBe(lines, ignoreOrder: true);
    }

    private static async Task<(List<AccountStatementLine> Lines, AccountStatement First, AccountStatement Last)> Pages(
        TestDatabase books, AccountQuestion question, int limit)
    {
        List<AccountStatement> pages = [];
        while (true)
        {
            var page = (await new ReadAccount(books.Source, TimeProvider.System).Run(question, limit, None)).ShouldBeOfType<LedgerAnswer.Account>().Statement;
            pages.Add(page);
            if (page.Next is null) return ([.. pages.SelectMany(item => item.Lines)], pages[0], page);
            StatementCursor.TryParse(page.Next, out var after).ShouldBeTrue();
            question = question with { After = after };
        }
    }
}
