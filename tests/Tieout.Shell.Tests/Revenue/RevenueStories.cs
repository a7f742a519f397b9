using Tieout.Application.Invoicing;
using Tieout.Application.Journals;
using Tieout.Application.Revenue;
using Tieout.Domain.Invoicing;
using Tieout.Domain.Revenue;
using Tieout.Domain.Subscriptions;
using Tieout.Shell.Tests.Database;
using Tieout.Shell.Tests.Invoicing.Stories;

namespace Tieout.Shell.Tests.Revenue;

/// <summary>
/// Revenue out of what invoices defer. The platform costs 310.00 a month, 465.00 on the larger plan; support is 1,460.00 for the year 2026,
/// which is 4.00 a day.
/// </summary>
public sealed class RevenueStories(PostgresFixture postgres)
{
    /// <summary>Invoiced in January, upgraded in the middle of March, credited in May, cancelled for July.</summary>
    [Fact]
    public async Task A_contract_s_year_invoices_schedules_and_journals_tell_the_same_figures()
    {
        await using var world = await BillingWorld.Start(postgres);
        var books = new RevenueBooks(world);
        await Signed(world);

        await Month(world, books, "2026-01-31", "2026-01", booked: 310m + (31 * 4m), deferred: 334 * 4m);
        await Billed(world, "2026-02-01", 310m);
        await Month(world, books, "2026-02-28", "2026-02", booked: 310m + (28 * 4m), deferred: 306 * 4m);

        // Half a month at either price: 310 × 15/31 and 465 × 16/31. Support is cut and begins anew, its days earn the same.
        await Billed(world, "2026-03-01", 310m);
        world.On("2026-03-16");
        (await world.Amend("S-1", new AmendmentRequest { Kind = "upgrade", Plan = "scale", Effective = "2026-03-16" })).ShouldBeOfType<Application.Subscriptions.AmendmentOutcome.Done>();
        await Billed(world, "2026-03-16", 150m - 310m + 240m);
        await Month(world, books, "2026-03-31", "2026-03", booked: 150m + 240m + (31 * 4m), deferred: 275 * 4m);

        await Billed(world, "2026-04-01", 465m);
        await Month(world, books, "2026-04-30", "2026-04", booked: 465m + (30 * 4m), deferred: 245 * 4m);

        // A favour of 93.00 on the platform of May is of May's days.
        await Billed(world, "2026-05-01", 465m);
        var may = await world.Database.Scalar<string>("select max(number) from invoicing.invoice where kind = 'invoice'");
        (await world.Credit(may, new CreditWish.ByAmount(93m), "2026-05-20", "k1")).ShouldBeOfType<CreditOutcome.Given>();
        await Month(world, books, "2026-05-31", "2026-05", booked: 465m - 93m + (31 * 4m), deferred: 214 * 4m);

        await Billed(world, "2026-06-01", 465m);
        world.On("2026-06-20");
        (await world.Amend("S-1", new AmendmentRequest { Kind = "cancel", Effective = "2026-07-01" })).ShouldBeOfType<Application.Subscriptions.AmendmentOutcome.Done>();
        await Month(world, books, "2026-06-30", "2026-06", booked: 465m + (30 * 4m), deferred: 184 * 4m, waits: "billing"); // the cancellation

        // What is left of support goes back: 184 days. The months after June earn nothing, and nothing is deferred.
        await Billed(world, "2026-07-01", -184 * 4m);
        await Month(world, books, "2026-07-31", "2026-07", booked: 0m, deferred: 0m);
        (await books.Run("2026-07")).Booked.ShouldBeEmpty();
        const string Year = "2026-01 434, 2026-02 422, 2026-03 514, 2026-04 585, 2026-05 496, 2026-06 585";
        (await books.Revenue(), await books.Scheduled()).ShouldBe((Year, Year));
        (await world.Database.Scalar<decimal>("select sum(net) from invoicing.invoice")).ShouldBe(3036m);
        await world.Agree();
        await books.Identity();
    }

