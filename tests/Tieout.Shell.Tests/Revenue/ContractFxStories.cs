using Dapper;
using Tieout.Application.Exchange;
using Tieout.Application.Ledger;
using Tieout.Application.Revenue;
using Tieout.Domain.Subscriptions;
using Tieout.Shell.Tests.Catalog;
using Tieout.Shell.Tests.Database;
using Tieout.Shell.Tests.Invoicing.Stories;

namespace Tieout.Shell.Tests.Revenue;

/// <summary>
/// Given contracts in euros of a company whose books are in dollars, through a year with a modification and a cancellation: at each month's end
/// invoices, schedules, journals and balances tell the same, in both currencies. A euro is 1.10 on 1 January and one cent more on the first of each
/// month after it; on the last day of a month it is half a cent more than on its first.
/// </summary>
public sealed class ContractFxStories(PostgresFixture postgres)
{
    private const string Shared =
        """
        {"contract":"RC-1","currency":"EUR","price":{"fixed":"1460.00"},"obligations":[
          {"code":"support","satisfaction":"ratable-daily","ssp":"1460.00","period":{"start":"2026-01-01","end":"2027-01-01"}},
          {"code":"set-up","satisfaction":"point-in-time","ssp":"365.00","on":"2026-01-15","period":{"start":"2026-01-01","end":"2027-01-01"}}]}
        """;

    // One seat from the middle of March: 16 of 31 days of 12.40, and nine months.
    private const string Seats =
        """
        {"kind":"modification","version":2,"on":"2026-03-16","reason":"agreed","increase":"118.00","add":[
          {"code":"seats","satisfaction":"ratable-daily","ssp":"118.00","period":{"start":"2026-03-16","end":"2027-01-01"}}]}
        """;

    private const string Unbilled =
        """
        {"contract":"RC-1","currency":"EUR","unbilled":"receivable","price":{"fixed":"3720.00"},"obligations":[
          {"code":"platform","satisfaction":"ratable-monthly","ssp":"3720.00","period":{"start":"2026-01-01","end":"2027-01-01"}},
          {"code":"set-up","satisfaction":"point-in-time","ssp":"3720.00","on":"2026-01-15","period":{"start":"2026-01-01","end":"2027-01-01"}}]}
        """;

    private const string Training =
        """
        {"kind":"modification","version":2,"on":"2026-03-16","reason":"agreed","increase":"310.00","add":[
          {"code":"training","satisfaction":"point-in-time","ssp":"310.00","on":"2026-04-10","period":{"start":"2026-03-16","end":"2027-01-01"}}]}
        """;

    /// <summary>
    /// Support is invoiced with 1,460.00 in January, at 1,606.00 dollars; a seat comes in March at the rates of its own invoices; in September 488.00 go
    /// back for the 122 days that are not given.
    /// </summary>
    [Fact]
    public async Task A_contract_shared_by_selling_prices_leaves_deferred_revenue_at_what_its_documents_carry()
    {
        await using var world = await Signed("support", Shared);
        var books = new RevenueBooks(world);
        var pool = (Amount: 0m, Functional: 0m);
        for (var month = 1; month <= 12; month++)
        {
            await Happens(world, month);
            var (deferred, revenue) = await Month(world, books, month);
            // What its documents carry, less what was earned: a part leaves in proportion, the last part with all that is left.
            pool = (pool.Amount + deferred.Amount, pool.Functional + deferred.Functional);
            var leaves = revenue.Amount == pool.Amount ? pool.Functional
                : Math.Round(revenue.Amount * pool.Functional / pool.Amount, 2, MidpointRounding.AwayFromZero);
            revenue.Functional.ShouldBe(leaves, $"month {month}");
            pool = (pool.Amount - revenue.Amount, pool.Functional - revenue.Functional);
            if (month == 1) (revenue, pool).ShouldBe(((391.20m, 430.32m), (1068.80m, 1175.68m))); // 292.00 and 31 days of 3.20, at 1.10
        }
        pool.ShouldBe((0m, 0m));
        await NothingLeft(world);
    }

