using System.Text.Json;
using Tieout.Application.Accounts;
using Tieout.Application.Invoicing;
using Tieout.Application.Journals;
using Tieout.Application.Revenue;
using Tieout.Domain.Invoicing;
using Tieout.Shell.Tests.Api;
using Tieout.Shell.Tests.Catalog;
using Tieout.Shell.Tests.Database;
using Tieout.Shell.Tests.Invoicing.Stories;

namespace Tieout.Shell.Tests.Revenue;

/// <summary>
/// Balances of revenue by subscription, customer, document and given contract. Account A has the platform and support (S-1), invoiced from February on for
/// January too; account B has support (S-2); RC-1 promises A's second platform (S-3) with a set-up worth as much; RC-2 covers support of A and of B (S-4, S-5).
/// A charge of 120.00 on 1 January is A's own. In February a tenth of B's support is credited.
/// </summary>
public sealed class BalanceStories(PostgresFixture postgres)
{
    private static readonly string[] Days = ["2025-12-31", "2026-01-01", "2026-01-15", "2026-01-31", "2026-02-10", "2026-02-20", "2026-02-28", "2026-03-15", "2026-03-31"];

    [Theory]
    [InlineData(BalanceBy.Subscription)]
    [InlineData(BalanceBy.BillingAccount)]
    [InlineData(BalanceBy.Document)]
    [InlineData(BalanceBy.Contract)]
    public async Task All_rows_come_to_the_ledger_s_accounts_on_any_day_and_pages_of_one_are_the_pages_of_all(BalanceBy by)
    {
        await using var world = await Told();
        foreach (var day in Days)
        {
            var (rows, totals) = await Read(world, by, day, 200);
            var (onePerPage, again) = await Read(world, by, day, 1);
            onePerPage.ShouldBe(rows, $"{by} {day}");
            again.SelectMany(total => total.Accounts).ShouldBe(totals.SelectMany(total => total.Accounts));
            var total = totals.SingleOrDefault();
            Sums(rows).ShouldBe(total is null ? default : Sums([new BalanceRow(BalanceKind.NoContract, "", "", total.Figures)]), $"{by} {day}");
            foreach (var account in total?.Accounts ?? [])
            {
                account.Difference.Amount.ShouldBe(0m, $"{by} {day} {account.Account}");
                (account.Ledger.Amount * (account.Account == "deferred-revenue" ? -1 : 1)).ShouldBe(await world.Database.Scalar<decimal>(
                    $"""
                    select coalesce(sum(l.amount), 0) from ledger.journal_entry e join ledger.journal_line l on l.entry_id = e.id
                    where l.account = '{account.Account}' and e.entry_date <= '{day}'
                    """));
            }
        }
    }

    [Fact]
    public async Task A_subscription_s_figures_are_those_of_its_own_lines()
    {
        await using var world = await Told();
        (await Lines(world, BalanceBy.Subscription, "2026-02-28")).ShouldBe([
            // 310.00 twice and 1,460.00; January and 28 days of February earned.
            "subscription S-1 A: 2080 invoiced, 0 credited, 856 recognised, 1224 deferred, 0 unbilled, 0 asset",
            // 1,460.00 less a tenth; 59 days of 3.60.
            "subscription S-2 B: 1460 invoiced, 146 credited, 212.4 recognised, 1101.6 deferred, 0 unbilled, 0 asset",
            "billing-account A A: 120 invoiced, 0 credited, 120 recognised, 0 deferred, 0 unbilled, 0 asset",
            // The set-up is half of 3,720.00, and each month 155.00; 620.00 are invoiced.
            "contract RC-1 A: 620 invoiced, 0 credited, 2170 recognised, 0 deferred, 0 unbilled, 1550 asset",
            "contract RC-2 : 2920 invoiced, 0 credited, 472 recognised, 2448 deferred, 0 unbilled, 0 asset"]);
        // Invoiced on 1 February: until then what January earned is unbilled.
        (await Lines(world, BalanceBy.Subscription, "2026-01-31"))[0].ShouldBe(
            "subscription S-1 A: 0 invoiced, 0 credited, 434 recognised, 0 deferred, 434 unbilled, 0 asset");
        (await Lines(world, BalanceBy.Subscription, "2026-02-10"))[0].ShouldBe(
            "subscription S-1 A: 2080 invoiced, 0 credited, 434 recognised, 2080 deferred, 434 unbilled, 0 asset");
    }