    [Fact]
    public async Task A_closed_month_stays_as_it_is_and_what_it_lacks_comes_in_the_first_open_one()
    {
        await using var world = await BillingWorld.Start(postgres);
        var books = new RevenueBooks(world);
        await Signed(world);
        await Month(world, books, "2026-01-31", "2026-01", booked: 434m, deferred: 334 * 4m);
        // February is closed before anybody booked its revenue.
        await world.Database.Execute("update customers.legal_entity set closed_through = '2026-02-28'");
        world.On("2026-03-10");
        (await books.Run("2026-02")).Closed.ShouldBe(["AT"]);
        var run = await books.Run("2026-03");
        var (caughtUp, march) = (28 * 4m, 31 * 4m);
        var booked = run.Booked.ShouldHaveSingleItem();
        (booked.Month.ToString(), booked.Amount.Amount, booked.CatchUp.Amount, booked.Lines).ShouldBe(("2026-03", caughtUp + march, caughtUp, 2L));
        (await books.Show("AT-2026-0000001")).Lines.Single(line => line.Description == "Support").Months.Take(4)
            .Select(month => (month.Month.ToString(), month.Amount.Amount, month.Booked?.ToString(), month.Entry)).ShouldBe([
                ("2026-01", 124m, "2026-01", "ATJ-2026-0000001"), ("2026-02", caughtUp, "2026-03", "ATJ-2026-0000002"),
                ("2026-03", march, "2026-03", "ATJ-2026-0000002"), ("2026-04", 120m, null, "")]);

        // A tenth of support is given back in March: a tenth of every month, of January and February in March.
        (await world.Credit("AT-2026-0000001", new CreditWish.ByLine([new LineCredit(await SupportLine(world), 146m)]), "2026-03-10", "k1")).ShouldBeOfType<CreditOutcome.Given>();
        booked = (await books.Run("2026-03")).Booked.ShouldHaveSingleItem();
        (booked.Amount.Amount, booked.CatchUp.Amount).ShouldBe((-12.40m - 11.20m - 12.40m, -12.40m - 11.20m));
        (await new FindJournals(world.Database.Source).One(booked.Entry, CancellationToken.None))!.Lines.Select(line => (line.Account, line.Amount.Amount, line.Text)).ShouldBe([
            ("deferred-revenue", -12.40m, "Catch-up: earned in 2026-01, which is closed"), ("revenue", 12.40m, "Catch-up: earned in 2026-01, which is closed"),
            ("deferred-revenue", -11.20m, "Catch-up: earned in 2026-02, which is closed"), ("revenue", 11.20m, "Catch-up: earned in 2026-02, which is closed"),
            ("deferred-revenue", -12.40m, "Earned in 2026-03"), ("revenue", 12.40m, "Earned in 2026-03")]);
        (await books.Revenue()).ShouldBe("2026-01 434, 2026-03 200");
        var check = await books.Check("2026-03");
        check.Aligned.ShouldBeTrue();
        check.Books.ShouldHaveSingleItem().Ledger.Amount.ShouldBe(1770m - 146m - 634m);
        await books.Identity();
    }

    [Fact]
    public async Task The_waterfall_says_what_is_deferred_and_when_it_is_earned()
    {
        await using var world = await BillingWorld.Start(postgres);
        var books = new RevenueBooks(world);
        await Signed(world);
        await Month(world, books, "2026-01-31", "2026-01", booked: 434m, deferred: 334 * 4m);
        await Billed(world, "2026-02-01", 310m);
        world.On("2026-02-28");
        await books.Run("2026-02");
        var row = await books.Waterfall("2026-02");
        (row.Opening.Amount, row.Invoiced.Amount, row.Credited.Amount, row.Recognised.Amount, row.Deferred.Amount).ShouldBe((1336m, 310m, 0m, 422m, 1224m));
        (row.ContractLiability.Amount, row.UnbilledReceivable.Amount, row.Due.Amount).ShouldBe((1224m, 0m, 0m));
        row.Months.Select(month => month.Amount).ShouldBe([124m, 120m, 124m, 120m, 124m, 124m, 120m, 124m, 120m, 124m]);
        // Seen at January's end it is as it was then.
        var january = await books.Waterfall("2026-01");
        (january.Invoiced.Amount, january.Recognised.Amount, january.Deferred.Amount, january.Months[0].Amount).ShouldBe((1770m, 434m, 1336m, 112m));
        (await world.Bill("2026-03-01")).Invoices.ShouldBe(1);
        (await new ReadWaterfall(world.Database.Source).Run("AT", RevenueBooks.Month("2026-02"), CancellationToken.None))
            .ShouldBeOfType<RevenueReply.Waterfall>().Sheet.Waiting.ShouldBe(1);
    }

