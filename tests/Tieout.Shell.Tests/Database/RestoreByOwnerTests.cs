using Dapper;
using Npgsql;
using Tieout.Application.Credits;
using Tieout.Application.Database;
using Tieout.Application.Invoicing;
using Tieout.Shell.Tests.Catalog;
using Tieout.Shell.Tests.Invoicing.Stories;
using Tieout.Shell.Tests.Tax;

namespace Tieout.Shell.Tests.Database;

/// <summary>A backup comes back for the owner of a database who is no superuser: triggers rest while it is filled in, and are back after.</summary>
public sealed class RestoreByOwnerTests(PostgresFixture postgres) : IDisposable
{
    // Triggers of every state, on a partitioned table and on one partition alone; a foreign key that is checked at the end.
    private static readonly Migrations Guarded = new(
        [
            new Migration(
                1, "0001_guarded",
                """
                create schema books;
                create function books.refuse() returns trigger language plpgsql as $$ begin raise exception 'never by hand'; end $$;
                create table books.zone (code text primary key);
                create table books.account (code text primary key, zone text references books.zone deferrable initially deferred);
                create table books.usage (id int, day date not null, primary key (id, day)) partition by range (day);
                create table books.usage_early partition of books.usage for values from (minvalue) to ('2026-01-01');
                create table books.usage_late partition of books.usage for values from ('2026-01-01') to (maxvalue);
                create trigger guard before insert or update or delete or truncate on books.account execute function books.refuse();
                create trigger always_guard before insert on books.zone execute function books.refuse();
                alter table books.zone enable always trigger always_guard;
                create trigger resting before insert on books.zone execute function books.refuse();
                alter table books.zone disable trigger resting;
                create trigger each_row before insert on books.usage for each row execute function books.refuse();
                create trigger own before insert on books.usage_late for each row execute function books.refuse();
                create constraint trigger at_the_end after insert on books.usage_early deferrable initially deferred for each row execute function books.refuse();
                """),
        ],
        "1.0");

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Every_trigger_is_as_it_was_also_those_of_partitions()
    {
        await using var from = await postgres.CreateEmptyDatabase();
        await Guarded.Run(from.Source, CancellationToken.None);
        await from.Execute(
            """
            set session_replication_role = replica;
            alter table books.zone disable trigger all;
            insert into books.zone values ('EU'), ('US');
            insert into books.account values ('A', 'EU'), ('B', 'US');
            insert into books.usage select n, '2025-12-01'::date + n from generate_series(1, 60) n;
            """);
        await Backup.Write(from.Source, _folder["books.zip"], CancellationToken.None);
        await using var to = await postgres.CreateEmptyDatabase();
        await using var plain = await PlainOwner.Of(to);
        await Restore.Run(plain.Source, _folder["books.zip"], replace: false, Guarded, CancellationToken.None);
        await Restore.Run(plain.Source, _folder["books.zip"], replace: true, Guarded, CancellationToken.None);
        (await Content(to)).ShouldBe(await Content(from));

        await using var fresh = await postgres.CreateEmptyDatabase();
        await Guarded.Run(fresh.Source, CancellationToken.None);
        (await Triggers(to)).ShouldBe(await Triggers(fresh));
        foreach (var row in new[] { "zone values ('UK')", "account values ('C', 'EU')", "usage values (1, '2026-05-05')", "usage values (1, '2025-05-05')" })
            (await Should.ThrowAsync<PostgresException>(() => Execute(plain.Source, $"insert into books.{row}"))).MessageText.ShouldBe("never by hand");
    }

    [Fact]
    public async Task What_a_foreign_key_refuses_restores_nothing()
    {
        await using var from = await postgres.CreateEmptyDatabase();
        await Guarded.Run(from.Source, CancellationToken.None);
        await from.Execute("set session_replication_role = replica; insert into books.account values ('A', 'nowhere')");
        await Backup.Write(from.Source, _folder["books.zip"], CancellationToken.None);
        await using var to = await postgres.CreateEmptyDatabase();
        await using var plain = await PlainOwner.Of(to);
        var trouble = await Should.ThrowAsync<DatabaseTroubleException>(
            () => Restore.Run(plain.Source, _folder["books.zip"], replace: false, Guarded, CancellationToken.None));
        trouble.Message.ShouldContain("account_zone_fkey");
        (await to.Scalar<bool>("select to_regclass('books.account') is null")).ShouldBeTrue();
    }

