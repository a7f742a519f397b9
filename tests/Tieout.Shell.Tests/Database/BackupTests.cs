using Tieout.Application.Database;

namespace Tieout.Shell.Tests.Database;

public sealed class BackupTests(PostgresFixture postgres) : IDisposable
{
    private static readonly Migrations Schema = new(
        [
            new Migration(
                1, "0001_books",
                """
                create schema "Odd books";
                create schema a_first;
                create table "Odd books".account (
                  id uuid primary key, name text not null, amount numeric(19,4), at timestamptz, detail jsonb, tags text[],
                  parent uuid references "Odd books".account, doubled numeric generated always as (amount * 2) stored);
                create table a_first.entry (
                  id bigint generated always as identity primary key,
                  account uuid not null references "Odd books".account, "on" date not null) ;
                create table a_first.usage (id int, day date not null, primary key (id, day)) partition by range (day);
                create table a_first.usage_early partition of a_first.usage for values from (minvalue) to ('2026-01-01');
                create table a_first.usage_late partition of a_first.usage for values from ('2026-01-01') to (maxvalue);
                create table a_first.currency (code text primary key);
                insert into a_first.currency values ('EUR'), ('USD');
                create sequence a_first.invoice_number;
                create function a_first.refuse() returns trigger language plpgsql as $$ begin raise exception 'never by hand'; end $$;
                """),
            new Migration(2, "0002_guard", "create trigger guard before insert on a_first.currency execute function a_first.refuse();"),
        ],
        "1.0");

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Comes_back_whole_in_an_empty_database()
    {
        await using var from = await Filled();
        await using var to = await postgres.CreateEmptyDatabase();
        var written = await Backup.Write(from.Source, folder["books.zip"], CancellationToken.None);
        var restored = await Restore.Run(to.Source, folder["books.zip"], replace: false, Schema, CancellationToken.None);

        Assert.Equal(await Content(from), await Content(to));
        Assert.Equal(5_007, written.Rows);
        Assert.Equal(2, restored.MigrationNumber);
        Assert.Equal(8L, await to.Scalar<long>("select nextval('a_first.invoice_number')"));
        await to.Execute("insert into a_first.entry (account, \"on\") select id, '2026-02-01' from \"Odd books\".account limit 1");
        await Assert.ThrowsAsync<Npgsql.PostgresException>(() => to.Execute("insert into a_first.currency values ('GBP')"));
        Assert.Equal([folder["books.zip"]], Directory.GetFiles(folder.Path));
    }

    [Fact]
    public async Task A_newer_program_brings_the_restored_schema_forward()
    {
        await using var from = await Filled();
        await using var to = await postgres.CreateEmptyDatabase();
        await Backup.Write(from.Source, folder["books.zip"], CancellationToken.None);
        var newer = new Migrations([.. Schema.First(2), new Migration(3, "0003_more", "create table a_first.more as select count(*) from a_first.entry")], "2.0");
        await Restore.Run(to.Source, folder["books.zip"], replace: false, newer, CancellationToken.None);
        Assert.Equal(1_000L, await to.Scalar<long>("select count from a_first.more"));
        Assert.Equal(3, await to.Scalar<int>("select max(number) from tieout.migration"));
    }