    [Fact]
    public async Task A_customer_has_what_its_own_contracts_have_and_a_contract_of_several_stands_alone()
    {
        await using var world = await Told();
        (await Lines(world, BalanceBy.BillingAccount, "2026-02-28")).ShouldBe([
            "billing-account A A: 2820 invoiced, 0 credited, 3146 recognised, 1224 deferred, 0 unbilled, 1550 asset",
            "billing-account B B: 1460 invoiced, 146 credited, 212.4 recognised, 1101.6 deferred, 0 unbilled, 0 asset",
            "contract RC-2 : 2920 invoiced, 0 credited, 472 recognised, 2448 deferred, 0 unbilled, 0 asset"]);
        (await Lines(world, BalanceBy.Contract, "2026-02-28")).ShouldBe([
            "contract RC-1 A: 620 invoiced, 0 credited, 2170 recognised, 0 deferred, 0 unbilled, 1550 asset",
            "contract RC-2 : 2920 invoiced, 0 credited, 472 recognised, 2448 deferred, 0 unbilled, 0 asset",
            "no-contract  : 3660 invoiced, 146 credited, 1188.4 recognised, 2325.6 deferred, 0 unbilled, 0 asset"]);
        var documents = await Lines(world, BalanceBy.Document, "2026-02-28");
        documents.ShouldContain("document ATC-2026-0000001 B: 0 invoiced, 146 credited, -23.6 recognised, -122.4 deferred, 0 unbilled, 0 asset");
    }

    [Fact]
    public async Task A_journal_by_hand_is_told_beside_and_what_was_changed_past_the_program_is_a_difference()
    {
        await using var world = await Told();
        (await new BookJournal(world.Database.Source, world.Time).Add(CatalogueTests.Json(
            """
            {"legal-entity":"AT","date":"2026-03-20","currency":"EUR","text":"Opening","reason":"Migrated","actor":"ann",
             "lines":[{"account":"receivable","billing-account":"A","debit":"50"},{"account":"deferred-revenue","credit":"50"}]}
            """), "ann", "j1", CancellationToken.None)).ShouldBeOfType<JournalOutcome.Done>();
        async Task<(decimal, decimal)> Deferred(string day)
        {
            var account = (await Read(world, BalanceBy.Subscription, day, 200)).Totals.ShouldHaveSingleItem().Accounts.Single(one => one.Account == "deferred-revenue");
            return (account.OtherEntries.Amount, account.Difference.Amount);
        }
        (await Deferred("2026-03-19"), await Deferred("2026-03-20"), await Deferred("2026-03-31")).ShouldBe(((0m, 0m), (50m, 0m), (50m, 0m)));
        await world.Database.Execute(
            "insert into ledger.balance_change select tenant, legal_entity_id, month, account, currency, 0, 1, 1 from ledger.turnover where account = 'deferred-revenue' limit 1");
        (await Deferred("2026-03-31")).ShouldBe((50m, 1m));
    }

    [Fact]
    public async Task Questions_that_cannot_be_answered_are_refused()
    {
        await using var world = await BillingWorld.Start(postgres);
        async Task<string> Code(string entity, string on) => (await new ReadRevenueBalances(world.Database.Source).Run(
            new BalancesQuestion(entity, BalanceBy.Document, BillingWorld.Day(on)), 50, CancellationToken.None)).ShouldBeOfType<RevenueReply.Refused>().Code;
        (await Code("XX", "2026-01-01"), await Code("AT", "1900-01-01")).ShouldBe(("unknown-entity", "month-out-of-range"));
        BalanceCursor.TryParse("%%%", out _).ShouldBeFalse();
        BalanceCursor.TryParse("", out _).ShouldBeFalse();
        BalanceCursor.TryParse(new BalanceCursor(1, "S-1").ToString(), out var read).ShouldBeTrue();
        read.ShouldBe(new BalanceCursor(1, "S-1"));
    }

