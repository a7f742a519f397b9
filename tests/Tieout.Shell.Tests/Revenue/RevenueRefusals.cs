using Npgsql;
using Tieout.Application.Journals;
using Tieout.Application.Revenue;
using Tieout.Shell.Tests.Database;
using Tieout.Shell.Tests.Invoicing.Stories;

namespace Tieout.Shell.Tests.Revenue;

/// <summary>What cannot be asked, what the database itself does not take, and what is left when a run is killed or runs beside another.</summary>
public sealed class RevenueRefusals(PostgresFixture postgres)
{
    private const string Lines = "from revenue.batch b join revenue.schedule s on s.batch = b.id join revenue.schedule_line l on l.batch = b.id and l.no = s.no";

    [Fact]
    public async Task A_month_that_has_not_begun_an_unknown_company_and_a_year_nobody_means_are_refused_and_nothing_is_written()
    {
        await using var books = await Billed(2);
        var revenue = new RevenueBooks(books, new Fixed());
        (await revenue.Refused("2027-01")).Code.ShouldBe("month-ahead");
        (await revenue.Refused("2026-11", "XX")).Code.ShouldBe("unknown-entity");
        (await revenue.Refused("1950-01")).Code.ShouldBe("month-out-of-range");
        (await books.Scalar<long>("select count(*) from revenue.schedule")).ShouldBe(0);
        (await books.Scalar<long>("select count(*) from runs.run where kind = 'revenue'")).ShouldBe(0);
        (await new ReadWaterfall(books.Source).Run("XX", RevenueBooks.Month("2026-11"), CancellationToken.None)).ShouldBeOfType<RevenueReply.Refused>().Code.ShouldBe("unknown-entity");
        (await new CheckAlignment(books.Source, TimeProvider.System).Run("XX", RevenueBooks.Month("2026-11"), CancellationToken.None)).ShouldBeOfType<RevenueReply.Refused>().Code.ShouldBe("unknown-entity");
        (await new ReadSchedules(books.Source).Run("XX-1", CancellationToken.None)).ShouldBeOfType<RevenueReply.Refused>().Code.ShouldBe("unknown-invoice");
    }

    [Fact]
    public async Task One_legal_entity_is_booked_alone_and_lines_earned_at_once_have_no_schedule()
    {
        await using var books = await Billed(4);
        var revenue = new RevenueBooks(books, new Fixed());
        (await revenue.Run("2026-11", entity: "US")).Booked.ShouldBeEmpty(); // all of it is earned when it is invoiced
        (await books.Scalar<long>("select count(*) from revenue.schedule")).ShouldBe(0);
        (await books.Scalar<long>("select sum(size) from revenue.arrival")).ShouldBe(2); // those of DE
        var run = await revenue.Run("2026-11", entity: "DE");
        (run.Documents, run.Schedules, run.Booked.ShouldHaveSingleItem().Amount.Amount).ShouldBe((2L, 2L, 20.06m));
        run.Booked[0].Entry.ShouldBe("DEJ-2026-0000001");
    }