    /// <summary>
    /// Half of the price is earned with the set-up and the platform is invoiced with 310.00 a month: what is earned beyond that is an unbilled
    /// receivable until it is cancelled, and what is never invoiced is taken back.
    /// </summary>
    [Fact]
    public async Task What_is_earned_beyond_its_invoices_stands_at_the_rates_of_the_months_ends_and_leaves_nothing_behind()
    {
        await using var world = await Signed("platform", Unbilled);
        var books = new RevenueBooks(world);
        for (var month = 1; month <= 9; month++)
        {
            if (month == 3) await Event(world, Training, "e1");
            if (month == 7)
            {
                world.On("2026-06-30");
                (await world.Amend("S-1", new AmendmentRequest { Kind = "cancel", Effective = "2026-07-01" })).ShouldBeOfType<Application.Subscriptions.AmendmentOutcome.Done>();
                await Event(world, """{"kind":"cancellation","version":3,"on":"2026-07-01","reason":"gone"}""", "e2");
            }
            await Month(world, books, month);
            // 1,860.00 and 155.00 earned, 310.00 of it invoiced at 1.10: the rest at that rate as revenue, and at 1.105 as what is not invoiced.
            if (month == 1) (await On(world, 1, "unbilled-receivable", "revenue", "deferred-revenue")).ShouldBe(
                "deferred-revenue 0 -8.53, revenue -2015 -2216.5, unbilled-receivable 1705 1884.03");
            if (month == 6) (await Amount(world, "unbilled-receivable", 6)).ShouldBe(1240m); // 1,860.00 + 930.00 + 310.00 earned, 1,860.00 invoiced
        }
        (await books.Revenue()).ShouldBe("2026-01 2015, 2026-02 155, 2026-03 155, 2026-04 465, 2026-05 155, 2026-06 155, 2026-07 -1240");
        await NothingLeft(world);
    }

    private static async Task Happens(BillingWorld world, int month)
    {
        if (month == 3)
        {
            world.On("2026-03-16");
            await world.Bill("2026-03-01");
            (await world.Amend("S-1", new AmendmentRequest { Kind = "add-component", Component = "seats", Quantity = "1", Effective = "2026-03-16" }))
                .ShouldBeOfType<Application.Subscriptions.AmendmentOutcome.Done>();
            await world.Bill("2026-03-16");
            await Event(world, Seats, "e1");
        }
        if (month != 9) return;
        world.On("2026-08-31");
        (await world.Amend("S-1", new AmendmentRequest { Kind = "cancel", Effective = "2026-09-01" })).ShouldBeOfType<Application.Subscriptions.AmendmentOutcome.Done>();
        await Event(world, """{"kind":"cancellation","version":3,"on":"2026-09-01","reason":"gone"}""", "e2");
    }

    /// <summary>Billed and run, twice; what the documents of the month deferred, and what became revenue in it, in euros and dollars.</summary>
    private static async Task<((decimal Amount, decimal Functional) Deferred, (decimal Amount, decimal Functional) Revenue)> Month(
        BillingWorld world, RevenueBooks books, int month)
    {
        var name = FormattableString.Invariant($"2026-{month:00}");
        if (world.Time.GetUtcNow().UtcDateTime < new DateTime(2026, month, 1, 0, 0, 0, DateTimeKind.Utc)) world.On(name + "-01");
        await world.Bill(FormattableString.Invariant($"{name}-{(month == 3 ? 16 : 1):00}"));
        world.On(FormattableString.Invariant($"{name}-{DateTime.DaysInMonth(2026, month)}"));
        (await books.Run(name)).Stopped.ShouldBeEmpty();
        (await books.Run(name)).ShouldSatisfyAllConditions(again => again.Booked.ShouldBeEmpty(), again => again.Moved.ShouldBeEmpty());
        await books.Splits(name);
        await books.Identity();
        await world.Agree();
        var check = await books.Check(name);
        (check.Lines.Count, check.Due.Count).ShouldBe((0, 0), name);
        check.Books.ShouldAllBe(balance => balance.Difference.IsZero);
        check.Unbilled.ShouldAllBe(balance => !balance.Wrong);
        check.InBooks.Where(balance => balance.Wrong).ShouldBeEmpty(name);
        check.Contracts.ShouldBeEmpty();
        (await new CheckLedger(world.Database.Source).Run(CancellationToken.None)).Findings.ShouldBeEmpty();
        return (await Sum(world, month, "source_kind in ('invoice', 'credit-memo') and l.account = 'deferred-revenue'"), await Sum(world, month, "l.account = 'revenue'"));
    }