    [Theory]
    [InlineData("entity=AT&on=2026-01-31", 400, "bad-filter", "by")]
    [InlineData("by=plan&entity=AT&on=2026-01-31", 400, "bad-filter", "by")]
    [InlineData("by=contract&on=2026-01-31", 400, "bad-filter", "entity")]
    [InlineData("by=contract&entity=AT", 400, "bad-filter", "on")]
    [InlineData("by=contract&entity=AT&on=2026-02-30", 400, "bad-filter", "on")]
    [InlineData("by=contract&entity=AT&on=1900-01-01", 400, "month-out-of-range", "on")]
    [InlineData("by=contract&entity=XX&on=2026-01-31", 404, "unknown-entity", "entity")]
    [InlineData("by=contract&entity=AT&on=2026-01-31&limit=0", 400, "bad-filter", "limit")]
    [InlineData("by=contract&entity=AT&on=2026-01-31&after=x", 400, "bad-page-token", "after")]
    [InlineData("by=contract&entity=AT&on=2026-01-31&month=2026-01", 400, "unknown-filter", "month")]
    public async Task A_question_that_cannot_be_read_is_told_with_code_and_field(string question, int status, string code, string field)
    {
        var world = await BillingWorld.Start(postgres);
        await using var host = await ApiHost.Over(world.Database, TimeProvider.System);
        using var answer = await host.Client.GetAsync("/v1/revenue/balances?" + question);
        var text = await answer.Content.ReadAsStringAsync();
        var problem = JsonDocument.Parse(text).RootElement;
        ((int)answer.StatusCode, problem.GetProperty("code").GetString()).ShouldBe((status, code), text);
        problem.GetProperty("errors").EnumerateObject().Select(error => error.Name).ShouldContain(field, text);
    }

    [Fact]
    public async Task The_api_tells_the_same()
    {
        var world = await Told();
        await using var host = await ApiHost.Over(world.Database, TimeProvider.System);
        var page = JsonDocument.Parse(await host.Client.GetStringAsync("/v1/revenue/balances?by=subscription&entity=AT&on=2026-02-28&limit=1")).RootElement;
        var row = page.GetProperty("rows").EnumerateArray().ShouldHaveSingleItem();
        (row.GetProperty("kind").GetString(), row.GetProperty("code").GetString()).ShouldBe(("subscription", "S-1"));
        row.GetProperty("figures").GetProperty("deferredRevenue").GetProperty("amount").GetString().ShouldBe("1224.00");
        page.GetProperty("totals")[0].GetProperty("accounts")[0].GetProperty("difference").GetProperty("amount").GetString().ShouldBe("0.00");
        var next = JsonDocument.Parse(await host.Client.GetStringAsync(
            "/v1/revenue/balances?by=subscription&entity=AT&on=2026-02-28&limit=1&after=" + page.GetProperty("next").GetString())).RootElement;
        next.GetProperty("rows")[0].GetProperty("code").GetString().ShouldBe("S-2");
    }

    private static async Task<IReadOnlyList<string>> Lines(BillingWorld world, BalanceBy by, string day) =>
        [.. (await Read(world, by, day, 200)).Rows.Select(row => FormattableString.Invariant(
            $"{Domain.Words.Of(row.Kind)} {row.Code} {row.BillingAccount}: {row.Figures.Invoiced.Amount:0.##} invoiced, {row.Figures.Credited.Amount:0.##} credited, {row.Figures.Recognised.Amount:0.##} recognised, {row.Figures.DeferredRevenue.Amount:0.##} deferred, {row.Figures.UnbilledReceivable.Amount:0.##} unbilled, {row.Figures.ContractAsset.Amount:0.##} asset"))];

    private static (decimal, decimal, decimal, decimal, decimal, decimal) Sums(IEnumerable<BalanceRow> rows)
    {
        var all = rows.ToList();
        decimal Sum(Func<BalanceFigures, Domain.Money> figure) => all.Sum(row => figure(row.Figures).Amount);
        return (Sum(row => row.Invoiced), Sum(row => row.Credited), Sum(row => row.Recognised), Sum(row => row.DeferredRevenue), Sum(row => row.UnbilledReceivable),
            Sum(row => row.ContractAsset));
    }

