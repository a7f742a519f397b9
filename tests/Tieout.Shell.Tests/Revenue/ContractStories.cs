using System.Text.Json;
using Npgsql;
using Tieout.Application.Revenue;
using Tieout.Domain.Subscriptions;
using Tieout.Shell.Tests.Catalog;
using Tieout.Shell.Tests.Database;
using Tieout.Shell.Tests.Invoicing.Stories;

namespace Tieout.Shell.Tests.Revenue;

/// <summary>
/// Contracts that are given. Support for 2026 is invoiced with 1,460.00; the contract promises a set-up worth 365.00 alone besides, so that
/// support gets 1,460 × 1,460 / 1,825 = 1,168.00, which is 3.20 a day, and the set-up of 15 January 292.00.
/// </summary>
public sealed class ContractStories(PostgresFixture postgres)
{
    private const string Document =
        """
        {"contract":"RC-1","currency":"EUR","price":{"fixed":"1460.00"},"obligations":[
          {"code":"support","satisfaction":"ratable-daily","ssp":"1460.00","period":{"start":"2026-01-01","end":"2027-01-01"}},
          {"code":"set-up","satisfaction":"point-in-time","ssp":"365.00","on":"2026-01-15","period":{"start":"2026-01-01","end":"2027-01-01"}}]}
        """;

    private const string More =
        """
        {"kind":"modification","version":2,"on":"2026-01-16","reason":"agreed","increase":"350.00","add":[
          {"code":"extra","satisfaction":"ratable-daily","ssp":"350.00","period":{"start":"2026-01-16","end":"2027-01-01"}}]}
        """;

    [Fact]
    public async Task A_given_contract_takes_its_lines_and_its_obligations_earn_instead_of_them()
    {
        await using var world = await Signed();
        var books = new RevenueBooks(world);
        (await Add(world, Document)).Added.ShouldBeTrue();
        (await Add(world, Document)).Added.ShouldBeFalse();
        await world.Bill("2026-01-01");
        world.On("2026-01-31");
        (await books.Run("2026-01")).Booked.ShouldHaveSingleItem().Amount.Amount.ShouldBe(292m + (31 * 3.2m));
        (await books.Run("2026-01")).Booked.ShouldBeEmpty();
        world.On("2026-02-28");
        (await books.Run("2026-02")).Booked.ShouldHaveSingleItem().Amount.Amount.ShouldBe(28 * 3.2m);
        (await books.Deferred()).ShouldBe(306 * 3.2m);
        (await books.Check("2026-02")).Aligned.ShouldBeTrue();
        await books.Identity();

        var view = await Show(world);
        (view.Head.Waiting, view.Head.Versions, view.Subscriptions[0]).ShouldBe((false, 1, "S-1"));
        view.Months.Take(3).Select(month => (month.Obligation, month.Month.ToString(), month.Scheduled.Amount, month.Booked.Amount)).ShouldBe(
            [("set-up", "2026-01", 292m, 292m), ("support", "2026-01", 99.2m, 99.2m), ("support", "2026-02", 89.6m, 89.6m)]);
        view.Answer!.Balances[1].Deferred.ShouldBe(306 * 3.2m);
        (await books.Show("AT-2026-0000001")).Lines.ShouldBeEmpty(); // its months are the contract's
    }

    [Fact]
    public async Task A_modification_known_after_its_months_were_closed_is_caught_up_in_the_first_open_one()
    {
        await using var world = await Signed();
        var books = new RevenueBooks(world);
        await Add(world, Document);
        await world.Bill("2026-01-01");
        world.On("2026-02-28");
        await books.Run("2026-02");
        await world.Database.Execute("update customers.legal_entity set closed_through = '2026-02-28'");
        world.On("2026-03-31");
        (await Event(world, More, "e1")).Added.ShouldBeTrue();
        (await Event(world, More, "e1")).Added.ShouldBeFalse();
        (await books.Check("2026-03")).Behind.ShouldContain(behind => behind.Subscription == "RC-1" && behind.Waits == "revenue");
        // One more a day since 16 January, at its price alone: a contract of its own. 16 and 28 days are in closed months.
        var booked = (await books.Run("2026-03")).Booked.ShouldHaveSingleItem();
        (booked.Amount.Amount, booked.CatchUp.Amount).ShouldBe((16m + 28m + (31 * 4.2m), 16m + 28m));
        (await books.Revenue()).ShouldBe("2026-01 391.2, 2026-02 89.6, 2026-03 174.2");
        (await books.Check("2026-03")).Aligned.ShouldBeTrue();
        (await Show(world)).Answer!.Modifications.ShouldHaveSingleItem().Version.ShouldBe(2);
        await books.Identity();
    }

