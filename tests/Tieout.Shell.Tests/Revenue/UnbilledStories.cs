using Npgsql;
using Tieout.Application.Journals;
using Tieout.Application.Revenue;
using Tieout.Application.Views;
using Tieout.Shell.Tests.Catalog;
using Tieout.Shell.Tests.Database;
using Tieout.Shell.Tests.Invoicing.Stories;

namespace Tieout.Shell.Tests.Revenue;

/// <summary>
/// What is earned and not invoiced, on accounts of its own. The platform costs 310.00 a month; the contract promises it for a year for 3,720.00
/// together with a set-up of the same worth, of which half the price is earned on 15 January.
/// </summary>
public sealed class UnbilledStories(PostgresFixture postgres)
{
    private const string Contract =
        """
        {"contract":"RC-1","currency":"EUR","price":{"fixed":"3720.00"},"obligations":[
          {"code":"platform","satisfaction":"ratable-monthly","ssp":"3720.00","period":{"start":"2026-01-01","end":"2027-01-01"}},
          {"code":"set-up","satisfaction":"point-in-time","ssp":"3720.00","on":"2026-01-15","period":{"start":"2026-01-01","end":"2027-01-01"}}]}
        """;

    /// <summary>1,860.00 + 155.00 − 310.00 = 1,705.00 in January; each month 155.00 is earned and 310.00 invoiced.</summary>
    [Theory]
    [InlineData("contract-asset", "")]
    [InlineData("unbilled-receivable", "\"unbilled\":\"receivable\",")]
    public async Task A_contract_s_asset_grows_with_what_is_earned_and_goes_back_as_invoices_come(string account, string unbilled)
    {
        await using var world = await Signed(unbilled);
        var books = new RevenueBooks(world);
        var january = await Month(world, books, "2026-01-01", "2026-01-31");
        var moved = january.Moved.ShouldHaveSingleItem();
        (moved.Month.ToString(), moved.ContractAsset.Amount + moved.UnbilledReceivable.Amount).ShouldBe(("2026-01", 1705m));
        (await new FindJournals(world.Database.Source).One(moved.Entry, CancellationToken.None))!.Lines.Select(line => (line.Account, line.Amount.Amount, line.Text)).ShouldBe([
            (account, 1705m, "Unbilled revenue at the end of 2026-01"), ("deferred-revenue", -1705m, "Unbilled revenue at the end of 2026-01")]);
        (await books.Deferred()).ShouldBe(0m);
        (await Month(world, books, "2026-02-01", "2026-02-28")).Moved.ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            back => (back.ContractAsset.Amount + back.UnbilledReceivable.Amount).ShouldBe(-155m));
        (await books.Balance(account)).ShouldBe(1550m);
        for (var month = 3; month <= 12; month++) await Month(world, books, $"2026-{month:00}-01", $"2026-{month:00}-28");
        (await books.Balance(account), await books.Deferred()).ShouldBe((0m, 0m)); // all is invoiced and earned
        await books.Identity();
        var told = System.Text.Json.JsonSerializer.Serialize(
            (await new ReadTimeline(world.Database.Source, new FindInvoices(world.Database.Source)).Run(moved.Entry, default)).Story);
        told.ShouldContain("Contract RC-1");
        told.ShouldContain($"1705.00 EUR on {account}");
    }

    [Fact]
    public async Task What_is_booked_of_documents_of_later_months_is_an_unbilled_receivable_until_they_come()
    {
        await using var world = await BillingWorld.Start(postgres);
        var books = new RevenueBooks(world);
        world.On("2026-01-01");
        (await world.Create("S-1", "2026-01-01", "team", "platform support")).ShouldBeOfType<Application.Subscriptions.AmendmentOutcome.Done>();
        world.On("2026-02-01");
        await world.Bill("2026-02-01"); // January and February, in February
        world.On("2026-02-28");
        var run = await books.Run("2026-02");
        run.Moved.Select(moved => (moved.Month.ToString(), moved.Entry, moved.ContractAsset.Amount, moved.UnbilledReceivable.Amount)).ShouldBe([
            ("2026-01", "ATJ-2026-0000003", 0m, 434m), ("2026-02", "ATJ-2026-0000004", 0m, -434m)]);
        await books.Splits("2026-01");
        await books.Splits("2026-02");
        (await books.Run("2026-02")).Moved.ShouldBeEmpty();
        (await books.Run("2026-01")).Moved.ShouldBeEmpty();
        var check = await books.Check("2026-01");
        check.Unbilled.Select(balance => (balance.Account, balance.Wanted.Amount, balance.Ledger.Amount, balance.Wrong)).ShouldBe([("unbilled-receivable", 434m, 434m, false)]);
        check.Aligned.ShouldBeTrue();
    }

    [Fact]
    public async Task A_closed_month_keeps_what_it_has_and_the_first_open_one_takes_what_it_lacks()
    {
        await using var world = await Signed("");
        var books = new RevenueBooks(world);
        await world.Bill("2026-01-01");
        world.On("2026-02-10");
        await world.Database.Execute("update customers.legal_entity set closed_through = '2026-01-31'"); // before any run
        await world.Bill("2026-02-01");
        world.On("2026-02-28");
        (await books.Run("2026-02")).Moved.ShouldHaveSingleItem().ContractAsset.Amount.ShouldBe(1860m + 310m - 620m);
        await books.Splits("2026-02");
        (await books.Check("2026-01")).Unbilled.ShouldBeEmpty();
        await books.Identity();
    }

    [Fact]
    public async Task The_check_names_what_a_tampered_ledger_has_and_what_a_journal_by_hand_did_is_told_beside()
    {
        await using var world = await Signed("");
        var books = new RevenueBooks(world);
        await Month(world, books, "2026-01-01", "2026-01-31");
        (await new BookJournal(world.Database.Source, world.Time).Add(CatalogueTests.Json(
            """
            {"legal-entity":"AT","date":"2026-01-20","currency":"EUR","text":"Opening","reason":"Migrated","actor":"ann",
             "lines":[{"account":"contract-asset","debit":"50"},{"account":"revenue","credit":"50"}]}
            """), "ann", "j1", CancellationToken.None)).ShouldBeOfType<JournalOutcome.Done>();
        var balance = (await books.Check("2026-01")).Unbilled.ShouldHaveSingleItem();
        (balance.Wanted.Amount, balance.ByHand.Amount, balance.Ledger.Amount, balance.Wrong).ShouldBe((1705m, 50m, 1755m, false));
        await world.Database.Execute(
            "insert into ledger.balance_change select tenant, legal_entity_id, month, account, currency, 1, 0, 1 from ledger.turnover where account = 'contract-asset' limit 1");
        var check = await books.Check("2026-01");
        (check.Unbilled.ShouldHaveSingleItem().Difference.Amount, check.Aligned).ShouldBe((1m, false));
    }

    [Fact]
    public async Task What_a_run_moved_is_not_taken_back_by_hand()
    {
        await using var world = await Signed("");
        var books = new RevenueBooks(world);
        var entry = (await Month(world, books, "2026-01-01", "2026-01-31")).Moved[0].Entry;
        (await new ReverseEntry(world.Database.Source, world.Time).Run(new ReversalRequest(entry, null, "Wrong", "mara", "r1"), CancellationToken.None))
            .ShouldBeOfType<JournalOutcome.Refused>().Code.ShouldBe("scheduled-revenue");
    }

    [Theory]
    [InlineData("insert into revenue.unbilled_line (unbilled, no, account, amount) select id, 9, 'contract-asset', 1 from revenue.unbilled", "unbilled_is_sealed")]
    [InlineData("delete from revenue.unbilled_line", "booked_is_booked")]
    [InlineData("insert into revenue.unbilled select 99, tenant, legal_entity_id, currency, month, null, 0, 0, run_id, created_at from revenue.unbilled", "unbilled_equals_its_lines")]
    [InlineData("insert into revenue.unbilled select 99, tenant, legal_entity_id, currency, month, null, 5, 0, run_id, created_at from revenue.unbilled", "unbilled_of_something_has_its_entry")]
    [InlineData("insert into revenue.unbilled_line (unbilled, no, account, amount) values (99, 1, 'contract-asset', 5), (99, 2, 'unbilled-receivable', 1); "
        + "insert into revenue.unbilled select 99, tenant, legal_entity_id, currency, month, md5('x')::uuid, 5, 1, run_id, created_at from revenue.unbilled", "unbilled_of_its_contract")]
    [InlineData("insert into revenue.unbilled_line (unbilled, no, account, amount) values (99, 1, 'unbilled-receivable', -5); "
        + "insert into revenue.unbilled select 99, tenant, legal_entity_id, currency, month, md5('x')::uuid, 0, -5, run_id, created_at from revenue.unbilled", "unbilled_never_below_zero")]
    [InlineData("insert into revenue.unbilled_line (unbilled, no, account, amount) values (99, 1, 'unbilled-receivable', 5); "
        + "insert into revenue.unbilled select 99, tenant, legal_entity_id, currency, month, md5('x')::uuid, 0, 5, run_id, created_at from revenue.unbilled", "unbilled_is_in_the_ledger")]
    public async Task The_database_itself_refuses(string sql, string constraint)
    {
        await using var world = await Signed("");
        await Month(world, new RevenueBooks(world), "2026-01-01", "2026-01-31");
        (await Should.ThrowAsync<PostgresException>(() => world.Database.Execute(sql))).ConstraintName.ShouldBe(constraint);
    }

    // Billed, run, and what the ledger has is what the waterfall says; a second run moves nothing.
    private static async Task<RevenueRun> Month(BillingWorld world, RevenueBooks books, string billed, string end)
    {
        world.On(billed);
        await world.Bill(billed);
        world.On(end);
        var run = await books.Run(end[..7]);
        await books.Splits(end[..7]);
        (await books.Run(end[..7])).ShouldSatisfyAllConditions(again => again.Booked.ShouldBeEmpty(), again => again.Moved.ShouldBeEmpty());
        (await books.Check(end[..7])).Unbilled.ShouldAllBe(balance => balance.Difference.IsZero);
        return run;
    }

    private async Task<BillingWorld> Signed(string unbilled)
    {
        var world = await BillingWorld.Start(postgres);
        (await world.Create("S-1", "2026-01-01", "team", "platform")).ShouldBeOfType<Application.Subscriptions.AmendmentOutcome.Done>();
        var document = Contract.Replace("\"currency\":\"EUR\",", $"\"currency\":\"EUR\",{unbilled}", StringComparison.Ordinal);
        (await new GiveContract(world.Database.Source, world.Time).Add(
            CatalogueTests.Json($$"""{"legal-entity":"AT","subscriptions":["S-1"],"document":{{document}},"reason":"signed"}"""), "ann", "k1", CancellationToken.None))
            .ShouldBeOfType<RevenueReply.Contract>();
        return world;
    }
}