    [Fact]
    public async Task Books_with_invoices_credits_usage_and_prepaid_credit_come_back_and_guard_themselves_again()
    {
        await using var world = await BillingWorld.Start(postgres);
        await Lived(world);
        await using var to = await postgres.CreateEmptyDatabase();
        await using var plain = await PlainOwner.Of(to);
        await Backup.Write(world.Database.Source, _folder["books.zip"], CancellationToken.None);
        await Restore.Run(plain.Source, _folder["books.zip"], replace: false, Migrations.Shipped, CancellationToken.None);
        (await Content(to)).ShouldBe(await Content(world.Database));
        (await Triggers(to)).ShouldBe(await Triggers(world.Database));
        await BillingWorld.Agree(to);
        await Refused(plain.Source, "delete from invoicing.invoice", PostgresErrorCodes.RestrictViolation);
        await Refused(plain.Source,
            """
            insert into ledger.journal_line (entry_id, line_no, billing_account_id, legal_entity_id, month, account, currency, amount)
            select entry_id, 99, billing_account_id, legal_entity_id, month, account, currency, 1 from ledger.journal_line limit 1
            """, PostgresErrorCodes.CheckViolation);

        // Life goes on there: nothing is billed twice, and what falls due next is billed.
        (await Bill(plain.Source, "2026-03-01")).ShouldBe(0);
        (await Bill(plain.Source, "2026-04-01")).ShouldBe(1);
        await BillingWorld.Agree(to);
    }

    [Fact]
    public async Task Books_taxed_by_an_engine_come_back_with_their_quotes()
    {
        await using var books = await EngineBooks.Open(postgres);
        (await books.Bill()).ShouldBe(6);
        await books.Commit();
        (await books.Database.Scalar<long>("select count(*) from tax.quote")).ShouldBeGreaterThan(0);
        await using var to = await postgres.CreateEmptyDatabase();
        await using var plain = await PlainOwner.Of(to);
        await Backup.Write(books.Database.Source, _folder["books.zip"], CancellationToken.None);
        await Restore.Run(plain.Source, _folder["books.zip"], replace: false, Migrations.Shipped, CancellationToken.None);
        (await Content(to)).ShouldBe(await Content(books.Database));
        (await Triggers(to)).ShouldBe(await Triggers(books.Database));
    }

    private static async Task Lived(BillingWorld world)
    {
        (await world.Create("S-1", "2026-01-01", "team", "platform seats=5 calls tokens")).ShouldBeOfType<Application.Subscriptions.AmendmentOutcome.Done>();
        world.On("2026-02-01");
        (await world.Use("S-1", "e1", "call", "2026-01-20", 50)).ShouldBeTrue();
        (await world.Use("S-1", "e2", "token", "2026-01-21", 150)).ShouldBeTrue();
        const string grant =
            """{"key":"g1","account":"A","credit":"tokens","amount":"200","granted-on":"2026-01-01","expires-on":"2026-02-01","rollover":{"fraction":"1"} }""";
        (await new GrantCredit(world.Database.Source).Run(CatalogueTests.Json(grant), CancellationToken.None)).ShouldBeOfType<GrantOutcome.Granted>();
        await world.Bill("2026-02-01");
        await world.Amend("S-1", new() { Kind = "change-quantity", Component = "seats", Quantity = "8", Effective = "2026-02-10" });
        (await world.Credit("AT-2026-0000001", new CreditWish.ByAmount(10m), "2026-02-02", "k1")).ShouldBeOfType<CreditOutcome.Given>();
        await world.Bill("2026-03-01");
    }

    private static async Task<long> Bill(NpgsqlDataSource source, string day) =>
        (await new BillAccounts(source, TimeProvider.System).Run(BillingRequest.On(BillingWorld.Day(day), "ann"), null, CancellationToken.None)).Invoices;

    private static async Task Refused(NpgsqlDataSource source, string sql, string state) =>
        (await Should.ThrowAsync<PostgresException>(() => Execute(source, sql))).SqlState.ShouldBe(state);

    private static async Task Execute(NpgsqlDataSource source, string sql)
    {
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    // All rows of all tables; left out are when each step of the schema was applied, and that the books were restored.
    private static async Task<string> Content(TestDatabase database)
    {
        await using var connection = await database.Source.OpenConnectionAsync();
        var tables = (await connection.QueryAsync<string>(
            """
            select format('%I.%I', n.nspname, c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where c.relkind in ('r', 'p') and not c.relispartition and n.nspname not like 'pg\_%' and n.nspname <> 'information_schema'
              and (n.nspname, c.relname) not in (('tieout', 'migration'), ('posting', 'restored'))
            order by 1
            """)).AsList();
        var lines = new List<string>();
        foreach (var table in tables)
            lines.Add($"{table} {await connection.QuerySingleAsync<string>($"select concat(count(*), ' ', md5(string_agg(t::text, ',' order by t::text))) from {table} t")}");
        return string.Join('\n', lines);
    }

    private static Task<string> Triggers(TestDatabase database) => database.Scalar<string>(
        """
        select string_agg(concat_ws(' ', n.nspname, c.relname, t.tgname, t.tgenabled), e'\n' order by n.nspname, c.relname, t.tgname)
        from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_namespace n on n.oid = c.relnamespace
        where not t.tgisinternal and n.nspname not like 'pg\_%'
        """);
}