    [Fact]
    public async Task Runs_at_once_spread_and_book_everything_once()
    {
        await using var books = await Billed(600);
        await books.Execute("delete from revenue.arrival; insert into revenue.arrival (legal_entity_id, documents, size) select legal_entity_id, array[id], 1 from invoicing.invoice");
        var revenue = new RevenueBooks(books, new Fixed());
        var runs = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => revenue.Run("2026-11")));
        runs.Sum(run => run.Schedules).ShouldBe(300);
        runs.SelectMany(run => run.Booked).Sum(booked => booked.Lines).ShouldBe(300);
        (await books.Scalar<decimal>("select -sum(amount) from ledger.journal_line where account = 'revenue' and text <> ''"))
            .ShouldBe(await books.Scalar<decimal>("select sum(amount) from invoicing.invoice_line where recognition = 'deferred'"));
        (await revenue.Check("2026-11")).LinesInAll.ShouldBe(0);
        (await revenue.Run("2026-11")).ShouldSatisfyAllConditions(run => run.Schedules.ShouldBe(0), run => run.Booked.ShouldBeEmpty());
    }

    [Theory]
    [InlineData("lock table revenue.batch in share mode", "%insert into revenue.batch %")]                 // while it spreads
    [InlineData("lock table invoicing.number_series in share mode", "%insert into invoicing.number_series%")] // while it books
    public async Task A_run_that_is_killed_left_nothing_half_done_and_the_next_does_the_rest(string hold, string waits)
    {
        await using var books = await Billed(20);
        var revenue = new RevenueBooks(books, new Fixed());
        await using var holder = await books.Source.OpenConnectionAsync();
        await using var transaction = await holder.BeginTransactionAsync();
        await using (var locked = new NpgsqlCommand(hold, holder, transaction)) await locked.ExecuteNonQueryAsync();
        var running = revenue.Run("2026-11", workers: 1, entity: "DE");
        await Eventually.True(async () => await books.Scalar<bool>(
            $"""
            select bool_or(pg_terminate_backend(pid)) is not null from pg_stat_activity
            where datname = current_database() and wait_event_type = 'Lock' and query like '{waits}'
            """), "the run waits and is killed");
        await Should.ThrowAsync<NpgsqlException>(() => running);
        await transaction.RollbackAsync();
        (await books.Scalar<long>("select count(*) from revenue.booking")).ShouldBe(0);
        (await books.Scalar<long>("select count(*) from ledger.journal_entry where source_kind = 'revenue-journal'")).ShouldBe(0);
        (await books.Scalar<string>("select state from runs.run where kind = 'revenue'")).ShouldBe("failed");

        (await revenue.Run("2026-11", entity: "DE")).Booked.ShouldHaveSingleItem().Lines.ShouldBe(10);
        (await revenue.Check("2026-11")).LinesInAll.ShouldBe(0);
        (await books.Scalar<string>("select string_agg(state, ' ') from runs.run where kind = 'revenue'")).ShouldBe("finished");
    }

    [Fact]
    public async Task What_a_run_booked_is_not_taken_back_by_hand()
    {
        await using var books = await Billed(2);
        var entry = (await new RevenueBooks(books, new Fixed()).Run("2026-11")).Booked.ShouldHaveSingleItem().Entry;
        var reversal = new ReversalRequest(entry, null, "Wrong", "mara", "r1");
        (await new ReverseEntry(books.Source, new Fixed()).Run(reversal, CancellationToken.None)).ShouldBeOfType<JournalOutcome.Refused>().Code.ShouldBe("scheduled-revenue");
        (await Should.ThrowAsync<PostgresException>(() => books.Execute(
            """
            insert into ledger.journal_entry (id, billing_account_id, legal_entity_id, month, entry_date, source_kind, source_id, correlation_id, created_at, reverses)
            select md5('e')::uuid, billing_account_id, legal_entity_id, month, entry_date, 'reversal', md5('s')::uuid, correlation_id, now(), id
            from ledger.journal_entry where source_kind = 'revenue-journal'
            """))).ConstraintName.ShouldBe("booking_is_not_reversed");
    }

    [Theory]
    [InlineData("update revenue.schedule_line set amount = amount + 1", "booked_is_booked")]
    [InlineData("delete from revenue.release", "booked_is_booked")]
    [InlineData("truncate revenue.policy", "booked_is_booked")]
    [InlineData("insert into revenue.schedule_line (batch, month, no, amount) select b.id, '2027-01-01', 1, 1 from revenue.batch b", "batch_is_sealed")]
    [InlineData("insert into revenue.batch_month (batch, month, lines, amount) select b.id, '2027-01-01', 1, 1 from revenue.batch b", "batch_is_sealed")]
    [InlineData("insert into revenue.schedule select 99, no, tenant, billing_account_id, invoice_id, line_no, period_start, period_end, amount, spread, rounding from revenue.schedule", "schedule_once")]
    [InlineData("insert into revenue.batch select 99, tenant, legal_entity_id, currency, month, schedules, invoiced, credited, run_id, created_at from revenue.batch", "batch_equals_its_documents")]
    [InlineData("insert into revenue.schedule_line (batch, month, no, amount) values (99, '2026-11-01', 1, 1); "
        + "insert into revenue.batch select 99, tenant, legal_entity_id, currency, month, schedules, invoiced, credited, run_id, created_at from revenue.batch", "schedule_adds_up")]
    [InlineData("insert into revenue.batch_month (batch, month, lines, amount) values (99, '2026-11-01', 1, 1); "
        + "insert into revenue.batch select 99, tenant, legal_entity_id, currency, month, schedules, invoiced, credited, run_id, created_at from revenue.batch", "batch_equals_its_schedules")]
    [InlineData("insert into revenue.release select batch, month, tenant, 99 from revenue.release", "release_once")]
    [InlineData("insert into revenue.booking select 99, tenant, legal_entity_id, currency, month, null, lines, 0, run_id, created_at from revenue.booking", "booking_equals_its_schedules")]
    [InlineData("insert into revenue.booking select 99, tenant, legal_entity_id, currency, month, null, 0, 0.01, run_id, created_at from revenue.booking", "booking_of_something_has_its_entry")]
    [InlineData("insert into revenue.booking_entry (booking, no, entry_id) select id, 2, md5('x')::uuid from revenue.booking", "booking_is_sealed")]
    [InlineData("insert into revenue.part (booking, no, month, lines, amount) select id, 1, month, 1, 0 from revenue.booking", "booking_is_sealed")]
    [InlineData("insert into revenue.part_line (batch, month, no, booking, part) select 1, month, 1, id, 1 from revenue.booking", "booking_is_sealed")]
    [InlineData("insert into revenue.part (booking, no, month, lines, amount) values (99, 1, '2026-11-01', 1, 5)", "part_of_something_has_its_lines")]
    [InlineData("delete from revenue.booking_entry", "booked_is_booked")]
    [InlineData("insert into revenue.policy values ('00000000-0000-7000-8000-000000000002', '2026-11-01', 1, 'by-week', 'cumulative', 'x', 'y', now())", "policy_spread_check")]
    public async Task The_database_itself_refuses(string sql, string constraint)
    {
        await using var books = await Billed(4);
        await new RevenueBooks(books, new Fixed()).Run("2026-11");
        (await books.Scalar<long>($"select count(*) {Lines}")).ShouldBe(2);
        (await Should.ThrowAsync<PostgresException>(() => books.Execute(sql))).ConstraintName.ShouldBe(constraint);
    }

    /// <summary>February is there to be booked; each booking of it is wrong in one respect.</summary>
    [Theory]
    [InlineData("amount + 0.01", "month", "id", "booking_equals_its_schedules")]
    [InlineData("amount", "month", "null::uuid", "booking_of_something_has_its_entry")]
    [InlineData("amount", "month", "id", "booking_is_in_the_ledger")] // the entry is an invoice's
    [InlineData("amount", "(month - interval '1 month')::date", "id", "booking_in_its_month")]
    [InlineData("amount", "(month + interval '1 month')::date", "id", "booking_in_its_month")]
    public async Task A_booking_is_the_sum_of_its_schedules_in_its_month_and_in_the_ledger(string amount, string month, string entry, string constraint)
    {
        await using var world = await BillingWorld.Start(postgres);
        (await world.Create("S-1", "2026-01-01", "team", "support")).ShouldBeOfType<Application.Subscriptions.AmendmentOutcome.Done>();
        await world.Bill("2026-01-01");
        await new RevenueBooks(world).Run("2026-01");
        (await Should.ThrowAsync<PostgresException>(() => world.Database.Execute(
            $"""
            insert into revenue.release select batch, month, 1, 99 from revenue.batch_month where month = '2026-02-01';
            insert into revenue.booking (id, legal_entity_id, currency, month, entry_id, lines, amount, run_id, created_at)
            select 99, legal_entity_id, currency, {month}, {entry}, lines, {amount}, run_id, now()
            from (select b.legal_entity_id, b.currency, m.month, m.lines, m.amount, b.run_id, e.id
                  from revenue.batch b join revenue.batch_month m on m.batch = b.id, ledger.journal_entry e
                  where m.month = '2026-02-01' and e.source_kind = 'invoice') due
            """))).ConstraintName.ShouldBe(constraint);
    }

    [Fact]
    public async Task Books_that_were_kept_before_revenue_was_get_their_schedules()
    {
        await using var books = await postgres.CreateEmptyDatabase();
        var shipped = Application.Database.Migrations.Shipped;
        var step = shipped.First(shipped.Newest).Single(migration => migration.Name.EndsWith("_revenue", StringComparison.Ordinal)).Number;
        await new Application.Database.Migrations([.. shipped.First(step - 1)], "0").Run(books.Source, CancellationToken.None);
        await SampleData.Subscriptions(books.Source, 20);
        // Whoever bills folds balances, into columns that came later.
        var tables = new[] { "account_balance", "balance_change" };
        foreach (var table in tables)
            await books.Execute($"alter table ledger.{table} add column functional_debit numeric not null default 0, add column functional_credit numeric not null default 0");
        // And writes an account's discount for paying early on its invoices.
        await books.Execute(
            """
            alter table customers.billing_account add column discount_percent numeric not null default 0, add column discount_days int not null default 0;
            alter table invoicing.invoice add column discount_percent numeric, add column discount_until date;
            """);
        await Bill(books);
        foreach (var table in tables) await books.Execute($"alter table ledger.{table} drop column functional_debit, drop column functional_credit");
        await books.Execute(
            """
            alter table customers.billing_account drop column discount_percent, drop column discount_days;
            alter table invoicing.invoice drop column discount_percent, drop column discount_until;
            """);
        await shipped.Run(books.Source, CancellationToken.None);
        (await books.Scalar<long>("select sum(size) from revenue.arrival")).ShouldBe(20);
        (await new RevenueBooks(books, new Fixed()).Run("2026-11")).Schedules.ShouldBe(10);
    }

    // Subscriptions with an even number are of DE and deferred.
    private async Task<TestDatabase> Billed(int subscriptions)
    {
        var books = await postgres.CreateDatabase();
        await SampleData.Subscriptions(books.Source, subscriptions);
        await Bill(books);
        return books;
    }

    private static Task Bill(TestDatabase books) => new Application.Invoicing.BillAccounts(books.Source, TimeProvider.System).Run(
        new Application.Invoicing.BillingRequest(RevenueBooks.Month("2026-11"), "test"), null, CancellationToken.None);

    internal sealed class Fixed : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(2026, 12, 2, 12, 0, 0, TimeSpan.Zero);
    }
}