    [Fact]
    public async Task What_was_earned_before_it_is_invoiced_is_an_unbilled_receivable()
    {
        await using var world = await BillingWorld.Start(postgres);
        var books = new RevenueBooks(world);
        await Signed(world, bill: false);
        await Billed(world, "2026-02-01", 310m + 310m + 1460m); // January and February, in February
        world.On("2026-02-28");
        (await books.Run("2026-02")).Booked.Select(booked => (booked.Month.ToString(), booked.Amount.Amount)).ShouldBe([("2026-01", 434m), ("2026-02", 422m)]);
        var january = await books.Waterfall("2026-01");
        (january.Recognised.Amount, january.Deferred.Amount, january.ContractLiability.Amount, january.UnbilledReceivable.Amount).ShouldBe((434m, -434m, 0m, 434m));
        var february = await books.Waterfall("2026-02");
        (february.Opening.Amount, february.Deferred.Amount, february.UnbilledReceivable.Amount).ShouldBe((-434m, 1224m, 0m));
        (await books.Check("2026-01")).Aligned.ShouldBeTrue();
        await books.Identity();
    }

    [Fact]
    public async Task The_check_names_what_moved_alone_until_a_run_has_seen_to_it()
    {
        await using var world = await BillingWorld.Start(postgres);
        var books = new RevenueBooks(world);
        await Signed(world);
        world.On("2026-01-31");
        var before = await books.Check("2026-01");
        before.Aligned.ShouldBeFalse();
        before.Lines.Select(line => (line.Document, line.Subscription, line.Invoiced.Amount, line.Scheduled.Amount)).ShouldBe(
            [("AT-2026-0000001", "S-1", 310m, 0m), ("AT-2026-0000001", "S-1", 1460m, 0m)], ignoreOrder: true);
        before.Lines.ShouldAllBe(line => line.Words.Contains("run tieout revenue run", StringComparison.Ordinal));
        await books.Run("2026-01");
        (await books.Check("2026-01")).Aligned.ShouldBeTrue();

        // An amendment is ahead of billing; then its invoice is ahead of revenue; then posting is behind alone.
        world.On("2026-01-16");
        (await world.Amend("S-1", new AmendmentRequest { Kind = "upgrade", Plan = "scale", Effective = "2026-01-16" })).ShouldBeOfType<Application.Subscriptions.AmendmentOutcome.Done>();
        (await books.Check("2026-01")).Behind.Select(behind => (behind.Subscription, behind.Version, behind.Waits)).ShouldBe([("S-1", 2, "billing")]);
        await world.Bill("2026-01-16");
        (await books.Check("2026-01")).Behind.Select(behind => behind.Waits).ShouldBe(["posting", "revenue"]);
        world.On("2026-01-31");
        await books.Run("2026-01");
        var posting = await books.Check("2026-01");
        (posting.Behind.Select(behind => behind.Waits).Single(), posting.LinesInAll, posting.Due.Count, posting.Aligned).ShouldBe(("posting", 0L, 0, false));

        // February is due and nobody booked it.
        world.On("2026-02-28");
        (await books.Check("2026-02")).Due.Select(due => (due.LegalEntity, due.Month.ToString(), due.Amount.Amount)).ShouldBe([("AT", "2026-02", 112m)]);
    }

    [Fact]
    public async Task A_journal_by_hand_on_deferred_revenue_is_told_beside_and_a_tampered_ledger_is_named()
    {
        await using var world = await BillingWorld.Start(postgres);
        var books = new RevenueBooks(world);
        await Signed(world);
        world.On("2026-01-31");
        await books.Run("2026-01");
        (await new BookJournal(world.Database.Source, world.Time).Add(Catalog.CatalogueTests.Json(
            """
            {"kind":"revenue-journal","month":"2026-01","legal-entity":"AT","date":"2026-01-20","currency":"EUR","text":"Opening","reason":"Migrated","actor":"ann",
             "lines":[{"account":"revenue","debit":"50"},{"account":"deferred-revenue","credit":"50"}]}
            """), "ann", "j1", CancellationToken.None)).ShouldBeOfType<JournalOutcome.Done>();
        var check = await books.Check("2026-01");
        var balance = check.Books.ShouldHaveSingleItem();
        (balance.ByHand.Amount, balance.Ledger.Amount, balance.Difference.Amount, check.Aligned).ShouldBe((50m, 1386m, 0m, true));
        await world.Database.Execute(
            "insert into ledger.balance_change select tenant, legal_entity_id, month, account, currency, 0, 1, 1 from ledger.turnover where account = 'deferred-revenue' limit 1");
        check = await books.Check("2026-01");
        (check.Books.ShouldHaveSingleItem().Difference.Amount, check.Aligned).ShouldBe((1m, false));
    }

