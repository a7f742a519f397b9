using Dapper;
using Npgsql;
using Tieout.Application.Exchange;
using Tieout.Application.Invoicing;
using Tieout.Application.Journals;
using Tieout.Application.Ledger;
using Tieout.Domain.Invoicing;
using Tieout.Shell.Tests.Database;
using Tieout.Shell.Tests.Invoicing.Stories;

namespace Tieout.Shell.Tests.Revenue;

/// <summary>
/// What rates leave in deferred revenue. The books are in dollars, support costs 1,460.00 euros for the year 2026, which is 4.00 a day, and the
/// platform 310.00 a month. A euro is 0.90 dollars on 1 January and 0.95 from 10 January on.
/// </summary>
public sealed class ExchangeStories(PostgresFixture postgres)
{
    private static CancellationToken None => CancellationToken.None;

    /// <summary>
    /// Invoiced at 0.90 and credited whole at 0.95 before anything is earned: 1,314.00 came and 1,387.00 went. Month by month nothing is earned, and what
    /// the rates left of it is lost, 73.00 in all.
    /// </summary>
    [Fact]
    public async Task What_a_memo_of_all_at_another_rate_leaves_is_lost_month_by_month_and_at_last_nothing_stands()
    {
        await using var world = await Signed("support");
        var books = new RevenueBooks(world);
        await world.Bill("2026-01-01");
        world.On("2026-01-10");
        (await world.Credit("AT-2026-0000001", new CreditWish.Whole(), "2026-01-10", "k1")).ShouldBeOfType<CreditOutcome.Given>();
        (await Stands(world, "deferred-revenue")).ShouldBe("0 73");
        var lost = 0m;
        for (var month = 1; month <= 12; month++)
        {
            var name = FormattableString.Invariant($"2026-{month:00}");
            world.On(FormattableString.Invariant($"{name}-{DateTime.DaysInMonth(2026, month)}"));
            var run = await books.Run(name);
            (run.Booked.ShouldHaveSingleItem().Amount.Amount, run.Booked[0].Entry).ShouldBe((0m, ""));
            var one = run.ExchangedDeferred.ShouldHaveSingleItem();
            lost += one.Amount.Amount;
            // 31 days of 4.00 at 0.05 less; up to each month's end rounded once.
            if (month == 1) one.Amount.ToString().ShouldBe("-6.20 USD");
            await Clean(world, books, name);
        }
        lost.ShouldBe(-73m);
        (await Stands(world, "deferred-revenue"), await Stands(world, "revenue")).ShouldBe(("0 0", ""));
        // The receivable won by the memo what the deferred revenue lost: 73.00, and 14.60 of the tax that stays at the rates of its documents.
        (await Stands(world, "fx-gain-loss")).ShouldBe("0 -14.6");
        // The ERP is told it in dollars, for in euros nothing moves.
        (await world.Database.Scalar<string>(
            "select currency || ' ' || trim_scale(amount) from posting.posting where document_kind = 'revenue-journal' order by business_key limit 1")).ShouldBe("USD 6.2");
        var entry = await world.Database.Scalar<string>("select min(business_key) from posting.posting where document_kind = 'revenue-journal'");
        (await new ReverseEntry(world.Database.Source, world.Time).Run(new ReversalRequest(entry, null, "Wrong", "mara", "r1"), None))
            .ShouldBeOfType<JournalOutcome.Refused>().Code.ShouldBe("scheduled-revenue");
    }

    /// <summary>The same where the platform earns in each month: what the rates left of support is no part of its revenue.</summary>
    [Fact]
    public async Task Beside_other_revenue_of_the_month_it_is_lost_and_no_revenue()
    {
        await using var world = await Signed("platform support");
        var books = new RevenueBooks(world);
        await world.Bill("2026-01-01");
        world.On("2026-01-10");
        var support = await world.Database.Scalar<int>("select line_no from invoicing.invoice_line where component = 'support'");
        (await world.Credit("AT-2026-0000001", new CreditWish.ByLine([new LineCredit(support, 1460m)]), "2026-01-10", "k1")).ShouldBeOfType<CreditOutcome.Given>();
        world.On("2026-01-31");
        var run = await books.Run("2026-01");
        run.Booked.ShouldHaveSingleItem().Amount.ToString().ShouldBe("310.00 EUR");
        run.ExchangedDeferred.ShouldHaveSingleItem().Amount.ToString().ShouldBe("-6.20 USD");
        (await Stands(world, "revenue")).ShouldBe("-310 -279"); // at 0.90
        await Clean(world, books, "2026-01");
        (await books.Run("2026-01")).ShouldSatisfyAllConditions(again => again.Booked.ShouldBeEmpty(), again => again.ExchangedDeferred.ShouldBeEmpty());
    }

