using System.Diagnostics;
using Dapper;
using Tieout.Application.Exchange;
using Tieout.Application.Invoicing;
using Tieout.Application.Ledger;
using Tieout.Application.Revenue;
using Tieout.Shell.Tests.Catalog;
using Tieout.Shell.Tests.Database;
using Tieout.Shell.Tests.Invoicing.Stories;

namespace Tieout.Shell.Tests.Revenue;

/// <summary>
/// Given contracts and the books: what rates leave of them, what is asked for them, and whether schedules are what facts come to. The books are in
/// dollars; a euro is 0.90 on 1 January and 0.95 from 10 January on.
/// </summary>
public sealed class ContractBooksStories(PostgresFixture postgres)
{
    private static CancellationToken None => CancellationToken.None;

    /// <summary>Invoiced with 1,460.00 at 0.90 and credited whole at 0.95: nothing is left to be earned, and 73.00 are lost at once.</summary>
    [Fact]
    public async Task What_documents_of_a_contract_leave_that_come_to_nothing_is_lost()
    {
        await using var world = await Foreign();
        await Contract(world, 1, "support", Year(1, "1460.00"));
        var books = new RevenueBooks(world);
        await world.Bill("2026-01-01");
        world.On("2026-01-10");
        (await world.Credit("AT-2026-0000001", new CreditWish.Whole(), "2026-01-10", "c1")).ShouldBeOfType<CreditOutcome.Given>();
        // The contract is taken back with what it was invoiced with.
        (await new GiveContract(world.Database.Source, world.Time).AddEvent(
            "RC-1", CatalogueTests.Json("""{"event":{"kind":"cancellation","version":2,"on":"2026-01-01","reason":"never begun"},"reason":"agreed"}"""), "ann", "e1", None))
            .ShouldBeOfType<RevenueReply.Contract>();
        world.On("2026-01-31");
        var run = await books.Run("2026-01");
        run.Booked.ShouldBeEmpty();
        var lost = run.ExchangedDeferred.ShouldHaveSingleItem();
        (lost.Amount.ToString(), lost.Cause).ShouldBe(("-73.00 USD", ExchangeCause.Contracts));
        (await books.Run("2026-01")).ExchangedDeferred.ShouldBeEmpty();
        (await Stands(world, "deferred-revenue")).ShouldBe("0 0");
        var check = await books.Check("2026-01");
        check.InBooks.ShouldAllBe(balance => !balance.Wrong);
        check.Contracts.ShouldBeEmpty();
        (await new CheckLedger(world.Database.Source).Run(None)).Findings.ShouldBeEmpty();
    }