    [Fact]
    public async Task Another_policy_holds_for_charges_that_begin_from_its_day_and_a_charge_goes_on_as_it_began()
    {
        await using var world = await BillingWorld.Start(postgres);
        var books = new RevenueBooks(world);
        var policies = new RevenuePolicies(world.Database.Source, world.Time);
        await Signed(world);
        var even = new PolicyRequest("AT", new DateOnly(2026, 1, 2), Spread.EvenMonths, ScheduleRounding.ResidualLast, "Auditor", "ann");
        (await policies.Add(even, CancellationToken.None)).ShouldBeOfType<RevenueReply.Policies>();
        (await policies.Add(even, CancellationToken.None)).ShouldBeOfType<RevenueReply.Policies>().All.Count.ShouldBe(1);
        (await policies.Add(even with { Spread = Spread.ByDay }, CancellationToken.None)).ShouldBeOfType<RevenueReply.Refused>().Code.ShouldBe("policy-stands");
        (await policies.Add(even with { LegalEntity = "XX" }, CancellationToken.None)).ShouldBeOfType<RevenueReply.Refused>().Code.ShouldBe("unknown-entity");
        (await world.Create("S-2", "2026-01-15", "team", "support")).ShouldBeOfType<Application.Subscriptions.AmendmentOutcome.Done>();
        await world.Bill("2026-01-15");
        world.On("2026-03-31");
        await books.Run("2026-03");
        // 1,460.00 / 12 = 121.67; of January 17 of 31 days of a month.
        (await books.Show("AT-2026-0000002")).Lines.ShouldHaveSingleItem().Months.Select(month => month.Amount.Amount).ShouldBe(
            [66.72m, 115.78m, 127.55m, 119.84m, 123.50m, 119.84m, 123.50m, 121.67m, 119.84m, 123.50m, 119.84m, 123.50m, 54.92m]);

        // Support of S-1 began by days: what is credited of it goes back by days.
        (await world.Credit("AT-2026-0000001", new CreditWish.ByLine([new LineCredit(await SupportLine(world), 146m)]), "2026-03-31", "k1")).ShouldBeOfType<CreditOutcome.Given>();
        await books.Run("2026-03");
        (await books.Show(await world.Database.Scalar<string>("select number from invoicing.invoice where kind = 'credit-memo'"))).Lines.ShouldHaveSingleItem()
            .Months.Take(2).Select(month => month.Amount.Amount).ShouldBe([-12.40m, -11.20m]);
    }

    private static Task<int> SupportLine(BillingWorld world) => world.Database.Scalar<int>(
        "select line_no from invoicing.invoice_line l join invoicing.invoice i on i.id = l.invoice_id where i.number = 'AT-2026-0000001' and l.component = 'support'");

    private static async Task Signed(BillingWorld world, bool bill = true)
    {
        world.On("2026-01-01");
        (await world.Create("S-1", "2026-01-01", "team", "platform support")).ShouldBeOfType<Application.Subscriptions.AmendmentOutcome.Done>();
        if (bill) await Billed(world, "2026-01-01", 310m + 1460m);
    }

    private static async Task Billed(BillingWorld world, string day, decimal net)
    {
        world.On(day);
        (await world.Bill(day)).Totals.Sum(total => total.Net).ShouldBe(net);
    }

    // A month's end: the run books this much, running it again nothing, and invoices, schedules and books tell the same.
    private static async Task Month(BillingWorld world, RevenueBooks books, string on, string month, decimal booked, decimal deferred, string waits = "posting")
    {
        world.On(on);
        (await books.Run(month)).Booked.Sum(booking => booking.Amount.Amount).ShouldBe(booked);
        (await books.Run(month)).Booked.ShouldBeEmpty();
        (await books.Deferred()).ShouldBe(deferred);
        var check = await books.Check(month);
        (check.LinesInAll, check.Due.Count, check.Books.All(balance => balance.Difference.IsZero)).ShouldBe((0L, 0, true));
        check.Behind.ShouldAllBe(behind => behind.Waits == "posting" || behind.Waits == waits);
    }
}