    [Fact]
    public async Task What_is_earned_beyond_what_was_invoiced_is_a_contract_asset_of_the_contract()
    {
        await using var world = await Signed(component: "platform");
        var books = new RevenueBooks(world);
        await Add(world, Document.Replace("1460.00", "3720.00", StringComparison.Ordinal).Replace("365.00", "3720.00", StringComparison.Ordinal));
        await world.Bill("2026-01-01"); // 310.00 of January
        world.On("2026-01-31");
        await books.Run("2026-01");
        // Half the price is the set-up's; of the other half 31 of 365 days: 1,860.00 + 157.97 - 310.00.
        var row = await books.Waterfall("2026-01");
        (row.Deferred.Amount, row.ContractLiability.Amount, row.UnbilledReceivable.Amount, row.ContractAsset.Amount).ShouldBe((-1707.97m, 0m, 0m, 1707.97m));
        (await Show(world)).Answer!.Balances[0].ContractAsset.ShouldBe(1707.97m);
        await books.Identity();
    }

    [Fact]
    public async Task An_amendment_the_contract_was_not_told_is_named()
    {
        await using var world = await Signed();
        var books = new RevenueBooks(world);
        await Add(world, Document);
        await world.Bill("2026-01-01");
        world.On("2026-01-16");
        (await world.Amend("S-1", new AmendmentRequest { Kind = "add-component", Component = "seats", Quantity = "1", Effective = "2026-01-16" }))
            .ShouldBeOfType<Application.Subscriptions.AmendmentOutcome.Done>();
        await world.Bill("2026-01-16");
        await books.Run("2026-01");
        (await books.Check("2026-01")).Behind.Select(behind => (behind.Subscription, behind.Waits)).ShouldBe([("S-1", "posting"), ("S-1", "revenue")]);
        await Event(world, More, "e1");
        await books.Run("2026-01");
        (await books.Check("2026-01")).Behind.Select(behind => behind.Waits).ShouldBe(["posting"]);
        await books.Identity();
    }

    [Fact]
    public async Task Facts_told_in_any_order_with_runs_between_them_or_not_come_to_the_same_months()
    {
        const string Fee = """{"kind":"fee","on":"2026-02-10","obligation":"support","amount":"12.34"}""";
        await using var often = await Signed();
        var books = new RevenueBooks(often);
        await Add(often, Document);
        await often.Bill("2026-01-01");
        foreach (var (on, happened) in new[] { ("2026-01-31", ""), ("2026-02-28", Fee), ("2026-03-31", More) })
        {
            often.On(on);
            if (happened.Length > 0) await Event(often, happened, on);
            await books.Run(on[..7]);
            await books.Identity();
        }
        await using var once = await Signed();
        await Add(once, Document);
        await Event(once, More, "e1");
        await Event(once, Fee, "e2");
        await once.Bill("2026-01-01");
        once.On("2026-03-31");
        await new RevenueBooks(once).Run("2026-03");
        static IEnumerable<(string, string, decimal)> Months(ContractView view) =>
            view.Months.Where(month => month.Scheduled.Amount != 0m).Select(month => (month.Obligation, month.Month.ToString(), month.Scheduled.Amount));
        var (many, one) = (await Show(often), await Show(once));
        Months(many).ShouldBe(Months(one));
        Months(many).Count().ShouldBeGreaterThan(20);
        many.Answer!.Balances.ShouldBe(one.Answer!.Balances);
        (await books.Deferred()).ShouldBe(await new RevenueBooks(once).Deferred());
    }