    /// <summary>
    /// A tenth given back, 146.00 at 0.95: what is earned of support stays at 0.90, nine tenths of it; 0.05 of each euro given back is lost.
    /// </summary>
    [Fact]
    public async Task A_part_given_back_leaves_at_the_rate_it_was_promised_at()
    {
        await using var world = await Signed("support");
        var books = new RevenueBooks(world);
        await world.Bill("2026-01-01");
        world.On("2026-01-10");
        (await world.Credit("AT-2026-0000001", new CreditWish.ByAmount(146m), "2026-01-10", "k1")).ShouldBeOfType<CreditOutcome.Given>();
        for (var month = 1; month <= 12; month++)
        {
            var name = FormattableString.Invariant($"2026-{month:00}");
            world.On(FormattableString.Invariant($"{name}-{DateTime.DaysInMonth(2026, month)}"));
            await books.Run(name);
            if (month == 1) (await Stands(world, "revenue")).ShouldBe("-111.6 -100.44"); // 31 days of 3.60 at 0.90
            await Clean(world, books, name);
        }
        (await Stands(world, "revenue")).ShouldBe("-1314 -1182.6");
        (await Stands(world, "deferred-revenue")).ShouldBe("0 0");
        (await world.Database.Scalar<decimal>("select -sum(functional) from revenue.exchange")).ShouldBe(7.30m);
    }

    /// <summary>
    /// An upgrade in the middle of March, whose first day was at 0.90: one invoice gives back 160.00 of 310.00 and charges 240.00, at 0.95. The days before it
    /// are earned at 0.90 and those from it on at 0.95; of what went back 0.05 of each euro are lost.
    /// </summary>
    [Fact]
    public async Task An_invoice_that_charges_and_gives_back_earns_each_at_its_own_rate()
    {
        await using var world = await Signed("platform", "2026-03-01 0.90");
        var books = new RevenueBooks(world);
        await world.Bill("2026-03-01");
        world.On("2026-03-16");
        (await world.Amend("S-1", new Domain.Subscriptions.AmendmentRequest { Kind = "upgrade", Plan = "scale", Effective = "2026-03-16" }))
            .ShouldBeOfType<Application.Subscriptions.AmendmentOutcome.Done>();
        await world.Bill("2026-03-16");
        (await world.Database.Scalar<string>(
            "select string_agg(trim_scale(amount)::text, ' ' order by line_no) from invoicing.invoice_line where invoice_id = (select id from invoicing.invoice order by number desc limit 1)"))
            .ShouldBe("-160 240");
        world.On("2026-03-31");
        var run = await books.Run("2026-03");
        (await world.Database.Scalar<string>(
            "select concat_ws(' ', trim_scale(-sum(amount)), trim_scale(-sum(functional))) from ledger.journal_line where account = 'revenue' and month = '2026-03-01'"))
            .ShouldBe("390 363"); // 150.00 at 0.90 and 240.00 at 0.95
        run.ExchangedDeferred.ShouldHaveSingleItem().Amount.ToString().ShouldBe("-8.00 USD");
        (await Stands(world, "deferred-revenue")).ShouldBe("0 0");
        await Clean(world, books, "2026-03");
    }

    /// <summary>Books of an earlier version kept what rates left: the first run after it books that once, and says so.</summary>
    [Fact]
    public async Task What_an_earlier_version_left_is_booked_once()
    {
        await using var world = await Signed("support");
        var books = new RevenueBooks(world);
        await world.Bill("2026-01-01");
        world.On("2026-01-31");
        await books.Run("2026-01");
        // As if 5.00 less had left deferred revenue than should have.
        await world.Database.Execute(
            """
            alter table ledger.journal_line disable trigger user;
            update ledger.journal_line l set functional = functional - sign(amount) * 5 from ledger.journal_entry e
            where e.id = l.entry_id and e.source_kind = 'revenue-journal';
            alter table ledger.journal_line enable trigger user;
            update ledger.account_balance set functional_debit = functional_debit - 5 where account = 'deferred-revenue' and month = '2026-01-01';
            """);
        var wrong = (await books.Check("2026-01")).InBooks.Single(balance => balance.Account == "deferred-revenue");
        (wrong.Difference.ToString(), wrong.Wrong).ShouldBe(("5.00 USD", true));
        wrong.Words.ShouldBe("deferred-revenue of EUR has 5.00 USD more in the books than what is left of its documents carries: "
            + "run tieout revenue run; what it does not mend was changed past the program.");
        (await books.Run("2026-01")).ExchangedDeferred.ShouldBeEmpty();
        await world.Database.Execute("insert into revenue.exchange_mark (legal_entity_id, currency) values (md5('AT')::uuid, 'EUR')");
        var left = (await books.Run("2026-01")).ExchangedDeferred.ShouldHaveSingleItem();
        (left.Amount.ToString(), left.Cause).ShouldBe(("5.00 USD", Application.Revenue.ExchangeCause.Earlier));
        (await books.Check("2026-01")).InBooks.ShouldAllBe(balance => !balance.Wrong);
        (await books.Run("2026-01")).ExchangedDeferred.ShouldBeEmpty();
    }