    [Fact]
    public async Task An_older_program_refuses_it()
    {
        await using var from = await Filled();
        await using var to = await postgres.CreateEmptyDatabase();
        await Backup.Write(from.Source, folder["books.zip"], CancellationToken.None);
        var trouble = await Assert.ThrowsAsync<DatabaseTroubleException>(
            () => Restore.Run(to.Source, folder["books.zip"], replace: false, new Migrations([.. Schema.First(1)], "0.9"), CancellationToken.None));
        Assert.Contains("0002_guard", trouble.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_with_rows_is_replaced_only_when_asked()
    {
        await using var from = await Filled();
        await Backup.Write(from.Source, folder["books.zip"], CancellationToken.None);
        await from.Execute("update \"Odd books\".account set name = 'changed'; create table extra (id int)");
        var changed = await Content(from);

        var trouble = await Assert.ThrowsAsync<DatabaseTroubleException>(
            () => Restore.Run(from.Source, folder["books.zip"], replace: false, Schema, CancellationToken.None));
        Assert.Contains("--replace", trouble.Message, StringComparison.Ordinal);
        Assert.Equal(changed, await Content(from));

        await Restore.Run(from.Source, folder["books.zip"], replace: true, Schema, CancellationToken.None);
        Assert.DoesNotContain("changed", await Content(from), StringComparison.Ordinal);
        Assert.True(await from.Scalar<bool>("select to_regclass('extra') is null"));
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(0.5)]
    [InlineData(0.9999)]
    public async Task A_file_cut_short_restores_nothing(double kept)
    {
        await using var from = await Filled();
        await Backup.Write(from.Source, folder["books.zip"], CancellationToken.None);
        var whole = await File.ReadAllBytesAsync(folder["books.zip"]);
        await File.WriteAllBytesAsync(folder["cut.zip"], whole[..(int)(whole.Length * kept)]);
        await DemandRefused(folder["cut.zip"]);
    }

    [Fact]
    public async Task An_altered_byte_is_found_or_changes_nothing()
    {
        await using var from = await Filled();
        await using var to = await Filled();
        await Backup.Write(from.Source, folder["books.zip"], CancellationToken.None);
        var (whole, before, refused) = (await File.ReadAllBytesAsync(folder["books.zip"]), await Content(from), 0);
        const int places = 40;
        for (var i = 0; i < places; i++)
        {
            var altered = (byte[])whole.Clone();
            altered[(long)whole.Length * i / places] ^= 0x10;
            await File.WriteAllBytesAsync(folder["altered.zip"], altered);
            try
            {
                await Restore.Run(to.Source, folder["altered.zip"], replace: true, Schema, CancellationToken.None);
            }
            catch (DatabaseTroubleException)
            {
                refused++;
            }

            // Accepted only where the byte carries nothing, such as the time in an entry's header.
            Assert.Equal(before, await Content(to));
        }

        Assert.InRange(refused, places / 2, places);
    }

    [Fact]
    public async Task A_file_that_is_no_backup_is_refused()
    {
        await File.WriteAllTextAsync(folder["notes.txt"], "These are only notes.");
        await DemandRefused(folder["notes.txt"]);
        await DemandRefused(folder["absent.zip"]);
        await DemandRefused(folder.Path);
    }

    [Fact]
    public async Task A_place_that_cannot_be_written_is_told()
    {
        await using var from = await Filled();
        var trouble = await Assert.ThrowsAsync<DatabaseTroubleException>(
            () => Backup.Write(from.Source, folder["no/such/folder.zip"], CancellationToken.None));
        Assert.Contains("folder.zip", trouble.Message, StringComparison.Ordinal);
    }

    private async Task DemandRefused(string file)
    {
        await using var to = await postgres.CreateEmptyDatabase();
        var trouble = await Assert.ThrowsAsync<DatabaseTroubleException>(
            () => Restore.Run(to.Source, file, replace: false, Schema, CancellationToken.None));
        Assert.Contains(file, trouble.Message, StringComparison.Ordinal);
        Assert.True(await to.Scalar<bool>("select to_regclass('tieout.migration') is null"));
    }

    private async Task<TestDatabase> Filled()
    {
        var database = await postgres.CreateEmptyDatabase();
        await Schema.Run(database.Source, CancellationToken.None);
        await database.Execute(
            """
            insert into "Odd books".account (id, name, amount, at, detail, tags, parent) values
              ('00000000-0000-0000-0000-000000000001', E'quote '' tab \t line \n ünï', 12.3400, '2026-01-31 23:59:59.999999+00', '{"a": [1, null]}', '{x,NULL}',
               '00000000-0000-0000-0000-000000000002'),
              ('00000000-0000-0000-0000-000000000002', '', null, 'infinity', null, '{}', null),
              ('00000000-0000-0000-0000-000000000003', 'largest', 999999999999999.9999, '0001-01-01 BC', 'null', null, null);
            insert into a_first.entry (account, "on")
              select '00000000-0000-0000-0000-000000000001', '2026-01-01'::date + n % 365 from generate_series(1, 1000) n;
            insert into a_first.usage select n, '2025-12-01'::date + n % 60 from generate_series(1, 4002) n;
            select nextval('a_first.invoice_number') from generate_series(1, 7);
            """);
        return database;
    }

    private static Task<string> Content(TestDatabase database) => database.Scalar<string>(
        """
        select concat_ws(E'\n',
          (select string_agg(a::text, E'\n' order by id) from "Odd books".account a),
          (select md5(string_agg(e::text, ',' order by id)) from a_first.entry e),
          (select md5(string_agg(u::text, ',' order by id)) from a_first.usage u),
          (select string_agg(code, ',' order by code) from a_first.currency))
        """);
}