    [Theory]
    [InlineData("\"ssp\":\"1460.00\",", "", "document.obligations[0].ssp", "ssp-missing")]
    [InlineData("\"code\":\"set-up\",\"satisfaction\":\"point-in-time\",\"ssp\":\"365.00\",\"on\":\"2026-01-15\"", "\"code\":\"b\",\"product\":\"support\",\"satisfaction\":\"ratable-daily\",\"ssp\":\"365.00\"", "document.obligations[1].period", "overlap")]
    [InlineData("\"currency\":\"EUR\"", "\"currency\":\"EUR\",\"events\":[{\"kind\":\"invoice\",\"on\":\"2026-01-01\",\"id\":\"I\",\"amount\":\"1\"}]", "document.events[0].kind", "from-the-books")]
    [InlineData("\"currency\":\"EUR\"", "\"currency\":\"EUR\",\"colour\":1", "document.colour", "unknown-member")]
    public async Task What_cannot_be_recognised_is_refused_by_field_and_nothing_is_written(string good, string bad, string field, string code)
    {
        await using var world = await Signed();
        var reply = await Try(world, Document.Replace(good, bad, StringComparison.Ordinal));
        reply.ShouldBeOfType<RevenueReply.Unreadable>().Problems.Select(problem => (problem.Field, problem.Code)).ShouldContain((field, code));
        await NothingStands(world, 0);
    }

    [Theory]
    [InlineData("2026-01-16", "2025-12-31", "before-start")]
    [InlineData("2026-01-16", "2027-01-01", "after-end")]
    public async Task A_modification_outside_of_the_contract_is_refused_and_nothing_is_written(string good, string bad, string code)
    {
        await using var world = await Signed();
        await Add(world, Document);
        var reply = await new GiveContract(world.Database.Source, world.Time).AddEvent(
            "RC-1", Json($$"""{"event":{{More.Replace($"\"on\":\"{good}\"", $"\"on\":\"{bad}\"", StringComparison.Ordinal)}},"reason":"x"}"""), "ann", "e1", CancellationToken.None);
        reply.ShouldBeOfType<RevenueReply.Unreadable>().Problems.Select(problem => (problem.Field, problem.Code)).ShouldContain(("event.on", code));
        await NothingStands(world, 1);
    }

    [Fact]
    public async Task What_the_books_do_not_allow_is_refused()
    {
        await using var world = await Signed();
        (await Try(world, Document, subscriptions: "S-9")).ShouldBeOfType<RevenueReply.Refused>().Code.ShouldBe("unknown-subscription");
        (await Try(world, Document, entity: "XX")).ShouldBeOfType<RevenueReply.Refused>().Code.ShouldBe("unknown-entity");
        (await Try(world, Document.Replace("EUR", "USD", StringComparison.Ordinal))).ShouldBeOfType<RevenueReply.Refused>().Code.ShouldBe("other-books");
        await NothingStands(world, 0);
        await Add(world, Document);
        (await Try(world, Document, key: "k2")).ShouldBeOfType<RevenueReply.Refused>().Code.ShouldBe("contract-stands");
        (await Try(world, Document.Replace("RC-1", "RC-2", StringComparison.Ordinal))).ShouldBeOfType<RevenueReply.Refused>().Code.ShouldBe("key-reused");
        (await Try(world, Document.Replace("RC-1", "RC-2", StringComparison.Ordinal), key: "k2")).ShouldBeOfType<RevenueReply.Refused>().Code.ShouldBe("covered-already");
        (await new ReadContracts(world.Database.Source).One("RC-2", CancellationToken.None)).ShouldBeOfType<RevenueReply.Refused>().Code.ShouldBe("unknown-contract");
        (await new ReadContracts(world.Database.Source).List("AT", null, 10, CancellationToken.None)).ShouldBeOfType<RevenueReply.Contracts>().Page.Select(head => head.Code).ShouldBe(["RC-1"]);
        await NothingStands(world, 1);

        await using var late = await Signed();
        await late.Bill("2026-01-01");
        await new RevenueBooks(late).Run("2026-01");
        (await Try(late, Document)).ShouldBeOfType<RevenueReply.Refused>().Code.ShouldBe("spread-already");
        (await Should.ThrowAsync<PostgresException>(() => late.Database.Execute(
            """
            insert into revenue.contract (id, legal_entity_id, code, currency, unbilled, created_at) select md5('c')::uuid, id, 'RC-1', 'EUR', 'receivable', now() from customers.legal_entity;
            insert into revenue.contract_subscription select id, 1, billing_account_id, md5('c')::uuid from subscriptions.subscription;
            """))).ConstraintName.ShouldBe("subscription_not_spread");
    }