    /// <summary>Prepaid credit whose amount in the books was changed past the program is named, though in euros everything is as it was.</summary>
    [Fact]
    public async Task Prepaid_credit_that_was_changed_in_the_books_alone_is_named()
    {
        await using var book = await PrepaidBook.Start(postgres, books: "USD");
        (await new EnterRates(book.World.Database.Source, book.World.Time).Run([new("EUR", "USD", "2026-01-01", "0.90")], "Story", "ann", None)).Refused.ShouldBe(0);
        await book.Bill("2026-01-01");
        await book.Run("2026-01");
        await book.World.Database.Execute(
            """
            update ledger.account_balance set functional_credit = functional_credit + 1 where account = 'prepaid-credit';
            update ledger.balance_change set functional_credit = functional_credit + 1 where account = 'prepaid-credit';
            """);
        var check = await book.Revenue.Check("2026-01");
        check.Prepaid.ShouldAllBe(balance => !balance.Wrong);
        var wrong = check.InBooks.Where(balance => balance.Wrong).ShouldHaveSingleItem();
        (wrong.Account, wrong.Wanted.ToString(), wrong.Ledger.ToString(), wrong.Difference.ToString()).ShouldBe(
            ("prepaid-credit", "90.00 USD", "91.00 USD", "1.00 USD"));
        check.Aligned.ShouldBeFalse();
    }

    [Theory]
    [InlineData("delete from revenue.exchange", "booked_is_booked")]
    [InlineData("update revenue.exchange set functional = 1", "booked_is_booked")]
    [InlineData("insert into revenue.exchange select 99, tenant, legal_entity_id, currency, month, 'earlier', null, functional, md5('x')::uuid, run_id, created_at from revenue.exchange", "exchange_is_in_the_ledger")]
    [InlineData("alter table revenue.exchange drop constraint exchange_once; insert into revenue.exchange select 99, tenant, legal_entity_id, currency, month, 'earlier', null, functional + 1, entry_id, run_id, created_at from revenue.exchange", "exchange_is_in_the_ledger")]
    [InlineData("alter table revenue.exchange drop constraint exchange_once; insert into revenue.exchange select 99, tenant, legal_entity_id, currency, month, 'contracts', null, functional, entry_id, run_id, created_at from revenue.exchange", "exchange_of_what_left_it")]
    [InlineData("insert into revenue.exchange select 99, tenant, legal_entity_id, currency, month, cause, booking, functional, md5('x')::uuid, run_id, created_at from revenue.exchange", "exchange_of_a_booking_once")]
    public async Task The_database_itself_refuses(string sql, string constraint)
    {
        await using var world = await Signed("support");
        await world.Bill("2026-01-01");
        world.On("2026-01-10");
        await world.Credit("AT-2026-0000001", new CreditWish.Whole(), "2026-01-10", "k1");
        world.On("2026-01-31");
        (await new RevenueBooks(world).Run("2026-01")).ExchangedDeferred.Count.ShouldBe(1);
        (await Should.ThrowAsync<PostgresException>(() => world.Database.Execute(sql))).ConstraintName.ShouldBe(constraint);
    }

    // Invoices, schedules and books tell the same, in both currencies.
    private static async Task Clean(BillingWorld world, RevenueBooks books, string month)
    {
        var check = await books.Check(month);
        (check.Lines.Count, check.Due.Count).ShouldBe((0, 0), month);
        check.Books.ShouldAllBe(balance => balance.Difference.IsZero, month);
        check.InBooks.Where(balance => balance.Wrong).ShouldBeEmpty(month);
        check.InBooks.ShouldContain(balance => balance.Account == "deferred-revenue" && balance.Currency == "EUR");
        (await new CheckLedger(world.Database.Source).Run(None)).Findings.ShouldBeEmpty();
        await world.Agree();
    }

    private static async Task<string> Stands(BillingWorld world, string account)
    {
        await using var connection = await world.Database.Source.OpenConnectionAsync();
        return await connection.QuerySingleAsync<string>(
            "select concat_ws(' ', trim_scale(sum(amount)), trim_scale(sum(functional))) from ledger.journal_line where account = @account", new { account });
    }

    private async Task<BillingWorld> Signed(string components, params string[] other)
    {
        var world = await BillingWorld.Start(postgres);
        await world.Database.Execute("update customers.legal_entity set currency = 'USD' where code = 'AT'");
        Dictionary<string, string> days = new(StringComparer.Ordinal) { ["2026-01-01"] = "0.90", ["2026-01-10"] = "0.95", ["2026-03-16"] = "0.95" };
        for (var month = 1; month <= 12; month++)
        {
            days.TryAdd(FormattableString.Invariant($"2026-{month:00}-01"), "0.95");
            days.Add(FormattableString.Invariant($"2026-{month:00}-{DateTime.DaysInMonth(2026, month)}"), "0.95");
        }
        foreach (var (day, rate) in other.Select(one => one.Split(' ')).Select(one => (one[0], one[1]))) days[day] = rate;
        List<EnteredRate> rates = [.. days.Select(day => new EnteredRate("EUR", "USD", day.Key, day.Value))];
        (await new EnterRates(world.Database.Source, world.Time).Run(rates, "Story", "ann", None)).Refused.ShouldBe(0);
        (await world.Create("S-1", "2026-01-01", "team", components)).ShouldBeOfType<Application.Subscriptions.AmendmentOutcome.Done>();
        return world;
    }
}