    /// <summary>Five contracts earn their set-up before anything is invoiced: the rate of the month's last day is asked for once, and not five times.</summary>
    [Fact]
    public async Task A_rate_is_asked_for_once_however_many_contracts_wait_for_their_first_invoice()
    {
        await using var world = await Foreign();
        for (var no = 1; no <= 5; no++) await Contract(world, no, "support", SetUp(no));
        var books = new RevenueBooks(world);
        world.On("2026-01-31");
        var (database, asked) = (new Npgsql.NpgsqlConnectionStringBuilder(world.Database.ConnectionString).Database, 0);
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Npgsql",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity =>
            {
                if (activity.TagObjects.Any(tag => tag.Value as string == database)
                    && activity.TagObjects.Any(tag => tag.Value is string text && text.Contains("from exchange.rate", StringComparison.Ordinal)))
                    Interlocked.Increment(ref asked);
            },
        };
        ActivitySource.AddActivityListener(listener);
        (await books.Run("2026-01")).Booked.ShouldHaveSingleItem().Amount.Amount.ShouldBe(5 * 100m);
        asked.ShouldBe(2); // once for what is earned, once for what of it is moved to contract assets
        (await Stands(world, "revenue")).ShouldBe("-500 -475");
        (await books.Check("2026-01")).InBooks.ShouldAllBe(balance => !balance.Wrong);
    }

    /// <summary>Somebody moves 1.00 of support from March to February past the program: every sum stays as it is, and it is named.</summary>
    [Fact]
    public async Task A_schedule_that_is_not_what_the_contract_s_facts_come_to_is_named()
    {
        await using var world = await BillingWorld.Start(postgres);
        await Contract(world, 1, "support", Year(1, "1460.00"));
        var books = new RevenueBooks(world);
        await world.Bill("2026-01-01");
        world.On("2026-01-31");
        await books.Run("2026-01");
        (await books.Check("2026-01")).ShouldSatisfyAllConditions(check => check.Contracts.ShouldBeEmpty(), check => check.Aligned.ShouldBeTrue());
        await world.Database.Execute(
            """
            set session_replication_role = replica;
            update revenue.schedule_line set amount = amount + case month when '2026-02-01' then 1 else -1 end where month in ('2026-02-01', '2026-03-01');
            update revenue.batch_month set amount = amount + case month when '2026-02-01' then 1 else -1 end where month in ('2026-02-01', '2026-03-01');
            set session_replication_role = origin;
            """);
        var told = await books.Check("2026-01");
        (told.Lines.Count, told.Due.Count, told.ContractsInAll, told.Aligned).ShouldBe((0, 0, 2L, false));
        told.Contracts.Select(one => (one.Contract, one.Obligation, one.Month.ToString(), one.Wanted.Amount, one.Scheduled.Amount)).ShouldBe(
            [("RC-1", "support", "2026-02", 112m, 113m), ("RC-1", "support", "2026-03", 124m, 123m)]);
    }

    /// <summary>What one legal entity's books cannot take ends its own part alone: those after it are booked, and it is named with its cause.</summary>
    [Fact]
    public async Task One_legal_entity_s_trouble_ends_no_other_s_run()
    {
        await using var world = await BillingWorld.Start(postgres);
        var books = new RevenueBooks(world);
        (await world.Create("S-1", "2026-01-01", "team", "platform")).ShouldBeOfType<Application.Subscriptions.AmendmentOutcome.Done>();
        await world.Bill("2026-01-01");
        // A month of a batch without a line of a schedule: no booking of it is true.
        await world.Database.Execute(
            """
            insert into customers.legal_entity (id, code, name, currency, country, series, bills_from)
              values (md5('AA')::uuid, 'AA', 'First GmbH', 'EUR', 'AT', 'AA', '2026-01-01');
            set session_replication_role = replica;
            insert into revenue.batch (id, legal_entity_id, currency, month, schedules, invoiced, credited, run_id, created_at)
              values (9001, md5('AA')::uuid, 'EUR', '2026-01-01', 1, 5, 0, md5('r')::uuid, now());
            insert into revenue.batch_month (batch, month, lines, amount) values (9001, '2026-01-01', 1, 5);
            set session_replication_role = origin;
            """);
        world.On("2026-01-31");
        var run = await books.Run("2026-01");
        var failed = run.Failed.ShouldHaveSingleItem();
        (failed.LegalEntity, failed.Code).ShouldBe(("AA", "booking_equals_its_schedules"));
        failed.Cause.ShouldStartWith("Booking ");
        run.Booked.ShouldHaveSingleItem().ShouldSatisfyAllConditions(one => one.LegalEntity.ShouldBe("AT"), one => one.Amount.Amount.ShouldBe(310m));
        (await world.Database.Scalar<string>("select state || ' ' || left(problem, 12) from runs.run where kind = 'revenue'")).ShouldBe("failed AA: Booking ");
        (await books.Run("2026-01", entity: "AT")).Failed.ShouldBeEmpty();
        // Alone there is nothing else to tell of.
        (await Should.ThrowAsync<Npgsql.PostgresException>(() => books.Run("2026-01", entity: "AA"))).ConstraintName.ShouldBe("booking_equals_its_schedules");
    }

    private static string Year(int no, string price) =>
        $$$"""
        {"contract":"RC-{{{no}}}","currency":"EUR","price":{"fixed":"{{{price}}}"},"obligations":[
          {"code":"support","satisfaction":"ratable-daily","ssp":"{{{price}}}","period":{"start":"2026-01-01","end":"2027-01-01"}}]}
        """;

    private static string SetUp(int no) =>
        $$$"""
        {"contract":"RC-{{{no}}}","currency":"EUR","price":{"fixed":"100.00"},"obligations":[
          {"code":"set-up","satisfaction":"point-in-time","ssp":"100.00","on":"2026-01-15","period":{"start":"2026-01-01","end":"2027-01-01"}}]}
        """;

    private static async Task Contract(BillingWorld world, int no, string component, string document)
    {
        (await world.Create($"S-{no}", "2026-01-01", "team", component)).ShouldBeOfType<Application.Subscriptions.AmendmentOutcome.Done>();
        (await new GiveContract(world.Database.Source, world.Time).Add(
            CatalogueTests.Json($$"""{"legal-entity":"AT","subscriptions":["S-{{no}}"],"document":{{document}},"reason":"signed"}"""), "ann", $"k{no}", None))
            .ShouldBeOfType<RevenueReply.Contract>();
    }

    private static async Task<string> Stands(BillingWorld world, string account)
    {
        await using var connection = await world.Database.Source.OpenConnectionAsync();
        return await connection.QuerySingleAsync<string>(
            "select concat_ws(' ', trim_scale(sum(amount)), trim_scale(sum(functional))) from ledger.journal_line where account = @account", new { account });
    }

    private async Task<BillingWorld> Foreign()
    {
        var world = await BillingWorld.Start(postgres);
        await world.Database.Execute("update customers.legal_entity set currency = 'USD' where code = 'AT'");
        (await new EnterRates(world.Database.Source, world.Time).Run(
            [new("EUR", "USD", "2026-01-01", "0.90"), new("EUR", "USD", "2026-01-10", "0.95"), new("EUR", "USD", "2026-01-31", "0.95")], "Story", "ann", None))
            .Refused.ShouldBe(0);
        return world;
    }
}