    [Fact]
    public async Task One_key_with_one_event_for_two_contracts_is_two_things_and_the_second_is_told()
    {
        await using var world = await Signed();
        (await world.Create("S-2", "2026-01-01", "team", "support")).ShouldBeOfType<Application.Subscriptions.AmendmentOutcome.Done>();
        await Add(world, Document);
        (await Try(world, Document.Replace("RC-1", "RC-2", StringComparison.Ordinal), key: "k2", subscriptions: "S-2")).ShouldBeOfType<RevenueReply.Contract>();
        await Event(world, More, "e1");
        var other = await new GiveContract(world.Database.Source, world.Time).AddEvent(
            "RC-2", Json($$"""{"event":{{More}},"reason":"agreed"}"""), "ann", "e1", CancellationToken.None);
        other.ShouldBeOfType<RevenueReply.Refused>().Code.ShouldBe("key-reused");
        (await Event(world, More, "e1")).Added.ShouldBeFalse();
    }

    [Theory]
    [InlineData("update revenue.contract_version set facts = '{}'", "booked_is_booked")]
    [InlineData("insert into revenue.contract_version select contract_id, 3, tenant, facts, reason, actor, created_at from revenue.contract_version", "contract_version_gap")]
    [InlineData("insert into revenue.contract_subscription select subscription_id, 1, billing_account_id, contract_id from revenue.contract_subscription", "subscription_covered_once")]
    [InlineData("insert into revenue.schedule (batch, no, contract_id, amount) select 99, 1, id, 1 from revenue.contract", "schedule_of_a_line_or_of_an_obligation")]
    [InlineData("insert into revenue.schedule (batch, no, contract_id, obligation, version, amount) select 99, 1, id, 'x', 1, 0 from revenue.contract; "
        + "insert into revenue.batch select 99, tenant, legal_entity_id, 'USD', null, 0, 0, 0, run_id, created_at from revenue.batch limit 1", "batch_of_its_contracts")]
    public async Task The_database_itself_refuses(string sql, string constraint)
    {
        await using var world = await Signed();
        await Add(world, Document);
        await world.Bill("2026-01-01");
        await new RevenueBooks(world).Run("2026-01");
        (await Should.ThrowAsync<PostgresException>(() => world.Database.Execute(sql))).ConstraintName.ShouldBe(constraint);
    }

    private async Task<BillingWorld> Signed(string component = "support")
    {
        var world = await BillingWorld.Start(postgres);
        (await world.Create("S-1", "2026-01-01", "team", component)).ShouldBeOfType<Application.Subscriptions.AmendmentOutcome.Done>();
        return world;
    }

    private static async Task NothingStands(BillingWorld world, long contracts)
    {
        (await world.Database.Scalar<long>("select count(*) from revenue.contract_version")).ShouldBe(contracts);
        (await world.Database.Scalar<long>("select count(*) from revenue.contract")).ShouldBe(contracts);
        (await world.Database.Scalar<long>("select count(*) from revenue.contract_subscription")).ShouldBe(contracts);
    }

    private static Task<RevenueReply> Try(BillingWorld world, string document, string key = "k1", string entity = "AT", string subscriptions = "S-1") =>
        new GiveContract(world.Database.Source, world.Time).Add(
            Json($$"""{"legal-entity":"{{entity}}","subscriptions":["{{subscriptions}}"],"document":{{document}},"reason":"signed"}"""), "ann", key, CancellationToken.None);

    private static async Task<RevenueReply.Contract> Add(BillingWorld world, string document) => (await Try(world, document)).ShouldBeOfType<RevenueReply.Contract>();

    private static async Task<RevenueReply.Contract> Event(BillingWorld world, string happened, string key) =>
        (await new GiveContract(world.Database.Source, world.Time).AddEvent("RC-1", Json($$"""{"event":{{happened}},"reason":"agreed"}"""), "ann", key, CancellationToken.None))
        .ShouldBeOfType<RevenueReply.Contract>();

    private static async Task<ContractView> Show(BillingWorld world) =>
        (await new ReadContracts(world.Database.Source).One("RC-1", CancellationToken.None)).ShouldBeOfType<RevenueReply.Contract>().View;

    private static JsonElement Json(string text) => CatalogueTests.Json(text);
}