    // All pages; the totals are those of the first.
    private static async Task<(List<BalanceRow> Rows, IReadOnlyList<BalanceTotal> Totals)> Read(BillingWorld world, BalanceBy by, string day, int limit)
    {
        List<BalanceRow> rows = [];
        IReadOnlyList<BalanceTotal> totals = [];
        BalanceCursor? after = null;
        do
        {
            var page = (await new ReadRevenueBalances(world.Database.Source).Run(new BalancesQuestion("AT", by, BillingWorld.Day(day), after), limit, CancellationToken.None))
                .ShouldBeOfType<RevenueReply.Balances>().Page;
            if (after is null) totals = page.Totals;
            else page.Totals.ShouldBeEmpty();
            rows.AddRange(page.Rows);
            after = page.Next is null ? null : BalanceCursor.TryParse(page.Next, out var next) ? next : throw new FormatException(page.Next);
        }
        while (after is not null);
        return (rows, totals);
    }

    private async Task<BillingWorld> Told()
    {
        var world = await BillingWorld.Start(postgres);
        await world.Account("B");
        await Create(world, "S-1", "platform support", "A");
        await Create(world, "S-2", "support", "B");
        await Create(world, "S-3", "platform", "A");
        await Create(world, "S-4", "support", "A");
        await Create(world, "S-5", "support", "B");
        await Contract(world, "S-3\"",
            """
            {"contract":"RC-1","currency":"EUR","price":{"fixed":"3720.00"},"obligations":[
              {"code":"platform","satisfaction":"ratable-monthly","ssp":"3720.00","period":{"start":"2026-01-01","end":"2027-01-01"}},
              {"code":"set-up","satisfaction":"point-in-time","ssp":"3720.00","on":"2026-01-15","period":{"start":"2026-01-01","end":"2027-01-01"}}]}
            """);
        await Contract(world, "S-4\",\"S-5\"",
            """
            {"contract":"RC-2","currency":"EUR","price":{"fixed":"2920.00"},"obligations":[
              {"code":"support","satisfaction":"ratable-daily","ssp":"2920.00","period":{"start":"2026-01-01","end":"2027-01-01"}}]}
            """);
        (await new AccountCharges(world.Database.Source, world.Time).Add(
            "A", new ChargeRequest
            {
                On = "2026-01-01",
                UnitPrice = "120",
                Description = "Training",
                Actor = "ann",
                Recognition = "deferred",
            }, "c1", CancellationToken.None))
            .ShouldBeOfType<AccountDone<AccountCharge>>();
        var books = new RevenueBooks(world);
        world.On("2026-02-01");
        await world.Bill("2026-02-01");
        world.On("2026-02-20");
        var support = await world.Database.Scalar<string>(
            "select i.number from invoicing.invoice i join customers.billing_account a on a.id = i.billing_account_id where a.code = 'B'");
        var line = await world.Database.Scalar<int>(
            """
            select l.line_no from invoicing.invoice_line l join subscriptions.subscription s on s.id = l.subscription_id where s.code = 'S-2'
            """);
        (await world.Credit(support, new CreditWish.ByLine([new LineCredit(line, 146m)]), "2026-02-20", "k1")).ShouldBeOfType<CreditOutcome.Given>();
        world.On("2026-02-28");
        (await books.Run("2026-02")).Stopped.ShouldBeEmpty();
        world.On("2026-03-01");
        await world.Bill("2026-03-01");
        world.On("2026-03-31");
        (await books.Run("2026-03")).Stopped.ShouldBeEmpty();
        (await books.Check("2026-03")).Contracts.ShouldBeEmpty();
        return world;
    }

    private static async Task Create(BillingWorld world, string code, string components, string account) =>
        (await world.Create(code, "2026-01-01", "team", components, account)).ShouldBeOfType<Application.Subscriptions.AmendmentOutcome.Done>();

    private static async Task Contract(BillingWorld world, string subscriptions, string document) =>
        (await new GiveContract(world.Database.Source, world.Time).Add(
            CatalogueTests.Json($$"""{"legal-entity":"AT","subscriptions":["{{subscriptions}}],"document":{{document}},"reason":"signed"}"""), "ann", subscriptions[..3], CancellationToken.None))
        .ShouldBeOfType<RevenueReply.Contract>();
}