    private static async Task<(decimal Amount, decimal Functional)> Sum(BillingWorld world, int month, string which)
    {
        await using var connection = await world.Database.Source.OpenConnectionAsync();
        return await connection.QuerySingleAsync<(decimal, decimal)>(
            $"""
            select coalesce(-sum(l.amount), 0), coalesce(-sum(l.functional), 0) from ledger.journal_entry e join ledger.journal_line l on l.entry_id = e.id
            where l.month = '2026-{month:00}-01' and {which}
            """);
    }

    // Balances at a month's end, in euros and dollars.
    private static async Task<string> On(BillingWorld world, int month, params string[] accounts)
    {
        await using var connection = await world.Database.Source.OpenConnectionAsync();
        return string.Join(", ", await connection.QueryAsync<string>(
            $"""
            select concat_ws(' ', account, trim_scale(sum(amount)), trim_scale(sum(functional))) from ledger.journal_line
            where account = any(@accounts) and month <= '2026-{month:00}-01' group by account order by account
            """, new { accounts }));
    }

    private static Task<decimal> Amount(BillingWorld world, string account, int month) => world.Database.Scalar<decimal>(
        FormattableString.Invariant($"select sum(amount) from ledger.journal_line where account = '{account}' and month <= '2026-{month:00}-01'"));

    // All that was invoiced and not credited is earned: nothing of it stands in either currency, and what it was carried at is what was earned.
    private static async Task NothingLeft(BillingWorld world)
    {
        var left = await On(world, 12, "deferred-revenue", "unbilled-receivable", "contract-asset");
        foreach (var account in left.Split(", ")) account.ShouldEndWith(" 0 0");
        (await world.Database.Scalar<decimal>("select sum(functional) from ledger.journal_line where account = 'revenue'")).ShouldBe(await world.Database.Scalar<decimal>(
            """
            select sum(l.functional) from ledger.journal_entry e join ledger.journal_line l on l.entry_id = e.id
            where l.account = 'deferred-revenue' and e.source_kind in ('invoice', 'credit-memo')
            """));
    }

    private async Task<BillingWorld> Signed(string component, string document)
    {
        var world = await BillingWorld.Start(postgres);
        await world.Database.Execute("update customers.legal_entity set currency = 'USD' where code = 'AT'");
        List<EnteredRate> rates = [];
        for (var month = 1; month <= 12; month++)
        {
            var first = 1.10m + ((month - 1) * 0.01m);
            rates.Add(new EnteredRate("EUR", "USD", FormattableString.Invariant($"2026-{month:00}-01"), FormattableString.Invariant($"{first}")));
            rates.Add(new EnteredRate(
                "EUR", "USD", FormattableString.Invariant($"2026-{month:00}-{DateTime.DaysInMonth(2026, month)}"), FormattableString.Invariant($"{first + 0.005m}")));
        }
        rates.Add(new EnteredRate("EUR", "USD", "2026-03-16", "1.1234"));
        (await new EnterRates(world.Database.Source, world.Time).Run(rates, "Story", "ann", CancellationToken.None)).Refused.ShouldBe(0);
        (await world.Create("S-1", "2026-01-01", "team", component)).ShouldBeOfType<Application.Subscriptions.AmendmentOutcome.Done>();
        (await new GiveContract(world.Database.Source, world.Time).Add(
            CatalogueTests.Json($$"""{"legal-entity":"AT","subscriptions":["S-1"],"document":{{document}},"reason":"signed"}"""), "ann", "k1", CancellationToken.None))
            .ShouldBeOfType<RevenueReply.Contract>();
        return world;
    }

    private static async Task Event(BillingWorld world, string happened, string key) =>
        (await new GiveContract(world.Database.Source, world.Time).AddEvent(
            "RC-1", CatalogueTests.Json($$"""{"event":{{happened}},"reason":"agreed"}"""), "ann", key, CancellationToken.None))
        .ShouldBeOfType<RevenueReply.Contract>();
}
